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
CREATE TABLE neighbour_heard (id INTEGER PRIMARY KEY, what TEXT NOT NULL) STRICT;
"""


class Answer(TypedDict):
    """What the event's reply holds."""

    reply: list[str]


@tool(writes=True)
def neighbour_hire(ctx: Context, person_id: str) -> Answer:
    """Put a person into the company and say so.

    Args:
        person_id: New id.
    """
    ctx.db.execute(
        "INSERT INTO company_person SELECT ?, 'NV-TEST', 'Noor', 'Person', 'Noor Person', 'noor@norrvane.example',"
        " 'noor', NULL, 'Tester', grade, department_id, team, site_id, id, '2026-03-02', NULL, 'active', '[]'"
        " FROM company_person WHERE id = ?",
        person_id,
        ctx.me.id,
    )
    ctx.emit(events.PersonHired(person_id))
    return {"reply": []}


@tool(writes=True)
def neighbour_end(ctx: Context, person_id: str, last_day: str) -> Answer:
    """Say that a person leaves.

    Args:
        person_id: Who.
        last_day: When.
    """
    ctx.emit(events.PersonTerminated(person_id, last_day))
    return {"reply": []}


@tool(writes=True)
def neighbour_fetch(ctx: Context, path: str) -> Answer:
    """Ask for a file of the caller.

    Args:
        path: Which.
    """
    reply: list[tuple[str, str, bytes]] = []
    ctx.emit(events.FileRequested(path, ctx.me.id, reply))
    return {"reply": [name + "|" + kind + "|" + content.hex() for name, kind, content in reply]}


@tool(writes=True)
def neighbour_keep(ctx: Context, folder: str, name: str, content: str) -> Answer:
    """Ask to keep an attachment.

    Args:
        folder: Where.
        name: File name.
        content: Text.
    """
    reply: list[str] = []
    ctx.emit(events.AttachmentSaved(folder, ctx.me.id, name, "text/plain", content.encode("utf-8"), reply))
    return {"reply": reply}


def _hear(ctx: Context, event: Any) -> None:
    ctx.db.insert("neighbour_heard", what=repr(event))


@pytest.fixture(scope="session")
def people() -> dict[str, Person]:
    """One person for each role."""
    return picks(build_firm(7))


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> World:
    """OwnCloud and the neighbour."""
    folder: Path = tmp_path_factory.mktemp("neighbour")
    (folder / "schema.sql").write_text(SCHEMA, encoding="utf-8")
    neighbour = App(
        key="neighbour",
        title="Neighbour",
        domain="Test",
        folder=folder,
        seed=lambda _connection, _firm, _rng: None,
        tools=(neighbour_hire, neighbour_end, neighbour_fetch, neighbour_keep),
        handlers=(on(events.FileShared)(_hear), on(events.NotificationRequested)(_hear)),
    )
    return World(world_of("files-and-neighbour", (catalogue()["owncloud"], neighbour)))


@pytest.fixture
def ep(files: World, people: dict[str, Person]) -> Episode:
    """A fresh episode of the engineer."""
    return files.episode(people["Engineer"].email)


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
