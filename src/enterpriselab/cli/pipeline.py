"""The main job: the stages in order, each skipped when the run folder says that it is finished."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from enterpriselab.cli.settings import RunConfig
from enterpriselab.cli.stages.discover import discover
from enterpriselab.cli.stages.evaluate import evaluate
from enterpriselab.cli.stages.grpo import grpo
from enterpriselab.cli.stages.sft import sft
from enterpriselab.cli.stages.state import RunState, timed
from enterpriselab.cli.stages.synthesis import split, synthesis
from enterpriselab.cli.stages.world import world
from enterpriselab.core.runs import RunFolder
from enterpriselab.report import write_report

Stage = Callable[[RunState], dict[str, Any]]
LABELS = ("reference", "do_nothing", "base", "sft", "grpo")


def stages_of(config: RunConfig) -> dict[str, Stage]:
    """The stages that this config asks for, in order."""
    stages: dict[str, Stage] = {"world": world, "discover": discover, "synthesis": synthesis, "split": split}
    if config.sft.enabled:
        stages["sft"] = sft
    if config.grpo.enabled:
        stages["grpo"] = grpo
    if config.evaluation.enabled:
        stages["evaluate"] = evaluate
    return stages


def run_pipeline(config: RunConfig, root: Path, console: Console) -> Path:
    """Run or continue; returns the path of the report."""
    folder = RunFolder.open(root / config.name, config)
    state = RunState(folder, config, console)
    finished = folder.finished()
    for name, stage in stages_of(config).items():
        if name in finished:
            console.print(f"  [dim]{name}: done before, {finished[name]['seconds']:.0f} s[/]")
            continue
        folder.finish(name, **timed(stage, state))
    report = write_report(folder.path)
    if config.evaluation.enabled:
        console.print(success_table(folder.read_json("eval/summary.json")))
    console.print(f"Report: {report}")
    return report


def success_table(summary: dict[str, Any]) -> Table:
    """Success with 95 % intervals, one row for each evaluated agent."""
    table = Table(title="Held-out tasks", title_justify="left", header_style="bold")
    for column in ("agent", "success", "95 % interval", "tasks", "tools", "arguments", "steps"):
        table.add_column(column, justify="left" if column == "agent" else "right")
    for label in (label for label in LABELS if label in summary):
        facts = summary[label]
        rate = facts["success"]
        table.add_row(
            label,
            f"{rate['value']:.1%}",
            f"{rate['low']:.1%} to {rate['high']:.1%}",
            str(rate["units"]),
            f"{facts['tool_selection']:.2f}",
            f"{facts['argument_accuracy']:.2f}",
            f"{facts['steps']:.1f}",
        )
    return table
