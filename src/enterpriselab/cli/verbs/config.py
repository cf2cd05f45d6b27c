"""`enterpriselab config`: every key of a run config with its value."""

from pathlib import Path
from typing import Annotated

import typer

from enterpriselab.cli.options import Overrides

Checked = Annotated[
    Path | None, typer.Argument(help="Resolve and check this config; without it the defaults.", show_default=False)
]


def config(file: Checked = None, overrides: Overrides = None) -> None:
    """Print a config with every key.

    The output is JSON that `run` accepts. Unknown keys and wrong values are refused with what is near.

    Example: enterpriselab config configs/demo.toml sft.steps=100
    """
    from enterpriselab.cli.output import print_json
    from enterpriselab.cli.settings import RunConfig
    from enterpriselab.core.config import load_config

    found = load_config(RunConfig, file, overrides or ()) if file else RunConfig(name="example")
    print_json(found.model_dump(mode="json"))
