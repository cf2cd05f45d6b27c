"""Many rollouts side by side: what ends them all is raised as it is, for the command line to say it in one message."""

import asyncio

import pytest

from enterpriselab.agents.dialects import FunctionCalling
from enterpriselab.agents.loop import Agent
from enterpriselab.agents.models.base import ModelTurn
from enterpriselab.agents.models.scripted import ScriptedModel
from enterpriselab.core.errors import UsageError
from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import Trace
from enterpriselab.rollouts.runner import Job, jobs_for, run_jobs
from tests.workshop import workshop_world


def test_a_disk_that_is_full_ends_all_rollouts_with_its_own_message_and_keeps_what_was_stored() -> None:
    world = workshop_world()
    task = Task(
        template="t",
        world=world.name,
        principal=world.default_principal,
        prompt="Go.",
        tools=(),
        reference=(),
        verifiers=(),
    )
    stored: list[str] = []

    def sink(job: Job, _: Trace) -> None:
        if len(stored) == 2:
            raise UsageError("Cannot write it: no space.")
        stored.append(job.key)

    agent = Agent(ScriptedModel(lambda *_: ModelTurn(text="Done.")), FunctionCalling())
    with pytest.raises(UsageError, match="no space"):
        asyncio.run(run_jobs(world, jobs_for([task], 9), agent, sink=sink))
    assert len(stored) == 2
    with pytest.raises(UsageError, match="No rollout may be under way"):
        asyncio.run(run_jobs(world, jobs_for([task], 1), agent, concurrency=0))
