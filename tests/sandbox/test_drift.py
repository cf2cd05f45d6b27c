"""Drift: rewritten references reach the very state, old calls are refused, errors speak the new names."""

from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enterpriselab.apps import world_spec
from enterpriselab.benchmarks.suites import load_suite
from enterpriselab.core.changes import CallRecord
from enterpriselab.core.errors import EnterpriseLabError, ToolError
from enterpriselab.core.tasks import Step, Task
from enterpriselab.sandbox.drift import Drift, DriftedEnvironment, made_plan, retired_for, rewrite
from enterpriselab.sandbox.drift.forms import Form, form_for
from enterpriselab.sandbox.drift.words import other_text
from enterpriselab.sandbox.environment import Environment
from enterpriselab.sandbox.reference import BindingError, run_reference
from enterpriselab.sandbox.world import World
from enterpriselab.sandbox.wrapped import unwrapped
from enterpriselab.scoring.gates import check_task
from enterpriselab.scoring.judge import judge, succeeded
from enterpriselab.synthesis.config import SynthesisConfig
from enterpriselab.synthesis.pipeline import synthesize
from tests.workshop import workshop_world

PEOPLE = ("p0010", "p0020")


@cache
def office() -> tuple[World, tuple[Task, ...]]:
    """Mail and tickets, with tasks that bind numbers, lists and texts to earlier results."""
    world = World(world_spec("arena", only=("mail", "zammad")))
    return world, tuple(synthesize(world, SynthesisConfig(tasks=16, rounds=3, prove_limit=0), list(PEOPLE)).tasks)


@cache
def service_desk() -> tuple[World, tuple[Task, ...]]:
    """Tasks with SQL checks, a policy, and some that must be declined."""
    tasks = [task for task in load_suite("opsgym/itsm").tasks if task.world == "opsgym/harbor"]
    return World(world_spec("opsgym/harbor")), tuple(tasks[:5] + [task for task in tasks[5:] if not task.feasible][:2])


def drifted(world: Environment, tasks: tuple[Task, ...], share: float, seed: int) -> DriftedEnvironment:
    retired = retired_for(world.registry, Drift(share=share, seed=seed), tasks)
    return DriftedEnvironment(world, Drift(share=share, seed=seed, retired=retired))


def played(environment: Environment, task: Task) -> tuple[bool, str]:
    """(every call went well and every verifier passes, state hash)."""
    episode = environment.episode(task.principal, seed=task.seed)
    try:
        records = run_reference(episode, task.reference)
    except BindingError:
        return False, episode.state_hash()
    verdicts = judge(environment, task, episode, task.answer)
    return all(record.ok for record in records) and bool(succeeded(verdicts)), episode.state_hash()


@pytest.mark.parametrize("place", [office, service_desk])
@given(share=st.sampled_from([0.1, 0.3, 0.6, 1.0]), seed=st.integers(0, 10_000))
@settings(max_examples=8)
def test_a_rewritten_reference_reaches_the_very_state_and_an_old_one_fails_where_calls_changed(
    place: Callable[[], tuple[World, tuple[Task, ...]]], share: float, seed: int
) -> None:
    world, tasks = place()
    environment = drifted(world, tasks, share, seed)
    for task in tasks:
        new = rewrite(task, environment.plan)
        passed, reached = played(environment, new)
        assert passed, new
        assert reached == played(world, task)[1]
        assert new.origin == task.id and rewrite(new, made_plan(world.registry, Drift(share=0))).origin == task.id
        calls = [[(step.tool, step.arguments) for step in one.reference] for one in (task, new)]
        assert played(environment, task)[0] == (calls[0] == calls[1])
        assert set(new.tools) <= set(environment.registry)


def test_a_drifted_task_passes_the_gates_as_the_task_itself_does() -> None:
    world, tasks = service_desk()
    environment = drifted(world, tasks, 0.6, 1)
    for task in tasks[-3:]:
        report, before = check_task(environment, rewrite(task, environment.plan)), check_task(world, task)
        assert report.passed and before.passed
        assert (report.mutants, report.mutants_killed) == (before.mutants, before.mutants_killed)


