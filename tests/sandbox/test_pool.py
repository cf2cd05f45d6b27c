"""Pooled connections over pages: binding, transactions, sessions, threads."""

import contextlib
import os
import threading
import tracemalloc
from collections.abc import Iterator

import apsw
import pytest
from page_stores import COUNT, image, run, value

from enterpriselab.sandbox.pages import ImageError, Pages, PagesError, PagesInUse
from enterpriselab.sandbox.pool import ConnectionPool, LeftOpen, PoolExhausted


@pytest.fixture
def pool() -> Iterator[ConnectionPool]:
    made = ConnectionPool(image(), size=2, wait_s=0)
    yield made
    made.close()


def test_one_connection_serves_many_live_overlays_in_turn() -> None:
    pool = ConnectionPool(image(), size=1)
    overlays = [Pages(image()) for _ in range(200)]
    for number, pages in enumerate(overlays):
        run(pool, pages, f"INSERT INTO person VALUES ({1000 + number}, 'new {number}', 1)")
    for number, pages in reversed(list(enumerate(overlays))):
        assert value(pool, pages, "SELECT group_concat(id) FROM person WHERE id >= 1000") == str(1000 + number)
    assert pool.opened == 1
    pool.close()


def test_binding_unchanged_pages_again_keeps_the_page_cache(pool: ConnectionPool) -> None:
    pages = Pages(image())
    run(pool, pages, "DELETE FROM note WHERE id = 5")
    before = pool.rewinds
    assert value(pool, pages, COUNT) == 299
    assert value(pool, pages.fork(), COUNT) == 299
    assert pool.rewinds == before


def test_a_connection_notices_what_another_connection_wrote_to_its_pages(pool: ConnectionPool) -> None:
    pages, other = Pages(image()), Pages(image())
    with pool.bind(other) as first:
        run(pool, pages, "DELETE FROM note WHERE id = 1")
        assert pool.opened == 2
    with pool.bind(pages) as second:
        assert second is not first
        held = pages.fork()
        with pool.bind(held) as third:
            assert third is first
            third.execute("DELETE FROM note WHERE id = 2")
        second.execute("DELETE FROM note WHERE id = 3")
    assert (value(pool, pages, COUNT), value(pool, held, COUNT)) == (298, 298)
    with pool.bind(other), pool.bind(pages) as any_connection:
        assert any_connection.execute("SELECT group_concat(id) FROM note WHERE id < 5").get == "2,4"


def test_overlays_with_equal_numbers_of_commits_do_not_show_each_other_on_one_connection() -> None:
    pool = ConnectionPool(image(), size=1)
    overlays = [Pages(image()) for _ in range(3)]
    for round_number in range(30):
        for number, pages in enumerate(overlays):
            run(pool, pages, f"UPDATE note SET size = {round_number * 10 + number} WHERE id = 1")
        for number, pages in enumerate(overlays):
            assert value(pool, pages, "SELECT size FROM note WHERE id = 1") == round_number * 10 + number
    assert pool.rewinds > 100
    pool.close()


def test_pages_are_bound_to_one_connection_at_a_time(pool: ConnectionPool) -> None:
    pages = Pages(image())
    other_pool = ConnectionPool(image())
    with pool.bind(pages):
        for either in (pool, other_pool):
            with pytest.raises(PagesInUse, match="fork"), either.bind(pages):
                pass
    assert value(other_pool, pages, COUNT) == 300
    other_pool.close()


def test_a_pool_says_when_every_connection_is_taken(pool: ConnectionPool) -> None:
    with pool.bind(Pages(image())), pool.bind(Pages(image())):
        late = Pages(image())
        with pytest.raises(PoolExhausted, match="all 2 connections"), pool.bind(late):
            pass
    assert value(pool, late, COUNT) == 300


def test_pages_of_another_image_are_refused(pool: ConnectionPool) -> None:
    with pytest.raises(ImageError), pool.bind(Pages(image(1024))):
        pass


def test_a_connection_reads_nothing_after_it_went_back(pool: ConnectionPool) -> None:
    with pool.bind(Pages(image())) as connection:
        connection.execute(COUNT).fetchall()
    with pytest.raises(PagesError, match="went back"):
        connection.execute(COUNT).fetchall()
    assert value(pool, Pages(image()), COUNT) == 300


