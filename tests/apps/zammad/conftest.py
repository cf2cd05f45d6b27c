"""Zammad beside a small listener app that records what Zammad emits and emits what a test asks for."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typing_extensions import TypedDict

from enterpriselab.apps import catalogue
from enterpriselab.company import events
from enterpriselab.company.firm import build_firm
from enterpriselab.company.principals import picks
from enterpriselab.company.records import Person
from enterpriselab.company.worlds import world_of
from enterpriselab.sandbox.episode import Episode
from enterpriselab.sandbox.world import World
from enterpriselab.toolkit import App, Context, on, tool

SCHEMA = "CREATE TABLE listener_event (id INTEGER PRIMARY KEY, name TEXT NOT NULL, fields TEXT NOT NULL) STRICT;"
HEARD = (events.TicketCreated, events.TicketUpdated, events.NotificationRequested)


class Emitted(TypedDict):
    """The name of the event."""

    event: str


@tool(writes=True)
def listener_emit(ctx: Context, event: str, fields: dict[str, Any]) -> Emitted:
    """Emit an event of the company.

    Args:
        event: Name of the class in company/events.py.
        fields: Its fields.
    """
    ctx.emit(getattr(events, event)(**{k: tuple(v) if isinstance(v, list) else v for k, v in fields.items()}))
    return {"event": event}


@tool(writes=True)
def listener_hire(ctx: Context, person_id: str, email: str, role: str) -> Emitted:
    """Put a person into the company, reporting to the caller, and say so.

    Args:
        person_id: New id.
        email: New address.
        role: Role beside Employee.
    """
    ctx.db.execute(
        "INSERT INTO company_person SELECT ?, 'NV-TEST', 'New', 'Person', 'New Person', ?, 'newperson', NULL, 'Tester',"
        " grade, department_id, team, site_id, id, '2026-03-02', NULL, 'active', '[]' FROM company_person WHERE id = ?",
        person_id,
        email,
        ctx.me.id,
    )
    for name in ("Employee", role):
        ctx.db.insert("company_role", person_id=person_id, role=name)
    ctx.emit(events.PersonHired(person_id))
    return {"event": "PersonHired"}


@tool(writes=True)
def listener_rename(ctx: Context, person_id: str, email: str) -> Emitted:
    """Give a person a new address and say so.

    Args:
        person_id: Who.
        email: New address.
    """
    ctx.db.update("company_person", {"id": person_id}, email=email)
    ctx.emit(events.PersonChanged(person_id, ("email",)))
    return {"event": "PersonChanged"}


def _hear(ctx: Context, event: Any) -> None:
    ctx.db.insert("listener_event", name=type(event).__name__, fields=json.dumps(asdict(event)))


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Zammad and the listener."""
    folder: Path = tmp_path_factory.mktemp("listener")
    (folder / "schema.sql").write_text(SCHEMA, encoding="utf-8")
    listener = App(
        key="listener",
        title="Listener",
        domain="Test",
        folder=folder,
        seed=lambda _connection, _firm, _rng: None,
        tools=(listener_emit, listener_hire, listener_rename),
        handlers=tuple(on(event)(_hear) for event in HEARD),
    )
    return World(world_of("zammad-and-listener", (catalogue()["zammad"], listener)))


@pytest.fixture(scope="session")
def people() -> dict[str, Person]:
    """One person for each role."""
    return picks(build_firm(7))


@pytest.fixture
def ep(desk: World, people: dict[str, Person]) -> Episode:
    """A fresh episode of a support agent."""
    return desk.episode(people["Support Agent"].email)


@pytest.fixture
def ok() -> Callable[..., dict[str, Any]]:
    """ok(episode, tool, who, **arguments) -> result. Fails on a refusal, a wrong schema or a wrong annotation."""

    def call(episode: Episode, name: str, who: Any = None, /, **arguments: Any) -> dict[str, Any]:
        record = episode.call(name, arguments, principal=getattr(who, "email", who))
        assert record.ok, record.error
        assert record.result is not None
        spec = episode.world.registry[name]
        jsonschema.validate(record.result, spec.output_schema)
        assert spec.writes or not record.changes
        if spec.writes and spec.idempotent:
            assert not episode.fork().call(name, arguments, principal=record.principal).changes, name
        return record.result

    return call


@pytest.fixture
def refused() -> Callable[..., dict[str, Any]]:
    """refused(episode, tool, who, **arguments) -> error; the call must leave no row behind."""

    def call(episode: Episode, name: str, who: Any = None, /, **arguments: Any) -> dict[str, Any]:
        record = episode.call(name, arguments, principal=getattr(who, "email", who))
        assert record.error is not None, record.result
        assert not record.changes
        return record.error

    return call


@pytest.fixture
def heard() -> Callable[[Episode], list[dict[str, Any]]]:
    """heard(episode) -> the events that Zammad has emitted, each with its name."""

    def read(episode: Episode) -> list[dict[str, Any]]:
        rows = episode.sql("SELECT name, fields FROM listener_event ORDER BY id")
        return [{"event": row["name"], **json.loads(row["fields"])} for row in rows]

    return read


@pytest.fixture
def pick() -> Callable[..., dict[str, Any]]:
    """pick(episode, condition, *values) -> the first ticket t (with g, c, o) for which an SQL condition holds."""

    def read(episode: Episode, condition: str, *values: Any) -> dict[str, Any]:
        sql = f"""SELECT t.*, g.name AS group_name, c.email AS customer, o.email AS owner FROM zammad_ticket t
            JOIN zammad_group g ON g.id = t.group_id JOIN zammad_user c ON c.id = t.customer_id
            LEFT JOIN zammad_user o ON o.id = t.owner_id WHERE {condition} ORDER BY t.id DESC LIMIT 1"""
        rows = episode.sql(sql, *values)
        assert rows, condition
        return rows[0]

    return read
