"""The picture of success against price: points with intervals, wide and narrow. Numbers in, numbers out."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from enterpriselab.report.charts import Tick, nice_ticks, tick_text

LOG_FROM = 8
"""Prices that differ by this factor are drawn on a logarithmic axis."""
LETTER = 7.2
"""Units that a letter of a label takes."""
LINE, GAP = 17, 12
Box = tuple[float, float, float]
"""Left, right and baseline of what a label must not hit."""
Scale = Callable[[float], float]


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
    label_x: float
    label_y: float
    anchor: str


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
    """The same picture for a wide page, labelled by name, and for a narrow one, by number; none for nothing."""
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

    places = [(x_at(point.price.value), y_at(point.success.value)) for point in points]
    taken = [(x - 8, x + 8, y + 5) for x, y in places]
    dots = []
    for number, (point, (x, y)) in enumerate(zip(points, places, strict=True), start=1):
        text = point.name if kind == "wide" else str(number)
        at = _label(text, (x, y), bounds, taken)
        x_bar = x_at(point.price.low), x_at(point.price.high)
        y_bar = y_at(point.success.low), y_at(point.success.high)
        dots.append(Dot(point, number, x, y, x_bar, y_bar, text, *at))
    shares = [Tick(y_at(n / 100), f"{n} %") for n in range(0, 101, 20)]
    path = _steps([dot for dot in dots if dot.point.best], width - right)
    return ParetoChart(kind, width, height, left, width - right, top, bottom, dots, path, x_ticks, shares, logarithmic)


def _prices(points: Sequence[Point], span: tuple[int, int], *, wanted: int) -> tuple[Scale, list[Tick], bool]:
    """Where a price stands, with the ticks: linear from 0, or logarithmic where prices are far apart."""
    bounds = [bound for point in points for bound in (point.price.low, point.price.high, point.price.value)]
    values = [point.price.value for point in points]
    if min(values) > 0 and max(values) >= LOG_FROM * min(values):
        return _logarithmic([bound for bound in bounds if bound > 0], span, wanted)
    ticks = nice_ticks(0.0, max(bounds) or 1.0, wanted)

    def linear(price: float) -> float:
        return round(span[0] + min(1.0, max(0.0, price / ticks[-1])) * (span[1] - span[0]), 1)

    return linear, [Tick(linear(tick), f"${tick_text(tick, ticks)}") for tick in ticks], False


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
    return place, [Tick(place(mark), f"${mark:,.10g}") for mark in marks], True


def _label(text: str, at: tuple[float, float], bounds: tuple[int, int], taken: list[Box]) -> tuple[float, float, str]:
    """Beside the point, on the side with room, moved up or down until nothing is hit; what it takes is noted."""
    x, y = at
    length = LETTER * len(text)
    right = x + GAP + length <= bounds[1]
    span = (x + GAP, x + GAP + length) if right else (x - GAP - length, x - GAP)
    heights = [y - 9 + step * LINE for step in (0, -1, 1.5, -2, 2.5, -3, 3.5)]
    height = next((one for one in heights if not any(_hit(span, one, box) for box in taken)), heights[0])
    taken.append((*span, height))
    return round(span[0 if right else 1], 1), round(height, 1), "start" if right else "end"


def _hit(span: tuple[float, float], height: float, box: Box) -> bool:
    return span[0] < box[1] and box[0] < span[1] and abs(height - box[2]) < LINE - 2


def _steps(best: Sequence[Dot], right: int) -> str:
    """The frontier as a stair: what success can be had up to a price."""
    ordered = sorted(best, key=lambda dot: (dot.x, -dot.y))
    if not ordered:
        return ""
    path = f"M{ordered[0].x:g} {ordered[0].y:g}"
    for dot in ordered[1:]:
        path += f"H{dot.x:g}V{dot.y:g}"
    return f"{path}H{right}"
