"""Evaluations as tables for people: success with the main measures, what went wrong, attempts that were errors."""

from collections.abc import Callable
from typing import Any

from rich.table import Table

from enterpriselab.cli.output import titled_table
from enterpriselab.core.traces import BASELINES

LABELS = (*BASELINES, "base", "sft", "grpo")
"""In this order first, then any other."""
NO_VALUE = "-"


def success_table(summary: dict[str, Any]) -> Table:
    """Success with 95 % intervals, one row for each evaluated agent; pass@k and pass^k where there were k attempts."""
    ordered = sorted(summary, key=lambda label: LABELS.index(label) if label in LABELS else len(LABELS))
    runs = max((len(facts.get("pass_at", ())) for facts in summary.values()), default=1)
    table = titled_table("Success")
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
            _brief_interval(facts["success"]),
            *([share(facts["parity"])] if public else []),
            *passes,
            str(facts["success"]["units"]),
            *(_written(facts[key], "{:.0%}".format) for key in ("tool_selection", "argument_accuracy")),
            decimal(facts["steps"]),
            *([str(facts["errors"])] if errors else []),
        )
    return table


def failure_table(facts: dict[str, Any]) -> Table:
    """Of one agent's failed attempts: what went wrong how often, and one example each."""
    failed = facts["failures"]
    title = f"What went wrong in {failed['attempts']} failed attempts"
    table = titled_table(title)
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
    """'0.47', '12,300'."""
    return _written(estimate, number)


def number(value: float) -> str:
    """Three significant digits, whole numbers from 1000 on."""
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def interval(estimate: dict[str, Any], write: Callable[[float], str] = "{:.1%}".format) -> str:
    """'33.2% to 50.6%'."""
    bounds = [write(bound) for bound in (estimate["low"], estimate["high"]) if bound is not None]
    return " to ".join(bounds) if len(bounds) == 2 else NO_VALUE


def _brief_interval(estimate: dict[str, Any]) -> str:
    """'33.2 to 50.6%', so that the table fits into 80 columns."""
    found = interval(estimate, lambda bound: f"{100 * bound:.1f}")
    return found if found == NO_VALUE else f"{found}%"


def _written(estimate: Any, write: Callable[[float], str]) -> str:
    """Of an estimate, or of the plain number that older summaries hold."""
    value = estimate.get("value") if isinstance(estimate, dict) else estimate
    return NO_VALUE if value is None else write(value)


def measure_table(summaries: dict[str, dict[str, Any]]) -> Table:
    """Every measure that somebody has, one column for each agent: value and 95 % interval."""
    from enterpriselab.evaluation.measures import MEASURES

    table = titled_table("Measures")
    table.add_column("measure")
    for label in summaries:
        table.add_column(label, justify="right")
    for measure in MEASURES:
        found = [{**facts, **facts["verifiers"]}.get(measure.key) for facts in summaries.values()]
        if any(one and one["units"] for one in found):
            table.add_row(measure.key, *(with_interval(one, rate=measure.form == "rate") for one in found))
    return table


def group_table(key: str, summaries: dict[str, dict[str, Any]]) -> Table:
    """Success by the groups of a breakdown, or pass@k by k."""
    several = {"pass_at": "pass@k: one of k attempts passes", "pass_hat": "pass^k: all of k attempts pass"}
    title = several.get(key, f"Success {key.replace('_', ' ')}")
    table = titled_table(title)
    for column in ("group", *summaries):
        table.add_column(column, justify="left" if column == "group" else "right")
    for name in dict.fromkeys(name for facts in summaries.values() for name in facts[key]):
        table.add_row(name, *(with_interval(facts[key].get(name), rate=True) for facts in summaries.values()))
    return table


def with_interval(estimate: dict[str, Any] | None, *, rate: bool) -> str:
    """'41.7% [33.2% to 50.6%]'."""
    if estimate is None or not estimate["units"]:
        return NO_VALUE
    value, bounds = (share(estimate), interval(estimate)) if rate else (decimal(estimate), interval(estimate, number))
    return f"{value} [{bounds}]"
