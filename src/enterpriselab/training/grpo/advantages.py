"""Group-relative advantages: A = (r - mean) / (std + eps) over the attempts at one task (Shao et al. 2024, GRPO)."""

from collections.abc import Sequence
from statistics import fmean, pstdev

EPSILON = 1e-4


def group_advantages(rewards: Sequence[float | None], *, min_spread: float = EPSILON) -> list[float | None]:
    """Advantage of each attempt; None stays None (an attempt that ended by an error of ours is not scored).

    A group without differences teaches nothing: below `min_spread` (standard deviation) all its advantages are 0.
    """
    scored = [reward for reward in rewards if reward is not None]
    if len(scored) < 2:
        return [None if reward is None else 0.0 for reward in rewards]
    mean, deviation = fmean(scored), pstdev(scored)
    if deviation < max(min_spread, EPSILON):
        return [None if reward is None else 0.0 for reward in rewards]
    return [None if reward is None else (reward - mean) / (deviation + EPSILON) for reward in rewards]