def test_a_plan_depends_on_share_and_seed_alone_and_grows_with_the_share() -> None:
    registry = office()[0].registry
    parameters = sum(len(spec.parameters) for spec in registry.values())

    def changes(share: float, seed: int) -> tuple[set[str], set[tuple[str, str]]]:
        plan = made_plan(registry, Drift(share=share, seed=seed))
        tools = {name for name, drift in plan.tools.items() if drift.fate != "kept"}
        return tools, {(name, one) for name, drift in plan.tools.items() for one in drift.parameters}

    assert (
        made_plan(registry, Drift(share=0.3, seed=4)).to_json()
        == made_plan(dict(reversed(registry.items())), Drift(share=0.3, seed=4)).to_json()
    )
    small, large = changes(0.3, 4), changes(0.5, 4)
    assert [len(part) for part in small] == [round(0.3 * len(registry)), round(0.3 * parameters)]
    assert small[0] < large[0] and small[1] < large[1]
    assert small != changes(0.3, 5) and changes(0, 4) == (set(), set())


def test_only_what_no_task_needs_is_retired_for_good() -> None:
    world, tasks = office()
    environment = drifted(world, tasks, 1.0, 3)
    needed = {step.tool for task in tasks for step in task.reference}
    gone = environment.plan.gone
    assert gone and not gone & needed and not gone & set(environment.registry)
    assert len(environment.registry) == len(world.registry) - len(gone)
    assert not made_plan(world.registry, Drift(share=1.0, seed=3)).gone
    lost = tasks[0].model_copy(update={"reference": (Step(tool=min(gone), arguments={}),)})
    with pytest.raises(EnterpriseLabError, match="retires for good"):
        rewrite(lost, environment.plan)


def workshop_where(fits: Callable[[DriftedEnvironment], bool], *retired: str) -> DriftedEnvironment:
    """The workshop under the first drift that fits."""
    world = workshop_world()
    found = (DriftedEnvironment(world, Drift(share=1.0, seed=seed, retired=retired)) for seed in range(300))
    return next(environment for environment in found if fits(environment))


def refused(record: CallRecord, kind: str) -> dict[str, Any]:
    assert record.error is not None and record.error["kind"] == kind, record
    return record.error


def test_a_retired_tool_names_its_successor_and_a_renamed_one_is_just_not_there() -> None:
    def replaced(environment: DriftedEnvironment) -> bool:
        fates = [environment.plan.tools[name].fate for name in ("get_item", "lend_item", "set_price")]
        return fates == ["replaced", "renamed", "retired"]

    environment = workshop_where(replaced, "set_price")
    episode = environment.episode()
    new = environment.plan.names["get_item"]
    error = refused(episode.call("get_item", {"item_id": "IT-001"}), "not_found")
    assert error["message"] == f"get_item was retired; {new} replaces it." and error["accepted"] == [new]
    assert "Replaces get_item." in environment.registry[new].description
    assert "There is no tool 'lend_item'" in refused(episode.call("lend_item", {}), "not_found")["message"]
    gone = refused(episode.call("set_price", {}), "not_found")
    assert gone["message"] == "set_price was retired and has no successor." and "accepted" not in gone
    assert [record.tool for record in episode.ledger] == ["get_item", "lend_item", "set_price"]
    assert episode.inner.ledger == [] and list(environment.registry[new].parameters) == list(
        reversed([environment.plan.tools["get_item"].parameters["item_id"].name])
    )


