"""A story becomes a seeder of a database, and its traps become rows with ids."""

import random
from dataclasses import dataclass
from typing import Any

import apsw

from enterpriselab.apps.itsm.seeds.cases import Cases
from enterpriselab.apps.itsm.seeds.desk import Keys, chronological, statements
from enterpriselab.apps.itsm.seeds.estate import Estate
from enterpriselab.apps.itsm.seeds.roles import ROLE_IDS, role_tables, roles_held
from enterpriselab.apps.itsm.seeds.story import Story
from enterpriselab.toolkit.app import Seeder


@dataclass(frozen=True, slots=True)
class Trap:
    """Rows that lead an agent astray who does not look twice."""

    kind: str
    rows: tuple[tuple[str, str], ...]
    """(table, id) of the rows concerned; the misleading one comes first."""
    why: str
    """Why an agent falls for it."""


def seeder(story: Story) -> Seeder:
    """A seeder that inserts the story; an image is fixed, so nothing is drawn from the generator."""

    def seed(connection: apsw.Connection, _firm: None, _rng: random.Random) -> None:
        connection.execute("PRAGMA defer_foreign_keys = ON")  # incidents and problems name each other
        for statement, rows in statements(tables_of(story)):
            connection.executemany(statement, rows)

    return seed


def tables_of(story: Story) -> dict[str, list[dict[str, Any]]]:
    """Table -> rows of the whole database."""
    story = chronological(story)
    keys = Keys(story)
    estate = Estate(story, keys)
    user_role = [
        {"user_id": keys.id("users", person), "role_id": ROLE_IDS[role], "org_id": estate.org_of(person)}
        for person, role in roles_held(story)
    ]
    return {**role_tables(), **estate.tables(), "user_role": user_role, **Cases(story, keys, estate).tables()}


def traps_of(story: Story) -> tuple[Trap, ...]:
    """The traps that the story tells of, with ids."""
    keys = Keys(chronological(story))
    return tuple(
        Trap(trap.kind, tuple((table, keys.id(table, key)) for table, key in trap.rows), trap.why)
        for trap in story.traps
    )
