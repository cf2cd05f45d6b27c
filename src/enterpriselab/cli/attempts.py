"""Stored attempts that a command names: one evaluated agent of a run folder, read without touching the folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from enterpriselab.cli.folders import is_run_folder
from enterpriselab.core.errors import UsageError
from enterpriselab.core.runs import RunFolder
from enterpriselab.core.task_files import read_tasks
from enterpriselab.core.tasks import Task
from enterpriselab.core.tools import ToolSpec
from enterpriselab.core.traces import BASELINES, REFERENCE, Trace
from enterpriselab.evaluation.cases import Solution, solutions_of
from enterpriselab.evaluation.summary import summarize
from enterpriselab.report.folder import Reader

TRACES_FILE = "traces.jsonl"


@dataclass(frozen=True)
class Attempts:
    """All attempts of one agent."""

    run: Path
    label: str

    @property
    def name(self) -> str:
        """For people: the run, and the agent where it is not the run's only model."""
        alone = models_of(self.run) == [self.label]
        return self.run.name if alone else f"{self.run.name}/{self.label}"

    @property
    def file(self) -> str:
        """The traces, relative to the run folder."""
        return f"eval/{self.label}/{TRACES_FILE}"

    @cached_property
    def traces(self) -> dict[str, Trace]:
        """Key (task/attempt) -> trace, in stored order. Raises UsageError when a record is damaged."""
        reader = Reader(self.run)
        found: dict[str, Trace] = {}
        try:
            for record in reader.lines(self.file):
                key = str(record.pop("key", len(found)))
                found[key] = Trace.model_validate(record)
        except ValidationError as error:
            reader.notes.append(f"{self.file}, record {len(found) + 1}, is no trace: {error.error_count()} faults")
        if reader.notes:
            raise UsageError(f"{self.run}: {reader.notes[0]}.", hint="evaluate again into another folder")
        return found

    def with_traces(self, traces: dict[str, Trace]) -> "Attempts":
        """The same agent with other traces."""
        changed = Attempts(self.run, self.label)
        changed.__dict__["traces"] = traces
        return changed

    @property
    def in_order(self) -> list[Trace]:
        """Traces by task and attempt, whatever the order in which they were finished."""
        places = {task: number for number, task in enumerate(self.tasks)}

        def place(key: str) -> tuple[int, int]:
            attempt = key.rpartition("/")[2]
            return places[self.traces[key].task_id], int(attempt) if attempt.isdecimal() else 0

        return [self.traces[key] for key in sorted(self.traces, key=place)]

    @cached_property
    def solutions(self) -> dict[str, Solution]:
        """Task -> arguments of its reference as they were when it was played in this run."""
        if REFERENCE not in labels_of(self.run):
            return {}
        return solutions_of(self.tasks, Attempts(self.run, REFERENCE).traces.values())

    @cached_property
    def tasks(self) -> dict[str, Task]:
        """The run's tasks by id. Raises UsageError when one that was played is not there."""
        path = self.run / "synthesis" / "tasks.jsonl"
        known = {task.id: task for task in read_tasks(path)}
        lost = next((trace.task_id for trace in self.traces.values() if trace.task_id not in known), None)
        if lost is not None:
            raise UsageError(f"{path} does not hold task {lost}, which was played.", hint="evaluate again")
        return known

    @cached_property
    def tools(self) -> dict[str, ToolSpec]:
        """The tools of the run by name, as far as they were stored."""
        records = Reader(self.run).dicts("tools.json")
        return {str(record["name"]): ToolSpec(**record) for record in records}

    @cached_property
    def config(self) -> dict[str, Any]:
        """The config of the run."""
        return RunFolder(self.run).config()


def labels_of(run: Path) -> list[str]:
    """Agents that were evaluated in a run folder."""
    return sorted(path.parent.name for path in run.glob(f"eval/*/{TRACES_FILE}"))


def models_of(run: Path) -> list[str]:
    """The evaluated agents that are no baselines; where only baselines were played, these."""
    found = labels_of(run)
    return [label for label in found if label not in BASELINES] or found


def all_attempts(run: Path) -> list[Attempts]:
    """Every evaluated agent of a run folder, or the one that is named by eval/AGENT. Raises UsageError."""
    if not is_run_folder(run):
        return [attempts_at(run)]
    found = [Attempts(run, label) for label in labels_of(run)]
    if not found:
        raise UsageError(f"Nothing was evaluated in {run}.", hint="enterpriselab eval --help")
    return found


def attempts_at(path: Path) -> Attempts:
    """One agent: RUN where only one model was evaluated, RUN/eval/AGENT, or its traces.jsonl. Raises UsageError."""
    folder = path.parent if path.name == TRACES_FILE else path
    if is_run_folder(folder):
        found = [one for one in all_attempts(folder) if one.label in models_of(folder)]
        if len(found) > 1:
            text = f"{folder} holds several agents: {', '.join(one.label for one in found)}."
            raise UsageError(text, hint=f"name one of them: {folder / 'eval' / found[-1].label}")
        return found[0]
    run = folder.resolve().parent.parent
    if folder.resolve().parent.name != "eval" or not is_run_folder(run) or not (folder / TRACES_FILE).is_file():
        text = f"{path} is neither a run folder nor the folder of an agent in one (RUN/eval/AGENT)."
        raise UsageError(text, hint="enterpriselab runs lists run folders")
    return Attempts(Path(*folder.parts[:-2]) if len(folder.parts) > 2 else run, folder.name)


def summarized(agents: Sequence[Attempts], *, allow_errors: bool) -> dict[str, dict[str, Any]]:
    """The summary of each agent of one run, computed from the traces. Raises UsageError: too many errors."""
    first = agents[0]
    played = {one.label: one.in_order for one in agents}
    return summarize(first.tasks, played, tools=first.tools, solutions=first.solutions, allow_errors=allow_errors)


def keys_of(attempts: Attempts, wanted: str) -> list[str]:
    """Keys of all attempts, or of those at the task or attempt that is wanted. Raises UsageError when there is none."""
    found = [key for key in attempts.traces if wanted in ("", key, key.rpartition("/")[0])]
    if not found:
        near = ", ".join(list(attempts.traces)[:3])
        raise UsageError(f"{attempts.name} has no attempt {wanted!r}.", hint=f"for example: {near}")
    return found
