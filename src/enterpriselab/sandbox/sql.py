"""Setup of the two kinds of connections, and read-only SQL: authorizer, virtual time, limits on what a query takes."""

import math
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import apsw

from enterpriselab.core.errors import UsageError
from enterpriselab.sandbox.sql_clock import use_virtual_time
from enterpriselab.sandbox.statements import split_statements

_READING = {apsw.SQLITE_SELECT, apsw.SQLITE_READ, apsw.SQLITE_FUNCTION, apsw.SQLITE_RECURSIVE}
_REFUSED_FUNCTIONS = {"load_extension", "readfile", "writefile", "fts3_tokenizer", "zeroblob", "randomblob"}


@dataclass(frozen=True, slots=True)
class SqlLimits:
    """How much one query may take. All but `seconds` and `memory` give the same verdict on every machine."""

    steps: int = 5_000_000
    """Steps of SQLite's virtual machine."""
    rows: int = 10_000
    size: int = 50_000_000
    """Characters and bytes of all values of the result together."""
    length: int = 10_000_000
    """Bytes of one value, in between too; one function call may take the square of it."""
    memory: int = 512 * 2**20
    """Bytes by which SQLite's memory, that of all connections of the process, may grow meanwhile."""
    seconds: float = math.inf
    steps_per_check: int = 10_000


DEFAULT_LIMITS = SqlLimits()


class Watch:
    """For a with-block, stops statements of a connection that go beyond the limits; `stopped` says beyond which."""

    def __init__(self, connection: apsw.Connection, limits: SqlLimits) -> None:
        self.stopped = ""
        self._connection = connection
        self._limits = limits
        self._steps = 0
        self._end = time.monotonic() + limits.seconds
        self._memory = apsw.memory_used() + limits.memory
        self._length = 0

    def __enter__(self) -> "Watch":
        self._length = self._connection.limit(apsw.SQLITE_LIMIT_LENGTH, self._limits.length)
        self._connection.set_progress_handler(self._tick, self._limits.steps_per_check)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.set_progress_handler(None)
        self._connection.limit(apsw.SQLITE_LIMIT_LENGTH, self._length)

    def _tick(self) -> bool:
        return self.spent(self._limits.steps_per_check)

    def spent(self, steps: int) -> bool:
        """Count steps that were taken; True when a limit is passed. SQLite tells only of those of long statements."""
        self._steps += steps
        if self._steps > self._limits.steps:
            self.stopped = f"more than {self._limits.steps:,} steps"
        elif time.monotonic() > self._end:
            self.stopped = f"more than {self._limits.seconds:g} seconds"
        elif apsw.memory_used() > self._memory:
            self.stopped = f"more than {self._limits.memory // 2**20} MiB of memory"
        return bool(self.stopped)


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
    connection.limit(apsw.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 5_000)
    use_virtual_time(connection)
    connection.authorizer = _authorize_reading


def _authorize_reading(
    action: int, first: str | None, second: str | None, _db: str | None, _trigger: str | None
) -> int:
    if action not in _READING:
        return apsw.SQLITE_DENY
    if action == apsw.SQLITE_FUNCTION and second in _REFUSED_FUNCTIONS:
        return apsw.SQLITE_DENY
    return apsw.SQLITE_OK


def run_reading(
    connection: apsw.Connection, query: str, params: tuple[Any, ...] = (), limits: SqlLimits = DEFAULT_LIMITS
) -> list[dict[str, Any]]:
    """Rows of one read-only statement.

    Raises:
        UsageError: not a single reading statement, more than the limits allow, or an SQL error.
    """
    if len(split_statements(query)) != 1:
        raise UsageError("Exactly one SELECT is wanted here, no more and no less.")
    with Watch(connection, limits) as watch:
        try:
            return _collect(connection, query, params, limits)
        except apsw.InterruptError:
            raise UsageError(f"The query took {watch.stopped} and was stopped.") from None
        except apsw.AuthError:
            raise UsageError("Only SELECT over the world's tables is allowed here.") from None
        except (apsw.Error, ValueError, OverflowError) as error:  # text that is no UTF-8 is a ValueError
            raise UsageError(f"SQL error: {error}") from None


def _collect(
    connection: apsw.Connection, query: str, params: tuple[Any, ...], limits: SqlLimits
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    names: list[str] = []
    room = limits.size
    cursor = connection.cursor()
    try:
        for row in cursor.execute(query, params):
            if not names:
                names = [column[0] for column in cursor.get_description()]
            found.append(dict(zip(names, row, strict=True)))
            room -= sum(len(value) for value in row if isinstance(value, (str, bytes)))
            if len(found) > limits.rows:
                raise UsageError(f"The query gave more than {limits.rows:,} rows; add a WHERE or LIMIT.")
            if room < 0:
                raise UsageError(f"The query gave more than {limits.size:,} characters; ask for less.")
    finally:
        cursor.close(True)
    return found
