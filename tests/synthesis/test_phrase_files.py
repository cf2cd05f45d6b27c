"""The phrase files name what exists: tools, parameters, fields and choices; nothing is left without words."""

import tomllib
from pathlib import Path

import pytest

from enterpriselab.apps import world_names, world_spec
from enterpriselab.sandbox.world import World
from enterpriselab.synthesis import grammar, lexicon
from enterpriselab.synthesis.fields import concrete
from enterpriselab.synthesis.grammar import table
from enterpriselab.synthesis.phrased import plans_of
from enterpriselab.synthesis.shape import shapes_of

SHAPES = {
    name: shape for world in world_names() for name, shape in shapes_of(World(world_spec(world)).registry).items()
}
PHRASED = [shape for shape in SHAPES.values() if lexicon.is_phrased(shape)]
UNSAID = {
    "create_new_incident_template": "its values are an object with the id of a caller",
    "update_child_incident": "whoever moves a child says so by its parents",
}
"""Writing tools without a phrase, and why."""


def test_every_entry_for_a_phrased_app_is_of_one_of_its_tools() -> None:
    for app in table("words")["app"]:
        file = Path(grammar.__file__).with_name(f"tools_{app}.toml")
        named = tomllib.loads(file.read_text(encoding="utf-8"))
        assert set(named) <= {shape.name for shape in PHRASED if shape.spec.app == app}


@pytest.mark.parametrize("tool", sorted(shape.name for shape in PHRASED if shape.name in table("tools")))
def test_an_entry_speaks_of_parameters_and_fields_of_its_tool(tool: str) -> None:
    shape, entry = SHAPES[tool], table("tools")[tool]
    parameters = set(shape.spec.parameters)
    for phrase in lexicon.written_phrases(tool):
        assert set(lexicon.phrase_slots(phrase)) <= parameters, phrase
    assert (
        set(entry.get("filters", ())) | set(entry.get("relation", ())) | set(entry.get("looked_up", ())) <= parameters
    )
    assert set(lexicon.phrase_slots(entry.get("of", ""))) <= parameters
    fields = {field.path.replace("[]", "") for field in shape.outputs} | set(shape.row_fields()) | {"count"}
    assert set(entry.get("ask", ())) <= fields | {name.removeprefix("items.") for name in fields}


@pytest.mark.parametrize("shape", PHRASED, ids=lambda shape: shape.name)
def test_where_only_phrases_are_said_each_one_makes_a_whole_call(shape) -> None:  # type: ignore[no-untyped-def]
    assert not shape.writes or plans_of(shape) or shape.name in UNSAID
    for plan in plans_of(shape):
        said = {*plan.demanded, *plan.fixed}
        assert set(shape.spec.required) <= said
        for name, value in plan.fixed.items():
            schema = concrete(shape.spec.parameters[name])
            assert value in schema.get("enum", [value])
            assert isinstance(value, {"boolean": bool, "integer": int}.get(schema.get("type"), str))
