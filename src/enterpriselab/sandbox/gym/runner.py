"""The SQL runner: one reading query on one database, in the result shape of the public servers."""

import math
import re
from typing import Any

from enterpriselab.core.errors import UsageError
from enterpriselab.sandbox.gym.calls import PARITY
from enterpriselab.sandbox.gym.databases import Databases
from enterpriselab.sandbox.sql import SqlLimits
from enterpriselab.sandbox.statements import first_word, split_statements

RUNNER_LIMITS = SqlLimits(
    steps=50_000_000, size=20_000_000, length=500_000, memory=256 * 2**20, seconds=5.0, steps_per_check=100
)
PARITY_ROWS = 100
"""The original cuts longer results without a word."""
REFUSED = "Only read-only SELECT queries are allowed"
_LIMIT = re.compile(r"\blimit\b", re.IGNORECASE)


def run_query(databases: Databases, key: str, query: str) -> dict[str, Any]:
    """{"success", "data", "row_count", "query"}. Raises UsageError for what is no single reading query, or fails."""
    statements = split_statements(query)
    if len(statements) != 1 or first_word(statements[0]) not in ("SELECT", "WITH"):
        raise UsageError(REFUSED)
    with databases.episode(key) as episode:
        shown = statements[0].strip()
        if episode.world.spec.level == PARITY and not _LIMIT.search(shown):
            shown += ("\n" if "--" in shown else " ") + f"LIMIT {PARITY_ROWS}"
        rows = episode.sql(shown, limits=RUNNER_LIMITS)
    return {"success": True, "data": plain_rows(rows), "row_count": len(rows), "query": shown}


def plain_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows as JSON can hold them."""
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    """A blob as {"$bytes": hex}, a number without end as text."""
    if isinstance(value, bytes):
        return {"$bytes": value.hex()}
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
