"""Costs on attempts that are small enough to be priced by hand."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterpriselab.core.traces import Trace, Usage
from enterpriselab.evaluation.costs import Cost, Machine, as_json, cost_of, frontier, measured_rate
from enterpriselab.evaluation.intervals import EMPTY, Estimate
from tests.evaluation.attempts import TOOLS, cases_of, task, trace

TASKS = [task(number=number) for number in range(4)]


def played(*uses: Usage, success: tuple[bool, ...], seconds: float = 1.0) -> list[Trace]:
    return [
        trace(of, success=passed, usage=use, seconds=seconds)
        for of, use, passed in zip(TASKS, uses, success, strict=False)
    ]


def costed(traces: list[Trace], machine: Machine | None = None) -> Cost:
    return cost_of("one", "model", cases_of({of.id: of for of in TASKS}, traces, TOOLS), machine)


def used(price: float | None = None, **tokens: int) -> Usage:
    return Usage(price_usd=price, **{"input_tokens": 1000, "output_tokens": 100, **tokens})


def test_list_prices_give_the_price_of_a_task_of_a_success_and_of_a_thousand_tasks() -> None:
    found = costed(played(used(0.02), used(0.04), used(0.02), used(0.04), success=(True, False, True, False)))
    assert found.basis == "api" and found.unpriced == 0
    assert found.price.value == pytest.approx(0.03) and found.price.low < 0.03 < found.price.high
    assert found.per_success.value == pytest.approx(0.06)
    assert found.per_thousand.value == pytest.approx(30) and found.per_thousand.low == 1000 * found.price.low
    assert (found.read.value, found.written.value, found.success.value) == (1000, 100, 0.5)


def test_a_machine_is_paid_for_what_is_written_and_for_what_is_read_outside_the_cache() -> None:
    found = costed(played(used(cached_tokens=400), success=(True,)), Machine(3.6, 700))
    assert found.basis == "self-hosted"
    assert found.price.value == pytest.approx(3.6 / 3600 * (1000 - 400 + 100) / 700)


def test_an_unknown_price_is_unknown_and_never_zero() -> None:
    none = costed(played(used(), used(), success=(True, True)))
    assert none.basis == "unknown" and none.unpriced == 2 and none.price.units == 0 and not none.is_comparable
    [row] = as_json([none])
    assert row["usd_per_task"]["value"] is row["usd_per_1000_tasks"]["value"] is None and not row["pareto"]
    some = costed(played(used(), used(0.04), success=(True, True)))
    assert some.basis == "api" and some.unpriced == 1 and some.price.value == pytest.approx(0.04)


def test_without_a_success_a_success_has_no_price() -> None:
    found = costed(played(used(0.02), used(0.04), success=(False, False)))
    assert math.isnan(found.per_success.value) and found.price.value == pytest.approx(0.03)
    assert as_json([found])[0]["usd_per_success"]["value"] is None


def test_tasks_weigh_the_same_however_often_they_were_tried() -> None:
    twice = [*played(used(0.10), success=(True,)), *played(used(0.10), used(0.02), success=(True, True))]
    assert costed(twice).price.value == pytest.approx(0.06)


@pytest.mark.parametrize(
    ("seconds", "beside", "needed"),
    [((10, 10, 10), 1, 30), ((10, 10, 10), 64, 10), ((4, 4, 4, 4), 2, 10), ((), 4, None)],
)
def test_the_measured_rate_holds_for_the_longest_that_the_attempts_can_have_taken(
    seconds: tuple[float, ...], beside: int, needed: float | None
) -> None:
    traces = [trace(TASKS[0], usage=used(cached_tokens=100), seconds=one) for one in seconds]
    rate = measured_rate(traces, beside)
    assert rate == (None if needed is None else pytest.approx(1000 * len(seconds) / needed))


@given(st.lists(st.floats(0.1, 50), min_size=1, max_size=12), st.integers(1, 5))
def test_no_order_of_attempts_is_slower_than_the_measured_rate_says(seconds: list[float], beside: int) -> None:
    free = [0.0] * beside
    for one in seconds:
        first = free.index(min(free))
        free[first] += one
    traces = [trace(TASKS[0], usage=used(), seconds=one) for one in seconds]
    rate = measured_rate(traces, beside)
    assert rate is not None and rate <= 1100 * len(seconds) / max(free) * (1 + 1e-9)


def test_attempts_without_tokens_show_no_rate() -> None:
    assert measured_rate([trace(TASKS[0], seconds=3.0)], 4) is None


def priced(name: str, usd: float, success: float, **changes: Any) -> Cost:
    fields: dict[str, Any] = {
        "name": name, "model": name, "basis": "api", "attempts": 9, "unpriced": 0,
        "success": Estimate(success, success, success, 9), "read": EMPTY, "written": EMPTY,
        "price": Estimate(usd, usd, usd, 9), "per_success": EMPTY,
    }  # fmt: skip
    return Cost(**{**fields, **changes})


def test_the_frontier_holds_whom_no_other_beats_in_price_and_success() -> None:
    models = [
        priced("dear", 9, 0.9),
        priced("cheap", 1, 0.3),
        priced("beaten", 5, 0.2),
        priced("middle", 4, 0.6),
        priced("dearer twin", 5, 0.6),
        priced("unpriced", 1, 1.0, price=EMPTY),
    ]
    assert [one.name for one in frontier(models)] == ["cheap", "middle", "dear"]
    assert len(frontier([priced("a", 1, 0.5), priced("b", 1, 0.5)])) == 2 and frontier([]) == []


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=9))
def test_the_frontier_is_what_the_definition_says(pairs: list[tuple[int, int]]) -> None:
    models = [priced(str(n), usd, success / 5) for n, (usd, success) in enumerate(pairs)]

    def beaten(one: tuple[int, int]) -> bool:
        return any(o[0] <= one[0] and o[1] >= one[1] and o != one for o in pairs)

    wanted = {str(n) for n, pair in enumerate(pairs) if not beaten(pair)}
    assert {one.name for one in frontier(models)} == wanted