def test_a_closed_pool_binds_nothing_and_lets_the_bound_finish() -> None:
    pool = ConnectionPool(image())
    pages = Pages(image())
    with pool.bind(pages) as connection:
        pool.close()
        connection.execute("DELETE FROM note WHERE id = 1")
    assert pool.opened == 0
    with pytest.raises(PagesError, match="closed"), pool.bind(pages):
        pass


def test_setup_runs_once_per_connection_and_may_not_write() -> None:
    seen = []
    pool = ConnectionPool(image(), seen.append, size=1)
    for _ in range(3):
        run(pool, Pages(image()), "DELETE FROM note")
    assert len(seen) == 1
    pool.close()
    writing = ConnectionPool(image(), lambda connection: connection.execute("DELETE FROM note"))
    for _ in range(2):
        with pytest.raises(PagesError, match="setup"), writing.bind(Pages(image())):
            pass
    assert writing.opened == 0


def test_rolling_back_to_a_savepoint_takes_the_rows_back(pool: ConnectionPool) -> None:
    pages = Pages(image())
    with pool.bind(pages) as connection:
        connection.execute(
            "SAVEPOINT outer; DELETE FROM note WHERE id = 1; SAVEPOINT inner; DELETE FROM note WHERE id < 9"
        )
        assert connection.execute(COUNT).get == 292
        connection.execute("ROLLBACK TO inner; INSERT INTO note(person, body) VALUES (2, 'kept'); RELEASE inner")
        assert connection.execute(COUNT).get == 300
        connection.execute("RELEASE outer; SAVEPOINT lost; DELETE FROM person; ROLLBACK TO lost; RELEASE lost")
    assert value(pool, pages, COUNT) == 300
    assert value(pool, pages, "SELECT min(id) FROM note") == 2


def test_a_rollback_undoes_what_had_spilled_into_the_overlay() -> None:
    pool = ConnectionPool(image(), lambda connection: connection.execute("PRAGMA cache_size=10"))
    pages = Pages(image())
    untouched = pages.to_bytes()
    with pool.bind(pages) as connection:
        connection.execute(
            "SAVEPOINT big; INSERT INTO note(person, body) SELECT 1, a.body FROM note a, note b LIMIT 1500"
        )
        assert len(pages.table) > 50
        for refused in (pages.fork, pages.to_bytes):
            with pytest.raises(PagesInUse, match="open write transaction"):
                refused()
        connection.execute("ROLLBACK TO big; RELEASE big")
        assert pages.size == image().size
    assert pages.to_bytes() == untouched
    assert value(pool, pages, "PRAGMA integrity_check") == "ok"
    pool.close()


def test_foreign_keys_and_checks_hold(pool: ConnectionPool) -> None:
    pages = Pages(image())
    for broken in ("INSERT INTO note(person, body) VALUES (9999, 'x')", "UPDATE note SET size = -1 WHERE id = 3"):
        with pytest.raises(apsw.ConstraintError):
            run(pool, pages, broken)
    run(pool, pages, "DELETE FROM person WHERE id = 2")
    assert value(pool, pages, COUNT) == 295


def test_an_open_transaction_is_undone_and_reported(pool: ConnectionPool) -> None:
    pages = Pages(image())
    with pytest.raises(LeftOpen, match="a transaction"):
        run(pool, pages, "BEGIN; DELETE FROM note")
    assert value(pool, pages, COUNT) == 300


def test_an_open_statement_is_closed_and_reported(pool: ConnectionPool) -> None:
    pages = Pages(image())
    with pytest.raises(LeftOpen, match="a statement"), pool.bind(pages) as connection:
        cursor = connection.execute("SELECT * FROM note")
        next(cursor)
    with pytest.raises(apsw.CursorClosedError):
        next(cursor)
    assert value(pool, pages, COUNT) == 300
    assert pool.opened == 1


def test_an_error_in_the_middle_of_a_spilled_transaction_leaves_no_row() -> None:
    pool = ConnectionPool(image(), lambda connection: connection.execute("PRAGMA cache_size=10"), size=1)
    pages = Pages(image())
    with pytest.raises(ZeroDivisionError), pool.bind(pages) as connection:
        connection.execute("BEGIN; INSERT INTO note(person, body) SELECT 1, a.body FROM note a, note b LIMIT 2000")
        cursor = connection.execute("SELECT * FROM note")
        next(cursor)
        1 / 0  # noqa: B018
    assert pages.claim.locked() is False
    assert value(pool, pages, COUNT) == 300
    assert value(pool, pages, "PRAGMA integrity_check") == "ok"
    pool.close()


