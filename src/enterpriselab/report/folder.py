"""What the page knows of a run: its records, read without touching the folder. What cannot be read becomes a note."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from enterpriselab.core.runs import RunFolder
from enterpriselab.core.tasks import Record, Task
from enterpriselab.core.traces import Trace
from enterpriselab.report.formats import made_visible
from enterpriselab.report.labels import ordered

_SURROGATE = re.compile("[\ud800-\udfff]")
R = TypeVar("R", bound=Record)
REPORT_STAGE = "report"
"""Left out of the page, so that writing it twice gives the same bytes."""


@dataclass(frozen=True, slots=True)
class Played:
    """What the page needs of every attempt. The whole trace is read again only when it is shown."""

    label: str
    task_id: str
    success: bool | None
    tools: tuple[str, ...]
    """Tools called without error, in order."""
    calls: int
    changes: int
    answered: bool
    input_tokens: int
    output_tokens: int
    seconds: float
    offset: int
    """Byte position of the record in its file."""


@dataclass(frozen=True)
class Run:
    """All records of a run folder that the page shows; empty where a stage has not run."""

    path: Path
    config: dict[str, Any]
    stages: dict[str, dict[str, Any]]
    world: dict[str, Any]
    tools: list[dict[str, Any]]
    graph: dict[str, Any]
    card: dict[str, Any]
    tasks: dict[str, Task]
    split: dict[str, Any]
    trajectories: int
    sft: list[dict[str, Any]]
    grpo: list[dict[str, Any]]
    summaries: dict[str, dict[str, Any]]
    played: dict[str, list[Played]]
    environment: dict[str, Any]
    notes: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name of the run as configured, else of its folder."""
        name = self.config.get("name")
        return name if isinstance(name, str) and name else self.path.name

    @property
    def app_of(self) -> dict[str, str]:
        """Tool name -> app."""
        return {str(tool["name"]): str(tool.get("app", "")) for tool in self.tools if "name" in tool}

    def apps_of(self, tools: tuple[str, ...]) -> list[str]:
        """The apps of some tools, sorted; a tool without a record belongs to no app."""
        known = self.app_of
        return sorted({known[tool] for tool in tools if known.get(tool)})


def read_run(path: Path) -> Run:
    """Read a run folder. Raises UsageError when it has no config, which makes it no run folder."""
    config = _whole(RunFolder(path).config())
    reader = Reader(path)
    stages = {str(record["stage"]): record for record in reader.lines("stages.jsonl") if "stage" in record}
    stages.pop(REPORT_STAGE, None)
    tasks = {task.id: task for task in reader.models("synthesis/tasks.jsonl", Task)}
    stored = reader.mapping("eval/summary.json")
    summaries = {label: summary for label, summary in stored.items() if isinstance(summary, dict)}
    played = {label: list(reader.played(label)) for label in reader.labels()}
    return Run(
        path=path,
        config=config if isinstance(config, dict) else {},
        stages=stages,
        world=reader.mapping("world.json"),
        tools=reader.dicts("tools.json"),
        graph=reader.mapping("synthesis/graph.json"),
        card=reader.mapping("synthesis/card.json"),
        tasks=tasks,
        split=reader.mapping("synthesis/split.json"),
        trajectories=sum(1 for _ in reader.lines("synthesis/trajectories.jsonl")),
        sft=by_step(list(reader.lines("sft/log.jsonl"))),
        grpo=by_step(list(reader.lines("grpo/log.jsonl"))),
        summaries={label: summaries[label] for label in ordered(summaries)},
        played={label: played[label] for label in ordered(played)},
        environment=reader.mapping("environment.json"),
        notes=tuple(reader.notes),
    )


