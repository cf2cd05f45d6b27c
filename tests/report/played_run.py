"""A small run folder with attempts that were really played in the mail world, for tests of the viewer."""

import asyncio
from pathlib import Path
from typing import Any

from enterpriselab.agents.dialects import FunctionCalling
from enterpriselab.agents.loop import Agent, Limits
from enterpriselab.agents.models.base import ModelCall, ModelTurn
from enterpriselab.agents.models.scripted import ScriptedModel
from enterpriselab.cli.settings import EnvironmentConfig, RunConfig
from enterpriselab.core.runs import RunFolder
from enterpriselab.core.task_files import write_tasks
from enterpriselab.core.tasks import Step, Task, Verifier
from enterpriselab.core.traces import Usage
from enterpriselab.rollouts.demonstrations import reference_agent
from enterpriselab.rollouts.rollout import RolloutSettings
from enterpriselab.rollouts.runner import jobs_for, run_jobs
from enterpriselab.sandbox.environment import Environment
from enterpriselab.sandbox.reference import run_reference
from enterpriselab.sandbox.world import World
from enterpriselab.scoring.derive import derive_verifiers

HOSTILE = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>\u202ekcatta</script>"
"""Markup, and a character that turns the direction of what follows."""
LABELLED = "SELECT count(*) FROM mail_label WHERE name = 'Read later'"
TOOLS = ("mail_create_label", "list_email_labels", "search_emails")


def write_played_run(folder: Path, world: World) -> Path:
    """Three tasks, played by the reference, twice by a clumsy agent, by an idle one, and by one that is away."""
    config = RunConfig(name=folder.name, environment=EnvironmentConfig(world="arena", apps=("mail",)))
    run = RunFolder.open(folder, config)
    tasks = _tasks(world)
    write_tasks(folder / "synthesis" / "tasks.jsonl", tasks)
    run.write_json("tools.json", [world.registry[name].to_json() for name in TOOLS])
    agents = {
        "reference": (reference_agent([(world, task) for task in tasks], FunctionCalling()), 1),
        "clumsy": (_scripted("clumsy", {task.id: turns for task, turns in zip(tasks, CLUMSY, strict=True)}), 2),
        "idle": (_scripted("idle", {task.id: [ModelTurn(text="Done.")] for task in tasks}), 1),
        "away": (Agent(ScriptedModel([], name="away"), FunctionCalling()), 1),
    }
    for label, (agent, attempts) in agents.items():
        play_into(run, label, agent, (world, tasks), attempts=attempts)
    return folder


def play_into(
    run: RunFolder, label: str, agent: Agent, where: tuple[Environment, list[Task]], *, attempts: int = 1
) -> None:
    """Play tasks in an environment and store the attempts as an evaluation does."""
    jobs = jobs_for(where[1], attempts)
    settings = RolloutSettings(run=label, observation_budget=400)
    traces = asyncio.run(run_jobs(where[0], jobs, agent, settings=settings))
    for job, trace in zip(jobs, traces, strict=True):
        run.append(f"eval/{label}/traces.jsonl", {"key": job.key, **trace.model_dump(mode="json", exclude={"tokens"})})


def _tasks(world: World) -> list[Task]:
    labelled = Verifier(
        kind="sql", name="the label is there once", category="integrity", params={"query": LABELLED, "expect": 1}
    )
    later = Step(tool="mail_create_label", arguments={"name": "Read later"})
    return [
        _task(world, "label", "Make the mail label Read later.", (later,), more=(labelled,)),
        _task(
            world, "count", "How many mails are in my inbox?", (Step(tool="list_email_labels", arguments={}),), says=16
        ),
        _task(world, "hostile", HOSTILE, (Step(tool="mail_create_label", arguments={"name": "Odd <b>label</b>"}),)),
    ]


def _task(
    world: World,
    template: str,
    prompt: str,
    steps: tuple[Step, ...],
    *,
    says: int | None = None,
    more: tuple[Verifier, ...] = (),
) -> Task:
    episode = world.episode()
    run_reference(episode, steps)
    values = [] if says is None else [says]
    return Task(
        template=template,
        world=world.name,
        principal=episode.principal,
        prompt=prompt,
        policy="Change only what was asked for.",
        tools=TOOLS,
        reference=steps,
        answer="Done." if says is None else f"There are {says}.",
        verifiers=(*derive_verifiers(world, episode.diff(), answer_values=values), *more),
        tags={"domain": "mail" if template != "hostile" else HOSTILE},
    )


def _call(tool: str, text: str = "", **arguments: Any) -> ModelTurn:
    return ModelTurn(text=text, calls=(ModelCall(tool, arguments),), usage=Usage(input_tokens=900, output_tokens=40))


CLUMSY = (
    [
        _call("mail_create_label", "First the label.", name="Read later"),
        _call("mail_create_label", "And one more.", name="Later"),
        _call("mail_create_label", name="Later"),
        ModelTurn(text="Both labels are there."),
    ],
    [_call("list_email_labels"), ModelTurn(text="There are 12.")],
    [_call("mail_create_label", HOSTILE, name=HOSTILE), _call("fly_away"), ModelTurn(text=HOSTILE)],
)
"""For each task: an unwanted second label, asked for twice; a wrong number; markup wherever a model can put it."""


def _scripted(name: str, scripts: dict[str, list[ModelTurn]]) -> Agent:
    model = ScriptedModel(lambda request, turn: scripts[request.conversation.split("/")[-2]][turn], name=name)
    return Agent(model, FunctionCalling(), limits=Limits())
