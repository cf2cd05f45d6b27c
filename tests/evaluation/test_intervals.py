"""Intervals on textbook examples, and by simulation: 95 % must cover the truth in 93 to 97 of 100 cases."""

import math

import numpy as np
import pytest

from enterpriselab.evaluation.intervals import Estimate, clustered, wilson

SIMULATIONS = 1500


def covered(estimates: list[Estimate], truth: float) -> float:
    return float(np.mean([one.low <= truth <= one.high for one in estimates]))


def test_wilson_gives_the_textbook_interval() -> None:
    found = wilson(8, 10)
    assert (round(found.value, 3), round(found.low, 3), round(found.high, 3)) == (0.8, 0.490, 0.943)
    assert wilson(0, 20).low == 0 and round(wilson(0, 20).high, 3) == 0.161


@pytest.mark.parametrize("share", [0.1, 0.5, 0.85])
def test_the_interval_of_single_attempts_covers_the_truth(share: float) -> None:
    counts = np.random.default_rng(1).binomial(150, share, size=4000)
    assert 0.93 <= covered([wilson(count, 150) for count in counts], share) <= 0.97


@pytest.mark.parametrize(("tasks", "attempts", "a", "b"), [(60, 3, 1, 4), (100, 4, 0.5, 0.5), (150, 3, 4, 1)])
def test_the_interval_of_several_attempts_covers_the_truth(tasks: int, attempts: int, a: float, b: float) -> None:
    rng = np.random.default_rng(2)
    chances = rng.beta(a, b, size=(SIMULATIONS, tasks))  # some tasks are hard, some are easy
    rates = rng.binomial(attempts, chances) / attempts
    estimates = [clustered([(rate, 1.0) for rate in row], rate=True) for row in rates]
    assert 0.93 <= covered(estimates, a / (a + b)) <= 0.97


def test_the_interval_of_a_ratio_of_sums_covers_the_truth() -> None:
    rng = np.random.default_rng(3)
    estimates = []
    for _ in range(SIMULATIONS):
        calls = rng.integers(1, 12, size=80)
        hits = rng.binomial(calls, rng.beta(8, 2, size=80))
        estimates.append(clustered(list(zip(hits.tolist(), calls.tolist(), strict=True)), rate=True))
    assert 0.93 <= covered(estimates, 0.8) <= 0.97


def test_the_interval_of_a_skewed_mean_covers_the_truth() -> None:
    amounts = np.random.default_rng(4).gamma(2.0, 3.0, size=(SIMULATIONS, 100))
    estimates = [clustered([(amount, 1.0) for amount in row], rate=False) for row in amounts]
    assert 0.93 <= covered(estimates, 6.0) <= 0.97


def test_attempts_at_one_task_are_no_independent_evidence() -> None:
    same = clustered([(float(number % 2), 10.0 / 10) for number in range(20)], rate=True)
    naive = wilson(100, 200)
    assert same.value == 0.5 and same.units == 20 and same.high - same.low > 2 * (naive.high - naive.low)


def test_a_rate_of_nothing_or_everything_still_has_a_width() -> None:
    none = clustered([(0.0, 3.0)] * 20, rate=True)
    assert none == wilson(0, 20) and none.high > 0.1
    assert clustered([(3.0, 3.0)] * 20, rate=True) == wilson(20, 20)


def test_a_ratio_weighs_tasks_by_their_denominators() -> None:
    assert clustered([(1.0, 1.0), (0.0, 3.0)], rate=True).value == 0.25
    spent = clustered([(5.0, 1.0), (7.0, 0.0), (0.0, 0.0)], rate=False)  # a task without success still costs
    assert spent.value == 12.0 and spent.units == 2


def test_without_units_there_is_no_value_and_with_one_no_interval() -> None:
    nothing = clustered([(0.0, 0.0)], rate=True)
    assert nothing.units == 0 and math.isnan(nothing.value)
    assert nothing.to_json() == {"value": None, "low": None, "high": None, "units": 0}
    assert clustered([(3.0, 1.0)], rate=False).to_json() == {"value": 3.0, "low": None, "high": None, "units": 1}
    assert clustered([(3.0, 1.0)] * 5, rate=False) == Estimate(3.0, 3.0, 3.0, 5)


def test_the_same_values_have_the_same_interval_every_time() -> None:
    parts = [(float(number % 3), 2.0) for number in range(31)]
    assert clustered(parts, rate=True) == clustered(parts, rate=True)
