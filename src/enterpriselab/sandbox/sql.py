"""Setup of the two kinds of connections, and read-only SQL for verification: authorizer, step limit, row limit."""

from typing import Any

import apsw

from enterpriselab.core.errors import UsageError

MAX_STEPS = 5_000_000
"""SQLite virtual-machine steps after which a verification query is stopped."""
STEPS_PER_CHECK = 10_000
MAX_ROWS = 10_000
_READING = {apsw.SQLITE_SELECT, apsw.SQLITE_READ, apsw.SQLITE_FUNCTION, apsw.SQLITE_RECURSIVE}
_REFUSED_FUNCTIONS = {"load_extension", "readfile", "writefile", "fts3_tokenizer", "zeroblob", "randomblob"}


def writer_setup(connection: apsw.Connection) -> None:
    """Prepare a connection for tools: foreign keys on, double-quoted strings off."""
    connection.pragma("foreign_keys", True)
    connection.config(apsw.SQLITE_DBCONFIG_DQS_DML, 0)
    connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)


def reader_setup(connection: apsw.Connection) -> None:
    """Prepare a connection for SQL that nobody vouches for: it can read tables, nothing else."""
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    connection.limit(apsw.SQLITE_LIMIT_ATTACHED, 0)
    connection.limit(apsw.SQLITE_LIMIT_LENGTH, 10_000_000)
    connection.authorizer = _authorize_reading


def _authorize_reading(
    action: int, first: str | None, second: str | None, _db: str | None, _trigger: str | None
) -> int:
    if action not in _READING:
        return apsw.SQLITE_DENY
    if action == apsw.SQLITE_FUNCTION and second in _REFUSED_FUNCTIONS:
        return apsw.SQLITE_DENY
    return apsw.SQLITE_OK


def run_reading(connection: apsw.Connection, query: str, params: tuple[Any, ...] = ()) -> list[dict[str, Any]]:
    """Rows of one read-only statement.

    Raises:
        UsageError: not a single reading statement, too many steps or rows, or an SQL error.
    """
    steps = 0

    def tick() -> bool:
        nonlocal steps
        steps += STEPS_PER_CHECK
        return steps > MAX_STEPS

    connection.set_progress_handler(tick, STEPS_PER_CHECK)
    try:
        return _collect(connection, query, params)
    except apsw.InterruptError:
        raise UsageError(f"The query took more than {MAX_STEPS:,} steps and was stopped.") from None
    except apsw.AuthError:
        raise UsageError("Only SELECT over the world's tables is allowed here.") from None
    except (apsw.SQLError, apsw.BindingsError, apsw.TooBigError) as error:
        raise UsageError(f"SQL error: {error}") from None
    finally:
        connection.set_progress_handler(None)


def _collect(connection: apsw.Connection, query: str, params: tuple[Any, ...]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    names: list[str] = []
    cursor = connection.cursor()
    try:
        for row in cursor.execute(query, params):
            if not names:
                names = [column[0] for column in cursor.get_description()]
            found.append(dict(zip(names, row, strict=True)))
            if len(found) > MAX_ROWS:
                raise UsageError(f"The query gave more than {MAX_ROWS:,} rows; add a WHERE or LIMIT.")
    finally:
        cursor.close(True)
    return found
