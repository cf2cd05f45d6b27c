"""Intervals for rates and means. Tasks are the units: attempts at one task are no independent evidence."""

import math
from collections.abc import Sequence
from functools import lru_cache
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Array = NDArray[np.float64]
LEVEL = 0.95
Z95 = NormalDist().inv_cdf((1 + LEVEL) / 2)
ROUNDS = 2000
PARTS = 10
"""Samples are made and summed in so many parts, because 10,000 tasks at once would need half a gigabyte."""
TINY = 1e-12
"""Of the size of a value: what is nearer than this to another number is that number."""
NO_VALUE = float("nan")


class Estimate(NamedTuple):
    """A value with its 95 % interval and the number of independent units (tasks) behind it; NaN without any."""

    value: float
    low: float
    high: float
    units: int

    def to_json(self) -> dict[str, Any]:
        """Plain JSON: what is no number is None."""
        return {
            name: value if isinstance(value, int) or math.isfinite(value) else None
            for name, value in self._asdict().items()
        }


EMPTY = Estimate(NO_VALUE, NO_VALUE, NO_VALUE, 0)


def wilson(successes: float, trials: int, z: float = Z95) -> Estimate:
    """Score interval of a proportion (Wilson 1927); honest at 0 and 1 and for few trials."""
    if trials == 0:
        return EMPTY
    share = successes / trials
    centre = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials)) / (1 + z * z / trials)
    low, high = (0.0 if share == 0 else centre - half), (1.0 if share == 1 else centre + half)
    return Estimate(share, low, high, trials)


def clustered(parts: Sequence[tuple[float, float]], *, rate: bool) -> Estimate:
    """Sum of numerators over sum of denominators, one pair for each task; tasks are resampled whole.

    Closed forms where the bootstrap is known to fail: a rate of one yes or no for each task, a rate of exactly 0 or 1,
    and a rate that is the same in every task, or that only one task has, have Wilson intervals over tasks. The order of
    the tasks does not matter.

    Args:
        parts: (numerator, denominator) of each task; tasks where both are 0 have no say.
        rate: the value is a share in [0, 1].
    """
    pairs = np.array(sorted(pair for pair in parts if any(pair)), dtype=np.float64).reshape(-1, 2)
    top, bottom = pairs[:, 0], pairs[:, 1]
    if not bottom.any():
        return EMPTY
    value = float(top.sum() / bottom.sum())
    influence = (top - value * bottom) / bottom.mean()
    yes_or_no = bool(np.all(bottom == 1) and np.all((top == 0) | (top == 1)))
    if rate and (yes_or_no or value in (0.0, 1.0) or is_constant(influence, value)):
        return wilson(value * len(pairs), len(pairs))._replace(value=value)
    low, high = interval(ratio(*resampled(pairs).T), value, influence)
    return Estimate(value, low, high, len(pairs))


def is_constant(influence: Array, value: float) -> bool:
    """Does no unit move the value, but for what sums of floating-point numbers lose?"""
    return not np.any(np.abs(influence) > TINY * max(1.0, abs(value)))


def resampled(values: Array) -> Array:
    """Sums of each column over ROUNDS bootstrap samples of the units; always the same samples for a number of units."""
    return np.concatenate([part.astype(np.float64) @ values for part in np.array_split(_draws(len(values)), PARTS)])


def ratio(top: Array, bottom: Array) -> Array:
    """top / bottom; NaN where the bottom is 0."""
    return np.divide(top, bottom, out=np.full_like(top, NO_VALUE), where=bottom > 0)


def interval(draws: Array, value: float, influence: Array) -> tuple[float, float]:
    """The BCa interval (Efron 1987) that bootstrap draws give, widened for few units.

    Percentiles of the draws, moved for their bias (share of draws below the value) and for skewness (of the influence
    of each unit). The nominal level is set so that a percentile interval would be exact for a mean of normal values
    (Hesterberg 2015): the bootstrap spread is too small by sqrt((n - 1) / n), and n units want t quantiles. One unit
    gives no interval.
    """
    units, usable = len(influence), draws[np.isfinite(draws)]
    if units < 2 or not len(usable):
        return NO_VALUE, NO_VALUE
    if is_constant(influence, value):
        return value, value
    normal, near = NormalDist(), TINY * max(1.0, abs(value))
    below = float(np.mean(usable < value - near) + np.mean(np.abs(usable - value) <= near) / 2)
    bias = normal.inv_cdf(min(max(below, 1 / ROUNDS), 1 - 1 / ROUNDS))
    skew = float(np.sum(influence**3) / (6 * np.sum(influence**2) ** 1.5))
    reach = math.sqrt(units / (units - 1)) * float(stdtrit(units - 1, (1 + LEVEL) / 2))
    moved = (bias + (bias + side) / max(TINY, 1 - skew * (bias + side)) for side in (-reach, reach))
    low, high = np.quantile(usable, [normal.cdf(point) for point in moved])
    return min(float(low), value), max(float(high), value)


@lru_cache(maxsize=16)
def _draws(units: int) -> NDArray[np.int16]:
    """How often each unit is in each bootstrap sample: rounds x units, seeded by the number of units."""
    rng, rows = np.random.default_rng(units), ROUNDS // PARTS
    found = np.empty((ROUNDS, units), dtype=np.int16)
    for start in range(0, ROUNDS, rows):
        chosen = rng.integers(0, units, size=(rows, units)) + units * np.arange(rows)[:, None]
        found[start : start + rows] = np.bincount(chosen.ravel(), minlength=rows * units).reshape(rows, units)
    return found
