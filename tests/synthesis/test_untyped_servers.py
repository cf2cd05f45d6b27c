"""A server that publishes neither entity types nor output schemas, as connected MCP servers often are."""

import copy
from dataclasses import replace
from random import Random

from enterpriselab.scoring.gates import check_task
from enterpriselab.synthesis.config import SynthesisConfig
from enterpriselab.synthesis.observe import infer_schema, observed_registry
from enterpriselab.synthesis.pipeline import synthesize
from enterpriselab.synthesis.values import ValueMaker

CLERK = "clerk@desk.example"


def _strip(node):
    if isinstance(node, dict):
        return {key: _strip(value) for key, value in node.items() if not key.startswith("x-")}
    return [_strip(item) for item in node] if isinstance(node, list) else node


class Untyped:
    """The desk's world without types."""

    def __init__(self, world):
        self.name, self.tables, self.volatile, self.episode = "untyped", world.tables, world.volatile, world.episode
        self.registry = {
            name: replace(spec, input_schema=_strip(copy.deepcopy(spec.input_schema)), output_schema=None)
            for name, spec in world.registry.items()
        }


def test_output_schemas_of_reads_are_observed(desk):
    registry = observed_registry(Untyped(desk), [CLERK], ValueMaker("2026-03-02"), Random(1))
    rows = registry["list_loans"].output_schema["properties"]["items"]["items"]["properties"]
    assert rows["loan_id"] == {"type": "string"}
    assert registry["get_member"].output_schema["properties"]["fees"]["type"] == "number"
    assert registry["return_book"].output_schema is None


def test_an_observed_value_is_described_by_its_first_items():
    assert infer_schema({"a": [{"b": 1}], "c": True, "d": 1.5, "e": []}) == {
        "type": "object",
        "properties": {
            "a": {"type": "array", "items": {"type": "object", "properties": {"b": {"type": "integer"}}}},
            "c": {"type": "boolean"},
            "d": {"type": "number"},
            "e": {"type": "array", "items": {}},
        },
    }


def test_tasks_are_made_that_bind_ids_and_pass_every_gate(desk):
    world = Untyped(desk)
    tasks = synthesize(world, SynthesisConfig(tasks=20, rounds=6), [CLERK], seed=2).tasks
    assert len(tasks) == 20
    assert any(len(task.reference) > 1 and task.tags["writes"] for task in tasks)
    assert all(check_task(world, task).passed for task in tasks[::3])
