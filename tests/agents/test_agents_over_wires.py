"""Whole agents in every mode over both wires: the world ends as it should, and every token is in the trace."""

import asyncio
import json
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest

from enterpriselab.agents.brief import Example
from enterpriselab.agents.dialects import DIALECTS
from enterpriselab.agents.loop import Agent, Limits
from enterpriselab.agents.models.anthropic import Anthropic
from enterpriselab.agents.models.base import Sampling
from enterpriselab.agents.models.endpoint import Endpoint
from enterpriselab.agents.models.openai_compatible import OpenAICompatible
from enterpriselab.agents.models.remote import RemoteModel
from enterpriselab.agents.models.retrying import Retry
from enterpriselab.agents.strategies import STRATEGIES
from enterpriselab.core.tasks import Step, Task
from enterpriselab.core.traces import Ended, Trace, Usage
from enterpriselab.rollouts.replay import replay
from enterpriselab.rollouts.rollout import RolloutSettings
from enterpriselab.rollouts.runner import Job, run_jobs
from enterpriselab.sandbox.reference import run_reference
from enterpriselab.sandbox.world import World
from enterpriselab.scoring.derive import derive_verifiers
from tests.agents.wires.asked import Asked, Tokens
from tests.agents.wires.openai_wire import BLOCK
from tests.agents.wires.server import Cut, Fail, Hang, Player, Reply, Say, WireServer, serving
from tests.workshop import workshop_world

KINDS: dict[str, type[RemoteModel]] = {"openai": OpenAICompatible, "anthropic": Anthropic}
LOOK = [("get_item", {"item_id": "IT-001"}), ("get_item", {"item_id": "IT-002"})]
LEND = [("lend_item", {"item_id": "IT-001", "days": 7, "borrower": "Ada"})]
SUBTASKS = [{"title": "Look", "task": "Look at the items."}, {"title": "Lend", "task": "Lend IT-001 to Ada."}]
PHASES = {
    "direct": ["act"],
    "planner": ["plan", "act"],
    "decomposer": ["plan", "decompose", *["subtask"] * 2, "answer"],
}
wires = pytest.mark.parametrize("wire", KINDS)


@pytest.fixture(scope="module")
def world() -> World:
    return workshop_world()


@pytest.fixture(scope="module")
def task(world: World) -> Task:
    step = Step(tool=LEND[0][0], arguments=LEND[0][1])
    episode = world.episode()
    run_reference(episode, [step])
    return Task(
        template="lend",
        world=world.name,
        principal=world.default_principal,
        prompt="Lend IT-001 to Ada for 7 days.",
        policy="Only free items are lent.",
        tools=("lend_item", "get_item"),
        reference=(step,),
        verifiers=derive_verifiers(world, episode.diff()),
        plan=("get_item shows whether it is free", "lend_item lends it"),
    )


@dataclass
class Worker:
    """Plays every part of every mode from what it reads, whatever the wire and the dialect."""

    dialect: str
    thinking: str = ""
    before: dict[int, Reply] = field(default_factory=dict)
    """Number of a request -> what it gets instead of an answer."""
    seen: list[Asked] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Reply:
        self.seen.append(asked)
        if asked.number in self.before:
            return self.before[asked.number]
        assert "Only free items are lent." in asked.system
        if asked.system.startswith("You plan the work"):
            return Say("1. get_item\n2. lend_item", thinking=self.thinking)
        if asked.system.startswith("You cut work"):
            return Say(f"Here they are:\n```json\n{json.dumps(SUBTASKS)}\n```")
        if asked.system.startswith("You report to"):
            assert "IT-001 is lent" in asked.task
            return Say("It is lent.")
        return self.act(asked)

    def act(self, asked: Asked) -> Reply:
        said = [message["content"] for message in asked.messages if message["role"] == "user"]
        done = len(asked.results) or sum(text.startswith("Observation:") for text in said)
        if "Do only this sub-task now: Look" in asked.task:
            return self.turn(LOOK[:1]) if not done else self.close("IT-001 is free.")
        if "Do only this sub-task now: Lend" in asked.task:
            assert "IT-001 is free." in asked.task  # the working memory
            return self.turn(LEND) if not done else self.close("IT-001 is lent.")
        several = self.dialect == "function_calling"
        script = [LOOK if several else LOOK[:1], LEND]
        turn = sum(message["role"] == "assistant" for message in asked.messages)
        return self.turn(script[turn]) if turn < len(script) else self.close("It is lent.")

    def turn(self, calls: list[tuple[str, dict[str, Any]]]) -> Say:
        if self.dialect == "function_calling":
            return Say("", calls, thinking=self.thinking)
        [(name, arguments)] = calls
        return Say(f"Thought: next\nAction: {name}\nAction Input: {json.dumps(arguments)}", thinking=self.thinking)

    def close(self, text: str) -> Say:
        return Say(text if self.dialect == "function_calling" else f"Thought: done\nFinal Answer: {text}")


