"""Failure analysis: how often which fault occurs, which one came first, with examples."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from enterpriselab.evaluation.cases import Case, by_task
from enterpriselab.evaluation.faults import Fault, faults
from enterpriselab.evaluation.intervals import clustered

MAX_EXAMPLES = 3


def failure_analysis(cases: Iterable[Case]) -> dict[str, Any]:
    """Of the attempts that failed: kind -> share with interval, attempts, how often it came first, examples.

    An attempt may have several kinds of faults; the one that shows first is counted under "first".
    """
    failed = [case for case in cases if not case.success]
    found = {id(case): faults(case) for case in failed}
    kinds: dict[str, list[Case]] = defaultdict(list)
    for case in failed:
        for kind in dict.fromkeys(fault.kind for fault in found[id(case)]):
            kinds[kind].append(case)
    ranked = sorted(kinds, key=lambda kind: (-len(kinds[kind]), kind))
    return {"attempts": len(failed), "kinds": {kind: _facts(kind, failed, kinds[kind], found) for kind in ranked}}


def _facts(kind: str, failed: Sequence[Case], having: Sequence[Case], found: dict[int, list[Fault]]) -> dict[str, Any]:
    present = {id(case) for case in having}
    groups = by_task(failed).values()
    shares = [(float(sum(id(case) in present for case in group)), float(len(group))) for group in groups]
    first = [case for case in having if found[id(case)][0].kind == kind]
    return {
        "attempts": len(having),
        "share": clustered(shares, rate=True).to_json(),
        "first": len(first),
        "examples": [_example(case, kind, found) for case in _chosen([*first, *having])],
    }


def _chosen(cases: Sequence[Case]) -> list[Case]:
    """A few, each of another task."""
    by_id: dict[str, Case] = {}
    for case in cases:
        by_id.setdefault(case.task.id, case)
    return list(by_id.values())[:MAX_EXAMPLES]


def _example(case: Case, kind: str, found: dict[int, list[Fault]]) -> dict[str, Any]:
    fault = next(fault for fault in found[id(case)] if fault.kind == kind)
    return {"task": case.task.id, "attempt": case.attempt, "call": fault.call, "detail": fault.detail}
