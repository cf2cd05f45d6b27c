import base64
import hashlib
import re
from html.parser import HTMLParser
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enterpriselab.report.cost_page import CostRow, render_costs, write_cost_page
from enterpriselab.report.label_places import LETTER
from enterpriselab.report.pareto import Dot, Interval, Point, pareto_charts


def point(name: str, price: float, success: float, *, best: bool = False) -> Point:
    bars = Interval(success, max(0.0, success - 0.1), min(1.0, success + 0.1))
    return Point(name, "sft", Interval(price, price * 0.8, price * 1.3), bars, best)


def row(name: str, price: float | None, success: float | None = 0.5, *, best: bool = False) -> CostRow:
    one = point(name, price or 1.0, success or 0.0)
    return CostRow(
        name=name,
        model="org/model",
        basis="API" if price is not None else "price not known",
        tasks=20,
        success=None if success is None else one.success,
        tokens_read=41_000,
        tokens_written=800,
        per_task=None if price is None else price / 1000,
        per_success=None if price is None or not success else price / 1000 / success,
        per_thousand=None if price is None else one.price,
        how="list prices",
        best=best,
    )


def box(dot: Dot) -> tuple[float, float, float]:
    length = LETTER * len(dot.label)
    left = dot.place.x if dot.place.anchor == "start" else dot.place.x - length
    return left, left + length, dot.place.y


@settings(max_examples=25)
@given(st.lists(st.tuples(st.just(0.0) | st.floats(1e-6, 1e4), st.floats(0, 1)), min_size=1, max_size=8))
def test_everything_stays_on_the_canvas_and_keeps_its_order(pairs: list[tuple[float, float]]) -> None:
    for chart in pareto_charts([point(f"m{n}", *pair) for n, pair in enumerate(pairs)]):
        for dot in chart.dots:
            for x in (dot.x, *dot.x_bar):
                assert chart.left <= x <= chart.right
            for y in (dot.y, *dot.y_bar):
                assert chart.top <= y <= chart.bottom
        for one, other in combinations(chart.dots, 2):
            if one.point.price.value < other.point.price.value:
                assert one.x <= other.x
            if one.point.success.value < other.point.success.value:
                assert one.y >= other.y
        assert all(chart.left <= tick.at <= chart.right for tick in chart.x_ticks) and len(chart.x_ticks) >= 1


def test_labels_of_points_that_lie_close_do_not_cover_each_other() -> None:
    points = [point(f"model-number-{n}", 100 + n / 10, 0.5 + n / 100) for n in range(4)]
    for chart in pareto_charts(points):
        for one, other in combinations(map(box, chart.dots), 2):
            apart = one[1] <= other[0] or other[1] <= one[0] or abs(one[2] - other[2]) >= 15
            assert apart, chart.kind


def test_prices_far_apart_are_drawn_logarithmically_and_a_price_of_zero_never_is() -> None:
    assert [chart.logarithmic for chart in pareto_charts([point("a", 1, 0.1), point("b", 90, 0.9)])] == [True, True]
    assert not pareto_charts([point("a", 3, 0.1), point("b", 9, 0.9)])[0].logarithmic
    linear = pareto_charts([point("a", 0, 0.1), point("b", 90, 0.9)])[0]
    assert not linear.logarithmic and linear.dots[0].x == linear.left
    assert pareto_charts([]) == []


def test_the_frontier_is_a_stair_through_the_best_and_through_no_other() -> None:
    chart = pareto_charts([point("a", 10, 0.2, best=True), point("b", 20, 0.1), point("c", 30, 0.6, best=True)])[0]
    a, c = (next(dot for dot in chart.dots if dot.point.name == name) for name in "ac")
    corners = [(a.x, a.y), (c.x, a.y), (c.x, c.y), (chart.right, c.y)]
    assert chart.frontier == "M" + "L".join(f"{x:g} {y:g}" for x, y in corners)


class Tags(HTMLParser):
    """Names of the elements, and attributes that could reach outside."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.reaching: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.reaching += [name for name, _ in attrs if name in ("src", "href", "action") or name.startswith("on")]


def test_the_page_needs_nothing_else_and_shows_names_as_text(tmp_path: Path) -> None:
    page = render_costs([row("<script>x</script>\u202e", 3.0)], title="<b>runs</b>", notes=["<i>note</i>"])
    tags = Tags()
    tags.feed(page)
    assert not tags.names & {"script", "link", "img", "iframe", "b", "i"} and not tags.reaching
    assert "&lt;script&gt;" in page and "\u202e" not in page
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    told = "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src '{told}'" in page
    first, second = (
        write_cost_page(tmp_path / name, [row("a", 3.0)], title="t", notes=[]).read_bytes() for name in ("a", "b")
    )
    assert first == second


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (row("m", None), "not known"),
        (row("m", 4.0, 0.0), "no success"),
        (row("m", 4.0, None), "There is nothing to draw"),
    ],
)
def test_what_is_not_known_is_said_and_never_zero(one: CostRow, words: str) -> None:
    page = render_costs([one], title="t", notes=[])
    assert words in page and not re.search(r"<span>\$0(\.0*)?<", page)
    assert ("<svg" in page) == (one.success is not None and one.per_thousand is not None)
