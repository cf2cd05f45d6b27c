"""Worlds for the tests of OwnCloud: alone, and beside a small neighbour that emits events and hears them."""

from collections.abc import Callable
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

SCHEMA = """
CREATE TABLE neighbour_event (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, recipient TEXT NOT NULL, about TEXT NOT NULL
) STRICT;
"""


class Answer(TypedDict):
    """What the event's reply holds."""

    reply: list[str]


@tool(writes=True)
def neighbour_hire(ctx: Context, person_id: str, manager_id: str) -> Answer:
    """Put a person into the company, like the manager but with another name, and say so.

    Args:
        person_id: New id.
        manager_id: The manager.
    """
    ctx.db.execute(
        "INSERT INTO company_person SELECT ?, 'NV-TEST', 'Nils', 'Person', 'Nils Person', 'nils@norrvane.example',"
        " 'nils', NULL, 'Tester', grade, department_id, team, site_id, id, '2026-03-02', NULL, 'active', '[]'"
        " FROM company_person WHERE id = ?",
        person_id,
        manager_id,
    )
    ctx.emit(events.PersonHired(person_id))
    return {"reply": []}


@tool(writes=True)
def neighbour_emit(ctx: Context, event: str, fields: dict[str, Any]) -> Answer:
    """Emit an event of the company.

    Args:
        event: Name of the class in company/events.py.
        fields: Its fields without `reply`; `content` as text.
    """
    reply: list[Any] = []
    known = {name: value.encode("utf-8") if name == "content" else value for name, value in fields.items()}
    kind = getattr(events, event)
    ctx.emit(kind(**known, reply=reply) if "reply" in kind.__slots__ else kind(**known))
    return {"reply": [str(answer) for answer in reply]}


def _shared(ctx: Context, event: events.FileShared) -> None:
    ctx.db.insert("neighbour_event", kind="FileShared", recipient=event.with_email, about=event.path)


def _notified(ctx: Context, event: events.NotificationRequested) -> None:
    recipient = " ".join(event.to_emails)
    ctx.db.insert("neighbour_event", kind="NotificationRequested", recipient=recipient, about=event.subject)


@pytest.fixture(scope="session")
def people() -> dict[str, Person]:
    """One person for each role."""
    return picks(build_firm(7))


@pytest.fixture(scope="session")
def files(world_with: Callable[..., World]) -> World:
    """OwnCloud alone."""
    return world_with("owncloud")


@pytest.fixture(scope="session")
def neighbourhood(tmp_path_factory: pytest.TempPathFactory) -> World:
    """OwnCloud and the neighbour."""
    folder: Path = tmp_path_factory.mktemp("neighbour")
    (folder / "schema.sql").write_text(SCHEMA, encoding="utf-8")
    neighbour = App(
        key="neighbour",
        title="Neighbour",
        domain="Test",
        folder=folder,
        seed=lambda _connection, _firm, _rng: None,
        tools=(neighbour_hire, neighbour_emit),
        handlers=(on(events.FileShared)(_shared), on(events.NotificationRequested)(_notified)),
    )
    return World(world_of("files-and-neighbour", (catalogue()["owncloud"], neighbour)))


@pytest.fixture
def ep(files: World, people: dict[str, Person]) -> Episode:
    """A fresh episode of the engineer."""
    return files.episode(people["Engineer"].email)


@pytest.fixture
def near(neighbourhood: World, people: dict[str, Person]) -> Episode:
    """A fresh episode of the engineer beside the neighbour."""
    return neighbourhood.episode(people["Engineer"].email)


@pytest.fixture
def ok() -> Callable[..., dict[str, Any]]:
    """ok(episode, tool, who, **arguments) -> result. Fails on a refusal, a wrong schema or a wrong annotation."""

    def call(episode: Episode, name: str, who: Person | None = None, /, **arguments: Any) -> dict[str, Any]:
        record = episode.call(name, arguments, principal=who.email if who else None)
        assert record.ok, record.error
        assert record.result is not None
        spec = episode.world.registry[name]
        jsonschema.validate(record.result, spec.output_schema)
        if spec.writes and spec.idempotent:
            assert not episode.fork().call(name, arguments, principal=record.principal).changes, name
        return record.result

    return call


@pytest.fixture
def refused() -> Callable[..., dict[str, Any]]:
    """refused(episode, tool, who, **arguments) -> error; the call must leave no row behind."""

    def call(episode: Episode, name: str, who: Person | None = None, /, **arguments: Any) -> dict[str, Any]:
        record = episode.call(name, arguments, principal=who.email if who else None)
        assert record.error is not None, record.result
        assert not record.changes
        return record.error

    return call
