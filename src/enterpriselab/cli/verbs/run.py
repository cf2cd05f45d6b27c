"""`enterpriselab run`: the closed loop from a config to a report."""

from pathlib import Path
from typing import Annotated

import typer

from enterpriselab.cli.options import Overrides

ConfigFile = Annotated[
    Path, typer.Argument(help="TOML file, or the config.json of an earlier run.", show_default=False)
]
Root = Annotated[
    Path | None,
    typer.Option(help="Folder that holds the run folders.", show_default="runs, or where config.json is"),
]


def run(config: ConfigFile, overrides: Overrides = None, runs: Root = None) -> None:
    """Run the closed loop.

    World, tools, tasks, SFT, Agentic GRPO, evaluation, report. Stop it with Ctrl-C and start it again: it goes on
    where it was. Given the config.json in a run folder, that run goes on; with name=OTHER it is made anew.

    Example: enterpriselab run configs/demo.toml grpo.steps=8 name=short
    """
    from rich.console import Console

    from enterpriselab.cli.folders import run_path
    from enterpriselab.cli.settings import RunConfig
    from enterpriselab.core.config import load_config

    loaded = load_config(RunConfig, config, overrides or ())
    path = run_path(config, loaded.name, runs)
    from enterpriselab.cli.pipeline import run_pipeline

    run_pipeline(loaded, path, Console())
