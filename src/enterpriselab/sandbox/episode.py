"""Episode: one isolated, stateful copy of a world in which somebody acts. Call, fork, diff, snapshot, query."""

import difflib
import json
import threading
from typing import TYPE_CHECKING, Any

import apsw

from enterpriselab.core.changes import CallRecord, Change
from enterpriselab.core.clock import VirtualClock
from enterpriselab.core.errors import EpisodeError, ToolError, UsageError
from enterpriselab.core.hashing import content_hash, without_bytes
from enterpriselab.core.seeds import derive_seed
from enterpriselab.sandbox.diffs import Net, fold, read_changes, sorted_changes
from enterpriselab.sandbox.pages import Pages
from enterpriselab.sandbox.registry import canonical_arguments
from enterpriselab.sandbox.sql import DEFAULT_LIMITS, SqlLimits, run_reading
from enterpriselab.sandbox.sql_clock import virtual_time
from enterpriselab.toolkit import Context, Db, IdSource, Principal

if TYPE_CHECKING:
    from enterpriselab.sandbox.world import BoundTool, World

_SNAPSHOT_VERSION = 1


class Episode:
    """Not thread-safe by itself: calls of one episode are serialized by its lock; episodes run side by side."""

    def __init__(self, world: "World", pages: Pages, principal: str, *, seed: int = 0) -> None:
        self.world = world
        self.principal = principal
        self.seed = seed
        self.ledger: list[CallRecord] = []
        self.clock = VirtualClock(world.spec.clock_start)
        self._pages = pages
        self._ids = IdSource(derive_seed("ids", seed))
        self._net: Net = {}
        self._known: dict[str, Principal] = {}
        self._lock = threading.RLock()

    def call(self, tool: str, arguments: dict[str, Any], *, principal: str | None = None) -> CallRecord:
        """Run a tool in a savepoint and record it. An error leaves no row behind.

        Synonyms of parameters become the declared names, in the record too.

        Raises:
            EpisodeError: the tool itself is broken or the acting person does not exist; nothing was changed.
        """
        who = principal or self.principal
        bound = self.world.tools.get(tool)
        if bound is not None:
            arguments = canonical_arguments(bound.spec, arguments)
        with self._lock, self.world.writers.bind(self._pages) as connection:
            result, error, changes = self._run(connection, tool, arguments, who)
            record = CallRecord(len(self.ledger), tool, arguments, who, self.clock.now, result, error, changes)
            self.ledger.append(record)
            if changes:
                fold(self._net, changes)
                self.clock.advance()
                if any(change.table in self.world.spec.people_tables for change in changes):
                    self._known.clear()
        return record

    def _run(
        self, connection: apsw.Connection, name: str, arguments: dict[str, Any], who: str
    ) -> tuple[dict[str, Any] | None, dict[str, Any] | None, tuple[Change, ...]]:
        ids_before = dict(self._ids.counts)
        try:
            bound = self._find(name)
            context = self._context(connection, bound, who)
            return (*self._guarded(connection, bound, context, arguments),)
        except ToolError as error:
            self._ids.counts = ids_before
            return None, error.to_json()["error"], ()

    def _find(self, name: str) -> "BoundTool":
        bound = self.world.tools.get(name)
        if bound is None:
            near = difflib.get_close_matches(name, list(self.world.tools), n=3)
            raise ToolError("not_found", f"There is no tool {name!r}.", field="name", accepted=near or None)
        return bound

    def _context(self, connection: apsw.Connection, bound: "BoundTool", who: str) -> Context:
        if who not in self._known:
            found = self.world.spec.find_principal(connection, who)
            if found is None:
                raise ToolError("forbidden", f"{who!r} has no active account in this company.")
            self._known[who] = found
        return Context(
            db=Db(connection),
            me=self._known[who],
            now=self.clock.now,
            ids=self._ids,
            handlers=self.world.handlers,
            permissions=bound.app.permissions,
            level=self.world.spec.level,
        )

    def _guarded(
        self, connection: apsw.Connection, bound: "BoundTool", context: Context, arguments: dict[str, Any]
    ) -> tuple[dict[str, Any], None, tuple[Change, ...]]:
        session = _open_session(connection) if bound.spec.writes else None
        changed_before = connection.total_changes()
        connection.execute("SAVEPOINT call")
        try:
            result = bound.tool.run(context, arguments)
            if session is None and connection.total_changes() != changed_before:
                raise EpisodeError(f"{bound.spec.name} is declared reading but wrote rows")
            changes = tuple(read_changes(session.changeset(), self.world.tables)) if session else ()
            connection.execute("RELEASE call")
        except BaseException as error:
            connection.execute("ROLLBACK TO call; RELEASE call")
            raise _translated(error, bound.spec.name) from error
        finally:
            if session is not None:
                session.close()
        return result, None, changes

    def fork(self) -> "Episode":
        """An independent episode that continues from here; neither sees the other's writes."""
        with self._lock:
            child = Episode(self.world, self._pages.fork(), self.principal, seed=self.seed)
            child.ledger = list(self.ledger)
            child.clock = VirtualClock(self.clock.start, self.clock.elapsed)
            child._ids = self._ids.copy()
            child._net = dict(self._net)
            return child

    def diff(self) -> list[Change]:
        """Net changes against the world's image, by table and key."""
        return sorted_changes(self._net)

    def state_hash(self) -> str:
        """Hash of the logical state: image plus net changes; equal states have equal hashes."""
        return content_hash([self.world.image.digest, [change.to_json() for change in self.diff()]])

    def sql(self, query: str, *params: Any, limits: SqlLimits = DEFAULT_LIMITS) -> list[dict[str, Any]]:
        """Rows of one read-only query on the present state, to which 'now' is the episode's. Raises UsageError."""
        with self._lock, virtual_time(self.clock.now), self.world.readers.bind(self._pages) as connection:
            return run_reading(connection, query, params, limits)

    @property
    def nbytes(self) -> int:
        """Memory of the pages that this episode wrote."""
        return self._pages.nbytes

    def database(self) -> bytes:
        """The present state as the file of an ordinary SQLite database."""
        with self._lock, self.world.writers.bind(self._pages) as connection:  # readers may not ask for page counts
            return bytes(connection.serialize("main") or b"")

    def close(self) -> None:
        """Nothing to give back: an episode is only its pages."""

    def snapshot(self) -> bytes:
        """Everything of this episode as bytes: pages, ledger, clock, ids."""
        with self._lock:
            head = {
                "version": _SNAPSHOT_VERSION,
                "principal": self.principal,
                "seed": self.seed,
                "elapsed": self.clock.elapsed,
                "ids": self._ids.counts,
                "ledger": [without_bytes(record.to_json()) for record in self.ledger],
            }
            text = json.dumps(head, separators=(",", ":")).encode("utf-8")
            return len(text).to_bytes(8, "big") + text + self._pages.to_bytes()


