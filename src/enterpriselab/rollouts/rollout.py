"""One rollout: a task on a fresh episode with an agent, judged at the end."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from enterpriselab.agents.loop import Agent, Attempt, Outcome, run_agent
from enterpriselab.core.clock import CLOCK_START
from enterpriselab.core.errors import EnterpriseLabError
from enterpriselab.core.seeds import derive_seed
from enterpriselab.core.tasks import Task
from enterpriselab.core.tools import ToolSpec
from enterpriselab.core.traces import Ended, Score, Trace
from enterpriselab.sandbox.environment import Environment, EpisodeLike
from enterpriselab.sandbox.normalizer import DEFAULT_BUDGET, normalize
from enterpriselab.scoring.judge import judge, succeeded
from enterpriselab.scoring.rewards import DEFAULT_WEIGHTS, reward_parts


@dataclass(frozen=True, slots=True)
class RolloutSettings:
    """What holds for all rollouts of a run."""

    run: str = "run"
    observation_budget: int = DEFAULT_BUDGET
    weights: tuple[tuple[str, float], ...] = tuple(DEFAULT_WEIGHTS.items())


def tools_of(environment: Environment, task: Task) -> list[ToolSpec]:
    """The tools that the task offers, in its order. Raises EnterpriseLabError when one does not exist here."""
    missing = [name for name in task.tools if name not in environment.registry]
    if missing:
        raise EnterpriseLabError(f"task {task.id} needs tools that {environment.name} does not have: {missing}")
    return [environment.registry[name] for name in task.tools]


def prompts_of(agent: Agent, task: Task, tools: list[ToolSpec]) -> tuple[str, str]:
    """(system, user) of a task for an agent."""
    facts = {"user": task.principal, "today": CLOCK_START[:10]}
    system = agent.dialect.system(tools, facts)
    return (f"{system}\n\n{task.policy}" if task.policy else system), task.prompt


async def rollout(
    environment: Environment, task: Task, agent: Agent, *, attempt: int = 0, settings: RolloutSettings | None = None
) -> Trace:
    """Play a task once. What the agent and the world do wrong is in the trace, never raised."""
    settings = settings or RolloutSettings()
    tools = tools_of(environment, task)
    episode = environment.episode(task.principal, seed=task.seed)
    seed = derive_seed_of(settings, task, attempt)
    started = time.perf_counter()

    async def call(name: str, arguments: dict[str, Any]) -> Outcome:
        return await _call(episode, name, arguments, settings.observation_budget)

    try:
        played = await run_agent(
            agent,
            tools,
            call,
            prompts=prompts_of(agent, task, tools),
            conversation=f"{settings.run}/{task.id}/{attempt}",
            seed=seed,
        )
        return _trace(environment, task, agent, episode, (played, seed, time.perf_counter() - started, settings))
    finally:
        episode.close()


def derive_seed_of(settings: RolloutSettings, task: Task, attempt: int) -> int:
    """Seed of an attempt: it depends on run, task and attempt number only."""
    return derive_seed(settings.run, task.id, attempt)


async def _call(episode: EpisodeLike, name: str, arguments: dict[str, Any], budget: int) -> Outcome:
    await asyncio.sleep(0)  # lets the other rollouts go on between calls
    record = episode.call(name, arguments)
    kind = record.error["kind"] if record.error else None
    changes = tuple(change.to_json() for change in record.changes)
    return Outcome(normalize(record.payload, budget=budget), record.ok, kind, changes)


def _trace(
    environment: Environment,
    task: Task,
    agent: Agent,
    episode: EpisodeLike,
    facts: tuple[Attempt, int, float, RolloutSettings],
) -> Trace:
    played, seed, seconds, settings = facts
    return Trace(
        task_id=task.id,
        template=task.template,
        agent=agent.dialect.name,
        model=agent.model.name,
        seed=seed,
        tools=task.tools,
        messages=played.messages,
        calls=played.calls,
        ended=played.ended,
        error=played.error,
        answer=played.answer,
        malformed_turns=played.malformed,
        usage=played.usage,
        tokens=played.tokens,
        seconds=round(seconds, 4),
        state_hash=episode.state_hash(),
        score=score(environment, task, episode, played, dict(settings.weights)),
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
    return Score(success=succeeded(verdicts), verdicts=verdicts, rewards=parts)
