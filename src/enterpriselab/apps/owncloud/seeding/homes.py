"""Seeds the homes: many files for the people whom tasks like to act as, few for others, old files of leavers."""

from pathlib import Path

from enterpriselab.apps.owncloud.seeding.business import picture
from enterpriselab.apps.owncloud.seeding.cabinet import Cabinet
from enterpriselab.company.principals import picks
from enterpriselab.company.records import Person

RICH_FILES, EVERY_OTHER = 10, 6
"""Files in a rich home; every sixth of the others has one file more than the welcome."""
CITIES = ("Hamburg", "Leeds", "Lyon", "Pune", "Austin")
TIGHT = ("Support Agent", "Recruiter")
"""Roles whose pick has a home that is nearly full."""
TIGHT_ROOM = 700
"""Bytes that are free in such a home."""


def rich_people(cabinet: Cabinet) -> list[Person]:
    """One person of each role, and the heads of departments."""
    found = {person.id: person for person in (*picks(cabinet.firm).values(), *cabinet.firm.heads())}
    return [found[key] for key in sorted(found)]


def seed_homes(cabinet: Cabinet) -> dict[str, list[int]]:
    """All files in homes; returns person id -> ids of the files of a rich home."""
    templates = _templates()
    rich = {person.id: person for person in rich_people(cabinet)}
    made: dict[str, list[int]] = {}
    for person in cabinet.firm.staff:
        if person.id in rich:
            chosen = cabinet.dice.some(templates, RICH_FILES)
            made[person.id] = [_file(cabinet, person, template) for template in chosen]
            _one_to_ones(cabinet, person, made[person.id])
            _receipts(cabinet, person)
        elif int(person.id[1:]) % EVERY_OTHER == 0:
            _file(cabinet, person, cabinet.dice.one(templates))
    for person in cabinet.firm.people:
        if person.status == "left":
            _inherited(cabinet, person, templates)
    return made


def tighten(cabinet: Cabinet) -> None:
    """Let two homes be nearly full; to be called when all their files are there."""
    people = picks(cabinet.firm)
    for role in TIGHT:
        root = cabinet.node(cabinet.homes[people[role].id])
        used = sum(row["size"] for row in cabinet.rows["owncloud_node"] if row["space_id"] == root["space_id"])
        cabinet.rows["owncloud_space"][root["space_id"] - 1]["quota_bytes"] = used + TIGHT_ROOM


def _templates() -> list[tuple[str, str, str]]:
    text = Path(__file__).with_name("homes.txt").read_text(encoding="utf-8")
    found = []
    for line in text.splitlines():
        folder, name, body = line.split(" | ", 2)
        found.append((folder, name, body.replace("\\n", "\n") + "\n"))
    return found


def _file(cabinet: Cabinet, person: Person, template: tuple[str, str, str], *, folder: str = "") -> int:
    above, name, body = template
    words, at = _words(cabinet, person), _since(cabinet, person)
    folder_id = cabinet.folder(_owner_root(cabinet, person), f"{folder}/{above}", person.id, at)
    return cabinet.file(folder_id, name.format(**words), body.format(**words), person.id, at)


def _owner_root(cabinet: Cabinet, person: Person) -> int:
    if person.status != "left":
        return cabinet.homes[person.id]
    manager = cabinet.firm.manager_of(person)
    while manager is not None and manager.status == "left":
        manager = cabinet.firm.manager_of(manager)
    return cabinet.homes[manager.id if manager else person.id]


def _since(cabinet: Cabinet, person: Person) -> str:
    if person.left_on and person.status == "left":
        return f"{person.left_on}T{9 + cabinet.dice.below(6):02d}:15:00Z"
    return max(cabinet.before(2, 300), f"{person.hired_on}T09:30:00Z")


def _words(cabinet: Cabinet, person: Person) -> dict[str, str]:
    firm, dice = cabinet.firm, cabinet.dice
    team = [p for p in firm.people_in(person.department_id) if p.id != person.id] or list(firm.active[:2])
    colleague, manager = dice.one(team), firm.manager_of(person) or dice.one(team)
    return {
        "name": person.full_name, "title": person.title, "team": person.team, "hired": person.hired_on,
        "skill": dice.one(person.skills), "skills": ", ".join(person.skills), "city": dice.one(CITIES),
        "colleague": colleague.full_name, "colleague_first": colleague.first_name, "colleague_email": colleague.email,
        "manager": manager.full_name, "manager_first": manager.first_name, "manager_email": manager.email,
        "project": dice.one(firm.projects).name, "number": str(dice.between(12, 95)),
        "day": f"2026-02-{dice.between(2, 27):02d}", "month": dice.one(("December", "January", "February")),
    }  # fmt: skip


def _one_to_ones(cabinet: Cabinet, person: Person, made: list[int]) -> None:
    for report in cabinet.firm.reports_of(person)[:4]:
        words, at = _words(cabinet, person), cabinet.before(3, 60)
        text = f"# 1-1 with {report.full_name}\n{words['day']}: {words['skill']}; the load of {report.team}.\n"
        folder_id = cabinet.folder(cabinet.homes[person.id], "Team/1-1", person.id, at)
        made.append(cabinet.file(folder_id, f"{report.full_name}.md", text, person.id, at))


def _receipts(cabinet: Cabinet, person: Person) -> None:
    at = cabinet.before(5, 40)
    folder_id = cabinet.folder(cabinet.homes[person.id], "Travel", person.id, at)
    cabinet.file(folder_id, "taxi-receipt.png", picture(0xFFFFFF - int(person.id[1:]), 8), person.id, at)


def _inherited(cabinet: Cabinet, person: Person, templates: list[tuple[str, str, str]]) -> None:
    """What a leaver left to the manager."""
    for template in cabinet.dice.some(templates, 2):
        _file(cabinet, person, template, folder=f"Transferred from {person.full_name}")
