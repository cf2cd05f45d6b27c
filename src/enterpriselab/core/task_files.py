"""Tasks on disk: one task a line (tasks.jsonl) or one task a file, read with errors that say where."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from enterpriselab.core.errors import UsageError
from enterpriselab.core.runs import write_whole
from enterpriselab.core.tasks import Task

_MAKE = "enterpriselab synth --help"
_FORM = "docs/tasks.md shows a task"


def read_tasks(path: Path) -> list[Task]:
    """All tasks of a tasks.jsonl. Raises UsageError: unreadable, empty, a line that is no task, a task twice."""
    lines = enumerate(_text(path).split("\n"), start=1)  # not at every character that ends a line for Python
    tasks = [parse_task(line, where=f"{path}, line {number},") for number, line in lines if line.strip()]
    if not tasks:
        raise UsageError(f"{path} holds no task.", hint=_MAKE)
    refuse_twins(tasks, where=str(path))
    return tasks


def read_task(path: Path) -> Task:
    """The task of a file that holds one JSON object. Raises UsageError."""
    return parse_task(_text(path), where=str(path))


def parse_task(text: str, *, where: str) -> Task:
    """A task from its JSON; `where` names the place in errors. Its id is computed anew. Raises UsageError."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise UsageError(f"{where} is not JSON: {error}.", hint=_FORM) from None
    if not isinstance(data, dict):
        raise UsageError(f"{where} is no JSON object.", hint=_FORM)
    data.pop("id", None)
    try:
        return Task.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{where} is no task: {place}: {first['msg']}.", hint=_FORM) from None


def refuse_twins(tasks: Sequence[Task], *, where: str) -> None:
    """Raises UsageError when a task is there twice: attempts are told apart by the task's id."""
    twice = [identity for identity, times in Counter(task.id for task in tasks).items() if times > 1]
    if twice:
        times = sum(task.id == twice[0] for task in tasks)
        raise UsageError(f"{where} holds task {twice[0]} {times} times.", hint="keep one of them")


def task_record(task: Task) -> dict[str, Any]:
    """The task as JSON, with its id for people to refer to."""
    return {"id": task.id, **task.model_dump(mode="json")}


def write_tasks(path: Path, tasks: Iterable[Task]) -> int:
    """Write a tasks.jsonl that appears whole or not at all; returns how many tasks it holds."""
    lines = [json.dumps(task_record(task), ensure_ascii=False) for task in tasks]
    write_whole(path, "".join(f"{line}\n" for line in lines))
    return len(lines)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise UsageError(f"Cannot read the tasks {path}: {reason}.", hint=_MAKE) from None
