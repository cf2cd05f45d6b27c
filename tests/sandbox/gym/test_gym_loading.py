"""SQL text becomes an image: values in our form, strangers kept, breaks told, and nothing but tables filled."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import pytest
from depot_gym import SCHEMA, SEED, depot_app, depot_databases, depot_spec

from enterpriselab.core.errors import UsageError
from enterpriselab.sandbox.gym.loading import load_text
from enterpriselab.sandbox.gym.values import normalised
from enterpriselab.sandbox.gym.worlds import Worlds

NOW = "2026-03-02T09:00:00Z"
TEN = "CREATE TABLE t (x); INSERT INTO t VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);"
USER = "INSERT INTO users VALUES ('U1', 'Ada', 't1', 1);"


@contextmanager
def loaded(text: str) -> Iterator[tuple[apsw.Connection, dict[str, Any]]]:
    data, report = load_text(text, SCHEMA, NOW)
    connection = apsw.Connection(":memory:")
    connection.deserialize("main", data)
    try:
        yield connection, report.to_json()
    finally:
        connection.close()


def rows(connection: apsw.Connection, sql: str) -> list[Any]:
    return connection.execute(sql).fetchall()


def test_a_dump_is_brought_into_our_form_and_the_report_says_what_changed() -> None:
    with loaded(SEED) as (connection, report):
        assert rows(connection, "SELECT weight, created_at, fragile FROM parcel ORDER BY 1") == [
            (2.5, "2026-01-05 10:00:00", 1),
            (7.0, "2026-01-06 11:30:00", 0),
        ]
        assert rows(connection, "SELECT active, name FROM users ORDER BY 2") == [(1, "Ada; the first"), (1, "Bo")]
    assert report["tables"] == {"parcel": 2, "users": 2}
    assert report["normalised"] == {"users.active": 2, "parcel.fragile": 1, "parcel.created_at": 1}
    assert set(report) == {"tables", "normalised"}


def test_a_text_without_tables_fills_ours_by_position_or_by_name() -> None:
    text = USER + "INSERT INTO parcel (title, parcel_id, owner, state) VALUES ('Lamp', 'P1', 'U1', 'sent')"
    with loaded(text) as (connection, report):
        assert rows(connection, "SELECT parcel_id, title, weight, fragile FROM parcel") == [("P1", "Lamp", None, 0)]
    assert report == {"tables": {"parcel": 1, "users": 1}, "filled": {"parcel.fragile": 1}}


def test_the_tables_that_the_text_makes_may_have_their_columns_in_any_order_and_case() -> None:
    text = (
        "CREATE TABLE Users (ACTIVE, Name, user_id, static_token); INSERT INTO Users VALUES ('no', 'Ada', 'U1', 't');"
    )
    with loaded(text) as (connection, _):
        assert rows(connection, "SELECT * FROM users") == [("U1", "Ada", "t", 0)]


def test_rows_that_break_rules_are_kept_and_told() -> None:
    text = USER + (
        "INSERT INTO parcel VALUES ('P1', 'a', 'lost', 1, 'U1', '2026-01-01 00:00:00', 0);"
        "INSERT INTO parcel VALUES ('P2', 'a', 'sent', 1, 'nobody', 'soon', 0);"
        "INSERT INTO parcel VALUES ('P2', 'doubled', 'sent', 1, 'U1', NULL, 0);"
        "INSERT INTO parcel VALUES ('P3', NULL, 'sent', 'heavy', 'U1', NULL, NULL);"
    )
    with loaded(text) as (connection, report):
        found = rows(connection, "SELECT parcel_id, title, state, weight, fragile FROM parcel ORDER BY 1")
        assert found == [("P1", "a", "lost", 1.0, 0), ("P2", "a", "sent", 1.0, 0), ("P3", "", "sent", None, 0)]
    assert report["doubled"] == {"parcel": 1}
    assert report["emptied"] == {"parcel.weight": 1}
    assert report["filled"] == {"parcel.title": 1, "parcel.fragile": 1}
    assert report["breaking_check"] == {"parcel": 2}
    assert report["breaking_reference"] == {"parcel -> users": 1}


def test_tables_columns_and_views_that_the_app_does_not_know_are_kept() -> None:
    text = USER + (
        "CREATE TABLE legacy (id INTEGER PRIMARY KEY, note VARCHAR(9), n NUMERIC, raw BLOB);"
        "INSERT INTO legacy VALUES (4, 'x', 2.50, x'00ff');"
        "CREATE VIEW people AS SELECT name FROM users;"
        "ALTER TABLE users ADD COLUMN alias; ALTER TABLE users RENAME COLUMN alias TO nick;"
        "UPDATE users SET nick = 'A'; ALTER TABLE legacy RENAME TO archive; ALTER TABLE archive DROP COLUMN note;"
    )
    with loaded(text) as (connection, report):
        assert rows(connection, "SELECT * FROM archive") == [(4, 2.5, b"\x00\xff")]
        assert rows(connection, "SELECT name FROM people") == [("Ada",)]
        assert rows(connection, "SELECT nick FROM users") == [("A",)]
    assert report["extra_tables"] == ["archive", "people"]
    assert report["extra_columns"] == ["users.nick"]


def test_a_dump_of_one_of_our_own_databases_loads_back_without_a_word() -> None:
    with loaded(SEED) as (connection, _):
        plain = sqlite3.connect(":memory:")
        plain.deserialize(connection.serialize("main"))
        dump = "\n".join(plain.iterdump()) + "ALTER TABLE users ADD COLUMN nick TEXT;"
        plain.close()
        with loaded(dump) as (again, report):
            for table in ("users", "parcel"):
                old = rows(connection, f"SELECT * FROM {table}")
                assert [row[: len(old[0])] for row in rows(again, f"SELECT * FROM {table}")] == old
    assert report == {"tables": {"parcel": 2, "users": 2}, "extra_columns": ["users.nick"]}


def test_now_in_a_text_is_the_virtual_instant_so_that_one_text_is_one_image() -> None:
    text = (
        "CREATE TABLE log (at DEFAULT CURRENT_TIMESTAMP, x);"
        "INSERT INTO log (x) VALUES (1); INSERT INTO log VALUES (datetime('now', '-1 day'), 2), (date(), 3);"
    )
    with loaded(text) as (connection, _):
        assert rows(connection, "SELECT at FROM log") == [
            ("2026-03-02 09:00:00",),
            ("2026-03-01 09:00:00",),
            ("2026-03-02",),
        ]
    assert load_text(text, SCHEMA, NOW)[0] == load_text(text, SCHEMA, NOW)[0]


@pytest.mark.parametrize(
    "statement",
    [
        "ATTACH DATABASE '/tmp/x' AS other",
        "ATTACH ':memory:' AS other",
        "DETACH DATABASE main",
        "VACUUM INTO '/tmp/x'",
        "VACUUM",
        "PRAGMA writable_schema = ON",
        "PRAGMA database_list",
        "PRAGMA temp_store_directory = '/tmp'",
        "SELECT load_extension('/tmp/x.so')",
        "INSERT INTO users SELECT readfile('/etc/passwd'), 1, 1, 1",
        "CREATE TRIGGER t AFTER INSERT ON users BEGIN DELETE FROM users; END",
        "CREATE VIRTUAL TABLE f USING fts5(x)",
        "CREATE TEMP TABLE t (x)",
        "CREATE TABLE temp.t (x)",
        "CREATE TEMP VIEW v AS SELECT 1",
        "INSERT INTO users VALUES (hex(randomblob(1000000000)), 1, 1, 1)",
        "INSERT INTO sqlite_master VALUES ('table', 'x', 'x', 9, 'x')",
        "UPDATE sqlite_schema SET sql = 'x'",
        "UPDATE sqlite_temp_master SET sql = 'x'",
        "INSERT INTO sqlite_temp_schema VALUES ('table', 'x', 'x', 9, 'x')",
        "SELECT sqlite_version()",
    ],
)
def test_a_statement_that_fills_no_table_is_refused_with_its_number(statement: str) -> None:
    with pytest.raises(UsageError, match=r"^Statement 2, ") as refused:
        load_text(f"{USER}\n{statement};", SCHEMA, NOW)
    assert "/etc" not in str(refused.value).partition(": ")[2]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("INSERT INTO nowhere VALUES (1)", "no such table: nowhere"),
        ("INSERT INTO users VALUES (1)", "4 columns but 1 values"),
        ("SELEC 1", "syntax error"),
        ("INSERT INTO users VALUES ('a", "unrecognized token"),
        ("INSERT INTO users VALUES (?, 1, 1, 1)", "bindings"),
        ("INSERT INTO users VALUES ('\x00', 1, 1, 1)", "null character|unrecognized"),
        ("INSERT INTO users VALUES ('\ud800', 1, 1, 1)", "surrogates"),
        ("INSERT INTO users VALUES (CAST(x'ff' AS TEXT), 1, 1, 1)", "codec"),
        ("CREATE TABLE t (x); INSERT INTO t VALUES (printf('%.*c', 2000000, 'x'))", "too big"),
        ("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x FROM c) INSERT INTO users (name) SELECT x FROM c", "may"),
        (
            f"{TEN} CREATE TABLE u (x); INSERT INTO u SELECT (SELECT printf('%90000s', 1)) FROM t a, t b, t c, t d",
            "full",
        ),
        (f"{TEN} SELECT count(*) FROM t a, t b, t c, t d, t e, t f, t g, t h, t i, t j", "100,000,000 steps"),
        (";".join(f"CREATE TABLE t{n} (x)" for n in range(201)), "201 tables"),
        ("DROP TABLE users; CREATE VIEW users AS SELECT 1", "already"),
    ],
)
def test_a_text_that_is_wrong_or_too_much_is_refused_whole(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        load_text(text, SCHEMA, NOW)


def test_harmless_settings_of_a_dump_do_nothing() -> None:
    text = "PRAGMA foreign_keys = OFF; PRAGMA encoding = 'UTF-16'; PRAGMA journal_mode = WAL;" + USER + "ANALYZE;"
    with loaded(text) as (connection, _):
        assert rows(connection, "PRAGMA encoding") == [("UTF-8",)]


def test_a_text_that_was_seen_before_is_not_run_again(tmp_path: Path) -> None:
    worlds = Worlds(depot_app(), depot_spec, tmp_path)
    source, world, report = worlds.of_text(SEED, "")
    [image] = tmp_path.glob("*.sqlite")
    written = image.stat().st_ino
    again = Worlds(depot_app(), depot_spec, tmp_path)
    assert again.of_text(SEED, "")[0] == source and again.of_text(SEED, "")[2] == report
    assert again.of_text(SEED, "")[1].image.digest == world.image.digest
    assert image.stat().st_ino == written
    assert worlds.of_text(SEED, "parity")[1].spec.level == "parity"
    assert worlds.of_text(SEED + " ", "")[0] != source


def test_images_that_no_database_needs_make_room(tmp_path: Path) -> None:
    databases = depot_databases(tmp_path)
    for number in range(4):
        databases.create(f"db{number}", sql=f"{SEED} -- {number}")
    for number in range(3):
        databases.delete(f"db{number}")
    databases.worlds.prune(databases.sources(), limit=0)
    assert len(list((tmp_path / "images").iterdir())) == 2
    databases.sweep()
    assert databases.call("db3", "list_parcels", {}).ok


@pytest.mark.parametrize(
    ("kind", "given", "wanted"),
    [
        ("INTEGER", ["true", "F", "5", 5.0, "5.0", 5.5, "many", None, " 7 "], [1, 0, 5, 5, 5, 5.5, "many", None, 7]),
        ("INTEGER", ["9" * 40, "1_000", "0x10"], [float("9" * 40), "1_000", "0x10"]),
        ("REAL", ["2.50", "1e3", ".5", "nan", "inf", "1,5", 3], [2.5, 1000.0, 0.5, "nan", "inf", "1,5", 3]),
        ("TEXT", [5, 2.5, b"ab", None, "x"], ["5", "2.5", "ab", None, "x"]),
        ("TEXT", ["2026-01-05T10:00:00Z", None, ""], ["2026-01-05 10:00:00", None, None]),
        ("TEXT", ["2026-01-05 10:00:00.999999+02:00", "2026-01-05"], ["2026-01-05 08:00:00", "2026-01-05 00:00:00"]),
        ("TEXT", ["2026-01-05 10:00", "2026-02-31 10:00:00"], ["2026-01-05 10:00:00", "2026-02-31 10:00:00"]),
        ("TEXT", ["2026-01-05T10:00:00Z", "see above"], ["2026-01-05T10:00:00Z", "see above"]),
        ("TEXT", ["2026-01-05", "2026-01-06"], ["2026-01-05", "2026-01-06"]),
        ("TEXT", ["0001-01-01 00:00:00+14:00"], ["0001-01-01 00:00:00+14:00"]),
        ("ANY", ["true", 5, "2026-01-05T10:00:00Z"], ["true", 5, "2026-01-05T10:00:00Z"]),
    ],
)
def test_values_take_the_form_of_their_column(kind: str, given: list[Any], wanted: list[Any]) -> None:
    assert normalised(given, kind) == wanted
