"""Virtual time in SQL: 'now' is the instant of the episode, and every zone is UTC. Nothing asks the machine's clock."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import apsw

from enterpriselab.core.clock import CLOCK_START

_FUNCTIONS = ("date", "time", "datetime", "julianday", "unixepoch", "strftime", "timediff")
_CURRENT = {"current_date": "date", "current_time": "time", "current_timestamp": "datetime"}
_OF_THE_MACHINE = ("localtime", "utc")


class _Local(threading.local):
    """The instant that SQL of this thread sees, and a connection whose time functions are SQLite's own."""

    def __init__(self) -> None:
        self.now = CLOCK_START
        self.plain = apsw.Connection(":memory:")


_LOCAL = _Local()


@contextmanager
def virtual_time(now: str) -> Iterator[None]:
    """For a with-block, SQL that this thread runs on prepared connections takes `now` for the present."""
    before, _LOCAL.now = _LOCAL.now, now
    try:
        yield
    finally:
        _LOCAL.now = before


def use_virtual_time(connection: apsw.Connection) -> None:
    """Replace the time functions of a connection by ones that never ask the machine's clock."""
    for name in _FUNCTIONS:
        _replace(connection, name, _function(name), -1)
    for name, kind in _CURRENT.items():
        _replace(connection, name, _function(kind), 0)


def _replace(connection: apsw.Connection, name: str, function: Callable[..., Any], arguments: int) -> None:
    connection.create_scalar_function(name, function, arguments, deterministic=True, flags=apsw.SQLITE_INNOCUOUS)


def _function(name: str) -> Callable[..., Any]:
    def run(*given: Any) -> Any:
        values = [value for value in given if not (isinstance(value, str) and value.lower() in _OF_THE_MACHINE)]
        values = [_LOCAL.now if isinstance(value, str) and value.lower() == "now" else value for value in values]
        if len(values) == (1 if name == "strftime" else 0):
            values.append(_LOCAL.now)
        marks = ", ".join("?" * len(values))
        return next(iter(_LOCAL.plain.execute(f"SELECT {name}({marks})", values)))[0]

    return run
