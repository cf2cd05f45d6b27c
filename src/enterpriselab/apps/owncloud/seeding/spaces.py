"""Seeds the spaces: a home for everybody, closed ones for those who left, a folder for each department."""

from enterpriselab.apps.owncloud import accounts
from enterpriselab.apps.owncloud.seeding.cabinet import Cabinet
from enterpriselab.company.firm import TODAY
from enterpriselab.company.records import Person

DEPARTMENT_QUOTA = 200_000_000
CLOSED_DEPARTMENTS = frozenset({"hr", "finance", "legal"})
"""Departments whose folder only members can read, without public links."""
OPENED = "2023-01-09"
"""Nobody had storage before that day."""


def seed_spaces(cabinet: Cabinet) -> None:
    """All spaces and the welcome files."""
    for department in cabinet.firm.departments:
        closed = department.id in CLOSED_DEPARTMENTS
        cabinet.departments[department.id] = cabinet.space(
            f"{OPENED}T08:00:00Z",
            None,
            kind="department",
            department_id=department.id,
            quota_bytes=DEPARTMENT_QUOTA,
            readers="members" if closed else "everyone",
            links_allowed=int(not closed),
            status="open",
            opened_on=OPENED,
        )
    for person in cabinet.firm.people:
        _home(cabinet, person)


def _home(cabinet: Cabinet, person: Person) -> None:
    opened, left = max(person.hired_on, OPENED), person.status == "left"
    quota = accounts.quota_for(person.grade)
    at = f"{opened}T07:30:00Z"
    root_id = cabinet.space(
        at,
        person.id,
        kind="home",
        person_id=person.id,
        quota_bytes=quota,
        readers="members",
        links_allowed=1,
        status="closed" if left else "open",
        opened_on=opened,
        closes_on=(person.left_on or TODAY) if left else person.left_on,
    )
    cabinet.homes[person.id] = root_id
    text = accounts.WELCOME.format(first_name=person.first_name, quota=quota // 1_000_000)
    cabinet.file(root_id, accounts.WELCOME_NAME, text, person.id, at)
