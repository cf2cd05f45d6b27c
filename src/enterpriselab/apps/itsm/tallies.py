"""Numbers per value of a column: how many rows, or a measure of them."""

from collections.abc import Sequence
from typing import Any

from enterpriselab.apps.itsm import access, rows
from enterpriselab.apps.itsm.rules.tables import accepted
from enterpriselab.toolkit import Context


def tally(
    ctx: Context,
    table: str,
    column: str,
    wanted: Sequence[str] | None,
    *,
    measure: str = "count(*)",
    condition: str = "1",
) -> dict[str, Any]:
    """Value -> measure of the rows that have it and may be read; None for a value without rows.

    Args:
        ctx: the call.
        table: whose rows.
        column: by which they are told apart.
        wanted: the values, in the order of the answer; without any, those of the column's list, or else those in use.
        measure: an SQL aggregate.
        condition: an SQL condition without parameters.

    Raises:
        ToolError: `invalid`, a wanted value is not of the column's list; `forbidden`.
    """
    allowed, named = access.visible(ctx, table)
    known = accepted(table, column)
    for value in wanted or ():
        rows.one_of(column, value, known)
    query = f"""SELECT {column} AS value, {measure} AS measured FROM {table} WHERE {allowed} AND ({condition})
        AND {column} IS NOT NULL GROUP BY {column} ORDER BY length({column}), {column}"""
    found = {row["value"]: row["measured"] for row in rows.every(ctx, query, named)}
    return {value: found.get(value) for value in dict.fromkeys(wanted or known or found)}
