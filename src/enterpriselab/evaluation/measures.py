"""Every measure as data: its name, its form, and what one attempt contributes. One more measure is one more entry.

An attempt contributes a numerator and a denominator, or nothing. Both are averaged over the attempts at a task, so that
every task weighs the same; the measure is the sum of the numerators over the sum of the denominators.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import fmean
from typing import Literal, get_args

from enterpriselab.core.tasks import Category
from enterpriselab.evaluation.arguments import argument_accuracy
from enterpriselab.evaluation.cases import Case, by_task
from enterpriselab.evaluation.intervals import Estimate, clustered
from enterpriselab.evaluation.recovery import failed_calls, recovered
from enterpriselab.evaluation.selection import selection

Part = tuple[float, float] | None
Form = Literal["rate", "number"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure; `key` names it in summaries, gates and docs/measures."""

    key: str
    title: str
    form: Form
    good: Literal["high", "low", "neither"]
    part: Callable[[Case], Part]


def parts_by_task(measure: Measure, cases: Iterable[Case]) -> dict[str, tuple[float, float]]:
    """Mean numerator and denominator of each task that has any."""
    found: dict[str, tuple[float, float]] = {}
    for task, group in by_task(cases).items():
        parts = [part for case in group if (part := measure.part(case)) is not None]
        if parts:
            found[task] = fmean(top for top, _ in parts), fmean(bottom for _, bottom in parts)
    return found


def estimate(measure: Measure, cases: Iterable[Case]) -> Estimate:
    """The measure over judged attempts, with its interval."""
    return clustered(list(parts_by_task(measure, cases).values()), rate=measure.form == "rate")


def _has_reference(case: Case) -> bool:
    return case.task.feasible and bool(case.task.reference)


def _success(case: Case) -> Part:
    return float(case.success), 1.0


def _parity(case: Case) -> Part:
    passed = case.trace.score.parity if case.trace.score else None
    return None if passed is None else (float(passed), 1.0)


def _verifiers(case: Case, category: str = "") -> Part:
    verdicts = [v for v in (case.trace.score.verdicts if case.trace.score else ()) if category in ("", v.category)]
    return (float(sum(bool(v.passed) for v in verdicts)), float(len(verdicts))) if verdicts else None


def _of_category(category: str) -> Callable[[Case], Part]:
    return lambda case: _verifiers(case, category)


def _refusal(case: Case) -> Part:
    return None if case.task.feasible else (float(case.refused), 1.0)


def _wrong_refusal(case: Case) -> Part:
    return (float(case.refused and not case.success), 1.0) if case.task.feasible else None


def _precision(case: Case) -> Part:
    found = selection(case).precision if _has_reference(case) else None
    return None if found is None else (found, 1.0)


def _recall(case: Case) -> Part:
    return (selection(case).recall, 1.0) if _has_reference(case) else None


def _f1(case: Case) -> Part:
    return (selection(case).f1, 1.0) if _has_reference(case) else None


def _arguments(case: Case) -> Part:
    return (argument_accuracy(case), 1.0) if _has_reference(case) else None


def _execution(case: Case) -> Part:
    return float(len(case.calls) - len(failed_calls(case))), float(len(case.calls))


def _recovery(case: Case) -> Part:
    failed = failed_calls(case)
    return float(sum(recovered(case, index) for index in failed)), float(len(failed))


def _step_ratio(case: Case) -> Part:
    counted = case.success and _has_reference(case)
    return (float(len(case.calls)), float(len(case.task.reference))) if counted else None


def _tokens(case: Case) -> float:
    return float(case.trace.usage.input_tokens + case.trace.usage.output_tokens)


def _price(case: Case) -> Part:
    return None if case.price is None else (case.price, 1.0)


def _per_success(amount: Callable[[Case], float | None]) -> Callable[[Case], Part]:
    def part(case: Case) -> Part:
        spent = amount(case)
        return None if spent is None else (spent, float(case.success))

    return part


MEASURES: tuple[Measure, ...] = (
    Measure("success", "Success", "rate", "high", _success),
    Measure("parity", "Success, counted the public way", "rate", "high", _parity),
    Measure("verifier_rate", "Verifiers passed", "rate", "high", _verifiers),
    *(
        Measure(category, f"Verifiers passed: {category.replace('_', ' ')}", "rate", "high", _of_category(category))
        for category in get_args(Category)
    ),
    Measure("refusal", "Refused, of infeasible tasks", "rate", "high", _refusal),
    Measure("wrong_refusal", "Refused, of feasible tasks", "rate", "low", _wrong_refusal),
    Measure("tool_selection", "Tool selection, F1", "rate", "high", _f1),
    Measure("tool_precision", "Tool selection, precision", "rate", "high", _precision),
    Measure("tool_recall", "Tool selection, recall", "rate", "high", _recall),
    Measure("argument_accuracy", "Argument accuracy", "rate", "high", _arguments),
    Measure("execution", "Calls without error", "rate", "high", _execution),
    Measure("recovery", "Errors made good", "rate", "high", _recovery),
    Measure("steps", "Calls per attempt", "number", "neither", lambda case: (float(len(case.calls)), 1.0)),
    Measure(
        "reference_steps",
        "Calls of the reference",
        "number",
        "neither",
        lambda case: (float(len(case.task.reference)), 1.0),
    ),
    Measure("step_ratio", "Calls against the reference, where passed", "number", "low", _step_ratio),
    Measure("input_tokens", "Tokens read", "number", "low", lambda case: (float(case.trace.usage.input_tokens), 1.0)),
    Measure(
        "output_tokens", "Tokens written", "number", "low", lambda case: (float(case.trace.usage.output_tokens), 1.0)
    ),
    Measure("tokens_per_success", "Tokens per success", "number", "low", _per_success(_tokens)),
    Measure("seconds", "Seconds per attempt", "number", "low", lambda case: (case.trace.seconds, 1.0)),
    Measure(
        "seconds_per_success", "Seconds per success", "number", "low", _per_success(lambda case: case.trace.seconds)
    ),
    Measure("price", "Price per attempt, USD", "number", "low", _price),
    Measure("price_per_success", "Price per success, USD", "number", "low", _per_success(lambda case: case.price)),
)
"""In the order in which they are shown."""
BY_KEY = {measure.key: measure for measure in MEASURES}
CATEGORIES: tuple[str, ...] = get_args(Category)
