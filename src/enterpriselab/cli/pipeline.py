"""The main job: the stages in order, each skipped when the run folder says that it is finished."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from enterpriselab.cli.settings import RunConfig
from enterpriselab.cli.stages.discover import discover
from enterpriselab.cli.stages.evaluate import evaluate
from enterpriselab.cli.stages.grpo import grpo
from enterpriselab.cli.stages.sft import sft
from enterpriselab.cli.stages.state import RunState, timed
from enterpriselab.cli.stages.synthesis import demonstrate, split, synthesis
from enterpriselab.cli.stages.world import world
from enterpriselab.cli.worlds import close_environment
from enterpriselab.core.runs import RunFolder
from enterpriselab.report import write_report

Stage = Callable[[RunState], dict[str, Any]]
TASK_STAGES: dict[str, Stage] = {
    "world": world,
    "discover": discover,
    "synthesis": synthesis,
    "split": split,
    "demonstrate": demonstrate,
}
"""What makes tasks: the first half of the loop."""
LABELS = ("reference", "do_nothing", "base", "sft", "grpo")


def stages_of(config: RunConfig) -> dict[str, Stage]:
    """The stages that this config asks for, in order."""
    stages = dict(TASK_STAGES)
    if config.sft.enabled:
        stages["sft"] = sft
    if config.grpo.enabled:
        stages["grpo"] = grpo
    if config.evaluation.enabled:
        stages["evaluate"] = evaluate
    return stages


def run_pipeline(
    config: RunConfig, path: Path, console: Console, *, stages: dict[str, Stage] | None = None
) -> RunFolder:
    """Run or continue in the run folder `path`; ends with the report. `stages` runs only these.

    Raises:
        UsageError: the folder holds another run or cannot be written, another process works in it, a stage refuses.
    """
    folder = RunFolder.open(path, config)
    with folder.locked():
        run_stages(RunState(folder, config, console), stages_of(config) if stages is None else stages)
        summary = path / "eval" / "summary.json"
        if summary.is_file():
            console.print(success_table(folder.read_json("eval/summary.json")))
        console.print(f"Report: {write_report(path)}", soft_wrap=True)
    return folder


def run_stages(state: RunState, stages: dict[str, Stage]) -> None:
    """Run what is not finished yet; ends what the environment started, whatever happens."""
    finished = state.folder.finished()
    try:
        for name, stage in stages.items():
            if name in finished:
                state.console.print(f"  [dim]{name}: done before, {finished[name]['seconds']:.0f} s[/]")
            else:
                state.folder.finish(name, **timed(stage, state))
    finally:
        if "environment" in vars(state):
            close_environment(state.environment)


def success_table(summary: dict[str, Any]) -> Table:
    """Success with 95 % intervals, one row for each evaluated agent."""
    table = Table(title="Held-out tasks", title_justify="left", header_style="bold", box=box.SIMPLE_HEAD)
    for column in ("agent", "success", "95 % interval", "tasks", "tools", "arguments", "steps"):
        table.add_column(column, justify="left" if column == "agent" else "right")
    for label in sorted(summary, key=lambda label: LABELS.index(label) if label in LABELS else len(LABELS)):
        facts = summary[label]
        rate = facts["success"]
        table.add_row(
            label,
            f"{rate['value']:.1%}" if rate["units"] else "-",
            f"{rate['low']:.1%} to {rate['high']:.1%}" if rate["units"] else "-",
            str(rate["units"]),
            _decimal(facts["tool_selection"], 2),
            _decimal(facts["argument_accuracy"], 2),
            _decimal(facts["steps"], 1),
        )
    return table


def _decimal(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
