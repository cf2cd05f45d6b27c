"""Every app and tool of the catalogue, found by folder: names, schemas, annotations, refusals, tables, permissions."""

import ast
import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import apsw
import catalogue_facts as facts
import pytest
from catalogue_checks import dump, long_walk, names_field, outsiders, refusal, result_validator, unindexed
from catalogue_driver import arena, log, overwrites, people, successes
from catalogue_mutations import certain, hostile, spoilt, strangers
from catalogue_replay import outcome
from catalogue_schemas import Place, concrete, entity_of, keywords, leaves, objects, places
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from enterpriselab.apps import app_keys, load_app
from enterpriselab.company import ROLES
from enterpriselab.core.errors import EpisodeError
from enterpriselab.core.tools import ToolSpec

APPS = [key for key in app_keys() if load_app(key).world == "arena"]
EXAMPLES = max(60, 1200 // len(APPS))
"""Spoilt calls of each app that chance makes."""
every_app = pytest.mark.parametrize("app", APPS)


def specs(app: str) -> list[ToolSpec]:
    return [bound.spec for bound in arena().tools.values() if bound.app.key == app]


def listed(found: list[str]) -> str:
    return f"{len(found)} found:\n" + "\n".join(found[:60])


# --- names and entities


def test_tool_names_are_short_and_plain() -> None:
    wrong = [name for name in arena().tools if not re.fullmatch(r"[a-z][a-z0-9_]{2,63}", name)]
    assert not wrong
    assert len(arena().tools) == sum(len(load_app(key).tools) for key in APPS)


def plain_places(spec: ToolSpec) -> Iterator[tuple[str, Place]]:
    """Properties that hold text, numbers or lists of these."""
    for side, schema in (("in", spec.input_schema), ("out", spec.output_schema or {})):
        for place in places(schema):
            kind = concrete(place.schema)
            kind = concrete(kind["items"]) if "items" in kind else kind
            if kind.get("type") in ("string", "integer") and "enum" not in kind:
                yield side, place


def excused(app: str, tool: str, place: Place) -> bool:
    """Is there a reason for this place to have no entity?"""
    keys = {(tool, place.path), (app, place.name), (app, place.path.removeprefix("items[]."))}
    return not keys.isdisjoint(facts.NO_ENTITY)


@every_app
def test_what_is_named_like_an_id_says_of_which_entity(app: str) -> None:
    wrong = []
    for spec in specs(app):
        for side, place in plain_places(spec):
            unmarked = place.entity is None and not excused(app, spec.name, place)
            if unmarked and re.search(facts.ID_NAME, place.name):
                wrong.append(f"{spec.name} {side} {place.path}")
    assert not wrong, listed(wrong)


@every_app
def test_no_result_holds_a_known_id_in_a_field_without_entity(app: str) -> None:
    ids = {
        value: entity
        for entity, values in log().memory.values.items()
        for value in values
        if isinstance(value, str) and len(value) > 4 and re.search(r"[@\d]", value)
    }
    wrong = set()
    for spec, success in successes(log(), app):
        for place, value in leaves(spec.output_schema or {}, success.record.result):
            unmarked = place.entity is None and not excused(app, spec.name, place)
            if unmarked and isinstance(value, str) and value in ids:
                wrong.add(f"{spec.name} {place.path} held the {ids[value]} {value!r}")
    assert not wrong, listed(sorted(wrong))


def test_one_field_name_means_one_entity_and_one_entity_has_one_spelling() -> None:
    meant: dict[str, set[str]] = defaultdict(set)
    for app in APPS:
        for spec in specs(app):
            for _, place in plain_places(spec):
                if place.entity:
                    meant[place.name].add(place.entity)
    wrong = [f"{name}: {sorted(e)}" for name, e in meant.items() if len(e) > 1 and name not in facts.SAME_NAME]
    assert not wrong, listed(wrong)
    spelled: dict[str, set[str]] = defaultdict(set)
    for entity in set().union(*meant.values()):
        assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", entity)
        spelled[entity.replace("_", "").removesuffix("s")].add(entity)
    assert not [names for names in spelled.values() if len(names) > 1]


def test_whatever_a_tool_requires_can_be_read_somewhere() -> None:
    produced = {
        place.entity
        for app in APPS
        for spec in specs(app)
        if not spec.writes
        for place in places(spec.output_schema or {})
    }
    required: dict[str, list[str]] = defaultdict(list)
    for app in APPS:
        for spec in specs(app):
            for name in spec.required:
                required[entity_of(spec.parameters[name]) or ""].append(spec.name)
    missing = [f"{entity} for {tools[:3]}" for entity, tools in required.items() if entity and entity not in produced]
    assert not [line for line in missing if line.split()[0] not in facts.GIVEN_BY_PEOPLE], listed(missing)


# --- schemas


@every_app
def test_schemas_are_valid_closed_described_and_without_references(app: str) -> None:
    wrong = []
    for spec in specs(app):
        if not spec.description.strip():
            wrong.append(f"{spec.name} has no description")
        for schema in (spec.input_schema, spec.output_schema or {}):
            Draft202012Validator.check_schema(schema)
            if {"$ref", "$defs"} & set(keywords(schema)):
                wrong.append(f"{spec.name} refers instead of saying")
        wrong += [f"{spec.name}.{n} has no description" for n, p in spec.parameters.items() if not p.get("description")]
        for at, node in objects(spec.input_schema):
            if node.get("additionalProperties") is not False and (spec.name, at) not in facts.OPEN_OBJECTS:
                wrong.append(f"{spec.name} {at} takes any key")
    assert not wrong, listed(wrong)


@every_app
def test_defaults_and_examples_are_valid(app: str) -> None:
    wrong = []
    for spec in specs(app):
        for place in places(spec.input_schema):
            for value in ([place.schema["default"]] if "default" in place.schema else []) + place.schema.get(
                "examples", []
            ):
                if not Draft202012Validator(place.schema).is_valid(value):
                    wrong.append(f"{spec.name} {place.path}: {value!r}")
    assert not wrong, listed(wrong)


# --- executed truth


def test_nearly_every_tool_was_called_successfully_and_none_broke() -> None:
    assert not log().broken, listed(sorted(set(log().broken)))
    missed = [name for name in arena().tools if not log().successes[name]]
    assert set(missed) <= set(facts.UNCOVERED), listed([f"{n}: {log().refusals[n].most_common(3)}" for n in missed])
    assert len(missed) <= 0.05 * len(arena().tools)


@every_app
def test_results_are_what_the_output_schema_says(app: str) -> None:
    wrong = set()
    for spec, success in successes(log(), app):
        result = json.loads(json.dumps(success.record.result, allow_nan=False))
        for error in result_validator(spec.name).iter_errors(result):
            wrong.add(f"{spec.name} {error.json_path}: {error.message[:200]}")
    assert not wrong, listed(sorted(wrong))


@every_app
def test_reads_change_no_row_and_writes_do(app: str) -> None:
    wrong = []
    for spec in specs(app):
        seen = log().successes[spec.name]
        if not spec.writes and any(success.record.changes or success.again.changes for success in seen):
            wrong.append(f"{spec.name} reads, but changed rows")
        if not spec.writes and any(s.record.payload != s.again.payload for s in seen):
            wrong.append(f"{spec.name} read two different things in one state")
        if spec.writes and seen and not any(success.changed for success in seen):
            wrong.append(f"{spec.name} writes, but was never seen to change a row")
    assert not wrong, listed(wrong)


@every_app
def test_destructive_tools_delete_or_overwrite(app: str) -> None:
    marked = [spec for spec in specs(app) if spec.destructive and log().successes[spec.name]]
    wrong = [s.name for s in marked if not any(overwrites(seen.record) for seen in log().successes[s.name])]
    assert not wrong, listed(wrong)


@every_app
def test_repeating_an_idempotent_call_changes_nothing_more(app: str) -> None:
    wrong = []
    for spec, success in successes(log(), app):
        if spec.writes and spec.idempotent and success.again.ok and success.again.changes:
            wrong.append(f"{spec.name}({success.record.arguments}) again: {success.again.changes[:2]}")
    assert not wrong, listed(wrong)


@every_app
def test_repeating_any_other_write_changes_something_or_is_refused(app: str) -> None:
    """The rule: refused or changing at least once leaves the mark to the author; always silent means idempotent."""
    wrong = []
    for spec in specs(app):
        seen = [success for success in log().successes[spec.name] if success.changed]
        silent = bool(seen) and all(success.again.ok and not success.again.changes for success in seen)
        if spec.writes and not spec.idempotent and silent and spec.name not in facts.SILENT_REPEATS:
            wrong.append(spec.name)
    assert not wrong, listed(wrong)


# --- refusals


@every_app
def test_faults_against_the_schema_are_refused_by_field_and_leave_no_row(app: str) -> None:
    wrong: list[str] = []
    for spec in specs(app):
        for success in log().successes[spec.name][:1]:
            episode = success.before.fork()
            touched = {change.table for change in success.record.changes}
            before = dump(episode, list(touched))
            for fault in certain(spec, success.record.arguments):
                error = refusal(episode, spec.name, fault.arguments)
                if error is None or error["kind"] != "invalid" or error.get("field", "").split(".")[0] != fault.field:
                    wrong.append(f"{spec.name}.{fault.field} {fault.fault}: {error}"[:300])
                    episode = success.before.fork() if error is None else episode
            assert dump(episode, list(touched)) == before, spec.name
    assert not wrong, listed(wrong)


@every_app
def test_ids_that_name_nothing_are_refused_by_field_and_leave_no_row(app: str) -> None:
    wrong: list[str] = []
    for spec in specs(app):
        for success in log().successes[spec.name][:1]:
            for fault in strangers(spec, success.record.arguments):
                error = refusal(success.before.fork(), spec.name, fault.arguments)
                welcome = {(spec.name, fault.field), (app, fault.field)} & facts.STRANGERS_WELCOME.keys()
                fine = error is not None and (names_field(error, fault.field) or error["kind"] == "forbidden")
                if not fine and not welcome and fault.fault not in facts.COINED:
                    wrong.append(f"{spec.name}.{fault.field} {fault.arguments[fault.field]!r}: {error}"[:300])
    assert not wrong, listed(wrong)


@every_app
def test_hostile_text_is_kept_as_text_or_refused(app: str) -> None:
    wrong = []
    for spec in specs(app):
        for success in log().successes[spec.name][:1]:
            for arguments in hostile(spec, success.record.arguments):
                try:
                    refusal(success.before.fork(), spec.name, arguments)
                except EpisodeError as error:
                    wrong.append(f"{spec.name}({arguments}): {error}"[:300])
    assert not wrong, listed(wrong)


@every_app
def test_no_argument_whatever_breaks_a_tool_or_leaves_a_row_of_a_failed_call(app: str) -> None:
    seen = list(successes(log(), app))

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(st.data())
    def attempt(data: st.DataObject) -> None:
        spec, success = data.draw(st.sampled_from(seen))
        episode = success.before.fork()
        touched = [change.table for change in success.record.changes]
        before = dump(episode, touched) if len(touched) < 4 else ""
        if refusal(episode, spec.name, data.draw(spoilt(spec, success.record.arguments))) is not None:
            assert not before or dump(episode, touched) == before

    attempt()


# --- tables


@every_app
def test_tables_are_strict_keyed_prefixed_and_indexed(app: str) -> None:
    connection = apsw.Connection(":memory:")
    connection.execute(arena().spec.foundation_sql)
    shared = set(connection.execute("SELECT name FROM sqlite_schema"))
    connection.execute(load_app(app).schema_sql)
    wrong = []
    for (name,) in set(connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")) - shared:
        if name.startswith("sqlite_"):
            continue
        strict = connection.execute("SELECT strict FROM pragma_table_list(?)", (name,)).fetchone()
        keyed = connection.execute("SELECT count(*) FROM pragma_table_info(?) WHERE pk", (name,)).fetchone()
        wrong += [] if strict == (1,) else [f"{name} is not STRICT"]
        wrong += [] if keyed != (0,) else [f"{name} has no PRIMARY KEY"]
        wrong += [] if name.startswith(f"{app}_") else [f"{name} lacks its prefix"]
        wrong += [f"{name}.{column} has no index" for column in unindexed(connection, name)]
    assert not wrong, listed(sorted(wrong))


def test_after_a_long_walk_all_references_and_rules_of_the_tables_hold() -> None:
    episode, _ = long_walk()
    assert sum(record.ok for record in episode.ledger) >= 200
    with arena().writers.bind(episode._pages) as connection:
        assert not list(connection.execute("PRAGMA foreign_key_check"))
        assert list(connection.execute("PRAGMA integrity_check")) == [("ok",)]


def test_every_table_is_used_by_some_tool() -> None:
    unused = set(arena().tables) - long_walk()[1]
    assert unused <= set(facts.UNUSED_TABLES), listed(sorted(unused))


# --- permissions


@every_app
def test_without_a_role_of_the_permission_a_tool_is_forbidden(app: str) -> None:
    wrong = []
    for bound in arena().tools.values():
        if bound.app.key != app or bound.tool.permission is None:
            continue
        roles = bound.app.permissions[bound.tool.permission]
        for success in log().successes[bound.spec.name][:1]:
            for who in outsiders(roles):
                record = success.before.fork().call(bound.spec.name, success.record.arguments, principal=who)
                accepted = sorted(f"role {role}" for role in roles)
                expected = record.error and record.error["kind"] == "forbidden" and record.error["accepted"] == accepted
                wrong += [] if expected else [f"{bound.spec.name} as {who}: {record.payload}"[:300]]
    assert not wrong, listed(wrong)


@every_app
def test_every_declared_permission_names_roles_of_the_company_and_is_used(app: str) -> None:
    found = load_app(app)
    assert set().union(*found.permissions.values()) <= set(ROLES) if found.permissions else True
    texts: set[object] = {tool.permission for tool in found.tools}
    for path in found.folder.rglob("*.py"):
        if path.name != "__init__.py":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            texts |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert set(found.permissions) <= texts


# --- determinism


def test_hash_seeds_and_the_machines_clock_change_neither_the_image_nor_any_result(tmp_path: Path) -> None:
    plays = [
        (success, [spec.name, success.before.principal, success.record.arguments])
        for app in APPS
        for spec, success in successes(log(), app)
        if not success.before.ledger
    ]
    asked = {"people": sorted(set(people().values())), "calls": 200, "seed": 11, "plays": [play for _, play in plays]}
    program = [sys.executable, str(Path(__file__).with_name("catalogue_replay.py"))]
    started = []
    for seed in ("1", "777"):
        places_of = {"PYTHONHASHSEED": seed, "ENTERPRISELAB_CACHE": str(tmp_path / seed)}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        started.append(subprocess.Popen(program, env={**os.environ, **places_of}, text=True, encoding="utf-8", **pipes))
    first, second = (json.loads(process.communicate(json.dumps(asked), timeout=120)[0]) for process in started)
    assert first == second
    assert first["done"] >= 100
    assert first["image"] == arena().image.digest
    differing = [p[0] for (s, p), seen in zip(plays, first["plays"], strict=True) if outcome(s.record) != seen]
    assert not differing, listed(differing)
