"""Geometry of line charts: ticks, positions, paths. Numbers in, numbers out; the markup stands in a template."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

WIDTH, HEIGHT = 460, 236
LEFT, RIGHT, TOP, BOTTOM = 48, 12, 12, 34
Height = Callable[[float], float]
"""A value -> its height in the chart."""
MAX_POINTS = 300
"""A longer log is drawn as means of equally long stretches."""


@dataclass(frozen=True, slots=True)
class Series:
    """One line: a value or None per x; a noisy one is drawn thin below its running mean."""

    name: str
    kind: str
    values: list[float | None]
    noisy: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """A series as drawn."""

    name: str
    kind: str
    path: str
    trend: str
    """Path of the running mean; empty for a short or smooth series."""
    values: list[float | None]


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart, ready to be drawn."""

    title: str
    note: str
    xs: list[float]
    positions: list[float]
    """The xs in the chart's own units, for the hover line."""
    lines: list[Line]
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def line_chart(
    title: str,
    xs: Sequence[float],
    series: Sequence[Series],
    *,
    note: str = "",
    bounds: tuple[float, float] | None = None,
) -> Chart | None:
    """A chart of the series that have values; None when none has.

    Args:
        title: what is shown, with its unit.
        xs: increasing positions (steps).
        series: the lines.
        note: a sentence below the title.
        bounds: fixed range of y; without it the range of the values.
    """
    width = math.ceil(len(xs) / MAX_POINTS) or 1
    shown = [
        Series(one.name, one.kind, _thinned(one.values, width), one.noisy) for one in series if _present(one.values)
    ]
    if not shown:
        return None
    places = [float(value) for value in _thinned(list(xs), width) if value is not None]
    low, high, y_marks = _axis([value for one in shown for value in _present(one.values)], bounds)
    x_marks = nice_ticks(places[0], places[-1], 6, whole=True)
    positions = [round(_scale(x, (places[0], places[-1]), (LEFT, WIDTH - RIGHT)), 1) for x in places]

    def y_at(value: float) -> float:
        return round(_scale(value, (low, high), (HEIGHT - BOTTOM, TOP)), 1)

    if width > 1:
        note = f"{note} Each point is the mean of {width} steps.".strip()
    return Chart(
        title=title,
        note=note,
        xs=places,
        positions=positions,
        lines=[_line(one, positions, y_at) for one in shown],
        x_ticks=[
            Tick(round(_scale(x, (places[0], places[-1]), (LEFT, WIDTH - RIGHT)), 1), tick_text(x, x_marks))
            for x in x_marks
            if places[0] <= x <= places[-1]
        ],
        y_ticks=[Tick(y_at(y), tick_text(y, y_marks)) for y in y_marks if low <= y <= high],
    )


def nice_ticks(low: float, high: float, wanted: int, *, whole: bool = False) -> list[float]:
    """About `wanted` round numbers from at most `low` to at least `high`: 1, 2, 2.5 or 5 times a power of ten apart."""
    if high <= low:
        return [low]
    raw = (high - low) / max(1, wanted - 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= raw * (1 - 1e-9))
    if whole:
        step = max(1.0, float(round(step)))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 12) for index in range(first, last + 1)]


def tick_text(value: float, ticks: Sequence[float]) -> str:
    """A tick with as many digits as the ticks need to differ; very small ones as powers of ten."""
    largest = max((abs(tick) for tick in ticks), default=0.0)
    if largest == 0:
        return "0"
    if largest < 1e-3:
        return "0" if value == 0 else f"{value:.1e}".replace("e-0", "e-")
    step = min((b - a for a, b in pairwise(ticks)), default=largest)
    digits = next((n for n in range(7) if abs(round(step, n) - step) < step * 1e-6), 6)
    return f"{value:,.{digits}f}"


def _axis(values: Sequence[float], bounds: tuple[float, float] | None) -> tuple[float, float, list[float]]:
    if bounds is not None:
        return (*bounds, nice_ticks(*bounds, 5))
    low, high = min(values), max(values)
    if low >= 0 and low < 0.6 * high:
        low = 0.0
    if high == low == 0:
        high = 1.0
    elif high == low:
        low, high = low - (abs(low) or 1) / 2, high + (abs(high) or 1) / 2
    marks = nice_ticks(low, high, 6)
    return marks[0], marks[-1], marks


def _scale(value: float, domain: tuple[float, float], span: tuple[float, float]) -> float:
    if domain[1] == domain[0]:
        return (span[0] + span[1]) / 2
    return span[0] + (value - domain[0]) / (domain[1] - domain[0]) * (span[1] - span[0])


def _line(series: Series, positions: Sequence[float], y_at: Height) -> Line:
    window = max(3, len(series.values) // 10)
    smoothed = series.noisy and len(series.values) >= 20
    trend = _path(positions, _running_mean(series.values, window), y_at) if smoothed else ""
    rounded = [None if value is None else float(f"{value:.4g}") for value in series.values]
    return Line(series.name, series.kind, _path(positions, series.values, y_at), trend, rounded)


def _path(positions: Sequence[float], values: Sequence[float | None], y_at: Height) -> str:
    """SVG path data; a missing value is a gap, a lonely point a dot."""
    parts, pen = [], "M"
    for index, (x, value) in enumerate(zip(positions, values, strict=True)):
        if value is None:
            pen = "M"
            continue
        parts.append(f"{pen}{x:g} {y_at(value):g}")
        alone = pen == "M" and (index + 1 == len(values) or values[index + 1] is None)
        parts.append("h0" if alone else "")
        pen = "L"
    return "".join(parts)


def _running_mean(values: Sequence[float | None], window: int) -> list[float | None]:
    """Mean of the present values among the `window` around each; near an end, of fewer, but as many on both sides."""
    means: list[float | None] = []
    for place in range(len(values)):
        reach = min(window // 2, place, len(values) - 1 - place)
        near = _present(values[place - reach : place + reach + 1])
        means.append(fmean(near) if near else None)
    return means


def _thinned(values: Sequence[float | None], width: int) -> list[float | None]:
    if width == 1:
        return list(values)
    stretches = [_present(values[start : start + width]) for start in range(0, len(values), width)]
    return [fmean(stretch) if stretch else None for stretch in stretches]


def _present(values: Sequence[float | None]) -> list[float]:
    return [value for value in values if value is not None]
