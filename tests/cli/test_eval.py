"""`enterpriselab eval` against a real endpoint on loopback: the model plays the reference of whatever it is asked."""

import json
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from enterpriselab.apps import world_spec
from enterpriselab.cli.evaluating import label_of
from enterpriselab.core.task_files import read_tasks
from enterpriselab.core.tasks import Task
from enterpriselab.rollouts.demonstrations import reference_turns
from enterpriselab.sandbox.world import World
from tests.cli.desk import TRACEBACK, lab, refused, start, write

TASKS = "runs/small/synthesis/tasks.jsonl"


class Oracle:
    """Knows the reference turns by prompt; can be told to break."""

    def __init__(self, tasks: list[Task]) -> None:
        world = World(world_spec("arena", only=("mail",)))
        self.turns = {task.prompt: reference_turns(world, task) for task in tasks}
        self.broken = False
        self.at_request: dict[int, Callable[[], object]] = {}
        """Number of a request, from 1 -> what happens before it is answered."""
        self.asked: list[dict[str, Any]] = []
        self.keys: set[str] = set()

    def reply(self, body: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(body)
        self.at_request.get(len(self.asked), lambda: None)()
        prompt = next(message["content"] for message in body["messages"] if message["role"] == "user")
        number = sum(message["role"] == "assistant" for message in body["messages"])
        turn = self.turns[prompt][number]
        calls = [
            {"id": f"c{number}", "type": "function", "function": {"name": c.name, "arguments": json.dumps(c.arguments)}}
            for c in turn.calls
        ]
        message = {"role": "assistant", "content": turn.text, **({"tool_calls": calls} if calls else {})}
        return {
            "id": "x",
            "object": "chat.completion",
            "created": 0,
            "model": body["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls" if calls else "stop"}],
            "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
        }


@contextmanager
def endpoint(oracle: Oracle) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            oracle.keys.add(self.headers["authorization"])
            status = 400 if oracle.broken else 200
            data = json.dumps({"error": {"message": "down"}} if oracle.broken else oracle.reply(body)).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        finally:
            server.shutdown()
            thread.join()


def traces(home: Path, label: str = "oracle-1") -> list[dict[str, Any]]:
    path = home / "runs/x/eval" / label / "traces.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.slow
def test_an_endpoint_that_errs_is_not_scored_and_its_attempts_are_played_again(home: Path) -> None:
    tasks = read_tasks(home / TASKS)
    oracle = Oracle(tasks)
    with endpoint(oracle) as url:
        asked = ("eval", TASKS, "--endpoint", url, "--model-name", "oracle/1", "--out", "runs/x", "--limit", 3)
        keyed = (*asked, "--key-env", "LAB_KEY", "agent.limits.turns=20")
        assert "The variable LAB_KEY is not set" in refused(*keyed, cwd=home)
        oracle.broken = True
        message = refused(*keyed, cwd=home, LAB_KEY="secret-7")
        assert "3 of 3 attempts ended by an error, so no rate is printed" in message and "down" in message
        oracle.broken = False
        ended = lab(*keyed, "--json", cwd=home, LAB_KEY="secret-7")
        assert ended.code == 0, ended
        assert json.loads(ended.out)["1"]["success"]["value"] == 1.0
        played = len(oracle.asked)
        again = lab(*keyed, cwd=home, LAB_KEY="secret-7")
        assert "100.0%" in again.out and len(oracle.asked) == played
    assert [trace["ended"] for trace in traces(home, "1")] == ["answered"] * 3
    assert oracle.keys == {"Bearer secret-7"}
    assert not [p for p in (home / "runs/x").rglob("*") if p.is_file() and b"secret-7" in p.read_bytes()]
    assert "runs/x" in refused(*asked, cwd=home)  # the same folder with other settings


@pytest.mark.slow
@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_an_evaluation_that_is_stopped_keeps_what_was_played(sign: signal.Signals, code: int, home: Path) -> None:
    oracle = Oracle(read_tasks(home / TASKS))
    turns = [len(turns) for turns in oracle.turns.values()]
    asked = ("eval", TASKS, "--model-name", "oracle", "--out", "runs/x", "evaluation.concurrency=1")
    with endpoint(oracle) as url:
        process = start(*asked, "--endpoint", url, cwd=home)
        oracle.at_request[turns[0] + turns[1] + 1] = lambda: process.send_signal(sign)  # the third task has begun
        _, err = process.communicate(timeout=60)
        assert process.returncode == code and TRACEBACK not in err, err
        assert [trace["ended"] for trace in traces(home, "oracle")] == ["answered"] * 2
        oracle.asked.clear()
        oracle.at_request.clear()
        ended = lab(*asked, "--endpoint", url, "--json", cwd=home)
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
