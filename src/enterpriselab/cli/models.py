"""Models by name: which kind a name means, and checks before hours of work depend on it; loads no training library."""

import json
import re
from pathlib import Path
from typing import Literal, get_args

from enterpriselab.core.errors import UsageError

Kind = Literal["hf", "openai", "vllm", "anthropic", "litellm", "baseline"]
TINY = "tiny"
LARGE_CONTEXT = 8192
"""Tokens of context from which a local model is asked like one behind an endpoint."""
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


def parse_model(model: str) -> tuple[Kind, str]:
    """(kind, name) of KIND:NAME; without a kind it is local weights. Raises UsageError for another kind."""
    prefix, separator, name = model.partition(":")
    if not separator or not re.fullmatch(r"[a-z_]{2,}", prefix) or Path(model).is_dir():
        return "hf", model
    for kind in get_args(Kind):
        if prefix == kind and name:
            return kind, name
    raise UsageError(
        f"{model!r} names no model.", hint=f"use KIND:NAME with {', '.join(get_args(Kind))}; without a kind it is hf"
    )


def is_large(model: str) -> bool:
    """Does a local model have room for long conversations? Read from its folder; a hub id counts as large."""
    if model == TINY:
        return False
    try:
        stored = json.loads((Path(model).expanduser() / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return not Path(model).expanduser().is_dir()
    places = stored.get("max_position_embeddings") if isinstance(stored, dict) else None
    return isinstance(places, int) and places >= LARGE_CONTEXT
