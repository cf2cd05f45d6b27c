"""Reward parts on examples computed by hand."""

import pytest

from enterpriselab.core.tasks import Step, Task
from enterpriselab.core.traces import Verdict
from enterpriselab.scoring.rewards import outcome, reward_parts, tool_selection


def test_extra_reads_cost_nothing_and_extra_writes_do() -> None:
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


def first_part(*calls: tuple[str, bool, bool], feasible: bool = True) -> float:
    steps = tuple(Step(tool=name, arguments={}) for name in ("look", "close"))
    task = Task(
        template="t",
        world="w",
        principal="p",
        prompt="p",
        tools=("look", "close", "pay"),
        reference=steps if feasible else steps[:1],
        verifiers=(),
        feasible=feasible,
    )
    return reward_parts(task, calls, (), malformed=0, answered=True)["r1"]


LOOK, CLOSE, PAY = ("look", True, False), ("close", True, True), ("pay", True, True)


def test_a_write_that_is_no_step_costs_also_where_a_wanted_one_failed() -> None:
    failed = ("close", False, True)
    assert first_part(LOOK, CLOSE) == first_part(LOOK, failed, CLOSE) == 1.0
    assert first_part(LOOK, failed, PAY) == first_part(LOOK, CLOSE, PAY) == pytest.approx(0.8)
    assert first_part(LOOK, CLOSE, CLOSE) == pytest.approx(0.8)


def test_who_looks_before_declining_earns_as_much_as_who_declines_at_once() -> None:
    assert first_part(feasible=False) == first_part(LOOK, LOOK, feasible=False) == 1.0
    assert first_part(LOOK, ("close", False, True), feasible=False) == 1.0
    assert first_part(LOOK, CLOSE, feasible=False) == 0.0
