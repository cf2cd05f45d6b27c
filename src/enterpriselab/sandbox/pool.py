"""ConnectionPool: few connections that serve thousands of live overlays, one at a time each.

What a connection costs is parsing the schema. So connections are kept, and binding one to other pages only makes
SQLite drop its page cache (see PageFile.show): its schema and prepared statements stay.
"""

import contextlib
import threading
import weakref
from collections.abc import Callable
from types import TracebackType

import apsw

from enterpriselab.sandbox.page_vfs import PageFile, PageVFS
from enterpriselab.sandbox.pages import Image, ImageError, Pages, PagesError, PagesInUse

Setup = Callable[[apsw.Connection], None]
_PRAGMAS = (
    "PRAGMA journal_mode=memory",  # "off" would silently keep rows on ROLLBACK TO
    "PRAGMA synchronous=off",
    "PRAGMA temp_store=memory",
    "PRAGMA foreign_keys=on",
)


class PoolExhausted(PagesError):
    """Every connection of the pool is bound, and none came back in time."""


class LeftOpen(PagesError):
    """A statement or a transaction was still open when the connection was released; it was undone."""


class _Slot:
    """A connection and its file."""

    __slots__ = ("connection", "file")

    def __init__(self, connection: apsw.Connection, file: PageFile) -> None:
        self.connection = connection
        self.file = file

    def settle(self) -> tuple[str | None, bool]:
        """Roll back what is open: (what that was or None, whether nothing of the episode sticks to the connection)."""
        connection = self.connection
        left = None
        if connection.in_transaction:
            left = "a transaction"
            with contextlib.suppress(apsw.Error):  # an authorizer may forbid it: what counts is checked next
                connection.execute("ROLLBACK")
        if connection.in_transaction or connection.txn_state("main") != apsw.SQLITE_TXN_NONE:
            return left or "a statement", False
        return left, connection.serialize("temp") is None  # None: no temporary table, view or trigger was made


