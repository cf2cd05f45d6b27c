"""`enterpriselab synth`: verified tasks from a config, a world or your own servers; the first half of `run`."""

from pathlib import Path
from typing import Annotated

import typer

from enterpriselab.cli.options import Overrides

ConfigFile = Annotated[
    Path, typer.Argument(help="TOML file, or the config.json of an earlier run.", show_default=False)
]
Count = Annotated[
    int | None, typer.Option(min=1, help="Wanted tasks; the same as synthesis.tasks=N.", show_default=False)
]
Out = Annotated[Path | None, typer.Option(help="Run folder.", show_default="runs/NAME")]


def synth(config: ConfigFile, overrides: Overrides = None, tasks: Count = None, out: Out = None) -> None:
    """Make verified tasks and stop there.

    Runs the first stages of a config: world, tools, tasks, split, demonstrations. `run` with the same config and
    folder goes on from them. For servers of your own: environment.servers=mcp.json.

    Example: enterpriselab synth configs/demo.toml --tasks 100 --out runs/tasks-only
    """
    from rich.console import Console

    from enterpriselab.cli.folders import run_path
    from enterpriselab.cli.output import print_pairs
    from enterpriselab.cli.pipeline import TASK_STAGES, run_pipeline
    from enterpriselab.cli.settings import RunConfig
    from enterpriselab.core.config import load_config
    from enterpriselab.synthesis.card import card_rows

    given = list(overrides or ())
    if tasks is not None:
        given.append(f"synthesis.tasks={tasks}")
    if out is not None:
        given.append(f"name={out.resolve().name}")
    loaded = load_config(RunConfig, config, given)
    path = out if out is not None else run_path(config, loaded.name, None)
    folder = run_pipeline(loaded, path, Console(), stages=TASK_STAGES)
    if not loaded.tasks_of:
        print_pairs(card_rows(folder.read_json("synthesis/card.json")), title="Quality of the tasks")
    typer.echo(f"Tasks: {path / 'synthesis' / 'tasks.jsonl'}")
