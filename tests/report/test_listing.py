from pathlib import Path

from enterpriselab.core.runs import RunFolder
from enterpriselab.report import summarize_runs, write_report
from tests.report.sample_run import write_sample_run


def test_runs_are_listed_with_stages_and_success(tmp_path: Path) -> None:
    write_report(write_sample_run(tmp_path / "b-whole"))
    write_sample_run(tmp_path / "a-part", stages="world synthesis")
    (tmp_path / "no-run").mkdir()
    part, whole = summarize_runs(tmp_path)
    assert [part["folder"], whole["folder"]] == ["a-part", "b-whole"]
    assert part["stages"] == ["world", "discover", "synthesis", "split"]
    assert part["base"] is part["grpo"] is None
    assert (part["report"], whole["report"]) == (False, True)
    assert whole["base"]["value"] < whole["sft"]["value"] < whole["grpo"]["value"]
    assert whole["grpo"]["units"] == 96
    assert whole["started"] == "2026-03-02T09:00:00Z"


def test_a_run_without_a_recorded_start_began_when_its_config_was_written(tmp_path: Path) -> None:
    RunFolder(tmp_path / "r").write_json("config.json", {"name": "mine"})
    (only,) = summarize_runs(tmp_path)
    assert only["name"] == "mine"
    assert only["started"].endswith("Z")


def test_a_place_without_runs_lists_none(tmp_path: Path) -> None:
    assert summarize_runs(tmp_path / "nowhere") == []
