"""Reward parts from the environment alone: r1 tool selection, r2 execution, r3 outcome, r4 format; each in [0, 1]."""

from collections import Counter
from collections.abc import Mapping, Sequence

from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import Verdict
from enterpriselab.scoring.alignment import aligned

DEFAULT_WEIGHTS: Mapping[str, float] = {"r1": 0.2, "r2": 0.1, "r3": 0.6, "r4": 0.1}


def tool_selection(reference: Sequence[str], called: Sequence[str], extra_writes: int) -> float:
    """F1 of the called tools against the reference in order; extra reads are no error, extra writes are.

    precision = common / (common + extra writes), recall = common / reference. Where nothing is to be done, only a write
    is wrong: who looks before declining does no worse than who declines at once.
    """
    if not reference:
        return 0.0 if extra_writes else 1.0
    common = len(aligned(reference, called))
    if common == 0:
        return 0.0
    precision, recall = common / (common + extra_writes), common / len(reference)
    return 2 * precision * recall / (precision + recall)


def execution(outcomes: Sequence[bool]) -> float:
    """Share of calls that succeeded; no call at all earns nothing."""
    return sum(outcomes) / len(outcomes) if outcomes else 0.0


def outcome(verdicts: Sequence[Verdict]) -> float:
    """1 when everything holds; else half the share of demanded changes and answers that hold."""
    if verdicts and all(verdict.passed for verdict in verdicts):
        return 1.0
    demanded = [verdict for verdict in verdicts if verdict.category != "side_effect"]
    return 0.5 * sum(bool(verdict.passed) for verdict in demanded) / len(demanded) if demanded else 0.0


def reward_parts(
    task: Task,
    calls: Sequence[tuple[str, bool, bool]],
    verdicts: Sequence[Verdict],
    *,
    malformed: int,
    answered: bool,
    weights: Mapping[str, float] = DEFAULT_WEIGHTS,
) -> dict[str, float]:
    """All parts and their weighted mean `total`.

    Args:
        task: whose reference names the tools.
        calls: (tool, succeeded, writes) in order.
        verdicts: of the task's verifiers.
        malformed: turns that were no valid call and no answer.
        answered: the attempt ended with a final answer.
        weights: of r1..r4; they need not add up to one.
    """
    reference = [step.tool for step in task.reference] if task.feasible else []
    called = [name for name, _, _ in calls]
    extra_writes = Counter(name for name, ok, writes in calls if ok and writes) - Counter(reference)
    parts = {
        "r1": tool_selection(reference, called, extra_writes.total()),
        "r2": execution([ok for _, ok, _ in calls]) if reference else 1.0,
        "r3": outcome(verdicts),
        "r4": (1.0 if answered else 0.5) / (1 + malformed),
    }
    total = sum(weights[name] * value for name, value in parts.items()) / sum(weights[name] for name in parts)
    return {**parts, "total": total}
