"""Every measure on an example computed by hand; intervals by simulation."""

import random

import pytest

from enterpriselab.core.errors import UsageError
from enterpriselab.core.tasks import Step, Task
from enterpriselab.core.traces import Ended, Score, Trace, TraceCall, Verdict
from enterpriselab.evaluation.arguments import argument_accuracy
from enterpriselab.evaluation.intervals import clustered, wilson
from enterpriselab.evaluation.metrics import summarize
from enterpriselab.scoring.rewards import common_length, outcome, tool_selection


def task(**changes: object) -> Task:
    steps = (
        Step(tool="a", arguments={"x": 1, "y": "Ada"}),
        Step(tool="b", arguments={"id": {"$from": {"step": 0, "path": "id"}}}),
    )
    return Task(
        template="t", world="w", principal="p", prompt="q", tools=("a", "b"), reference=steps, verifiers=(), **changes
    )


def call(tool: str, ok: bool = True, **arguments: object) -> TraceCall:
    return TraceCall(turn=0, tool=tool, arguments=arguments, ok=ok, observation="{}")


def trace(*calls: TraceCall, success: bool | None = True, ended: Ended = Ended.ANSWERED, seed: int = 0) -> Trace:
    verdict = Verdict(name="v", category="task_completion", passed=success)
    score = Score(success=success, verdicts=(verdict,), rewards={"r1": 0.5, "r2": 1.0})
    return Trace(
        task_id=task(seed=seed).id,
        template="t",
        agent="f",
        model="m",
        seed=0,
        tools=("a", "b"),
        messages=[],
        calls=list(calls),
        ended=ended,
        score=score,
    )


def test_wilson_gives_the_textbook_interval() -> None:
    found = wilson(8, 10)
    assert (round(found.value, 3), round(found.low, 3), round(found.high, 3)) == (0.8, 0.490, 0.943)
    assert wilson(0, 20).low == 0 and round(wilson(0, 20).high, 3) == 0.161


@pytest.mark.parametrize("share", [0.1, 0.5, 0.85])
def test_wilson_covers_the_truth_in_about_95_of_100_cases(share: float) -> None:
    rng = random.Random(1)
    hits = 0
    for _ in range(4000):
        found = wilson(sum(rng.random() < share for _ in range(150)), 150)
        hits += found.low <= share <= found.high
    assert 0.93 <= hits / 4000 <= 0.97


def test_clustered_intervals_are_wider_than_the_attempts_suggest() -> None:
    same = [[1.0] * 10 if n % 2 else [0.0] * 10 for n in range(20)]
    found = clustered(same)
    naive = wilson(100, 200)
    assert found.value == 0.5 and found.units == 20 and found.high - found.low > 2 * (naive.high - naive.low)


def test_argument_accuracy_counts_hits_and_punishes_inventions() -> None:
    right = trace(call("a", x=1.0, y="ada"), call("b", id="whatever"))
    assert argument_accuracy(task(), right) == 1.0
    invented = trace(call("a", x=1, y="Ada", z=1, w=2), call("b", ok=False, id="wrong"))
    assert argument_accuracy(task(), invented) == pytest.approx((2 / 4 + 0) / 2)
    assert argument_accuracy(task(), trace(call("c"))) == 0


def test_extra_reads_are_no_error_and_extra_writes_are() -> None:
    assert common_length("abcd", "axbyd") == 3
    assert tool_selection(["a", "b"], ["r", "a", "r", "b"], 0) == 1.0
    assert tool_selection(["a", "b"], ["a", "b", "w"], 1) == pytest.approx(0.8)
    assert tool_selection(["a", "b"], ["c"], 0) == 0


def test_outcome_is_one_only_when_everything_holds() -> None:
    def verdicts(*passed: bool) -> list[Verdict]:
        kinds = ("task_completion", "task_completion", "side_effect")
        return [Verdict(name="v", category=kind, passed=p) for kind, p in zip(kinds, passed, strict=True)]

    assert outcome(verdicts(True, True, True)) == 1.0
    assert outcome(verdicts(True, False, True)) == 0.25
    assert outcome(verdicts(True, True, False)) == 0.5
    assert outcome(verdicts(False, False, True)) == 0.0


def test_a_summary_counts_errors_apart() -> None:
    tasks = {task(seed=n).id: task(seed=n) for n in range(100)}
    traces = [trace(call("a", x=1, y="Ada"), seed=n, success=n < 40) for n in range(98)]
    failed = [trace(seed=n, success=None, ended=Ended.MODEL_ERROR) for n in (98, 99)]
    found = summarize(tasks, traces + failed)
    assert (
        found["success"]["value"] == pytest.approx(40 / 98) and found["errors"] == 2 and found["success"]["units"] == 98
    )
    assert found["ended"] == {"answered": 98, "model_error": 2} and found["argument_accuracy"] == 0.5
    assert found["by_length"]["2"]["units"] == 98
    with pytest.raises(UsageError, match="no rate"):
        summarize(tasks, traces[:50] + failed)
    assert summarize(tasks, traces[:50] + failed, allow_errors=True)["success"]["units"] == 50
