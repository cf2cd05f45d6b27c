"""Db: the guarded connection of a tool. It cannot end the call's savepoint, attach files or change the schema."""

import re
from typing import Any

import apsw

from enterpriselab.core.errors import EnterpriseLabError

_FORBIDDEN = re.compile(
    r"\s*(BEGIN|COMMIT|END|ROLLBACK|SAVEPOINT|RELEASE|ATTACH|DETACH|PRAGMA|VACUUM|CREATE|DROP|ALTER)\b", re.IGNORECASE
)
_LAST_ORDER = re.compile(r"\sORDER\s+BY\s(?:(?!\bLIMIT\b)[^()?'])*\Z", re.IGNORECASE)
"""The order of a whole query, which a count can do without; one with brackets, parameters or a LIMIT stays."""
Row = dict[str, Any]


class Db:
    """Thin helpers over one apsw connection; rows are dicts in column order."""

    __slots__ = ("connection",)

    def __init__(self, connection: apsw.Connection) -> None:
        self.connection = connection

    def _run(self, sql: str, params: Any) -> apsw.Cursor:
        if _FORBIDDEN.match(sql):
            raise EnterpriseLabError(
                f"a tool may not run {sql.split()[0].upper()}: the episode owns transactions and schema"
            )
        return self.connection.execute(sql, params)

    def rows(self, sql: str, *params: Any) -> list[Row]:
        """All rows of a query."""
        found: list[Row] = []
        names: list[str] = []
        cursor = self._run(sql, params)
        for row in cursor:
            if not names:  # apsw knows the columns only while the statement runs
                names = [column[0] for column in cursor.get_description()]
            found.append(dict(zip(names, row, strict=True)))
        return found

    def row(self, sql: str, *params: Any) -> Row | None:
        """The first row of a query, or None."""
        found = self.rows(sql, *params)
        return found[0] if found else None

    def value(self, sql: str, *params: Any) -> Any:
        """The first column of the first row, or None."""
        return next(iter(self._run(sql, params)), (None,))[0]

    def values(self, sql: str, *params: Any) -> list[Any]:
        """The first column of every row."""
        return [row[0] for row in self._run(sql, params)]

    def execute(self, sql: str, *params: Any) -> int:
        """Run a statement that writes; returns the number of rows it changed."""
        self._run(sql, params).fetchall()
        return self.connection.changes()

    def insert(self, table: str, **columns: Any) -> int:
        """Insert one row; returns its rowid (the key of an INTEGER PRIMARY KEY table)."""
        names = ", ".join(columns)
        marks = ", ".join("?" * len(columns))
        self._run(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(columns.values())).fetchall()
        return self.connection.last_insert_rowid()

    def update(self, table: str, key: Row, **columns: Any) -> int:
        """Set columns of the rows whose columns equal `key`; returns how many rows matched."""
        if not columns:
            return 0
        sets = ", ".join(f"{name} = ?" for name in columns)
        where = " AND ".join(f"{name} = ?" for name in key)
        return self.execute(f"UPDATE {table} SET {sets} WHERE {where}", *columns.values(), *key.values())

    def delete(self, table: str, **key: Any) -> int:
        """Delete the rows whose columns equal `key`; returns how many."""
        where = " AND ".join(f"{name} = ?" for name in key)
        return self.execute(f"DELETE FROM {table} WHERE {where}", *key.values())

    def page(self, sql: str, *params: Any, page: int, per_page: int) -> dict[str, Any]:
        """Run an ordered query as one Page: {"items", "total", "page", "per_page"}."""
        total = self.value(f"SELECT count(*) FROM ({_LAST_ORDER.sub('', sql)})", *params)
        items = self.rows(f"{sql} LIMIT ? OFFSET ?", *params, per_page, (page - 1) * per_page)
        return {"items": items, "total": total, "page": page, "per_page": per_page}
