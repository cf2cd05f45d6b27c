"""Databases: what one server keeps, by id. Made from an image or an SQL text, cloned, reset, deleted; all are isolated.

A database that is awake is an episode in memory; each successful writing call goes to the journal before it is
answered. So to put one to sleep is to forget the episode; to wake one, after a restart too, is to repeat its calls.
"""

import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from enterpriselab.core.changes import CallRecord
from enterpriselab.core.errors import EpisodeError, UsageError
from enterpriselab.sandbox.episode import Episode
from enterpriselab.sandbox.gym.journal import Journal, Line
from enterpriselab.sandbox.gym.worlds import Source, Worlds
from enterpriselab.sandbox.world import World

_ID = re.compile(r"[A-Za-z0-9_.:@=+-]{1,128}")


@dataclass(frozen=True, slots=True)
class DatabaseLimits:
    """How much a server keeps."""

    databases: int = 10_000
    awake: int = 1_000
    """Databases in memory."""
    awake_bytes: int = 512 * 2**20
    """Written pages in memory."""
    written_bytes: int = 64 * 2**20
    """Written pages of one database, after which it takes no more calls."""
    idle_s: float = 600.0
    """Seconds without a request after which a database goes to sleep."""
    keep_s: float = 7 * 86_400.0
    """Seconds without a request after which a database is deleted: nobody owns it any more."""


class UnknownDatabase(UsageError):
    """No database has this id."""


class DatabaseLost(UsageError):
    """The database cannot be woken: what it was made from changed or is gone."""


class TooMuch(UsageError):
    """The server keeps as much as it may."""


class Database:
    """One entry. Its lock is held for the length of every request to it."""

    __slots__ = ("episode", "gone", "lock", "make", "nbytes", "seen")

    def __init__(self, make: Line, seen: float, episode: Episode | None = None) -> None:
        self.make = make
        """The journal's first line of it."""
        self.seen = seen
        self.episode = episode
        self.nbytes = 0
        self.gone = False
        self.lock = threading.Lock()

    @property
    def source(self) -> Source:
        """Where its rows came from."""
        return Source(*self.make["source"])

    @property
    def level(self) -> str:
        """How strict its tools are."""
        return str(self.make["level"])


