"""Worlds for the tests of Mail: Mail alone, and Mail beside a small neighbour that emits and answers events."""

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
from enterpriselab.core.changes import CallRecord
from enterpriselab.sandbox.episode import Episode
from enterpriselab.sandbox.world import World
from enterpriselab.toolkit import App, Context, ToolError, on, tool

Call = Callable[..., CallRecord]
SCHEMA = """
CREATE TABLE neighbour_file (
    person_id TEXT NOT NULL REFERENCES company_person(id), path TEXT NOT NULL,
    media_type TEXT NOT NULL, content BLOB NOT NULL,
    PRIMARY KEY (person_id, path)
) STRICT;
"""


class Emitted(TypedDict):
    """The name of the event."""

    event: str


@tool(writes=True)
def neighbour_emit(ctx: Context, event: str, fields: dict[str, Any]) -> Emitted:
    """Emit an event of the company.

    Args:
        event: Name of the class in company/events.py.
        fields: Its fields; lists become tuples.
    """
    known = {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
    ctx.emit(getattr(events, event)(**known))
    return {"event": event}


@tool(writes=True)
def neighbour_hire(ctx: Context, person_id: str, email: str) -> Emitted:
    """Put a person into the company and say so.

    Args:
        person_id: New id.
        email: New address.
    """
    ctx.db.execute(
        "INSERT INTO company_person SELECT ?, 'NV-TEST', 'New', 'Person', 'New Person', ?, 'newperson', NULL, 'Tester',"
        " grade, department_id, team, site_id, id, '2026-03-02', NULL, 'active', '[]' FROM company_person WHERE id = ?",
        person_id,
        email,
        ctx.me.id,
    )
    ctx.emit(events.PersonHired(person_id))
    return {"event": "PersonHired"}


@tool(writes=True, idempotent=True)
def neighbour_rename(ctx: Context, person_id: str, email: str) -> Emitted:
    """Give a person a new address and say so.

    Args:
        person_id: Who.
        email: New address.
    """
    ctx.db.update("company_person", {"id": person_id}, email=email)
    ctx.emit(events.PersonChanged(person_id, ("email",)))
    return {"event": "PersonChanged"}


def _give(ctx: Context, event: events.FileRequested) -> None:
    sql = "SELECT media_type, content FROM neighbour_file WHERE person_id = ? AND path = ?"
    row = ctx.db.row(sql, event.person_id, event.path)
    if row is None:
        raise ToolError("not_found", f"No file {event.path}.", field="path")
    event.reply.append((event.path.rsplit("/", 1)[1], row["media_type"], row["content"]))


def _keep(ctx: Context, event: events.AttachmentSaved) -> None:
    path = f"{event.path.rstrip('/')}/{event.name}"
    ctx.db.insert(
        "neighbour_file", person_id=event.person_id, path=path, media_type=event.media_type, content=event.content
    )
    event.reply.append(path)


@pytest.fixture(scope="session")
def mail(world_with: Callable[..., World]) -> World:
    """The arena with Mail alone."""
    return world_with("mail")


@pytest.fixture(scope="session")
def mail_and_neighbour(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Mail beside an app that keeps files and emits what a test asks for."""
    folder: Path = tmp_path_factory.mktemp("neighbour")
    (folder / "schema.sql").write_text(SCHEMA, encoding="utf-8")
    person = picks(build_firm(7))["Engineer"]

    def seed(connection: Any, _firm: Any, _rng: Any) -> None:
        connection.execute(
            "INSERT INTO neighbour_file VALUES (?, '/plan.md', 'text/markdown', ?)", (person.id, b"# Plan\n")
        )

    neighbour = App(
        key="neighbour",
        title="Neighbour",
        domain="Test",
        folder=folder,
        seed=seed,
        tools=(neighbour_emit, neighbour_hire, neighbour_rename),
        handlers=(on(events.FileRequested)(_give), on(events.AttachmentSaved)(_keep)),
    )
    return World(world_of("mail-and-neighbour", (catalogue()["mail"], neighbour)))


@pytest.fixture(scope="session")
def people() -> dict[str, Person]:
    """One person for each role."""
    return picks(build_firm(7))


@pytest.fixture
def ep(mail: World, people: dict[str, Person]) -> Episode:
    """A fresh episode of the engineer."""
    return mail.episode(people["Engineer"].email)


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
    """refused(episode, tool, **arguments) -> error; the call must leave no row behind."""

    def call(episode: Episode, name: str, who: Person | None = None, /, **arguments: Any) -> dict[str, Any]:
        record = episode.call(name, arguments, principal=who.email if who else None)
        assert record.error is not None, record.result
        assert not record.changes
        return record.error

    return call
