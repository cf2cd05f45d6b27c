"""Demonstrations: references played through the one loop, so that training sees exactly what a rollout shows."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from enterpriselab.agents.dialects import Dialect
from enterpriselab.agents.loop import Agent, Limits
from enterpriselab.agents.models.base import ModelCall, ModelTurn
from enterpriselab.agents.models.scripted import ScriptedModel
from enterpriselab.core.changes import CallRecord
from enterpriselab.core.errors import EnterpriseLabError
from enterpriselab.core.tasks import Step, Task
from enterpriselab.core.traces import REFERENCE, Trace, Usage
from enterpriselab.rollouts.rollout import RolloutSettings, rollout
from enterpriselab.sandbox.environment import Environment
from enterpriselab.sandbox.flaky import episode_for, is_passing
from enterpriselab.sandbox.reference import is_binding, run_reference

Progress = Callable[[int], None]


def reference_turns(environment: Environment, task: Task, *, thoughts: bool = True) -> list[ModelTurn]:
    """The turns of a perfect agent: every call of the reference with its arguments bound, then the answer."""
    episode = episode_for(environment, task)
    try:
        records = run_reference(episode, task.reference)
    finally:
        episode.close()
    if not all(record.ok or is_passing(record) for record in records):
        raise EnterpriseLabError(f"the reference of task {task.id} does not run: {records[-1].error}")
    turns = [
        ModelTurn(text=step.thought if thoughts else "", calls=(ModelCall(step.tool, record.arguments),))
        for step, record in _with_steps(task, records)
    ]
    return [*turns, ModelTurn(text=task.answer or "Done.")]


def _with_steps(task: Task, records: Sequence[CallRecord]) -> Iterator[tuple[Step, CallRecord]]:
    """Each call with the step that it is made for; a step whose call fails for the moment has two."""
    steps = iter(task.reference)
    step = None
    for record in records:
        step = step or next(steps)
        yield step, record
        step = step if is_passing(record) else None


def reference_agent(places: Iterable[tuple[Environment, Task]], dialect: Dialect, *, thoughts: bool = True) -> Agent:
    """An agent that plays the reference of whichever of these tasks it is given, for nothing."""
    free = Usage(price_usd=0.0)
    scripts = {
        task.id: [
            replace(dialect.written(turn), usage=free) for turn in reference_turns(environment, task, thoughts=thoughts)
        ]
        for environment, task in places
    }
    model = ScriptedModel(lambda request, turn: scripts[request.conversation.split("/")[-2]][turn], name=REFERENCE)
    longest = max((len(script) for script in scripts.values()), default=1)
    return Agent(model, dialect, limits=Limits(turns=longest, tokens=10**9))


def demonstrate(
    environment: Environment,
    tasks: Sequence[Task],
    dialect: Dialect,
    *,
    budget: int,
    progress: Progress = lambda _: None,
) -> list[Trace]:
    """One perfect trace for each task, in order."""
    settings = RolloutSettings(run="demonstration", observation_budget=budget)
    traces: list[Trace] = []
    for number, task in enumerate(tasks, start=1):
        agent = reference_agent([(environment, task)], dialect)
        traces.append(asyncio.run(rollout(environment, task, agent, settings=settings)))
        progress(number)
    return traces


def solvable(task: Task, trace: Trace) -> bool:
    """Was every value that the reference takes from a result still to be seen in the normalized observation?"""
    if trace.score is None or not trace.score.success:
        return False
    return all(_visible(step, index, trace) for index, step in enumerate(task.reference))


def _visible(step: Step, index: int, trace: Trace) -> bool:
    seen = " ".join(call.observation for call in trace.calls[:index])
    taken = [trace.calls[index].arguments.get(name) for name, value in step.arguments.items() if is_binding(value)]
    return all(str(value) in seen for value in taken)
