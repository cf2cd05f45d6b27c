"""Suites named on the command line, and the environments that their tasks are played in."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from enterpriselab.benchmarks.suites import Suite, load_suite
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
    seed: int = WORLD_SEED


@dataclass(frozen=True, slots=True)
class Asked:
    """Where the command line says that the tasks are played; what is empty is not said."""

    world: str = ""
    apps: tuple[str, ...] = ()
    servers: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Tasks that are played in one environment."""

    where: Where
    tasks: list[Task]


def load_groups(name: str, asked: Asked, *, limit: int = 0) -> tuple[Suite, list[Group]]:
    """A suite, with its tasks by environment: the one that is asked for, else each task's own.

    Raises:
        UsageError: there is no such suite, or its tasks cannot be played where they are asked to be.
    """
    suite = load_suite(name)
    suite = Suite(suite.name, suite.tasks[: limit or None])
    if asked.world or asked.apps or asked.servers:
        place = EnvironmentConfig(world=asked.world or "arena", apps=asked.apps, servers=asked.servers)
        return suite, [Group(Where(_at_level(place, asked.level)), list(suite.tasks))]
    made_by = run_of_tasks(Path(name)) if Path(name).is_file() else None
    if made_by is not None:
        place = EnvironmentConfig.model_validate(made_by["environment"])
        return suite, [Group(Where(_at_level(place, asked.level), made_by["seed"]), list(suite.tasks))]
    by_world: dict[str, list[Task]] = {}
    for task in suite.tasks:
        by_world.setdefault(task.world, []).append(task)
    return suite, [
        Group(Where(_at_level(EnvironmentConfig(world=world), asked.level)), tasks) for world, tasks in by_world.items()
    ]


def _at_level(place: EnvironmentConfig, level: str) -> EnvironmentConfig:
    if not level:
        return place
    if place.servers:
        raise UsageError("Connected servers have no levels.", hint="leave --level out")
    return place.model_copy(update={"world": f"{place.world.partition('@')[0]}@{level}"})


def check_fits(environment: Environment, tasks: Sequence[Task]) -> None:
    """Raises UsageError when the tasks were made for another environment; another level of it is none."""
    for task in tasks:
        missing = [name for name in task.tools if name not in environment.registry]
        same = task.world.partition("@")[0] == environment.name.partition("@")[0]
        if not same or missing:
            detail = f"it has no tool {missing[0]!r}" if missing else f"they are tasks of {task.world!r}"
            raise UsageError(
                f"The tasks do not fit the environment {environment.name!r}: {detail}.",
                hint="name the world, apps or servers that they were made in: --world, --app, --servers",
            )
