"""What is inferred about foreign tools: entities by name, description and observation; verbs; shapes of results."""

from pathlib import Path
from typing import Any

import mcp_types as types
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from enterpriselab.core.changes import CallRecord, Change
from enterpriselab.core.errors import ToolError
from enterpriselab.sandbox.mcp.folders import Folders
from enterpriselab.sandbox.mcp.infer import merged_schema, schema_of, spec_of, values_by_entity, with_observed
from enterpriselab.sandbox.mcp.results import error_of, payload_of

NOWHERE = Folders(Path("/nowhere"), ())


def tool(name: str, properties: dict[str, Any], **more: Any) -> types.Tool:
    return types.Tool(name=name, input_schema={"type": "object", "properties": properties}, **more)


def entity_of(name: str, node: dict[str, Any], tool_name: str = "do_it") -> Any:
    found = spec_of("s", tool(tool_name, {name: node}), NOWHERE).parameters[name]
    return found.get("x-entity") or found.get("items", {}).get("x-entity")


@pytest.mark.parametrize(
    ("name", "node", "tool_name", "entity"),
    [
        ("ticket_id", {"type": "integer"}, "do_it", "ticket"),
        ("ticketIds", {"type": "array", "items": {"type": "string"}}, "do_it", "ticket"),
        ("id", {"type": "string"}, "get_invoice", "invoice"),
        ("id", {"type": "string", "description": "The id of the customer."}, "lookup", "customer"),
        ("repo_path", {"type": "string"}, "do_it", "repository_path"),
        ("paths", {"type": "array", "items": {"type": "string"}}, "do_it", "file_path"),
        ("source", {"type": "string"}, "move_file", "file_path"),
        ("source", {"type": "string"}, "translate", None),
        ("base_branch", {"anyOf": [{"type": "string"}, {"type": "null"}]}, "do_it", "branch"),
        ("names", {"type": "array", "items": {"type": "string"}, "description": "entity names"}, "open", "entity_name"),
        ("from", {"type": "string", "description": "The name of the entity to start at"}, "do_it", "entity_name"),
        ("limit", {"type": "integer"}, "do_it", None),
        ("flag_id", {"type": "boolean"}, "do_it", None),
        ("status_id", {"type": "string", "enum": ["a"]}, "do_it", None),
        ("order_id", {"type": "string", "x-entity": "purchase"}, "do_it", "purchase"),
    ],
)
def test_entities_are_inferred_from_names_and_descriptions(
    name: str, node: dict[str, Any], tool_name: str, entity: str | None
) -> None:
    assert entity_of(name, node, tool_name) == entity


def test_entities_inside_lists_of_objects_are_found() -> None:
    item = {"type": "object", "properties": {"name": {"type": "string"}, "title": {"type": "string"}}}
    spec = spec_of("s", tool("add", {"entities": {"type": "array", "items": item}}), NOWHERE)
    inner = spec.parameters["entities"]["items"]["properties"]
    assert inner["name"]["x-entity"] == "entity_name"
    assert inner["title"]["x-meaning"] == "title"


@pytest.mark.parametrize(
    ("name", "hints", "writes", "destructive"),
    [
        ("list_things", None, False, False),
        ("git_log", None, False, False),
        ("create_list", None, True, False),
        ("delete_thing", None, True, True),
        ("frobnicate", None, True, False),
        ("delete_thing", {"read_only_hint": True}, False, False),
        ("list_things", {"read_only_hint": False, "destructive_hint": True}, True, True),
    ],
)
def test_hints_decide_what_a_tool_does_and_verbs_where_there_are_none(
    name: str, hints: dict[str, Any] | None, writes: bool, destructive: bool
) -> None:
    annotations = types.ToolAnnotations(**hints) if hints else None
    spec = spec_of("s", tool(name, {}, annotations=annotations), NOWHERE)
    assert (spec.writes, spec.destructive) == (writes, destructive)


