"""The page of costs: prices as a table, success against price as a picture, in one file that needs nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from enterpriselab.core.runs import write_whole
from enterpriselab.report import formats
from enterpriselab.report.pareto import NEAR_EDGE, Interval, Point, pareto_charts
from enterpriselab.report.rendering import csp_hash, environment, source

KINDS = {"API": "sft", "self-hosted": "grpo"}
"""How a model is paid -> its colour class."""


@dataclass(frozen=True, slots=True)
class CostRow:
    """One model on the page. What is not known is None and said to be unknown."""

    name: str
    model: str
    basis: str
    tasks: int
    success: Interval | None
    tokens_read: float | None
    tokens_written: float | None
    per_task: float | None
    per_success: float | None
    per_thousand: Interval | None
    how: str
    """Where the price comes from."""
    best: bool

    @property
    def kind(self) -> str:
        """Its colour class."""
        return KINDS.get(self.basis, "other")


def write_cost_page(target: Path, rows: Sequence[CostRow], *, title: str, notes: Sequence[str]) -> Path:
    """Write the page; the same rows give the same bytes.

    Raises:
        UsageError: the disk refuses.
    """
    write_whole(target, render_costs(rows, title=title, notes=notes))
    return target


def render_costs(rows: Sequence[CostRow], *, title: str, notes: Sequence[str]) -> str:
    """The page as HTML text. Models with both a price and a success are numbered and drawn; all are in the table."""
    drawn = [row for row in rows if row.success and row.per_thousand]
    points = [
        Point(row.name, row.kind, row.per_thousand, row.success, row.best)
        for row in drawn
        if row.per_thousand and row.success
    ]
    numbers = {id(row): number for number, row in enumerate(drawn, start=1)}
    style = source("tokens.css", "cost_page.css")
    page = (
        environment()
        .get_template("cost_page.html")
        .render(
            title=title,
            rows=[(numbers.get(id(row)), row) for row in rows],
            charts=pareto_charts(points),
            left_out=[row for row in rows if id(row) not in numbers],
            notes=notes,
            near_edge=NEAR_EDGE,
            kinds={row.basis: row.kind for row in drawn},
            style=style,
            style_hash=csp_hash(style),
            dollars=formats.dollars,
        )
    )
    return formats.made_visible(page)
