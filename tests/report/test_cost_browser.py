"""The page of costs as a person sees it: in Chromium, wide and narrow, with few and with many models."""

import json
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from enterpriselab.report.cost_page import CostRow, write_cost_page
from enterpriselab.report.pareto import Interval
from tests.report.chromium import Tab, browser, needs_browser
from tests.report.layout import opened, stands_well

pytestmark = [pytest.mark.slow, needs_browser]
SIZES = {"wide": (1280, 900), "narrow": (390, 844)}
LEGIBLE = 11.0
"""Pixels of the smallest letters that are asked to be read."""
DRAWN = """
(() => {
  const svg = [...document.querySelectorAll('figure svg')].find((e) => e.checkVisibility());
  if (!svg) return null;
  const box = (e) => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; };
  const all = (what) => [...svg.querySelectorAll(what)];
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  const attribute = (e, name) => Number(e.getAttribute(name));
  return {
    frame: box(svg),
    names: all('.name').map((e) => ({ number: e.dataset.number, text: e.textContent, box: box(e) })),
    sizes: all('text').map((e) => scale * parseFloat(getComputedStyle(e).fontSize)),
    dots: all('.point').map((e) => ({ number: e.dataset.number, box: box(e.querySelector('circle')),
      at: ['cx', 'cy'].map((n) => attribute(e.querySelector('circle'), n)),
      best: e.querySelector('circle').classList.contains('best') })),
    leaders: all('.leader').length,
    stair: svg.querySelector('.stair').getAttribute('d'),
  };
})()
"""
Found = dict[str, Any]


def row(name: str, price: float | None, success: float, *, best: bool = False, own: bool = False) -> CostRow:
    return CostRow(
        name=name,
        model=f"org/{name.rpartition('/')[2]}",
        basis="price not known" if price is None else "self-hosted" if own else "API",
        tasks=200,
        success=Interval(success, max(0.0, success - 0.1), min(1.0, success + 0.1)),
        tokens_read=1_041_000,
        tokens_written=12_800,
        per_task=None if price is None else price / 1000,
        per_success=None if price is None else price / 1000 / success,
        per_thousand=None if price is None else Interval(price, price * 0.8, price * 1.3),
        how="no list price is known" if price is None else "USD 2 a million tokens read, USD 8 written (as of 2026-03)",
        best=best,
    )


UNKNOWN = row("gpt-9", None, 0.9)
CASES: dict[str, list[CostRow]] = {
    "two": [row("gpt-4.1", 20, 0.45, best=True), row("Qwen3-8B", 3, 0.3, best=True, own=True)],
    "five": [
        row("claude-sonnet", 33, 0.62, best=True),
        row("gpt-4.1", 20, 0.55, best=True),
        row("gpt-4.1-mini", 4.1, 0.41, best=True),
        row("Qwen3-8B", 0.9, 0.38, best=True, own=True),
        UNKNOWN,
    ],
    "twelve": [
        row(f"runs/demo/model-{n}", 0.004 * 3**n, 0.1 + 0.07 * n - (n % 3 == 1) * 0.15, best=n % 3 != 1, own=n % 4 == 0)
        for n in range(12)
    ],
    "twelve, nearly equal": [
        *(row(f"provider/model-number-{n}", 20 + n / 20, 0.5 + n / 250, best=True, own=n % 4 == 0) for n in range(12)),
        UNKNOWN,
    ],
    "twelve, equal": [row(f"runs/a-longer-name/eval/model-number-{n}", 20, 0.5, best=True) for n in range(12)],
    "prices far apart": [row(f"m{n}", 0.00002 * 12**n, 0.2 + n / 20, best=True) for n in range(8)],
    "corners": [
        row("top-right", 100, 1.0, best=True),
        row("bottom-right", 99, 0.01),
        row(
            "a-model-of-a-very-long-name-that-nobody-shortens/Qwen3-235B-A22B-Instruct-2507-FP8", 0.01, 0.02, best=True
        ),
        row("top-left", 0.011, 0.99, best=True),
    ],
}


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


def shown(tab: Tab, folder: Path, rows: Sequence[CostRow], size: str) -> Found:
    page = write_cost_page(folder / "cost.html", rows, title="runs/demo, runs/own", notes=["2 attempts were errors."])
    opened(tab, page, SIZES[size])
    found: Found = tab.eval(DRAWN)
    return found


