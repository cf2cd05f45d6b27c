"""Lists as the tools give them: optional filters to SQL, one page of rows, nothing null in a row."""

import json
from collections.abc import Sequence
from typing import Any

from enterpriselab.toolkit import Context, Row


def where(*conditions: tuple[str, Any]) -> tuple[str, list[Any]]:
    """(SQL condition, parameters) of the clauses whose value is given; a list value becomes one JSON parameter."""
    clauses: list[str] = []
    params: list[Any] = []
    for clause, value in conditions:
        if value is not None:
            clauses.append(clause)
            params += [json.dumps(value) if isinstance(value, list) else value] * clause.count("?")
    return " AND ".join(clauses) or "1", params


def among(column: str) -> str:
    """Clause for a list value: the column is one of them."""
    return f"{column} IN (SELECT value FROM json_each(?))"


def of_people(column: str) -> str:
    """Clause for a list of person ids: the employee id in the column is of one of them."""
    return f"{column} IN (SELECT id FROM hr_employee WHERE {among('person_id')})"


def compact(row: Row, flags: Sequence[str] = ()) -> Row:
    """The row without nulls and empty texts, with the named 0/1 columns as booleans."""
    return {
        key: bool(value) if key in flags else value for key, value in row.items() if value is not None and value != ""
    }


def page_rows(
    ctx: Context, sql: str, params: Sequence[Any], *, page: int, per_page: int, flags: Sequence[str] = ()
) -> Any:
    """One Page of an ordered query, rows compacted."""
    found = ctx.db.page(sql, *params, page=page, per_page=per_page)
    found["items"] = [compact(row, flags) for row in found["items"]]
    return found


def like(text: str | None) -> str | None:
    """A LIKE pattern that finds the text anywhere; its own wildcards are taken literally (escape character '!')."""
    if not text:
        return None
    escaped = text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{escaped}%"
