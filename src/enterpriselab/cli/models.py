"""Checks on a model's name before hours of work depend on it; loads no training library."""

import re
from pathlib import Path

from enterpriselab.core.errors import UsageError

TINY = "tiny"
KINDS = 'use a folder with weights, a hub id like Qwen/Qwen3-8B, or "tiny", which ships with the package'


def check_model_path(model: str) -> None:
    """A name that can only be a folder must be one that holds a model; "tiny" and hub ids pass.

    Raises:
        UsageError: no such folder, or it holds no config.json.
    """
    path = Path(model).expanduser()
    if path.is_dir():
        if not (path / "config.json").is_file():
            raise UsageError(f"{model} holds no model: it has no config.json.", hint=KINDS)
    elif model != TINY and not _may_be_on_the_hub(model):
        raise UsageError(f"There is no model folder {model}.", hint=KINDS)


def _may_be_on_the_hub(model: str) -> bool:
    """owner/name, where no folder here is called like the owner."""
    return re.fullmatch(r"[\w.-]+/[\w.-]+", model) is not None and not Path(model).parent.is_dir()
