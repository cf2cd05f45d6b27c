"""Nothing passes from one episode to the next, or to the host, through a pooled connection."""

import contextlib
import os
from collections.abc import Iterator

import apsw
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from page_stores import COUNT, PEOPLE, image, run, seed, value

from enterpriselab.sandbox.pages import Pages
from enterpriselab.sandbox.pool import ConnectionPool


@pytest.fixture
def pool() -> Iterator[ConnectionPool]:
    made = ConnectionPool(image(), size=2, wait_s=0)
    yield made
    made.close()


def test_schemas_changed_in_two_episodes_do_not_mix(pool: ConnectionPool) -> None:
    left, right, plain = Pages(image()), Pages(image()), Pages(image())
    run(pool, left, "CREATE TABLE extra (a INTEGER PRIMARY KEY, b); INSERT INTO extra VALUES (1, 'left')")
    run(pool, right, "CREATE TABLE extra (z TEXT PRIMARY KEY) WITHOUT ROWID; INSERT INTO extra VALUES ('right')")
    twig = left.fork()
    run(pool, twig, "INSERT INTO extra VALUES (2, 'twig')")
    assert left.cookie == right.cookie  # the trap: SQLite alone could not tell these schemas apart
    for _ in range(3):
        assert value(pool, left, "SELECT * FROM extra") == (1, "left")
        assert value(pool, right, "SELECT * FROM extra") == "right"
        assert value(pool, twig, "SELECT count(*) FROM extra") == 2
        assert value(pool, plain, "SELECT count(*) FROM sqlite_schema WHERE name = 'extra'") == 0
    for pages in (left, right, twig, plain):
        assert value(pool, Pages.from_bytes(image(), pages.to_bytes()), "PRAGMA integrity_check") == "ok"


def test_a_rolled_back_schema_change_leaves_the_schema_usable(pool: ConnectionPool) -> None:
    pages = Pages(image())
    run(pool, pages, "SAVEPOINT s; CREATE TABLE extra (a); ROLLBACK TO s; RELEASE s")
    with pytest.raises(apsw.SQLError, match="no such table"):
        run(pool, pages, "SELECT * FROM extra")
    assert value(pool, pages, COUNT) == 300


def test_temporary_tables_do_not_reach_the_next_episode() -> None:
    pool = ConnectionPool(image(), size=1)
    run(pool, Pages(image()), "CREATE TEMP TABLE secret (a); INSERT INTO secret VALUES (1)")
    with pytest.raises(apsw.SQLError, match="no such table"):
        run(pool, Pages(image()), "SELECT * FROM secret")
    assert pool.opened == 1
    pool.close()


@pytest.mark.parametrize(
    "pragma",
    ["foreign_keys=off", "journal_mode=off", "journal_mode(wal)", "locking_mode=exclusive", "main.temp_store=1"],
)
def test_pragmas_that_change_a_shared_connection_are_refused(pool: ConnectionPool, pragma: str) -> None:
    with pytest.raises(apsw.SQLError, match="is refused"):
        run(pool, Pages(image()), f"PRAGMA {pragma}")
    assert value(pool, Pages(image()), "PRAGMA journal_mode") == "memory"


def test_a_pragma_that_slips_in_through_the_temporary_schema_does_not_stay() -> None:
    pool = ConnectionPool(image(), size=1)
    run(pool, Pages(image()), "PRAGMA temp.foreign_keys=off")
    assert value(pool, Pages(image()), "PRAGMA foreign_keys") == 1
    pool.close()


def test_reading_pragmas_work(pool: ConnectionPool) -> None:
    with pool.bind(Pages(image())) as connection:
        assert [row[1] for row in connection.execute("PRAGMA table_info(person)")] == ["id", "name", "boss"]
        assert connection.execute("SELECT count(*) FROM pragma_foreign_key_list('note')").get == 1


def test_the_last_insert_rowid_of_another_episode_is_not_seen() -> None:
    pool = ConnectionPool(image(), size=1)
    run(pool, Pages(image()), "INSERT INTO note(person, body) VALUES (1, 'x')")
    assert value(pool, Pages(image()), "SELECT last_insert_rowid()") == 0
    pool.close()


def test_attach_and_vacuum_into_reach_no_file_of_the_host(pool: ConnectionPool, tmp_path: object) -> None:
    target = f"{tmp_path}/host.sqlite"
    host = apsw.Connection(target)
    host.execute("CREATE TABLE secret (a)")
    host.close()
    for name in (target, f"file:{target}?vfs=unix", f"file:{target}?vfs=unix&mode=rw", ":memory:", "", "/pages/1"):
        with pytest.raises(apsw.Error, match="too many attached"):
            run(pool, Pages(image()), f"ATTACH '{name}' AS host")
    with pytest.raises(apsw.Error):
        run(pool, Pages(image()), f"VACUUM INTO '{target}.copy'")
    assert os.listdir(str(tmp_path)) == ["host.sqlite"]


