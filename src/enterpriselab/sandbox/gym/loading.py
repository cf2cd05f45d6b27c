"""SQL text becomes an image of our tables: rows are copied by column name, brought into form, and what breaks is told.

Foreign seeds are kept as far as a STRICT table can hold them: rows that break a CHECK or a foreign key stay, as they do
in the original; tables and columns that the app does not know stay too, because a verifier may ask for them.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import apsw

from enterpriselab.core.errors import UsageError
from enterpriselab.sandbox.gym.scratch import quoted, run_text
from enterpriselab.sandbox.gym.values import normalised
from enterpriselab.sandbox.sql_clock import virtual_time
from enterpriselab.sandbox.tables import read_tables

MAX_TEXT = 32 * 2**20
"""Characters of a seed."""
MAX_EXTRA_TABLES = 200
"""And views."""
_FITTING: dict[str, tuple[type, ...]] = {"INTEGER": (int,), "REAL": (int, float), "TEXT": (str,), "BLOB": (bytes,)}
_EMPTY: dict[str, Any] = {"INTEGER": 0, "REAL": 0.0, "TEXT": "", "BLOB": b""}


@dataclass(slots=True)
class LoadReport:
    """What became of a text; counts are of rows."""

    tables: dict[str, int] = field(default_factory=dict)
    normalised: Counter[str] = field(default_factory=Counter)
    """'table.column' -> values brought into another form."""
    emptied: Counter[str] = field(default_factory=Counter)
    """'table.column' -> values of a type that the column cannot hold."""
    filled: Counter[str] = field(default_factory=Counter)
    """'table.column' -> missing values where the column must have one, now its default or empty."""
    doubled: Counter[str] = field(default_factory=Counter)
    """Table -> rows left out, because their key or another unique value was taken."""
    breaking_check: Counter[str] = field(default_factory=Counter)
    breaking_reference: Counter[str] = field(default_factory=Counter)
    """'table -> target' -> rows kept though what they refer to is not there."""
    extra_tables: list[str] = field(default_factory=list)
    extra_columns: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON form; what did not happen is left out."""
        return {name: getattr(self, name) for name in self.__slots__ if getattr(self, name)}


class Column(NamedTuple):
    """One column of a table of ours."""

    name: str
    kind: str
    required: bool
    default: Any
    """An SQL expression."""


def load_text(text: str, schema_sql: str, now: str) -> tuple[bytes, LoadReport]:
    """The serialized database of a seed in the tables of `schema_sql`; same text, same bytes.

    Raises:
        UsageError: the text is too long, a statement is wrong or refused, or the whole is too large.
    """
    if len(text) > MAX_TEXT:
        raise UsageError(f"The SQL text has {len(text):,} characters; at most {MAX_TEXT:,} are taken.")
    target = _open_target(schema_sql)
    known = {name: table.columns for name, table in read_tables(target).items()}
    source = run_text(text, known, now)
    source.authorizer = None  # the text has run; from here on only this program asks
    try:
        report = LoadReport()
        with virtual_time(now), target:
            _copy_all(source, target, known, report)
        _check(target, report)
        target.execute("ANALYZE; VACUUM")
        return bytes(target.serialize("main")), report
    except (apsw.Error, UnicodeError) as error:
        raise UsageError(f"The rows of this text cannot be kept: {error}.") from None
    finally:
        source.close(True)
        target.close(True)


def _open_target(schema_sql: str) -> apsw.Connection:
    connection = apsw.Connection(":memory:")
    connection.execute("PRAGMA page_size=4096")
    connection.execute(schema_sql)
    connection.execute("PRAGMA foreign_keys=off; PRAGMA ignore_check_constraints=on")
    return connection


def _copy_all(
    source: apsw.Connection, target: apsw.Connection, known: dict[str, tuple[str, ...]], report: LoadReport
) -> None:
    there = {name.lower(): name for name, _ in _made(source, "table")}
    for name in known:
        if name.lower() in there:
            _copy(source, target, there[name.lower()], name, report)
    strangers = sorted(there[name] for name in there.keys() - {name.lower() for name in known})
    views = _made(source, "view")
    if len(strangers) + len(views) > MAX_EXTRA_TABLES:
        text = f"The text makes {len(strangers)} tables and {len(views)} views that are not of this server"
        raise UsageError(f"{text}; at most {MAX_EXTRA_TABLES} are kept.")
    for name in strangers:
        _keep_as_it_is(source, target, name, report)
    for name, statement in views:
        target.execute(statement)
        report.extra_tables.append(name)


def _made(connection: apsw.Connection, kind: str) -> list[tuple[str, str]]:
    """(name, statement) of the tables or views, in the order of their making."""
    sql = "SELECT name, sql FROM sqlite_schema WHERE type = ? AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY rowid"
    return [(str(name), str(statement)) for name, statement in connection.execute(sql, (kind,)).fetchall()]


