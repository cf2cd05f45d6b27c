"""Runs SQL text that somebody sent in a database of its own, in memory, where it can do nothing but fill tables.

What it may do is a list: everything else is refused by SQLite's authorizer while the statement is compiled.
"""

import re

import apsw

from enterpriselab.core.errors import UsageError
from enterpriselab.sandbox.sql import SqlLimits, Watch
from enterpriselab.sandbox.sql_clock import use_virtual_time, virtual_time
from enterpriselab.sandbox.statements import first_word, split_statements

LOAD_LIMITS = SqlLimits(steps=100_000_000, length=1_000_000, memory=512 * 2**20, seconds=60.0)
MAX_PAGES = 16_384
"""Of 4096 bytes."""
_STEPS_OF_A_STATEMENT = 100
_ALLOWED = {
    apsw.SQLITE_SELECT,
    apsw.SQLITE_READ,
    apsw.SQLITE_INSERT,
    apsw.SQLITE_UPDATE,
    apsw.SQLITE_DELETE,
    apsw.SQLITE_TRANSACTION,
    apsw.SQLITE_SAVEPOINT,
    apsw.SQLITE_CREATE_TABLE,
    apsw.SQLITE_CREATE_INDEX,
    apsw.SQLITE_CREATE_VIEW,
    apsw.SQLITE_DROP_TABLE,
    apsw.SQLITE_DROP_INDEX,
    apsw.SQLITE_DROP_VIEW,
    apsw.SQLITE_ALTER_TABLE,
    apsw.SQLITE_REINDEX,
    apsw.SQLITE_ANALYZE,
}
_MAKING = {apsw.SQLITE_CREATE_TABLE, apsw.SQLITE_CREATE_INDEX, apsw.SQLITE_CREATE_VIEW}
_FUNCTIONS = frozenset(
    "date time datetime julianday unixepoch strftime current_date current_time current_timestamp "
    "char unistr hex unhex replace substr substring trim ltrim rtrim lower upper length printf format "
    "coalesce ifnull nullif iif if abs round min max count sum total avg typeof json "
    "sqlite_rename_quotefix sqlite_rename_column sqlite_rename_table sqlite_rename_test sqlite_drop_column "
    "sqlite_fail sqlite_add_constraint sqlite_drop_constraint sqlite_find_constraint like glob".split()
)
"""The last rows are what SQLite itself calls in an ALTER TABLE, and what LIKE and GLOB in a CHECK are."""
_IGNORED_PRAGMAS = frozenset(
    "foreign_keys encoding journal_mode synchronous user_version application_id auto_vacuum page_size cache_size "
    "temp_store locking_mode defer_foreign_keys legacy_alter_table recursive_triggers".split()
)
"""What dumps begin with; here they do nothing."""
_CREATED = re.compile(r"CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:main\.)?[\"`\[]?(\w+)", re.IGNORECASE)


def run_text(text: str, expected: dict[str, tuple[str, ...]], now: str) -> apsw.Connection:
    """A database in memory that holds what the text says. The caller closes it.

    Args:
        text: any number of statements, as a dump has them.
        expected: table -> columns; made in a form that takes any value, unless the text makes that table itself.
        now: what the time functions take for the present.

    Raises:
        UsageError: a statement does what no dump does, is wrong, or takes more than LOAD_LIMITS.
    """
    statements = split_statements(text)
    connection = _open(_missing(statements, expected))
    try:
        with virtual_time(now), Watch(connection, LOAD_LIMITS) as watch:
            for number, statement in enumerate(statements, 1):
                _run(connection, statement, number, watch)
            if connection.in_transaction:
                connection.execute("COMMIT")
    except BaseException:
        connection.close(True)
        raise
    return connection


def _missing(statements: list[str], expected: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The expected tables that no statement makes."""
    heads = (_CREATED.search(statement) for statement in statements if first_word(statement) == "CREATE")
    made = {head[1].lower() for head in heads if head}
    return {name: columns for name, columns in expected.items() if name.lower() not in made}


def _open(tables: dict[str, tuple[str, ...]]) -> apsw.Connection:
    connection = apsw.Connection(":memory:")
    connection.execute(f"PRAGMA max_page_count={MAX_PAGES}; PRAGMA temp_store=memory; PRAGMA foreign_keys=off")
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    connection.limit(apsw.SQLITE_LIMIT_ATTACHED, 0)
    connection.limit(apsw.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1_000)
    for name, columns in tables.items():
        connection.execute(f"CREATE TABLE {quoted(name)} ({', '.join(map(quoted, columns))})")
    use_virtual_time(connection)
    connection.authorizer = _authorize
    return connection


def _authorize(action: int, first: str | None, second: str | None, database: str | None, _trigger: str | None) -> int:
    if action == apsw.SQLITE_PRAGMA and first == "quick_check":  # SQLite asks it itself in an ALTER TABLE
        return apsw.SQLITE_OK
    if action == apsw.SQLITE_PRAGMA:
        return apsw.SQLITE_IGNORE if (first or "").lower() in _IGNORED_PRAGMAS else apsw.SQLITE_DENY
    if action == apsw.SQLITE_FUNCTION:
        return apsw.SQLITE_OK if (second or "").lower() in _FUNCTIONS else apsw.SQLITE_DENY
    if database == "temp" and action in _MAKING:
        return apsw.SQLITE_DENY
    return apsw.SQLITE_OK if action in _ALLOWED else apsw.SQLITE_DENY


def _run(connection: apsw.Connection, statement: str, number: int, watch: Watch) -> None:
    try:
        connection.execute(statement, can_cache=False).fetchall()
        if watch.spent(_STEPS_OF_A_STATEMENT):
            raise apsw.InterruptError
    except apsw.InterruptError:
        problem = f"the text took {watch.stopped} and was stopped"
    except apsw.AuthError:
        problem = "a seed may create, fill and drop tables, indexes and views, nothing else"
    except (apsw.Error, ValueError, MemoryError) as error:  # text that is no UTF-8 is a ValueError
        problem = f"SQL error: {error}"
    else:
        return
    raise UsageError(f"Statement {number}, {_shown(statement)}: {problem}.")


def _shown(statement: str) -> str:
    words = " ".join(statement[:200].split())
    return f"{words[:60]!a}" + ("..." if len(words) > 60 else "")


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
