"""Seeding: connection, firm and dice together, with the few helpers that every area needs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import apsw

from enterpriselab.company import TODAY, Firm, Person
from enterpriselab.company.dice import Dice


@dataclass(frozen=True)
class Seeding:
    """What a seeding function works with."""

    connection: apsw.Connection
    firm: Firm
    dice: Dice

    def insert(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """Insert rows whose cells stand in the order of the table's columns."""
        columns = [row[1] for row in self.connection.execute(f"PRAGMA table_info({table})")]
        marks = ", ".join("?" * len(columns))
        self.connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)

    @cached_property
    def closed(self) -> frozenset[tuple[str, str]]:
        """(site, day) of all holidays."""
        return frozenset((holiday.site_id, holiday.day) for holiday in self.firm.holidays)

    def working_days(self, site_id: str, first: str, last: str) -> list[str]:
        """Days of the period that are neither weekend nor holiday of the site."""
        day, end = date.fromisoformat(first), date.fromisoformat(last)
        found: list[str] = []
        while day <= end:
            if day.weekday() < 5 and (site_id, day.isoformat()) not in self.closed:
                found.append(day.isoformat())
            day += timedelta(days=1)
        return found

    def manager_of(self, person: Person) -> str:
        """Id of who decides for the person; for the chief executive the head of HR."""
        return person.manager_id or self.firm.department("hr").head_id


def employee_id(person_id: str) -> str:
    """'p0042' is HR-EMP-00042."""
    return f"HR-EMP-{int(person_id[1:]):05d}"


def shifted(day: str, count: int) -> str:
    """The day `count` days later."""
    return (date.fromisoformat(day) + timedelta(days=count)).isoformat()


def days_from_today(count: int) -> str:
    """The day `count` days after the world's first day."""
    return shifted(TODAY, count)