def _columns(connection: apsw.Connection, table: str) -> list[Column]:
    found = connection.execute('SELECT name, type, "notnull" OR pk, dflt_value FROM pragma_table_info(?)', (table,))
    return [Column(str(name), str(kind).upper(), bool(must), default) for name, kind, must, default in found]


def _copy(source: apsw.Connection, target: apsw.Connection, origin: str, name: str, report: LoadReport) -> None:
    """The rows of one table that the app knows."""
    there = [column.name for column in _columns(source, origin)]
    ours = {column.name.lower(): column for column in _columns(target, name)}
    for extra in [column for column in there if column.lower() not in ours]:
        target.execute(f"ALTER TABLE {quoted(name)} ADD COLUMN {quoted(extra)} ANY")
        ours[extra.lower()] = Column(extra, "ANY", False, None)
        report.extra_columns.append(f"{name}.{extra}")
    rows = source.execute(f"SELECT {', '.join(map(quoted, there))} FROM {quoted(origin)}").fetchall()
    given = {column.lower(): list(values) for column, values in zip(there, zip(*rows, strict=True), strict=False)}
    made = []
    for key, column in ours.items():
        default = _default(source, column)
        values = given.get(key) or [default] * len(rows)
        made.append(_brought_into_form(f"{name}.{column.name}", column, values, default, report))
    _insert(target, name, [column.name for column in ours.values()], list(zip(*made, strict=True)), report)


def _brought_into_form(place: str, column: Column, values: list[Any], default: Any, report: LoadReport) -> list[Any]:
    """The values of one column as our table can hold them."""
    formed = normalised(values, column.kind)
    changes = sum(1 for old, new in zip(values, formed, strict=True) if old != new or type(old) is not type(new))
    if changes:
        report.normalised[place] += changes
    fitting = _FITTING.get(column.kind, (object,))
    for index, value in enumerate(formed):
        if value is not None and not isinstance(value, fitting):
            report.emptied[place] += 1
            formed[index] = value = None
        if value is None and column.required:
            report.filled[place] += 1
            formed[index] = _EMPTY.get(column.kind, "") if default is None else default
    return formed


def _default(connection: apsw.Connection, column: Column) -> Any:
    """What a row gets that does not say; the connection has virtual time."""
    if column.default is None:
        return None
    return connection.execute(f"SELECT {column.default}").fetchall()[0][0]


def _insert(
    target: apsw.Connection, table: str, columns: list[str], rows: list[tuple[Any, ...]], report: LoadReport
) -> None:
    names, marks = ", ".join(map(quoted, columns)), ", ".join("?" * len(columns))
    sql = f"INSERT OR IGNORE INTO {quoted(table)} ({names}) VALUES ({marks})"
    kept = 0
    for row in rows:
        target.execute(sql, row)
        kept += target.changes()
    report.tables[table] = kept
    if kept < len(rows):
        report.doubled[table] = len(rows) - kept


def _keep_as_it_is(source: apsw.Connection, target: apsw.Connection, name: str, report: LoadReport) -> None:
    """A table that the app does not know: its columns with their affinities, its rows, no rules."""
    columns = _columns(source, name)
    declared = ", ".join(f"{quoted(column.name)} {_affinity(column.kind)}" for column in columns)
    target.execute(f"CREATE TABLE {quoted(name)} ({declared})")
    names = [column.name for column in columns]
    rows = source.execute(f"SELECT {', '.join(map(quoted, names))} FROM {quoted(name)}").fetchall()
    _insert(target, name, names, rows, report)
    report.extra_tables.append(name)


def _affinity(declared: str) -> str:
    """SQLite's rule, https://sqlite.org/datatype3.html#determination_of_column_affinity."""
    for words, affinity in (
        (("INT",), "INTEGER"),
        (("CHAR", "CLOB", "TEXT"), "TEXT"),
        (("REAL", "FLOA", "DOUB"), "REAL"),
    ):
        if any(word in declared for word in words):
            return affinity
    return "BLOB" if not declared or "BLOB" in declared else "NUMERIC"


def _check(target: apsw.Connection, report: LoadReport) -> None:
    """Count what breaks a rule of ours."""
    target.execute("PRAGMA ignore_check_constraints=off")
    for (line,) in target.execute("PRAGMA quick_check(100000)").fetchall():
        if line != "ok":
            report.breaking_check[str(line).rsplit(" in ", 1)[-1]] += 1
    for table, _, goal, _ in target.execute("PRAGMA foreign_key_check").fetchall():
        report.breaking_reference[f"{table} -> {goal}"] += 1
