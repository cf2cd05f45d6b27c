"""Suites named on the command line, and the environments that their tasks are played in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from enterpriselab.benchmarks.suites import Suite, load_suite
from enterpriselab.cli.folders import run_of_tasks
from enterpriselab.cli.settings import EnvironmentConfig
from enterpriselab.core.errors import UsageError
from enterpriselab.core.tasks import Task
from enterpriselab.sandbox.drift.plan import Drift
from enterpriselab.sandbox.environment import Environment
from enterpriselab.sandbox.flaky import Flaky

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

    def under(self, *, drift: Drift | None, flaky: Flaky | None) -> "Group":
        """The same tasks in the environment under these conditions."""
        changed = self.where.environment.model_copy(update={"drift": drift, "flaky": flaky})
        return replace(self, where=replace(self.where, environment=changed))


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
        calm = {**made_by, "environment": {**made_by["environment"], "flaky": None}}
        return suite, groups_of_run(calm, suite.tasks, level=asked.level)
    return suite, _by_world(suite.tasks, asked.level)


def groups_of_run(config: dict[str, Any], tasks: Sequence[Task], *, level: str = "") -> list[Group]:
    """Tasks of a run by environment: that of its config, and each task's own where it names another world."""
    place = EnvironmentConfig.model_validate(config["environment"])
    own = [task for task in tasks if _plays_in(place, task)]
    others = [task for task in tasks if not _plays_in(place, task)]
    first = [Group(Where(_at_level(place, level), config["seed"]), own)] if own else []
    groups = _by_world(others, level or place.world.partition("@")[2])
    return [*first, *(group.under(drift=place.drift, flaky=place.flaky) for group in groups)]


def _plays_in(place: EnvironmentConfig, task: Task) -> bool:
    """Servers and chosen apps are one place; a world that names no image stands for its first one."""
    named = place.world.partition("@")[0]
    asked = task.world.partition("@")[0]
    return bool(place.servers or place.apps) or named in (asked, asked.partition("/")[0])


def _by_world(tasks: Sequence[Task], level: str) -> list[Group]:
    worlds: dict[str, list[Task]] = {}
    for task in tasks:
        worlds.setdefault(task.world, []).append(task)
    return [Group(Where(_at_level(EnvironmentConfig(world=world), level)), held) for world, held in worlds.items()]


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
