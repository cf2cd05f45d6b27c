"""Tool sets on the arena: what is offered, near names first, the same for the same seed."""

import asyncio
from collections.abc import Callable

import pytest

from enterpriselab.agents.dialects import FunctionCalling
from enterpriselab.agents.loop import Agent
from enterpriselab.agents.models.base import ModelCall, ModelTurn
from enterpriselab.agents.models.scripted import ScriptedModel
from enterpriselab.core.errors import EnterpriseLabError, UsageError
from enterpriselab.core.tasks import Task
from enterpriselab.rollouts.rollout import RolloutSettings
from enterpriselab.rollouts.runner import Job, run_jobs
from enterpriselab.rollouts.toolsets import tool_set
from enterpriselab.sandbox.world import World

OWN = ("get_employee", "apply_leave")


def task_with(world: World, *tools: str, prompt: str = "Apply for leave.") -> Task:
    return Task(
        template="t",
        world=world.name,
        principal=world.default_principal,
        prompt=prompt,
        tools=tools or OWN,
        reference=(),
        verifiers=(),
    )


@pytest.fixture(scope="module")
def world(world_with: Callable[..., World]) -> World:
    return world_with("hr", "mail")


def offered(world: World, form: str, *, seed: int = 0, task: Task | None = None) -> list[str]:
    return [tool.name for tool in tool_set(form, seed=seed).of(world, task or task_with(world))]


def test_the_oracle_offers_what_the_task_offers_and_all_offers_all(world: World) -> None:
    assert offered(world, "oracle") == list(OWN)
    assert offered(world, "all") == list(world.registry)


def test_distractors_are_added_one_set_within_the_next(world: World) -> None:
    sets = [set(offered(world, form)) for form in ("oracle", "+5", "+10", "+15")]
    assert [len(names) for names in sets] == [2, 7, 12, 17]
    assert sets[0] < sets[1] < sets[2] < sets[3] <= set(world.registry)
    assert set(offered(world, "+9999")) == set(world.registry)


def test_distractors_depend_on_the_seed_and_the_task_alone(world: World) -> None:
    assert offered(world, "+5", seed=1) == offered(world, "+5", seed=1)
    orders = [offered(world, "+5", seed=seed) for seed in range(20)]
    assert len(set(map(tuple, orders))) > 10 and len({frozenset(order) for order in orders}) > 1
    assert len({order.index(OWN[0]) for order in orders}) > 3, "the place of a tool tells where it is from"


def test_near_names_come_first(world: World) -> None:
    near = set(offered(world, "+5")) - set(OWN)
    assert near <= {name for name in world.registry if name.endswith(("_employee", "_leave"))}, near


def test_retrieval_finds_by_words_and_does_not_favour_the_tasks_own_tools(world: World) -> None:
    task = task_with(world, prompt="Move the mail from Ada to the folder of invoices and add a label to it.")
    best = offered(world, "top5", task=task)
    assert len(best) == 5 and any("label" in name for name in best) and not set(best) & set(OWN)
    assert best == offered(world, "top20", task=task)[:5] == offered(world, "top5", seed=9, task=task)
    assert len(offered(world, "top9999", task=task)) == len(world.registry)


@pytest.mark.parametrize("form", ["oracle", "+5", "all", "top5"])
def test_a_task_of_another_world_is_refused(world: World, form: str) -> None:
    with pytest.raises(EnterpriseLabError, match="needs tools"):
        offered(world, form, task=task_with(world, "sail_a_boat"))


@pytest.mark.parametrize("form", ["", "5", "+0", "+x", "top", "some", "all tools"])
def test_another_form_is_refused_with_those_that_there_are(form: str) -> None:
    with pytest.raises(UsageError) as refused:
        tool_set(form)
    assert "top20" in (refused.value.hint or "")


def test_the_trace_keeps_what_was_offered_and_only_that_can_be_called(world: World) -> None:
    outside = next(name for name in world.registry if name not in offered(world, "+5"))
    turns = [ModelTurn(calls=(ModelCall(outside, {}),)), ModelTurn(text="Done.")]
    settings = RolloutSettings(tools=tool_set("+5"))
    agent = Agent(ScriptedModel(turns), FunctionCalling())
    [trace] = asyncio.run(run_jobs(world, [Job(task_with(world), 0)], agent, settings=settings))
    assert list(trace.tools) == offered(world, "+5") and trace.calls[0].error_kind == "not_found"
