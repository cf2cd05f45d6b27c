"""Tables for people, JSON for programs."""

import json
import math
import sys
from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

PIPED_WIDTH = 160
CONSOLE = Console(width=None if sys.stdout.isatty() else PIPED_WIDTH)
ERRORS = Console(stderr=True)
"""For progress: standard output holds results only."""


def print_json(value: Any) -> None:
    """One JSON document on standard output; a rate of nothing, which is no number, is null."""
    text = json.dumps(_strict(value), indent=2, ensure_ascii=False, default=str, allow_nan=False)
    sys.stdout.write(text.encode("utf-8", errors="backslashreplace").decode("utf-8") + "\n")


def _strict(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _strict(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_strict(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def titled_table(title: str) -> Table:
    """A table without columns in the form that all tables have."""
    return Table(title=title, title_justify="left", header_style="bold", box=box.SIMPLE_HEAD)


def print_rows(rows: Sequence[dict[str, Any]], *, title: str, columns: Sequence[str]) -> None:
    """A table of the named columns; numbers to the right."""
    table = titled_table(title)
    for column in columns:
        numeric = all(isinstance(row.get(column), (int, float)) for row in rows)
        table.add_column(column.replace("_", " "), justify="right" if numeric and rows else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row.get(column)) for column in columns))
    CONSOLE.print(table)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def print_pairs(pairs: Sequence[tuple[str, str]], *, title: str) -> None:
    """Names with their values, one a line."""
    table = Table(title=title, title_justify="left", show_header=False, box=box.SIMPLE)
    for _ in range(2):
        table.add_column(overflow="fold")
    for name, value in pairs:
        table.add_row(name, value)
    CONSOLE.print(table)
