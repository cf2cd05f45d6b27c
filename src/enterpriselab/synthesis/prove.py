"""Proving links: run the first tool, feed the second on a fork; the link is refuted when it is refused because of the
very argument that was fed."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from enterpriselab.core.changes import CallRecord
from enterpriselab.core.errors import EpisodeError
from enterpriselab.sandbox.environment import Environment, EpisodeLike
from enterpriselab.synthesis.graph import Link, ToolGraph, marked
from enterpriselab.synthesis.harvest import page_arguments
from enterpriselab.synthesis.memory import Memory, values_at
from enterpriselab.synthesis.shape import MECHANICS, Shape
from enterpriselab.synthesis.values import NOTHING, ValueMaker

_TRIES = 3


class Prover:
    """Results of source tools are made once and reused for all their links."""

    def __init__(
        self, environment: Environment, graph: ToolGraph, memory: Memory, principals: Sequence[str], values: ValueMaker
    ) -> None:
        self._environment = environment
        self._graph = graph
        self._memory = memory
        self._principals = principals
        self._values = values
        self._results: dict[tuple[str, str], tuple[EpisodeLike, dict[str, Any]] | None] = {}

    def prove(self, *, limit: int, rng: Random, told: Callable[[int, int], None] | None = None) -> ToolGraph:
        """The graph with its first `limit` links tried, the others untried; `told` hears (done, of) before each."""
        links = list(self._graph.links)
        proven = list(links)
        for index, link in enumerate(links[:limit]):
            if told is not None:
                told(index, min(limit, len(links)))
            proven[index] = self._proof(link, rng)
        for made in self._results.values():
            if made is not None:
                made[0].close()
        return self._graph.with_links(proven)

    def _proof(self, link: Link, rng: Random) -> Link:
        verdict: bool | None = None
        for principal in self._principals[:_TRIES]:
            made = self._made(principal, link.source, rng)
            seen = list(values_at(made[1], link.field)) if made else []
            if made is None or not seen:
                continue
            record = self._fed(made[0], principal, link, rng.choice(seen), rng)
            if record is None:
                continue
            if record.ok:
                return marked(link, True)
            verdict = (
                _blames(record, link.parameter) if verdict is None else verdict and _blames(record, link.parameter)
            )
        if verdict is None:
            return link
        return marked(link, False) if verdict else link

    def _made(self, principal: str, tool: str, rng: Random) -> tuple[EpisodeLike, dict[str, Any]] | None:
        """An episode in which the source tool has been called, and its result."""
        key = (principal, tool)
        if key not in self._results:
            shape = self._graph.shapes[tool]
            episode = self._environment.episode(principal)
            for _ in range(_TRIES):
                first = page_arguments(shape) if shape.kind == "list" else None
                arguments = first if first is not None else self._arguments(shape, principal, {}, rng)
                record = _call(episode, tool, arguments) if arguments is not None else None
                if record is not None and record.result is not None:
                    self._results[key] = (episode, record.result)
                    return self._results[key]
            episode.close()
            self._results[key] = None
        return self._results[key]

    def _fed(self, episode: EpisodeLike, principal: str, link: Link, value: Any, rng: Random) -> CallRecord | None:
        shape = self._graph.shapes[link.target]
        many = shape.inputs[link.parameter].path.endswith("[]")
        arguments = self._arguments(shape, principal, {link.parameter: [value] if many else value}, rng)
        if arguments is None:
            return None
        fork = episode.fork()
        try:
            return _call(fork, link.target, arguments)
        finally:
            fork.close()

    def _arguments(self, shape: Shape, principal: str, given: dict[str, Any], rng: Random) -> dict[str, Any] | None:
        arguments = dict(given)
        for name in shape.spec.required:
            if name in arguments or name in MECHANICS:
                continue
            place = shape.inputs.get(name)
            seen = self._memory.values(principal, place) if place is not None else []
            value = rng.choice(seen) if seen else NOTHING
            if value is NOTHING:
                value = self._values.make(shape.name, name, shape.spec.parameters[name], rng, chosen=arguments)
            if value is NOTHING:
                return None
            arguments[name] = [value] if place is not None and place.path.endswith("[]") else value
        return arguments


def _call(episode: EpisodeLike, tool: str, arguments: dict[str, Any]) -> CallRecord | None:
    try:
        return episode.call(tool, arguments)
    except EpisodeError:
        return None


def _blames(record: CallRecord, parameter: str) -> bool:
    """Was the call refused because of this argument: wrong type or unknown id?"""
    error = record.error or {}
    return error.get("kind") in ("invalid", "not_found") and str(error.get("field", "")).split(".")[0] == parameter
