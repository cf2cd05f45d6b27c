"""What an SQL verifier compares: the value that a query gives, and four ways to hold it against the expected one."""

from collections.abc import Callable, Sequence
from typing import Any

from enterpriselab.core.errors import EnterpriseLabError
from enterpriselab.scoring.canonical import plain_value

Rows = Sequence[dict[str, Any]]


def shaped(rows: Rows) -> Any:
    """One cell -> its value, one row -> the row, else the list of rows; no row is an empty list."""
    if len(rows) != 1:
        return list(rows)
    return next(iter(rows[0].values())) if len(rows[0]) == 1 else dict(rows[0])


def found_value(rows: Rows, expected: Any) -> Any:
    """What is held against `expected`: the first cell for a plain value, all rows for a list, one row for an object."""
    if isinstance(expected, list):
        return list(rows)
    if isinstance(expected, dict):
        return shaped(rows)
    return next(iter(rows[0].values()), None) if rows else None


def holds(found: Any, expected: Any, comparison: str = "equals") -> bool:
    """Compare as a reader means it: 25 is 25.0, accidental space is none; NULL is neither greater nor less.

    Raises:
        EnterpriseLabError: there is no such comparison.
    """
    compare = COMPARISONS.get(comparison)
    if compare is None:
        raise EnterpriseLabError(f"unknown comparison {comparison!r}; known: {', '.join(COMPARISONS)}")
    return compare(_plain(found), _plain(expected))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return plain_value(value)


def _ordered(found: Any, expected: Any) -> bool:
    numbers = all(isinstance(value, (int, float)) for value in (found, expected))
    return numbers or (isinstance(found, str) and isinstance(expected, str))


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "equals": lambda found, expected: bool(found == expected),
    "greater_than": lambda found, expected: _ordered(found, expected) and bool(found > expected),
    "less_than": lambda found, expected: _ordered(found, expected) and bool(found < expected),
    "contains": lambda found, expected: found is not None and str(expected) in str(found),
}
