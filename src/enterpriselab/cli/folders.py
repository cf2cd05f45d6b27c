"""Which run folder a command means, and what a run folder says of the tasks in it."""

import json
import os
from pathlib import Path
from typing import Any

from enterpriselab.core.errors import UsageError
from enterpriselab.core.runs import CONFIG_FILE, STAGES_FILE

ENVIRONMENT_FILE = "environment.json"
RUNS = Path("runs")


def is_run_folder(path: Path) -> bool:
    """Does it hold a run that has begun? A config.json alone may be anybody's."""
    return (path / CONFIG_FILE).is_file() and any((path / name).exists() for name in (STAGES_FILE, ENVIRONMENT_FILE))


def run_path(config: Path, name: str, root: Path | None) -> Path:
    """The folder of a run.

    The config.json of a run folder means that folder itself, wherever it was moved, unless the run got another name;
    then, as for every other config, it is the folder of that name below `root`.

    Raises:
        UsageError: the name is no plain folder name.
    """
    if Path(name).name != name or name.startswith("."):
        raise UsageError(f"The run name {name!r} must be a plain folder name.", hint="name=my-run")
    home = config.resolve().parent
    if root is None and config.name == CONFIG_FILE and is_run_folder(home):
        stored = json.loads(config.read_text(encoding="utf-8")).get("name")
        return config.parent if stored == name else Path(os.path.relpath(home.parent / name))
    return (root or RUNS) / name


def run_of_tasks(tasks: Path) -> dict[str, Any] | None:
    """The config of the run that made a tasks.jsonl, or None when it lies in no run folder."""
    home = tasks.resolve().parent.parent
    if not is_run_folder(home):
        return None
    config: dict[str, Any] = json.loads((home / CONFIG_FILE).read_text(encoding="utf-8"))
    return config
