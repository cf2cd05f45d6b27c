"""The report as a person sees it: in Chromium, wide, narrow and on paper, with every baseline beside the models."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from enterpriselab.core.traces import BASELINES
from enterpriselab.report import write_report
from tests.report.chromium import Tab, browser, needs_browser
from tests.report.layout import opened, stands_well
from tests.report.sample_run import write_sample_run

pytestmark = [pytest.mark.slow, needs_browser]
SIZES = {"wide": (1280, 900), "narrow": (390, 844)}
PAPER = (717, 1000)
"""Pixels of A4 inside the margins."""
TOOLS = [f"zammad_tool_of_a_long_name_{number}" for number in range(30)]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight models and baselines, and a list among the quality measures."""
    run = write_sample_run(tmp_path_factory.mktemp("runs") / "sample")
    summaries = json.loads((run / "eval/summary.json").read_text(encoding="utf-8"))
    known = next(iter(summaries.values()))
    everybody = {**summaries, **{label: summaries.get(label, known) for label in BASELINES}}
    assert len(everybody) >= 8
    (run / "eval/summary.json").write_text(json.dumps(everybody), encoding="utf-8")
    card = json.loads((run / "synthesis/card.json").read_text(encoding="utf-8"))
    (run / "synthesis/card.json").write_text(json.dumps({**card, "missing_tools": TOOLS}), encoding="utf-8")
    return write_report(run)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture
def tab(chromium: Tab) -> Iterator[Tab]:
    yield chromium
    chromium("Emulation.setEmulatedMedia", media="", features=[])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dark", [False, True])
def test_no_word_is_broken_and_no_text_is_covered_or_cut(tab: Tab, page: Path, size: str, dark: bool) -> None:
    tab.dark(dark)
    opened(tab, page, SIZES[size])
    tab.eval("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    stands_well(tab, SIZES[size][0])


def test_all_measures_fit_a_wide_page_and_scroll_in_their_own_box_on_a_narrow_one(tab: Tab, page: Path) -> None:
    box = "document.querySelector('.measures').parentElement"
    room = f"[{box}.scrollWidth, {box}.clientWidth]"
    opened(tab, page, SIZES["wide"])
    wanted, there = tab.eval(room)
    assert wanted == there
    opened(tab, page, SIZES["narrow"])
    wanted, there = tab.eval(room)
    assert wanted > there
    first = "document.querySelector('.measures tbody tr:nth-child(2) th').getBoundingClientRect().left"
    before = tab.eval(first)
    tab.eval(f"{box}.scrollLeft = 300")
    assert tab.eval(first) == before, "the names of the measures stay in sight"


def test_models_are_named_again_above_every_group_of_measures(tab: Tab, page: Path) -> None:
    opened(tab, page, SIZES["wide"])
    heads = tab.texts(".measures thead th:not(:first-child)")
    groups = tab.eval("document.querySelectorAll('.measures .group').length")
    assert groups > 3 and tab.texts(".measures .names") == heads * (groups - 1)


def test_a_printed_page_shows_all_of_every_text(tab: Tab, page: Path) -> None:
    tab("Emulation.setEmulatedMedia", media="print", features=[])
    opened(tab, page, PAPER)
    tab.eval("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    stands_well(tab, PAPER[0])
    hidden = "[...document.querySelectorAll('pre, .scroll')].filter((e) => e.scrollHeight > e.clientHeight + 2)"
    assert tab.eval(f"{hidden}.filter((e) => getComputedStyle(e).overflowY !== 'visible').length") == 0
