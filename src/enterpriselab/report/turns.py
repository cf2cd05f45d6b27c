"""The turns of a trace: what the model said in each, which calls it made, and what kind of turn it was."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate

from enterpriselab.core.traces import Trace, TraceCall
from enterpriselab.report import formats


@dataclass(frozen=True, slots=True)
class Spoken:
    """One turn of the model."""

    number: int
    said: str
    thinking: str
    calls: list[tuple[int, TraceCall]]
    """With their places among all calls of the trace."""
    final: bool
    """It only gives the answer of the trace."""
    unreadable: bool
    """No call could be read from it, and it closed no phase, as a plan does."""
    place: int | None
    """Index of its message; None when the message is not on record."""


def turns(trace: Trace) -> list[Spoken]:
    """All turns in order."""
    places = [place for place, message in enumerate(trace.messages) if message.get("role") == "assistant"]
    closing = {last - 1 for last in accumulate(len(phase.uses) for phase in trace.phases[:-1])}
    calls: dict[int, list[tuple[int, TraceCall]]] = defaultdict(list)
    for index, call in enumerate(trace.calls):
        calls[call.turn].append((index, call))
    found = []
    for number in range(max(len(places), max(calls, default=-1) + 1)):
        place = places[number] if number < len(places) else None
        message = {} if place is None else trace.messages[place]
        said, own = formats.plain(message.get("content") or ""), calls.get(number, [])
        final = not own and said.strip() == trace.answer.strip() and number == len(places) - 1
        unreadable = not own and not final and number not in closing
        thinking = formats.plain(message.get("thinking") or "")
        found.append(Spoken(number, said, thinking, own, final, unreadable, place))
    return found
