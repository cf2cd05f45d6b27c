"""The data card: world, tools, gates, measures, split, lengths, sample prompts."""

import base64
from collections import Counter
from dataclasses import dataclass
from typing import Any

from enterpriselab.core.tasks import Task
from enterpriselab.report import formats
from enterpriselab.report.folder import Run
from enterpriselab.report.toolgraph import Ring, ring

SAMPLES = 10
MAX_TEMPLATES = 60
MAX_DESCRIPTION = 140
SHORT, MAX_LIST = 24, 2000
"""Characters of a measure that stands in a column, and of a list that stands apart."""
MAX_PICTURE = 1_000_000
"""Bytes of a graph picture that is still embedded when there is no graph to draw."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One filter of the synthesis; widths in percent of the largest intake."""

    name: str
    kept: float
    dropped: float
    kept_width: float
    dropped_width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One column of the length histogram: counts and heights in percent."""

    length: int
    train: int
    held_out: int
    train_height: float
    held_out_height: float


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A template, on which side it stands and how many tasks it has there."""

    name: str
    side: str
    tasks: int


@dataclass(frozen=True, slots=True)
class Split:
    """The split, counted; `leaks` are templates that stand on both sides and should not."""

    train: int
    held_out: int
    train_templates: int
    held_out_templates: int
    leaks: list[str]
    templates: list[TemplateRow]
    more_templates: int


@dataclass(frozen=True, slots=True)
class Sample:
    """A task as a reader first sees it."""

    task: Task
    apps: list[str]
    side: str


@dataclass(frozen=True, slots=True)
class AppTools:
    """An app's row in the table, with its tools."""

    key: str
    title: str
    domain: str
    numbers: list[str]
    tools: list[tuple[str, str, str]]
    """(name, 'read' or 'write', first sentence of the description)"""


@dataclass(frozen=True, slots=True)
class DataCard:
    """Everything in the section."""

    world: str
    image: str
    apps: list[AppTools]
    ring: Ring | None
    picture: str
    gates: list[Gate]
    measures: list[tuple[str, str]]
    lists: list[tuple[str, str]]
    """Measures that are texts of some length."""
    split: Split | None
    lengths: list[Bar]
    cross_app: int
    infeasible: int
    tasks: int
    samples: list[Sample]


def data_card(run: Run) -> DataCard:
    """The data card of a run."""
    graph = ring(run)
    measures = _flat({name: value for name, value in run.card.items() if name != "gates"})
    return DataCard(
        world=str(run.world.get("world", "")),
        image=formats.size(run.world.get("image_bytes")),
        apps=_apps(run),
        ring=graph,
        picture="" if graph else _picture(run),
        gates=_gates(run),
        measures=[one for one in measures if len(one[1]) <= SHORT],
        lists=[one for one in measures if len(one[1]) > SHORT],
        split=_split(run),
        lengths=_lengths(run),
        cross_app=sum(1 for task in run.tasks.values() if len(_apps_of(run, task)) > 1),
        infeasible=sum(1 for task in run.tasks.values() if not task.feasible),
        tasks=len(run.tasks),
        samples=_samples(run),
    )


def _apps(run: Run) -> list[AppTools]:
    apps = [app for app in run.world.get("apps") or [] if isinstance(app, dict)]
    known = [str(app.get("key", "")) for app in apps]
    apps += [{"key": key} for key in sorted({str(tool.get("app", "")) for tool in run.tools} - set(known))]
    return [_app(app, [tool for tool in run.tools if tool.get("app", "") == app.get("key")]) for app in apps]


def _app(app: dict[str, Any], tools: list[dict[str, Any]]) -> AppTools:
    key = str(app.get("key", ""))
    numbers = [app.get("tools", len(tools)), app.get("tables"), app.get("foreign_keys"), app.get("rows")]
    return AppTools(
        key=key,
        title=str(app.get("title") or key or "unnamed"),
        domain=str(app.get("domain", "")),
        numbers=[formats.count(formats.as_count(number)) for number in numbers],
        tools=[
            (
                str(tool.get("name", "")),
                "write" if tool.get("writes") else "read",
                formats.clipped(str(tool.get("description", "")).split("\n")[0], MAX_DESCRIPTION),
            )
            for tool in tools
        ],
    )


