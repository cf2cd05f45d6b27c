"""The tools are listed as the public server lists them: names, parameters, types, closed lists, limits, defaults."""

import json
from pathlib import Path
from typing import Any

import pytest
from itsm_desk import Desk, world

PUBLIC: dict[str, Any] = json.loads(Path(__file__).with_name("public_tools.json").read_text(encoding="utf-8"))
DIFFERENCES = {
    ("update_location", "active"): "a default of true would open a closed location whenever its name is changed",
}
"""(tool, parameter) -> why ours says something else."""
COMPARED = ("enum", "default", "minLength", "maxLength", "minimum", "pattern", "format")
OURS = world().registry


def described(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter in the compact form of the public list: nullable unions as lists of types."""
    choices = schema.get("anyOf", [schema])
    bodies = [choice for choice in choices if choice.get("type") != "null"]
    assert len(bodies) == 1, schema
    merged = {**bodies[0], **{key: value for key, value in schema.items() if key != "anyOf"}}
    kinds = [bodies[0]["type"], "null"] if len(choices) > 1 else [bodies[0]["type"]]
    found: dict[str, Any] = {"type": kinds} | {key: merged[key] for key in COMPARED if key in merged}
    if found.get("default", "") is None:
        del found["default"]
    if "items" in merged:
        found["items"] = described(merged["items"])
    if "properties" in merged:
        found["properties"] = {name: described(part) for name, part in merged["properties"].items()}
        found["required"] = merged.get("required", [])
    return found


def wanted(tool: str, parameter: str) -> dict[str, Any]:
    """The public form; a default says nothing on a required parameter, nor an empty one on a closed list."""
    found = dict(PUBLIC[tool]["parameters"][parameter])
    if parameter in PUBLIC[tool]["required"] or (found.get("default") == "" and "enum" in found):
        found.pop("default", None)
    return found


def test_the_tools_are_the_public_ones() -> None:
    assert len(PUBLIC) == 93
    assert set(OURS) == set(PUBLIC)


@pytest.mark.parametrize("tool", sorted(PUBLIC))
def test_a_tool_takes_what_the_public_one_takes(tool: str) -> None:
    schema = OURS[tool].input_schema
    assert list(schema["properties"]) == list(PUBLIC[tool]["parameters"])
    assert sorted(schema.get("required", [])) == PUBLIC[tool]["required"]
    for parameter, ours in schema["properties"].items():
        if (tool, parameter) not in DIFFERENCES:
            assert described(ours) == wanted(tool, parameter), parameter


@pytest.mark.parametrize(("tool", "parameter"), sorted(DIFFERENCES))
def test_a_difference_is_still_one(tool: str, parameter: str) -> None:
    assert described(OURS[tool].input_schema["properties"][parameter]) != wanted(tool, parameter)


@pytest.mark.parametrize("tool", [name for name in PUBLIC if "anyOf" in PUBLIC[name]])
def test_a_tool_that_needs_one_of_several_says_so(tool: str) -> None:
    some = {"change_id": "CHG_001"} if "change_id" in PUBLIC[tool]["required"] else {}
    assert Desk().refused(tool, **some)["kind"] == "invalid"
