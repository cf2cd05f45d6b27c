"""Laws that every interval, difference, rate and table of counts keeps, held against brute force on random data."""

import math
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enterpriselab.core.errors import UsageError
from enterpriselab.evaluation.agreement import kappa
from enterpriselab.evaluation.breakdowns import BREAKDOWNS, success_by
from enterpriselab.evaluation.cases import Case, cases_of
from enterpriselab.evaluation.comparison import compare, difference, p_value, paired
from enterpriselab.evaluation.costs import cost_of
from enterpriselab.evaluation.failures import failure_analysis
from enterpriselab.evaluation.gate import check_gate, parse_gate
from enterpriselab.evaluation.intervals import Estimate, clustered
from enterpriselab.evaluation.measures import BY_KEY, MEASURES, estimate
from enterpriselab.evaluation.passes import pass_at, pass_hat
from enterpriselab.evaluation.summary import summarize
from enterpriselab.evaluation.values import said, same
from tests.evaluation.attempts import ASSIGN, CLOSE, FIND, TOOLS, call, case, many, task, trace, used

CALLS = (FIND, CLOSE, ASSIGN, call("close", error="invalid"), call("pay", amount=5), call("fly", error="not_found"))
quick = settings(max_examples=60, deadline=None)
rates = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda pair: (min(pair), max(pair))), max_size=12)
amounts = st.lists(st.tuples(st.floats(0, 1e9), st.integers(0, 3)), max_size=12)
outcomes = st.lists(st.lists(st.booleans(), min_size=1, max_size=3), min_size=1, max_size=8)


def floats(pairs: Any) -> list[tuple[float, float]]:
    return [(float(top), float(bottom)) for top, bottom in pairs]


def holds_its_value(found: Estimate) -> bool:
    return math.isnan(found.low) or found.low <= found.value <= found.high


@quick
@given(rates)
def test_a_rate_lies_in_its_interval_and_that_in_0_to_1_whatever_the_order(pairs: Any) -> None:
    found = clustered(floats(pairs), rate=True)
    tops, bottoms = sum(top for top, _ in pairs), sum(bottom for _, bottom in pairs)
    if not bottoms:
        assert found.units == 0 and math.isnan(found.value)
        return
    assert found.value == pytest.approx(tops / bottoms)
    assert 0 <= found.low <= found.value <= found.high <= 1 and found.low < found.high
    assert clustered(floats(pairs[::-1]), rate=True) == found


@quick
@given(amounts)
def test_a_mean_lies_in_its_interval_whatever_the_order(pairs: Any) -> None:
    found = clustered(floats(pairs), rate=False)
    assert holds_its_value(found) and str(clustered(floats(sorted(pairs)), rate=False)) == str(found)


def test_the_same_rate_in_every_task_is_no_certainty_and_one_task_has_an_interval() -> None:
    assert clustered([(1.0, 2.0)] * 20, rate=True).high - clustered([(1.0, 2.0)] * 20, rate=True).low > 0.3
    one = clustered([(1 / 3, 1.0)], rate=True)
    assert one.value == 1 / 3 and one.low < 0.1 and one.high > 0.8


@pytest.mark.parametrize("parts", [[(1.0, 1.0), (0.0, 1.0)], [(0.5, 1.0)], [(1.0, 2.0), (3.0, 4.0)], [(1.0, 1.0)]])
def test_intervals_shrink_with_more_tasks(parts: list[tuple[float, float]]) -> None:
    found = [clustered(parts * times, rate=True) for times in (10, 40, 160)]
    widths = [one.high - one.low for one in found]
    assert widths[0] > 1.5 * widths[1] > 2 * widths[2]


def table(rows: Any) -> Any:
    return np.array([[*one, *other] for one, other in rows], dtype=np.float64)


@quick
@given(st.lists(st.tuples(*2 * [st.tuples(st.integers(0, 3), st.just(3))]), min_size=1, max_size=10))
def test_a_difference_of_rates_holds_its_value_and_is_mirrored_when_the_runs_are_swapped(rows: Any) -> None:
    here, there = table(rows), table([row[::-1] for row in rows])
    one, other = paired(here, rate=True), paired(there, rate=True)
    assert -1 <= one.low <= one.value <= one.high <= 1 and one.low < one.high
    assert (other.value, other.low, other.high) == pytest.approx((-one.value, -one.high, -one.low), abs=1e-9)
    assert p_value(here) == p_value(there)


