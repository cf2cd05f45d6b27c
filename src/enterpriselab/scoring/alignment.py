"""Calls laid beside a reference in order: which call stands for which step. Shared by rewards and measures."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from enterpriselab.core.tools import ToolSpec
from enterpriselab.sandbox.reference import is_binding
from enterpriselab.sandbox.registry import canonical_arguments

Liking = Callable[[int, int], float]


def aligned(
    reference: Sequence[str], called: Sequence[str], liking: Liking = lambda _step, _call: 0.0
) -> dict[int, int]:
    """Step -> call of a longest common subsequence of the tool names.

    Among the longest ones it is that of the highest summed `liking(step, call)`, among those the one that matches
    earliest.
    """
    width = len(called) + 1
    best: list[list[tuple[int, float]]] = [[(0, 0.0)] * width for _ in range(len(reference) + 1)]
    for step in reversed(range(len(reference))):
        for call in reversed(range(len(called))):
            best[step][call] = max(best[step + 1][call], best[step][call + 1])
            if reference[step] == called[call]:
                best[step][call] = max(best[step][call], _joined(best[step + 1][call + 1], liking(step, call)))
    return _walked(best, reference, called, liking)


def _joined(rest: tuple[int, float], liked: float) -> tuple[int, float]:
    return rest[0] + 1, rest[1] + liked


def _walked(
    best: list[list[tuple[int, float]]], reference: Sequence[str], called: Sequence[str], liking: Liking
) -> dict[int, int]:
    pairs: dict[int, int] = {}
    step = call = 0
    while step < len(reference) and call < len(called):
        here = best[step][call]
        if reference[step] == called[call] and _joined(best[step + 1][call + 1], liking(step, call)) == here:
            pairs[step] = call
            step, call = step + 1, call + 1
        elif best[step][call + 1] == here:
            call += 1
        else:
            step += 1
    return pairs


def binding(value: Any) -> dict[str, Any] | None:
    """{"step", "path"} when the value of a reference is taken from an earlier result."""
    source: dict[str, Any] | None = value["$from"] if is_binding(value) else None
    return source


def bindings(value: Any) -> Iterator[dict[str, Any]]:
    """All bindings in a value, at any depth."""
    source = binding(value)
    if source is not None:
        yield source
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from bindings(item)


def stated(spec: ToolSpec | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a call says: arguments under their declared names, without nulls and without what is the default anyway."""
    if spec is None:
        return {name: value for name, value in given.items() if value is not None}
    named = canonical_arguments(spec, dict(given))
    return {name: value for name, value in named.items() if value is not None and not _is_default(spec, name, value)}


def _is_default(spec: ToolSpec, name: str, value: Any) -> bool:
    schema = spec.parameters.get(name, {})
    return "default" in schema and bool(schema["default"] == value)
