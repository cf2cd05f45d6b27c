"""Writes what synthesis made: tasks, trajectories as chat records, the split, the graph and the card."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from enterpriselab.core.task_files import write_tasks
from enterpriselab.core.tasks import Task
from enterpriselab.sandbox.environment import Environment
from enterpriselab.sandbox.normalizer import DEFAULT_BUDGET, normalize
from enterpriselab.sandbox.reference import run_reference
from enterpriselab.synthesis.card import quality_card
from enterpriselab.synthesis.graph_export import write_graph
from enterpriselab.synthesis.pipeline import SynthesisResult
from enterpriselab.synthesis.split import Split

SYSTEM = (
    "You work for {user} at a company. Do what is asked with the tools, one call at a time, and look up ids before "
    "you use them. When all is done, answer in one short sentence. If it cannot or must not be done, say that you "
    "cannot and why. Today is {today}."
)
"""System prompt of exported trajectories unless the caller gives another; {user} and {today} are filled in."""


def trajectory(
    environment: Environment, task: Task, *, system: str = SYSTEM, today: str, budget: int = DEFAULT_BUDGET
) -> dict[str, Any]:
    """The reference as a chat: system, user, thought + call, observation, ..., closing answer. It is run anew."""
    episode = environment.episode(task.principal, seed=task.seed)
    try:
        records = run_reference(episode, task.reference)
    finally:
        episode.close()
    messages: list[dict[str, Any]] = [
        {"role": "system", "content": system.format(user=task.principal, today=today)},
        {"role": "user", "content": task.prompt},
    ]
    for index, (step, record) in enumerate(zip(task.reference, records, strict=True)):
        call = {
            "id": f"call_{index}",
            "type": "function",
            "function": {"name": step.tool, "arguments": record.arguments},
        }
        messages.append({"role": "assistant", "content": step.thought, "tool_calls": [call]})
        shown = normalize(record.payload, budget=budget)
        messages.append({"role": "tool", "tool_call_id": f"call_{index}", "name": step.tool, "content": shown})
    messages.append({"role": "assistant", "content": task.answer})
    tools = [environment.registry[name].openai() for name in task.tools]
    return {"task_id": task.id, "template": task.template, "messages": messages, "tools": tools}


def export_all(
    environment: Environment,
    result: SynthesisResult,
    split: Split,
    folder: Path,
    *,
    today: str,
    budget: int = DEFAULT_BUDGET,
) -> dict[str, Any]:
    """tasks.jsonl, train.jsonl, held_out.jsonl, trajectories.jsonl (training side only), graph files, card.json."""
    folder.mkdir(parents=True, exist_ok=True)
    write_tasks(folder / "tasks.jsonl", result.tasks)
    write_tasks(folder / "train.jsonl", split.train)
    write_tasks(folder / "held_out.jsonl", split.held_out)
    chats = (trajectory(environment, task, today=today, budget=budget) for task in split.train)
    _write_lines(folder / "trajectories.jsonl", chats)
    write_graph(result.graph, folder)
    card = quality_card(environment, result)
    card["split"] = split_numbers(split)
    (folder / "card.json").write_text(json.dumps(card, indent=1, ensure_ascii=False), encoding="utf-8")
    return card


def split_numbers(split: Split) -> dict[str, Any]:
    """Sizes of both sides and tools that only the held-out side has."""
    return {
        "train": len(split.train),
        "held_out": len(split.held_out),
        "train_templates": len({task.template for task in split.train}),
        "held_out_templates": len({task.template for task in split.held_out}),
        "lonely_tools": split.lonely_tools(),
    }


def _write_lines(path: Path, rows: Iterable[dict[str, Any]] | Sequence[dict[str, Any]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    return count
