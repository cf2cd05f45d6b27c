"""Two runs compared: differences computed by hand; coverage and false alarms by simulation."""

import math
from typing import Any

import numpy as np
import pytest

from enterpriselab.core.errors import UsageError
from enterpriselab.evaluation.cases import cases_of
from enterpriselab.evaluation.comparison import Difference, compare, p_value, paired
from enterpriselab.evaluation.gate import Gate, check_gate, parse_gate
from enterpriselab.evaluation.intervals import Estimate
from tests.evaluation.attempts import CLOSE, FIND, TOOLS, many, task, trace

SIMULATIONS = 800


def single(both: int, lost: int, gained: int, neither: int) -> tuple[Any, Any]:
    """Two runs with one attempt at each task."""
    first = [[True]] * (both + lost) + [[False]] * (gained + neither)
    second = [[True]] * both + [[False]] * lost + [[True]] * gained + [[False]] * neither
    return many(*first), many(*second)


def success(first: Any, second: Any) -> Difference:
    found = compare(first, second)["success"]
    assert found is not None
    return found


def table(first: Any, second: Any) -> Any:
    """One row a task: numerator and denominator of both runs."""
    ones = np.ones(len(first))
    return np.column_stack([first, ones, second, ones])


def test_single_attempts_are_compared_by_the_exact_test_of_mcnemar() -> None:
    found = success(*single(both=10, lost=2, gained=10, neither=8))
    assert (found.first, found.second) == (pytest.approx(12 / 30), pytest.approx(20 / 30))
    assert found.change.value == pytest.approx(8 / 30)
    assert found.p == pytest.approx(2 * (1 + 12 + 66) / 2**12)  # two-sided, of 12 changed tasks at most 2 one way
    # Agresti and Min: (10 - 2) / 32 with the half width 1.96 sqrt(12 + 1 - 64 / 32) / 32
    half = 1.959964 * math.sqrt(13 - 2) / 32
    assert (found.change.low, found.change.high) == (pytest.approx(0.25 - half), pytest.approx(0.25 + half))
    assert found.is_real


def test_equal_runs_differ_by_nothing_and_the_interval_still_has_a_width() -> None:
    found = success(*single(both=20, lost=0, gained=0, neither=20))
    assert (found.change.value, found.p, found.is_real) == (0.0, 1.0, False)
    assert found.change.low < 0 < found.change.high and math.isnan(found.detectable)


def test_rates_that_are_equal_over_other_numbers_of_calls_differ_by_nothing() -> None:
    """Every call of both runs went well, and the second made more of them."""
    rows = np.array([[2.0, 2.0, 7.0, 7.0]] * 30)
    change = paired(rows, rate=True)
    assert change.value == 0.0 and change.low < 0 < change.high and change.high < 0.1


def test_the_detectable_difference_is_2_8_standard_errors() -> None:
    found = success(*single(both=10, lost=5, gained=5, neither=20))
    steps = [0.0] * 30 + [1.0] * 5 + [-1.0] * 5
    error = float(np.std(steps, ddof=1)) / math.sqrt(40)
    assert found.detectable == pytest.approx((1.959964 + 0.841621) * error, rel=1e-5)


def test_tasks_of_one_run_only_are_left_out_and_counted() -> None:
    first, second = many([True], [True], [False]), many([True], [False])
    found = compare(first, second)
    assert (found.tasks, found.only_first, found.only_second) == (2, 1, 0)
    assert found.gained == () and found.lost == (task(number=1).id,)


def test_several_attempts_are_compared_task_by_task() -> None:
    found = success(many([True, False], [True, True]), many([True, True], [True, True]))
    assert (found.first, found.second, found.change.units) == (0.75, 1.0, 2)
    # one task moved: swapping it or not gives +-0.25, so nothing is rarer than what was seen
    assert found.p == 1.0


def test_the_p_value_of_swaps_is_that_of_all_swaps() -> None:
    gains = np.array([0.5, 0.5, 0.25, 0.25, 0.5])
    exact = 2 / 2**5  # only all or none swapped are as extreme
    assert p_value(table(np.zeros(5), gains)) == pytest.approx(exact, abs=0.01)


