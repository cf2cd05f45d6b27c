"""Journal: one append-only file that holds what every database of a server was made from and was told since.

Episodes are deterministic, so the successful writing calls of a database are its whole state: a database that is not in
memory is one entry here, and a server that was killed finds every one of them again. Lines are JSON.
"""

import errno
import fcntl
import json
import os
import tempfile
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from enterpriselab.core.errors import UsageError

MIN_WASTE = 8 * 2**20
"""Bytes of deleted databases that may lie in the file before it is written anew."""
_CHUNK = 2**20
Line = dict[str, Any]
Span = tuple[int, int]
"""(offset, length) of a line."""


class Journal:
    """Thread-safe. What `append` took is in the file when it returns: the end of the process loses nothing.

    Args:
        path: the file, made when it is not there; None means a nameless one that ends with the process.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._file = _open(path)
        self._spans: dict[str, list[Span]] = {}
        self._size = 0
        self._live = 0
        try:
            for span, data in _read(self._file):
                line = json.loads(data)
                self._note(line["op"], line["id"], span)
                self._size = sum(span)
            self._file.truncate(self._size)  # a last line that was not finished never counted
        except (ValueError, KeyError, TypeError):
            self._file.close()
            raise UsageError(f"{path} is damaged at byte {self._size}.", hint=f"delete {path}") from None

    def ids(self) -> list[str]:
        """Databases that were made and not deleted, oldest first."""
        with self._lock:
            return list(self._spans)

    def append(self, *lines: Line) -> None:
        """Write lines, all or none; each has an `op` and an `id`.

        `make` begins a database anew, `call` adds to it, `reset` forgets all calls, `delete` ends it.

        Raises:
            UsageError: the disk refuses; nothing was written.
        """
        encoded = [json.dumps(line, separators=(",", ":")).encode("ascii") + b"\n" for line in lines]
        with self._lock:
            offset = self._write(b"".join(encoded))
            for line, data in zip(lines, encoded, strict=True):
                self._note(line["op"], line["id"], (offset, len(data)))
                offset += len(data)
            if self._size - self._live > max(MIN_WASTE, self._live):
                self._compact()

    def lines(self, key: str) -> Iterator[Line]:
        """The lines of one database since it was made or reset, the first one ahead. Raises KeyError."""
        with self._lock:
            data = [os.pread(self._file.fileno(), length, offset) for offset, length in self._spans[key]]
        return (json.loads(line) for line in data)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self._size

    def _note(self, op: str, key: str, span: Span) -> None:
        if op in ("make", "delete"):
            self._live -= _bytes(self._spans.pop(key, ()))
        if op == "make":
            self._spans[key] = [span]
        elif op == "reset":
            self._live -= _bytes(self._spans[key][1:])
            self._spans[key] = self._spans[key][:1]
        elif op != "delete":
            self._spans[key].append(span)
        if op in ("make", "call"):
            self._live += span[1]

    def _write(self, data: bytes) -> int:
        """Where it was written."""
        offset = self._size
        try:
            _write_at(self._file, data, offset)
        except OSError as error:
            self._file.truncate(offset)
            raise UsageError(f"The state cannot be written: {error.strerror}.", hint="make room on the disk") from None
        self._size += len(data)
        return offset

    def _compact(self) -> None:
        """Write the file anew without what is deleted; on a full disk it stays as it is."""
        try:
            fresh = _open(self._path, aside=True)
        except UsageError:
            return
        try:
            spans, size = self._copied(fresh)
            if self._path is not None:
                _aside(self._path).replace(self._path)
        except OSError:
            fresh.close()
            return
        self._file.close()
        self._file, self._spans, self._size, self._live = fresh, spans, size, size

    def _copied(self, fresh: IO[bytes]) -> tuple[dict[str, list[Span]], int]:
        spans: dict[str, list[Span]] = {}
        size = 0
        for key, old in self._spans.items():
            spans[key] = []
            for offset, length in old:
                _write_at(fresh, os.pread(self._file.fileno(), length, offset), size)
                spans[key].append((size, length))
                size += length
        return spans, size


def _bytes(spans: Iterable[Span]) -> int:
    return sum(length for _, length in spans)


def _open(path: Path | None, *, aside: bool = False) -> IO[bytes]:
    """The file, locked against other processes. Raises UsageError when one of them has it or it cannot be made."""
    if path is None:
        return tempfile.TemporaryFile(buffering=0)
    place = _aside(path) if aside else path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number = os.open(place, os.O_RDWR | os.O_CREAT | (os.O_TRUNC if aside else 0), 0o600)
    except OSError as error:
        raise UsageError(f"The state cannot be kept in {path}: {error.strerror}.") from None
    file = os.fdopen(number, "r+b", buffering=0)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise UsageError(f"Another server keeps its state in {path}.", hint="enterpriselab gym status") from None
    return file


def _aside(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def _write_at(file: IO[bytes], data: bytes, offset: int) -> None:
    """Write all of it. Raises OSError when the disk takes only a part."""
    if os.pwrite(file.fileno(), data, offset) != len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _read(file: IO[bytes]) -> Iterator[tuple[Span, bytes]]:
    """Whole lines from the start."""
    file.seek(0)
    offset, rest = 0, b""
    while chunk := file.read(_CHUNK):
        *whole, rest = (rest + chunk).split(b"\n")
        for data in whole:
            yield (offset, len(data) + 1), data
            offset += len(data) + 1
