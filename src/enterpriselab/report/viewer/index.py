"""The index of a run's attempts: one pass over the traces, of which only what a list shows is kept.

Thousands of traces are some hundred megabytes. A record is parsed whole, so that nothing is guessed from its text, but
only the fields declared here become objects, which is several times as fast as making all of them.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NotRequired, TypeVar

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from enterpriselab.core.domains import UNKNOWN, apps_of, domain_of
from enterpriselab.core.errors import UsageError
from enterpriselab.core.runs import RunFolder
from enterpriselab.core.task_files import parse_task
from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import Ended, Trace
from enterpriselab.report.folder import Reader, parsed, trace_of, traces_file
from enterpriselab.report.labels import ordered

TASKS_FILE, TOOLS_FILE = "synthesis/tasks.jsonl", "tools.json"
PASSED, FAILED, ERROR = "passed", "failed", "error"
T = TypeVar("T")
Stamp = tuple[str, int, int]
"""File, its time and its size."""


class _Change(TypedDict):
    pass


class _Call(TypedDict):
    tool: str
    ok: bool
    changes: list[_Change]


class _Usage(TypedDict, total=False):
    input_tokens: int
    output_tokens: int
    price_usd: float | None


class _Score(TypedDict):
    success: bool | None


class _Attempt(TypedDict):
    key: NotRequired[str]
    task_id: str
    template: str
    agent: str
    model: str
    ended: Ended
    calls: list[_Call]
    usage: NotRequired[_Usage]
    seconds: NotRequired[float]
    score: NotRequired[_Score | None]


class _Step(TypedDict):
    tool: str


class _Task(TypedDict):
    id: NotRequired[str]
    template: str
    prompt: str
    tags: NotRequired[dict[str, Any]]
    feasible: NotRequired[bool]
    reference: list[_Step]


_ATTEMPT, _TASK = TypeAdapter(_Attempt), TypeAdapter(_Task)


@dataclass(frozen=True, slots=True)
class Row:
    """One attempt as the list shows it, and where its record is."""

    id: str
    """'AGENT/TASK/ATTEMPT': the same as long as the run is, so that it can stand in an address."""
    label: str
    task_id: str
    attempt: int
    template: str
    agent: str
    model: str
    outcome: str
    """passed, failed, or error: not judged, for a reason of ours."""
    ended: str
    calls: int
    refused_calls: int
    changes: int
    input_tokens: int
    output_tokens: int
    price_usd: float | None
    seconds: float
    offset: int


@dataclass(frozen=True, slots=True)
class TaskHead:
    """One task as the list shows it, and where its record is; -1 when there is none."""

    id: str
    template: str
    prompt: str
    domain: str
    apps: tuple[str, ...]
    feasible: bool
    offset: int = -1


@dataclass(frozen=True)
class Index:
    """All attempts of a run, by id, in the order of agents and files."""

    path: Path
    config: dict[str, Any]
    rows: dict[str, Row]
    tasks: dict[str, TaskHead]
    """Of the attempts."""
    labels: tuple[str, ...]
    app_of: dict[str, str]
    notes: tuple[str, ...]
    stamps: tuple[Stamp, ...]

    @property
    def name(self) -> str:
        """Of the run."""
        return str(self.config.get("name") or self.path.name)

    @property
    def is_current(self) -> bool:
        """The files are those that were read."""
        return self.stamps == tuple(_stamps(self.path))

    @cached_property
    def of_task(self) -> dict[str, list[Row]]:
        """Task -> its attempts."""
        found: dict[str, list[Row]] = {}
        for row in self.rows.values():
            found.setdefault(row.task_id, []).append(row)
        return found

    def trace(self, row: Row) -> Trace:
        """The whole attempt, without its tokens. Raises UsageError when the record is no longer there, or is none."""
        try:
            trace = trace_of(parsed(_line(self.path / traces_file(row.label), row.offset)))
        except (OSError, ValueError):  # a ValidationError is one
            trace = None
        if trace is None or trace.task_id != row.task_id:
            raise UsageError(
                f"The record of attempt {row.id} cannot be read.", hint="the run goes on: load the page again"
            )
        return trace

    def task(self, identity: str) -> Task | None:
        """The whole task, or None when the run does not hold it. Raises UsageError when its record is none."""
        head = self.tasks.get(identity)
        if head is None or head.offset < 0:
            return None
        return parse_task(_line(self.path / TASKS_FILE, head.offset).decode("utf-8"), where=f"task {identity}")


def check_evaluated(path: Path) -> None:
    """Raises UsageError when this is no run folder, or nothing was evaluated in it."""
    RunFolder(path).config()
    if not Reader(path).labels():
        raise UsageError(f"Nothing was evaluated in {path}.", hint="enterpriselab eval --help")


def read_index(path: Path) -> Index:
    """The index of a run folder. Raises UsageError as check_evaluated does."""
    check_evaluated(path)
    config, stamps, reader = RunFolder(path).config(), tuple(_stamps(path)), Reader(path)
    labels = tuple(ordered(reader.labels()))
    rows: dict[str, Row] = {}
    for label in labels:
        for row in _rows(reader, label):
            rows[row.id] = row  # an attempt that was played again stands last
    app_of = {str(tool["name"]): str(tool.get("app", "")) for tool in reader.dicts(TOOLS_FILE) if "name" in tool}
    played = {row.task_id: row.template for row in rows.values()}
    tasks = _tasks(reader, played, app_of)
    return Index(path, config, rows, tasks, labels, app_of, tuple(reader.notes), stamps)


def _stamps(path: Path) -> Iterator[Stamp]:
    names = [path / TASKS_FILE, path / TOOLS_FILE, *sorted(path.glob("eval/*/traces.jsonl"))]
    for name in names:
        try:
            found = os.stat(name)
        except OSError:
            continue
        yield str(name), found.st_mtime_ns, found.st_size


def _records(reader: Reader, name: str, kind: TypeAdapter[T]) -> Iterator[tuple[int, T]]:
    """(byte offset, what is declared of the record); what is no record is left out and noted."""
    bad = 0
    for offset, line in reader.placed_lines(name):
        try:
            yield offset, kind.validate_json(line)
        except ValidationError:  # a lone surrogate, which models do write, is refused as well
            try:
                yield offset, kind.validate_python(parsed(line))
            except ValueError:
                bad += 1
    if bad:
        reader.notes.append(f"{name}: {bad} damaged line(s) left out")


def _rows(reader: Reader, label: str) -> Iterator[Row]:
    seen: dict[str, int] = {}
    for offset, record in _records(reader, traces_file(label), _ATTEMPT):
        task = record["task_id"]
        number = seen[task] = seen.get(task, -1) + 1
        yield _row(label, record, record.get("key") or f"{task}/{number}", offset)


def _row(label: str, record: _Attempt, key: str, offset: int) -> Row:
    calls, usage, attempt = record["calls"], record.get("usage", {}), key.rpartition("/")[2]
    return Row(
        id=f"{label}/{key}",
        label=label,
        task_id=record["task_id"],
        attempt=int(attempt) if attempt.isdecimal() else 0,
        template=record["template"],
        agent=record["agent"],
        model=record["model"],
        outcome=_outcome(record["ended"], record.get("score")),
        ended=str(record["ended"]),
        calls=len(calls),
        refused_calls=sum(not call["ok"] for call in calls),
        changes=sum(len(call["changes"]) for call in calls),
        input_tokens=usage.get("input_tokens", 0),
        output_tokens=usage.get("output_tokens", 0),
        price_usd=usage.get("price_usd"),
        seconds=record.get("seconds", 0.0),
        offset=offset,
    )


def _outcome(ended: Ended, score: _Score | None) -> str:
    if ended.is_error or score is None or score["success"] is None:
        return ERROR
    return PASSED if score["success"] else FAILED


def _tasks(reader: Reader, played: dict[str, str], app_of: dict[str, str]) -> dict[str, TaskHead]:
    found = {
        identity: TaskHead(identity, template, "", UNKNOWN, (), feasible=True) for identity, template in played.items()
    }
    for offset, record in _records(reader, TASKS_FILE, _TASK):
        identity = record.get("id") or _computed_id(reader, offset)
        if identity in found:
            tags = record.get("tags", {})
            apps = apps_of(tags, (app_of.get(step["tool"], "") for step in record["reference"]))
            domain, feasible = domain_of(tags, apps), record.get("feasible", True)
            found[identity] = TaskHead(
                identity, record["template"], record["prompt"], domain, tuple(apps), feasible, offset
            )
    return found


def _computed_id(reader: Reader, offset: int) -> str:
    """Of a task that is stored without its id; nothing, and a note, when it is no task."""
    try:
        return parse_task(_line(reader.path / TASKS_FILE, offset).decode("utf-8"), where=f"{TASKS_FILE}: a line").id
    except UsageError as error:
        reader.notes.append(error.message)
        return ""


def _line(path: Path, offset: int) -> bytes:
    with path.open("rb") as stream:
        stream.seek(offset)
        return stream.readline()
