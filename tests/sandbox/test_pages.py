"""Images, overlays, forks and snapshots of the page store."""

from collections.abc import Iterator

import apsw
import pytest
from page_stores import COUNT, image, run, seed, value

from enterpriselab.sandbox.page_vfs import PageFile
from enterpriselab.sandbox.pages import Image, ImageError, Pages, SnapshotError
from enterpriselab.sandbox.pool import ConnectionPool


@pytest.fixture
def pool() -> Iterator[ConnectionPool]:
    made = ConnectionPool(image(), size=2, wait_s=0)
    yield made
    made.close()


def test_an_image_keeps_the_given_bytes_without_a_copy() -> None:
    data = seed()
    made = Image.from_bytes(data)
    assert made.view.obj is data
    assert (made.page_size, made.size) == (4096, len(data))
    assert made.digest == Image.from_bytes(bytes(bytearray(data))).digest


def test_an_image_of_a_connection_equals_the_image_of_its_serialized_bytes() -> None:
    connection = apsw.Connection(":memory:")
    connection.deserialize("main", seed())
    assert Image.from_connection(connection).digest == image().digest
    connection.execute("BEGIN; DELETE FROM note")
    with pytest.raises(ImageError, match="open transaction"):
        Image.from_connection(connection)


@pytest.mark.parametrize("data", [b"", b"not a database" * 100, seed()[:5000], seed()[:-4096]])
def test_bytes_that_are_no_whole_database_are_refused(data: bytes) -> None:
    with pytest.raises(ImageError):
        Image.from_bytes(data)


def test_a_database_in_wal_format_is_read_as_a_plain_one() -> None:
    data = bytearray(seed())
    data[18:20] = b"\x02\x02"
    made = Image.from_bytes(bytes(data))
    assert made.digest == image().digest


@pytest.mark.parametrize("page_size", [512, 1024, 65536])
def test_every_page_size_works(page_size: int) -> None:
    pool = ConnectionPool(image(page_size))
    pages = Pages(image(page_size))
    run(
        pool, pages, "DELETE FROM person WHERE id = 7; INSERT INTO note(person, body) VALUES (3, zeroblob(70000) || '')"
    )
    assert value(pool, pages, COUNT) == 296
    assert value(pool, pages, "PRAGMA integrity_check") == "ok"
    assert value(pool, Pages(image(page_size)), COUNT) == 300
    pool.close()


def test_forks_share_nothing_that_either_writes_later(pool: ConnectionPool) -> None:
    parent = Pages(image())
    run(pool, parent, "DELETE FROM note WHERE id <= 10")
    child = parent.fork()
    run(pool, child, "DELETE FROM note WHERE id <= 20")
    run(pool, parent, "INSERT INTO note(person, body) VALUES (1, 'parent only')")
    assert [value(pool, pages, COUNT) for pages in (parent, child, child.fork(), Pages(image()))] == [
        291,
        280,
        280,
        300,
    ]


def test_a_fork_copies_no_page(pool: ConnectionPool) -> None:
    parent = Pages(image())
    run(pool, parent, "UPDATE note SET size = size + 1")
    child = parent.fork()
    assert child.table is not parent.table
    assert all(child.table[offset] is page for offset, page in parent.table.items())


def test_two_contents_are_never_shown_under_one_change_counter() -> None:
    first, second = Pages(image()), Pages(image())
    pool = ConnectionPool(image(), size=1)
    for pages in (first, second):
        run(pool, pages, "DELETE FROM note WHERE id = 1")
    file, shown = PageFile(first), set()
    for step in range(50):
        pages = (first, second)[step % 2]
        file.show(pages)
        shown.add(bytes(file.xRead(4, 24)))
        if step % 5 == 0:  # what SQLite does at a commit: the counter that it saw plus one
            counter = int.from_bytes(file.xRead(4, 24), "big") + 1
            page = bytearray(file.xRead(4096, 0))
            page[24:28] = counter.to_bytes(4, "big")
            file.xWrite(bytes(page), 0)
            assert counter.to_bytes(4, "big") not in shown
            shown.add(counter.to_bytes(4, "big"))
    assert len(shown) == 60
    pool.close()


def test_a_live_episode_costs_its_written_pages_only(pool: ConnectionPool) -> None:
    pages = Pages(image())
    assert pages.nbytes < 1000
    run(pool, pages, "UPDATE note SET size = 1 WHERE id = 17")
    assert 4096 < pages.nbytes < 4 * 4096


def test_what_a_truncation_cut_off_stays_hidden_when_the_file_grows_again() -> None:
    pages = Pages(image())
    file = PageFile(pages)
    last = pages.size - 4096
    assert bytes(file.xRead(4096, last)) == seed()[last:]
    file.xTruncate(last)
    file.xWrite(b"n" * 4096, last + 4096)
    assert file.xFileSize() == last + 8192
    assert bytes(file.xRead(4096, last)) == b""  # SQLite reads a short page as zeros
    restored = PageFile(Pages.from_bytes(image(), pages.to_bytes()))
    assert (restored.xFileSize(), bytes(restored.xRead(4096, last))) == (last + 8192, b"")
    assert bytes(restored.xRead(4096, last + 4096)) == b"n" * 4096


def test_a_snapshot_brings_the_same_pages_back(pool: ConnectionPool) -> None:
    pages = Pages(image())
    run(pool, pages, "INSERT INTO note(person, body) SELECT person, body FROM note; DELETE FROM person WHERE id = 4")
    data = pages.to_bytes()
    back = Pages.from_bytes(image(), data)
    assert back.to_bytes() == data
    assert value(pool, back, COUNT) == value(pool, pages, COUNT) == 590
    run(pool, back, "DELETE FROM note")
    assert value(pool, pages, COUNT) == 590


def test_snapshots_do_not_depend_on_which_connection_wrote(pool: ConnectionPool) -> None:
    sql = "DELETE FROM note WHERE id % 7 = 0; INSERT INTO note(person, body) VALUES (5, 'same')"
    direct, detour = Pages(image()), Pages(image())
    run(pool, direct, sql)
    for _ in range(5):
        run(pool, Pages(image()), "DELETE FROM note")
    with pool.bind(Pages(image())):
        run(pool, detour, sql)
    assert detour.to_bytes() == direct.to_bytes()
    assert len(direct.to_bytes()) < direct.nbytes / 4


def test_a_snapshot_of_another_image_or_with_damage_is_refused(pool: ConnectionPool) -> None:
    pages = Pages(image())
    run(pool, pages, "DELETE FROM note")
    data = pages.to_bytes()
    with pytest.raises(SnapshotError, match="is of image"):
        Pages.from_bytes(image(1024), data)
    for broken in (
        b"",
        b"text",
        data[:40],
        data[:-9],
        data + b"x",
        data[:-3] + b"abc",
        data[:40] + b"\xff" + data[41:],
    ):
        with pytest.raises(SnapshotError):
            Pages.from_bytes(image(), broken)
