"""`enterpriselab run`: the closed loop from a config to a report."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from enterpriselab.cli.pipeline import run_pipeline
from enterpriselab.cli.settings import RunConfig
from enterpriselab.core.config import load_config


def run(
    config: Annotated[Path, typer.Argument(help="TOML file, or the config.json of an earlier run.")],
    overrides: Annotated[list[str] | None, typer.Argument(help="section.key=value, as many as you like.")] = None,
    runs: Annotated[Path, typer.Option(help="Folder that holds the run folders.")] = Path("runs"),
) -> None:
    """Run the closed loop: world, tools, tasks, SFT, Agentic GRPO, evaluation, report.

    Stop it with Ctrl-C and start it again: it goes on where it was.

    Example: enterpriselab run configs/demo.toml grpo.steps=8 name=short
    """
    run_pipeline(load_config(RunConfig, config, overrides or ()), runs, Console())
