"""The picture of success against price: points with intervals, wide and narrow. Numbers in, numbers out."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from enterpriselab.report.charts import Tick, nice_ticks, tick_text
from enterpriselab.report.label_places import Board, Box, Label, Segment

LOG_FROM = 8
"""Prices that differ by this factor are drawn on a logarithmic axis."""
TICK_LETTER = 7.8
"""Units that a letter at an axis takes."""
NEAR_EDGE = 14
"""Units from the right end within which the text of a tick ends at the tick."""
LONGEST = 34
"""Letters of a label; of a longer name the middle is left out."""
Scale = Callable[[float], float]
NOWHERE = Label(0.0, 0.0, "start", None)


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its bounds; the bounds of a value without an interval are the value."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Point:
    """One model: what 1,000 tasks cost in USD, and its success as a share."""

    name: str
    kind: str
    price: Interval
    success: Interval
    best: bool
    """On the frontier."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A point as drawn: its place, the ends of its bars, and the place of its label."""

    point: Point
    number: int
    x: float
    y: float
    x_bar: tuple[float, float]
    y_bar: tuple[float, float]
    label: str
    place: Label


@dataclass(frozen=True, slots=True)
class ParetoChart:
    """The picture on one canvas; `kind` is wide or narrow."""

    kind: str
    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    dots: list[Dot]
    frontier: str
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    logarithmic: bool


def pareto_charts(points: Sequence[Point]) -> list[ParetoChart]:
    """The same picture for a wide page, labelled by number and name, and for a narrow one, by number."""
    if not points:
        return []
    return [_chart(points, "wide", (880, 460), (60, 26)), _chart(points, "narrow", (360, 400), (46, 14))]


def _chart(points: Sequence[Point], kind: str, size: tuple[int, int], margins: tuple[int, int]) -> ParetoChart:
    (width, height), (left, right) = size, margins
    bounds = (left, width - right)
    top, bottom = 18, height - 46
    x_at, x_ticks, logarithmic = _prices(points, bounds, wanted=7 if kind == "wide" else 4)

    def y_at(share: float) -> float:
        return round(bottom + share * (top - bottom), 1)

    dots = []
    for number, point in enumerate(points, start=1):
        x_bar = x_at(point.price.low), x_at(point.price.high)
        y_bar = y_at(point.success.low), y_at(point.success.high)
        text = f"{number} {_short(point.name)}" if kind == "wide" else str(number)
        dots.append(Dot(point, number, x_at(point.price.value), y_at(point.success.value), x_bar, y_bar, text, NOWHERE))
    corners = _corners([dot for dot in dots if dot.point.best], width - right)
    _put_labels(dots, corners, Box(left + 3, top + 1, width - right, bottom - 1))
    shares = [Tick(y_at(n / 100), f"{n} %") for n in range(0, 101, 20)]
    dots.sort(key=lambda dot: dot.point.best)
    path = "".join(f"{'L' if place else 'M'}{x:g} {y:g}" for place, (x, y) in enumerate(corners))
    return ParetoChart(kind, width, height, left, width - right, top, bottom, dots, path, x_ticks, shares, logarithmic)


def _put_labels(dots: list[Dot], corners: Sequence[tuple[float, float]], frame: Box) -> None:
    """Those of the frontier get the better places."""
    lines: list[Segment] = [(*one, *other) for one, other in pairwise(corners)]
    for dot in dots:
        lines += [(dot.x_bar[0], dot.y, dot.x_bar[1], dot.y), (dot.x, dot.y_bar[0], dot.x, dot.y_bar[1])]
    board = Board(frame, [(dot.x, dot.y) for dot in dots], lines)
    for place, dot in sorted(enumerate(dots), key=lambda one: not one[1].point.best):
        dots[place] = replace(dot, place=board.put(dot.label, (dot.x, dot.y)))


def _short(name: str) -> str:
    """Both ends of a long name: the first says which run, the last which model."""
    if len(name) <= LONGEST:
        return name
    kept = LONGEST - 1
    return f"{name[: kept // 3]}\u2026{name[-(kept - kept // 3) :]}"


def _prices(points: Sequence[Point], span: tuple[int, int], *, wanted: int) -> tuple[Scale, list[Tick], bool]:
    """Where a price stands, with the ticks: linear from 0, or logarithmic where prices are far apart."""
    bounds = [bound for point in points for bound in (point.price.low, point.price.high, point.price.value)]
    values = [point.price.value for point in points]
    if min(values) > 0 and max(values) >= LOG_FROM * min(values):
        return _logarithmic([bound for bound in bounds if bound > 0], span, wanted)
    ticks = nice_ticks(0.0, max(bounds) or 1.0, wanted)

    def linear(price: float) -> float:
        return round(span[0] + min(1.0, max(0.0, price / ticks[-1])) * (span[1] - span[0]), 1)

    return linear, _spaced([Tick(linear(tick), f"${tick_text(tick, ticks)}") for tick in ticks], span[1]), False


def _logarithmic(bounds: Sequence[float], span: tuple[int, int], wanted: int) -> tuple[Scale, list[Tick], bool]:
    low, high = math.log10(min(bounds)) - 0.08, math.log10(max(bounds)) + 0.08

    def place(price: float) -> float:
        share = (math.log10(price) - low) / (high - low) if price > 0 else 0.0
        return round(span[0] + min(1.0, max(0.0, share)) * (span[1] - span[0]), 1)

    powers = range(math.floor(low), math.ceil(high) + 1)
    for factors in ((1, 2, 5), (1, 3), (1,)):
        marks = [factor * 10.0**power for power in powers for factor in factors]
        marks = [mark for mark in marks if low <= math.log10(mark) <= high]
        if len(marks) <= wanted:
            break
    return place, _spaced([Tick(place(mark), f"${_plain(mark)}") for mark in marks], span[1]), True


def _spaced(ticks: Sequence[Tick], right: int) -> list[Tick]:
    """Ticks whose text would run into the one before, or off the canvas, keep their line only."""
    found, end = [], -math.inf
    for tick in ticks:
        half = TICK_LETTER * len(tick.text) / 2
        middle = tick.at - half if tick.at > right - NEAR_EDGE else tick.at
        free = middle - half >= end + TICK_LETTER
        found.append(tick if free else replace(tick, text=""))
        end = middle + half if free else end
    return found


def _plain(mark: float) -> str:
    """Without an exponent: 0.00002."""
    return f"{mark:,.{max(0, -math.floor(math.log10(mark)))}f}"


def _corners(best: Sequence[Dot], right: int) -> list[tuple[float, float]]:
    """The frontier as a stair: what success can be had up to a price."""
    ordered = sorted(best, key=lambda dot: (dot.x, -dot.y))
    corners: list[tuple[float, float]] = []
    for dot in ordered:
        if corners:
            corners.append((dot.x, corners[-1][1]))
        corners.append((dot.x, dot.y))
    return [*corners, (right, corners[-1][1])] if corners else []
