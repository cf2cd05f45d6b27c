"""A small complete app for tests of the frame: a workshop that lends tools to members."""

import random
from pathlib import Path
from typing import Annotated, Any, Literal

import apsw
from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.company import worlds
from enterpriselab.sandbox.world import World
from enterpriselab.toolkit import App, Context, Entity, Page, PageNumber, PerPage, ToolError, not_found, tool

ItemId = Annotated[str, Entity("item", example="IT-001")]
LoanId = Annotated[int, Entity("loan", example=1)]
SCHEMA = """
CREATE TABLE workshop_item(
    id TEXT PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('free', 'lent', 'broken')),
    price REAL NOT NULL CHECK (price >= 0)
) STRICT;
CREATE TABLE workshop_loan(
    id INTEGER PRIMARY KEY, item_id TEXT NOT NULL REFERENCES workshop_item(id), borrower TEXT NOT NULL,
    days INTEGER NOT NULL CHECK (days BETWEEN 1 AND 30), created_at TEXT NOT NULL
) STRICT;
CREATE INDEX workshop_loan_item ON workshop_loan(item_id);
"""


class Item(TypedDict):
    item_id: ItemId
    name: str
    state: str
    price: float


class Loan(TypedDict):
    loan_id: LoanId
    item_id: ItemId
    borrower: str
    days: int


class Removed(TypedDict):
    removed: bool


def _item(ctx: Context, item_id: str) -> dict[str, Any]:
    row = ctx.db.row("SELECT id AS item_id, name, state, price FROM workshop_item WHERE id = ?", item_id)
    if row is None:
        raise not_found("item", item_id, field="item_id", hint="list_items gives the ids.")
    return row


@tool()
def list_items(
    ctx: Context,
    state: Literal["free", "lent", "broken"] | None = None,
    page: PageNumber = 1,
    per_page: PerPage = 10,
) -> Page[Item]:
    """List the items of the workshop.

    Args:
        state: Only items in this state.
        page: Page number, from 1.
        per_page: Items per page.
    """
    sql = "SELECT id AS item_id, name, state, price FROM workshop_item WHERE ?1 IS NULL OR state = ?1 ORDER BY id"
    found: Page[Item] = ctx.db.page(sql.replace("?1", "?"), state, state, page=page, per_page=per_page)  # type: ignore
    return found


@tool()
def get_item(ctx: Context, item_id: ItemId) -> Item:
    """Show one item.

    Args:
        item_id: Which item.
    """
    return _item(ctx, item_id)  # type: ignore[return-value]


@tool(writes=True)
def lend_item(ctx: Context, item_id: ItemId, days: Annotated[int, Field(ge=1, le=30)], borrower: str = "") -> Loan:
    """Lend a free item.

    Args:
        item_id: Which item.
        days: For how many days.
        borrower: Who gets it; you, if not said.
    """
    item = _item(ctx, item_id)
    ctx.db.update("workshop_item", {"id": item_id}, state="lent")
    who = borrower or ctx.me.name
    loan = ctx.db.insert("workshop_loan", item_id=item_id, borrower=who, days=days, created_at=ctx.now)
    if item["state"] != "free":  # checked last on purpose: the rows above must not stay
        raise ToolError("conflict", f"Item {item_id} is {item['state']}.", field="item_id", accepted=["a free item"])
    return {"loan_id": loan, "item_id": item_id, "borrower": who, "days": days}


@tool(destructive=True, idempotent=False)
def return_item(ctx: Context, loan_id: LoanId) -> Removed:
    """Take a lent item back; the loan is deleted.

    Args:
        loan_id: Which loan.
    """
    row = ctx.db.row("SELECT item_id FROM workshop_loan WHERE id = ?", loan_id)
    if row is None:
        raise not_found("loan", loan_id, field="loan_id")
    ctx.db.delete("workshop_loan", id=loan_id)
    ctx.db.update("workshop_item", {"id": row["item_id"]}, state="free")
    return {"removed": True}


@tool(writes=True, idempotent=True, permission="price")
def set_price(ctx: Context, item_id: ItemId, price: Annotated[float, Field(ge=0)]) -> Item:
    """Set the price of an item.

    Args:
        item_id: Which item.
        price: In euros.
    """
    _item(ctx, item_id)
    ctx.db.update("workshop_item", {"id": item_id}, price=price)
    return _item(ctx, item_id)  # type: ignore[return-value]


@tool(writes=True)
def crash_midway(ctx: Context, item_id: ItemId) -> Item:
    """Write and then fail without a typed error.

    Args:
        item_id: Which item.
    """
    ctx.db.update("workshop_item", {"id": item_id}, name="broken")
    raise KeyError("a bug")


@tool()
def lie(ctx: Context) -> Removed:
    """Say that it reads, but write."""
    ctx.db.update("workshop_item", {"id": "IT-001"}, name="changed")
    return {"removed": False}


def seed(connection: apsw.Connection, firm: Any, rng: random.Random) -> None:
    states = ["free"] * 8 + ["lent", "broken"]
    rows = [(f"IT-{n:03d}", f"Tool {n}", states[n % 10], float(n)) for n in range(1, 31)]
    connection.executemany("INSERT INTO workshop_item VALUES (?, ?, ?, ?)", rows)
    lent = [row[0] for row in rows if row[2] == "lent"]
    loans = [(item, "Somebody", rng.randint(1, 30), "2026-03-01T10:00:00Z") for item in lent]
    connection.executemany("INSERT INTO workshop_loan(item_id, borrower, days, created_at) VALUES (?, ?, ?, ?)", loans)


TOOLS = (list_items, get_item, lend_item, return_item, set_price)


class WorkshopApp(App):
    """The schema stands in this file, not in a folder."""

    __slots__ = ()

    @property
    def schema_sql(self) -> str:
        return SCHEMA


def workshop_world(*extra: Any) -> World:
    app = WorkshopApp(
        key="workshop",
        title="Workshop",
        domain="Test",
        folder=Path(__file__).parent / "workshop_sources",
        seed=seed,
        tools=(*TOOLS, *extra),
        permissions={"price": frozenset({"HR Manager"})},
    )
    return World(worlds.world_of("workshop", (app,)))
