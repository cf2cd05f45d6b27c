"""SQL that only reads: one statement, within limits, and 'now' is the episode's."""

import pytest

from enterpriselab.core.errors import UsageError
from enterpriselab.sandbox.sql import SqlLimits
from enterpriselab.sandbox.statements import first_word, split_statements
from enterpriselab.sandbox.world import World
from tests.workshop import workshop_world


@pytest.fixture(scope="module")
def world() -> World:
    return workshop_world()


def test_now_is_the_instant_of_the_episode_and_no_zone_is_that_of_the_machine(world: World) -> None:
    episode = world.episode()
    query = """SELECT datetime('now') AS a, current_timestamp AS b, date('NOW', '-1 day') AS c, strftime('%Y') AS d,
        datetime('2026-01-01 12:00:00', 'localtime') AS e, unixepoch() AS f, time() AS g"""
    assert episode.sql(query) == [
        {
            "a": "2026-03-02 09:00:00",
            "b": "2026-03-02 09:00:00",
            "c": "2026-03-01",
            "d": "2026",
            "e": "2026-01-01 12:00:00",
            "f": 1772442000,
            "g": "09:00:00",
        }
    ]
    episode.call("lend_item", {"item_id": "IT-001", "days": 3})
    assert episode.sql("SELECT time('now') AS now") == [{"now": episode.clock.now[11:19]}] != [{"now": "09:00:00"}]
    assert world.episode().sql("SELECT time('now') AS now") == [{"now": "09:00:00"}]


@pytest.mark.parametrize(
    ("query", "limits", "words"),
    [
        (
            "SELECT count(*) FROM workshop_item a, workshop_item b",
            SqlLimits(steps=100, steps_per_check=10),
            "100 steps",
        ),
        ("SELECT * FROM workshop_item", SqlLimits(rows=29), "more than 29 rows"),
        ("SELECT printf('%100s', 1) FROM workshop_item", SqlLimits(size=2999), "more than 2,999 characters"),
        ("SELECT printf('%101s', 1)", SqlLimits(length=100), "too big"),
        ("SELECT count(*) FROM workshop_item", SqlLimits(seconds=-1, steps_per_check=1), "seconds"),
        (
            "WITH RECURSIVE c(x) AS (SELECT printf('%900000s', 1) UNION ALL SELECT x FROM c LIMIT 99) "
            "SELECT length(x) FROM (SELECT x FROM c ORDER BY x || 1)",
            SqlLimits(memory=2**20, steps_per_check=10),
            "1 MiB of memory",
        ),
    ],
)
def test_a_query_that_takes_too_much_is_stopped_and_the_next_one_runs(
    world: World, query: str, limits: SqlLimits, words: str
) -> None:
    episode = world.episode()
    with pytest.raises(UsageError, match=words):
        episode.sql(query, limits=limits)
    assert episode.sql("SELECT length(printf('%1000s', 1)) AS n") == [{"n": 1000}]


@pytest.mark.parametrize(
    "query", ["", ";", "-- x", "SELECT 1; SELECT 2", "SELECT CAST(x'ff' AS TEXT)", "SELECT '\ud800'"]
)
def test_what_is_not_one_readable_statement_is_a_typed_error(world: World, query: str) -> None:
    with pytest.raises(UsageError):
        world.episode().sql(query)


def test_the_present_state_is_an_ordinary_database(world: World) -> None:
    episode = world.episode()
    before = episode.nbytes
    episode.call("lend_item", {"item_id": "IT-001", "days": 3})
    assert episode.database().startswith(b"SQLite format 3") and episode.nbytes > before


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("SELECT ';' ; SELECT 'it''s; fine' -- no; end\n; ;", ["SELECT ';' ", " SELECT 'it''s; fine' -- no; end\n"]),
        ('SELECT ";", [;], `;`; /* ; */ SELECT 2', ['SELECT ";", [;], `;`', " /* ; */ SELECT 2"]),
        ("SELECT 'open; ended", ["SELECT 'open; ended"]),
        ("\ufeff -- only\n /* comments", []),
        ("", []),
    ],
)
def test_a_text_falls_into_its_statements(text: str, wanted: list[str]) -> None:
    assert split_statements(text) == wanted


def test_the_first_word_is_found_behind_comments() -> None:
    assert first_word("/* SELECT */ -- x\n delete FROM t") == "DELETE"
    assert first_word("(SELECT 1)") == first_word("") == ""
