"""`enterpriselab baselines`: suites that hold, and one that does not."""

import json
from pathlib import Path

from enterpriselab.benchmarks.suites import load_suite, suite_names
from enterpriselab.core.task_files import read_tasks, write_tasks
from tests.cli.desk import lab, refused

NAMED = ("missing_permission", "missing_entity", "contradicted_policy")
"""Reasons that the baseline that declines gives."""


def test_every_suite_of_the_package_scores_what_it_says(tmp_path: Path) -> None:
    ended = lab("baselines", "--json", cwd=tmp_path)
    found = json.loads(ended.out)
    assert ended.code == 0, ended.err
    assert [scores["suite"] for scores in found] == suite_names()
    for scores in found:
        tasks = load_suite(scores["suite"]).tasks
        infeasible = [task for task in tasks if not task.feasible]
        declined = [task for task in infeasible if task.tags["reason"] in NAMED]
        passed = {name: one["passed"] for name, one in scores["baselines"].items()}
        assert scores["holds"]
        assert (scores["tasks"], scores["infeasible"]) == (len(tasks), len(infeasible))
        assert (passed["reference"], passed["do_nothing"], passed["refuse_always"]) == (len(tasks), 0, len(declined))
        assert 0 < len(declined) < len(infeasible) < len(tasks)
        assert scores["baselines"]["random_calls"]["must"] is None


def test_a_suite_that_idleness_passes_does_not_hold(finished: Path, tmp_path: Path) -> None:
    good, loose = read_tasks(finished / "runs/small/synthesis/tasks.jsonl")[:2]
    only = tuple(one for one in loose.verifiers if one.kind == "no_other_changes")
    spoiled = loose.model_copy(update={"verifiers": only})
    write_tasks(tmp_path / "tasks.jsonl", [good, spoiled])
    ended = lab("baselines", "tasks.jsonl", "--json", cwd=tmp_path)
    (scores,) = json.loads(ended.out)
    assert ended.code == 1
    assert not scores["holds"]
    assert scores["baselines"]["reference"]["offenders"] == []
    assert scores["baselines"]["do_nothing"]["offenders"] == [spoiled.id]
    shown = lab("baselines", "tasks.jsonl", cwd=tmp_path)
    assert "must be 0" in shown.out
    assert f"do_nothing is wrong on 1 of 2 tasks, {spoiled.id} first" in shown.out


def test_a_suite_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    assert "opsgym/itsm" in refused("baselines", "opsgym/nothing", cwd=tmp_path)
