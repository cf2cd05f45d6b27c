"""Replay: run the calls of a trace again on a fresh episode; the same state hash proves that it happened so."""

from dataclasses import dataclass

from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import Trace
from enterpriselab.sandbox.environment import Environment


@dataclass(frozen=True, slots=True)
class Replayed:
    """The outcome of a replay."""

    state_hash: str
    same: bool
    first_difference: int | None
    """Index of the first call that went another way, or None."""


def replay(environment: Environment, task: Task, trace: Trace) -> Replayed:
    """Re-execute every call that reached the world."""
    episode = environment.episode(task.principal, seed=task.seed)
    first: int | None = None
    try:
        for index, call in enumerate(trace.calls):
            if call.tool not in trace.tools:
                continue
            record = episode.call(call.tool, call.arguments)
            if record.ok != call.ok and first is None:
                first = index
        reached = episode.state_hash()
    finally:
        episode.close()
    return Replayed(reached, reached == trace.state_hash, first)
