"""A small help-desk app whose world the surface tests serve; run as a program it serves it over stdio.

Not a test. It has reads, writes, a destructive write, events of its own kinds of errors, and a broken tool.
"""

import random
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import apsw
from typing_extensions import TypedDict

from enterpriselab.company import worlds
from enterpriselab.sandbox.world import World
from enterpriselab.toolkit import App, Context, Entity, ToolError, not_found, tool

CaseId = Annotated[str, Entity("case")]
SCHEMA = """
CREATE TABLE desk_case (
    case_id TEXT PRIMARY KEY, title TEXT NOT NULL UNIQUE, state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    hours REAL NOT NULL
) STRICT;
"""


class Case(TypedDict):
    """One case."""

    case_id: CaseId
    title: str
    state: str
    hours: float


class Cases(TypedDict):
    """Cases in order."""

    items: list[Case]
    total: int


class Count(TypedDict):
    """How many."""

    deleted: int


@tool()
def list_cases(ctx: Context, state: str | None = None) -> Cases:
    """List cases, oldest first.

    Args:
        state: only cases in this state, 'open' or 'closed'.
    """
    rows: list[Any] = ctx.db.rows("SELECT * FROM desk_case WHERE ?1 IS NULL OR state = ?1 ORDER BY case_id", state)
    return {"items": rows, "total": len(rows)}


@tool()
def get_case(ctx: Context, case_id: CaseId) -> Case:
    """Read one case.

    Args:
        case_id: the case.
    """
    row: Any = ctx.db.row("SELECT * FROM desk_case WHERE case_id = ?", case_id)
    if row is None:
        raise not_found("case", case_id, field="case_id", hint="list_cases shows all.")
    return row  # type: ignore[no-any-return]


@tool(writes=True)
def open_case(ctx: Context, title: str, hours: float = 0.5) -> Case:
    """Open a case.

    Args:
        title: what it is about; no two cases share one.
        hours: estimate.
    """
    ctx.db.insert("desk_case", case_id=f"case_{ctx.ids.token('case', 8)}", title=title, state="open", hours=hours)
    row: Any = ctx.db.row("SELECT * FROM desk_case WHERE title = ?", title)
    return row  # type: ignore[no-any-return]


@tool(writes=True, idempotent=True)
def close_case(ctx: Context, case_id: CaseId) -> Case:
    """Close a case.

    Args:
        case_id: the case.
    """
    if not ctx.db.update("desk_case", {"case_id": case_id}, state="closed"):
        raise not_found("case", case_id, field="case_id")
    row: Any = ctx.db.row("SELECT * FROM desk_case WHERE case_id = ?", case_id)
    return row  # type: ignore[no-any-return]


@tool(destructive=True, writes=True)
def purge_closed(ctx: Context, confirm: bool) -> Count:
    """Delete all closed cases.

    Args:
        confirm: must be true.
    """
    if not confirm:
        raise ToolError("invalid", "Purging needs confirm=true.", field="confirm", accepted=[True])
    return {"deleted": ctx.db.delete("desk_case", state="closed")}


@tool()
def break_down(ctx: Context) -> Count:
    """Fail in a way that no arguments can mend."""
    raise RuntimeError("the tool itself is broken")


def seed(connection: apsw.Connection, firm: Any, rng: random.Random) -> None:
    """Three cases."""
    rows = [
        ("case_1", "Printer", "open", 1.0),
        ("case_2", "M\u00fcller's VPN", "closed", 0.25),
        ("case_3", "Door", "open", 2.0),
    ]
    connection.executemany("INSERT INTO desk_case VALUES (?, ?, ?, ?)", rows)


@cache
def desk_world() -> World:
    """The world, built once per process."""
    folder = Path(tempfile.mkdtemp(prefix="desk-"))
    (folder / "schema.sql").write_text(SCHEMA, encoding="utf-8")
    tools = (list_cases, get_case, open_case, close_case, purge_closed, break_down)
    app = App(key="desk", title="Desk", domain="Support", folder=folder, seed=seed, tools=tools, world="desk")
    return World(worlds.world_of("desk", (app,)))


if __name__ == "__main__":
    from enterpriselab.sandbox.mcp.serving import serve_stdio

    print("this line must not reach the wire", file=sys.stderr)
    serve_stdio(desk_world())