def record(name: str, arguments: dict[str, Any], result: dict[str, Any], *, wrote: bool = False) -> CallRecord:
    changes = (Change("files", "insert", ("f", "p"), None, {}),) if wrote else ()
    return CallRecord(0, name, arguments, "user", "", result, None, changes)


def test_observations_give_shape_entities_and_writes_but_never_take_a_write_back() -> None:
    spec = spec_of("s", tool("list_branches", {"branch": {"type": "string"}}), NOWHERE)
    ledger = [
        record("list_branches", {"branch": "main"}, {"lines": ["* main", "side"], "n": 2}),
        record("list_branches", {"branch": "main"}, {"lines": [], "more": None}, wrote=True),
    ]
    learnt = with_observed(spec, ledger, values_by_entity({"list_branches": spec}, ledger))
    assert learnt.writes
    assert learnt.output_schema is not None
    assert learnt.output_schema["required"] == ["lines"]
    assert learnt.output_schema["properties"]["lines"]["items"]["x-entity"] == "branch"
    assert set(learnt.output_schema["properties"]) == {"lines", "n", "more"}
    quiet = spec_of("s", tool("add_thing", {}), NOWHERE)
    assert with_observed(quiet, [record("add_thing", {}, {})], {}).writes


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.sampled_from("abc"), _json, max_size=3), min_size=1, max_size=4))
def test_an_inferred_schema_accepts_everything_it_was_inferred_from(values: list[dict[str, Any]]) -> None:
    schema: dict[str, Any] = {}
    for value in values:
        schema = merged_schema(schema, schema_of(value, {}))
    for value in values:
        Draft202012Validator(schema).validate(value)


def text_result(*texts: str, **more: Any) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=text) for text in texts], **more)


@pytest.mark.parametrize(
    ("result", "payload"),
    [
        (text_result("x", structured_content={"a": 1}), {"a": 1}),
        (text_result("x", structured_content=[1]), {"result": [1]}),
        (text_result('{"a": 1}'), {"a": 1}),
        (text_result("[1, 2]"), {"result": [1, 2]}),
        (text_result("42"), {"lines": ["42"]}),
        (text_result("one\ntwo"), {"lines": ["one", "two"]}),
        (text_result(), {"result": []}),
        (text_result('{"a": 1}', "two"), {"result": [{"a": 1}, {"lines": ["two"]}]}),
    ],
)
def test_every_result_becomes_one_json_object(result: types.CallToolResult, payload: dict[str, Any]) -> None:
    assert payload_of(result) == payload


def test_pictures_are_told_by_kind_and_size() -> None:
    picture = types.ImageContent(type="image", data="aGk=", mime_type="image/png")
    result = types.CallToolResult(content=[types.TextContent(type="text", text="see"), picture])
    assert payload_of(result) == {
        "blocks": [{"type": "text", "text": "see"}, {"type": "image", "media_type": "image/png", "size": 4}]
    }


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("Error executing tool x: no such file: a", "not_found", "no such file: a"),
        ("MCP error -32602: Tool nope not found", "not_found", "Tool nope not found"),
        (
            "Access denied - path outside allowed directories",
            "forbidden",
            "Access denied - path outside allowed directories",
        ),
        ("EEXIST: there already", "conflict", "EEXIST: there already"),
        ("request timed out", "timeout", "request timed out"),
        ("429 Too Many Requests", "rate_limited", "429 Too Many Requests"),
        ("bad value", "invalid", "bad value"),
        ("", "invalid", "The server refused the call without a word."),
        ('{"error": {"kind": "conflict", "message": "taken", "field": "f", "accepted": [1]}}', "conflict", "taken"),
    ],
)
def test_foreign_errors_get_a_kind_and_lose_their_prefix(text: str, kind: str, message: str) -> None:
    error = error_of(text_result(text, is_error=True))
    assert isinstance(error, ToolError)
    assert (error.kind, error.message) == (kind, message)
