"""Whatever is thrown at the desk: results as declared or typed refusals, no trace of a failed call, sound tables."""

import json
import random
from functools import cache
from typing import Any

import apsw
import pytest
from catalogue_mutations import SQL, UNICODE, spoilt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from itsm_caller import Caller
from itsm_desk import ADMIN, LEVELS, world
from jsonschema import Draft202012Validator
from test_itsm_catalogue import KINDS, closed

from enterpriselab.apps.itsm.rules.machines import MACHINES
from enterpriselab.apps.itsm.rules.tables import tables
from enterpriselab.core.changes import CallRecord
from enterpriselab.core.tools import ToolSpec
from enterpriselab.sandbox.episode import Episode

IMAGE = "harbor"
SPECS = list(world("permissive", IMAGE).registry.values())
GROUPS = [SPECS[start : start + 12] for start in range(0, len(SPECS), 12)]
STEPS = 500
MOMENTS = (
    "2026-02-30",
    "tomorrow",
    "0000-00-00",
    "0001-01-01T00:00:00+05:00",
    "9999-12-31T23:59:59-01:00",
    "2026-W10-1",
)
TEXTS = (
    *SQL,
    *UNICODE,
    *MOMENTS,
    "",
    " ",
    "x" * 5000,
    "INC_99999999999999999999",
    "inc_001",
    "NaN",
    "a@b",
    "+1-555-010-1234",
)
NUMBERS = (0, -1, 2**31, 2**63 - 1, 2**63, -(2**63), 10**30, 1e308, -0.0, 0.1 + 0.2, 99999999.99, 1e9)
STAMP = "[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-5][0-9]"


@cache
def validator(tool: str) -> Draft202012Validator:
    return Draft202012Validator(closed(world().registry[tool].output_schema))


@cache
def known_good(level: str) -> dict[str, dict[str, Any]]:
    """Arguments of the right kind for every tool, with ids of the image."""
    caller = Caller(world(level, IMAGE).episode(), level)
    return {spec.name: caller.arguments(spec) for spec in SPECS}


@cache
def people() -> list[str]:
    return [row["user_id"] for row in world("permissive", IMAGE).episode().sql("SELECT user_id FROM users ORDER BY 1")]


def checked(episode: Episode, tool: str, arguments: dict[str, Any], *, principal: str) -> CallRecord:
    """The call; its result is as declared, or its error typed. A broken tool raises EpisodeError."""
    record = episode.call(tool, arguments, principal=principal)
    if record.error is None:
        validator(tool).validate(json.loads(json.dumps(record.result, allow_nan=False)))
    else:
        assert record.error["kind"] in KINDS and record.error["message"].strip(), record
        assert "rule of the database" not in record.error["message"], f"no refusal of its own: {record}"
        assert json.dumps(record.error, allow_nan=False) and not record.changes
    return record


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("group", range(len(GROUPS)))
def test_spoilt_arguments_break_no_tool_and_leave_no_row(level: str, group: int) -> None:
    @settings(max_examples=5, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def attempt(data: st.DataObject) -> None:
        episode = world(level, IMAGE).episode()
        for spec in GROUPS[group]:
            before = episode.state_hash()
            arguments = data.draw(spoilt(spec, known_good(level)[spec.name]), label=spec.name)
            record = checked(episode, spec.name, arguments, principal=data.draw(st.sampled_from(people())))
            assert record.ok or episode.state_hash() == before

    attempt()


def odd(rng: random.Random, spec: ToolSpec, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments with up to two of them replaced by what is rarely meant."""
    made = dict(arguments)
    for name in rng.sample(list(spec.parameters), min(rng.choice((0, 0, 0, 1, 2)), len(spec.parameters))):
        numeric = any(kind in str(spec.parameters[name]) for kind in ("'number'", "'integer'"))
        made[name] = rng.choice(NUMBERS if numeric else TEXTS)
    return made


@cache
def walk(level: str) -> Episode:
    """Many calls one after another on one database, by anybody, most of them writing."""
    episode, rng = world(level, IMAGE).episode(), random.Random(f"walk {level}")
    caller = Caller(episode, f"walk {level}")
    for _ in range(STEPS):
        spec = rng.choice([spec for spec in SPECS if spec.writes or rng.random() < 0.2])
        who = ADMIN if rng.random() < 0.6 else rng.choice(people())
        checked(episode, spec.name, odd(rng, spec, caller.arguments(spec)), principal=who)
    return episode


@pytest.mark.parametrize("level", LEVELS)
def test_after_a_long_walk_the_tables_are_sound(level: str) -> None:
    episode = walk(level)
    assert sum(bool(record.changes) for record in episode.ledger) >= STEPS // 10
    connection, fresh = apsw.Connection(":memory:"), apsw.Connection(":memory:")
    connection.deserialize("main", episode.database())
    fresh.deserialize("main", bytes(world(level, IMAGE).image.view))
    assert list(connection.execute("PRAGMA integrity_check")) == [("ok",)]
    assert not list(connection.execute("PRAGMA foreign_key_check"))
    schema = "SELECT type, name, sql FROM sqlite_schema ORDER BY name"
    assert list(connection.execute(schema)) == list(fresh.execute(schema))
    for rule in tables().values():
        for column in rule.columns:
            if column.kind == "time":
                query = f"SELECT {column.name} FROM {rule.name} WHERE {column.name} NOT GLOB ?"
                assert not list(connection.execute(query, (STAMP,))), f"{rule.name}.{column.name}"


@pytest.mark.parametrize("level", LEVELS)
def test_the_same_walk_leads_to_the_same_state(level: str) -> None:
    again = world(level, IMAGE).episode()
    for record in walk(level).ledger:
        repeated = again.call(record.tool, record.arguments, principal=record.principal)
        assert (repeated.result, repeated.error) == (record.result, record.error)
    assert again.state_hash() == walk(level).state_hash()


def touched_organizations(episode: Episode, record: CallRecord) -> set[str]:
    """Organizations of the rows that a call changed, where the rows say so and are still there."""
    found = set()
    for change in record.changes:
        rule = tables()[change.table]
        found |= {side["org_id"] for side in (change.before, change.after) if side and "org_id" in side}
        if "org_id" in (column.name for column in rule.columns):
            where = " AND ".join(f"{name} = ?" for name in rule.key)
            found |= {
                row["org_id"] for row in episode.sql(f"SELECT org_id FROM {rule.name} WHERE {where}", *change.key)
            }
    return found


def test_where_rules_are_enforced_no_walk_takes_a_forbidden_step_or_leaves_the_organization() -> None:
    episode = walk("enforced")
    home = {row["user_id"]: row["org_id"] for row in world("enforced", IMAGE).episode().sql("SELECT * FROM users")}
    for record in episode.ledger:
        assert touched_organizations(episode, record) <= {home[record.principal]}, record
        for change in record.changes:
            for machine in MACHINES.values():
                old, new = (side.get(machine.column) for side in (change.before or {}, change.after or {}))
                if machine.table == change.table and old is not None and new is not None and old != new:
                    assert new in machine.moves[old], record
