"""PageFile and PageVFS: the SQLite file of a pooled connection, which reads and writes the Pages bound to it.

Nothing here touches the host's files: a VFS opens only the PageFiles announced to it, each once.
"""

import itertools

import apsw

from enterpriselab.sandbox.pages import COOKIE, COUNTER, Pages, PagesError, new_version, with_counters

_COUNTER_LIMIT = 2**32 - 2**20
"""Change counters have 32 bits; a connection that comes near the end is replaced."""
_READING_PRAGMAS = frozenset(
    {"table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list"}
    | {"foreign_key_check", "integrity_check", "quick_check", "defer_foreign_keys"}
)
"""Pragmas whose argument leaves no setting behind on the connection after the transaction."""
_UNUSED_METHODS = {"xDlOpen", "xDlSym", "xDlClose", "xDlError", "xSetSystemCall", "xGetSystemCall", "xNextSystemCall"}
_vfs_number = itertools.count(1)


class PageFile:
    """What SQLite sees as the file of one connection. Rewinding it is `show`: no SQL, no I/O.

    `version` and `schema` name the content and the schema that the connection has cached; `counter` is the highest
    change counter that the connection has ever seen, so no two contents are shown to it under one counter.
    """

    __slots__ = ("_base", "_first", "_page_size", "_pages", "_table", "armed", "counter", "schema", "version")

    def __init__(self, pages: Pages) -> None:
        self._page_size = pages.image.page_size
        self.armed = False
        self.counter = 0
        self.version = 0
        self.schema = pages.schema
        self.show(pages)

    def show(self, pages: Pages) -> bool:
        """Serve these pages from now on; True when SQLite will drop its page cache for them."""
        self._pages: Pages | None = pages
        self._table = pages.table
        self._base = pages.base
        if self.version == pages.version:
            return False
        self.counter += 1
        stamp = self.counter.to_bytes(4, "big")
        self._first = with_counters(pages.first, stamp, stamp)
        self.version = pages.version
        return True

    def hide(self) -> None:
        """Serve nothing until the next `show`."""
        self._pages = None

    def fits(self, pages: Pages) -> bool:
        """Whether the schema that the connection has parsed is the schema of these pages."""
        return self.schema == pages.schema and self.counter < _COUNTER_LIMIT

    def _bound(self) -> Pages:
        if self._pages is None:
            raise PagesError("this connection went back to its pool: bind the pages again to use them")
        return self._pages

    def xRead(self, amount: int, offset: int) -> bytes | memoryview:
        """Bytes at an offset. SQLite reads from the start of a page, except inside the header of page 1."""
        if offset >= self._page_size:
            page = self._table.get(offset)
            if page is None:
                return self._base[offset : offset + amount]
            return page if len(page) == amount else page[:amount]
        if self._pages is None:
            self._bound()
        return self._first[offset : offset + amount]

    def xWrite(self, data: bytes, offset: int) -> None:
        """One whole page: SQLite writes nothing else to a database file."""
        pages = self._bound()
        page = bytes(data)
        if not offset:
            self._write_first(pages, page)
        pages.table[offset] = page
        if offset >= pages.size:
            pages.size = offset + len(page)
        pages.version = self.version = new_version()

    def _write_first(self, pages: Pages, page: bytes) -> None:
        self._first = page
        self.counter = max(self.counter, int.from_bytes(page[COUNTER], "big"))
        if page[COOKIE] != pages.cookie:  # cookies of two episodes may be equal and their schemas not: name it anew
            pages.cookie = page[COOKIE]
            pages.schema = self.schema = new_version()

    def xTruncate(self, newsize: int) -> None:
        """Cut the file; what the image has beyond stays hidden should it grow again."""
        pages = self._bound()
        for offset in [offset for offset in pages.table if offset >= newsize]:
            del pages.table[offset]
        pages.base = self._base = pages.base[:newsize]
        pages.size = newsize
        pages.version = self.version = new_version()

    def xFileSize(self) -> int:
        """Bytes."""
        return self._bound().size

    def xFileControl(self, op: int, ptr: int) -> bool:
        """Refuse pragmas that would leave a setting behind for the next episode of this connection."""
        if op == apsw.SQLITE_FCNTL_PRAGMA and self.armed:
            pragma = apsw.VFSFcntlPragma(ptr)
            if pragma.value is not None and pragma.name.lower() not in _READING_PRAGMAS:
                message = f"PRAGMA {pragma.name}={pragma.value} is refused: the connection is shared by episodes"
                pragma.result = message
                raise apsw.SQLError(message)
        return False

    def xLock(self, level: int) -> None:
        """The pool gives a connection's pages to nobody else."""

    def xUnlock(self, level: int) -> None:
        """See xLock."""

    def xCheckReservedLock(self) -> bool:
        """See xLock."""
        return False

    def xSync(self, flags: int) -> None:
        """Memory needs no flushing."""

    def xSectorSize(self) -> int:
        """Bytes; the smallest, so that SQLite journals single pages."""
        return 512

    def xDeviceCharacteristics(self) -> int:
        """A write of one page never damages another."""
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE

    def xClose(self) -> None:
        """Let go of the pages."""
        self.hide()


class PageVFS(apsw.VFS):
    """Opens announced PageFiles by name, and refuses everything else: databases, journals, temporary files."""

    def __init__(self) -> None:
        self.name = f"enterpriselab-pages-{next(_vfs_number)}"
        self._announced: dict[str, PageFile] = {}
        self._file_number = itertools.count(1)
        super().__init__(self.name, base="", exclude=_UNUSED_METHODS)

    def connect(self, file: PageFile, *, statements: int) -> apsw.Connection:
        """A connection over this file. `statements`: how many prepared statements it keeps."""
        name = f"/pages/{next(self._file_number)}"
        self._announced[name] = file
        # nolock: with one connection per file, locks would only be calls; change counters are checked all the same
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_URI
        return apsw.Connection(f"file:{name}?nolock=1", flags=flags, vfs=self.name, statementcachesize=statements)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> PageFile:  # type: ignore[override]
        """The announced file of this name, the first time it is asked for."""
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        file = self._announced.pop(path, None) if path and flags[0] & apsw.SQLITE_OPEN_MAIN_DB else None
        if file is None:
            raise apsw.CantOpenError(f"{path or 'a temporary file'} is outside of the episode's pages")
        flags[1] = flags[0]
        return file

    def xFullPathname(self, name: str) -> str:
        """Names are names, not paths of the host."""
        return name

    def xAccess(self, pathname: str, flags: int) -> bool:
        """No file exists beside the database; journals are in memory."""
        return False

    def xDelete(self, filename: str, syncdir: bool) -> None:
        """Nothing of the host is ever deleted."""
        raise apsw.IOError(f"{filename} is outside of the episode's pages")
