"""How far a judging model agrees with the rules: share, Cohen's kappa, who said what. Scores are the rules' alone."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np

from enterpriselab.core.errors import UsageError
from enterpriselab.core.tasks import Record, Verifier
from enterpriselab.core.traces import Usage
from enterpriselab.evaluation.errors import MAX_ERROR_SHARE
from enterpriselab.evaluation.intervals import EMPTY, NO_VALUE, TINY, Array, Estimate, clustered, interval, resampled
from enterpriselab.scoring.refusals import REASONS

KINDS = ("answer", "refusal", "reason")
"""Kinds of verifiers that look at closing words alone."""
CELLS = ("both_pass", "only_rules", "only_judge", "both_fail")


class Judgement(Record):
    """What a model said of one verifier of one attempt, beside what the rules said."""

    key: str
    """Attempt and number of the verifier: task/attempt#2."""
    task_id: str
    kind: str
    verifier: str
    rules: bool
    rules_detail: str
    says: bool | None
    """None when the judge failed; then `error` says how."""
    why: str = ""
    error: str | None = None
    judge: str
    asked: str
    """Hash of the judge and the question: another question needs another answer."""
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of judgements without error."""

    cells: dict[str, int]
    rate: Estimate
    kappa: Estimate

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return {**self.cells, "agreement": self.rate.to_json(), "kappa": self.kappa.to_json()}


def demanded(verifier: Verifier) -> str:
    """What the closing words have to say, as a sentence made of the verifier's own facts.

    Raises:
        UsageError: the verifier does not look at closing words, or names a reason that does not exist.
    """
    if verifier.kind == "answer":
        values = ", ".join(_spelled(value) for value in verifier.params["values"])
        return f"The words say each of these values as the answer to the request: {values}."
    if verifier.kind == "refusal":
        return "The words decline to do what was requested."
    if verifier.kind == "reason" and verifier.params["reason"] in REASONS:
        rules = verifier.params.get("rules", ())
        named = f" Naming one of these rules is enough: {', '.join(rules)}." if rules else ""
        sentence = REASONS[verifier.params["reason"]].sentence
        return f"The words give this reason for not doing what was requested: {sentence}.{named}"
    raise UsageError(
        f"The verifier {verifier.name!r} of kind {verifier.kind!r} cannot be put to a judge.",
        hint=f"kinds: {', '.join(KINDS)}; reasons: {', '.join(REASONS)}",
    )


def _spelled(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else json.dumps(value, ensure_ascii=False)


def check_judge(judgements: Sequence[Judgement], *, allow_errors: bool) -> None:
    """Raises UsageError when the judge failed on more than 2 % of the questions and that is not allowed."""
    errors = error_causes(judgements)
    failed = sum(errors.values())
    if allow_errors or failed <= MAX_ERROR_SHARE * len(judgements):
        return
    raise UsageError(
        f"The judge failed on {failed} of {len(judgements)} questions, so no agreement is printed. "
        f"Most often: {next(iter(errors))}",
        hint="start the same command again: verdicts are kept, failures are asked again; or pass --allow-errors",
    )


def error_causes(judgements: Sequence[Judgement]) -> dict[str, int]:
    """Cause -> how many questions the judge failed on, the most frequent first."""
    failed = [one.error or "no verdict" for one in judgements if one.says is None]
    return dict(Counter(failed).most_common())


def agreement(judgements: Sequence[Judgement]) -> Agreement:
    """Share of equal verdicts and Cohen's kappa, with 95 % intervals over tasks; errors have no say."""
    known = [one for one in judgements if one.says is not None]
    cells = Counter(_cell(one) for one in known)
    tasks: dict[str, list[Judgement]] = {}
    for one in known:
        tasks.setdefault(one.task_id, []).append(one)
    rates = [(fmean(one.rules == one.says for one in group), 1.0) for group in tasks.values()]
    shares = np.array([[fmean(_cell(one) == cell for one in group) for cell in CELLS] for group in tasks.values()])
    return Agreement(
        {cell: cells[cell] for cell in CELLS},
        clustered(rates, rate=True),
        kappa(np.array(sorted(shares.tolist())).reshape(-1, len(CELLS))),
    )


def disagreements(judgements: Sequence[Judgement]) -> list[Judgement]:
    """Where the judge says the one and the rules the other."""
    return [one for one in judgements if one.says is not None and one.says != one.rules]


def _cell(one: Judgement) -> str:
    return CELLS[2 * (not one.rules) + (not one.says)]


def kappa(shares: Array) -> Estimate:
    """Cohen's kappa (1960) of rows of shares, one row a task, columns as CELLS, with its bootstrap interval.

    NaN where rules and judge gave one and the same verdict throughout: then chance explains all of it. No interval
    where no task differs from the others.
    """
    units = len(shares)
    value = float(_kappa(shares.sum(axis=0))) if units else NO_VALUE
    if not np.isfinite(value):
        return EMPTY
    without = _kappa(shares.sum(axis=0) - shares)
    influence = (units - 1) * (value - np.where(np.isfinite(without), without, value))
    if units < 2 or not np.any(np.abs(influence) > TINY):
        return Estimate(value, NO_VALUE, NO_VALUE, units)
    return Estimate(value, *interval(_kappa(resampled(shares)), value, influence), units)


def _kappa(cells: Array) -> Array:
    """Of (..., 4) sums."""
    both, rules, judge, neither = np.moveaxis(cells, -1, 0)
    total = both + rules + judge + neither
    with np.errstate(invalid="ignore", divide="ignore"):
        seen = (both + neither) / total
        chance = ((both + rules) * (both + judge) + (judge + neither) * (rules + neither)) / total**2
        return np.asarray(np.where(chance < 1 - TINY, (seen - chance) / (1 - chance), NO_VALUE))
