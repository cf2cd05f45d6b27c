"""The main job: the stages in order, each skipped when the run folder says that it is finished."""

import importlib
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from rich.console import Console

from enterpriselab.cli.models import check_model_path
from enterpriselab.cli.settings import RunConfig
from enterpriselab.cli.stages.state import RunState, timed
from enterpriselab.cli.tables import success_table
from enterpriselab.cli.worlds import check_environment, close_environment
from enterpriselab.core.runs import RunFolder
from enterpriselab.report import write_report

Stage = Callable[[RunState], dict[str, Any]]
MODULES = {
    "world": "world",
    "discover": "discover",
    "synthesis": "synthesis",
    "split": "synthesis",
    "demonstrate": "synthesis",
    "sft": "sft",
    "grpo": "grpo",
    "evaluate": "evaluate",
}
"""Stage, in order -> file of stages/ that defines it."""
TASK_STAGES = ("world", "discover", "synthesis", "split", "demonstrate")
"""What makes tasks: the first half of the loop."""


def stage(name: str) -> Stage:
    """A stage by name; its module, and with it half a gigabyte of libraries, is loaded when it runs."""

    def run(state: RunState) -> dict[str, Any]:
        module = importlib.import_module(f"enterpriselab.cli.stages.{MODULES[name]}")
        facts: dict[str, Any] = getattr(module, name)(state)
        return facts

    return run


def stages_of(config: RunConfig) -> tuple[str, ...]:
    """Names of the stages that this config asks for, in order."""
    asked = {"sft": config.sft.enabled, "grpo": config.grpo.enabled, "evaluate": config.evaluation.enabled}
    return tuple(name for name in MODULES if asked.get(name, True))


def run_pipeline(config: RunConfig, path: Path, console: Console, *, stages: tuple[str, ...] = ()) -> RunFolder:
    """Run or continue in the run folder `path`; ends with the report. `stages` runs only these.

    Raises:
        UsageError: a world, server or model that does not exist, the folder holds another run or cannot be written,
            another process works in it, a stage refuses.
    """
    chosen = stages or stages_of(config)
    check_environment(config.environment)
    if set(chosen) - set(TASK_STAGES):
        check_model_path(config.model.path)
    folder = RunFolder.open(path, config)
    with folder.locked():
        run_stages(RunState(folder, config, console), {name: stage(name) for name in chosen})
        summary = path / "eval" / "summary.json"
        if summary.is_file():
            console.print(success_table(folder.read_json("eval/summary.json")))
        console.print(f"Report: {write_report(path)}", soft_wrap=True)
    return folder


def run_stages(state: RunState, stages: dict[str, Stage], *, again: Collection[str] = ()) -> None:
    """Run what is not finished yet, finished with errors, or named in `again`.

    What the environment started is ended, whatever happens.
    """
    finished = state.folder.finished()
    try:
        for name, run in stages.items():
            if name in finished and name not in again and not finished[name].get("errors"):
                state.console.print(f"  [dim]{name}: done before, {finished[name]['seconds']:.0f} s[/]")
            else:
                state.folder.finish(name, **timed(run, state))
    finally:
        if "environment" in vars(state):
            close_environment(state.environment)
