"""Output schemas by observation, for tools that publish none: reads are called and what they return is described.

Writing tools are not called here; what they return stays unknown, so nothing is bound to it.
"""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

from enterpriselab.core.tools import ToolSpec
from enterpriselab.sandbox.environment import Environment
from enterpriselab.synthesis.graph import build_graph
from enterpriselab.synthesis.harvest import page_arguments, try_call, with_ids
from enterpriselab.synthesis.memory import Memory
from enterpriselab.synthesis.shape import Shape, shape_of
from enterpriselab.synthesis.values import ValueMaker

_PASSES = 3
"""A list gives ids, with them a detail is read, which may give further ids."""
_MAX_DEPTH = 5


def observed_registry(
    environment: Environment, principals: Sequence[str], values: ValueMaker, rng: Random
) -> dict[str, ToolSpec]:
    """The registry with the missing output schemas of readable tools filled in."""
    registry = dict(getattr(environment, "spoken", environment.registry))
    memory = Memory()
    for _ in range(_PASSES):
        unknown = [name for name, spec in registry.items() if spec.output_schema is None and not spec.writes]
        if not unknown:
            break
        shapes = build_graph(registry).shapes
        for name in unknown:
            result = _look(environment, principals, shapes[name], (memory, values, rng))
            if result is not None:
                registry[name] = replace(registry[name], output_schema=infer_schema(result))
                for principal in principals:
                    memory.learn(principal, shape_of(registry[name]), result)
    return registry


def _look(
    environment: Environment, principals: Sequence[str], shape: Shape, known: tuple[Memory, ValueMaker, Random]
) -> dict[str, Any] | None:
    """The first result with content that some principal gets."""
    memory, values, rng = known
    for principal in principals:
        arguments = page_arguments(shape)
        if arguments is None:
            arguments = with_ids(shape, memory, principal, values, rng)
        if arguments is None:
            continue
        episode = environment.episode(principal)
        result = try_call(episode, shape.name, arguments)
        episode.close()
        if result is not None and any(value not in ([], {}, None) for value in result.values()):
            return result
    return None


def infer_schema(value: Any, depth: int = 0) -> dict[str, Any]:
    """A JSON Schema that describes an observed value; a list is described by its first item."""
    if isinstance(value, dict) and depth <= _MAX_DEPTH:
        return {"type": "object", "properties": {key: infer_schema(item, depth + 1) for key, item in value.items()}}
    if isinstance(value, list):
        return {"type": "array", "items": infer_schema(value[0], depth + 1) if value else {}}
    if isinstance(value, bool):
        return {"type": "boolean"}
    if isinstance(value, int):
        return {"type": "integer"}
    return {"type": "number"} if isinstance(value, float) else {"type": "string"}