@dataclass
class Played:
    trace: Trace
    server: WireServer


def play(world: World, task: Task, wire: str, player: Player, **settings: Any) -> Played:
    """One rollout with a model at the other end of a wire."""
    limits = settings.pop("limits", Limits(seconds=60))
    strategy = STRATEGIES[settings.pop("strategy", "direct")]
    dialect = DIALECTS[settings.pop("dialect", "function_calling")]()
    sampling = Sampling(max_tokens=500, thinking=settings.pop("thinking", None))
    rollout = RolloutSettings(plans=settings.pop("plans", {}), examples=settings.pop("examples", ()))

    async def no_wait(_: float) -> None:
        """A retry that comes at once."""

    with serving(player) as (server, address):
        url = f"{address}/v1" if wire == "openai" else address
        endpoint = Endpoint("claude-opus-5", url, timeout=30, retry=Retry(4, pause=no_wait), **settings)
        agent = Agent(KINDS[wire](endpoint), dialect, sampling, limits, strategy)
        [trace] = asyncio.run(run_jobs(world, [Job(task, 0)], agent, settings=rollout))
    return Played(trace, server)


def check_bill(played: Played) -> None:
    """Call by call and in sum, the trace holds the tokens that the server counted."""
    uses = [use for phase in played.trace.phases for use in phase.uses]
    assert [tokens_of(use) for use in uses] == played.server.billed
    assert tokens_of(played.trace.usage) == Tokens(*map(sum, zip(*played.server.billed, strict=True)))
    assert played.trace.usage.price_usd == pytest.approx(sum(use.price_usd or 0 for use in uses))
    assert all(use.price_usd and use.seconds > 0 for use in uses)


def tokens_of(use: Usage) -> Tokens:
    return Tokens(use.input_tokens, use.cached_tokens, use.cache_write_tokens, use.output_tokens, use.thinking_tokens)


@wires
@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_mode_does_the_task_and_its_tokens_are_in_the_trace(
    world: World, task: Task, wire: str, dialect: str, strategy: str
) -> None:
    worker = Worker(dialect, thinking="let me see", before={1: Fail(429, headers={"retry-after": "3"}), 2: Fail(500)})
    stream = dialect == "react"
    played = play(world, task, wire, worker, dialect=dialect, strategy=strategy, thinking="low", stream=stream)
    trace = played.trace
    assert not played.server.refused
    assert trace.ended is Ended.ANSWERED and trace.answer == "It is lent." and trace.score.success is True
    assert trace.agent == (dialect if strategy == "direct" else f"{dialect}+{strategy}")
    assert [phase.name for phase in trace.phases] == PHASES[strategy]
    assert trace.usage.retries == 2 and replay(world, task, trace).same
    assert trace.messages[2]["thinking"] == "let me see"
    spoken = [n for n, message in enumerate(trace.messages) if message["role"] == "assistant"]
    assert len(spoken) == sum(len(phase.uses) for phase in trace.phases)
    for call in trace.calls:
        made = trace.messages[spoken[call.turn]]["tool_calls"]
        assert call.tool in [one["function"]["name"] for one in made]
    check_bill(played)


@wires
def test_malformed_calls_and_cut_streams_on_the_way_cost_and_are_counted(world: World, task: Task, wire: str) -> None:
    broken = Say("I try", [("lend_item", '{"item_id": ')])
    before: dict[int, Reply] = {0: broken, 1: Cut(Say("", LEND)), 2: Say("", [("lend_item", {"item_id": "IT-001"})])}
    worker = Worker("function_calling", before=before)
    worker.act = lambda asked: (  # type: ignore[method-assign]
        worker.turn(LEND) if len(asked.results) < 2 else worker.close("It is lent.")
    )
    played = play(world, task, wire, worker, stream=True)
    trace = played.trace
    assert not played.server.refused
    assert trace.malformed_turns == 1 and "not valid JSON" in trace.messages[3]["content"]
    assert [call.error_kind for call in trace.calls] == ["invalid", None] and trace.score.success is True
    assert trace.usage.retries == 1
    check_bill(played)


