"""What the tests of the catalogue do to the arena: refused calls, dumps, walks, outsiders. Knows no app by name."""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

import apsw
from catalogue_driver import arena, log, people
from catalogue_replay import walk
from jsonschema import Draft202012Validator

from enterpriselab.core.hashing import content_hash
from enterpriselab.sandbox.episode import Episode
from enterpriselab.sandbox.pool import ConnectionPool
from enterpriselab.sandbox.sql import writer_setup

KINDS = {"not_found", "invalid", "forbidden", "conflict", "rate_limited", "timeout"}


def closed(schema: Any) -> Any:
    """The schema with no undeclared property allowed in any object that declares some."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: closed(part) for key, part in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        made.setdefault("additionalProperties", False)
    return made


@cache
def result_validator(tool: str) -> Draft202012Validator:
    return Draft202012Validator(closed(arena().registry[tool].output_schema))


def dump(episode: Episode, tables: Iterable[str]) -> str:
    """Digest of all rows of the tables, as SQLite shows them, not as the ledger says."""
    with arena().writers.bind(episode._pages) as connection:
        return content_hash({name: list(connection.execute(f'SELECT * FROM "{name}"')) for name in sorted(set(tables))})


def refusal(episode: Episode, tool: str, arguments: dict[str, Any]) -> dict[str, Any] | None:
    """The error of a call that must leave the state alone; None when it succeeded, which the schema must allow."""
    before = (episode.state_hash(), episode.clock.now)
    record = episode.call(tool, arguments)
    if record.ok:
        result_validator(tool).validate(json.loads(json.dumps(record.result, allow_nan=False)))
        return None
    assert (episode.state_hash(), episode.clock.now) == before
    assert not record.changes
    error = record.error or {}
    json.dumps(error).encode("utf-8")
    assert error["kind"] in KINDS
    assert error["message"].strip()
    assert "Traceback" not in error["message"]
    return error


def names_field(error: dict[str, Any], field: str) -> bool:
    """Is the field named as the fault, or among those that would be accepted?"""
    return field == str(error.get("field", "")).split(".")[0] or field in (error.get("accepted") or ())


def unindexed(connection: apsw.Connection, table: str) -> set[str]:
    """Columns of foreign keys that lead no index and no key."""
    leading = {
        column
        for (index,) in list(connection.execute("SELECT name FROM pragma_index_list(?)", (table,)))
        for (column,) in connection.execute("SELECT name FROM pragma_index_info(?) WHERE seqno = 0", (index,))
    }
    keys = "SELECT name FROM pragma_table_info(?) WHERE pk = 1"
    leading |= {column for (column,) in connection.execute(keys, (table,))}
    firsts = connection.execute('SELECT "from" FROM pragma_foreign_key_list(?) WHERE seq = 0', (table,))
    return {column for (column,) in firsts} - leading


@cache
def long_walk() -> tuple[Episode, frozenset[str]]:
    """An episode after some hundred calls, and the tables that its tools' SQL named."""
    world, named = arena(), set()

    def setup(connection: apsw.Connection) -> None:
        writer_setup(connection)
        connection.authorizer = lambda _action, first, *_: named.add(first) or apsw.SQLITE_OK

    usual, world.writers = world.writers, ConnectionPool(world.image, setup)
    try:
        episode = walk(world, sorted(set(people().values())), calls=450, seed=5)
        for seen in log().successes.values():
            for success in seen:
                success.before.fork().call(success.record.tool, success.record.arguments)
    finally:
        world.writers = usual
    return episode, frozenset(name for name in named if name)


def outsiders(roles: frozenset[str]) -> list[str]:
    """People who hold none of the roles."""
    rows = arena().episode().sql("SELECT person_id, role FROM company_role")
    holders = {row["person_id"] for row in rows if row["role"] in roles}
    return [person for person in dict.fromkeys(people().values()) if person not in holders]
