"""The trace viewer as a person meets it: in Chromium, by keys and clicks, on a wide and on a narrow screen."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import enterpriselab
from enterpriselab.cli.viewing.shelf import Shelf
from enterpriselab.cli.viewing.web import build_viewer
from enterpriselab.sandbox.http_server import in_background, listening
from enterpriselab.sandbox.world import World
from tests.report.chromium import Tab, browser, needs_browser
from tests.report.judged_run import JUDGE, judged_copy
from tests.report.played_run import HOSTILE, write_played_run

pytestmark = [pytest.mark.slow, needs_browser]
WIDE, NARROW = (1300, 900), (360, 740)
MANY = 3000
QUERY = "SELECT name FROM mail_label WHERE name LIKE '%ater' ORDER BY name"


@pytest.fixture(scope="module")
def run(world_with: Callable[..., World], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_played_run(tmp_path_factory.mktemp("runs") / "small", world_with("mail"))


@contextmanager
def served(run: Path) -> Iterator[str]:
    with listening("127.0.0.1", 0) as listener, in_background(build_viewer(Shelf(run), "token"), listener):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/token/"


@pytest.fixture(scope="module")
def address(run: Path) -> Iterator[str]:
    with served(run) as found:
        yield found


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browser(tmp_path_factory.mktemp("profile")) as tab:
        yield tab


@pytest.fixture
def tab(chromium: Tab) -> Iterator[Tab]:
    """An empty page; whatever it says on the console fails the test."""
    chromium.open("about:blank")
    chromium.size(*WIDE)
    chromium.dark(False)
    chromium.words.clear()
    yield chromium
    assert chromium.words == []


def at(tab: Tab, address: str, hash: str = "") -> None:
    """Open an address and wait until everything that loads by itself is there."""
    tab.open(f"{address}#{hash}")
    tab.until("document.body.dataset.ready === 'all'")


def attempt(run: Path, label: str, template: str, number: int = 0) -> str:
    rows = Shelf(run).index.rows.values()
    return next(r.id for r in rows if (r.label, r.template, r.attempt) == (label, template, number))


def opened(tab: Tab, identity: str) -> None:
    tab.until(f"document.querySelector('article.trace')?.dataset.id === {json.dumps(identity)}")
    tab.until("document.querySelector('.judged') && !document.querySelector('.judged[aria-busy]')")


def field(tab: Tab, name: str) -> str | None:
    """A field of the address."""
    found: str | None = tab.eval(f"new URLSearchParams(location.hash.slice(1)).get({json.dumps(name)})")
    return found


def test_keys_walk_the_list_open_an_attempt_and_lead_back(tab: Tab, address: str, run: Path) -> None:
    at(tab, address)
    ids = list(Shelf(run).index.rows)
    tab.press("j", "j", "j", "k", "Enter")
    opened(tab, ids[2])
    tab.press("j")
    opened(tab, ids[3])
    assert "Make the mail label Read later." in tab.text("blockquote.prompt")
    tab.press("?")
    assert tab.eval("document.querySelector('dialog').open")
    tab.press("Escape")
    assert field(tab, "id") == ids[3], "Escape only closed the dialog"
    tab.press("Escape")
    tab.until("document.querySelector('article.overview')")
    assert field(tab, "id") is None and tab.eval("document.activeElement.id") == "rows"
    assert tab.eval("document.querySelector('[aria-selected=true]').dataset.place") == "3"


def test_filters_and_search_narrow_the_list_and_stand_in_the_address(tab: Tab, address: str) -> None:
    at(tab, address, "outcome=failed&agent=clumsy")
    tab.until("document.querySelector('#count').innerText.startsWith('6 of 15 attempts')")
    assert "Failed" in tab.text(".overview thead") and tab.texts(".overview tbody:first-of-type th")[:1] == ["clumsy"]
    tab.eval("document.querySelector('[data-facet=failure]').focus()")
    tab.eval(
        "(() => { const s = document.querySelector('[data-facet=failure]'); s.value = 'wrong_tool'; "
        "s.dispatchEvent(new Event('change')); })()"
    )
    tab.until("document.querySelector('#count').innerText.startsWith('4 of 15')")
    assert field(tab, "failure") == "wrong_tool"
    tab.press("Escape", "/")
    tab.type("no such words")
    tab.until("document.querySelector('#count').innerText.startsWith('0 of 15')")
    assert "No attempt is left" in tab.text("#detail")
    tab.click("#count button")
    tab.until("document.querySelector('#count').innerText.startsWith('15 attempts')")
    assert field(tab, "text") is None


def test_any_step_can_be_gone_to_and_its_database_asked(tab: Tab, address: str, run: Path) -> None:
    identity = attempt(run, "clumsy", "label")
    at(tab, address, f"id={identity}")
    opened(tab, identity)
    tab.press("[", "[")
    assert (field(tab, "step"), tab.text(".where")) == ("1", "After call 1 of 3: mail_create_label")
    assert tab.eval("document.querySelectorAll('.step.to-come').length") == 2
    tab.press("d")
    tab.until("document.querySelector('.state summary')?.innerText === '1 row changed since the start'")
    tab.eval("document.querySelector('#query').select()")
    tab.type(QUERY)
    tab("Input.dispatchKeyEvent", type="rawKeyDown", key="Enter", windowsVirtualKeyCode=13, modifiers=2)
    tab.until("document.querySelectorAll('.answered tbody tr').length === 1")
    tab.press("Escape", "]")
    tab.until("document.querySelectorAll('.answered tbody tr').length === 2")
    assert tab.texts(".answered tbody td") == ["Later", "Read later"]
    tab.press("}")
    tab.until("document.querySelector('.state .good')")
    tab.eval("document.querySelector('#query').select()")
    tab.type("DELETE FROM mail_label")
    tab.click(".sql button[type=submit]")
    tab.until("document.querySelector('.answered [role=alert]')")
    assert "Only SELECT" in tab.text(".answered")
    assert all("400 (Bad Request)" in word for word in tab.words)
    tab.words.clear()
    tab.press("Escape")
    assert tab.eval("document.querySelector('#panel').hidden") and field(tab, "id") == identity


def test_what_went_wrong_leads_to_the_call_and_verdicts_show_their_rows(tab: Tab, address: str, run: Path) -> None:
    identity = attempt(run, "clumsy", "label")
    at(tab, address, f"id={identity}")
    opened(tab, identity)
    tab.until("document.querySelector('.proven')")
    assert tab.texts(".verdicts > li.failed .diff .of") == ["insert mail_label key Label_248"]
    tab.click(".faults li button")
    tab.until("document.querySelector('.step.current')?.dataset.call === '1'")
    assert field(tab, "step") == "2"
    tab.press("{", "f")
    tab.until("document.querySelector('.step.current')?.dataset.call === '1'")


def test_two_attempts_stand_side_by_side_to_where_they_part(tab: Tab, address: str, run: Path) -> None:
    left, right = attempt(run, "clumsy", "label"), attempt(run, "reference", "label")
    at(tab, address, f"id={right}")
    opened(tab, right)
    tab.press("c")
    tab.until("document.querySelector('#parting')")
    assert field(tab, "with") == attempt(run, "away", "label")
    at(tab, address, f"id={left}&with={right}")
    tab.until("document.querySelector('#parting').innerText.includes('Reference')")
    assert tab.text("#parting") == "They part after 1 call: Reference ended there (answered)."
    assert tab.text(".comparison > details summary") == "1 call alike"
    assert tab.eval("document.querySelector('.pair.parts').dataset.call") == "1"
    tab.press("Escape")
    opened(tab, left)


def test_what_worlds_and_models_write_stays_text(tab: Tab, address: str, run: Path) -> None:
    shown = HOSTILE.replace("\u202e", "[U+202E]")
    for hash in (
        f"id={attempt(run, 'clumsy', 'hostile')}",
        f"id={attempt(run, 'clumsy', 'hostile')}&with={attempt(run, 'idle', 'hostile')}",
        "agent=clumsy",
    ):
        at(tab, address, hash)
        tab.until("document.querySelector('#detail article')")
        assert shown in tab.eval("document.body.textContent")
        assert tab.eval("document.querySelectorAll('img, body script, iframe, [onerror]').length") == 0
        assert "taken" not in tab.eval("document.title")


def test_opinions_of_a_judge_stand_below_the_verdict_and_change_no_score(tab: Tab, run: Path, tmp_path: Path) -> None:
    copy = judged_copy(run, tmp_path / "judged")
    with served(copy) as address:
        for size, dark in ((WIDE, False), (NARROW, True)):
            tab.size(*size)
            tab.dark(dark)
            at(tab, address, f"id={attempt(copy, 'clumsy', 'count')}")
            opened(tab, attempt(copy, "clumsy", "count"))
            tab.until("document.querySelector('.proven')")
            (said,) = tab.texts(".verdicts > li.failed .opinion.differs")
            assert f"Judge {JUDGE} says yes" in said and "rules and judge differ" in said
            assert HOSTILE.replace("\u202e", "[U+202E]") in said
            assert tab.texts(".opinions-note") == ["Opinions of a judge change no score: the rules alone decide."]
            assert tab.eval("document.querySelector('#detail article').scrollWidth <= innerWidth")
        tab.size(*WIDE)
        left, right = attempt(copy, "reference", "count"), attempt(copy, "idle", "count")
        at(tab, address, f"id={left}&with={right}")
        tab.until("document.querySelectorAll('.opinion').length === 2")
        agreed, away = tab.texts(".opinion")
        assert "says yes" in agreed and "It says 16." in agreed and "differ" not in agreed
        assert "failed:" in away and "no such deployment" in away and "differ" not in away


def test_a_run_that_nobody_judged_says_nothing_of_judges(tab: Tab, address: str, run: Path) -> None:
    identity = attempt(run, "clumsy", "count")
    at(tab, address, f"id={identity}")
    opened(tab, identity)
    assert tab.eval("document.querySelectorAll('.opinion, .opinions-note').length") == 0
    facts = tab.texts("header.head > p.fine")[1]
    assert f"version {enterpriselab.__version__}" in facts and "world arena" in facts


def test_markup_from_a_text_is_refused_by_the_browser_itself(tab: Tab, address: str) -> None:
    at(tab, address)
    refused = tab.eval("(() => { try { document.body.innerHTML = '<b>x</b>'; } catch (e) { return e.name; } })()")
    assert refused == "TypeError"
    elsewhere = "fetch('http://127.0.0.1:9/').then(() => 'reached', () => 'refused')"
    assert tab.eval(elsewhere) == "refused"
    assert any("Content Security Policy" in word for word in tab.words)
    tab.words.clear()


@pytest.mark.parametrize("dark", [False, True])
def test_a_narrow_screen_shows_one_thing_at_a_time_and_nothing_is_cut(
    tab: Tab, address: str, run: Path, dark: bool
) -> None:
    tab.size(*NARROW)
    tab.dark(dark)
    identity = attempt(run, "clumsy", "hostile")
    at(tab, address)

    def fits() -> None:
        assert tab.eval("document.documentElement.scrollWidth") <= NARROW[0]
        inside = "[...document.querySelectorAll('#detail > *')].every((e) => e.scrollWidth <= innerWidth)"
        assert tab.eval(inside)

    fits()
    tab.click("#filters-open")
    assert tab.eval("document.querySelector('#facets').offsetHeight") > 0
    fits()
    assert tab.eval("document.querySelector('#detail').offsetHeight") == 0
    tab.open(f"{address}#id={identity}&db=1")
    opened(tab, identity)
    tab.until("document.querySelector('.state code')")
    fits()
    assert tab.eval("document.querySelector('#list').offsetHeight") == 0
    tab.open(f"{address}#id={identity}&with={attempt(run, 'reference', 'hostile')}")
    tab.until("document.querySelector('#parting')")
    fits()
    tab.click(".back")
    tab.until("document.body.dataset.view === 'list'")
    colour = tab.eval("getComputedStyle(document.body).backgroundColor")
    light = sum(map(int, re.findall(r"\d+", colour))) > 3 * 128
    assert light is not dark


def test_every_control_has_a_name_for_those_who_do_not_see_it(tab: Tab, address: str, run: Path) -> None:
    identity = attempt(run, "clumsy", "label")
    at(tab, address, f"id={identity}&db=1")
    opened(tab, identity)
    tab.until("document.querySelector('.state code')")
    controls = {"button", "textbox", "searchbox", "combobox", "slider", "option", "listbox", "image"}
    nodes = tab("Accessibility.getFullAXTree")["nodes"]
    found = [node for node in nodes if node.get("role", {}).get("value") in controls and not node["ignored"]]
    assert {node["role"]["value"] for node in found} == controls
    assert [node for node in found if not node.get("name", {}).get("value")] == []


def test_of_thousands_of_attempts_only_those_in_sight_are_drawn(tab: Tab, run: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(run, tmp_path / "many"))
    path = copy / "eval/idle/traces.jsonl"
    line = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    keyed = ({**line, "key": f"{line['task_id']}/{number}"} for number in range(MANY))
    path.write_text("".join(json.dumps(record) + "\n" for record in keyed), encoding="utf-8")
    with served(copy) as address:
        at(tab, address, "agent=idle")
        tab.until("document.querySelector('#count').innerText.startsWith('3,000 of 3,012')")
        assert 5 < tab.eval("document.querySelectorAll('.row').length") < 60
        tab.press("End")
        tab.until(f"document.querySelector('[aria-selected=true]')?.dataset.place === '{MANY - 1}'")
        assert tab.eval("document.querySelectorAll('.row').length") < 60
        seen = "(() => { const r = document.querySelector('[aria-selected=true]').getBoundingClientRect(); "
        assert tab.eval(f"{seen} return r.top >= 0 && r.bottom <= innerHeight; }})()")
        tab.press("Enter")
        opened(tab, f"idle/{line['task_id']}/{MANY - 1}")
