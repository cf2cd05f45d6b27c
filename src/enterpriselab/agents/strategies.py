"""Strategies with more than one conversation: plan and act; plan, decompose and do sub-task after sub-task."""

import json
import re
from dataclasses import dataclass
from typing import Any

from enterpriselab.agents.dialects import describe
from enterpriselab.agents.loop import DIRECT, Play, Strategy
from enterpriselab.agents.prompts import prompt

MAX_SUBTASKS = 8
BLOCKED = re.compile(r"\s*BLOCKED\b", re.IGNORECASE)
"""How a sub-task ends that cannot or must not be done; those after it are not begun."""
_FENCED = re.compile(r"```(?:json)?(.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Subtask:
    """One piece of a decomposed task."""

    title: str
    instructions: str


async def _planner(play: Play) -> None:
    plan = await _plan(play)
    await play.act("act", prompt("plan").format(task=play.brief.prompt, plan=plan))


async def _decomposer(play: Play) -> None:
    task = play.brief.prompt
    plan = play.brief.plan or await _plan(play)
    text = prompt("plan").format(task=task, plan=plan)
    made = await play.say("decompose", _instructions(play, "decomposer"), text, check=_not_subtasks)
    memory: list[dict[str, str]] = []
    for subtask in read_subtasks(made):
        facts = {"task": task, "memory": _written(memory), "title": subtask.title, "what": subtask.instructions}
        result = await play.act("subtask", prompt("subtask").format(**facts), title=subtask.title)
        memory.append({"subtask": subtask.title, "result": result})
        if BLOCKED.match(result):
            break
    await play.say("answer", prompt("answer").format(**play.brief.facts), f"{task}\n\n{_written(memory)}")


async def _plan(play: Play) -> str:
    return await play.say("plan", _instructions(play, "planner"), play.brief.prompt, check=_empty)


def _instructions(play: Play, name: str) -> str:
    return prompt(name).format(tools="\n".join(map(describe, play.tools)), most=MAX_SUBTASKS, **play.brief.facts)


def _written(memory: list[dict[str, str]]) -> str:
    return json.dumps(memory, ensure_ascii=False, indent=1) if memory else "Nothing yet."


def _empty(text: str) -> str | None:
    return None if text.strip() else "write the plan"


def _not_subtasks(text: str) -> str | None:
    try:
        read_subtasks(text)
    except ValueError as error:
        return str(error)
    return None


def read_subtasks(text: str) -> list[Subtask]:
    """The sub-tasks in a model's words: a JSON list, fenced or with words around it.

    Raises:
        ValueError: there is none, or not of this form; says what would be accepted.
    """
    form = 'a JSON list of objects with "title" and "task"'
    fenced = _FENCED.search(text)
    body = fenced[1] if fenced else text[text.find("[") : text.rfind("]") + 1]
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"expected {form}: {error}") from None
    if not isinstance(found, list) or not 1 <= len(found) <= MAX_SUBTASKS:
        raise ValueError(f"expected {form}, from 1 to {MAX_SUBTASKS} of them")
    subtasks = []
    for number, item in enumerate(found, start=1):
        what = item.get("task") if isinstance(item, dict) else None
        if not isinstance(what, str) or not what.strip():
            raise ValueError(f"expected {form}: number {number} is not one")
        subtasks.append(Subtask(str(item.get("title") or f"Sub-task {number}"), what))
    return subtasks


PLANNER = Strategy("planner", _planner)
"""One model call makes a plan without tools; then the plan is carried out."""
DECOMPOSER = Strategy("decomposer", _decomposer)
"""A plan is cut into sub-tasks; each has a conversation of its own and hands its result on in a working memory."""
STRATEGIES: dict[str, Strategy] = {strategy.name: strategy for strategy in (DIRECT, PLANNER, DECOMPOSER)}
