from pathlib import Path
from typing import Any

import pytest

from enterpriselab.core.runs import RunFolder
from enterpriselab.report.folder import Run, read_run
from enterpriselab.report.headline import flips, headline
from tests.report.sample_run import write_sample_run


def _run(tmp_path: Path, summaries: dict[str, Any]) -> Run:
    folder = RunFolder(tmp_path)
    folder.write_json("config.json", {"name": "r"})
    folder.write_json("eval/summary.json", summaries)
    return read_run(tmp_path)


def _summary(value: float, low: float, high: float, **more: Any) -> dict[str, Any]:
    return {"attempts": 50, "errors": 0, "success": {"value": value, "low": low, "high": high, "units": 50}, **more}


def test_disjoint_intervals_are_called_disjoint(tmp_path: Path) -> None:
    shown = headline(_run(tmp_path, {"base": _summary(0.1, 0.05, 0.2), "grpo": _summary(0.5, 0.4, 0.6)}))
    assert shown.verdict == "Success rose from 10.0\u00a0% to 50.0\u00a0%; the 95 % intervals are disjoint."
    assert [(one.distinct, one.text) for one in shown.comparisons] == [(True, "GRPO is above Base by 40.0 points.")]


def test_overlapping_intervals_are_not_distinguishable(tmp_path: Path) -> None:
    shown = headline(_run(tmp_path, {"base": _summary(0.1, 0.05, 0.2), "sft": _summary(0.15, 0.08, 0.25)}))
    assert shown.verdict.endswith("this run does not tell the two apart.")
    assert not shown.comparisons[0].distinct
    assert "not distinguishable (gap +5.0 points)" in shown.comparisons[0].text


def test_a_model_that_got_worse_is_said_to_have_got_worse(tmp_path: Path) -> None:
    shown = headline(_run(tmp_path, {"base": _summary(0.5, 0.4, 0.6), "sft": _summary(0.1, 0.05, 0.2)}))
    assert shown.verdict.startswith("Success fell from")
    assert shown.comparisons[0].text == "SFT is below Base by 40.0 points."


def test_all_neighbours_and_both_ends_are_compared(tmp_path: Path) -> None:
    labels = ("grpo", "base", "reference", "sft")
    shown = headline(_run(tmp_path, {label: _summary(0.1, 0.05, 0.2) for label in labels}))
    assert [player.label for player in shown.players] == ["base", "sft", "grpo", "reference"]
    pairs = [(one.first.label, one.second.label) for one in shown.comparisons]
    assert pairs == [("base", "sft"), ("sft", "grpo"), ("base", "grpo")]


def test_a_rate_with_many_errors_carries_a_warning(tmp_path: Path) -> None:
    shown = headline(_run(tmp_path, {"base": _summary(0.1, 0.05, 0.2, errors=3), "sft": _summary(0.1, 0.05, 0.2)}))
    assert [player.unreliable for player in shown.players] == [True, False]


@pytest.mark.parametrize("empty", [None, {}, {"value": float("nan"), "low": 0.0, "high": 1.0, "units": 0}, "x"])
def test_a_success_without_units_is_no_number(tmp_path: Path, empty: Any) -> None:
    shown = headline(_run(tmp_path, {"base": {"attempts": 0, "success": empty, "ended": None, "by_length": 3}}))
    assert shown.players[0].success is None
    assert "nothing yet" in shown.verdict


def test_flips_count_the_same_tasks_pair_by_pair(tmp_path: Path) -> None:
    run = read_run(write_sample_run(tmp_path / "sample"))
    counted = flips(run)
    assert counted is not None
    before = {one.task_id: one.success for one in run.played["base"]}
    after = {one.task_id: one.success for one in run.played["grpo"]}
    assert counted.gained == sum(not before[task] and bool(after[task]) for task in after)
    assert counted.gained + counted.lost + counted.both + counted.neither == len(after)