class ConnectionPool:
    """Connections over one image. Thread-safe: a bound connection belongs to one thread, later to another.

    Close Session objects and undo hooks, authorizers and handlers that you set before you release a connection.

    Args:
        image: the world that all pages bound here must be of.
        setup: prepares each new connection (functions, authorizer, limits); it may not write.
        size: how many connections there may be. They are opened when needed, never ahead.
        wait_s: seconds to wait for a connection when all are bound.
        statements: prepared statements kept by each connection.
    """

    def __init__(
        self, image: Image, setup: Setup | None = None, *, size: int = 8, wait_s: float = 30.0, statements: int = 512
    ) -> None:
        if size < 1:
            raise ValueError(f"size is {size}; a pool needs at least 1 connection")
        self.image = image
        self.size = size
        self.rewinds = 0
        self.discarded = 0
        self._setup = setup
        self._wait_s = wait_s
        self._statements = statements
        self._vfs = PageVFS()
        self._idle: list[_Slot] = []  # least recently used first
        self._bound: dict[Pages, _Slot] = {}
        self._opened = 0
        self._closed = False
        self._changed = threading.Condition(threading.Lock())
        # connections must be gone before the interpreter takes the modules of their VFS apart
        weakref.finalize(self, _close_idle, self._idle)

    @property
    def opened(self) -> int:
        """Connections open now."""
        return self._opened

    def bind(self, pages: Pages) -> "Binding":
        """`with pool.bind(pages) as connection:` a connection over these pages, released at the end.

        An exception inside rolls back what is open and passes on.

        Raises:
            PagesInUse: the pages are bound already.
            PoolExhausted: no connection came free.
            LeftOpen: at the end, without another exception: a statement or transaction was open (now undone).
            ImageError: the pages are of another image.
        """
        return Binding(self, pages)

    def acquire(self, pages: Pages) -> apsw.Connection:
        """A connection over these pages until `release`. Raises as `bind`."""
        if pages.image is not self.image and pages.image.digest != self.image.digest:
            raise ImageError(f"the pages are of {pages.image!r}, this pool is for {self.image!r}")
        if not pages.claim.acquire(blocking=False):
            raise PagesInUse("these pages are bound already: release them first, or fork them to work side by side")
        try:
            slot = self._take(pages) or self._open(pages)
        except BaseException:
            pages.claim.release()
            raise
        if slot.file.show(pages):
            self.rewinds += 1
        slot.connection.set_last_insert_rowid(0)
        pages.holder = slot.connection
        self._bound[pages] = slot
        return slot.connection

    def release(self, pages: Pages) -> None:
        """Take the connection back. Raises LeftOpen, after undoing it, for what was open; PagesError if not bound."""
        slot = self._bound.pop(pages, None)
        if slot is None:
            raise PagesError("these pages are not bound to a connection of this pool")
        keep = False
        try:
            left, keep = slot.settle()
        finally:
            self._give_back(slot, keep=keep)
            pages.holder = None
            pages.claim.release()
        if left:
            raise LeftOpen(f"{left} was still open when the connection was released; it was undone")

    def close(self) -> None:
        """Close the connections; those still bound are closed on release. Binding is an error from now on."""
        with self._changed:
            self._closed = True
            idle = self._idle[:]
            self._idle.clear()
            self._changed.notify_all()
        for slot in idle:
            self._discard(slot)

    def _take(self, pages: Pages) -> _Slot | None:
        """An idle connection that knows the schema of these pages; None: the caller may open one."""
        with self._changed:
            while not self._closed:
                for wanted in (_has_cached, _has_schema):
                    for slot in self._idle:
                        if wanted(slot, pages):
                            self._idle.remove(slot)
                            return slot
                if self._opened < self.size:
                    self._opened += 1
                    return None
                if self._idle:  # all of another schema: replace the one unused for longest
                    self._idle.pop(0).connection.close(True)
                    self.discarded += 1
                    return None
                if not self._changed.wait(self._wait_s):
                    raise PoolExhausted(
                        f"all {self.size} connections stayed bound for {self._wait_s} s: release some or enlarge it"
                    )
            raise PagesError("the pool is closed")

    def _open(self, pages: Pages) -> _Slot:
        try:
            return self._connect(pages)
        except BaseException:
            with self._changed:
                self._opened -= 1
                self._changed.notify()
            raise

    def _connect(self, pages: Pages) -> _Slot:
        scratch = pages.fork()
        file = PageFile(scratch)
        connection = self._vfs.connect(file, statements=self._statements)
        try:
            for pragma in _PRAGMAS:
                connection.execute(pragma)
            connection.limit(apsw.SQLITE_LIMIT_ATTACHED, 0)  # an ATTACH could name another VFS, and so the host's files
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()  # parse the schema
            if self._setup is not None:
                self._setup(connection)
            if scratch.version != pages.version:
                raise PagesError("setup of a pooled connection wrote to the database: put that into the image")
        except BaseException:
            connection.close(True)
            raise
        file.armed = True
        return _Slot(connection, file)

    def _give_back(self, slot: _Slot, *, keep: bool) -> None:
        if keep:
            slot.file.hide()
            with self._changed:
                if not self._closed:
                    self._idle.append(slot)
                    self._changed.notify()
                    return
        self._discard(slot)

    def _discard(self, slot: _Slot) -> None:
        slot.connection.close(True)  # undoes what is still open; the file shows the pages until then
        with self._changed:
            self._opened -= 1
            self.discarded += 1
            self._changed.notify()


def _close_idle(slots: list[_Slot]) -> None:
    while slots:
        slots.pop().connection.close(True)


def _has_cached(slot: _Slot, pages: Pages) -> bool:
    return slot.file.version == pages.version and slot.file.fits(pages)


def _has_schema(slot: _Slot, pages: Pages) -> bool:
    return slot.file.fits(pages)


class Binding:
    """The `with` block of ConnectionPool.bind."""

    __slots__ = ("_pages", "_pool")

    def __init__(self, pool: ConnectionPool, pages: Pages) -> None:
        self._pool = pool
        self._pages = pages

    def __enter__(self) -> apsw.Connection:
        return self._pool.acquire(self._pages)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._pool.release(self._pages)
        except LeftOpen:
            if error is None:
                raise
