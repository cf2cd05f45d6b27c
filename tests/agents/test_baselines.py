"""Baselines on real worlds: valid, repeatable, free, and no better than they say."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from enterpriselab.agents.baselines import BASELINES, baseline_agent
from enterpriselab.agents.baselines.name_match import name_match
from enterpriselab.agents.baselines.random_calls import NoValue, random_arguments, random_calls
from enterpriselab.agents.models.base import ModelRequest, Sampling
from enterpriselab.agents.models.scripted import Script
from enterpriselab.core.tasks import Step, Task, Verifier
from enterpriselab.core.traces import Ended, Trace
from enterpriselab.rollouts.rollout import RolloutSettings, rollout
from enterpriselab.sandbox.reference import run_reference
from enterpriselab.sandbox.world import World
from enterpriselab.scoring.derive import derive_verifiers
from tests.workshop import workshop_world


@pytest.fixture(scope="module")
def world() -> World:
    return workshop_world()


def lending(world: World, **changes: Any) -> Task:
    step = Step(tool="lend_item", arguments={"item_id": "IT-001", "days": 7})
    episode = world.episode()
    run_reference(episode, [step])
    task = Task(
        template="lend",
        world=world.name,
        principal=world.default_principal,
        prompt="Please lend the item IT-001 for 7 days.",
        tools=("set_price", "lend_item", "get_item", "return_item"),
        reference=(step,),
        verifiers=derive_verifiers(world, episode.diff()),
    )
    return task.model_copy(update=changes)


def play(world: World, task: Task, name: str, attempt: int = 0) -> Trace:
    settings = RolloutSettings(run="baselines")
    return asyncio.run(rollout(world, task, baseline_agent(name), attempt=attempt, settings=settings))


@pytest.mark.parametrize("name", BASELINES)
def test_a_baseline_ends_and_costs_nothing(world: World, name: str) -> None:
    trace = play(world, lending(world), name)
    assert trace.ended is Ended.ANSWERED and trace.score.success is not None
    assert (trace.model, trace.agent, trace.usage.price_usd) == (name, "function_calling", 0.0)


def test_doing_nothing_and_refusing_fail_where_something_can_be_done(world: World) -> None:
    assert [play(world, lending(world), name).score.success for name in ("do_nothing", "refuse_always")] == [False] * 2


def test_only_refusing_passes_where_nothing_may_be_done(world: World) -> None:
    declined = Verifier(kind="refusal", name="declined", category="permission", params={"reason": "missing_permission"})
    unchanged = Verifier(kind="no_other_changes", name="unchanged", category="side_effect", params={"rows": []})
    task = lending(world, feasible=False, reference=(), verifiers=(declined, unchanged))
    passed = {name: play(world, task, name).score.success for name in BASELINES}
    assert passed["refuse_always"] is True and not any(ok for name, ok in passed.items() if name != "refuse_always")


def test_the_nearest_name_does_what_stands_in_its_words_and_no_more(world: World) -> None:
    trace = play(world, lending(world), "name_match")
    assert trace.calls[0].tool == "lend_item" and trace.calls[0].arguments == {"item_id": "IT-001", "days": 7}
    assert len({call.tool for call in trace.calls}) == len(trace.calls)
    described = lending(world, prompt="Please lend the first free item for a week.")
    assert play(world, described, "name_match").score.success is False


def test_names_are_matched_to_values_in_the_request_and_in_results(world: World) -> None:
    def asked(prompt: str, *results: str) -> dict[str, Any]:
        said = [{"role": "user", "content": prompt}, *({"role": "tool", "content": text} for text in results)]
        tools = [world.registry["return_item"].openai()]
        turn = name_match(ModelRequest(said, tools, Sampling(), 0, "c"), 0)
        return turn.calls[0].arguments if turn.calls else {}

    assert asked("Return the item of loan 12.") == {"loan_id": 12}
    assert asked("Return the item.", '{"loan": {"loan_id": 5}}', '{"error": {"loan_id": 6}}') == {"loan_id": 5}
    assert asked("Return the item.") == {}
    assert asked("Cook a meal for 12.") == {}


def test_chance_depends_on_run_task_and_attempt_alone(world: World) -> None:
    first, again, other = (play(world, lending(world), "random_calls", attempt) for attempt in (0, 0, 1))
    assert first.calls == again.calls and first.messages == again.messages
    assert first.calls != other.calls
    played = [play(world, lending(world), "random_calls", attempt) for attempt in range(20)]
    calls = [call for trace in played for call in trace.calls]
    assert len({call.tool for call in calls}) == 4 and not any(call.error_kind == "invalid" for call in calls)
    assert not all(trace.score.success for trace in played)


def test_random_arguments_fit_the_schema_of_every_tool(arena: World) -> None:
    none = []
    for name, tool in arena.registry.items():
        try:
            arguments = random_arguments(tool.input_schema, random.Random(name))
        except NoValue:
            none.append(name)
            continue
        assert Draft202012Validator(tool.input_schema).is_valid(arguments), (name, arguments)
    assert len(none) <= len(arena.registry) / 50, none


FOREIGN: dict[str, dict[str, Any]] = {
    "reference": {"$ref": "#/$defs/day", "description": "a day"},
    "alternatives": {"oneOf": [{"type": "null"}, {"type": "integer", "minimum": 3, "maximum": 4}]},
    "types": {"type": ["null", "boolean"]},
    "constant": {"const": {"a": [1]}},
    "unique": {"type": "array", "items": {"enum": ["x", "y"]}, "minItems": 2, "uniqueItems": True},
    "steps": {"type": "integer", "multipleOf": 7, "exclusiveMinimum": 7, "maximum": 21},
    "between": {"type": "number", "exclusiveMinimum": 0, "maximum": 0.5},
    "nested": {"type": "object", "properties": {"k": {"$ref": "#/$defs/day"}}, "required": ["k"]},
    "anything": {},
    "long": {"type": "string", "minLength": 30, "maxLength": 31},
}


@pytest.mark.parametrize("name", FOREIGN)
def test_random_arguments_fit_schemas_of_foreign_servers(name: str) -> None:
    schema = {
        "type": "object",
        "properties": {name: FOREIGN[name]},
        "required": [name],
        "additionalProperties": False,
        "$defs": {"day": {"type": "string", "format": "date", "minLength": 10, "maxLength": 10}},
    }
    made = 0
    for seed in range(12):
        try:
            arguments = random_arguments(schema, random.Random(seed))
        except NoValue:
            continue
        made += Draft202012Validator(schema).is_valid(arguments) and name in arguments
    assert made >= 3


def test_ids_that_were_seen_are_taken_again(world_with: Callable[..., World]) -> None:
    schema = world_with("hr").registry["get_employee"].input_schema
    (key,) = schema["required"]
    seen = {key: ["HR-EMP-00042"], "other": [1]}
    assert {random_arguments(schema, random.Random(n), seen)[key] for n in range(9)} >= {"HR-EMP-00042"}


@pytest.mark.parametrize("script", [random_calls, name_match])
@pytest.mark.parametrize(
    "odd",
    [
        {"type": "string", "pattern": r"^\p{L}+$"},
        {"type": "any"},
        True,
        {"$ref": "#/nowhere"},
        {"$ref": "#/properties/k"},
        {"type": "integer", "minimum": 5, "maximum": 1},
        {"type": "integer", "exclusiveMinimum": "low"},
        {"type": "array", "items": True},
        {"type": "object", "required": ["k"], "properties": {"k": {"$ref": "#"}}},
        {"type": "string", "required": True, "enum": "no list"},
    ],
    ids=str,
)
def test_a_schema_of_others_that_is_none_stops_no_baseline(script: Script, odd: Any) -> None:
    schema = {"type": "object", "properties": {"k": odd}, "required": ["k"]}
    tools = [{"type": "function", "function": {"name": "look", "description": "", "parameters": schema}}]
    messages = [{"role": "system", "content": "s"}, {"role": "user", "content": "Please look at 'this'."}]
    for seed in range(5):
        turn = script(ModelRequest(messages, tools, Sampling(), seed, "c"), 0)
        assert turn.calls or turn.text == "Done."
