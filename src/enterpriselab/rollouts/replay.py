"""Replay: run the calls of a trace again on a fresh episode; the same state hash proves that it happened so."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from enterpriselab.core.changes import CallRecord
from enterpriselab.core.errors import EpisodeError
from enterpriselab.core.hashing import canonical_json
from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import Trace, TraceCall
from enterpriselab.sandbox.environment import Environment, EpisodeLike
from enterpriselab.sandbox.flaky import episode_for


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A call that went another way."""

    call: int
    detail: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """The outcome of a replay."""

    state_hash: str
    same: bool
    """The state that the trace recorded was reached."""
    mismatches: tuple[Mismatch, ...]


def replay(environment: Environment, task: Task, trace: Trace) -> Replayed:
    """Re-execute every call that reached the world."""
    with replayed(environment, task, trace) as (_, outcome):
        return outcome


@contextmanager
def replayed(environment: Environment, task: Task, trace: Trace) -> Iterator[tuple[EpisodeLike, Replayed]]:
    """The episode after the calls of the trace, and whether it is the one that the trace speaks of."""
    episode = episode_for(environment, task)
    try:
        mismatches = tuple(_mismatches(episode, trace))
        reached = episode.state_hash()
        yield episode, Replayed(reached, reached == trace.state_hash, mismatches)
    finally:
        episode.close()


def _mismatches(episode: EpisodeLike, trace: Trace) -> Iterator[Mismatch]:
    for index, call in enumerate(trace.calls):
        if call.tool not in trace.tools:
            continue  # the loop itself answered: the tool was not on offer
        try:
            detail = _difference(call, episode.call(call.tool, call.arguments))
        except EpisodeError as error:
            detail = str(error)
        if detail:
            yield Mismatch(index, f"{call.tool}: {detail}")


def _difference(call: TraceCall, record: CallRecord) -> str:
    kind = record.error["kind"] if record.error else None
    if (call.ok, call.error_kind) != (record.ok, kind):
        return f"was {_ended(call.ok, call.error_kind)}, is {_ended(record.ok, kind)}"
    then = [[change["table"], change["op"], list(change["key"])] for change in call.changes]
    now = [[change.table, change.op, list(change.key)] for change in record.changes]
    if canonical_json(then) != canonical_json(now):
        return f"changed {len(then)} rows then and {len(now)} now, or others"
    return ""


def _ended(ok: bool, kind: str | None) -> str:
    return "done" if ok else f"refused as {kind}"
