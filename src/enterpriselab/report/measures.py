"""All measures of all models as tables, and what went wrong in failed attempts. Reads summaries of any age."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from enterpriselab.report import formats
from enterpriselab.report.rates import Rate, as_rate

Summary = dict[str, Any]
Writer = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of one model: a rate that is drawn, or a text with its interval."""

    rate: Rate | None = None
    text: str = ""
    interval: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One measure, a cell for each model."""

    name: str
    meaning: str
    cells: list[Cell]

    @property
    def units(self) -> int | None:
        """How many tasks each rate is of, where that is the same for all models."""
        found = {cell.rate.units for cell in self.cells if cell.rate}
        return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Table:
    """Measures that belong together."""

    title: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Failure:
    """One kind of fault: how many failed attempts have it, in how many it came first, examples in words."""

    kind: str
    attempts: str
    first: str
    examples: list[str]


WORK: tuple[tuple[str, str, Writer | None, str], ...] = (
    ("verifier_rate", "Verifiers passed", None, "All of them, whatever the category."),
    ("parity", "Success, the public way", None, "SQL checks only, as the harness of EnterpriseOps-Gym counts."),
    ("refusal", "Refusals", None, "Infeasible tasks that were declined and left as they were."),
    ("wrong_refusal", "Wrong refusals", None, "Feasible tasks that were declined."),
    ("tool_selection", "Tool selection, F1", None, "How well the called tools match those of the reference, in order."),
    ("tool_precision", "Tool selection, precision", None, "Calls that stand for a step, of those that are no reads."),
    ("tool_recall", "Tool selection, recall", None, "Steps of the reference that a call stands for."),
    ("argument_accuracy", "Argument accuracy", None, "Arguments of the reference that were given; invented cost."),
    ("execution", "Execution", None, "Calls that ran without error."),
    ("recovery", "Recovery", None, "Failed calls that a later one made good."),
    ("steps", "Calls per attempt", formats.mean, "Mean number of calls."),
    ("reference_steps", "Calls of the reference", formats.mean, "Mean number of calls of the tasks' own solutions."),
    ("step_ratio", "Calls against the reference", formats.mean, "Where the attempt passed; 1 is as short."),
)
COSTS: tuple[tuple[str, str, Writer | None, str], ...] = (
    ("output_tokens", "Tokens written", formats.count, "Mean per attempt, over all turns."),
    ("input_tokens", "Tokens read", formats.count, "Mean per attempt, over all turns."),
    ("tokens_per_success", "Tokens per success", formats.count, "All tokens over the attempts that passed."),
    ("seconds", "Seconds per attempt", formats.duration, "Mean wall time; attempts run side by side."),
    ("seconds_per_success", "Seconds per success", formats.duration, "All seconds over the attempts that passed."),
    ("price", "Price per attempt", formats.dollars, "Mean of the attempts whose price is known."),
    ("price_per_success", "Price per success", formats.dollars, "What they cost over those that passed."),
)
"""Key in a summary, name, how it is written (None: a rate), meaning."""
BREAKDOWNS = (
    ("by_length", "Success by calls of the reference", "call"),
    ("by_domain", "Success by domain", ""),
    ("by_category", "Success by category", ""),
    ("by_apps", "Success by number of apps", "app"),
    ("by_feasibility", "Success by feasibility", ""),
)
"""Key in a summary, title, what the groups count."""
KINDS = "What went wrong, share of failed attempts"


def tables(summaries: Sequence[Summary]) -> list[Table]:
    """All tables that hold something."""
    found = [
        Table("Verifiers passed, by category", _rates([_part(one, "verifiers") for one in summaries])),
        *_several(summaries),
        *(Table(title, _broken_down(summaries, key, noun)) for key, title, noun in BREAKDOWNS),
        Table("How they work", _measured(summaries, WORK)),
        Table("What it takes", _measured(summaries, COSTS)),
        Table(KINDS, _rates([_shares(one) for one in summaries])),
        Table("How attempts ended", _endings(summaries)),
    ]
    return [table for table in found if table.rows]


def failures(summary: Summary) -> list[Failure]:
    """What went wrong in the failed attempts of one model."""
    kinds = _part(_part(summary, "failures"), "kinds")
    return [
        Failure(
            formats.titled(kind), formats.count(facts.get("attempts")), formats.count(facts.get("first")), _told(facts)
        )
        for kind, facts in kinds.items()
        if isinstance(facts, dict)
    ]


def _told(facts: dict[str, Any]) -> list[str]:
    stored = facts.get("examples")
    examples = [one for one in stored if isinstance(one, dict)] if isinstance(stored, list) else []
    return [f"task {one.get('task')}: {formats.clipped(formats.plain(one.get('detail')), 300)}" for one in examples]


def _part(summary: Summary, key: str) -> dict[str, Any]:
    part = summary.get(key)
    return part if isinstance(part, dict) else {}


def _shares(summary: Summary) -> dict[str, Any]:
    kinds = _part(_part(summary, "failures"), "kinds")
    return {kind: facts.get("share") for kind, facts in kinds.items() if isinstance(facts, dict)}


def _rates(parts: Sequence[dict[str, Any]], name: Writer = formats.titled) -> list[Row]:
    """A row for each key that some part has."""
    keys = dict.fromkeys(key for part in parts for key in part)
    return [Row(name(str(key)), "", [_cell(part.get(key), None) for part in parts]) for key in keys]


def _several(summaries: Sequence[Summary]) -> list[Table]:
    """pass@k and pass^k where there was more than one attempt at a task."""
    rows = []
    for key, name in (("pass_at", "pass@{}"), ("pass_hat", "pass^{}")):
        rows += _rates([_part(one, key) for one in summaries], name.format)
    return [Table("Several attempts at a task", rows)] if len(rows) > 2 else []


def _broken_down(summaries: Sequence[Summary], key: str, noun: str) -> list[Row]:
    """Nothing where there is only one group: that is the success above."""

    def named(group: str) -> str:
        return f"{group} {noun}{'' if group == '1' else 's'}" if noun else group

    rows = _rates([_part(one, key) for one in summaries], named)
    rows.sort(key=lambda row: _leading_number(row.name))
    return rows if len(rows) > 1 or key == "by_length" else []


def _leading_number(name: str) -> float:
    found = re.match(r"\d+", name)
    return float(found[0]) if found else 0.0


def _measured(summaries: Sequence[Summary], measures: Sequence[tuple[str, str, Writer | None, str]]) -> list[Row]:
    """The measures that somebody has."""
    rows = []
    for key, name, writer, meaning in measures:
        values = [one.get(key) for one in summaries]
        if any(formats.measured(value) is not None for value in values):
            rows.append(Row(name, meaning, [_cell(value, writer) for value in values]))
    return rows


def _cell(value: Any, writer: Writer | None) -> Cell:
    rate = as_rate(value) if writer is None else None
    if rate is not None:
        return Cell(rate=rate)
    written = (writer or formats.percent)(formats.measured(value))
    bounds = [formats.as_number(value.get(name)) for name in ("low", "high")] if isinstance(value, dict) else [None]
    if writer is None or None in bounds:
        return Cell(text=written)
    low, high = (writer(bound) for bound in bounds)
    return Cell(text=written, interval="" if low == high == written else f"{low} to {high}")


def _endings(summaries: Sequence[Summary]) -> list[Row]:
    """Why attempts ended, share of attempts per model, the most frequent first."""
    known = [_part(one, "ended") for one in summaries]
    total: Counter[str] = Counter()
    for table in known:
        total.update({str(name): formats.as_number(value) or 0 for name, value in table.items()})
    names = sorted(total, key=lambda name: (-total[name], name))
    attempts = [formats.as_number(one.get("attempts")) or 0 for one in summaries]
    return [
        Row(
            formats.titled(name),
            "",
            [_share(part.get(name, 0), whole) for part, whole in zip(known, attempts, strict=True)],
        )
        for name in names
    ]


def _share(value: Any, whole: float) -> Cell:
    number = formats.as_number(value)
    if number is None or not whole:
        return Cell(text=formats.NO_VALUE)
    return Cell(text=formats.percent(number / whole, 0), interval=formats.count(number))
