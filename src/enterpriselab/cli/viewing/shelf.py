"""Shelf: the attempts of one run folder as the page asks for them, read anew when the run went on."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

from enterpriselab.cli.viewing.opinions import opinions_of
from enterpriselab.core.errors import UsageError
from enterpriselab.core.tasks import Task
from enterpriselab.core.tools import ToolSpec
from enterpriselab.core.traces import REFERENCE, Trace
from enterpriselab.evaluation.cases import Case, solutions_of
from enterpriselab.evaluation.faults import Fault, faults
from enterpriselab.report.folder import Reader
from enterpriselab.report.labels import title
from enterpriselab.report.viewer.divergence import divergence
from enterpriselab.report.viewer.index import FAILED, TOOLS_FILE, Index, Row, read_index
from enterpriselab.report.viewer.search import search
from enterpriselab.report.viewer.steps import trace_view

View = dict[str, Any]
_LISTED = (
    *("id", "label", "task_id", "attempt", "outcome", "ended", "model", "calls", "refused_calls", "changes"),
    *("input_tokens", "output_tokens", "price_usd", "seconds"),
)
"""What the list gets of each attempt."""


class Shelf:
    """Thread-safe as far as reading goes: what is read is never changed, only replaced.

    Args:
        path: the run folder.

    Raises:
        UsageError: it is none, or nothing was evaluated in it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._book = _Book(read_index(path))

    @property
    def index(self) -> Index:
        """The present index."""
        return self._book.index

    def listing(self) -> View:
        """The run with all its attempts, column by column."""
        if not self.index.is_current:
            self._book = _Book(read_index(self.path))
        index = self.index
        place = index.config.get("environment") or {}
        return {
            "name": index.name,
            "path": str(index.path),
            "notes": index.notes,
            "servers": bool(place.get("servers")),
            "labels": [{"label": label, "title": title(label)} for label in index.labels],
            "tasks": {head.id: asdict(head) for head in index.tasks.values()},
            "rows": {name: [getattr(row, name) for row in index.rows.values()] for name in _LISTED},
        }

    def row(self, identity: str) -> Row:
        """The attempt of that id. Raises UsageError."""
        found = self.index.rows.get(identity)
        if found is None:
            near = next(iter(self.index.rows), "none")
            raise UsageError(f"This run has no attempt {identity[:200]!r}.", hint=f"for example: {near}")
        return found

    def trace(self, row: Row) -> Trace:
        """The whole attempt. Raises UsageError."""
        return self.index.trace(row)

    def task(self, row: Row) -> Task:
        """The task of the attempt. Raises UsageError when the run does not hold it."""
        found = self._book.task(row.task_id)
        if found is None:
            raise UsageError(f"The run does not hold task {row.task_id}, so nothing more can be said of it.")
        return found

    def view(self, identity: str) -> View:
        """One attempt with its task, what went wrong in it, what judges said, and the other attempts at the task."""
        row = self.row(identity)
        trace, task = self.trace(row), self._book.task(row.task_id)
        verdicts = trace.score.verdicts if trace.score else ()
        return {
            "id": row.id,
            "label": row.label,
            "title": title(row.label),
            "attempt": row.attempt,
            "outcome": row.outcome,
            "trace": trace_view(trace, self.index.app_of),
            "task": _task_view(task) if task else None,
            "faults": [asdict(fault) for fault in self._book.faults(row, trace)],
            "opinions": opinions_of(self.path, row.label, row.id.removeprefix(f"{row.label}/"), verdicts),
            "others": [other.id for other in self.index.of_task[row.task_id] if other.id != row.id],
        }

    def faults_of(self, label: str, *, go_on: Callable[[], bool] = lambda: True) -> dict[str, list[str]]:
        """Attempt -> kinds of its faults, the first to show first, for the failed attempts of an agent.

        An attempt or a task that cannot be read has none. `go_on` is asked before each attempt.
        """
        book, found = self._book, {}
        for row in book.index.rows.values():
            if row.label == label and row.outcome == FAILED and go_on():
                try:
                    kinds = [fault.kind for fault in book.faults(row, book.index.trace(row))]
                except UsageError:
                    kinds = []
                found[row.id] = list(dict.fromkeys(kinds))
        return found

    def search(self, text: str) -> Iterable[str]:
        """Ids of the attempts that hold the text."""
        return search(self.index, text)

    def compared(self, left: str, right: str) -> View:
        """Two attempts, and where they part. Raises UsageError: they are at different tasks."""
        rows = [self.row(identity) for identity in (left, right)]
        if rows[0].task_id != rows[1].task_id:
            raise UsageError("These attempts are at different tasks, so they cannot be compared step by step.")
        found = divergence(*(self.trace(row) for row in rows))
        return {"left": self.view(left), "right": self.view(right), "divergence": asdict(found) if found else None}


class _Book:
    """An index, and what was read of its tasks so far."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._tasks: dict[str, Task | None] = {}

    def task(self, identity: str) -> Task | None:
        if identity not in self._tasks:
            self._tasks[identity] = self.index.task(identity)
        return self._tasks[identity]

    def faults(self, row: Row, trace: Trace) -> list[Fault]:
        """Of a failed attempt at a task that the run holds."""
        task = self.task(row.task_id)
        if task is None or row.outcome != FAILED:
            return []
        return faults(Case(task, trace, self._tools, row.attempt, self._solution(task)))

    @cached_property
    def _tools(self) -> dict[str, ToolSpec]:
        records = Reader(self.index.path).dicts(TOOLS_FILE)
        return {str(record["name"]): ToolSpec(**record) for record in records}

    def _solution(self, task: Task) -> list[dict[str, Any]]:
        """The arguments of the reference as they were when it was played in this run."""
        played = [row for row in self.index.of_task[task.id] if row.label == REFERENCE]
        found = solutions_of({task.id: task}, (self.index.trace(row) for row in played))
        return list(found.get(task.id, ()))


def _task_view(task: Task) -> View:
    kept = {"template", "world", "principal", "prompt", "policy", "answer", "plan", "feasible", "seed", "tags"}
    return {
        "id": task.id,
        **task.model_dump(mode="json", include=kept),
        "reference": [step.model_dump(mode="json") for step in task.reference],
        "verifiers": [verifier.model_dump(mode="json") for verifier in task.verifiers],
    }