def _picture(run: Run) -> str:
    """The stored picture as base64, where there is no graph to draw."""
    path = run.path / "synthesis/graph.png"
    if not path.is_file() or path.stat().st_size > MAX_PICTURE:
        return ""
    return base64.b64encode(path.read_bytes()).decode("ascii")


def _gates(run: Run) -> list[Gate]:
    stored = run.card.get("gates")
    counts = [
        (str(name), formats.as_number(value.get("kept")) or 0.0, formats.as_number(value.get("dropped")) or 0.0)
        for name, value in (stored.items() if isinstance(stored, dict) else ())
        if isinstance(value, dict)
    ]
    widest = max((kept + dropped for _, kept, dropped in counts), default=0) or 1
    return [
        Gate(name, kept, dropped, round(100 * kept / widest, 2), round(100 * dropped / widest, 2))
        for name, kept, dropped in counts
    ]


def _flat(value: Any, path: str = "") -> list[tuple[str, str]]:
    """Nested numbers and texts as (dotted path, text)."""
    if isinstance(value, dict):
        return [row for name, item in value.items() for row in _flat(item, f"{path}.{name}" if path else str(name))]
    if isinstance(value, (list, tuple)):
        return [(path, formats.clipped(", ".join(formats.plain(item) for item in value), MAX_LIST))]
    number = formats.as_number(value)
    return [(path, formats.plain(value) if number is None else formats.amount(number))]


def _side(run: Run) -> dict[str, str]:
    """Task id -> 'train', 'validation' or 'held out'."""
    sides = {str(task): "train" for task in run.split.get("train") or []}
    sides |= {str(task): "validation" for task in run.split.get("validation") or []}
    return sides | {str(task): "held out" for task in run.split.get("held_out") or []}


def _split(run: Run) -> Split | None:
    if not run.split:
        return None
    sides = _side(run)
    counted = Counter((task.template, sides.get(task.id, "unused")) for task in run.tasks.values())
    train, held_out = (set(map(str, run.split.get(f"{side}_templates") or [])) for side in ("train", "held_out"))
    rows = [TemplateRow(name, side, number) for (name, side), number in counted.items()]
    rows.sort(key=lambda row: (row.side != "held out", -row.tasks, row.name))
    return Split(
        train=len(run.split.get("train") or []),
        held_out=len(run.split.get("held_out") or []),
        train_templates=len(train),
        held_out_templates=len(held_out),
        leaks=sorted(train & held_out),
        templates=rows[:MAX_TEMPLATES],
        more_templates=max(0, len(rows) - MAX_TEMPLATES),
    )


def _lengths(run: Run) -> list[Bar]:
    sides = _side(run)
    counted = Counter((len(task.reference), sides.get(task.id) == "held out") for task in run.tasks.values())
    if not counted:
        return []
    lengths = range(min(length for length, _ in counted), max(length for length, _ in counted) + 1)
    highest = max(counted[length, False] + counted[length, True] for length in lengths)
    return [
        Bar(
            length,
            counted[length, False],
            counted[length, True],
            round(100 * counted[length, False] / highest, 2),
            round(100 * counted[length, True] / highest, 2),
        )
        for length in lengths
    ]


def _samples(run: Run) -> list[Sample]:
    """One task of each of ten templates, spread evenly over the templates in alphabetical order."""
    first: dict[str, Task] = {}
    for task in sorted(run.tasks.values(), key=lambda task: (task.template, task.id)):
        first.setdefault(task.template, task)
    chosen = list(first.values())
    if len(chosen) > SAMPLES:
        chosen = [chosen[index * len(chosen) // SAMPLES] for index in range(SAMPLES)]
    sides = _side(run)
    return [Sample(task, _apps_of(run, task), sides.get(task.id, "")) for task in chosen]


def _apps_of(run: Run, task: Task) -> list[str]:
    return run.apps_of(tuple(step.tool for step in task.reference))