def test_an_old_parameter_is_refused_and_errors_of_the_tool_speak_the_new_names() -> None:
    def renamed(environment: DriftedEnvironment) -> bool:
        drift = environment.plan.tools["lend_item"]
        fates = [drift.parameters[name].fate for name in ("item_id", "days")]
        return fates == ["renamed", "retyped"] and environment.plan.tools["list_items"].fate == "renamed"

    environment = workshop_where(renamed)
    drift = environment.plan.tools["lend_item"]
    new, episode = drift.parameters["item_id"].name, environment.episode()
    error = refused(episode.call(drift.name, {"item_id": "IT-001", "days": "3"}), "invalid")
    assert "'item_id' is not a parameter" in error["message"] and new in error["accepted"]
    error = refused(episode.call(drift.name, {"days": "3"}), "invalid")
    assert f"'{new}' is required" in error["message"] and error["field"] == new
    assert error["accepted"] == list(environment.registry[drift.name].parameters)
    error = refused(episode.call(drift.name, {new: "IT-999", "days": "3"}), "not_found")
    assert error["field"] == new and "list_items" not in error["message"]
    assert environment.plan.names.get("list_items", "list_items") in error["message"]
    for days in (3, "three", "3.0"):
        assert refused(episode.call(drift.name, {new: "IT-001", "days": days}), "invalid")["field"] == "days"
    assert episode.diff() == []
    done = episode.call(drift.name, {new: "IT-001", "days": "3"})
    assert done.ok and done.result is not None and done.result["days"] == 3
    assert episode.inner.ledger[-1].arguments == {"item_id": "IT-001", "days": 3}
    assert episode.ledger[-1].arguments == {new: "IT-001", "days": "3"} and episode.ledger[-1].changes


def test_a_choice_spelled_otherwise_is_the_only_one_that_is_accepted() -> None:
    environment = workshop_where(lambda one: one.plan.tools["list_items"].parameters["state"].fate == "retyped")
    drift = environment.plan.tools["list_items"]
    name, form = drift.parameters["state"].name, drift.parameters["state"].form
    assert form is not None and set(form.spelling) == {"free", "lent", "broken"}
    episode = environment.episode()
    error = refused(episode.call(drift.name, {name: "free"}), "invalid")
    assert error["accepted"] == list(form.spelling.values())
    found = episode.call(drift.name, {name: form.spelling["broken"]}).result
    assert found is not None and {item["state"] for item in found["items"]} == {"broken"}


def test_forks_of_a_drifted_episode_go_their_own_ways() -> None:
    environment = DriftedEnvironment(workshop_world(), Drift(share=0.0))
    episode = environment.episode()
    episode.call("lend_item", {"item_id": "IT-001", "days": 3})
    child = episode.fork()
    child.call("lend_item", {"item_id": "IT-002", "days": 3})
    assert [len(one.ledger) for one in (episode, child)] == [1, 2]
    assert episode.state_hash() != child.state_hash() and len(episode.inner.ledger) == 1
    assert unwrapped(environment) is environment.inner and environment.name == "workshop"


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=8), max_size=5))
@settings(max_examples=60)
def test_a_list_in_one_text_is_read_as_it_was_written(items: list[str]) -> None:
    form = Form("list", "string")
    assert form.read("x", form.written(items)) == items


@given(st.one_of(st.integers(-(2**63), 2**63), st.floats(allow_nan=False, allow_infinity=False)))
@settings(max_examples=60)
def test_a_number_in_text_is_read_as_it_was_written(number: float) -> None:
    form = Form("number", "number")
    assert form.read("x", form.written(number)) == number


@pytest.mark.parametrize("text", ["", "1.5", "0x10", "1 ", "one", "1e3", "--1"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(ToolError) as refusal:
        Form("number", "integer").read("pages", text)
    assert refusal.value.kind == "invalid" and refusal.value.field == "pages"


def test_what_has_no_description_gets_the_words_of_its_name() -> None:
    assert other_text("", Random(0), name="noteName") == "Note name."
    assert other_text("Show `get_item` of one ticket.", Random(1), name="x") != "Show `get_item` of one ticket."


def test_types_that_cannot_change_without_a_loss_stay() -> None:
    stay: list[dict[str, Any]] = [
        {"type": "string"},
        {"type": "boolean"},
        {"type": "object"},
        {"enum": ["A", 1]},
        {"anyOf": [{"type": "integer"}, {"type": "string"}]},
        {"type": "array", "items": {"type": "object"}},
    ]
    assert [form_for(schema, Random(1)) for schema in stay] == [None] * len(stay)
