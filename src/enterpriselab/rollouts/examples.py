"""Examples shown before a task (n-shot): demonstrations from a file, never of a task or template that is evaluated."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from enterpriselab.agents.brief import Example, Message
from enterpriselab.agents.dialects import ReAct
from enterpriselab.agents.models.base import ModelTurn
from enterpriselab.agents.models.plain import parsed
from enterpriselab.core.errors import UsageError
from enterpriselab.core.seeds import derive_random
from enterpriselab.core.tasks import Task
from enterpriselab.rollouts.plans import read_lines

_FORM = "give the synthesis/trajectories.jsonl of a run: lines with task_id, template and messages"
_OBSERVED = "Observation:"
_SPOKEN = re.compile(r"(Thought|Action|Final Answer):")
"""How a turn of react begins."""


@dataclass(frozen=True, slots=True)
class Examples:
    """The chosen demonstrations."""

    chosen: tuple[Example, ...]
    overlapping: int
    """Demonstrations in the file that could not be taken, for they are of evaluated tasks or templates."""


def choose_examples(path: Path, count: int, tasks: Sequence[Task], *, seed: int = 0) -> Examples:
    """`count` demonstrations by chance, of as many templates as possible, the same for all tasks of a run.

    Args:
        path: a JSONL file as synthesis writes it.
        count: how many.
        tasks: those that are evaluated; their ids, templates and prompts are left out.
        seed: of the choice.

    Raises:
        UsageError: the file cannot be read, or holds too few demonstrations of other templates.
    """
    records = [_checked(path, number, record) for number, record in read_lines(path, _FORM)]
    ids, templates = {task.id for task in tasks}, {task.template for task in tasks}
    prompts = {_plain(task.prompt) for task in tasks}
    free = [
        record
        for record in records
        if record["task_id"] not in ids
        and record["template"] not in templates
        and _plain(record["messages"][0]["content"]) not in prompts
    ]
    if len(free) < count:
        raise UsageError(
            f"{path} holds {len(free)} demonstrations of templates that are not evaluated, and {count} are wanted; "
            f"{len(records) - len(free)} of the {len(records)} in it overlap with the evaluated tasks.",
            hint="take them from a run on other templates, or ask for fewer with --shots",
        )
    derive_random("examples", seed).shuffle(free)
    firsts = {record["template"]: record for record in reversed(free)}
    order = sorted(free, key=lambda record: firsts[record["template"]] is not record)
    chosen = tuple(Example(record["task_id"], tuple(record["messages"])) for record in order[:count])
    return Examples(chosen, len(records) - len(free))


def _checked(path: Path, number: int, record: dict[str, Any]) -> dict[str, Any]:
    """The record with its messages in canonical form, without the system prompt."""
    if not all(isinstance(record.get(key), kind) for key, kind in (("task_id", str), ("template", str))):
        raise UsageError(f"{path}, line {number}, is no demonstration: it has no task_id or template.", hint=_FORM)
    given = record.get("messages")
    try:
        talk = [one for one in given if one["role"] != "system"] if isinstance(given, list) else []
        messages = _canonical(talk, record["task_id"])
    except (LookupError, TypeError, AttributeError, ValueError):
        messages = []
    ends = (messages[0]["role"], messages[-1]["role"]) if messages else ("", "")
    if ends != ("user", "assistant") or "tool_calls" in messages[-1]:
        text = f"{path}, line {number}, is no demonstration: its messages must lead from a request to an answer."
        raise UsageError(text, hint=_FORM)
    return {**record, "messages": messages}


def _canonical(talk: Sequence[Message], task_id: str) -> list[Message]:
    """Structured calls, with ids that no other example has; turns of react are read from their text."""
    said = [str(message.get("content") or "") for message in talk]
    in_text = any(_SPOKEN.match(text) for text, one in zip(said, talk, strict=True) if one["role"] == "assistant")
    found: list[Message] = []
    waiting: list[str] = []
    for number, (message, text) in enumerate(zip(talk, said, strict=True)):
        if message["role"] == "assistant":
            words, calls = _read(text) if in_text else (text, _made(message))
            waiting = [f"example_{task_id}_{number}_{index}" for index in range(len(calls))]
            made = [{"id": i, "type": "function", "function": call} for i, call in zip(waiting, calls, strict=True)]
            found.append({"role": "assistant", "content": words, **({"tool_calls": made} if made else {})})
        elif waiting:
            content = text.removeprefix(_OBSERVED).strip()
            found.append({"role": "tool", "tool_call_id": waiting.pop(0), "content": content})
        else:
            found.append({"role": message["role"], "content": text})
    return found


def _made(message: Message) -> list[dict[str, Any]]:
    """The calls of a turn, their arguments as an object or as its text. Raises ValueError."""
    found = []
    for call in message.get("tool_calls") or ():
        name, given = call["function"]["name"], call["function"]["arguments"]
        arguments = parsed(name, given)
        if isinstance(arguments, str):
            raise ValueError(arguments)
        found.append({"name": name, "arguments": arguments})
    return found


def _read(text: str) -> tuple[str, list[dict[str, Any]]]:
    """(words, calls) of a turn of react."""
    turn = ReAct().incoming(ModelTurn(text=text))
    return turn.text, [{"name": call.name, "arguments": call.arguments} for call in turn.calls]


def _plain(text: Any) -> str:
    return " ".join(str(text).casefold().split())
