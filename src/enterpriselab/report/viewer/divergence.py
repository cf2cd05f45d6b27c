"""Where two attempts at a task part: the first call that is another one, or that came back otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from enterpriselab.core.hashing import canonical_json
from enterpriselab.core.traces import Trace, TraceCall

Kind = Literal["tool", "arguments", "result", "end", "answer"]


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first difference; up to `call`, both did the same and saw the same."""

    call: int
    """Number of the call; where one attempt ended or only the answers differ, how many calls came before."""
    kind: Kind
    names: tuple[str, ...] = ()
    """Arguments that differ."""


def divergence(left: Trace, right: Trace) -> Divergence | None:
    """Where they part; None when they made the same calls, saw the same and answered the same."""
    for number, (one, other) in enumerate(zip(left.calls, right.calls, strict=False)):
        kind = _difference(one, other)
        if kind is not None:
            names = _names(one.arguments, other.arguments) if kind == "arguments" else ()
            return Divergence(number, kind, names)
    if len(left.calls) != len(right.calls):
        return Divergence(min(len(left.calls), len(right.calls)), "end")
    same = left.answer.split() == right.answer.split()
    return None if same else Divergence(len(left.calls), "answer")


def _difference(one: TraceCall, other: TraceCall) -> Kind | None:
    if one.tool != other.tool:
        return "tool"
    if canonical_json(one.arguments) != canonical_json(other.arguments):
        return "arguments"
    same = (one.ok, one.error_kind, one.observation) == (other.ok, other.error_kind, other.observation)
    return None if same else "result"


def _names(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        name
        for name in dict.fromkeys((*one, *other))
        if name not in one or name not in other or canonical_json(one[name]) != canonical_json(other[name])
    )
