"""Argument accuracy: how many of the reference's arguments an attempt gave, with a penalty for invented ones."""

from typing import Any

from enterpriselab.core.hashing import canonical_json
from enterpriselab.core.tasks import Step, Task
from enterpriselab.core.traces import Trace, TraceCall


def argument_accuracy(task: Task, trace: Trace) -> float:
    """Mean over the reference's steps of the best matching call of the same tool; a step without one counts 0.

    A call's score is hits / max(expected, given): missing and invented arguments cost alike. A bound argument (one that
    the reference takes from an earlier result) counts as hit when the call gave any value and succeeded.
    """
    if not task.reference:
        return 1.0 if not trace.calls else 0.0
    unused = list(trace.calls)
    total = 0.0
    for step in task.reference:
        rivals = [call for call in unused if call.tool == step.tool]
        if not rivals:
            continue
        best = max(rivals, key=lambda call: _score(step, call))
        unused.remove(best)
        total += _score(step, best)
    return total / len(task.reference)


def _score(step: Step, call: TraceCall) -> float:
    expected, given = step.arguments, call.arguments
    if not expected and not given:
        return 1.0
    hits = sum(1 for name, value in expected.items() if name in given and _same(value, given[name], call.ok))
    return hits / max(len(expected), len(given))


def _same(expected: Any, given: Any, ok: bool) -> bool:
    if isinstance(expected, dict) and set(expected) == {"$from"}:
        return ok
    if isinstance(expected, (int, float)) and isinstance(given, (int, float)):
        return float(expected) == float(given)
    if isinstance(expected, str) and isinstance(given, str):
        return expected.strip().casefold() == given.strip().casefold()
    return canonical_json(expected) == canonical_json(given)
