"""Many rollouts side by side, with a sink for finished traces and resume by (task, attempt)."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from enterpriselab.agents.loop import Agent
from enterpriselab.core.errors import UsageError
from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import Trace
from enterpriselab.rollouts.rollout import RolloutSettings, rollout
from enterpriselab.sandbox.environment import Environment
from enterpriselab.sandbox.world import World
from enterpriselab.sandbox.wrapped import unwrapped

THREADS = 16
"""Calls of connected servers, and starts of them, that may be under way at once."""
Sink = Callable[["Job", Trace], None]


@dataclass(frozen=True, slots=True)
class Job:
    """One attempt to make."""

    task: Task
    attempt: int

    @property
    def key(self) -> str:
        """Identity of the attempt in the records of a run."""
        return f"{self.task.id}/{self.attempt}"


def jobs_for(tasks: Sequence[Task], attempts: int, *, done: Iterable[str] = ()) -> list[Job]:
    """All attempts that are not done yet, in task order."""
    finished = set(done)
    return [job for task in tasks for number in range(attempts) if (job := Job(task, number)).key not in finished]


async def side_by_side(worker: Callable[[], Coroutine[Any, Any, None]], count: int) -> None:
    """That many of a worker at once; the first error ends them all and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(count):
                group.create_task(worker())
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None


def _places(environment: Environment, concurrency: int) -> int:
    """How many rollouts there may be at once; threads for what servers of others do beside the event loop.

    Raises:
        UsageError: none may be under way.
    """
    if concurrency < 1:
        raise UsageError("No rollout may be under way, so none is made.", hint="evaluation.concurrency=64")
    world = unwrapped(environment)
    if isinstance(world, World):
        return concurrency
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(min(concurrency, THREADS)))
    plan = getattr(world, "plan", None)
    return 1 if plan is not None and any(server.isolation == "reset" for server in plan.servers) else concurrency


async def run_jobs(
    environment: Environment,
    jobs: Sequence[Job],
    agent: Agent,
    *,
    concurrency: int = 64,
    settings: RolloutSettings | None = None,
    sink: Sink | None = None,
) -> list[Trace]:
    """Play all jobs, at most `concurrency` at once; `sink` gets each trace as soon as it is finished.

    Servers that are reset before each episode serve one at a time.

    Returns:
        The traces in the order of the jobs, whatever the order in which they finished.
    """
    places = _places(environment, concurrency)
    traces: list[Trace | None] = [None] * len(jobs)
    queue = iter(enumerate(jobs))

    async def worker() -> None:
        for index, job in queue:
            trace = await rollout(environment, job.task, agent, attempt=job.attempt, settings=settings)
            traces[index] = trace
            if sink is not None:
                sink(job, trace)

    try:
        await side_by_side(worker, min(places, len(jobs)))
    finally:
        await agent.model.close()
    return [trace for trace in traces if trace is not None]
