"""Two runs on the same tasks: what differs, by how much, and whether that is more than chance.

A difference is called one only when its p-value says so: for success on its own, for all other measures after Holm's
correction, because among twenty of them one is "significant" by chance.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from enterpriselab.evaluation.cases import Case, by_task
from enterpriselab.evaluation.intervals import (
    EMPTY,
    LEVEL,
    PARTS,
    TINY,
    Z95,
    Array,
    Estimate,
    interval,
    is_constant,
    ratio,
    resampled,
)
from enterpriselab.evaluation.measures import MEASURES, Measure, parts_by_task

SWAPS = 10_000
POWER = 0.8


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure of two runs over the tasks that both played."""

    measure: Measure
    first: float
    second: float
    change: Estimate
    """second - first, paired by task."""
    relative: Estimate
    """(second - first) / first."""
    p: float
    """Two-sided, of no difference; corrected where several measures are looked at."""
    detectable: float
    """The smallest true difference that so many such tasks find in 4 of 5 comparisons; NaN when unknown."""

    @property
    def is_real(self) -> bool:
        """More than chance."""
        return self.p <= 1 - LEVEL


@dataclass(frozen=True, slots=True)
class Comparison:
    """All of it."""

    tasks: int
    only_first: int
    only_second: int
    differences: tuple[Difference, ...]
    gained: tuple[str, ...]
    """Tasks that the second run passes more often than the first."""
    lost: tuple[str, ...]

    def __getitem__(self, key: str) -> Difference | None:
        """The difference in one measure, or None when the runs do not tell."""
        return next((one for one in self.differences if one.measure.key == key), None)


def compare(first: Sequence[Case], second: Sequence[Case]) -> Comparison:
    """Compare judged attempts of two runs task by task; tasks that only one of them played are left out and counted."""
    one, other = by_task(first), by_task(second)
    shared = [task for task in one if task in other]
    pairs = [[case for task in shared for case in groups[task]] for groups in (one, other)]
    found = [difference(measure, pairs[0], pairs[1]) for measure in MEASURES if measure.key != "reference_steps"]
    rates = [{task: np.mean([case.success for case in groups[task]]) for task in shared} for groups in (one, other)]
    return Comparison(
        tasks=len(shared),
        only_first=len(one) - len(shared),
        only_second=len(other) - len(shared),
        differences=tuple(_corrected([one for one in found if one is not None])),
        gained=tuple(task for task in shared if rates[1][task] > rates[0][task]),
        lost=tuple(task for task in shared if rates[1][task] < rates[0][task]),
    )


def difference(measure: Measure, first: Sequence[Case], second: Sequence[Case]) -> Difference | None:
    """The difference in one measure; None when one of the runs has no value."""
    parts = [parts_by_task(measure, cases) for cases in (first, second)]
    tasks = sorted(parts[0].keys() & parts[1].keys())
    table = np.array([[*parts[0][task], *parts[1][task]] for task in tasks], dtype=np.float64).reshape(-1, 4)
    table = table[table.any(axis=1)]
    if not table[:, 1].any() or not table[:, 3].any():
        return None
    values = [float(table[:, at].sum() / table[:, at + 1].sum()) for at in (0, 2)]
    change = paired(table, rate=measure.form == "rate")
    return Difference(
        measure, values[0], values[1], change, _relative(table), p_value(table), _detectable(table, change)
    )


def paired(table: Array, *, rate: bool) -> Estimate:
    """Difference of two ratios with its interval; rows are tasks, columns numerator and denominator of both runs.

    Single yes-or-no attempts, and rates whose change is the same in every task, have the adjusted Wald interval
    (Agresti and Min 2005): one half is added to each of the four cells, so that it has a width where tasks do not
    differ. A change of rates that is the same everywhere counts as that share of tasks gained or lost.
    """
    values, influence = _values(table)
    value = float(values[1] - values[0])
    single = bool(np.all(np.isin(table, (0, 1))) and np.all(table[:, [1, 3]] == 1))
    if rate and (single or is_constant(influence[1] - influence[0], value)):
        shift = len(table) * value
        steps = table[:, 2] - table[:, 0] if single else np.array([shift])
        better, worse = float(np.maximum(steps, 0).sum()), float(np.maximum(-steps, 0).sum())
        return Estimate(value, *_adjusted_wald(better, worse, len(table)), len(table))
    first, second = _drawn(table)
    return Estimate(value, *interval(second - first, value, influence[1] - influence[0]), len(table))


def _drawn(table: Array) -> tuple[Array, Array]:
    sums = resampled(table).T
    return ratio(sums[0], sums[1]), ratio(sums[2], sums[3])


