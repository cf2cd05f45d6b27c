"""Stages "synthesis", "split" and "demonstrate": verified tasks, which templates are held out, perfect trajectories."""

import json
import os
from pathlib import Path
from typing import Any

from enterpriselab.cli.robustness import plan_of, record_drift, refuse_drifted
from enterpriselab.cli.stages.state import RunState
from enterpriselab.cli.taskfiles import check_fits
from enterpriselab.company import picks
from enterpriselab.core.runs import RunFolder, write_whole
from enterpriselab.core.task_files import read_tasks, write_tasks
from enterpriselab.rollouts.demonstrations import demonstrate as play_references
from enterpriselab.rollouts.demonstrations import solvable
from enterpriselab.rollouts.toolsets import OracleTools
from enterpriselab.sandbox.drift import rewrite
from enterpriselab.sandbox.world import World
from enterpriselab.sandbox.wrapped import unwrapped
from enterpriselab.synthesis.card import quality_card
from enterpriselab.synthesis.graph_export import write_graph
from enterpriselab.synthesis.llm_writer import LLMWriter
from enterpriselab.synthesis.pipeline import Language, synthesize
from enterpriselab.synthesis.split import split_tasks

TASKS, SPLIT = "synthesis/tasks.jsonl", "synthesis/split.json"
ROLES = (
    "HR Manager",
    "HR User",
    "Recruiter",
    "Manager",
    "Support Lead",
    "Support Agent",
    "IT Admin",
    "IT Agent",
    "Employee",
)
"""One interesting person of each of these roles acts in synthesis."""


def principals_of(state: RunState) -> list[str]:
    """Who acts: people of the firm, those that the world itself names, or the one user of connected servers."""
    world = unwrapped(state.environment)
    if not isinstance(world, World):
        return [""]
    firm = world.spec.build_foundation(world.spec.seed)
    if firm is None:
        named = world.episode().sql(world.spec.actors) if world.spec.actors else []
        return [str(next(iter(row.values()))) for row in named] or [world.default_principal]
    people = picks(firm)
    return list(dict.fromkeys(people[role].id for role in ROLES))


def language_of(state: RunState) -> Language:
    """The grammar, or a writer that asks an OpenAI-compatible model and falls back to the grammar."""
    settings = state.config.writer
    if not settings.model:
        return Language()
    from enterpriselab.agents.models.endpoint import Endpoint
    from enterpriselab.agents.models.openai_compatible import OpenAICompatible

    key = os.environ.get(settings.key_env, "none")
    model = OpenAICompatible(Endpoint(settings.model, settings.base_url or None, key))
    return Language(writer=lambda shapes: LLMWriter(state.environment, shapes, model.chat))


def synthesis(state: RunState) -> dict[str, Any]:
    """Write synthesis/tasks.jsonl, graph.{json,graphml,png} and card.json; or the tasks alone, of another run."""
    config, environment = state.config, state.environment
    if config.tasks_of:
        return take_tasks(state, Path(config.tasks_of))
    with state.progress("Synthesize tasks") as tick:
        result = synthesize(
            environment,
            config.synthesis,
            principals_of(state),
            seed=config.seed,
            language=language_of(state),
            progress=lambda phase, done, total: tick(done, total, phase),
        )
    folder = state.folder.file(TASKS).parent
    write_graph(result.graph, folder)
    card = quality_card(environment, result)
    state.folder.write_json("synthesis/card.json", card)
    write_tasks(folder / "tasks.jsonl", result.tasks)
    return {"tasks": len(result.tasks), "templates": card["templates"], "rounds": result.rounds}


def take_tasks(state: RunState, source: Path) -> dict[str, Any]:
    """Write the tasks of another run, as they are under the drift of this one. Raises UsageError."""
    tasks, plan = read_tasks(source / TASKS), plan_of(state.environment)
    if plan is not None:
        refuse_drifted(tasks)
        tasks = [rewrite(task, plan) for task in tasks]
    check_fits(state.environment, tasks)
    write_tasks(state.folder.file(TASKS), tasks)
    return {"tasks": len(tasks), "taken_from": str(source), **record_drift(state.folder, [state.environment])}


def split(state: RunState) -> dict[str, Any]:
    """Write synthesis/split.json: templates to train on, to choose checkpoints by (validation), and to judge by."""
    if state.config.tasks_of:
        return _same_split(state, RunFolder(Path(state.config.tasks_of)))
    config, seed = state.config.synthesis, state.config.seed
    outer = split_tasks(list(state.tasks.values()), held_out=config.held_out, seed=seed)
    inner = split_tasks(outer.train, held_out=config.validation, seed=seed + 1)
    named = {"train": inner.train, "validation": inner.held_out, "held_out": outer.held_out}
    record: dict[str, Any] = {side: [task.id for task in tasks] for side, tasks in named.items()}
    record |= {f"{side}_templates": sorted({task.template for task in tasks}) for side, tasks in named.items()}
    state.folder.write_json(SPLIT, record)
    return {side: len(tasks) for side, tasks in named.items()}


def _same_split(state: RunState, source: RunFolder) -> dict[str, Any]:
    """The split of the run that the tasks were taken from."""
    record, taken = source.read_json(SPLIT), {task.origin: task.id for task in state.tasks.values()}
    sides = [side for side in record if f"{side}_templates" in record]
    state.folder.write_json(SPLIT, record | {side: [taken[identity] for identity in record[side]] for side in sides})
    return {side: len(record[side]) for side in sides}


def demonstrate(state: RunState) -> dict[str, Any]:
    """Write synthesis/trajectories.jsonl: training tasks as chat records with tool calls, as a model sees them."""
    tasks, budget = state.tasks_of("train"), state.config.agent.observation_budget
    with state.progress("Play demonstrations") as tick:
        traces = play_references(
            state.environment, tasks, state.dialect, budget=budget, progress=lambda done: tick(done, len(tasks))
        )
    records = [
        {
            "task_id": task.id,
            "template": task.template,
            "messages": state.dialect.outgoing(trace.messages),
            "tools": state.dialect.tools(OracleTools().of(state.environment, task)),
        }
        for task, trace in zip(tasks, traces, strict=True)
        if solvable(task, trace)
    ]
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    write_whole(state.folder.file("synthesis/trajectories.jsonl"), lines)
    return {"trajectories": len(records), "not_solvable": len(tasks) - len(records)}
