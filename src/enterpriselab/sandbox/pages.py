"""Image and Pages: a world's database as shared immutable bytes, and what one episode wrote over it.

Knows pages of a SQLite file, not SQL: connections over these pages come from pool.py through page_vfs.py.
"""

import hashlib
import itertools
import struct
import sys
import threading
import zlib
from collections.abc import Iterator
from typing import Protocol

import apsw

_MAGIC = b"SQLite format 3\x00"
_HEADER_SIZE = 100
COUNTER = slice(24, 28)
"""Change counter in page 1: a connection keeps its page cache only while these bytes stay the same."""
VALID_FOR = slice(92, 96)
"""Must equal the change counter for the page count in the header to count."""
_PAGE_COUNT = slice(28, 32)
COOKIE = slice(40, 44)
"""Schema cookie in page 1: goes up with each change of the schema."""
_JOURNAL_VERSIONS = slice(18, 20)
_SNAPSHOT = struct.Struct(">8s32sIQQI")  # magic, image digest, page size, file size, base limit, number of pages
_SNAPSHOT_MAGIC = b"ELPAGES1"

new_version = itertools.count(1).__next__
"""Names a content (or a schema) that no Pages of this process had before; equal numbers mean equal bytes."""


class PagesError(RuntimeError):
    """Pages or pooled connections were used in a way that would mix or corrupt episodes."""


class ImageError(PagesError, ValueError):
    """Bytes that are not a usable SQLite database, or pages of another image."""


class SnapshotError(PagesError, ValueError):
    """Snapshot bytes that are damaged, or of another image."""


class PagesInUse(PagesError):
    """The pages are bound to a connection, or in the middle of a write."""


class Transactional(Protocol):
    """As much of a connection as Pages must know."""

    def txn_state(self, schema: str | None = None) -> int:
        """SQLITE_TXN_NONE, _READ or _WRITE."""


class Image:
    """The immutable pages of a world's database, shared by every episode; never copied."""

    __slots__ = ("cookie", "digest", "first", "page_size", "size", "version", "view")

    def __init__(self, view: memoryview, page_size: int) -> None:
        self.view = view
        self.page_size = page_size
        self.size = len(view)
        self.digest = hashlib.sha256(view).hexdigest()
        self.first = bytes(view[:page_size])
        self.cookie = self.first[COOKIE]
        self.version = new_version()

    @classmethod
    def from_bytes(cls, data: bytes | memoryview) -> "Image":
        """The image of a serialized database; `bytes` are kept as they are, without a copy.

        Raises:
            ImageError: no SQLite header, or cut short.
        """
        view = memoryview(data).cast("B")
        if not view.readonly:
            view = memoryview(bytes(view))
        page_size = _read_page_size(view)
        return cls(_normalized(view, page_size), page_size)

    @classmethod
    def from_connection(cls, connection: apsw.Connection) -> "Image":
        """The image of a connection's main database as committed. Raises ImageError for an empty one."""
        if connection.in_transaction:
            raise ImageError("the connection has an open transaction: commit it before taking the image")
        return cls.from_bytes(connection.serialize("main") or b"")

    def __repr__(self) -> str:
        return f"Image({self.digest[:12]}, {self.size} bytes, pages of {self.page_size})"


def _read_page_size(view: memoryview) -> int:
    if len(view) < _HEADER_SIZE or view[:16] != _MAGIC:
        raise ImageError(f"these {len(view)} bytes are no SQLite database: the header is missing (empty database?)")
    page_size = int.from_bytes(view[16:18], "big")
    page_size = 65536 if page_size == 1 else page_size
    if page_size < 512 or page_size & (page_size - 1) or len(view) % page_size:
        raise ImageError(f"{len(view)} bytes do not make whole pages of {page_size}: the database is cut short")
    return page_size


