"""Rescoring: judge a stored attempt again without a model, on the state that its own calls lead to."""

from dataclasses import dataclass
from itertools import zip_longest

from enterpriselab.agents.loop import Attempt
from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import Score, Trace, Verdict
from enterpriselab.rollouts.replay import Replayed, replayed
from enterpriselab.rollouts.rollout import score
from enterpriselab.sandbox.environment import Environment
from enterpriselab.scoring.rewards import DEFAULT_WEIGHTS


@dataclass(frozen=True, slots=True)
class Rescored:
    """An attempt judged again. Without the proof of the same state its old score stands."""

    trace: Trace
    replay: Replayed
    changes: tuple[str, ...]
    """What is judged otherwise, in words."""


def rescore(environment: Environment, task: Task, trace: Trace) -> Rescored:
    """Replay the calls, hold the state hash against the recorded one, and run the verifiers of `task` again."""
    with replayed(environment, task, trace) as (episode, outcome):
        if not outcome.same:
            return Rescored(trace, outcome, ())
        played = Attempt(
            calls=trace.calls,
            ended=trace.ended,
            error=trace.error,
            answer=trace.answer,
            malformed=trace.malformed_turns,
        )
        found = score(environment, task, episode, played, dict(DEFAULT_WEIGHTS))
    judged = trace.model_copy(update={"score": found, "task_id": task.id, "template": task.template})
    return Rescored(judged, outcome, _changes(trace.score, found))


def _changes(before: Score | None, after: Score) -> tuple[str, ...]:
    if before is None:
        return (f"success: not judged, now {_said(after.success)}",)
    pairs = zip_longest(before.verdicts, after.verdicts)
    changed = [_changed(*pair) for pair in pairs if len({one.passed if one else "absent" for one in pair}) > 1]
    if before.success != after.success:
        changed.insert(0, f"success: {_said(before.success)}, now {_said(after.success)}")
    return tuple(changed)


def _changed(old: Verdict | None, new: Verdict | None) -> str:
    name = next(one.name for one in (new, old) if one)
    detail = f" ({new.detail})" if new and new.detail else ""
    then, now = (_said(one.passed) if one else "absent" for one in (old, new))
    return f"{name}: {then}, now {now}{detail}"


def _said(passed: bool | None) -> str:
    return "not judged" if passed is None else "passed" if passed else "failed"