def test_other_measures_are_corrected_for_being_many() -> None:
    tasks = [task(number=number) for number in range(12)]
    known = {one.id: one for one in tasks}
    short = cases_of(known, [trace(one, FIND, seconds=1.0) for one in tasks], TOOLS)
    long = cases_of(known, [trace(one, FIND, CLOSE, seconds=1.0) for one in tasks], TOOLS)
    found = compare(short, long)
    steps, seconds = found["steps"], found["seconds"]
    assert steps is not None and seconds is not None
    assert (steps.change.value, steps.relative.value) == (1.0, 1.0) and steps.is_real
    assert steps.p > p_value(table(np.ones(12), 2 * np.ones(12)))
    assert (seconds.change.value, seconds.p) == (0.0, 1.0)
    assert found["refusal"] is None and found["price"] is None and found["reference_steps"] is None


@pytest.mark.parametrize("shift", [0.0, 0.15])
def test_the_interval_of_a_difference_covers_the_truth(shift: float) -> None:
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(SIMULATIONS):
        easy = rng.beta(2, 3, size=80) * (1 - shift)
        rates = [rng.binomial(4, chance) / 4 for chance in (easy, easy + shift)]
        found = paired(table(*rates), rate=True)
        hits += found.low <= shift <= found.high
    assert 0.93 <= hits / SIMULATIONS <= 0.97


def test_the_interval_of_a_difference_of_single_attempts_covers_the_truth() -> None:
    rng = np.random.default_rng(6)
    hits = 0
    for _ in range(SIMULATIONS):
        easy = rng.beta(2, 3, size=80) * 0.9
        found = paired(table(*((rng.random(80) < chance).astype(float) for chance in (easy, easy + 0.1))), rate=True)
        hits += found.low <= 0.1 <= found.high
    assert 0.93 <= hits / SIMULATIONS <= 0.97


def test_chance_is_called_a_difference_in_at_most_5_of_100_cases() -> None:
    rng = np.random.default_rng(7)
    called = {"single": 0, "several": 0}
    rounds = 300
    for _ in range(rounds):
        easy = rng.beta(2, 2, size=40)
        called["single"] += p_value(table(*((rng.random(40) < easy).astype(float) for _ in "ab"))) <= 0.05
        called["several"] += p_value(table(*(rng.binomial(4, easy) / 4 for _ in "ab"))) <= 0.05
    assert all(count / rounds <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / rounds) for count in called.values()), called


@pytest.mark.parametrize(
    ("text", "measure", "falling", "margin"),
    [
        ("success -2%", "success", True, -0.02),
        (" success  - 0.5 % ", "success", True, -0.005),
        ("steps +10%", "steps", False, 0.1),
    ],
)
def test_a_gate_is_a_measure_with_a_signed_margin(text: str, measure: str, falling: bool, margin: float) -> None:
    gate = parse_gate(text)
    assert (gate.measure, gate.falling, gate.margin) == (measure, falling, pytest.approx(margin))


@pytest.mark.parametrize("text", ["success", "success 2%", "success -2", "-2%", "succes -2%", "success -2% steps +1%"])
def test_what_is_no_gate_is_refused_with_what_would_be_one(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_gate(text)
    assert "success" in (refused.value.hint or "")


@pytest.mark.parametrize(
    ("gate", "low", "high", "outcome"),
    [
        ("success -2%", -0.01, 0.03, "holds"),
        ("success -2%", -0.05, 0.01, "undecided"),
        ("success -2%", -0.09, -0.03, "broken"),
        ("success -0%", -0.09, -0.001, "broken"),
        ("steps +10%", -0.2, 0.05, "holds"),
        ("steps +10%", 0.05, 0.2, "undecided"),
        ("steps +10%", 0.11, 0.2, "broken"),
        ("success -2%", float("nan"), float("nan"), "undecided"),
    ],
)
def test_a_gate_is_broken_only_when_the_whole_interval_is_beyond(
    gate: str, low: float, high: float, outcome: str
) -> None:
    assert parse_gate(gate).outcome(Estimate((low + high) / 2, low, high, 100)) == outcome


def test_a_gate_on_a_number_is_held_against_the_relative_change() -> None:
    tasks = {one.id: one for one in (task(number=number) for number in range(12))}
    calls = ([FIND] * 10, [FIND] * 12)
    cases = [cases_of(tasks, [trace(one, *made) for one in tasks.values()], TOOLS) for made in calls]
    checked = check_gate(parse_gate("steps +10%"), compare(*cases))
    assert checked.outcome == "broken" and checked.change.value == pytest.approx(0.2)
    assert checked.sentence == "steps +10%: broken; changed by +20.0 %, 95 % interval +20.0 to +20.0"
    with pytest.raises(UsageError, match="no price in common"):
        check_gate(Gate("price +1%", "price", False, 0.01), compare(*cases))