def _values(table: Array) -> tuple[Array, Array]:
    """Both ratios, and the influence of each task on each of them."""
    sums = table.sum(axis=0)
    values = np.array([sums[0] / sums[1], sums[2] / sums[3]])
    influence = [
        (table[:, at] - values[run] * table[:, at + 1]) / table[:, at + 1].mean() for run, at in enumerate((0, 2))
    ]
    return values, np.array(influence)


def _adjusted_wald(better: float, worse: float, tasks: int) -> tuple[float, float]:
    total = tasks + 2
    centre = (better - worse) / total
    half = Z95 * math.sqrt(max(0.0, better + worse + 1 - (better - worse) ** 2 / total)) / total
    return max(-1.0, centre - half), min(1.0, centre + half)


def _relative(table: Array) -> Estimate:
    values, influence = _values(table)
    if not values[0]:
        return EMPTY
    value = float(values[1] / values[0] - 1)
    first, second = _drawn(table)
    spread = (influence[1] - (value + 1) * influence[0]) / values[0]
    return Estimate(value, *interval(ratio(second, first) - 1, value, spread), len(table))


def p_value(table: Array) -> float:
    """Two-sided p of "it makes no difference which run is which", swapping the runs task by task.

    With single yes-or-no attempts this is McNemar's exact test; else 10,000 seeded random swaps are tried.
    """
    steps = table[:, 2] - table[:, 0]
    if np.all(table[:, [1, 3]] == 1) and np.all(np.isin(table[:, [0, 2]], (0, 1))):
        return _mcnemar(int((steps > 0).sum()), int((steps < 0).sum()))
    sums, turned = table.sum(axis=0), table[:, [2, 3, 0, 1]] - table
    moved = sums + np.concatenate([_unpacked(part, len(table)) @ turned for part in _swaps(len(table))])
    with np.errstate(invalid="ignore", divide="ignore"):
        gaps = np.abs(moved[:, 2] / moved[:, 3] - moved[:, 0] / moved[:, 1])
    values = sums[[0, 2]] / sums[[1, 3]]
    seen, near = abs(values[1] - values[0]), TINY * np.abs(values).max()
    usable = gaps[np.isfinite(gaps)]
    return float((1 + np.sum(usable >= seen - near)) / (1 + len(usable)))


def _mcnemar(better: int, worse: int) -> float:
    """Exact: of so many tasks with a difference, how likely is it that chance sends so few one way?"""
    changed = better + worse
    fewer = sum(math.comb(changed, count) for count in range(min(better, worse) + 1))
    return float(min(Fraction(1), Fraction(2 * fewer, 2**changed)))


@lru_cache(maxsize=4)
def _swaps(tasks: int) -> list[NDArray[np.uint8]]:
    """Which tasks are swapped, in parts of some rounds, eight tasks a byte."""
    rng = np.random.default_rng(tasks)
    parts = (rng.integers(0, 2, size=(SWAPS // PARTS, tasks), dtype=np.int8) for _ in range(PARTS))
    return [np.packbits(part.astype(np.uint8), axis=1) for part in parts]


def _unpacked(part: NDArray[np.uint8], tasks: int) -> Array:
    return np.unpackbits(part, axis=1, count=tasks).astype(np.float64)


def _detectable(table: Array, change: Estimate) -> float:
    """(z of the level + z of the power) x standard error of the difference."""
    _, influence = _values(table)
    spread = influence[1] - influence[0]
    if len(table) < 2 or is_constant(spread, change.value):
        return float("nan")
    error = float(np.std(spread, ddof=1)) / math.sqrt(change.units)
    return (Z95 + NormalDist().inv_cdf(POWER)) * error


def _corrected(found: Sequence[Difference]) -> list[Difference]:
    """Success keeps its p-value; the others get Holm's (1979)."""
    others = [one for one in found if one.measure.key != "success"]
    corrected: dict[str, float] = {}
    running = 0.0
    for rank, one in enumerate(sorted(others, key=lambda one: one.p)):
        running = max(running, min(1.0, one.p * (len(others) - rank)))
        corrected[one.measure.key] = running
    return [replace(one, p=corrected.get(one.measure.key, one.p)) for one in found]


def as_rows(comparison: Comparison) -> list[Mapping[str, object]]:
    """The differences as plain JSON."""
    return [
        {
            "measure": one.measure.key,
            "title": one.measure.title,
            "first": one.first,
            "second": one.second,
            "change": one.change.to_json(),
            "relative": one.relative.to_json(),
            "p": one.p,
            "real": one.is_real,
            "detectable": one.detectable if math.isfinite(one.detectable) else None,
        }
        for one in comparison.differences
    ]
