"""One rollout: a task on a fresh episode with an agent, judged at the end."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import enterpriselab
from enterpriselab.agents.brief import Brief, Example
from enterpriselab.agents.loop import Agent, Attempt, Outcome, run_agent
from enterpriselab.core.changes import CallRecord
from enterpriselab.core.clock import CLOCK_START
from enterpriselab.core.errors import EpisodeError, UsageError
from enterpriselab.core.seeds import derive_seed
from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import Ended, Score, Trace, TraceCall
from enterpriselab.rollouts.toolsets import OracleTools, ToolSet
from enterpriselab.sandbox.environment import Environment, EpisodeLike
from enterpriselab.sandbox.flaky import episode_for
from enterpriselab.sandbox.normalizer import DEFAULT_BUDGET, normalize
from enterpriselab.sandbox.world import World
from enterpriselab.sandbox.wrapped import unwrapped
from enterpriselab.scoring.judge import judge, succeeded
from enterpriselab.scoring.parity import parity_success
from enterpriselab.scoring.rewards import DEFAULT_WEIGHTS, reward_parts

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RolloutSettings:
    """What holds for all rollouts of a run."""

    run: str = "run"
    observation_budget: int = DEFAULT_BUDGET
    weights: tuple[tuple[str, float], ...] = tuple(DEFAULT_WEIGHTS.items())
    tools: ToolSet = field(default_factory=OracleTools)
    plans: Mapping[str, str] = field(default_factory=dict)
    """Task id -> the plan that the agent is given; a task that is not in it is given none."""
    examples: tuple[Example, ...] = ()
    """Demonstrations of other tasks, shown before each task."""


def brief_of(environment: Environment, task: Task, settings: RolloutSettings) -> Brief:
    """What an agent is told of a task."""
    world = unwrapped(environment)
    now = world.spec.clock_start if isinstance(world, World) else CLOCK_START
    facts = {"user": task.principal, "today": now[:10]}
    return Brief(task.prompt, task.policy, facts, settings.plans.get(task.id, ""), settings.examples)


async def rollout(
    environment: Environment, task: Task, agent: Agent, *, attempt: int = 0, settings: RolloutSettings | None = None
) -> Trace:
    """Play a task once. What the agent and the world do wrong is in the trace, never raised."""
    settings = settings or RolloutSettings()
    tools = settings.tools.of(environment, task)
    offered = tuple(tool.name for tool in tools)
    seed = derive_seed_of(settings, task, attempt)
    beside = not isinstance(unwrapped(environment), World)
    started = time.perf_counter()
    try:
        episode = await _made(partial(episode_for, environment, task), beside=beside)
    except (EpisodeError, UsageError) as error:
        nothing = Attempt(ended=Ended.EPISODE_ERROR, error=str(error))
        facts = Facts(nothing, seed, time.perf_counter() - started, offered, settings)
        return _trace(environment, task, agent, facts, state_hash="", judged=Score(success=None))

    async def call(name: str, arguments: dict[str, Any]) -> Outcome:
        record = await _made(partial(episode.call, name, arguments), beside=beside)
        return _outcome(record, settings.observation_budget)

    try:
        played = await run_agent(
            agent,
            tools,
            call,
            brief=brief_of(environment, task, settings),
            conversation=f"{settings.run}/{task.id}/{attempt}",
            seed=seed,
        )
        played.calls += _late_calls(episode, played, offered, settings.observation_budget)
        facts = Facts(played, seed, time.perf_counter() - started, offered, settings)
        judged = score(environment, task, episode, played, dict(settings.weights))
        return _trace(environment, task, agent, facts, state_hash=episode.state_hash(), judged=judged)
    finally:
        episode.close()


def derive_seed_of(settings: RolloutSettings, task: Task, attempt: int) -> int:
    """Seed of an attempt: it depends on run, task and attempt number only."""
    return derive_seed(settings.run, task.id, attempt)


async def _made(work: Callable[[], T], *, beside: bool) -> T:
    """What a piece of work gives. Servers of others may take seconds: it is done beside the event loop then.

    A time budget that ends meanwhile waits for it, so that nothing is at work on an episode that is judged.
    """
    if not beside:
        await asyncio.sleep(0)  # lets the other rollouts go on between calls
        return work()
    waiting = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        return await asyncio.shield(waiting)
    except asyncio.CancelledError:
        await asyncio.wait({waiting})
        raise


def _late_calls(episode: EpisodeLike, played: Attempt, offered: Sequence[str], budget: int) -> list[TraceCall]:
    """The call during which the time budget ended: the agent never saw its result, but it was made."""
    seen = sum(call.tool in offered for call in played.calls)
    turn = max(0, len(played.uses) - 1)
    late = episode.ledger[seen:]
    return [_outcome(record, budget).traced(turn, record.tool, record.arguments) for record in late]


def _outcome(record: CallRecord, budget: int) -> Outcome:
    kind = record.error["kind"] if record.error else None
    changes = tuple(change.to_json() for change in record.changes)
    return Outcome(normalize(record.payload, budget=budget), record.ok, kind, changes)


def world_of(environment: Environment) -> str:
    """Name and, for a world of ours, hash of the image: what a record says of where it was played."""
    world = unwrapped(environment)
    return f"{environment.name}#{world.image.digest[:12]}" if isinstance(world, World) else environment.name


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rollout knows at its end, beside the episode."""

    played: Attempt
    seed: int
    seconds: float
    tools: tuple[str, ...]
    settings: RolloutSettings


def _trace(
    environment: Environment, task: Task, agent: Agent, facts: Facts, *, state_hash: str, judged: Score
) -> Trace:
    played, settings = facts.played, facts.settings
    return Trace(
        task_id=task.id,
        template=task.template,
        agent=agent.name,
        model=agent.model.name,
        seed=facts.seed,
        version=enterpriselab.__version__,
        world=world_of(environment),
        tools=facts.tools,
        messages=played.messages,
        calls=played.calls,
        ended=played.ended,
        error=played.error,
        answer=played.answer,
        malformed_turns=played.malformed,
        usage=played.usage,
        phases=played.phases,
        examples=tuple(example.task_id for example in settings.examples),
        tokens=played.tokens,
        seconds=round(facts.seconds, 4),
        state_hash=state_hash,
        score=judged,
    )


def score(
    environment: Environment, task: Task, episode: EpisodeLike, played: Attempt, weights: dict[str, float]
) -> Score:
    """Verdicts and reward parts. An attempt that ended by an error of ours has no success, not a failed one."""
    if played.ended.is_error:
        return Score(success=None)
    verdicts = judge(environment, task, episode, played.answer)
    registry = environment.registry
    calls = [(call.tool, call.ok, call.tool in registry and registry[call.tool].writes) for call in played.calls]
    answered = played.ended is Ended.ANSWERED
    parts = reward_parts(task, calls, verdicts, malformed=played.malformed, answered=answered, weights=weights)
    return Score(success=succeeded(verdicts), parity=parity_success(task, episode), verdicts=verdicts, rewards=parts)