def by_step(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Log records in step order; a step that a resumed run wrote again counts once, as written last."""
    numbered = {record["step"]: record for record in records if isinstance(record.get("step"), int)}
    return [numbered[step] for step in sorted(numbered)]


def read_trace(run: Run, played: Played) -> Trace:
    """The whole record of an attempt, without its tokens."""
    with (run.path / traces_file(played.label)).open("rb") as stream:
        stream.seek(played.offset)
        return trace_of(parsed(stream.readline()))


class Reader:
    """Reads files of a run folder; a missing file is empty, a damaged one is empty and noted."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notes: list[str] = []

    def json(self, name: str) -> Any:
        """The value in a JSON file, or None."""
        target = self.path / name
        if not target.is_file():
            return None
        try:
            return parsed(target.read_bytes())
        except (OSError, ValueError) as error:
            self.notes.append(f"{name} cannot be read: {error}")
            return None

    def mapping(self, name: str) -> dict[str, Any]:
        """The object in a JSON file."""
        value = self.json(name)
        if value is not None and not isinstance(value, dict):
            self.notes.append(f"{name} holds a {type(value).__name__}, not an object")
        return value if isinstance(value, dict) else {}

    def dicts(self, name: str) -> list[dict[str, Any]]:
        """The objects of a JSON list."""
        value = self.json(name)
        if value is not None and not isinstance(value, list):
            self.notes.append(f"{name} holds a {type(value).__name__}, not a list")
        return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []

    def lines(self, name: str) -> Iterator[dict[str, Any]]:
        """The records of a JSONL file."""
        for _, record in self._placed(name):
            yield record

    def models(self, name: str, kind: type[R]) -> Iterator[R]:
        """The records of a JSONL file as `kind`, less the id that tasks are stored with; what is none is noted."""
        bad: list[str] = []
        for record in self.lines(name):
            try:
                yield kind.model_validate({key: value for key, value in record.items() if key != "id"})
            except ValidationError as error:
                bad.append(_first(error))
        self._complain(name, bad, kind.__name__)

    def labels(self) -> list[str]:
        """Names of the evaluated models."""
        return sorted(path.parent.name for path in self.path.glob("eval/*/traces.jsonl"))

    def played(self, label: str) -> Iterator[Played]:
        """The attempts of one evaluated model."""
        name, bad = traces_file(label), []
        for offset, record in self._placed(name):
            try:
                yield _played(label, trace_of(record), offset)
            except ValidationError as error:
                bad.append(_first(error))
        self._complain(name, bad, Trace.__name__)

    def placed_lines(self, name: str) -> Iterator[tuple[int, bytes]]:
        """(byte offset, line); a last line without its end is still being written and is left out."""
        target = self.path / name
        if not target.is_file():
            return
        offset = 0
        with target.open("rb") as stream:
            for line in stream:
                if line.endswith(b"\n"):
                    yield offset, line
                offset += len(line)

    def _placed(self, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """(byte offset, record)."""
        bad = 0
        for offset, line in self.placed_lines(name):
            try:
                record = parsed(line)
            except ValueError:
                bad += 1
                continue
            if isinstance(record, dict):
                yield offset, record
        if bad:
            self.notes.append(f"{name}: {bad} damaged line(s) left out")

    def _complain(self, name: str, bad: list[str], kind: str) -> None:
        if bad:
            self.notes.append(f"{name}: {len(bad)} record(s) are no {kind} and are left out; the first: {bad[0]}")


def parsed(data: bytes) -> Any:
    """The JSON value, without the lone surrogates that an escape in it may have made."""
    value = json.loads(data)
    return _whole(value) if b"\\ud" in data.lower() else value


def _whole(value: Any) -> Any:
    """The value with each lone surrogate spelled out, so that it can be hashed and written as UTF-8."""
    return json.loads(_SURROGATE.sub(lambda found: made_visible(found[0]), json.dumps(value, ensure_ascii=False)))


def traces_file(label: str) -> str:
    """Where the attempts of an evaluated model are, in a run folder."""
    return f"eval/{label}/traces.jsonl"


def trace_of(record: dict[str, Any]) -> Trace:
    """The stored attempt without its tokens, which nobody reads, and without the key by which a run finds it."""
    return Trace.model_validate({name: value for name, value in record.items() if name not in ("tokens", "key")})


def _played(label: str, trace: Trace, offset: int) -> Played:
    return Played(
        label=label,
        task_id=trace.task_id,
        success=trace.score.success if trace.score else None,
        tools=tuple(call.tool for call in trace.calls if call.ok),
        calls=len(trace.calls),
        changes=sum(len(call.changes) for call in trace.calls),
        answered=bool(trace.answer),
        input_tokens=trace.usage.input_tokens,
        output_tokens=trace.usage.output_tokens,
        seconds=trace.seconds,
        offset=offset,
    )


def _first(error: ValidationError) -> str:
    detail = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in detail['loc']) or 'record'}: {detail['msg']}"
