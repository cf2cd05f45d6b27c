"""Which gym servers run on this machine: each process leaves a note of itself, and is asked before it is believed."""

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2

from enterpriselab.core.errors import UsageError
from enterpriselab.core.runs import write_whole
from enterpriselab.sandbox.image_cache import cache_folder

if TYPE_CHECKING:
    from enterpriselab.sandbox.gym.serving import Running

ASK_S = 5.0
STOP_S = 20.0


@dataclass(frozen=True, slots=True)
class Note:
    """What a process that serves says of itself."""

    name: str
    """Its port base, or its first port where any free ones were taken."""
    pid: int
    instance: str
    urls: dict[str, str]
    admin_urls: dict[str, str]


def notes_folder() -> Path:
    """Where the notes lie."""
    return cache_folder() / "gym" / "running"


@contextmanager
def noted(running: "Running", port_base: int) -> Iterator[Note]:
    """Leave a note for the length of a with-block."""
    name = str(port_base or next(iter(running.urls.values())).rsplit(":", 1)[1])
    note = Note(name, os.getpid(), running.instance, running.urls, running.admin_urls)
    path = notes_folder() / f"{name}.json"
    write_whole(path, json.dumps(asdict(note), indent=1))
    try:
        yield note
    finally:
        path.unlink(missing_ok=True)


def notes() -> list[Note]:
    """All notes, those of processes that were killed too."""
    found = []
    for path in sorted(notes_folder().glob("*.json")):
        try:
            found.append(Note(**json.loads(path.read_text(encoding="utf-8"))))
        except (OSError, ValueError, TypeError):
            path.unlink(missing_ok=True)
    return found


def health(note: Note) -> dict[str, dict[str, Any]] | None:
    """Server -> what it says of itself; None when the process of the note does not serve (any more)."""
    told: dict[str, dict[str, Any]] = {}
    try:
        with httpx2.Client(timeout=ASK_S, trust_env=False) as web:
            for server, url in note.urls.items():
                told[server] = web.get(f"{url}/health").json()
    except (httpx2.HTTPError, ValueError):
        return None
    return told if all(one.get("instance") == note.instance for one in told.values()) else None


def memory_of(pid: int) -> int | None:
    """Bytes that a process has in memory, where the system tells."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")


def stop(note: Note) -> bool:
    """End the process of a note and wait for it; False when it was gone already.

    Raises:
        UsageError: it does not end.
    """
    path = notes_folder() / f"{note.name}.json"
    if health(note) is None:  # the number may belong to somebody else by now
        path.unlink(missing_ok=True)
        return False
    os.kill(note.pid, signal.SIGTERM)
    end = time.monotonic() + STOP_S
    while path.exists():
        if time.monotonic() > end:
            raise UsageError(f"Process {note.pid} does not end.", hint=f"kill {note.pid}")
        time.sleep(0.02)
    return True
