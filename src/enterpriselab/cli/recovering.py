"""The standard report on robustness: what an agent loses under worse conditions, and what re-training brings back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from enterpriselab.cli.attempts import Attempts
from enterpriselab.cli.comparing import Compared, as_json, compare_attempts, rows, sentence

SHOWN = (
    "success",
    "verifier_rate",
    "tool_selection",
    "argument_accuracy",
    "execution",
    "recovery",
    "step_ratio",
    "tokens_per_success",
)
"""Measures of the report, in order."""


@dataclass(frozen=True)
class Robustness:
    """Two comparisons on the same tasks."""

    drop: Compared
    """From calm conditions to worse ones."""
    regained: Compared | None
    """From worse conditions to the same after re-training."""

    @property
    def share_regained(self) -> float | None:
        """Of the loss in success; None when loss or gain are not beyond chance, or nothing was re-trained."""
        lost = self.drop.comparison["success"]
        again = self.regained.comparison["success"] if self.regained else None
        if lost is None or again is None or not (lost.is_real and again.is_real) or lost.change.value >= 0:
            return None
        return again.change.value / -lost.change.value


def robustness_of(before: Attempts, under: Attempts, retrained: Attempts | None, *, allow_errors: bool) -> Robustness:
    """Compare task by task. Raises UsageError: no task in common, or too many errors."""
    drop = compare_attempts(before, under, (), allow_errors=allow_errors)
    if retrained is None:
        return Robustness(drop, None)
    return Robustness(drop, compare_attempts(under, retrained, (), allow_errors=allow_errors))


def table_of(found: Robustness) -> list[dict[str, str]]:
    """One row for each measure: calm, worse, the loss with its interval; re-trained, the gain with its interval."""
    again = {row["measure"]: row for row in rows(found.regained)} if found.regained else {}
    shown = [row for key in SHOWN for row in rows(found.drop) if row["measure"] == key]
    return [_row(found, row, again.get(row["measure"])) for row in shown]


def _row(found: Robustness, lost: dict[str, str], again: dict[str, str] | None) -> dict[str, str]:
    row = {"measure": lost["measure"], "before": lost[found.drop.first], "under": lost[found.drop.second]}
    row |= {"change": _change(lost), "difference": lost["difference"]}
    if found.regained:
        row["re-trained"] = again[found.regained.second] if again else "-"
        row["regained"] = _change(again) if again else "-"
        row["difference again"] = again["difference"] if again else "-"
    return row


def _change(row: dict[str, str]) -> str:
    return f"{row['change']} ({row['95 % interval']})"


def sentences(found: Robustness) -> list[str]:
    """The outcome in success, in words."""
    said = [f"Under worse conditions: {sentence(found.drop)}"]
    if found.regained:
        said.append(f"After re-training: {sentence(found.regained)}")
    share = found.share_regained
    if share is not None:
        said.append(f"Re-training brought back {100 * share:.0f} % of the loss.")
    return said


def page(found: Robustness) -> str:
    """The report as Markdown."""
    table = table_of(found)
    lines = [f"# Robustness of {found.drop.first}", "", *(f"{text}\n" for text in sentences(found))]
    lines += [_line(list(table[0])), _line(["---"] * len(table[0])), *(_line(list(row.values())) for row in table)]
    return "\n".join([*lines, ""])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def document(found: Robustness) -> dict[str, Any]:
    """Everything as plain JSON."""
    regained = as_json(found.regained) if found.regained else None
    return {"drop": as_json(found.drop), "regained": regained, "share_regained": found.share_regained}
