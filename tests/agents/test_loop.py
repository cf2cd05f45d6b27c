"""The loop with scripted models on the workshop world: everything that goes wrong becomes a typed observation."""

import asyncio
import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

import enterpriselab
from enterpriselab.agents.dialects import Dialect, FunctionCalling, ReAct
from enterpriselab.agents.loop import Agent, Limits
from enterpriselab.agents.models.base import ModelCall, ModelError, ModelRequest, ModelTurn
from enterpriselab.agents.models.scripted import ScriptedModel
from enterpriselab.core.tasks import Step, Task
from enterpriselab.core.traces import Ended, Trace
from enterpriselab.rollouts.demonstrations import demonstrate, solvable
from enterpriselab.rollouts.replay import replay
from enterpriselab.rollouts.rollout import RolloutSettings, rollout
from enterpriselab.rollouts.runner import jobs_for, run_jobs
from enterpriselab.sandbox.reference import run_reference
from enterpriselab.sandbox.world import World
from enterpriselab.scoring.derive import derive_verifiers
from tests.workshop import crash_midway, workshop_world


@pytest.fixture(scope="module")
def world() -> World:
    return workshop_world(crash_midway)


@pytest.fixture(scope="module")
def task(world: World) -> Task:
    step = Step(tool="lend_item", arguments={"item_id": "IT-001", "days": 7, "borrower": "Ada"})
    episode = world.episode()
    run_reference(episode, [step])
    return Task(
        template="lend",
        world=world.name,
        principal=world.default_principal,
        prompt="Lend IT-001 to Ada for 7 days.",
        tools=("lend_item", "get_item", "crash_midway"),
        reference=(step,),
        verifiers=derive_verifiers(world, episode.diff()),
        answer="Done.",
    )


def call(name: str, **arguments: object) -> ModelTurn:
    return ModelTurn(calls=(ModelCall(name, arguments),))


GOOD = call("lend_item", item_id="IT-001", days=7, borrower="Ada")
DONE = ModelTurn(text="Done.")


def play(world: World, task: Task, *turns: ModelTurn, dialect: object = None, **limits: object) -> Trace:
    agent = Agent(ScriptedModel(turns), dialect or FunctionCalling(), limits=Limits(**limits))
    return asyncio.run(rollout(world, task, agent))


def test_the_right_calls_succeed_with_full_reward(world: World, task: Task) -> None:
    trace = play(world, task, GOOD, DONE)
    assert trace.ended is Ended.ANSWERED and trace.score.success is True
    assert trace.score.rewards == {"r1": 1.0, "r2": 1.0, "r3": 1.0, "r4": 1.0, "total": 1.0}
    assert replay(world, task, trace).same


def test_doing_nothing_fails_and_earns_almost_nothing(world: World, task: Task) -> None:
    trace = play(world, task, DONE)
    assert trace.score.success is False and trace.score.rewards["r3"] == 0 and trace.score.rewards["total"] < 0.2


def test_unknown_tools_and_wrong_arguments_come_back_as_typed_observations(world: World, task: Task) -> None:
    trace = play(world, task, call("list_items"), call("lend_item", item_id="IT-001"), GOOD, DONE)
    kinds = [made.error_kind for made in trace.calls]
    assert kinds == ["not_found", "invalid", None]
    assert json.loads(trace.calls[0].observation)["error"]["accepted"] == ["crash_midway", "get_item", "lend_item"]
    assert "days" in trace.calls[1].observation
    assert trace.score.success is True and 0 < trace.score.rewards["r2"] < 1


def test_of_many_tools_an_unknown_name_is_answered_with_the_nearest(world: World, task: Task) -> None:
    agent = Agent(ScriptedModel([call("lend_itm"), DONE]), FunctionCalling())
    many = [replace(world.registry["lend_item"], name=f"tool_{number:03}") for number in range(300)]
    spy = SimpleNamespace(of=lambda environment, task: [*many, world.registry["lend_item"]])
    trace = asyncio.run(rollout(world, task, agent, settings=RolloutSettings(tools=spy)))
    named = json.loads(trace.calls[0].observation)["error"]["accepted"]
    assert named[0] == "lend_item" and len(named) == 10


def test_a_record_says_what_made_it_and_in_which_world(world: World, task: Task) -> None:
    trace = play(world, task, DONE)
    assert trace.version == enterpriselab.__version__
    assert trace.world == f"{world.name}#{world.image.digest[:12]}"


