"""A small depot with a database of its own, served as a gym server by the tests of the wire. Not a test."""

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any

import apsw
from typing_extensions import TypedDict

from enterpriselab.apps import standalone_spec
from enterpriselab.sandbox.gym.databases import DatabaseLimits, Databases
from enterpriselab.sandbox.gym.journal import Journal
from enterpriselab.sandbox.gym.serving import GymOptions, Running, running_gyms
from enterpriselab.sandbox.gym.worlds import SpecOf, Worlds
from enterpriselab.toolkit import App, Context, Entity, GymProfile, Principal, Standalone, ToolError, not_found, tool

ParcelId = Annotated[str, Entity("parcel")]
SCHEMA = """
CREATE TABLE users (
    user_id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, static_token TEXT NOT NULL UNIQUE,
    active INTEGER NOT NULL CHECK (active IN (0, 1))
) STRICT;
CREATE TABLE parcel (
    parcel_id TEXT PRIMARY KEY NOT NULL, title TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('stored', 'sent')),
    weight REAL, owner TEXT NOT NULL REFERENCES users (user_id),
    created_at TEXT CHECK (created_at IS datetime(created_at)), fragile INTEGER NOT NULL DEFAULT 0
) STRICT;
"""
SEED = """PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE users (user_id VARCHAR(32) PRIMARY KEY, name VARCHAR(60), static_token VARCHAR(255), active BOOLEAN);
CREATE TABLE parcel (parcel_id VARCHAR(32), title VARCHAR(120), state VARCHAR(9), weight NUMERIC(10,2),
    owner VARCHAR(32), created_at DATETIME, fragile BOOLEAN);
INSERT INTO users VALUES ('USER_001', 'Ada; the first', 'token-ada', 'true'), ('USER_002', 'Bo', 'token-bo', 't');
INSERT INTO parcel VALUES ('PAR_001', 'Lamp', 'stored', '2.50', 'USER_001', '2026-01-05T10:00:00.123456Z', TRUE);
INSERT INTO parcel VALUES ('PAR_002', 'It''s a chair', 'sent', 7, 'USER_002', '2026-01-06 11:30:00', 'f');
CREATE INDEX parcel_owner ON parcel (owner);
COMMIT;
"""


class Parcel(TypedDict):
    """One parcel."""

    parcel_id: ParcelId
    title: str
    state: str
    owner: str


class Parcels(TypedDict):
    """Parcels in order."""

    items: list[Parcel]
    total: int


def _parcel(ctx: Context, parcel_id: str) -> Any:
    row = ctx.db.row("SELECT parcel_id, title, state, owner FROM parcel WHERE parcel_id = ?", parcel_id)
    if row is None:
        raise not_found("parcel", parcel_id, field="parcel_id", hint="list_parcels shows all.")
    return row


@tool()
def list_parcels(ctx: Context, state: str | None = None) -> Parcels:
    """List parcels by id.

    Args:
        state: only parcels in this state, 'stored' or 'sent'.
    """
    sql = "SELECT parcel_id, title, state, owner FROM parcel WHERE ?1 IS NULL OR state = ?1 ORDER BY parcel_id"
    rows: list[Any] = ctx.db.rows(sql, state)
    return {"items": rows, "total": len(rows)}


@tool()
def get_parcel(ctx: Context, parcel_id: ParcelId) -> Parcel:
    """Read one parcel.

    Args:
        parcel_id: the parcel.
    """
    return _parcel(ctx, parcel_id)  # type: ignore[no-any-return]