@quick
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=12))
def test_a_difference_of_single_attempts_keeps_the_same_laws(rows: Any) -> None:
    here, there = (table([((a, 1), (b, 1)) for a, b in order]) for order in (rows, [row[::-1] for row in rows]))
    one, other = paired(here, rate=True), paired(there, rate=True)
    assert -1 <= one.low <= one.value <= one.high <= 1
    assert (other.value, other.low, other.high) == pytest.approx((-one.value, -one.high, -one.low))
    gains, losses = sum(b > a for a, b in rows), sum(a > b for a, b in rows)
    signs = list(product((-1, 1), repeat=gains + losses))
    assert p_value(here) == pytest.approx(sum(abs(sum(sign)) >= abs(gains - losses) for sign in signs) / len(signs))


def test_a_change_that_is_the_same_in_every_task_lies_in_its_interval() -> None:
    half_to_all = paired(table([((1, 2), (2, 2))] * 30), rate=True)
    assert half_to_all.value == 0.5 and 0.2 < half_to_all.low < 0.5 < half_to_all.high < 0.8
    one_task = paired(table([((1 / 3, 1), (1, 1))]), rate=True)
    assert one_task.low < 0 < one_task.value < one_task.high


@pytest.mark.parametrize("size", [1e-9, 1.0, 1e7 + 0.3])
def test_a_p_value_does_not_hang_on_the_unit(size: float) -> None:
    first = np.random.default_rng(5).random(5) * size + size
    moved = np.column_stack([first, np.ones(5), first * 1.2, np.ones(5)])
    assert p_value(moved) == pytest.approx(2 / 2**5, abs=0.01)


@settings(max_examples=20, deadline=None)
@given(outcomes, st.data())
def test_every_measure_of_two_swapped_runs_is_mirrored(passed: list[list[bool]], data: Any) -> None:
    runs = []
    for _ in "ab":
        made = [data.draw(st.lists(st.sampled_from(CALLS), max_size=3), label="calls") for _ in passed]
        tasks = [task(number=number) for number in range(len(passed))]
        traces = [
            trace(of, *calls, success=one, seconds=1.0 + number)
            for number, (of, all_of, calls) in enumerate(zip(tasks, passed, made, strict=True))
            for one in all_of
        ]
        runs.append(cases_of({of.id: of for of in tasks}, traces, TOOLS))
    for measure in MEASURES:
        one, other = difference(measure, *runs), difference(measure, *runs[::-1])
        assert (one is None) == (other is None)
        if one is None or other is None:
            continue
        assert one.first == other.second and one.change.value == pytest.approx(one.second - one.first)
        assert other.change.value == -one.change.value and other.p == one.p and holds_its_value(one.change)
        assert other.change.low == pytest.approx(-one.change.high, nan_ok=True, abs=1e-9)
        if one.first and one.relative.units:
            assert one.relative.value == pytest.approx(one.change.value / one.first)
            assert holds_its_value(one.relative)


@quick
@given(outcomes)
def test_values_are_those_of_a_naive_count_whatever_the_order(passed: list[list[bool]]) -> None:
    cases = many(*passed)
    naive = sum(Fraction(sum(one), len(one)) for one in passed) / len(passed)
    found = estimate(BY_KEY["success"], cases)
    assert found.value == pytest.approx(float(naive)) and found == estimate(BY_KEY["success"], cases[::-1])
    for group in BREAKDOWNS.values():
        parts = success_by(group, cases).values()
        assert sum(part.units for part in parts) == len(passed)
        assert sum(part.value * part.units for part in parts) == pytest.approx(float(naive) * len(passed))


@given(st.lists(st.booleans(), min_size=1, max_size=6))
def test_pass_at_k_and_pass_hat_k_are_those_of_all_choices(passed: list[bool]) -> None:
    for k in range(1, len(passed) + 1):
        chosen = list(combinations(passed, k))
        count, attempts = sum(passed), len(passed)
        assert pass_at(count, attempts, k) == sum(map(any, chosen)) / len(chosen)
        assert pass_hat(count, attempts, k) == sum(map(all, chosen)) / len(chosen)


@quick
@given(st.lists(st.lists(st.sampled_from(CALLS), max_size=6), min_size=1, max_size=5))
def test_every_measure_of_any_calls_is_in_its_range_and_firsts_sum_to_all_failures(made: Any) -> None:
    cases = [case(*calls, of=task(number=number)) for number, calls in enumerate(made)]
    for measure in MEASURES:
        found = estimate(measure, cases)
        assert found.units == 0 or (found.value >= 0 and holds_its_value(found))
        assert measure.form == "number" or found.units == 0 or 0 <= found.low <= found.high <= 1
    failures = failure_analysis(cases)
    assert sum(kind["first"] for kind in failures["kinds"].values()) == failures["attempts"] == len(cases)


