"""Kill -9 at ten random points of an evaluation of 200 tasks: in the end all is there as if nothing had been."""

import json
import multiprocessing
import pkgutil
import signal
import time
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random
from typing import Any

import pytest

from enterpriselab import apps
from enterpriselab.core.task_files import read_tasks, write_tasks
from tests.cli.desk import lab

pytestmark = pytest.mark.slow
TASKS, KILLS, SEED = 200, 10, 20261121
RECORDS = Path("runs/x/eval/reference/traces.jsonl")
ASKED = ("eval", "tasks.jsonl", "--app", "mail", "--model", "baseline:reference", "--no-baselines", "--out", "runs/x")
IMPORTED = ["enterpriselab.cli.evaluating", "enterpriselab.cli.stages.discover"]
IMPORTED += [f"enterpriselab.apps.{module.name}" for module in pkgutil.iter_modules(apps.__path__)]
CLOCKED = ("seconds",)
"""What two runs of the same may differ in, at any depth."""


def evaluate(home: Path) -> None:
    """The command as a process of its own runs it."""
    raise SystemExit(lab(*ASKED, cwd=home).code)


def started(home: Path) -> ForkServerProcess:
    """The command in a process that is forked from one in which all is imported, so that ten starts cost no minute."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*IMPORTED, __name__])
    process = context.Process(target=evaluate, args=(home,))
    process.start()
    return process


def killed_at(size: int, home: Path) -> None:
    """Start or go on, and kill -9 as soon as the records have this size."""
    process, records = started(home), home / RECORDS
    deadline = time.monotonic() + 60
    while not records.exists() or records.stat().st_size < size:
        assert process.is_alive(), f"it ended before its records had {size} bytes"
        assert time.monotonic() < deadline
        time.sleep(0.001)  # nothing but the file says how far another process is
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL


def finished_run(home: Path) -> dict[str, dict[str, Any]]:
    """Go on to the end: key -> record without times; every key stands there once."""
    process = started(home)
    process.join(60)
    assert process.exitcode == 0
    records = [json.loads(line) for line in (home / RECORDS).read_text(encoding="utf-8").splitlines()]
    found = {record["key"]: timeless(record) for record in records}
    assert len(found) == len(records) == TASKS
    return found


def timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: timeless(item) for key, item in value.items() if key not in CLOCKED}
    return [timeless(item) for item in value] if isinstance(value, list) else value


def test_ten_kills_leave_the_records_of_a_run_that_was_never_killed(finished: Path, tmp_path: Path) -> None:
    six = read_tasks(finished / "runs/small/synthesis/tasks.jsonl")
    tasks = [task.model_copy(update={"seed": task.seed + number}) for number in range(TASKS) for task in six][:TASKS]
    calm, torn = tmp_path / "calm", tmp_path / "torn"
    for home in (calm, torn):
        home.mkdir()
        write_tasks(home / "tasks.jsonl", tasks)
    expected = finished_run(calm)
    whole = (calm / RECORDS).stat().st_size
    for size in sorted(Random(SEED).sample(range(1, int(0.95 * whole)), KILLS)):
        killed_at(size, torn)
    found = finished_run(torn)
    assert found == expected
    summaries = [json.loads((home / "runs/x/eval/summary.json").read_text(encoding="utf-8")) for home in (calm, torn)]
    assert summaries[0]["reference"]["success"] == summaries[1]["reference"]["success"]
