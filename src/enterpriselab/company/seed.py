"""Puts a Firm into the company tables of a world. The tables are in schema.sql."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

import apsw

from enterpriselab.company.firm import Firm
from enterpriselab.company.records import Person

Rows = Iterable[Sequence[Any]]


def schema_sql() -> str:
    """The DDL of the company's tables."""
    return Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")


def seed_company(conn: apsw.Connection, firm: Firm) -> None:
    """Insert all rows into empty tables, all or nothing; foreign keys may be enforced."""
    with conn:
        for table, rows in _tables(firm):
            _insert(conn, table, rows)
        conn.executemany(
            "UPDATE company_department SET head_id = ? WHERE id = ?", [(d.head_id, d.id) for d in firm.departments]
        )
        conn.executemany(
            "UPDATE company_person SET manager_id = ? WHERE id = ?", [(p.manager_id, p.id) for p in firm.people]
        )


def _tables(firm: Firm) -> list[tuple[str, Rows]]:
    """Table and rows, referenced tables first; heads and managers point forward and are set at the end."""
    return [
        ("company_site", map(astuple, firm.sites)),
        ("company_department", [(d.id, d.name, d.parent_id, None, d.cost_center) for d in firm.departments]),
        ("company_person", map(_person_row, firm.people)),
        ("company_role", [(person.id, role) for person in firm.people for role in person.roles]),
        ("company_customer", map(astuple, firm.customers)),
        ("company_contact", map(astuple, firm.contacts)),
        ("company_product", map(astuple, firm.products)),
        ("company_subscription", map(astuple, firm.subscriptions)),
        ("company_project", [astuple(project)[:-1] for project in firm.projects]),
        ("company_project_member", [(p.code, *member) for p in firm.projects for member in p.members]),
        ("company_vendor", map(astuple, firm.vendors)),
        ("company_holiday", map(astuple, firm.holidays)),
    ]


def _person_row(person: Person) -> tuple[Any, ...]:
    *columns, _manager, hired_on, left_on, status, skills, _roles = astuple(person)
    return (*columns, None, hired_on, left_on, status, json.dumps(skills))


def _insert(conn: apsw.Connection, table: str, rows: Rows) -> None:
    """Insert rows whose cells stand in the order of the table's columns."""
    columns = [row[1] for row in conn.execute(f"PRAGMA table_info({table})")]
    marks = ", ".join("?" * len(columns))
    conn.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)
