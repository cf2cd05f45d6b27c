"""Every tool keeps what it promises: its annotation, its result schema, and no trace of a refused call."""

import json
from typing import Any

import pytest
from itsm_caller import Caller
from itsm_desk import LEVELS, world
from jsonschema import Draft202012Validator

from enterpriselab.apps.itsm.rules.tables import tables
from enterpriselab.core.changes import CallRecord

TOOLS = list(world().registry)
ATTEMPTS = {"permissive": 24, "enforced": 6, "parity": 6}
KINDS = {"not_found", "invalid", "forbidden", "conflict"}


def closed(schema: Any) -> Any:
    """The schema with no undeclared property allowed in any object that declares some."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: closed(part) for key, part in schema.items()}
    return made | {"additionalProperties": False} if isinstance(schema.get("properties"), dict) else made


def attempts(tool: str, level: str) -> list[CallRecord]:
    """What came of calls with drawn arguments, each on a fresh episode; a refused one leaves the state alone."""
    spec, made = world(level).registry[tool], []
    drawn = Caller(world(level).episode(), f"{tool}@{level}")
    for _ in range(ATTEMPTS[level]):
        episode = world(level).episode()
        before = episode.state_hash()
        arguments = drawn.arguments(spec)
        record = episode.call(tool, arguments)
        if record.error is not None:
            assert (episode.state_hash(), record.changes) == (before, ()), record
            assert record.error["kind"] in KINDS and record.error["message"].strip(), record
        elif spec.writes and spec.idempotent:
            assert not episode.call(tool, arguments).changes, "a repetition changes nothing more"
        made.append(record)
    return made


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_keeps_its_annotation_and_its_result_schema(tool: str, level: str) -> None:
    spec = world(level).registry[tool]
    check = Draft202012Validator(closed(spec.output_schema))
    passed = [record for record in attempts(tool, level) if record.ok]
    for record in passed:
        check.validate(json.loads(json.dumps(record.result, allow_nan=False)))
        assert spec.writes or not record.changes
        removed = [change for change in record.changes if change.op == "delete" and tables()[change.table].prefix]
        assert spec.destructive or not removed, "only rows that tie a role to a user are replaced"
    if level == "permissive":
        assert passed, "no drawn arguments were accepted"
        assert not spec.writes or any(record.changes for record in passed)


@pytest.mark.parametrize("tool", TOOLS)
def test_a_stranger_and_an_unknown_argument_are_refused(tool: str) -> None:
    episode = world().episode()
    for arguments, who in (({"no_such_argument": 1}, None), ({}, "nobody@desk.example")):
        record = episode.call(tool, arguments, principal=who)
        assert record.error is not None and record.error["kind"] in ("invalid", "forbidden")