def test_a_transaction_that_an_authorizer_keeps_open_costs_the_connection_not_the_rows() -> None:
    pool = ConnectionPool(image(), lambda connection: connection.execute("PRAGMA cache_size=10"), size=1)
    pages = Pages(image())
    with pytest.raises(LeftOpen), pool.bind(pages) as connection:
        connection.execute("BEGIN; INSERT INTO note(person, body) SELECT 1, a.body FROM note a, note b LIMIT 2000")
        assert len(pages.table) > 50
        connection.authorizer = lambda *_: apsw.SQLITE_DENY
    assert pool.discarded == 1
    assert value(pool, pages, COUNT) == 300
    pool.close()


def changes_of(session: apsw.Session) -> list[tuple[str, str]]:
    return [(change.op, change.name) for change in apsw.Changeset.iter(session.changeset())]


def test_a_session_records_the_rows_of_its_episode_right_after_a_rewind() -> None:
    pool = ConnectionPool(image(), size=1)
    first, second = Pages(image()), Pages(image())
    run(pool, first, "DELETE FROM note WHERE id < 100")
    for _ in range(3):
        for pages in (second, first):
            with pool.bind(pages) as connection:
                session = apsw.Session(connection, "main")
                session.attach()
                connection.execute("SAVEPOINT call; UPDATE person SET name = name || '!' WHERE id = 9")
                connection.execute("INSERT INTO note(person, body) VALUES (9, 'recorded')")
                connection.execute(
                    "SAVEPOINT undone; DELETE FROM person WHERE id = 11; ROLLBACK TO undone; RELEASE undone"
                )
                assert sorted(changes_of(session)) == [("INSERT", "note"), ("UPDATE", "person")]
                connection.execute("RELEASE call")
                session.close()
    assert pool.opened == 1
    assert (value(pool, first, COUNT), value(pool, second, COUNT)) == (204, 303)
    pool.close()


def test_a_changeset_of_one_episode_applies_to_another(pool: ConnectionPool) -> None:
    source, target = Pages(image()), Pages(image())
    with pool.bind(source) as connection, contextlib.closing(apsw.Session(connection, "main")) as session:
        session.attach()
        connection.execute("DELETE FROM note WHERE id < 100; UPDATE person SET boss = 2 WHERE id > 50")
        changeset = session.changeset()
    with pool.bind(target) as connection:
        apsw.Changeset.apply(changeset, connection)
    rows = "SELECT (SELECT count(*) FROM note), (SELECT sum(boss) FROM person)"
    assert value(pool, target, rows) == value(pool, source, rows)


def test_thousands_of_episodes_leave_no_handle_and_no_memory_behind(pool: ConnectionPool) -> None:
    root = Pages(image())

    def rounds(count: int) -> None:
        for number in range(count):
            with pool.bind(root.fork()) as connection:
                connection.execute("UPDATE note SET size = ? WHERE id = 17", (number,))

    rounds(50)
    handles, sqlite_before = len(os.listdir("/dev/fd")), apsw.memory_used()
    tracemalloc.start()
    rounds(20)
    before = tracemalloc.get_traced_memory()[0]
    rounds(2000)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert len(os.listdir("/dev/fd")) == handles
    assert grown < 50_000
    assert apsw.memory_used() - sqlite_before < 50_000
    assert value(pool, root, "SELECT size FROM note WHERE id = 17") == 16


def test_threads_take_turns_on_few_connections() -> None:
    pool = ConnectionPool(image(), size=2)
    overlays = [Pages(image()) for _ in range(6)]
    wrong: list[tuple[int, object]] = []

    def work(number: int) -> None:
        for step in range(40):
            run(pool, overlays[number], f"UPDATE note SET size = {number * 1000 + step} WHERE id = {1 + step}")
            seen = value(pool, overlays[number], f"SELECT size FROM note WHERE id = {1 + step}")
            if seen != number * 1000 + step:
                wrong.append((number, seen))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(overlays))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert pool.opened <= 2
    assert [value(pool, pages, "PRAGMA integrity_check") for pages in overlays] == ["ok"] * 6
    pool.close()
