"""Looking around before exploring: every read that can be called is called once or twice for each principal."""

from collections.abc import Sequence
from random import Random
from typing import Any

from enterpriselab.core.errors import EpisodeError
from enterpriselab.sandbox.environment import Environment, EpisodeLike
from enterpriselab.synthesis.fields import concrete
from enterpriselab.synthesis.graph import ToolGraph
from enterpriselab.synthesis.memory import Memory
from enterpriselab.synthesis.shape import MECHANICS, QUERY, Shape
from enterpriselab.synthesis.values import NOTHING, ValueMaker

_PAGE = 30
_DETAILS = 4
"""Calls of each read that needs an id."""
_STATES = 10
_SYLLABLES = ("", "an", "er", "in")
_SIZE_NAMES = ("per_page", "limit", "maxResults", "max_results", "page_size")


def harvest(
    environment: Environment,
    graph: ToolGraph,
    memory: Memory,
    principals: Sequence[str],
    values: ValueMaker,
    rng: Random,
) -> int:
    """Fill the memory; returns the number of successful calls. Nothing is written: only reading tools are called."""
    reads = [shape for shape in graph.shapes.values() if not shape.writes]
    good = 0
    for principal in principals:
        episode = environment.episode(principal)
        for shape in reads:
            good += _first_look(episode, shape, memory, principal)
            for narrowed in _by_state(shape):
                good += _look(episode, shape, memory, principal, narrowed)
        for shape in reads:
            for _ in range(_DETAILS):
                arguments = with_ids(shape, memory, principal, values, rng)
                if arguments is not None:
                    good += _look(episode, shape, memory, principal, arguments)
        episode.close()
    return good


def _first_look(episode: EpisodeLike, shape: Shape, memory: Memory, principal: str) -> bool:
    """Everything, or what common syllables find where a search wants words."""
    arguments = page_arguments(shape)
    if arguments is None:
        return False
    queries = [name for name in arguments if QUERY.match(name)]
    for word in _SYLLABLES if queries else ("",):
        if _look(episode, shape, memory, principal, arguments | dict.fromkeys(queries, word)) and (
            memory.rows(principal, shape.name) or not shape.list_path
        ):
            return True
    return False


def _look(episode: EpisodeLike, shape: Shape, memory: Memory, principal: str, arguments: dict[str, Any] | None) -> bool:
    if arguments is None:
        return False
    result = try_call(episode, shape.name, arguments)
    if result is not None:
        memory.learn(principal, shape, result)
    return result is not None


def try_call(episode: EpisodeLike, tool: str, arguments: dict[str, Any]) -> dict[str, Any] | None:
    """The result, or None when the call was refused or the tool broke."""
    try:
        return episode.call(tool, arguments).result
    except EpisodeError:
        return None


def page_arguments(shape: Shape) -> dict[str, Any] | None:
    """Arguments that list as much as possible without any filter; None when ids are required."""
    arguments: dict[str, Any] = {}
    for name in shape.spec.required:
        if not QUERY.match(name):
            return None
        arguments[name] = ""
    return arguments | wide_page(shape)


def _by_state(shape: Shape) -> list[dict[str, Any]]:
    """One call for each value of the first filter with choices: rare states are seen too."""
    base = page_arguments(shape)
    filters = [name for name in shape.filters() if "enum" in concrete(shape.spec.parameters[name])]
    if base is None or shape.kind != "list" or not filters:
        return []
    return [base | {filters[0]: value} for value in concrete(shape.spec.parameters[filters[0]])["enum"][:_STATES]]


def wide_page(shape: Shape, size: int = _PAGE) -> dict[str, Any]:
    """The page-size argument that shows many rows, when there is one."""
    name = next((name for name in _SIZE_NAMES if name in shape.spec.parameters), None)
    if name is None:
        return {}
    most = concrete(shape.spec.parameters[name]).get("maximum", size)
    return {name: min(size, most)}


def with_ids(shape: Shape, memory: Memory, principal: str, values: ValueMaker, rng: Random) -> dict[str, Any] | None:
    """Required arguments from what was seen; None when the tool needs none or they are unknown."""
    arguments: dict[str, Any] = {}
    wanted = [name for name in shape.spec.required if name not in MECHANICS]
    optional = [name for name in shape.inputs if shape.inputs[name].entity and name not in wanted]
    for name in wanted + (optional[:1] if not wanted else []):
        place = shape.inputs.get(name)
        seen = memory.values(principal, place) if place is not None else []
        value = rng.choice(seen) if seen else NOTHING
        if value is NOTHING:
            value = values.make(shape.name, name, shape.spec.parameters[name], rng, chosen=arguments)
        if value is NOTHING:
            return None
        arguments[name] = [value] if place is not None and place.path.endswith("[]") else value
    return (arguments | wide_page(shape)) if arguments else None
