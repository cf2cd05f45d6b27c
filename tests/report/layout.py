"""What is wrong with how a page stands in its window: texts over each other, cut texts, words broken over two lines."""

from pathlib import Path
from typing import Any

from tests.report.chromium import Tab

LOADED = "new Promise((done) => document.readyState === 'complete' ? done(1) : addEventListener('load', () => done(1)))"
SLACK = 1.5
"""Pixels that two texts may share: a box of a text is a little higher than its letters."""
FOUND = """
(() => {
  const slack = SLACK, seen = [], cut = [], broken = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const clips = (element) => {
    const style = getComputedStyle(element);
    return { x: style.overflowX === 'hidden' || style.overflowX === 'clip', own: style.overflowX === 'auto' };
  };
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement, text = node.data.trim();
    if (!text || parent.closest('script, style, title')) continue;
    if (!parent.checkVisibility({ visibilityProperty: true })) continue;
    range.selectNodeContents(node);
    const rects = [...range.getClientRects()].filter((r) => r.width > 0.5 && r.height > 0.5 && r.right > 0);
    if (!rects.length || getComputedStyle(parent).clipPath !== 'none') continue;
    let scrolls = false;
    for (let e = parent; e && e !== document.body; e = e.parentElement) {
      const how = clips(e);
      scrolls ||= how.own;
      const box = e.getBoundingClientRect();
      const leaves = (r) => r.right > box.right + slack || r.left < box.left - slack;
      if (how.x && !scrolls && rects.some(leaves)) cut.push(text);
      if (scrolls) break;
    }
    if (!scrolls) {
      for (const r of rects) if (r.left < -slack || r.right > innerWidth + slack) cut.push(text);
      for (const r of rects) seen.push({ text, r, node });
    }
    for (const word of node.data.matchAll(/[A-Za-z0-9]+/g)) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].filter((r) => r.width > 0.5).map((r) => Math.round(r.top)));
      if (lines.size > 1 && !parent.closest('pre, code, bdi:not(thead bdi, .names bdi)')) broken.push(word[0]);
    }
  }
  const over = [];
  for (let i = 0; i < seen.length; i++) {
    for (let j = i + 1; j < seen.length; j++) {
      const a = seen[i].r, b = seen[j].r;
      if (seen[i].node === seen[j].node) continue;
      if (a.left + slack < b.right && b.left + slack < a.right && a.top + slack < b.bottom && b.top + slack < a.bottom)
        over.push([seen[i].text, seen[j].text]);
    }
  }
  return { over, cut, broken, width: document.documentElement.scrollWidth };
})()
"""


def opened(tab: Tab, page: Path, size: tuple[int, int]) -> None:
    """Open a file in a window of that size; nothing but the file may be asked for."""
    tab.open("about:blank")
    tab.size(*size)
    tab.words.clear()
    tab.open(page.as_uri())
    tab.eval(LOADED)
    assert tab.words == [f"asked for {page.as_uri()}"]


def layout(tab: Tab) -> dict[str, Any]:
    """`over`: pairs of texts that cover each other; `cut`: texts that end at an edge; `broken`: words on two lines.

    Texts in a box that scrolls sideways are looked at for broken words only; those wholly outside on the left wait for
    the focus and are left out. `width` is that of the page in pixels.
    """
    found: dict[str, Any] = tab.eval(FOUND.replace("SLACK", str(SLACK)))
    return found


def stands_well(tab: Tab, width: int) -> None:
    """The page is no wider than its window, and no text is covered, cut or broken inside a word."""
    found = layout(tab)
    assert found["over"] == [] and found["cut"] == [] and found["broken"] == []
    assert found["width"] <= width
