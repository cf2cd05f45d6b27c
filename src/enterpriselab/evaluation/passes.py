"""Success over several attempts at a task: pass@k, at least one of k passes; pass^k, all of k pass."""

from collections.abc import Callable, Mapping, Sequence
from math import comb

from enterpriselab.evaluation.cases import Case
from enterpriselab.evaluation.intervals import Estimate, clustered


def pass_at(passed: int, attempts: int, k: int) -> float:
    """Chance that k of the attempts, drawn without replacement, hold at least one that passed (Chen et al. 2021)."""
    return (comb(attempts, k) - comb(attempts - passed, k)) / comb(attempts, k)


def pass_hat(passed: int, attempts: int, k: int) -> float:
    """Chance that k of the attempts, drawn without replacement, all passed (Yao et al. 2024)."""
    return comb(passed, k) / comb(attempts, k)


def over_tasks(estimator: Callable[[int, int, int], float], groups: Mapping[str, Sequence[Case]], k: int) -> Estimate:
    """Mean over the tasks that have at least k judged attempts."""
    counts = [(sum(case.success for case in cases), len(cases)) for cases in groups.values() if len(cases) >= k]
    return clustered([(estimator(passed, attempts, k), 1.0) for passed, attempts in counts], rate=True)
