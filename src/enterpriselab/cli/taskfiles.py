"""Tasks named on the command line, and where they are played."""

from dataclasses import dataclass
from pathlib import Path

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
