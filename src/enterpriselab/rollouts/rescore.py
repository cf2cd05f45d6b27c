"""Rescoring: judge a stored attempt again without a model, on the state that its own calls lead to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from enterpriselab.agents.loop import Attempt
from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import Score, Trace, Verdict
from enterpriselab.rollouts.replay import Replayed, replayed
from enterpriselab.rollouts.rollout import score
from enterpriselab.sandbox.environment import Environment
from enterpriselab.scoring.rewards import DEFAULT_WEIGHTS


@dataclass(frozen=True, slots=True)
class Rescored:
    """An attempt judged again.

    Without the proof of the same state its old score stands; as an attempt at another task it is not judged then.
    """

    trace: Trace
    replay: Replayed
    changes: tuple[str, ...]
    """What is judged otherwise, in words."""


def rescore(environment: Environment, task: Task, trace: Trace, *, by: Task | None = None) -> Rescored:
    """Replay the calls, hold the state hash against the recorded one, and run the verifiers again.

    Args:
        environment: where it was played.
        task: that was played.
        trace: of the attempt.
        by: the task that judges, and whose attempt it is then; the one that was played unless another one is given.
    """
    by = by or task
    with replayed(environment, task, trace) as (episode, outcome):
        if not outcome.same:
            unjudged = {"score": Score(success=None), "task_id": by.id, "template": by.template}
            return Rescored(trace.model_copy(update=unjudged) if by.id != task.id else trace, outcome, ())
        played = Attempt(
            calls=trace.calls,
            ended=trace.ended,
            error=trace.error,
            answer=trace.answer,
            malformed=trace.malformed_turns,
        )
        found = score(environment, by, episode, played, dict(DEFAULT_WEIGHTS))
    judged = trace.model_copy(update={"score": found, "task_id": by.id, "template": by.template})
    return Rescored(judged, outcome, _changes(trace.score, found))


def _changes(before: Score | None, after: Score) -> tuple[str, ...]:
    if before is None:
        return (f"success: not judged, now {_said(after.success)}",)
    old, new = _by_name(before.verdicts), _by_name(after.verdicts)
    pairs = [(old.get(place), new.get(place)) for place in dict.fromkeys((*new, *old))]
    changed = [_changed(*pair) for pair in pairs if len({one.passed if one else "absent" for one in pair}) > 1]
    if before.success != after.success:
        changed.insert(0, f"success: {_said(before.success)}, now {_said(after.success)}")
    return tuple(changed)


def _by_name(verdicts: Sequence[Verdict]) -> dict[tuple[str, int], Verdict]:
    """By name, and number among those of that name: verifiers may have come, gone or moved."""
    seen: Counter[str] = Counter()
    found = {}
    for verdict in verdicts:
        found[verdict.name, seen[verdict.name]] = verdict
        seen[verdict.name] += 1
    return found


def _changed(old: Verdict | None, new: Verdict | None) -> str:
    name = next(one.name for one in (new, old) if one)
    detail = f" ({new.detail})" if new and new.detail else ""
    then, now = (_said(one.passed) if one else "absent" for one in (old, new))
    return f"{name}: {then}, now {now}{detail}"


def _said(passed: bool | None) -> str:
    return "not judged" if passed is None else "passed" if passed else "failed"
