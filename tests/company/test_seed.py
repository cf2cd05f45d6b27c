"""The company's tables hold the firm, and refuse what cannot be."""

from collections.abc import Iterator
from typing import Any

import apsw
import pytest

from enterpriselab.company import ROLES, build_firm, schema_sql, seed_company

FIRM = build_firm()


def seeded(seed: int = 7) -> apsw.Connection:
    connection = apsw.Connection(":memory:")
    connection.pragma("foreign_keys", True)
    connection.execute(schema_sql())
    seed_company(connection, build_firm(seed))
    return connection


@pytest.fixture
def db() -> Iterator[apsw.Connection]:
    connection = seeded()
    yield connection
    connection.close()


def tables(db: apsw.Connection) -> list[str]:
    return [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]


def value(db: apsw.Connection, sql: str, *params: object) -> Any:
    return next(iter(db.execute(sql, params)))[0]


def test_equal_seeds_give_equal_bytes_and_other_seeds_other_bytes() -> None:
    first, second, other = (bytes(seeded(seed).serialize("main")) for seed in (7, 7, 8))
    assert first == second
    assert first != other


def test_foreign_keys_hold_and_the_database_is_sound(db: apsw.Connection) -> None:
    assert list(db.execute("PRAGMA foreign_key_check")) == []
    assert db.pragma("integrity_check") == "ok"


def test_every_table_has_rows_is_strict_prefixed_and_keyed(db: apsw.Connection) -> None:
    assert len(tables(db)) == 12
    for table in tables(db):
        assert table.startswith("company_")
        assert value(db, f"SELECT count(*) FROM {table}") > 0
        assert any(row[5] for row in db.execute(f"PRAGMA table_info({table})"))
        assert value(db, "SELECT strict FROM pragma_table_list WHERE name = ?", table) == 1


def test_every_foreign_key_column_leads_an_index(db: apsw.Connection) -> None:
    for table in tables(db):
        leading = set()
        for index in db.execute(f"PRAGMA index_list({table})"):
            leading.add(next(iter(db.execute(f"PRAGMA index_info({index[1]})")))[2])
        for key in db.execute(f"PRAGMA foreign_key_list({table})"):
            assert key[3] in leading, f"{table}.{key[3]}"


def test_the_rows_are_the_firm(db: apsw.Connection) -> None:
    assert value(db, "SELECT count(*) FROM company_person") == len(FIRM.people)
    person = FIRM.people[41]
    query = "SELECT full_name, manager_id, left_on, status, json_array_length(skills) FROM company_person WHERE id = ?"
    row = next(iter(db.execute(query, (person.id,))))
    assert row == (person.full_name, person.manager_id, person.left_on, person.status, len(person.skills))
    assert value(db, "SELECT count(*) FROM company_person WHERE manager_id IS NULL") == 1
    assert value(db, "SELECT count(*) FROM company_department WHERE head_id IS NULL") == 0
    assert value(db, "SELECT count(*) FROM company_role") == sum(len(person.roles) for person in FIRM.people)


def test_the_tables_know_exactly_the_roles_of_the_code(db: apsw.Connection) -> None:
    gone = next(person for person in FIRM.people if person.status == "left")
    db.executemany("INSERT INTO company_role VALUES (?, ?)", [(gone.id, role) for role in ROLES])
    with pytest.raises(apsw.ConstraintError):
        db.execute("INSERT INTO company_role VALUES (?, 'Wizard')", (FIRM.people[0].id,))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE company_person SET status = 'left' WHERE id = 'p0001'",
        "UPDATE company_person SET manager_id = id WHERE id = 'p0002'",
        "UPDATE company_person SET manager_id = 'p9999' WHERE id = 'p0002'",
        "UPDATE company_person SET email = 'Upper@Norrvane.Example' WHERE id = 'p0002'",
        "UPDATE company_person SET hired_on = '2026-02-30' WHERE id = 'p0002'",
        "UPDATE company_person SET left_on = '2001-01-01' WHERE id = 'p0002'",
        "UPDATE company_person SET skills = 'Python' WHERE id = 'p0002'",
        "UPDATE company_customer SET since = NULL WHERE status = 'active'",
        "UPDATE company_product SET price_cents = -1",
        "UPDATE company_project SET due_on = '2001-01-01'",
        "DELETE FROM company_person WHERE id = 'p0001'",
    ],
)
def test_rows_that_cannot_be_are_refused(db: apsw.Connection, change: str) -> None:
    with pytest.raises(apsw.ConstraintError):
        db.execute(change)


def test_a_seed_that_fails_leaves_no_row() -> None:
    connection = apsw.Connection(":memory:")
    connection.pragma("foreign_keys", True)
    connection.execute(schema_sql())
    connection.execute("DROP TABLE company_holiday")
    with pytest.raises(apsw.SQLError):
        seed_company(connection, FIRM)
    assert value(connection, "SELECT count(*) FROM company_person") == 0
