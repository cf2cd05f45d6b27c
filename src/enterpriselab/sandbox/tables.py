"""What the tables of a world look like: columns, keys, foreign keys. Read once from the database itself."""

from dataclasses import dataclass

import apsw


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`column` of this table refers to `target_column` of `target`."""

    column: str
    target: str
    target_column: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table: columns in order, primary key columns in column order, foreign keys."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    integer_key: bool
    """The key is one INTEGER column that SQLite numbers."""


def read_tables(connection: apsw.Connection) -> dict[str, Table]:
    """All tables of the main database by name, in alphabetical order."""
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    return {name: _read_table(connection, name) for name in names if not name.startswith("sqlite_")}


def _read_table(connection: apsw.Connection, name: str) -> Table:
    columns = list(connection.execute("SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid", (name,)))
    key = tuple(column for column, _, position in columns if position)
    foreign = connection.execute(
        'SELECT "from", "table", "to" FROM pragma_foreign_key_list(?) ORDER BY id, seq', (name,)
    )
    keys = tuple(ForeignKey(column, target, to or "") for column, target, to in foreign)
    integer_key = len(key) == 1 and any(column == key[0] and kind == "INTEGER" for column, kind, _ in columns)
    return Table(name, tuple(column for column, _, _ in columns), key, keys, integer_key)
