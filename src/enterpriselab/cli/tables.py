"""Evaluations as tables for people: success with the main measures, what went wrong, attempts that were errors."""

from collections.abc import Callable
from typing import Any

from rich import box
from rich.table import Table

LABELS = ("reference", "do_nothing", "base", "sft", "grpo")
"""In this order first, then any other."""
NO_VALUE = "-"


def success_table(summary: dict[str, Any]) -> Table:
    """Success with 95 % intervals, one row for each evaluated agent; pass@k and pass^k where there were k attempts."""
    ordered = sorted(summary, key=lambda label: LABELS.index(label) if label in LABELS else len(LABELS))
    runs = max((len(facts.get("pass_at", ())) for facts in summary.values()), default=1)
    table = Table(title="Success", title_justify="left", header_style="bold", box=box.SIMPLE_HEAD)
    several = [f"pass@{runs}", f"pass^{runs}"] if runs > 1 else []
    public = ["parity"] if any(facts.get("parity", {}).get("units") for facts in summary.values()) else []
    errors = ["errors"] if any(facts["errors"] for facts in summary.values()) else []
    shown = ("agent", "success", "95 % interval", *public, *several, "tasks", "tools", "arguments", "steps", *errors)
    for column in shown:
        table.add_column(column, justify="left" if column == "agent" else "right")
    for label in ordered:
        facts = summary[label]
        passes = [share(facts[key].get(str(runs))) for key in ("pass_at", "pass_hat")] if several else []
        table.add_row(
            label,
            share(facts["success"]),
            interval(facts["success"]),
            *([share(facts["parity"])] if public else []),
            *passes,
            str(facts["success"]["units"]),
            *(decimal(facts[key]) for key in ("tool_selection", "argument_accuracy", "steps")),
            *([str(facts["errors"])] if errors else []),
        )
    return table


def failure_table(facts: dict[str, Any]) -> Table:
    """Of one agent's failed attempts: what went wrong how often, and one example each."""
    failed = facts["failures"]
    title = f"What went wrong in {failed['attempts']} failed attempts"
    table = Table(title=title, title_justify="left", header_style="bold", box=box.SIMPLE_HEAD)
    for column in ("kind", "attempts", "first", "example"):
        table.add_column(column, justify="right" if column in ("attempts", "first") else "left", overflow="fold")
    for kind, found in failed["kinds"].items():
        example = found["examples"][0]
        where = f"{example['detail']} (task {example['task']}, attempt {example['attempt']})"
        table.add_row(kind.replace("_", " "), str(found["attempts"]), str(found["first"]), where)
    return table


def share(estimate: Any) -> str:
    """'41.7%'."""
    return _written(estimate, "{:.1%}".format)


def decimal(estimate: Any) -> str:
    """Three significant digits, whole numbers from 1000 on: '0.47', '12,300'."""
    return _written(estimate, lambda value: f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}")


def interval(estimate: dict[str, Any], write: Callable[[float], str] = "{:.1%}".format) -> str:
    """'33.2% to 50.6%'."""
    bounds = [write(bound) for bound in (estimate["low"], estimate["high"]) if bound is not None]
    return " to ".join(bounds) if len(bounds) == 2 else NO_VALUE


def _written(estimate: Any, write: Callable[[float], str]) -> str:
    """Of an estimate, or of the plain number that older summaries hold."""
    value = estimate.get("value") if isinstance(estimate, dict) else estimate
    return NO_VALUE if value is None else write(value)