def meet(one: list[float], other: list[float]) -> bool:
    """With a pixel and a half of slack."""
    across = one[0] + 1.5 < other[2] and other[0] + 1.5 < one[2]
    return across and one[1] + 1.5 < other[3] and other[1] + 1.5 < one[3]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("case", CASES)
def test_every_label_can_be_read_and_covers_no_other_and_no_point(
    tab: Tab, tmp_path: Path, case: str, size: str
) -> None:
    found = shown(tab, tmp_path, CASES[case], size)
    names, dots = found["names"], found["dots"]
    drawn = [one for one in CASES[case] if one.per_thousand]
    assert sorted(int(one["number"]) for one in names) == list(range(1, len(drawn) + 1))
    assert [one["number"] for one in names] == [one["number"] for one in dots]
    assert all(one["text"].startswith(one["number"]) for one in names) and min(found["sizes"]) >= LEGIBLE
    for one, other in combinations(names, 2):
        assert not meet(one["box"], other["box"]), (one["text"], other["text"])
    for name in names:
        assert [dot["number"] for dot in dots if meet(name["box"], dot["box"])] == [], name["text"]
        left, top, right, bottom = name["box"]
        frame = found["frame"]
        assert frame[0] <= left and right <= frame[2] and frame[1] <= top and bottom <= frame[3], name["text"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("case", CASES)
def test_no_text_is_covered_or_cut_and_the_page_does_not_scroll_sideways(
    tab: Tab, tmp_path: Path, case: str, size: str
) -> None:
    shown(tab, tmp_path, CASES[case], size)
    stands_well(tab, SIZES[size][0])
    assert tab.eval("document.querySelector('.scroll').scrollWidth <= document.querySelector('.scroll').clientWidth")


@pytest.mark.parametrize("size", SIZES)
def test_the_frontier_goes_through_the_marked_models_and_through_no_other(tab: Tab, tmp_path: Path, size: str) -> None:
    found = shown(tab, tmp_path, CASES["twelve"], size)
    corners = [tuple(map(float, part.split())) for part in found["stair"][1:].split("L")]
    marked = {dot["number"] for dot in found["dots"] if dot["best"]}
    assert marked == {str(n + 1) for n, one in enumerate(CASES["twelve"]) if one.best}
    assert {dot["number"] for dot in found["dots"] if tuple(dot["at"]) in corners} == marked
    xs, ys = zip(*corners, strict=True)
    assert list(xs) == sorted(xs) and list(ys) == sorted(ys, reverse=True)


@pytest.mark.parametrize("size", SIZES)
def test_an_unknown_price_is_said_and_not_drawn(tab: Tab, tmp_path: Path, size: str) -> None:
    found = shown(tab, tmp_path, CASES["five"], size)
    assert len(found["dots"]) == 4 and not any("gpt-9" in one["text"] for one in found["names"])
    said = tab.text("main")
    assert "Not drawn: gpt-9 (price not known)." in said and said.count("not known") == 5
    assert shown(tab, tmp_path, [UNKNOWN], size) is None
    assert "There is nothing to draw" in tab.text("main")


def test_labels_stand_beside_their_points_where_there_is_room(tab: Tab, tmp_path: Path) -> None:
    assert shown(tab, tmp_path, CASES["five"], "wide")["leaders"] == 0
    assert shown(tab, tmp_path, CASES["twelve, equal"], "wide")["leaders"] > 0


def test_a_dark_page_has_light_letters_and_a_printed_one_the_wide_picture(tab: Tab, tmp_path: Path) -> None:
    shown(tab, tmp_path, CASES["two"], "narrow")
    light = tab.eval("getComputedStyle(document.querySelector('svg .name')).fill")
    tab.dark()
    assert tab.eval("getComputedStyle(document.querySelector('svg .name')).fill") != light
    tab("Emulation.setEmulatedMedia", media="print", features=[])
    seen = tab.eval("[...document.querySelectorAll('figure svg')].map((e) => [e.classList[0], e.checkVisibility()])")
    tab("Emulation.setEmulatedMedia", media="", features=[])
    assert json.dumps(seen) == '[["wide", true], ["narrow", false]]'
