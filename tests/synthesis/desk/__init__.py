"""A library desk: a tiny complete app and its world, so that synthesis is tested without the arena."""

import random
from functools import cache
from pathlib import Path
from typing import Any

import apsw

from enterpriselab.sandbox.world import World
from enterpriselab.toolkit import App, Principal, WorldSpec, tools_in

from . import tools

_FIRST = ("Ada", "Bruno", "Carla", "Dilek", "Emil", "Farah", "Gero", "Hanna", "Ivo", "Jana", "Kofi", "Lena")
_LAST = ("Abt", "Brandt", "Celik", "Dorn", "Ebert", "Falk")
_BOOKS = ("The Quiet Harbour", "Salt and Iron", "Paper Winters", "A Field of Clocks", "North of Nowhere",
          "Glass Rivers", "The Last Ferry", "Slow Trains", "Night Gardens", "Counting Stones")  # fmt: skip
_AUTHORS = ("M. Okafor", "L. Brandvold", "R. Castellan")


def _seed(connection: apsw.Connection, _firm: Any, rng: random.Random) -> None:
    for n in range(24):
        name = f"{_FIRST[n % 12]} {_LAST[(n * 5) % 6]}"
        row = (f"M-{1001 + n}", name, f"member{n}@desk.example", rng.choice(("Lund", "Ghent", "Basel")), 7.5 * (n % 3),
               "Suspended" if n % 7 == 6 else "Active")  # fmt: skip
        connection.execute("INSERT INTO desk_member VALUES (?, ?, ?, ?, ?, ?)", row)
    for n, title in enumerate(_BOOKS):
        row = (f"B-{2001 + n}", title, _AUTHORS[n % 3], f"{'ABC'[n % 3]}{n}", 1 + n % 3)
        connection.execute("INSERT INTO desk_book VALUES (?, ?, ?, ?, ?)", row)
    for n in range(60):
        status = ("Out", "Out", "Returned", "Lost")[n % 4]
        row = (
            f"L-{3001 + n}",
            f"B-{2001 + n % 10}",
            f"M-{1001 + (n * 7) % 24}",
            f"2026-03-{1 + (n * 3) % 28:02d}",
            status,
        )
        connection.execute("INSERT INTO desk_loan VALUES (?, ?, ?, ?, ?, NULL)", row)


def _find(connection: apsw.Connection, who: str) -> Principal | None:
    row = connection.execute("SELECT id, email, name FROM person WHERE email = ?", (who,)).fetchone()
    return Principal(*row, frozenset({"Clerk"})) if row else None


def _found(connection: apsw.Connection, _firm: Any) -> None:
    connection.execute("INSERT INTO person VALUES ('p1', 'clerk@desk.example', 'Clara Lind')")


APP = App("desk", "Library Desk", "office", Path(__file__).parent, _seed, tools_in(tools), world="desk")
SPEC = WorldSpec(
    name="desk",
    title="Library Desk",
    apps=(APP,),
    foundation_sql="CREATE TABLE person (id TEXT PRIMARY KEY, email TEXT, name TEXT) STRICT",
    build_foundation=lambda seed: None,
    seed_foundation=_found,
    find_principal=_find,
    default_principal=lambda firm: "clerk@desk.example",
)


@cache
def desk_world() -> World:
    """The world of the library desk, built once per process."""
    return World(SPEC)
