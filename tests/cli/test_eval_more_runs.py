"""`enterpriselab eval --runs` in a folder that holds fewer attempts at each task: only the others are played."""

import json
import shutil
from pathlib import Path
from typing import Any

from tests.cli.desk import lab, refused

TASKS = "runs/small/synthesis/tasks.jsonl"
RANDOM = ("eval", TASKS, "--model", "baseline:random_calls", "--no-baselines", "--json")
TRACES = "eval/random_calls/traces.jsonl"


def played(home: Path, out: str, runs: int) -> Any:
    ended = lab(*RANDOM, "--runs", runs, "--out", out, cwd=home)
    assert ended.code == 0, ended
    return json.loads(ended.out)["random_calls"]


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def timeless(path: Path) -> dict[str, Any]:
    """Attempts by key, times apart."""
    found = {record["key"]: record | {"seconds": 0.0} for record in records(path)}
    for record in found.values():
        record["usage"] |= {"seconds": 0.0}
        for entry in (entry for phase in record["phases"] for entry in phase["uses"]):
            entry["seconds"] = 0.0
    assert len(found) == len(records(path))
    return found


def test_more_runs_are_played_beside_those_that_are_there(home: Path) -> None:
    assert played(home, "once/x", 1)["attempts"] == 6
    before = (home / "once/x" / TRACES).read_bytes()
    more, fresh = played(home, "once/x", 3), played(home, "at-once/x", 3)
    after = (home / "once/x" / TRACES).read_bytes()
    assert after.startswith(before) and timeless(home / "once/x" / TRACES) == timeless(home / "at-once/x" / TRACES)
    assert more["pass_at"] == fresh["pass_at"] and set(more["pass_at"]) == {"1", "2", "3"}
    stored = [(home / folder / "x/config.json").read_bytes() for folder in ("once", "at-once")]
    assert stored[0] == stored[1]
    assert played(home, "once/x", 3)["pass_at"] == more["pass_at"]
    assert (home / "once/x" / TRACES).read_bytes() == after
    assert [record["stage"] for record in records(home / "once/x/stages.jsonl")].count("evaluate") == 2


def test_more_runs_that_were_stopped_go_on(home: Path) -> None:
    played(home, "x", 1)
    stages = (home / "x/stages.jsonl").read_bytes()
    whole = played(home, "x", 3)
    found = (home / "x" / TRACES).read_text(encoding="utf-8").splitlines(keepends=True)
    (home / "x/stages.jsonl").write_bytes(stages)
    (home / "x" / TRACES).write_text("".join(found[:9]), encoding="utf-8")
    assert played(home, "x", 3)["pass_at"] == whole["pass_at"]
    assert len(records(home / "x" / TRACES)) == 18


def test_fewer_runs_are_refused_and_so_is_anything_else_that_differs(home: Path) -> None:
    played(home, "x", 2)
    before = shutil.copytree(home / "x", home / "before")
    message = refused(*RANDOM, "--runs", 1, "--out", "x", cwd=home)
    assert "x is for 2 attempts at each task, and 1 is asked for" in message and "--runs 2" in message
    message = refused(*RANDOM, "--runs", 3, "--temperature", 0.5, "--out", "x", cwd=home)
    assert "ask.temperature is 0.0 there and 0.5 now" in message and "attempts" not in message
    assert all((home / "x" / file.relative_to(before)).read_bytes() == file.read_bytes() for file in before.glob("*.*"))


def test_a_folder_that_was_moved_goes_on_with_fewer_at_once(home: Path) -> None:
    played(home, "first", 1)
    shutil.move(home / "first", home / "second")
    ended = lab(*RANDOM, "--runs", 2, "--out", "second", "evaluation.concurrency=3", cwd=home)
    assert ended.code == 0, ended
    config = json.loads((home / "second/config.json").read_text(encoding="utf-8"))
    assert (config["name"], config["evaluation"]["concurrency"], config["evaluation"]["attempts"]) == ("first", 3, 2)
    assert len(records(home / "second" / TRACES)) == 12
    assert "evaluation.concurrency" in refused(*RANDOM, "--out", "third", "evaluation.concurrency=0", cwd=home)


def test_a_line_ends_nowhere_but_at_its_end(home: Path) -> None:
    """A model may write any character; an error of another attempt makes the file be written anew."""
    played(home, "x", 1)
    traces = records(home / "x" / TRACES)
    traces[0]["answer"] = "one\u2028two\x85three"
    traces[1] |= {"ended": "model_error", "error": "gone", "score": {"success": None}}
    lines = [json.dumps(trace, ensure_ascii=False) for trace in traces]
    (home / "x" / TRACES).write_text("\n".join([*lines, ""]), encoding="utf-8")
    stages = (home / "x/stages.jsonl").read_text(encoding="utf-8").split("\n")
    left = [line for line in stages if line and json.loads(line)["stage"] != "evaluate"]
    (home / "x/stages.jsonl").write_text("\n".join([*left, ""]), encoding="utf-8")
    assert played(home, "x", 1)["errors"] == 0
    found = (home / "x" / TRACES).read_text(encoding="utf-8").split("\n")
    assert found[:-2] == [lines[0], *lines[2:]] and json.loads(found[-2])["key"] == traces[1]["key"]
