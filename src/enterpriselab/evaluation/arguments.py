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
    if step not in case.scores:  # kept, because every step that is bound to this one asks again
        case.scores[step] = _scored(case, step)
    return case.scores[step]


def _scored(case: Case, step: int) -> float:
    if step not in case.pairs:
        return 0.0
    expected, given = case.expected[step], case.arguments[case.pairs[step]]
    names = expected.keys() | given.keys()
    return sum(right(case, step, name) for name in expected) / len(names) if names else 1.0


def right(case: Case, step: int, name: str) -> bool:
    """Was this argument of a step given as the reference means it?"""
    call = case.pairs[step]
    given = case.arguments[call]
    return name in given and _fits(case, call, case.expected[step][name], given[name], case.solved(step, name))


def _fits(case: Case, call: int, expected: Any, given: Any, solved: Any) -> bool:
    source = binding(expected)
    if source is not None:
        return _taken(case, call, source, given, solved)
    if isinstance(expected, dict) and "$text" in expected:  # a text that is made of values, some of them bound
        return case.calls[call].ok if solved is UNKNOWN else same(solved, given)
    if isinstance(expected, dict) and isinstance(given, dict):
        inner = solved if isinstance(solved, dict) else {}
        return expected.keys() == given.keys() and all(
            _fits(case, call, value, given[key], inner.get(key, UNKNOWN)) for key, value in expected.items()
        )
    if isinstance(expected, list) and isinstance(given, list):
        items = solved if isinstance(solved, list) and len(solved) == len(expected) else [UNKNOWN] * len(expected)
        triples = zip(expected, given, items, strict=False)
        return len(expected) == len(given) and all(_fits(case, call, *triple) for triple in triples)
    return same(expected, given)


def _taken(case: Case, call: int, source: dict[str, Any], given: Any, solved: Any) -> bool:
    """Is the value what the agent's own look-up gave?

    When that cannot be said, because it looked up in another way: is it what the reference took? And when that is not
    known either, or may differ from attempt to attempt because the reference had written before: was it seen, and
    accepted?
    """
    told = looked_up(case, source)
    if told is not UNKNOWN:
        return same(told, given)
    if solved is not UNKNOWN and not _written_by(case, source["step"]):
        return same(solved, given)
    return case.calls[call].ok and case.seen_before(call, given)


def looked_up(case: Case, source: dict[str, Any]) -> Any:
    """What the call for the source step showed at the bound path; UNKNOWN unless that call said what the step says."""
    step = source["step"]
    if step not in case.pairs or step_score(case, step) < 1:
        return UNKNOWN
    return read(case.observed(case.pairs[step]), source["path"])


def _written_by(case: Case, step: int) -> bool:
    """Has the reference written something when this step is done?"""
    return any(case.writes(one.tool) for one in case.task.reference[: step + 1])