def restore(world: "World", data: bytes) -> Episode:
    """The episode of a snapshot, with the same state hash. Raises UsageError when it is not one of this world."""
    try:
        size = int.from_bytes(data[:8], "big")
        head = json.loads(data[8 : 8 + size])
        pages = Pages.from_bytes(world.image, data[8 + size :])
        episode = Episode(world, pages, head["principal"], seed=head["seed"])
        episode.clock.elapsed = head["elapsed"]
        episode._ids.counts = dict(head["ids"])
        episode.ledger = [CallRecord.from_json(_bytes_in(record)) for record in head["ledger"]]
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"This is not a snapshot of world {world.name}: {error}") from error
    for record in episode.ledger:
        fold(episode._net, record.changes)
    return episode


def _open_session(connection: apsw.Connection) -> apsw.Session:
    session = apsw.Session(connection, "main")
    session.attach()
    return session


def _translated(error: BaseException, tool: str) -> BaseException:
    """Database refusals are the caller's to mend; anything else unexpected ends the episode's attempt."""
    if isinstance(error, apsw.ConstraintError):
        return ToolError("conflict", f"{tool} would break a rule of the database: {error}.")
    if isinstance(error, apsw.TooBigError) or (isinstance(error, apsw.SQLError) and "too complex" in str(error)):
        return ToolError("invalid", f"{tool} was given a text that is too long to store or to search for.")
    if isinstance(error, (ToolError, EpisodeError)) or not isinstance(error, Exception):
        return error
    return EpisodeError(f"{tool} failed: {type(error).__name__}: {error}")


def _bytes_in(value: Any) -> Any:
    if isinstance(value, dict):
        return (
            bytes.fromhex(value["$bytes"]) if set(value) == {"$bytes"} else {k: _bytes_in(v) for k, v in value.items()}
        )
    return [_bytes_in(item) for item in value] if isinstance(value, list) else value
