"""Argument accuracy: how much of what the reference says each call says, where missing and invented ones cost alike."""

from typing import Any

from enterpriselab.evaluation.cases import Case
from enterpriselab.evaluation.values import UNKNOWN, read, same
from enterpriselab.scoring.alignment import binding


def argument_accuracy(case: Case) -> float:
    """Mean score over the steps of the reference; a step that no call stands for scores 0."""
    steps = range(len(case.task.reference))
    return sum(step_score(case, step) for step in steps) / len(steps)


def step_score(case: Case, step: int) -> float:
    """|right arguments| / |expected or given arguments| of the call that stands for the step."""
    if step not in case.pairs:
        return 0.0
    expected, given = case.expected[step], case.arguments[case.pairs[step]]
    names = expected.keys() | given.keys()
    return sum(right(case, step, name) for name in expected) / len(names) if names else 1.0


def right(case: Case, step: int, name: str) -> bool:
    """Was this argument of a step given as the reference means it?"""
    call = case.pairs[step]
    given = case.arguments[call]
    return name in given and _fits(case, call, case.expected[step][name], given[name])


def _fits(case: Case, call: int, expected: Any, given: Any) -> bool:
    source = binding(expected)
    if source is not None:
        return _taken(case, call, source, given)
    if isinstance(expected, dict) and isinstance(given, dict):
        return expected.keys() == given.keys() and all(_fits(case, call, expected[key], given[key]) for key in expected)
    if isinstance(expected, list) and isinstance(given, list):
        pairs = zip(expected, given, strict=False)
        return len(expected) == len(given) and all(_fits(case, call, one, other) for one, other in pairs)
    return same(expected, given)


def _taken(case: Case, call: int, source: dict[str, Any], given: Any) -> bool:
    """Is the value what the agent's own look-up gave, or, when that cannot be said, one that was seen and accepted?"""
    told = looked_up(case, source)
    if told is not UNKNOWN:
        return same(told, given)
    return case.calls[call].ok and case.seen_before(call, given)


def looked_up(case: Case, source: dict[str, Any]) -> Any:
    """What the call for the source step showed at the bound path; UNKNOWN unless that call said what the step says."""
    step = source["step"]
    if step not in case.pairs or step_score(case, step) < 1:
        return UNKNOWN
    return read(case.observed(case.pairs[step]), source["path"])
