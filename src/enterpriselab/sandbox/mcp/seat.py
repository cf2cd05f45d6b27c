"""Seat: one fixed place where the processes of reusable servers run for all episodes, which take turns call by call.

A process knows its folder by its path, so the path stays and the content changes: before a call the files of the
episode are moved in, those of the episode before are moved out. Moving is renaming; nothing is copied. Right only for
servers that keep nothing in memory and have finished when they have answered, which mcp.json says with `reuse`.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from enterpriselab.core.errors import EpisodeError
from enterpriselab.sandbox.mcp.client import Connection
from enterpriselab.sandbox.mcp.event_loop import EventLoop
from enterpriselab.sandbox.mcp.folders import parts_of
from enterpriselab.sandbox.mcp.servers_file import Lab, ServerPlan


class Seat:
    """Guests are known by the root of their folders. Everything but `close` happens while the seat is held."""

    def __init__(self, loop: EventLoop, plans: Iterable[ServerPlan], root: Path, lab: Lab) -> None:
        self.root = root
        self._loop = loop
        self._lab = lab
        self._plans = {plan.name: plan for plan in plans if plan.reuse}
        self.folders = frozenset(plan.folder for plan in self._plans.values())
        self._lock = threading.RLock()
        self._guest: Path | None = None
        self._live: dict[str, Connection] = {}
        for name in self.folders:
            (root / name).mkdir(parents=True)

    @contextmanager
    def held(self, guest: Path) -> Iterator[None]:
        """For the length of a with-block the guest's files lie here and nobody else's."""
        with self._lock:
            if guest != self._guest:
                self._empty()
                self._guest = guest
                self._move(guest, self.root)
            yield

    def leave(self, guest: Path) -> None:
        """Move the guest's files back, if they lie here."""
        with self._lock:
            if guest == self._guest:
                self._empty()

    def _empty(self) -> None:
        if self._guest is not None:
            self._move(self.root, self._guest)
            self._guest = None

    def _move(self, source: Path, target: Path) -> None:
        """The folders themselves stay, since processes work in them; what lies in them and beside them moves."""
        try:
            for name in sorted(self.folders):
                folder, beside = parts_of(name)
                for child in list((source / folder).iterdir()):
                    child.rename(target / folder / child.name)
                if (source / beside).exists():
                    (source / beside).rename(target / beside)
        except OSError as error:
            raise EpisodeError(f"the files of an episode cannot be moved to its servers: {error}") from error

    async def connect(self, name: str) -> Connection:
        """The running server, started when it is not running. Raises UsageError."""
        if name not in self._live:
            plan, lab = self._plans[name], self._lab
            place = self.root / plan.folder
            self._live[name] = await Connection.open(plan, place, connect_s=lab.connect_s, call_s=lab.call_s)
        return self._live[name]

    def drop(self, name: str) -> None:
        """End a server that may still be at work on the guest's files; the next call starts it anew."""
        live = self._live.pop(name, None)
        if live is not None:
            self._loop.run(live.close())

    def close(self) -> None:
        """End all servers."""
        for name in list(self._live):
            self.drop(name)
