from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import TypedDict

from enterpriselab.core.errors import EnterpriseLabError, ToolError
from enterpriselab.toolkit import Context, Db, IdSource, Principal, on, page_of, tool, tools_in
from enterpriselab.toolkit.context import MAX_EVENT_DEPTH, EventHandler
from tests.workshop import workshop_world

ANN = Principal("p1", "ann@firm.example", "Ann Lee", frozenset({"Buyer"}))


class Done(TypedDict):
    done: bool


@dataclass(frozen=True)
class Rang:
    times: int


@pytest.fixture
def db() -> Db:
    connection = apsw.Connection(":memory:")
    connection.execute("CREATE TABLE thing(id INTEGER PRIMARY KEY, name TEXT NOT NULL, size INTEGER) STRICT")
    found = Db(connection)
    for number in range(1, 6):
        found.insert("thing", name=f"n{number}", size=number)
    return found


def context(
    db: Db, handlers: dict[type, tuple[EventHandler, ...]] | None = None, roles: frozenset[str] = frozenset({"Buyer"})
) -> Context:
    permissions = {"buy": roles, "sell": frozenset({"Seller", "Chief"})}
    return Context(db, ANN, "2026-03-02T09:00:00Z", IdSource(), handlers or {}, permissions)


def test_a_permission_is_held_through_a_role(db: Db) -> None:
    ctx = context(db)
    assert ctx.can("buy") and not ctx.can("sell")
    ctx.require("buy")
    assert ctx.me.has("Buyer", "Chief") and not ctx.me.has("Chief")


def test_a_refusal_names_person_permission_and_the_roles_that_hold_it(db: Db) -> None:
    with pytest.raises(ToolError) as caught:
        context(db).require("sell")
    assert caught.value.to_json()["error"] == {
        "kind": "forbidden",
        "message": "Ann Lee may not do this: it needs the permission sell.",
        "accepted": ["role Chief", "role Seller"],
    }
    with pytest.raises(ToolError, match=r"^Not yours\.$"):
        context(db).require("sell", "Not yours.")


def test_a_permission_that_nobody_declared_is_a_fault_of_the_app(db: Db) -> None:
    with pytest.raises(EnterpriseLabError, match="'fly' is not declared"):
        context(db).can("fly")


def test_arguments_are_checked_before_the_permission_and_the_permission_before_the_work(db: Db) -> None:
    ran: list[str] = []

    @tool(writes=True, permission="sell")
    def sell(ctx: Context, name: str) -> Done:
        """Sell.

        Args:
            name: What.
        """
        ran.append(name)
        return {"done": True}

    with pytest.raises(ToolError) as wrong:
        sell.run(context(db), {})
    with pytest.raises(ToolError) as forbidden:
        sell.run(context(db), {"name": "x"})
    assert (wrong.value.kind, forbidden.value.kind, ran) == ("invalid", "forbidden", [])


def test_a_refused_permission_leaves_an_episode_as_it_was() -> None:
    episode = workshop_world().episode("p0001")
    refused = episode.call("set_price", {"item_id": "IT-001", "price": 2.0})
    assert refused.error is not None and refused.error["kind"] == "forbidden"
    assert episode.diff() == []


def test_handlers_run_at_once_in_their_order(db: Db) -> None:
    seen: list[str] = []

    def first(ctx: Context, event: Any) -> None:
        seen.append(f"first {event.times}")

    def second(ctx: Context, event: Any) -> None:
        seen.append(f"second {event.times}")

    ctx = context(db, {Rang: (first, second)})
    ctx.emit(Rang(1))
    seen.append("after")
    ctx.emit("nobody listens to text")
    assert seen == ["first 1", "second 1", "after"]
    assert ctx.depth == 0


def test_an_event_of_a_handler_runs_before_the_next_handler(db: Db) -> None:
    seen: list[int] = []

    def echo(ctx: Context, event: Any) -> None:
        seen.append(event.times)
        if event.times < 3:
            ctx.emit(Rang(event.times + 1))

    def late(ctx: Context, event: Any) -> None:
        seen.append(-event.times)

    context(db, {Rang: (echo, late)}).emit(Rang(1))
    assert seen == [1, 2, 3, -3, -2, -1]


def test_a_chain_of_events_without_end_is_cut(db: Db) -> None:
    seen: list[int] = []

    def again(ctx: Context, event: Any) -> None:
        seen.append(event.times)
        ctx.emit(Rang(event.times + 1))

    with pytest.raises(EnterpriseLabError, match="event chain deeper than 8 at Rang"):
        context(db, {Rang: (again,)}).emit(Rang(1))
    assert len(seen) == MAX_EVENT_DEPTH


