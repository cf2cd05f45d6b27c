"""Are the literals of a reference known to a reader of the prompt and of the results so far?"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from enterpriselab.core.changes import CallRecord
from enterpriselab.core.tasks import Task
from enterpriselab.sandbox.environment import Environment
from enterpriselab.sandbox.reference import is_binding

_WORD = re.compile(r"[a-z0-9]+")
_SHORT_WORD = 2


def ungrounded(environment: Environment, task: Task, records: Sequence[CallRecord]) -> list[str]:
    """'step.parameter=value' for each literal that could not be known when it was used."""
    said = known = _flat(f"{task.prompt}\n{task.policy}")
    found: list[str] = []
    for index, step in enumerate(task.reference):
        schemas = environment.registry[step.tool].parameters
        for name, value in step.arguments.items():
            for literal in _literals(value):
                if not _grounded(literal, schemas.get(name, {}), said=said, known=known):
                    found.append(f"{index}.{name}={literal!r}")
        if index < len(records):
            known += " " + _flat(json.dumps(records[index].payload, ensure_ascii=False, default=str))
    return found


def _literals(value: Any) -> Iterator[Any]:
    if is_binding(value) or value is None:
        return
    if isinstance(value, dict):
        for item in value.values():
            yield from _literals(item)
    elif isinstance(value, list):
        for item in value:
            yield from _literals(item)
    else:
        yield value


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())


def _grounded(literal: Any, schema: dict[str, Any], *, said: str, known: str) -> bool:
    if isinstance(literal, bool) or literal in ("true", "false"):
        return True  # a flag is named by its parameter; which way round is what the mutants test
    if isinstance(literal, (int, float)):  # any number is somewhere in the results, so it must have been said
        shown = {str(literal), f"{literal:g}", f"{literal:,}"}
        return any(re.search(rf"(?<![\d.]){re.escape(text)}(?!\d)", said) for text in shown)
    text = _flat(str(literal))
    if text in known:
        return True
    if "enum" in json.dumps(schema):
        words = [word for word in _WORD.findall(text) if len(word) > _SHORT_WORD]
        return any(word in known for word in words)
    return False
