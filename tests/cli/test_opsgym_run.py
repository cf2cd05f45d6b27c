"""`run` with one word of the demo's config changed makes verified tasks of the gym that read like requests."""

import re
from pathlib import Path

import pytest

from enterpriselab.apps import world_spec
from enterpriselab.core.task_files import read_tasks
from enterpriselab.core.tasks import Task
from enterpriselab.sandbox.world import World
from enterpriselab.scoring.gates import check_task
from tests.cli.desk import lab

DEMO = Path(__file__).parents[2] / "configs" / "demo.toml"
SETTINGS = ("synthesis.tasks=45", "sft.enabled=false", "grpo.enabled=false", "evaluation.enabled=false", "name=desk")
STATES = {"root_cause", "fix_in_progress", "in_progress"}
"""States whose tools list no choices, so that they are said as they are stored."""


def made(world: str, folder: Path) -> list[Task]:
    """The tasks of a run of the demo's config in that world."""
    text = DEMO.read_text(encoding="utf-8")
    changed = text.replace('world = "arena"', f'world = "{world}"')
    assert len(set(text.split("\n")) ^ set(changed.split("\n"))) == 2
    (folder / "gym.toml").write_text(changed, encoding="utf-8")
    ended = lab("run", folder / "gym.toml", "--runs", folder / "runs", *SETTINGS, cwd=folder)
    assert ended.code == 0, ended.err
    run = folder / "runs" / "desk"
    assert (run / "synthesis" / "trajectories.jsonl").read_text(encoding="utf-8").count("\n") >= 30
    assert (run / "report.html").is_file()
    return read_tasks(run / "synthesis" / "tasks.jsonl")


@pytest.mark.parametrize("world", ["opsgym", "opsgym/clinic@enforced"])
def test_one_other_word_in_the_config_gives_verified_tasks_of_the_gym(world: str, tmp_path: Path) -> None:
    tasks = made(world, tmp_path)
    place = World(world_spec(world))
    assert {task.world for task in tasks} == {place.name}
    assert len(tasks) >= 30 and len({task.template for task in tasks}) >= 10
    assert len({task.principal for task in tasks}) >= 4
    assert len({step.tool for task in tasks for step in task.reference}) >= 25
    assert sum(len(task.reference) > 1 for task in tasks) >= len(tasks) // 2
    for task in tasks[::6]:
        assert check_task(place, task).failures == []
    for task in tasks:
        assert sounds_like_a_request(task.prompt), task.prompt


def sounds_like_a_request(prompt: str) -> bool:
    """No identifier of a row, no name of a column, no value of a program: sentences."""
    stored = set(re.findall(r"\b[a-z]+_[a-z_]+\b", re.sub(r"\S+@\S+", "", prompt))) - STATES
    rows = re.findall(r"\b[A-Z]{2,}_\d+\b", prompt)
    program = re.findall(r"\b(?:None|True|False|null|itsm)\b", prompt)
    return not (stored or rows or program) and bool(re.fullmatch(r"[A-Z].*[.?]", prompt))
