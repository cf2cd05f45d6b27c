"""Puts the documents of library.txt into the department folders, and gives the later versions of some of them.

An entry begins with '=== department | folder | file name | tags'; `$head_<department>` becomes the name of its head.
"""

from dataclasses import dataclass
from pathlib import Path
from string import Template

from enterpriselab.apps.owncloud.seeding.cabinet import Cabinet

REVISED = (
    ("Travel and Expense Policy 2026.md", "up to 180 EUR a night", "up to 165 EUR a night"),
    ("Information Security Policy.md", "at most 30 days", "at most 60 days"),
    ("Leave Policy.md", "10 working days in a row", "15 working days in a row"),
    ("Software Engineer 2026.md", "Positions: 2", "Positions: 1"),
    ("Salary Bands 2026.csv", "IC3,62000,72000,84000", "IC3,61000,71000,83000"),
    ("Forecast 2026.csv", "Q1,10400,9350,1050", "Q1,10700,9350,1350"),
    ("Roadmap 2026.md", "Q2: Flow 9.0", "Q1: Flow 9.0"),
    ("Spring Trade Fair Plan.md", "23 are booked", "11 are booked"),
    ("Discount Rules 2026.md", "Up to 10 per cent", "Up to 12 per cent"),
    ("Known Issues 2026.csv", "FLW-4420,Flow 8.2.1,2026-02-27,Print in light mode\n", ""),
    ("backup.yaml", "keep_days: 90", "keep_days: 60"),
    ("Release Train 2026.md", "2026-04-17 | 2026-04-30", "2026-04-10 | 2026-04-24"),
)
"""File, words of today, words of the version before: what a task can compare or bring back."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of the library."""

    department: str
    folder: str
    name: str
    tags: tuple[str, ...]
    text: str


def seed_library(cabinet: Cabinet) -> dict[str, int]:
    """Insert the documents; returns file name -> id of the file."""
    units = cabinet.firm.departments
    words = {f"head_{d.id.replace('-', '_')}": cabinet.firm.by_id(d.head_id).full_name for d in units}
    words["cost_centers"] = "\n".join(f"{d.cost_center},{d.name}" for d in units)
    before = {name: (today, earlier) for name, today, earlier in REVISED}
    made: dict[str, int] = {}
    for entry in entries():
        text = Template(entry.text.replace("$head_eng-", "$head_eng_")).safe_substitute(words)
        author = cabinet.dice.one(cabinet.firm.people_in(entry.department)).id
        at = cabinet.before(120, 420) if "archived" in entry.tags else cabinet.before(12, 200)
        root_id = cabinet.departments[entry.department]
        folder_id = cabinet.folder(root_id, entry.folder, author, at)
        today, earlier = before.get(entry.name, ("", ""))
        node_id = cabinet.file(folder_id, entry.name, text.replace(today, earlier) if today else text, author, at)
        if today:
            editor = cabinet.firm.department(entry.department).head_id
            cabinet.rewrite(node_id, text, editor, cabinet.before(1, 9))
        for tag in entry.tags:
            cabinet.add("owncloud_file_tag", node_id=node_id, tag=tag)
        made[entry.name] = node_id
    return made


def entries() -> list[Entry]:
    """The documents of the text file, in its order."""
    found: list[Entry] = []
    for block in Path(__file__).with_name("library.txt").read_text(encoding="utf-8").split("=== ")[1:]:
        head, _, text = block.partition("\n")
        department, folder, name, tags = (part.strip() for part in head.split("|"))
        found.append(Entry(department, folder, name, tuple(filter(None, tags.split(","))), text))
    return found