@given(st.lists(st.integers(0, 20), min_size=4, max_size=4))
def test_kappa_is_that_of_the_textbook_whatever_the_order(counts: list[int]) -> None:
    rows = np.repeat(np.eye(4), counts, axis=0)
    total = sum(counts)
    both, rules, judge, neither = (Fraction(count, max(1, total)) for count in counts)
    chance = (both + rules) * (both + judge) + (judge + neither) * (rules + neither)
    found = kappa(rows)
    if total == 0 or chance == 1:
        assert found.units == 0
    else:
        assert found.value == pytest.approx(float((both + neither - chance) / (1 - chance))) and found.value <= 1
        assert holds_its_value(found)


@given(st.floats(-0.5, 0.5), st.floats(0, 0.5), st.sampled_from("+-"))
def test_a_gate_with_more_room_is_never_stricter(middle: float, half: float, sign: str) -> None:
    rank = {"broken": 0, "undecided": 1, "holds": 2}
    change = Estimate(middle, middle - half, middle + half, 9)
    found = [rank[parse_gate(f"success {sign}{percent}%").outcome(change)] for percent in range(0, 60, 5)]
    assert found == sorted(found)


def test_a_margin_in_percent_of_nothing_is_refused_and_not_passed() -> None:
    of = {one.id: one for one in (task(number=number) for number in range(5))}
    free, paid = (cases_of(of, [trace(one, usage=used(price=usd)) for one in of.values()], TOOLS) for usd in (0.0, 9.0))
    with pytest.raises(UsageError, match="price of the first run is 0"):
        check_gate(parse_gate("price +5%"), compare(free, paid))
    one = dict(list(of.items())[:1])
    alone = [cases_of(one, [trace(first, seconds=1.0) for first in one.values()], TOOLS)] * 2
    assert check_gate(parse_gate("seconds +5%"), compare(*alone)).sentence.endswith("changed by +0.0 %, no interval")


def test_runs_with_other_numbers_of_attempts_are_compared_by_the_shares_of_each_task() -> None:
    once, thrice = many([True], [False], [False]), many([True, True, False], [False] * 3, [True, False, False])
    found = compare(once, thrice)["success"]
    assert found is not None and (found.first, found.second) == (pytest.approx(1 / 3), pytest.approx(1 / 3))
    assert found.change.low < 0 < found.change.high and not found.is_real
    assert compare(once, thrice).gained == (task(number=2).id,) and compare(once, thrice).lost == (task().id,)


def test_a_task_under_drift_is_compared_with_the_one_that_it_was_made_from() -> None:
    plain = [task(number=number) for number in range(3)]
    drifted = [one.model_copy(update={"tags": {"drift_of": one.id}, "prompt": "Other words."}) for one in plain]
    runs = [
        cases_of({one.id: one for one in of}, [trace(one, success=True) for one in of], TOOLS)
        for of in (plain, drifted)
    ]
    found = compare(*runs)
    assert (found.tasks, found.only_first, found.only_second) == (3, 0, 0)
    assert estimate(BY_KEY["success"], [*runs[0], *runs[1]]).units == 3


def test_nothing_played_and_nothing_but_errors_give_no_rates_and_no_failure() -> None:
    of = task()
    nothing = summarize({of.id: of}, {"m": []})["m"]
    broken = summarize({of.id: of}, {"m": [trace(of, success=None, score=None)]}, allow_errors=True)["m"]
    for found in (nothing, broken):
        assert found["success"]["value"] is None and found["pass_at"] == {} and found["failures"]["attempts"] == 0
    assert compare([], []).differences == () and cost_of("a", "m", [], None).basis == "unknown"


def test_a_price_that_is_no_number_is_not_known() -> None:
    cases = [case(usage=used(price=usd), of=task(number=number)) for number, usd in enumerate((math.nan, 2.0))]
    assert estimate(BY_KEY["price"], cases)[::3] == (2.0, 1)
    assert cost_of("a", "m", cases, None).unpriced == 1


def test_numbers_of_any_size_are_compared_and_looked_for() -> None:
    huge = 10**400
    assert same(huge, huge) and not same(huge, 1.5) and not same(2**53, 2**53 + 1) and same(25, 25.0)
    assert said(f"it is {huge}", huge) and not said("it is 1", huge) and said("it is 2500000", 2500000.0)
    wild: Case = case(call("pay", amount=huge))
    assert all(estimate(measure, [wild]) for measure in MEASURES) and failure_analysis([wild])["attempts"] == 1


@pytest.mark.parametrize("name", ["-", " ", "", "-x", "\u00b2", "9-12", "3 apps", "10x"])
def test_groups_may_have_any_name(name: str) -> None:
    assert list(success_by(lambda _: name, many([True]))) == [name]
