import re
import subprocess
from pathlib import Path

import pytest

from enterpriselab.report import write_report
from tests.report.chromium import CHROMIUM, needs_browser
from tests.report.sample_run import write_sample_run

pytestmark = pytest.mark.slow
PROBE = """
const press = (name) => new KeyboardEvent("keydown", { key: name, bubbles: true });
const key = (name, target = document.body) => target.dispatchEvent(press(name));
const seen = {};
{
  const chart = document.querySelector("[data-chart]"), ring = document.querySelector("svg.ring");
  key("ArrowRight", chart); key("ArrowRight", chart);
  seen.chart = chart.closest("figure").querySelector(".readout").textContent;
  key("ArrowRight", ring);
  seen.ring = ring.closest("figure").querySelector(".readout").textContent;
  document.getElementById("traces").scrollIntoView({ behavior: "instant" });
  key("2"); key("b"); key("j"); key("j");
  const panel = document.querySelector(".case:not([hidden])");
  seen.panel = panel.id;
  seen.view = panel.dataset.view;
  const focused = document.activeElement.closest(".step");
  seen.step = String([...panel.querySelectorAll(".step")].indexOf(focused));
  const hour = document.querySelector("[data-hour]");
  hour.value = "3.6";
  hour.dispatchEvent(new Event("input"));
  const cell = document.querySelector("[data-seconds]");
  seen.price = String(Number(cell.textContent) === Math.round(100 * Number(cell.dataset.seconds)) / 100);
  for (const [name, value] of Object.entries(seen)) document.body.setAttribute(`data-seen-${name}`, value);
}
"""


def _open(page: Path, profile: Path) -> tuple[str, str]:
    """(DOM after the scripts ran, what the browser logged)"""
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
        "--disable-dev-shm-usage", f"--user-data-dir={profile}", "--enable-logging=stderr", "--window-size=1400,900",
        "--virtual-time-budget=3000", "--dump-dom", page.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=True)
    return done.stdout, "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)


@needs_browser
def test_the_page_opens_without_a_word_on_the_console(tmp_path: Path) -> None:
    dom, console = _open(write_report(write_sample_run(tmp_path / "sample")), tmp_path / "profile")
    assert console == ""
    assert re.search(r'<div class="tabs"[^>]*aria-label="Cases">', dom), "the script did not unhide the tabs"


@needs_browser
def test_a_script_that_is_not_ours_does_not_run(tmp_path: Path) -> None:
    page = write_report(write_sample_run(tmp_path / "sample"))
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("<footer", "<script>document.title = 'taken'</script><footer"), encoding="utf-8")
    dom, console = _open(page, tmp_path / "profile")
    assert "<title>taken" not in dom
    assert "Content Security Policy" in console


@needs_browser
def test_keys_read_charts_walk_traces_and_the_price_follows(tmp_path: Path) -> None:
    page = write_report(write_sample_run(tmp_path / "sample"))
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text(encoding="utf-8"))
    page.write_text(text.replace("</body>", f"<script>{PROBE}</script></body>"), encoding="utf-8")
    dom, console = _open(page, tmp_path / "profile")
    seen = dict(re.findall(r'data-seen-(\w+)="([^"]*)"', dom))
    assert console == ""
    assert seen["chart"].startswith("Step 10: loss ")
    assert " feeds " in seen["ring"]
    assert (seen["panel"], seen["view"], seen["step"], seen["price"]) == ("case-2", "first", "1", "true")
