"""A trace as the page shows it: turn by turn, each call with what it said, saw and changed."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from enterpriselab.core.traces import Phase, Trace, TraceCall
from enterpriselab.report import formats
from enterpriselab.report.rowdiffs import row_diff
from enterpriselab.report.turns import Spoken, turns

MAX_VALUE = 20_000
"""Characters of one cell of a changed row."""
View = dict[str, Any]


def trace_view(trace: Trace, app_of: Mapping[str, str]) -> View:
    """Everything of a trace that the page shows, as JSON."""
    score, called = trace.score, Counter(call.tool for call in trace.calls)
    facts = trace.model_dump(
        mode="json",
        include={"agent", "model", "seed", "ended", "error", "answer", "malformed_turns", "seconds", "state_hash"}
        | {"task_id", "template", "examples", "usage", "version", "world"},
    )
    return {
        **facts,
        "success": score.success if score else None,
        "parity": score.parity if score else None,
        "verdicts": [verdict.model_dump(mode="json") for verdict in score.verdicts] if score else [],
        "rewards": dict(sorted(score.rewards.items())) if score else {},
        "tools": [{"name": tool, "app": app_of.get(tool, ""), "calls": called[tool]} for tool in trace.tools],
        "opening": _opening(trace, _phases(trace)[0]),
        "turns": list(_turns(trace, app_of)),
        "calls": len(trace.calls),
    }


def changed_rows(changes: Iterable[Mapping[str, Any]]) -> list[View]:
    """Stored changes as the page shows them."""
    return [asdict(row_diff(dict(change), limit=MAX_VALUE)) for change in changes]


def _turns(trace: Trace, app_of: Mapping[str, str]) -> Iterable[View]:
    phases = _phases(trace)
    starts = [phase.first_message for phase in phases]
    uses = [use.model_dump(mode="json") for phase in phases for use in phase.uses]
    opened = -1
    for turn in turns(trace):
        place = len(trace.messages) if turn.place is None else turn.place
        number = max(0, bisect_right(starts, place) - 1)
        yield {
            "number": turn.number,
            "opening": _opening(trace, phases[number]) if number != opened else None,
            "said": "" if turn.final else turn.said,
            "thinking": turn.thinking,
            "final": turn.final,
            "unreadable": turn.unreadable,
            "reply": _reply(trace, turn) if turn.unreadable else "",
            "use": uses[turn.number] if turn.number < len(uses) else None,
            "calls": [_call(index, call, call.tool in trace.tools, app_of) for index, call in turn.calls],
        }
        opened = number


def _phases(trace: Trace) -> list[Phase]:
    return trace.phases or [Phase(name="act", first_message=0)]


def _opening(trace: Trace, phase: Phase) -> View:
    """The messages with which a conversation begins: up to the first turn of the model."""
    told = {"system": "", "user": ""}
    for message in trace.messages[phase.first_message :]:
        if message.get("role") not in told:
            break
        told[message["role"]] += formats.plain(message.get("content") or "")
    return {"name": phase.name, "title": phase.title, **told}


def _reply(trace: Trace, turn: Spoken) -> str:
    """What an unreadable turn was answered."""
    following = trace.messages[turn.place + 1 : turn.place + 2] if turn.place is not None else []
    return "".join(
        formats.plain(message.get("content") or "") for message in following if message.get("role") == "user"
    )


def _call(index: int, call: TraceCall, offered: bool, app_of: Mapping[str, str]) -> View:
    return {
        "index": index,
        "tool": call.tool,
        "app": app_of.get(call.tool, ""),
        "offered": offered,
        "arguments": [[name, formats.plain(value)] for name, value in call.arguments.items()],
        "ok": call.ok,
        "error_kind": call.error_kind or "",
        "observation": formats.pretty(call.observation),
        "changes": changed_rows(call.changes),
    }