def test_malformed_turns_are_answered_and_end_the_attempt_when_they_repeat(world: World, task: Task) -> None:
    bad = ModelTurn(text="{", malformed="no JSON")
    once = play(world, task, bad, GOOD, DONE)
    assert once.ended is Ended.ANSWERED and once.malformed_turns == 1 and once.score.rewards["r4"] == 0.5
    assert once.messages[3]["role"] == "user" and "no JSON" in once.messages[3]["content"]
    assert play(world, task, bad, bad, bad, DONE).ended is Ended.MALFORMED


def test_budgets_end_attempts_by_their_names(world: World, task: Task) -> None:
    look = call("get_item", item_id="IT-001")
    assert play(world, task, look, look, look, turns=2).ended is Ended.MAX_TURNS
    assert play(world, task, ModelTurn(text="and so on", finish="length")).ended is Ended.MAX_TOKENS

    async def slow(request: ModelRequest) -> ModelTurn:
        await asyncio.Event().wait()
        return DONE

    model = ScriptedModel([])
    model.generate = slow  # type: ignore[method-assign]
    agent = Agent(model, FunctionCalling(), limits=Limits(seconds=0.05))
    assert asyncio.run(rollout(world, task, agent)).ended is Ended.TIMEOUT


def test_errors_of_model_and_world_are_errors_and_no_zeros(world: World, task: Task) -> None:
    def unreachable(request: ModelRequest, turn: int) -> ModelTurn:
        raise ModelError("connection refused")

    trace = asyncio.run(rollout(world, task, Agent(ScriptedModel(unreachable), FunctionCalling())))
    assert trace.ended is Ended.MODEL_ERROR and trace.score.success is None and "refused" in trace.error
    broken = play(world, task, call("crash_midway", item_id="IT-001"))
    assert broken.ended is Ended.EPISODE_ERROR and broken.score.success is None


def test_react_reads_actions_and_final_answers_from_text(world: World, task: Task) -> None:
    arguments = '{"item_id": "IT-001", "days": 7, "borrower": "Ada"}'
    action = ModelTurn(text=f"Thought: lend it\nAction: lend_item\nAction Input: {arguments}\nObservation: made up")
    trace = play(world, task, action, ModelTurn(text="Thought: done\nFinal Answer: It is lent."), dialect=ReAct())
    assert trace.score.success is True and trace.answer == "It is lent."
    written = ReAct().outgoing(trace.messages)
    assert (
        written[2]["content"].startswith("Thought: lend it\nAction: lend_item")
        and "made up" not in written[2]["content"]
    )
    assert written[3]["content"].startswith("Observation: {") and "lend_item(item_id: string" in written[0]["content"]


def test_react_says_what_is_wrong_with_a_turn(world: World, task: Task) -> None:
    texts = ("I will do it", "Action: lend_item\nAction Input: {broken", "Action: lend_item\nAction Input: [1]")
    for text, reason in zip(texts, ("Action Input", "valid JSON", "one JSON object"), strict=True):
        trace = play(world, task, ModelTurn(text=text), DONE, dialect=ReAct(), turns=1)
        assert trace.malformed_turns == 1 and reason in trace.messages[3]["content"]


def test_many_rollouts_side_by_side_give_what_single_ones_give(world: World, task: Task) -> None:
    def script(request: ModelRequest, turn: int) -> ModelTurn:
        return (GOOD, DONE)[turn]

    agent = Agent(ScriptedModel(script), FunctionCalling())
    seen: list[str] = []
    traces = asyncio.run(run_jobs(world, jobs_for([task], 50), agent, sink=lambda job, _: seen.append(job.key)))
    assert len({trace.seed for trace in traces}) == 50 and len({trace.state_hash for trace in traces}) == 1
    assert all(trace.score.success for trace in traces)
    assert (
        jobs_for([task], 50, done=seen[:20]) == jobs_for([task], 50)[20:]
        or len(jobs_for([task], 50, done=seen[:20])) == 30
    )


@pytest.mark.parametrize("dialect", [FunctionCalling(), ReAct()], ids=["function_calling", "react"])
def test_a_demonstration_is_a_perfect_trace_in_every_dialect(world: World, task: Task, dialect: Dialect) -> None:
    (trace,) = demonstrate(world, [task], dialect, budget=200)
    assert trace.score.rewards["total"] == 1.0 and trace.answer == "Done." and solvable(task, trace)
