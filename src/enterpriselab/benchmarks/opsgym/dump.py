"""A database as SQL text, in the form in which the public gym's seeds come."""

from collections.abc import Iterator

import apsw


def dump_sql(data: bytes) -> str:
    """Every table with its rows, then indexes and views; the same bytes give the same text."""
    connection = apsw.Connection(":memory:")
    try:
        connection.deserialize("main", data)
        return "".join(f"{line}\n" for line in _lines(connection))
    finally:
        connection.close(True)


def _lines(connection: apsw.Connection) -> Iterator[str]:
    yield "PRAGMA foreign_keys=OFF;"
    yield "BEGIN TRANSACTION;"
    made = "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    schema = connection.execute(f"{made} ORDER BY rowid").fetchall()
    for kind, name, sql in schema:
        if kind == "table":
            yield f"{sql};"
            yield from _rows(connection, str(name))
    yield from (f"{sql};" for kind, _, sql in schema if kind != "table")
    yield "COMMIT;"


def _rows(connection: apsw.Connection, table: str) -> Iterator[str]:
    quoted = '"' + table.replace('"', '""') + '"'
    for row in connection.execute(f"SELECT * FROM {quoted}").fetchall():
        yield f"INSERT INTO {quoted} VALUES ({', '.join(map(apsw.format_sql_value, row))});"
