"""Intervals for rates and means."""

import math
import random
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import NamedTuple

Z95 = 1.959963984540054


class Estimate(NamedTuple):
    """A value with its 95 % interval and the number of independent units behind it."""

    value: float
    low: float
    high: float
    units: int

    def disjoint_above(self, other: "Estimate") -> bool:
        """The whole interval lies above the other's."""
        return self.low > other.high


def wilson(successes: int, trials: int, z: float = Z95) -> Estimate:
    """Score interval of a proportion (Wilson 1927); honest at 0 and 1 and for few trials."""
    if trials == 0:
        return Estimate(float("nan"), 0.0, 1.0, 0)
    share = successes / trials
    centre = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials)) / (1 + z * z / trials)
    return Estimate(share, max(0.0, centre - half), min(1.0, centre + half), trials)


def clustered(groups: Sequence[Sequence[float]], *, rounds: int = 2000, seed: int = 0) -> Estimate:
    """Mean over all values with a bootstrap interval that resamples whole groups (attempts of one task)."""
    filled = [list(group) for group in groups if group]
    if not filled:
        return Estimate(float("nan"), float("nan"), float("nan"), 0)
    value = fmean(item for group in filled for item in group)
    rng = random.Random(seed)
    draws = sorted(_resampled(filled, rng.choices) for _ in range(rounds))
    return Estimate(value, draws[int(0.025 * rounds)], draws[min(rounds - 1, int(0.975 * rounds))], len(filled))


def _resampled(groups: list[list[float]], choose: Callable[..., list[list[float]]]) -> float:
    chosen = choose(groups, k=len(groups))
    return fmean(item for group in chosen for item in group)