@tool(writes=True)
def store_parcel(ctx: Context, title: str, weight: float = 1.0) -> Parcel:
    """Take a parcel in; it belongs to who acts.

    Args:
        title: what it is.
        weight: in kilograms.
    """
    number = ctx.db.value("SELECT count(*) FROM parcel") + 1
    made = {"parcel_id": f"PAR_{number:03d}", "title": title, "state": "stored", "owner": ctx.me.id}
    ctx.db.insert("parcel", **made, weight=weight, created_at=ctx.now[:19].replace("T", " "))
    if weight < 0:  # checked last on purpose: the row above must not stay
        raise ToolError("invalid", "INVALID_WEIGHT: weight must not be negative.", field="weight")
    return _parcel(ctx, made["parcel_id"])  # type: ignore[no-any-return]


@tool(writes=True)
def send_parcel(ctx: Context, parcel_id: ParcelId) -> Parcel:
    """Send a parcel.

    Args:
        parcel_id: the parcel.
    """
    if _parcel(ctx, parcel_id)["state"] == "sent" and ctx.level != "permissive":
        raise ToolError("conflict", f"Parcel {parcel_id} is sent already.", field="parcel_id")
    ctx.db.update("parcel", {"parcel_id": parcel_id}, state="sent")
    return _parcel(ctx, parcel_id)  # type: ignore[no-any-return]


@tool()
def break_down(ctx: Context) -> Parcels:
    """Fail in a way that no arguments can mend."""
    raise RuntimeError("the tool itself is broken")


def find_principal(connection: apsw.Connection, wanted: str) -> Principal | None:
    sql = "SELECT user_id, name FROM users WHERE active = 1 AND (user_id = ?1 OR static_token = ?1)"
    row = connection.execute(sql, (wanted,)).fetchone()
    return None if row is None else Principal(row[0], f"{row[0]}@depot.example", row[1], frozenset())


def seed(connection: apsw.Connection, firm: Any, rng: random.Random, *, parcels: int = 1) -> None:
    connection.execute("INSERT INTO users VALUES ('USER_001', 'Ada', 'token-ada', 1), ('USER_002', 'Bo', 'bo', 1)")
    rows = [
        (f"PAR_{n:03d}", f"Parcel {n}", "stored", 1.0, "USER_001", "2026-01-05 10:00:00") for n in range(1, parcels + 1)
    ]
    names = "parcel_id, title, state, weight, owner, created_at"
    connection.executemany(f"INSERT INTO parcel ({names}) VALUES (?, ?, ?, ?, ?, ?)", rows)


@cache
def depot_app() -> App:
    folder = Path(tempfile.mkdtemp(prefix="depot-"))
    (folder / "schema.sql").write_text(SCHEMA, encoding="utf-8")
    images = {"small": seed, "large": partial(seed, parcels=150)}
    return App(
        key="depot",
        title="Depot",
        domain="Test",
        folder=folder,
        seed=seed,
        tools=(list_parcels, get_parcel, store_parcel, send_parcel, break_down),
        world="depots",
        standalone=Standalone(
            images=images,
            find_principal=find_principal,
            default_principal="USER_001",
            people_tables=frozenset({"users"}),
            levels=("permissive", "enforced", "parity"),
            gym=GymProfile(
                "gym-depot-mcp",
                8077,
                token_headers=("x-depot-token", "x-depot-user"),
                token_aliases={"master": "USER_002"},
            ),
        ),
    )


def depot_spec(image: str, level: str) -> Any:
    return standalone_spec(depot_app(), image=image, level=level)


DEPOT: tuple[App, SpecOf] = (depot_app(), depot_spec)


OPENED: list[Databases] = []
"""Closed after each test."""


def depot_databases(folder: Path, *, limits: DatabaseLimits | None = None, clock: Any = None) -> Databases:
    worlds = Worlds(depot_app(), depot_spec, folder / "images")
    more = {} if clock is None else {"clock": clock}
    OPENED.append(Databases(worlds, Journal(folder / "state.jsonl"), limits=limits, **more))
    return OPENED[-1]


@contextmanager
def depot_running(**options: Any) -> Iterator[Running]:
    with running_gyms([DEPOT], GymOptions(port_base=0, **options)) as running:
        yield running