class Databases:
    """Thread-safe: requests to one database take turns, different databases run side by side."""

    def __init__(
        self,
        worlds: Worlds,
        journal: Journal | None = None,
        *,
        limits: DatabaseLimits | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.worlds = worlds
        self.limits = limits or DatabaseLimits()
        self._journal = journal or Journal()
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, Database] = {}
        self._awake: OrderedDict[str, Database] = OrderedDict()
        for key in self._journal.ids():
            first, *later = self._journal.lines(key)
            self._kept[key] = Database(first, later[-1]["t"] if later else first["t"])
        self.sweep()

    def create(
        self,
        key: str | None = None,
        *,
        sql: str | None = None,
        image: str = "",
        level: str = "",
        about: dict[str, str] | None = None,
    ) -> tuple[str, dict[str, Any]]:
        """Make a database, in place of the one that has this id; gives its id and what became of the SQL text.

        Args:
            key: its id; None: one is chosen.
            sql: its rows as SQL text; None: those of the image.
            image: name of an image of the app; empty: the default one.
            level: how strict its tools are; empty: the default.
            about: name, description: words that are kept with it.

        Raises:
            UsageError: the id cannot be one, the text is refused, there is no such image or level; TooMuch.
        """
        key = _checked(key)
        report: dict[str, Any] = {}
        if sql is None:
            source, world = self.worlds.of_image(image, level)
        else:
            source, world, report = self.worlds.of_text(sql, level)
        self._install(self._make_line(key, source, world, about or {}), [], world.episode())
        return key, report

    def clone(self, key: str, target: str | None = None) -> str:
        """Make a database that continues from where `key` is; gives its id. Raises as `create`, UnknownDatabase."""
        target = _checked(target)
        with self._held(key) as database:
            episode = self._woken(database).fork()
            lines = [{**line, "id": target} for line in self._journal.lines(key)]
        self._install({**lines[0], "t": self._clock()}, lines[1:], episode)
        return target

    def reset(self, key: str) -> None:
        """Back to how it was made. Raises UnknownDatabase."""
        with self._held(key) as database:
            self._journal.append({"op": "reset", "id": key, "t": self._clock()})
            self._forget(database)

    def delete(self, key: str) -> None:
        """Raises UnknownDatabase."""
        with self._held(key) as database:
            self._delete(database)

    def call(self, key: str, tool: str, arguments: dict[str, Any], *, principal: str | None = None) -> CallRecord:
        """Run a tool on a database.

        Raises:
            UnknownDatabase, DatabaseLost: there is no such database (any more).
            TooMuch: it has written more than it may.
            UsageError: what the call changed cannot be kept; it is undone.
            EpisodeError: the tool is broken; nothing was changed.
        """
        with self._held(key) as database:
            episode = self._woken(database)
            if database.nbytes > self.limits.written_bytes:
                raise TooMuch(f"Database {key!r} has written {database.nbytes:,} bytes.", hint="reset or delete it")
            record = episode.call(tool, arguments, principal=principal)
            if record.ok and episode.world.tools[tool].spec.writes:
                self._keep(database, record)
            else:
                episode.ledger.pop()  # results of reading would fill the memory of a long-lived database
        return record

    @contextmanager
    def episode(self, key: str) -> Iterator[Episode]:
        """The database's episode, to read from for the length of a with-block. Raises UnknownDatabase, DatabaseLost."""
        with self._held(key) as database:
            yield self._woken(database)

    def level_of(self, key: str) -> str:
        """How strict the tools of a database are. Raises UnknownDatabase."""
        with self._held(key) as database:
            return database.level

    def __contains__(self, key: str) -> bool:
        return key in self._kept

    def listing(self) -> list[dict[str, Any]]:
        """One record for each database, oldest first."""
        with self._lock:
            return [_record(database) for database in self._kept.values()]

    def sources(self) -> set[Source]:
        """What the databases were made from."""
        with self._lock:
            return {database.source for database in self._kept.values()}

    def stats(self) -> dict[str, int]:
        """How much is kept."""
        with self._lock:
            written = sum(database.nbytes for database in self._awake.values())
            counts = {"databases": len(self._kept), "awake": len(self._awake)}
        return {**counts, "written_bytes": written, "journal_bytes": self._journal.size}

    def sweep(self) -> int:
        """Put to sleep what is idle or too much, delete what nobody owns any more; how many went to sleep."""
        now = self._clock()
        with self._lock:
            old = [database for database in self._kept.values() if database.seen < now - self.limits.keep_s]
            awake = list(self._awake.values())
            room = self.limits.awake_bytes - sum(database.nbytes for database in awake)
        for database in old:
            if self._unless_busy(database, self._delete):
                room += database.nbytes
        slept, surplus = 0, len(awake) - self.limits.awake
        for database in awake:
            if database.seen < now - self.limits.idle_s or surplus > slept or room < 0:
                room += database.nbytes
                slept += self._unless_busy(database, self._forget)
        return slept

    def close(self) -> None:
        """Let go of the journal; nothing is lost."""
        self._journal.close()

    @contextmanager
    def _held(self, key: str) -> Iterator[Database]:
        while True:
            with self._lock:
                database = self._kept.get(key)
            if database is None:
                raise UnknownDatabase(f"There is no database {key[:128]!a}.", hint="POST /api/seed-database")
            with database.lock:
                if not database.gone:  # else it was made anew meanwhile
                    database.seen = self._clock()
                    yield database
                    return

    def _make_line(self, key: str, source: Source, world: World, about: dict[str, str]) -> Line:
        made = {"op": "make", "id": key, "source": list(source), "level": world.spec.level}
        return {**made, "digest": world.image.digest, "t": self._clock(), "about": about}

    def _install(self, make: Line, calls: list[Line], episode: Episode) -> None:
        """Write a new database down and put it in place of the one with its id."""
        if len(self._kept) >= self.limits.databases or len(self._awake) >= self.limits.awake:
            self.sweep()
        key = make["id"]
        while True:
            with self._lock:
                old = self._kept.get(key)
            with old.lock if old else nullcontext(), self._lock:
                if self._kept.get(key) is not old:
                    continue
                if old is None and len(self._kept) >= self.limits.databases:
                    text = f"This server keeps {self.limits.databases} databases and all are in use."
                    raise TooMuch(text, hint="DELETE /api/delete-database for those that are done")
                self._journal.append(make, *calls)
                if old:
                    old.gone = True
                    self._kept.pop(key)
                new = self._kept[key] = self._awake[key] = Database(make, self._clock(), episode)
                self._awake.move_to_end(key)
                new.nbytes = episode.nbytes
                return

    def _keep(self, database: Database, record: CallRecord) -> None:
        """Write a call down; where that fails, it is as if it had not been made."""
        key = database.make["id"]
        line = {"op": "call", "id": key, "tool": record.tool, "arguments": record.arguments, "who": record.principal}
        try:
            self._journal.append({**line, "t": self._clock()})
        except UsageError:
            self._forget(database)
            raise
        if database.episode is not None:
            database.nbytes = database.episode.nbytes

    def _woken(self, database: Database) -> Episode:
        """The episode of a database that is held."""
        key = database.make["id"]
        if database.episode is None:
            database.episode = self._repeated(key, database)
            database.nbytes = database.episode.nbytes
        with self._lock:
            self._awake[key] = database
            self._awake.move_to_end(key)
            crowded = len(self._awake) > self.limits.awake
        if crowded:
            self.sweep()
        return database.episode

    def _repeated(self, key: str, database: Database) -> Episode:
        world = self.worlds.again(database.source, database.level)
        if world.image.digest != database.make["digest"]:
            text = f"Database {key!r} was made from another version of {database.source.name!r}."
            raise DatabaseLost(text, hint="seed it again")
        episode = world.episode()
        _, *calls = self._journal.lines(key)
        for number, line in enumerate(calls, 1):
            try:
                done = episode.call(line["tool"], line["arguments"], principal=line["who"]).ok
            except EpisodeError:
                done = False
            if not done:
                text = f"Database {key!r} cannot be restored: call {number}, {line['tool']}, is refused now."
                raise DatabaseLost(text, hint="reset it")
        return episode

    def _unless_busy(self, database: Database, work: Callable[[Database], None]) -> bool:
        """Do something with a database, unless a request is at work on it."""
        if not database.lock.acquire(blocking=False):
            return False
        try:
            if not database.gone:
                work(database)
        finally:
            database.lock.release()
        return True

    def _forget(self, database: Database) -> None:
        database.episode, database.nbytes = None, 0
        with self._lock:
            if self._awake.get(database.make["id"]) is database:
                del self._awake[database.make["id"]]

    def _delete(self, database: Database) -> None:
        self._journal.append({"op": "delete", "id": database.make["id"]})
        database.gone = True
        self._forget(database)
        with self._lock:
            self._kept.pop(database.make["id"], None)


def _checked(key: str | None) -> str:
    """An id, chosen when none is given. Raises UsageError for what cannot be one."""
    if key is None:
        return f"db_{secrets.token_hex(8)}"
    if not _ID.fullmatch(key):
        raise UsageError("A database id has 1 to 128 letters, digits and marks of _ . : @ = + -")
    return key


def _record(database: Database) -> dict[str, Any]:
    """What a listing tells of a database."""
    kind, name = database.source
    return {
        "database_id": database.make["id"],
        **database.make["about"],
        "source": {kind: name},
        "level": database.level,
        "awake": database.episode is not None,
        "written_bytes": database.nbytes,
    }