@wires
def test_each_turn_reads_the_turns_before_it_from_the_prompt_cache(world: World, task: Task, wire: str) -> None:
    played = play(world, task, wire, Worker("function_calling"))
    uses = played.trace.phases[0].uses
    assert len(uses) == 3
    for before, after in pairwise(uses):
        missed = before.input_tokens - after.cached_tokens
        assert missed == 0 if wire == "anthropic" else 0 <= missed <= 2 * BLOCK
    check_bill(played)


@wires
def test_a_stream_that_hangs_ends_the_attempt_by_its_time_budget(world: World, task: Task, wire: str) -> None:
    played = play(world, task, wire, lambda _: Hang(Say("never")), stream=True, limits=Limits(seconds=0.3))
    assert played.trace.ended is Ended.TIMEOUT and played.trace.score.success is False


@wires
def test_an_endpoint_that_stays_away_is_an_error_and_no_failure(world: World, task: Task, wire: str) -> None:
    trace = play(world, task, wire, lambda _: Fail(503, "closed")).trace
    assert trace.ended is Ended.MODEL_ERROR and trace.score.success is None and "closed" in (trace.error or "")
    assert trace.usage.price_usd is None


@wires
@pytest.mark.parametrize("strategy", ["direct", "decomposer"])
def test_a_plan_that_is_given_is_followed_and_not_made_again(
    world: World, task: Task, wire: str, strategy: str
) -> None:
    worker = Worker("function_calling")
    plan = "\n".join(task.plan)
    trace = play(world, task, wire, worker, strategy=strategy, plans={task.id: plan}).trace
    assert plan in worker.seen[0].task and trace.score.success is True
    assert [phase.name for phase in trace.phases] == [name for name in PHASES[strategy] if name != "plan"]


def example(world: World) -> Example:
    made = {"id": "old", "type": "function", "function": {"name": "set_price", "arguments": {"price": 3}}}
    return Example(
        "another-task",
        (
            {"role": "user", "content": "Set a price."},
            {"role": "assistant", "content": "I set it.", "tool_calls": [made]},
            {"role": "tool", "tool_call_id": "old", "name": "set_price", "content": '{"price": 3}'},
            {"role": "assistant", "content": "It is set."},
        ),
    )


@wires
@pytest.mark.parametrize("dialect", DIALECTS)
def test_examples_stand_before_the_task_in_the_words_of_the_dialect(
    world: World, task: Task, wire: str, dialect: str
) -> None:
    worker = Worker(dialect)
    worker.act = lambda asked: worker.close("Not today.")  # type: ignore[method-assign]
    played = play(world, task, wire, worker, dialect=dialect, examples=(example(world),))
    [asked] = worker.seen
    assert not played.server.refused
    roles = [message["role"] for message in asked.messages]
    shown = "tool" if dialect == "function_calling" else "user"
    assert roles == ["user", "assistant", shown, "assistant", "user"]
    assert asked.messages[-1]["content"] == task.prompt
    assert played.trace.examples == ("another-task",)
    assert [message["role"] for message in played.trace.messages] == ["system", "user", "assistant"]


def test_a_plan_in_no_form_and_a_decomposition_that_is_none_are_asked_for_again(world: World, task: Task) -> None:
    bad: dict[int, Reply] = {0: Say("  "), 2: Say("no list"), 3: Say('[{"title": "no task"}]')}
    worker = Worker("function_calling", before=bad)
    trace = play(world, task, "openai", worker, strategy="decomposer").trace
    assert trace.malformed_turns == 3 and trace.score.success is True
    assert [len(phase.uses) for phase in trace.phases] == [2, 3, 2, 2, 1]
    worker = Worker("function_calling", before={n: Say("never a list") for n in range(1, 9)})
    assert play(world, task, "openai", worker, strategy="decomposer").trace.ended is Ended.MALFORMED


def test_a_blocked_sub_task_ends_the_work_and_the_turns_of_all_sub_tasks_are_one_budget(
    world: World, task: Task
) -> None:
    worker = Worker("function_calling", before={2: Say("BLOCKED: nobody may."), 3: Say("I cannot: nobody may.")})
    trace = play(world, task, "openai", worker, strategy="decomposer").trace
    assert [phase.name for phase in trace.phases] == ["plan", "decompose", "subtask", "answer"]
    assert trace.answer == "I cannot: nobody may." and not trace.calls
    worker = Worker("function_calling")
    ended = play(world, task, "openai", worker, strategy="decomposer", limits=Limits(turns=3)).trace
    assert ended.ended is Ended.MAX_TURNS and ended.answer == ""
    assert [len(phase.uses) for phase in ended.phases] == [1, 1, 2, 1]
