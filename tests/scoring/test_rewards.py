"""Reward parts on examples computed by hand."""

import pytest

from enterpriselab.core.traces import Verdict
from enterpriselab.scoring.rewards import outcome, tool_selection


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
