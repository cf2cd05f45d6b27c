"""The second way to count: as the public harness of EnterpriseOps-Gym does, for numbers that compare with its own.

Only SQL verifiers count; results are stored by name, so that of two with one name the last wins; equality is strict
about types (1 is not "1"); an SQL error or a comparison that types forbid is a failure. Side effects, closing words and
refusals are not looked at. Behaviour as observed in the harness of 2026-08.
"""

from collections.abc import Callable
from typing import Any

from enterpriselab.core.errors import UsageError
from enterpriselab.core.tasks import Task, Verifier
from enterpriselab.sandbox.environment import EpisodeLike
from enterpriselab.scoring.sql_checks import shaped

MAX_ROWS = 100
"""The public SQL runner gives no more."""
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "equals": lambda found, expected: bool(found == expected),
    "greater_than": lambda found, expected: bool(found > expected),
    "less_than": lambda found, expected: bool(found < expected),
    "contains": lambda found, expected: expected in str(found),
}


def parity_results(task: Task, episode: EpisodeLike) -> dict[str, bool]:
    """Verifier name -> passed, as the public harness stores it."""
    return {v.name: _passes(v, episode) for v in task.verifiers if v.kind == "sql"}


def parity_success(task: Task, episode: EpisodeLike) -> bool | None:
    """Would the public harness count this end as a success? None for a task without SQL verifiers."""
    results = parity_results(task, episode)
    return all(results.values()) if results else None


def _passes(verifier: Verifier, episode: EpisodeLike) -> bool:
    compare = _COMPARE.get(verifier.params.get("comparison", "equals"))
    if compare is None:
        return False
    try:
        return compare(shaped(episode.sql(verifier.params["query"])[:MAX_ROWS]), verifier.params["expect"])
    except (UsageError, TypeError, KeyError):
        return False
