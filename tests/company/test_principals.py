"""Who may act: people with an account, found by id or address."""

from collections.abc import Iterator

import apsw
import pytest

from enterpriselab.company import ROLES, build_firm, default_principal, find_principal, picks, schema_sql, seed_company

FIRM = build_firm()


@pytest.fixture(scope="module")
def db() -> Iterator[apsw.Connection]:
    connection = apsw.Connection(":memory:")
    connection.execute(schema_sql())
    seed_company(connection, FIRM)
    yield connection
    connection.close()


def test_a_person_is_found_by_id_and_by_address_in_any_case(db: apsw.Connection) -> None:
    person = picks(FIRM)["Payroll"]
    for wanted in (person.id, person.email, person.email.upper(), f" {person.email} "):
        found = find_principal(db, wanted)
        assert found is not None
        assert (found.id, found.email, found.name) == (person.id, person.email, person.full_name)
        assert found.roles == frozenset(person.roles)


def test_people_on_leave_may_act_and_people_who_left_may_not(db: apsw.Connection) -> None:
    away = next(person for person in FIRM.people if person.status == "on_leave")
    gone = next(person for person in FIRM.people if person.status == "left")
    assert find_principal(db, away.id) is not None
    assert find_principal(db, gone.id) is None
    assert find_principal(db, gone.email) is None
    assert find_principal(db, "nobody@norrvane.example") is None
    assert find_principal(db, "%") is None


def test_the_default_principal_is_an_hr_manager(db: apsw.Connection) -> None:
    found = find_principal(db, default_principal(FIRM))
    assert found is not None
    assert found.has("HR Manager")


def test_there_is_an_active_pick_for_every_role() -> None:
    chosen = picks(FIRM)
    assert set(chosen) == set(ROLES)
    assert all(role in person.roles and person.status == "active" for role, person in chosen.items())
    assert chosen["Employee"].roles == ("Employee",)
    assert chosen["Manager"].roles == ("Employee", "Manager")
