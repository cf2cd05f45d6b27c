"""`enterpriselab eval --drift --flaky`: what the run says of it, and what later commands make of such a run."""

import json
from pathlib import Path
from typing import Any

import pytest

from enterpriselab.core.task_files import read_tasks
from enterpriselab.sandbox.flaky import FAILURES
from tests.cli.desk import lab, refused

TASKS = "runs/small/synthesis/tasks.jsonl"
REFERENCE = ("--model", "baseline:reference", "--no-baselines", "--json")
WORSE = ("--drift", 0.5, "--drift-seed", 2, "--flaky", 0.4)


def stored(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.slow
def test_an_evaluation_under_worse_conditions_says_so_and_can_be_replayed_rescored_and_checked(home: Path) -> None:
    worse = lab("eval", TASKS, *REFERENCE, *WORSE, "--out", "runs/worse", cwd=home)
    assert worse.code == 0 and json.loads(worse.out)["reference"]["success"]["value"] == 1.0, worse
    run = home / "runs/worse"
    place = json.loads((run / "config.json").read_text(encoding="utf-8"))["environment"]
    assert (place["drift"]["share"], place["drift"]["seed"], place["flaky"]["rate"]) == (0.5, 2, 0.4)
    [facts] = [record for record in stored(run / "stages.jsonl") if record["stage"] == "tasks"]
    plan = json.loads((run / "drift.json").read_text(encoding="utf-8"))["arena"]
    fates = [drift["fate"] for drift in plan.values() if drift["fate"] != "kept"]
    assert sum(facts["drift"]["arena"]["tools"].values()) == len(fates)
    names = {tool["name"] for tool in json.loads((run / "tools.json").read_text(encoding="utf-8"))}
    assert not names & {old for old, drift in plan.items() if drift["name"] != old}
    before, after = read_tasks(home / TASKS), read_tasks(run / "synthesis/tasks.jsonl")
    assert [task.origin for task in after] == [task.id for task in before]
    traces = stored(run / "eval/reference/traces.jsonl")
    assert {call["error_kind"] for trace in traces for call in trace["calls"]} & set(FAILURES)
    assert {call["tool"] for trace in traces for call in trace["calls"]} <= names
    for command in (("replay", "runs/worse"), ("rescore", "runs/worse"), ("check", "runs/worse/synthesis/tasks.jsonl")):
        ended = lab(*command, cwd=home)
        assert ended.code == 0, ended
    again = ("eval", "runs/worse/synthesis/tasks.jsonl", *REFERENCE)
    assert "is under drift already" in refused(*again, "--drift", 0.5, "--out", "runs/twice", cwd=home)
    calm = lab(*again, "--out", "runs/calm", cwd=home)
    assert calm.code == 0, calm
    place = json.loads((home / "runs/calm/config.json").read_text(encoding="utf-8"))["environment"]
    assert place["drift"]["share"] == 0.5 and place["flaky"] is None


@pytest.mark.slow
def test_a_run_under_drift_is_compared_with_one_that_is_not_task_by_task(home: Path) -> None:
    for out, options in (("runs/before", ()), ("runs/after", WORSE)):
        ended = lab(
            "eval", TASKS, "--model", "baseline:random_calls", "--no-baselines", *options, "--out", out, cwd=home
        )
        assert ended.code == 0, ended
    ended = lab("compare", "runs/before", "runs/after", "--json", cwd=home)
    found = json.loads(ended.out)
    assert (ended.code, found["tasks"], found["only_first"], found["only_second"]) == (0, 6, 0, 0)


def test_a_share_beyond_everything_is_refused(home: Path) -> None:
    for options in (("--drift", 1.5), ("--flaky", 1.0)):
        ended = lab("eval", TASKS, *REFERENCE, *options, "--out", "runs/x", cwd=home)
        assert ended.code == 2 and not (home / "runs/x").exists()


@pytest.mark.slow
def test_a_run_takes_tasks_and_split_of_another_one_and_trains_on_what_they_are_under_its_drift(home: Path) -> None:
    worse = ("tasks_of=runs/small", "environment.drift.share=0.6", "environment.drift.seed=3")
    ended = lab("run", "small.toml", "name=again", *worse, cwd=home)
    assert ended.code == 0, ended
    before, after = (home / "runs" / name / "synthesis" for name in ("small", "again"))
    origins = {task.id: task.origin for task in read_tasks(after / "tasks.jsonl")}
    assert list(origins.values()) == [task.id for task in read_tasks(before / "tasks.jsonl")]
    splits = [json.loads((folder / "split.json").read_text(encoding="utf-8")) for folder in (before, after)]
    for side in ("train", "validation", "held_out"):
        assert [origins[identity] for identity in splits[1][side]] == splits[0][side]
    names = {tool["name"] for tool in json.loads((home / "runs/again/tools.json").read_text(encoding="utf-8"))}
    demonstrations = stored(after / "trajectories.jsonl")
    assert demonstrations and {tool["function"]["name"] for one in demonstrations for tool in one["tools"]} <= names
    assert names != {tool["name"] for tool in json.loads((home / "runs/small/tools.json").read_text(encoding="utf-8"))}
    twice = ("run", "small.toml", "name=twice", "tasks_of=runs/again", "environment.drift.share=0.6")
    assert "is under drift already" in refused(*twice, cwd=home)


@pytest.mark.slow
def test_the_report_on_robustness_says_what_is_lost_and_what_comes_back(home: Path) -> None:
    for out, options in (("runs/calm", ()), ("runs/worse", ("--drift", 0.5))):
        assert lab("eval", TASKS, "--model", "baseline:reference", *options, "--out", out, cwd=home).code == 0
    agents = ("runs/calm/eval/reference", "runs/worse/eval/do_nothing", "runs/worse/eval/reference")
    found = json.loads(lab("robustness", *agents, "--json", cwd=home).out)
    success = [found[part]["measures"][0] for part in ("drop", "regained")]
    assert [(one["measure"], one["change"]["value"], one["real"]) for one in success] == [
        ("success", -1.0, True),
        ("success", 1.0, True),
    ]
    assert found["share_regained"] == 1.0
    shown = lab("robustness", *agents, "--out", "page.md", cwd=home)
    assert "Re-training brought back 100 % of the loss." in shown.out
    assert "| success | 100.0 % | 0.0 % | -100.0 pp" in (home / "page.md").read_text(encoding="utf-8")
    nothing = (agents[0], agents[1], "runs/worse/eval/do_nothing")
    assert json.loads(lab("robustness", *nothing, "--json", cwd=home).out)["share_regained"] is None
    alone = json.loads(lab("robustness", *agents[:2], "--json", cwd=home).out)
    assert alone["regained"] is None and alone["share_regained"] is None
