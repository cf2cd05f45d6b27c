"""Db.page counts what the query gives, whatever its order says."""

import apsw
import pytest

from enterpriselab.toolkit import Db


@pytest.fixture
def numbers() -> Db:
    connection = apsw.Connection(":memory:")
    connection.execute("CREATE TABLE number(n INTEGER PRIMARY KEY) STRICT")
    connection.executemany("INSERT INTO number VALUES (?)", [(n,) for n in range(1, 21)])
    return Db(connection)


@pytest.mark.parametrize(
    ("sql", "params", "total", "first"),
    [
        ("SELECT n FROM number ORDER BY n DESC", (), 20, 20),
        ("SELECT n FROM number WHERE n > ? order by\n n", (5,), 15, 6),
        ("SELECT n FROM number ORDER BY abs(n - 7), n", (), 20, 7),
        ("SELECT n FROM number ORDER BY n <> ?, n", (9,), 20, 9),
        ("SELECT n FROM (SELECT n FROM number ORDER BY n DESC LIMIT 3)", (), 3, 20),
        ("SELECT 'a ORDER BY b' AS n FROM number WHERE n = 4", (), 1, "a ORDER BY b"),
    ],
)
def test_a_page_counts_all_rows_of_any_ordered_query(
    numbers: Db, sql: str, params: tuple[int, ...], total: int, first: object
) -> None:
    page = numbers.page(sql, *params, page=1, per_page=2)
    assert page["total"] == total
    assert page["items"][0]["n"] == first
