"""Many rollouts side by side, with a sink for finished traces and resume by (task, attempt)."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from enterpriselab.agents.loop import Agent
from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import Trace
from enterpriselab.rollouts.rollout import RolloutSettings, rollout
from enterpriselab.sandbox.environment import Environment

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

    Returns:
        The traces in the order of the jobs, whatever the order in which they finished.
    """
    traces: list[Trace | None] = [None] * len(jobs)
    queue = iter(enumerate(jobs))

    async def worker() -> None:
        for index, job in queue:
            trace = await rollout(environment, job.task, agent, attempt=job.attempt, settings=settings)
            traces[index] = trace
            if sink is not None:
                sink(job, trace)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(concurrency, len(jobs))):
                group.create_task(worker())
    finally:
        await agent.model.close()
    return [trace for trace in traces if trace is not None]
