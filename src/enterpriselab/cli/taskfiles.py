"""A tasks.jsonl named on the command line: read with errors that say which line, and the world it is meant for."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from enterpriselab.cli.folders import run_of_tasks
from enterpriselab.cli.settings import EnvironmentConfig
from enterpriselab.core.errors import UsageError
from enterpriselab.core.tasks import Task
from enterpriselab.sandbox.environment import Environment

WORLD_SEED = 7


@dataclass(frozen=True, slots=True)
class Where:
    """An environment that is not opened yet, with the seed of its world."""

    environment: EnvironmentConfig
    seed: int


def where_of(tasks: Path, *, world: str, apps: list[str] | None, servers: str) -> Where:
    """What the command line names, else what the run that made the tasks played in, else the arena."""
    if world or apps or servers:
        return Where(EnvironmentConfig(world=world or "arena", apps=tuple(apps or ()), servers=servers), WORLD_SEED)
    made_by = run_of_tasks(tasks)
    if made_by is None:
        return Where(EnvironmentConfig(), WORLD_SEED)
    return Where(EnvironmentConfig.model_validate(made_by["environment"]), made_by["seed"])


def load_tasks(path: Path) -> list[Task]:
    """All tasks of a file. Raises UsageError: unreadable, empty, a line that is no task, a task twice."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise UsageError(f"Cannot read the tasks {path}: {reason}.", hint="enterpriselab synth --help") from None
    tasks = [_task(path, number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not tasks:
        raise UsageError(f"{path} holds no task.", hint="enterpriselab synth --help")
    (common, times), *_ = Counter(task.id for task in tasks).most_common(1)
    if times > 1:
        raise UsageError(f"{path} holds task {common} {times} times.", hint="keep one of the lines")
    return tasks


def as_lines(tasks: list[Task]) -> str:
    """The tasks as the text of a tasks.jsonl."""
    records = ({"id": task.id, **task.model_dump(mode="json")} for task in tasks)
    return "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records)


def _task(path: Path, number: int, line: str) -> Task:
    try:
        data = json.loads(line)
    except ValueError as error:
        raise UsageError(f"{path}, line {number}, is not JSON: {error}.", hint="docs/tasks.md shows a task") from None
    if not isinstance(data, dict):
        raise UsageError(f"{path}, line {number}, is no JSON object.", hint="docs/tasks.md shows a task")
    data.pop("id", None)
    try:
        return Task.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        text = f"{path}, line {number}, is no task: {place}: {first['msg']}."
        raise UsageError(text, hint="docs/tasks.md shows a task") from None


def check_fits(environment: Environment, tasks: list[Task]) -> None:
    """Raises UsageError when the tasks were made for another environment."""
    for task in tasks:
        missing = [name for name in task.tools if name not in environment.registry]
        if task.world != environment.name or missing:
            detail = f"it has no tool {missing[0]!r}" if missing else f"they are tasks of {task.world!r}"
            raise UsageError(
                f"The tasks do not fit the environment {environment.name!r}: {detail}.",
                hint="name the world, apps or servers that they were made in: --world, --app, --servers",
            )
