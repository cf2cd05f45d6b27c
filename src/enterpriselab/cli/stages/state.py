"""What the stages share: run folder, config, environment, console."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from enterpriselab.agents.dialects import DIALECTS, Dialect
from enterpriselab.cli.settings import RunConfig
from enterpriselab.cli.worlds import made_flaky, open_environment
from enterpriselab.core.runs import RunFolder
from enterpriselab.core.task_files import read_tasks
from enterpriselab.core.tasks import Task
from enterpriselab.core.tools import ToolSpec
from enterpriselab.sandbox.environment import Environment

Tick = Callable[..., None]
"""tick(done, total=None, note=""): how far a stage is."""


@dataclass
class RunState:
    """One run in progress."""

    folder: RunFolder
    config: RunConfig
    console: Console

    @cached_property
    def environment(self) -> Environment:
        """The world, or the connected servers; calm, for what is no play."""
        return open_environment(self.config.environment.calm, seed=self.config.seed)

    @cached_property
    def playground(self) -> Environment:
        """The same as agents meet it."""
        return made_flaky(self.environment, self.config.environment.flaky)

    def environment_of(self, task: Task) -> Environment:
        """Where a task is played."""
        return self.playground

    @property
    def tools(self) -> dict[str, ToolSpec]:
        """Every tool of the run by name."""
        return self.environment.registry

    @cached_property
    def dialect(self) -> Dialect:
        """How the model is asked."""
        return DIALECTS[self.config.agent.dialect]()

    @cached_property
    def tasks(self) -> dict[str, Task]:
        """All verified tasks by id."""
        return {task.id: task for task in read_tasks(self.folder.path / "synthesis" / "tasks.jsonl")}

    def tasks_of(self, side: str) -> list[Task]:
        """Tasks of one side of the split: "train" or "held_out"."""
        return [self.tasks[identity] for identity in self.folder.read_json("synthesis/split.json")[side]]

    def step_log(self, name: str) -> Callable[[dict[str, Any]], None]:
        """Appends records with a rising "step"; steps that a resumed stage plays again are not written twice."""
        last = max((record["step"] for record in self.folder.records(name)), default=0)

        def log(record: dict[str, Any]) -> None:
            if record["step"] > last:
                self.folder.append(name, record)

        return log

    @contextmanager
    def progress(self, title: str) -> Iterator[Tick]:
        """A progress bar for one stage."""
        columns = (SpinnerColumn(), TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeElapsedColumn(), TextColumn("{task.fields[note]}"), console=self.console) as bars:
            bar = bars.add_task(title, total=None, note="")

            def tick(done: int, total: int | None = None, note: str = "") -> None:
                if total is not None:
                    bars.update(bar, total=total)
                bars.update(bar, completed=done, note=note)

            yield tick


def timed(stage: Callable[[RunState], dict[str, Any]], state: RunState) -> dict[str, Any]:
    """Run a stage; its facts with the seconds it took."""
    started = time.perf_counter()
    facts = stage(state)
    return {**facts, "seconds": round(time.perf_counter() - started, 2)}


def run_async(coroutine: Any) -> Any:
    """Run one coroutine to its end; the only place where the command line enters asyncio."""
    return asyncio.run(coroutine)
