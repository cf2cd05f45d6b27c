"""`enterpriselab config`: every key of a run config with its default."""

from pathlib import Path
from typing import Annotated

import typer

from enterpriselab.cli.output import print_json
from enterpriselab.cli.settings import RunConfig
from enterpriselab.core.config import load_config


def config(
    file: Annotated[Path | None, typer.Argument(help="Resolve and check this config instead of the defaults.")] = None,
    overrides: Annotated[list[str] | None, typer.Argument(help="section.key=value")] = None,
) -> None:
    """Print a config with every key resolved, as JSON that `run` accepts.

    Example: enterpriselab config configs/demo.toml sft.steps=100
    """
    found = load_config(RunConfig, file, overrides or ()) if file else RunConfig(name="example")
    print_json(found.model_dump(mode="json"))
