"""The loop picture: eight stations on a racetrack, each with this run's numbers, laid out wide and narrow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from enterpriselab.report import formats, labels
from enterpriselab.report.folder import Run
from enterpriselab.report.rates import as_rate


@dataclass(frozen=True, slots=True)
class Station:
    """One stage: its name, its main number, a line of detail. `done` is False when it left no record."""

    name: str
    main: str
    detail: str
    done: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """A station at a place."""

    station: Station
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow between neighbours; `closing` is the way back to the apps."""

    path: str
    closing: bool
    done: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """The racetrack in one orientation, in SVG units. `kind` says how many stand abreast."""

    kind: str
    width: int
    height: int
    box: tuple[int, int]
    placed: list[Placed]
    arrows: list[Arrow]


def loop_pictures(run: Run) -> list[Picture]:
    """The same stations four abreast, for a wide page, and two abreast, for a narrow one."""
    stations = _stations(run)
    wide = [(2 + 284 * i, 8) for i in range(4)] + [(2 + 284 * i, 170) for i in (3, 2, 1, 0)]
    narrow = [(2, 8 + 128 * i) for i in range(4)] + [(206, 8 + 128 * i) for i in (3, 2, 1, 0)]
    return [
        _picture("four", (1080, 282), (224, 104), list(zip(stations, wide, strict=True))),
        _picture("two", (376, 504), (168, 96), list(zip(stations, narrow, strict=True))),
    ]


def _picture(
    kind: str, canvas: tuple[int, int], box: tuple[int, int], spots: Sequence[tuple[Station, tuple[int, int]]]
) -> Picture:
    placed = [Placed(station, x, y) for station, (x, y) in spots]
    following = [*placed[1:], placed[0]]
    arrows = [
        Arrow(_arrow(a, b, box), closing=b is placed[0], done=a.station.done and b.station.done)
        for a, b in zip(placed, following, strict=True)
    ]
    return Picture(kind, *canvas, box, placed, arrows)


def _arrow(a: Placed, b: Placed, box: tuple[int, int]) -> str:
    """Straight line from the edge of one box to the edge of the next; boxes stand beside or above each other."""
    width, height, free = *box, 5
    if a.y == b.y:
        y = a.y + height // 2
        start, end = (a.x + width + free, b.x - free) if b.x > a.x else (a.x - free, b.x + width + free)
        return f"M{start} {y}H{end}"
    x = a.x + width // 2
    start, end = (a.y + height + free, b.y - free) if b.y > a.y else (a.y - free, b.y + height + free)
    return f"M{x} {start}V{end}"


def _stations(run: Run) -> list[Station]:
    return [*_making(run), _tasks(run), _sft(run), _grpo(run), _evaluation(run)]


def _making(run: Run) -> list[Station]:
    apps = [app for app in run.world.get("apps") or [] if isinstance(app, dict)]
    writes = sum(1 for tool in run.tools if tool.get("writes"))
    edges = run.graph.get("edges") or []
    proven = sum(1 for edge in edges if isinstance(edge, dict) and edge.get("proven"))
    tables = f"{_total(apps, 'tables'):,.0f} tables, {_total(apps, 'rows'):,.0f} rows"
    return [
        Station("Apps", formats.count(len(apps)), tables, bool(apps)),
        Station("Registry", f"{len(run.tools):,} tools", f"{writes:,} of them write", bool(run.tools)),
        Station("Tool graph", f"{len(edges):,} edges", f"{proven:,} proven by running", bool(edges)),
        Station("Trajectories", f"{run.trajectories:,}", "executed on forks", run.trajectories > 0),
    ]


def _tasks(run: Run) -> Station:
    train, held_out = (len(run.split.get(side) or []) for side in ("train", "held_out"))
    detail = f"{train:,} train, {held_out:,} held out" if train or held_out else "not split"
    return Station("Verified tasks", f"{len(run.tasks):,}", detail, bool(run.tasks))


def _sft(run: Run) -> Station:
    losses = [value for record in run.sft if (value := formats.as_number(record.get("loss"))) is not None]
    detail = f"loss {formats.amount(losses[0])} to {formats.amount(losses[-1])}" if losses else ""
    return Station("SFT", f"{_last_step(run.sft):,} steps", detail, bool(run.sft))


def _grpo(run: Run) -> Station:
    attempts = _total(run.grpo, "attempts")
    detail = f"{attempts:,.0f} attempts sampled" if attempts else ""
    return Station("Agentic GRPO", f"{_last_step(run.grpo):,} steps", detail, bool(run.grpo))


def _evaluation(run: Run) -> Station:
    rates = {label: as_rate(summary.get("success")) for label, summary in run.summaries.items()}
    known = {label: rate for label, rate in rates.items() if rate is not None}
    last, first = labels.last_word(known), labels.first_word(known)
    if last is None:
        return Station("Evaluation", formats.NO_VALUE, "", False)
    detail = f"{labels.title(first)} {known[first].text}" if first else f"{known[last].units} tasks"
    return Station("Evaluation", f"{labels.title(last)} {known[last].text}", detail, True)


def _last_step(log: Sequence[dict[str, Any]]) -> int:
    return int(log[-1]["step"]) if log else 0


def _total(records: Sequence[dict[str, Any]], field: str) -> float:
    return sum(formats.as_count(record.get(field)) or 0 for record in records)