def test_a_handler_is_subscribed_by_type() -> None:
    def heard(ctx: Context, event: Any) -> None:
        """Do nothing."""

    handler = on(Rang)(heard)
    assert (handler.event_type, handler.function) == (Rang, heard)


@pytest.mark.parametrize(
    "sql",
    [
        "COMMIT",
        "rollback",
        "BEGIN IMMEDIATE",
        "SAVEPOINT a",
        "RELEASE call",
        "END",
        "  \n ATTACH 'x' AS y",
        "DETACH y",
        "PRAGMA foreign_keys=off",
        "VACUUM",
        "CREATE TABLE x(a)",
        "DROP TABLE thing",
        "ALTER TABLE thing ADD x",
    ],
)
def test_a_tool_cannot_touch_transactions_files_or_schema(db: Db, sql: str) -> None:
    calls: tuple[Callable[[], Any], ...] = (lambda: db.rows(sql), lambda: db.execute(sql), lambda: db.value(sql))
    for call in calls:
        with pytest.raises(EnterpriseLabError, match="the episode owns transactions and schema"):
            call()


def test_a_query_that_only_begins_like_one_of_them_runs(db: Db) -> None:
    assert db.value("SELECT 'DROP TABLE thing'") == "DROP TABLE thing"
    assert db.values("SELECT name FROM thing WHERE name = 'COMMIT'") == []


def test_rows_are_dicts_in_column_order_and_nothing_is_none(db: Db) -> None:
    assert db.rows("SELECT size, name FROM thing WHERE id < ?", 3) == [
        {"size": 1, "name": "n1"},
        {"size": 2, "name": "n2"},
    ]
    assert list(db.rows("SELECT size, name FROM thing LIMIT 1")[0]) == ["size", "name"]
    assert db.row("SELECT * FROM thing WHERE id = 99") is None
    assert db.value("SELECT name FROM thing WHERE id = 99") is None
    assert db.values("SELECT id FROM thing WHERE size > ?", 3) == [4, 5]


def test_writes_say_how_many_rows_they_touched(db: Db) -> None:
    assert db.insert("thing", name="n6", size=6) == 6
    assert db.update("thing", {"id": 6}, name="six", size=None) == 1
    assert db.update("thing", {"id": 6}) == 0
    assert db.update("thing", {"id": 99}, name="x") == 0
    assert db.delete("thing", id=6) == 1
    assert db.execute("UPDATE thing SET size = size + 1 WHERE id <= ?", 2) == 2


@given(page=st.integers(1, 5), per_page=st.integers(1, 7))
def test_pages_cut_the_list_and_tell_the_whole(page: int, per_page: int) -> None:
    connection = apsw.Connection(":memory:")
    connection.execute("CREATE TABLE thing(id INTEGER PRIMARY KEY) STRICT")
    connection.executemany("INSERT INTO thing VALUES (?)", [(n,) for n in range(11)])
    found = Db(connection).page("SELECT id FROM thing WHERE id >= ? ORDER BY id", 1, page=page, per_page=per_page)
    wanted = list(range(1, 11))[(page - 1) * per_page : page * per_page]
    assert [row["id"] for row in found.pop("items")] == wanted
    assert found == {"total": 10, "page": page, "per_page": per_page}


def test_a_page_of_given_rows_says_the_same() -> None:
    assert page_of([1], total=3, page=2, per_page=1) == {"items": [1], "total": 3, "page": 2, "per_page": 1}


def test_ids_count_by_kind_and_tokens_depend_on_the_seed() -> None:
    ids, other = IdSource(seed=1), IdSource(seed=2)
    assert [ids.number("a"), ids.number("a"), ids.number("b")] == [1, 2, 1]
    first = ids.token("mail")
    assert first != ids.token("mail") and len(first) == 16
    assert IdSource(seed=1).token("mail") == first != other.token("mail")


def test_a_copied_source_goes_on_alone() -> None:
    ids = IdSource()
    ids.number("a")
    copied = ids.copy()
    assert copied.number("a") == ids.number("a") == 2
    copied.number("a")
    assert ids.number("a") == 3


def test_tools_of_a_module_come_in_the_order_of_their_definition() -> None:
    import tests.workshop as module

    names = [found.name for found in tools_in(module)]
    assert names[:5] == ["list_items", "get_item", "lend_item", "return_item", "set_price"]
