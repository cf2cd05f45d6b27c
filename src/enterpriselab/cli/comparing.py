"""Two evaluated agents compared: what `enterpriselab compare` finds and how it says it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from enterpriselab.cli.attempts import Attempts
from enterpriselab.core.errors import UsageError
from enterpriselab.evaluation.cases import Case, cases_of
from enterpriselab.evaluation.comparison import Comparison, Difference, as_rows, compare
from enterpriselab.evaluation.errors import causes, check_errors
from enterpriselab.evaluation.gate import Checked, check_gate, parse_gate


@dataclass(frozen=True)
class Compared:
    """What `enterpriselab compare` found."""

    first: str
    second: str
    comparison: Comparison
    gates: tuple[Checked, ...]
    errors: tuple[int, int]

    def broken(self, *, strict: bool) -> list[Checked]:
        """Gates that do not let pass: the broken ones, in a strict comparison the undecided ones too."""
        bad = ("broken", "undecided") if strict else ("broken",)
        return [checked for checked in self.gates if checked.outcome in bad]


def compare_attempts(first: Attempts, second: Attempts, gates: Sequence[str], *, allow_errors: bool) -> Compared:
    """Compare two agents on the tasks that both played.

    Raises:
        UsageError: a gate that is none, no task in common, or more than 2 % errors on a side when they are not allowed.
    """
    asked = [parse_gate(text) for text in gates]
    found = compare(_cases(first, allow_errors), _cases(second, allow_errors))
    if not found.tasks:
        text = f"{first.name} and {second.name} have no judged task in common."
        raise UsageError(text, hint="compare runs of the same suite: tasks are the same when their ids are")
    names = (first.name, second.name) if first.name != second.name else (str(first.run), str(second.run))
    errors = tuple(sum(causes(list(one.traces.values())).values()) for one in (first, second))
    return Compared(*names, found, tuple(check_gate(gate, found) for gate in asked), (errors[0], errors[1]))


def _cases(attempts: Attempts, allow_errors: bool) -> list[Case]:
    traces = attempts.in_order
    check_errors(traces, allow_errors=allow_errors)
    return cases_of(attempts.tasks, traces, attempts.tools, solutions=attempts.solutions)


def as_json(found: Compared) -> dict[str, Any]:
    """Everything as plain JSON."""
    one = found.comparison
    return {
        "first": found.first,
        "second": found.second,
        "tasks": one.tasks,
        "only_first": one.only_first,
        "only_second": one.only_second,
        "errors": list(found.errors),
        "measures": as_rows(one),
        "gained": list(one.gained),
        "lost": list(one.lost),
        "gates": [
            {"gate": checked.gate.text, "outcome": checked.outcome, "change": checked.change.to_json()}
            for checked in found.gates
        ],
    }


def rows(found: Compared) -> list[dict[str, str]]:
    """One row for each measure."""
    return [_row(found, one) for one in found.comparison.differences]


def _row(found: Compared, one: Difference) -> dict[str, str]:
    rate = one.measure.form == "rate"

    def written(value: float) -> str:
        if not math.isfinite(value):
            return "-"
        return f"{100 * value:+.1f} pp" if rate else f"{value:+,.0f}" if abs(value) >= 1000 else f"{value:+.3g}"

    return {
        "measure": one.measure.key,
        found.first: _value(one.first, rate),
        found.second: _value(one.second, rate),
        "change": written(one.change.value),
        "95 % interval": f"{written(one.change.low)} to {written(one.change.high)}",
        "p": f"{one.p:.3f}" if one.p >= 0.001 else "<0.001",
        "difference": verdict(one),
    }


def _value(value: float, rate: bool) -> str:
    return f"{100 * value:.1f} %" if rate else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def verdict(one: Difference) -> str:
    """In a word: a difference is called one only when it is more than chance."""
    if not one.is_real:
        return "none shown"
    if one.measure.good == "neither":
        return "yes"
    return "better" if (one.change.value > 0) == (one.measure.good == "high") else "worse"


def sentence(found: Compared) -> str:
    """The outcome in success, with what so many tasks could have shown."""
    one = found.comparison["success"]
    if one is None:
        return "Neither run has a success rate."
    what = f"Success {_value(one.first, True)} -> {_value(one.second, True)} on {found.comparison.tasks} shared tasks"
    told = f"a difference (p = {one.p:.3g})" if one.is_real else f"no difference shown (p = {one.p:.3g})"
    if not math.isfinite(one.detectable):
        return f"{what}: {told}."
    return f"{what}: {told}; {100 * one.detectable:.1f} points would be found in 4 of 5 such comparisons."
