"""Prompt texts, one file each, read by name."""

from functools import cache
from pathlib import Path


@cache
def prompt(name: str) -> str:
    """The text of prompts/<name>.md without its trailing newline."""
    return (Path(__file__).parent / f"{name}.md").read_text(encoding="utf-8").rstrip("\n")
