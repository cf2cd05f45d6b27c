"""Plans that an agent is given: the one of the task itself (oracle), or those that another model made, from a file."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from enterpriselab.core.errors import UsageError
from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import Phase

ORACLE = "oracle"
_FORM = 'a line is {"task_id": ..., "plan": ...}, or a trace of an agent that planned'


def plans_for(source: str, tasks: Sequence[Task]) -> dict[str, str]:
    """Task id -> plan.

    Args:
        source: "oracle", or a JSONL file of plans or of traces with a phase "plan".
        tasks: those that are played; each must have a plan.

    Raises:
        UsageError: the file cannot be read, holds no plans, or a task has none.
    """
    found = {task.id: numbered(task.plan) for task in tasks} if source == ORACLE else dict(_read(Path(source)))
    without = [task.id for task in tasks if not found.get(task.id, "").strip()]
    if without:
        where = "of their own" if source == ORACLE else f"in {source}"
        raise UsageError(f"{len(without)} of {len(tasks)} tasks have no plan {where}, {without[0]} first.", hint=_FORM)
    return {task.id: found[task.id] for task in tasks}


def numbered(steps: Sequence[str]) -> str:
    """Steps as the lines of a plan."""
    return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, start=1))


def _read(path: Path) -> Iterator[tuple[str, str]]:
    """The last attempt at a task is yielded first, so that the first one counts."""
    for number, record in reversed(list(read_lines(path, _FORM))):
        plan = record.get("plan") or _planned(record)
        if not isinstance(record.get("task_id"), str) or not plan:
            raise UsageError(f"{path}, line {number}, holds no plan.", hint=_FORM)
        yield record["task_id"], numbered(plan) if isinstance(plan, list) else str(plan)


def _planned(trace: dict[str, Any]) -> str:
    """What the model said last in the planning phase of a trace."""
    if "phases" not in trace:
        return ""
    try:
        phases = [Phase.model_validate(phase) for phase in trace["phases"]]
        starts = [phase.first_message for phase in phases] + [len(trace["messages"])]
        for phase, start, end in zip(phases, starts, starts[1:], strict=False):
            if phase.name == "plan":
                said = [m["content"] for m in trace["messages"][start:end] if m["role"] == "assistant"]
                return str(said[-1]) if said else ""
    except (LookupError, TypeError, ValueError):  # it is no trace of ours: there is no plan in it
        return ""
    return ""


def read_lines(path: Path, form: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, object) of a JSONL file. Raises UsageError; `form` says what a line should be."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")  # U+2028 may stand in a text, and is no end of line
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise UsageError(f"Cannot read {path}: {reason}.", hint=form) from None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            raise UsageError(f"{path}, line {number}, is not JSON: {error}.", hint=form) from None
        if not isinstance(record, dict):
            raise UsageError(f"{path}, line {number}, is no JSON object.", hint=form)
        yield number, record
