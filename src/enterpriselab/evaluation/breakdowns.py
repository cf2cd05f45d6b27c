"""Success by what a task is like: domain, category, horizon, number of apps, feasibility."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable

from enterpriselab.core.domains import UNKNOWN, apps_of, domain_of
from enterpriselab.evaluation.cases import Case
from enterpriselab.evaluation.intervals import Estimate
from enterpriselab.evaluation.measures import BY_KEY, estimate

LONGEST_EXACT = 8
_BANDS = ((12, "9-12"), (16, "13-16"))
_BEYOND = "17 or more"
_NUMBER = re.compile(r"[0-9]{1,9}(?![^\s-])")


def domain(case: Case) -> str:
    """The task's domain by its tags, else the first app of its reference."""
    return domain_of(case.task.tags, apps(case))


def category(case: Case) -> str:
    """The task's category by its tags, else its kind."""
    return str(case.task.tags.get("category") or case.task.tags.get("kind") or UNKNOWN)


def length(case: Case) -> str:
    """Calls of the reference: exact up to 8, then in bands."""
    calls = len(case.task.reference)
    return str(calls) if calls <= LONGEST_EXACT else next((name for top, name in _BANDS if calls <= top), _BEYOND)


def apps(case: Case) -> list[str]:
    """Apps of the task by its tags, else those of its reference's tools."""
    return apps_of(case.task.tags, (case.app(step.tool) for step in case.task.reference))


BREAKDOWNS: dict[str, Callable[[Case], str]] = {
    "by_domain": domain,
    "by_category": category,
    "by_length": length,
    "by_apps": lambda case: str(len(apps(case))),
    "by_feasibility": lambda case: "feasible" if case.task.feasible else "infeasible",
}
"""Name in a summary -> the group of a case."""


def success_by(group: Callable[[Case], str], cases: Iterable[Case]) -> dict[str, Estimate]:
    """Success of each group; numbers in their order, names in theirs."""
    groups: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        groups[group(case)].append(case)
    return {name: estimate(BY_KEY["success"], groups[name]) for name in sorted(groups, key=_rank)}


def _rank(name: str) -> tuple[float, str]:
    start = _NUMBER.match(name)
    return (float(start[0]) if start else float("inf")), name
