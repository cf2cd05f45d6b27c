"""A run folder with attempts that were written by hand, for verbs that only read what is stored."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from enterpriselab.core.task_files import write_tasks
from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import Trace
from tests.cli.desk import write


def write_run(path: Path, tasks: Sequence[Task], played: Mapping[str, Sequence[Trace]], **config: Any) -> Path:
    """The folder that `eval` leaves, as far as stored attempts are concerned."""
    write(path / "config.json", json.dumps({"name": path.name, **config}))
    write(path / "stages.jsonl", "")
    write(path / "environment.json", json.dumps({"cores": 2}))
    write_tasks(path / "synthesis" / "tasks.jsonl", tasks)
    for label, traces in played.items():
        records = [{"key": f"{trace.task_id}/0", **trace.model_dump(mode="json")} for trace in traces]
        write(path / "eval" / label / "traces.jsonl", "".join(f"{json.dumps(record)}\n" for record in records))
    return path