def test_the_vfs_opens_nothing_but_what_the_pool_announced(pool: ConnectionPool, tmp_path: object) -> None:
    with pool.bind(Pages(image())) as connection:
        vfs = connection.open_vfs
    for name in (f"{tmp_path}/host.sqlite", "/pages/1", "/pages/2"):
        with pytest.raises(apsw.CantOpenError, match="outside of the episode"):
            apsw.Connection(name, vfs=vfs)
    assert os.listdir(str(tmp_path)) == []


STATEMENTS = st.sampled_from(
    [
        "INSERT INTO note(person, body, size) VALUES ({a}, 'written {b}', {b})",
        "INSERT INTO note(person, body, size) SELECT person, body || body, size FROM note WHERE id % 5 = {a} % 5",
        "INSERT OR REPLACE INTO person VALUES ({a}, 'replaced {b}', 1)",
        "UPDATE note SET size = size + {b}, body = body || {a} WHERE person = {a}",
        "UPDATE note SET size = -1 WHERE id = (SELECT max(id) FROM note)",
        "UPDATE person SET name = 'moved ' || id || '-{b}' WHERE id >= {a}",
        "DELETE FROM note WHERE id % 3 = {b} % 3",
        "DELETE FROM person WHERE id = {a}",
        "DELETE FROM note WHERE person < {a}",
        "CREATE TABLE IF NOT EXISTS extra_{b} (id INTEGER PRIMARY KEY, body TEXT)",
    ]
)
A, B = st.integers(1, PEOPLE), st.integers(0, 9)
FILLED = st.builds(lambda sql, a, b: sql.format(a=a, b=b), STATEMENTS, A, B)


def content(connection: apsw.Connection) -> list[object]:
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1")]
    return [(name, connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall()) for name in names]


def play(connection: apsw.Connection, statements: list[str], keep: bool) -> tuple[list[str], bytes]:
    """Each statement in its own savepoint, all in one: (kinds of errors, the changeset)."""
    errors = []
    with contextlib.closing(apsw.Session(connection, "main")) as session:
        session.attach()
        connection.execute("SAVEPOINT whole")
        for sql in statements:
            connection.execute("SAVEPOINT part")
            try:
                connection.execute(sql)
            except apsw.ConstraintError as error:
                errors.append(str(error))
                connection.execute("ROLLBACK TO part")
            connection.execute("RELEASE part")
        if not keep:
            connection.execute("ROLLBACK TO whole")
        connection.execute("RELEASE whole")
        return errors, session.changeset()


def plain_copy(data: bytes) -> apsw.Connection:
    connection = apsw.Connection(":memory:")
    connection.deserialize("main", data)
    connection.execute("PRAGMA foreign_keys=on")
    return connection


class InterleavedEpisodes(RuleBasedStateMachine):
    """Episodes on two connections with tiny caches, against one ordinary in-memory database for each."""

    @initialize(connections=st.integers(1, 2))
    def open(self, connections: int) -> None:
        tiny_cache = lambda connection: connection.execute("PRAGMA cache_size=6")  # noqa: E731
        self.pool = ConnectionPool(image(1024), tiny_cache, size=connections)
        self.pairs = [(Pages(image(1024)), plain_copy(seed(1024)))]

    def pick(self, number: int) -> tuple[Pages, apsw.Connection]:
        return self.pairs[number % len(self.pairs)]

    @rule(number=B, statements=st.lists(FILLED, min_size=1, max_size=4), keep=st.booleans())
    def write(self, number: int, statements: list[str], keep: bool) -> None:
        pages, plain = self.pick(number)
        with self.pool.bind(pages) as connection:
            assert play(connection, statements, keep) == play(plain, statements, keep)

    @precondition(lambda self: len(self.pairs) < 5)
    @rule(number=B, through_bytes=st.booleans())
    def fork(self, number: int, through_bytes: bool) -> None:
        pages, plain = self.pick(number)
        copy = Pages.from_bytes(pages.image, pages.to_bytes()) if through_bytes else pages.fork()
        self.pairs.append((copy, plain_copy(bytes(plain.serialize("main")))))

    @precondition(lambda self: len(self.pairs) > 1)
    @rule(number=B)
    def drop(self, number: int) -> None:
        self.pairs.pop(number % len(self.pairs))[1].close()

    @rule(number=B, statement=FILLED)
    def crash(self, number: int, statement: str) -> None:
        pages, _ = self.pick(number)
        with pytest.raises((ZeroDivisionError, apsw.ConstraintError)), self.pool.bind(pages) as connection:
            connection.execute(f"BEGIN; {statement}; DELETE FROM note WHERE id % 2; SELECT 1")
            1 / 0  # noqa: B018

    @invariant()
    def same_rows(self) -> None:
        for pages, plain in getattr(self, "pairs", []):
            with self.pool.bind(pages) as connection:
                assert content(connection) == content(plain)

    def teardown(self) -> None:
        for pages, plain in getattr(self, "pairs", []):
            assert value(self.pool, pages, "PRAGMA integrity_check") == "ok"
            plain.close()
        if hasattr(self, "pool"):
            self.pool.close()


InterleavedEpisodes.TestCase.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)
test_interleaved_episodes_behave_like_separate_databases = InterleavedEpisodes.TestCase
