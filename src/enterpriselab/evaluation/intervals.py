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
TINY = 1e-12
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

    Closed forms where the bootstrap is known to fail: a rate of one yes or no for each task, and a rate of exactly 0 or
    1, have Wilson intervals over tasks.

    Args:
        parts: (numerator, denominator) of each task; tasks where both are 0 have no say.
        rate: the value is a share in [0, 1].
    """
    pairs = np.array([pair for pair in parts if any(pair)], dtype=np.float64).reshape(-1, 2)
    top, bottom = pairs[:, 0], pairs[:, 1]
    if not bottom.any():
        return EMPTY
    value = float(top.sum() / bottom.sum())
    yes_or_no = bool(np.all(bottom == 1) and np.all((top == 0) | (top == 1)))
    if rate and (yes_or_no or value in (0.0, 1.0)):
        return wilson(value * len(pairs), len(pairs))
    influence = (top - value * bottom) / bottom.mean()
    low, high = interval(ratio(resampled(top), resampled(bottom)), value, influence)
    return Estimate(value, low, high, len(pairs))


def resampled(values: Array) -> Array:
    """Sums of the values over ROUNDS bootstrap samples of the units; always the same samples for a number of units."""
    return np.asarray(_draws(len(values)).astype(np.float64) @ values)


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
    if not np.any(np.abs(influence) > TINY):
        return value, value
    normal = NormalDist()
    below = float(np.mean(usable < value - TINY) + np.mean(np.abs(usable - value) <= TINY) / 2)
    bias = normal.inv_cdf(min(max(below, 1 / ROUNDS), 1 - 1 / ROUNDS))
    skew = float(np.sum(influence**3) / (6 * np.sum(influence**2) ** 1.5))
    reach = math.sqrt(units / (units - 1)) * float(stdtrit(units - 1, (1 + LEVEL) / 2))
    moved = (bias + (bias + side) / max(TINY, 1 - skew * (bias + side)) for side in (-reach, reach))
    low, high = np.quantile(usable, [normal.cdf(point) for point in moved])
    return float(low), float(high)


@lru_cache(maxsize=16)
def _draws(units: int) -> NDArray[np.int16]:
    """How often each unit is in each bootstrap sample: rounds x units, seeded by the number of units."""
    rng = np.random.default_rng(units)
    chosen = rng.integers(0, units, size=(ROUNDS, units)) + units * np.arange(ROUNDS)[:, None]
    return np.bincount(chosen.ravel(), minlength=ROUNDS * units).reshape(ROUNDS, units).astype(np.int16)
