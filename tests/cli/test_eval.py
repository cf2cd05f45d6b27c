"""`enterpriselab eval` against a real endpoint on loopback: the model plays the reference of whatever it is asked."""

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from enterpriselab.apps import world_spec
from enterpriselab.cli.evaluating import label_of
from enterpriselab.core.task_files import read_tasks
from enterpriselab.core.tasks import Task
from enterpriselab.rollouts.demonstrations import reference_turns
from enterpriselab.sandbox.world import World
from tests.agents.wires.asked import Asked
from tests.agents.wires.server import Fail, Reply, Say, serving
from tests.cli.desk import TRACEBACK, lab, refused, start, write

TASKS = "runs/small/synthesis/tasks.jsonl"


class Oracle:
    """A player that knows the reference turns by prompt; can be told to break."""

    def __init__(self, tasks: list[Task]) -> None:
        world = World(world_spec("arena", only=("mail",)))
        self.turns = {task.prompt: reference_turns(world, task) for task in tasks}
        self.broken = False
        self.at_request: dict[int, Callable[[], object]] = {}
        """Number of a request, from 1 -> what happens before it is answered."""
        self.asked: list[Asked] = []

    def __call__(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        self.at_request.get(len(self.asked), lambda: None)()
        if self.broken:
            return Fail(400, "down")
        turn = self.turns[asked.task][sum(message["role"] == "assistant" for message in asked.messages)]
        return Say(turn.text, [(call.name, call.arguments) for call in turn.calls])


def traces(home: Path, label: str = "oracle-1") -> list[dict[str, Any]]:
    path = home / "runs/x/eval" / label / "traces.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.slow
def test_an_endpoint_that_errs_is_not_scored_and_its_attempts_are_played_again(home: Path) -> None:
    tasks = read_tasks(home / TASKS)
    oracle = Oracle(tasks)
    with serving(oracle) as (server, url):
        asked = (
            "eval",
            TASKS,
            "--model",
            "openai:oracle/1",
            "--endpoint",
            f"{url}/v1",
            "--out",
            "runs/x",
            "--limit",
            3,
        )
        keyed = (*asked, "--key-env", "LAB_KEY", "agent.limits.turns=20")
        assert "The variable LAB_KEY is not set" in refused(*keyed, cwd=home)
        oracle.broken = True
        message = refused(*keyed, cwd=home, LAB_KEY="secret-7")
        assert "3 of 3 attempts ended by an error, so no rate is printed" in message and "down" in message
        shown = lab(*keyed, "--allow-errors", cwd=home, LAB_KEY="secret-7")
        assert shown.code == 0 and "errors" in shown.out, shown
        oracle.broken = False
        ended = lab(*keyed, "--json", cwd=home, LAB_KEY="secret-7")
        assert ended.code == 0, ended
        assert json.loads(ended.out)["1"]["success"]["value"] == 1.0
        played = len(oracle.asked)
        again = lab(*keyed, cwd=home, LAB_KEY="secret-7")
        assert "100.0%" in again.out and len(oracle.asked) == played
    assert [trace["ended"] for trace in traces(home, "1")] == ["answered"] * 3
    assert {headers["authorization"] for headers in server.headers} == {"Bearer secret-7"}
    assert not [p for p in (home / "runs/x").rglob("*") if p.is_file() and b"secret-7" in p.read_bytes()]
    assert "runs/x" in refused(*asked, cwd=home)  # the same folder with other settings


@pytest.mark.slow
@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_an_evaluation_that_is_stopped_keeps_what_was_played(sign: signal.Signals, code: int, home: Path) -> None:
    oracle = Oracle(read_tasks(home / TASKS))
    turns = [len(turns) for turns in oracle.turns.values()]
    asked = ("eval", TASKS, "--model", "openai:oracle", "--out", "runs/x", "evaluation.concurrency=1")
    with serving(oracle) as (_, url):
        process = start(*asked, "--endpoint", f"{url}/v1", cwd=home)
        oracle.at_request[turns[0] + turns[1] + 1] = lambda: process.send_signal(sign)  # the third task has begun
        _, err = process.communicate(timeout=60)
        assert process.returncode == code and TRACEBACK not in err, err
        assert [trace["ended"] for trace in traces(home, "oracle")] == ["answered"] * 2
        oracle.asked.clear()
        oracle.at_request.clear()
        ended = lab(*asked, "--endpoint", f"{url}/v1", "--json", cwd=home)
    assert ended.code == 0 and len(oracle.asked) == sum(turns[2:]), ended
    found = json.loads(ended.out)["oracle"]
    assert (found["attempts"], found["success"]["value"]) == (6, 1.0)


@pytest.mark.slow
def test_the_tiny_model_plays_tasks_without_any_endpoint(home: Path) -> None:
    ended = lab("eval", TASKS, "--model", "tiny", "--limit", 1, "--out", "runs/x", "--json", cwd=home)
    assert ended.code == 0, ended
    found = json.loads(ended.out)["tiny"]
    assert found["attempts"] == 1 and found["errors"] == 0
    assert "Report: runs/x/report.html" in lab("report", "runs/x", cwd=home).out


def test_a_model_folder_that_is_none_is_refused_before_anything_is_written(home: Path) -> None:
    write(home / "empty/readme.txt", "")
    for model in ("./nowhere", "empty", "/nowhere/at/all", "empty/sub"):
        message = refused("eval", TASKS, "--model", model, "--out", "runs/x", cwd=home)
        assert "model" in message
    assert not (home / "runs/x").exists()


@pytest.mark.parametrize(
    ("model", "label"),
    [
        ("tiny", "tiny"),
        ("runs/demo/sft/model", "sft"),
        ("./model", "model"),
        ("Qwen/Qwen3-8B", "Qwen3-8B"),
        ("/a/b c/", "b-c"),
        ("..", "model"),
    ],
)
def test_a_model_gets_a_short_name_that_can_be_a_folder(model: str, label: str) -> None:
    assert label_of(model) == label