def _normalized(view: memoryview, page_size: int) -> memoryview:
    """Rollback-journal format with a true page count; both are read from the header once counters are equal."""
    count = (len(view) // page_size).to_bytes(4, "big")
    stated = bytes(view[_PAGE_COUNT])
    if stated != count and view[COUNTER] == view[VALID_FOR]:
        wanted = int.from_bytes(stated, "big")
        raise ImageError(f"the header promises {wanted} pages, there are {len(view) // page_size}: cut short?")
    if stated == count and bytes(view[_JOURNAL_VERSIONS]) == b"\x01\x01":
        return view
    patched = bytearray(view)
    patched[_JOURNAL_VERSIONS] = b"\x01\x01"
    patched[_PAGE_COUNT] = count
    return memoryview(bytes(patched))


class Pages:
    """The overlay of one episode: the pages that it wrote, over an image.

    `table` maps the byte offset of a page to its immutable bytes; `base` is the part of the image still visible
    below it; `version` names the content, so two Pages of equal version hold equal bytes. Only a PageFile writes
    these. Everything that lives is plain memory: dropping the object frees the episode.
    """

    __slots__ = ("base", "claim", "cookie", "holder", "image", "schema", "size", "table", "version")

    def __init__(self, image: Image) -> None:
        self.image = image
        self.table: dict[int, bytes] = {}
        self.base = image.view
        self.size = image.size
        self.cookie = image.cookie
        self.version = image.version
        self.schema = 0
        self.claim = threading.Lock()
        self.holder: Transactional | None = None

    @property
    def first(self) -> bytes:
        """Page 1 as last written; its change counter means nothing outside the connection that wrote it."""
        return self.table.get(0, self.image.first)

    def fork(self) -> "Pages":
        """Independent pages that continue from here: copies the page table, shares the pages.

        Raises:
            PagesInUse: a transaction has uncommitted writes.
        """
        self._refuse_half_written()
        child = Pages.__new__(Pages)
        child.image = self.image
        child.table = self.table.copy()
        child.base = self.base
        child.size = self.size
        child.cookie = self.cookie
        child.version = self.version
        child.schema = self.schema
        child.claim = threading.Lock()
        child.holder = None
        return child

    @property
    def nbytes(self) -> int:
        """Memory owned by this overlay in bytes, with Python's overhead; pages shared with forks count in full."""
        table = self.table.copy()
        return sys.getsizeof(self) + sys.getsizeof(table) + sum(32 + sys.getsizeof(page) for page in table.values())

    def to_bytes(self) -> bytes:
        """A compact snapshot. Equal contents over one image give equal bytes (for one zlib build).

        Raises:
            PagesInUse: a transaction has uncommitted writes.
        """
        self._refuse_half_written()
        changed = dict(self._changed())
        page_size = self.image.page_size
        numbers = struct.pack(f">{len(changed)}I", *(offset // page_size for offset in changed))
        body = numbers + b"".join(changed.values())
        digest = bytes.fromhex(self.image.digest)
        head = _SNAPSHOT.pack(_SNAPSHOT_MAGIC, digest, page_size, self.size, len(self.base), len(changed))
        return head + zlib.compress(body)

    @classmethod
    def from_bytes(cls, image: Image, data: bytes) -> "Pages":
        """The pages of a snapshot, over the image that it was taken from.

        Raises:
            SnapshotError: damaged bytes, or a snapshot of another image.
        """
        count, size, base_limit = _read_snapshot_head(image, data)
        width = 4 + image.page_size
        try:
            unpacker = zlib.decompressobj()
            body = unpacker.decompress(data[_SNAPSHOT.size :], count * width + 1)
        except zlib.error as error:
            raise SnapshotError(f"the snapshot is damaged: {error}") from error
        if len(body) != count * width or not unpacker.eof or unpacker.unused_data:
            raise SnapshotError(f"the snapshot is damaged: its pages are not the {count} that it promises")
        pages = cls(image)
        pages._fill(body, count)
        pages.size, pages.base = size, image.view[:base_limit]
        return pages

    def _fill(self, body: bytes, count: int) -> None:
        page_size, start = self.image.page_size, 4 * count
        for index, number in enumerate(struct.unpack_from(f">{count}I", body)):
            at = start + index * page_size
            self.table[number * page_size] = body[at : at + page_size]
        self.version = new_version()
        self.cookie = self.first[COOKIE]
        if self.cookie != self.image.cookie:
            self.schema = new_version()

    def _changed(self) -> Iterator[tuple[int, bytes]]:
        """Pages that differ from the base, by offset; page 1 with the image's change counter."""
        for offset in sorted(self.table):
            page = self.table[offset]
            if offset == 0:
                page = _without_history(page, self.image.first)
            if page != self.base[offset : offset + len(page)]:
                yield offset, page

    def _refuse_half_written(self) -> None:
        holder = self.holder
        if holder is not None and holder.txn_state("main") == apsw.SQLITE_TXN_WRITE:
            raise PagesInUse("these pages have an open write transaction: commit or roll back before fork or snapshot")

    def __repr__(self) -> str:
        return f"Pages({len(self.table)} written, {self.size} bytes, over {self.image!r})"


def with_counters(page: bytes, counter: bytes, valid_for: bytes) -> bytes:
    """Page 1 with other change counters."""
    return b"".join((page[:24], counter, page[28:92], valid_for, page[96:]))


def _without_history(page: bytes, original: bytes) -> bytes:
    """Page 1 with the change counters and the writer's SQLite version of the original: they say nothing of content."""
    return b"".join((page[:24], original[24:28], page[28:92], original[92:100], page[100:]))


def _read_snapshot_head(image: Image, data: bytes) -> tuple[int, int, int]:
    """(number of pages, file size, visible bytes of the image)."""
    if len(data) < _SNAPSHOT.size or not data.startswith(_SNAPSHOT_MAGIC):
        raise SnapshotError("these bytes are no snapshot of pages (or one of another version)")
    _, digest, page_size, size, base_limit, count = _SNAPSHOT.unpack_from(data)
    if digest.hex() != image.digest:
        raise SnapshotError(f"the snapshot is of image {digest.hex()[:12]}, this world has {image.digest[:12]}")
    if page_size != image.page_size or size % page_size or base_limit > image.size or count * page_size > size:
        raise SnapshotError("the snapshot is damaged: its sizes do not fit together")
    return count, size, base_limit
