"""A headless Chromium that tests drive as a person would: real keys, real clicks, screenshots.

It is spoken to over the pipe of the DevTools protocol, which needs no port and no library.
"""

import base64
import fcntl
import itertools
import json
import os
import select
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine to open the page with")
LIMIT_S = 30.0
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-dev-shm-usage --no-first-run "
    "--disable-component-update --disable-sync --mute-audio --remote-debugging-pipe about:blank"
)
KEYS = {"Enter": (13, "\r"), "Escape": (27, ""), "ArrowDown": (40, ""), "End": (35, "")}
UNTIL = """
new Promise((resolve) => {
  const holds = () => { try { return %s; } catch { return false; } };
  if (holds()) return resolve(true);
  const watch = new MutationObserver(() => { if (holds()) { watch.disconnect(); resolve(true); } });
  watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
})
"""


class Tab:
    """One page. `words` is what it said on its console, and every request that it made beyond this machine."""

    def __init__(self, out: int, into: int) -> None:
        self._out, self._in = out, into
        self._rest = b""
        self._numbers = itertools.count(1)
        self._session: str | None = None
        self.words: list[str] = []

    def attach(self) -> None:
        """Take the first page of the browser."""
        (page,) = (one for one in self("Target.getTargets")["targetInfos"] if one["type"] == "page")
        session = self("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        self._session = session
        for domain in ("Page", "Runtime", "Log", "Network"):
            self(f"{domain}.enable")

    def __call__(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Run a command of the protocol."""
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while (answer := self._read()).get("id") != number:
            self._heard(answer)
        if "error" in answer:
            raise AssertionError(f"{method}: {answer['error']}")
        result: dict[str, Any] = answer["result"]
        return result

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            if not select.select([self._in], [], [], LIMIT_S)[0]:
                raise AssertionError(f"the browser said nothing for {LIMIT_S:.0f} s")
            part = os.read(self._in, 1 << 20)
            if not part:
                raise AssertionError("the browser is gone")
            self._rest += part
        line, self._rest = self._rest.split(b"\0", 1)
        message: dict[str, Any] = json.loads(line)
        return message

    def _heard(self, event: dict[str, Any]) -> None:
        about = event.get("params", {})
        if event.get("method") == "Runtime.consoleAPICalled":
            self.words.append(" ".join(str(part.get("value", part.get("description"))) for part in about["args"]))
        elif event.get("method") == "Runtime.exceptionThrown":
            details = about["exceptionDetails"]
            self.words.append(details.get("exception", {}).get("description") or details["text"])
        elif event.get("method") == "Log.entryAdded":
            self.words.append(f"{about['entry']['text']} {about['entry'].get('url', '')}")
        elif event.get("method") == "Network.requestWillBeSent":
            url = about["request"]["url"]
            if not url.startswith(("http://127.0.0.1:", "data:", "about:")):
                self.words.append(f"asked for {url}")

    def open(self, url: str) -> None:
        """Go to an address; a change after '#' alone loads nothing."""
        self("Page.navigate", url=url)

    def eval(self, script: str) -> Any:
        """The value of an expression, promises awaited."""
        answer = self("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, condition: str) -> None:
        """Wait until an expression holds, looking again whenever the page changes."""
        self.eval(UNTIL % condition)

    def text(self, selector: str) -> str:
        """What a reader sees of the first such element."""
        return str(self.eval(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''"))

    def texts(self, selector: str) -> list[str]:
        """What a reader sees of all such elements."""
        found: list[str] = self.eval(f"[...document.querySelectorAll({json.dumps(selector)})].map((e) => e.innerText)")
        return found

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            code, text = KEYS.get(key, (0, key))
            about = {"key": key, "windowsVirtualKeyCode": code}
            self("Input.dispatchKeyEvent", type="keyDown", text=text, **about) if text else self(
                "Input.dispatchKeyEvent", type="rawKeyDown", **about
            )
            self("Input.dispatchKeyEvent", type="keyUp", **about)

    def type(self, text: str) -> None:
        """Put a text in where the focus is."""
        self("Input.insertText", text=text)

    def click(self, selector: str) -> None:
        """Click in the middle of the first such element."""
        box = self.eval(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); "
            "e.scrollIntoView({block: 'center'}); "
            "const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        where = {"x": box[0], "y": box[1], "button": "left", "clickCount": 1}
        self("Input.dispatchMouseEvent", type="mousePressed", **where)
        self("Input.dispatchMouseEvent", type="mouseReleased", **where)

    def size(self, width: int, height: int) -> None:
        """How large the window is."""
        self("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)

    def dark(self, wanted: bool = True) -> None:
        """What the reader prefers."""
        feature = {"name": "prefers-color-scheme", "value": "dark" if wanted else "light"}
        self("Emulation.setEmulatedMedia", features=[feature])

    def shot(self, path: Path) -> None:
        """A picture of the window."""
        path.write_bytes(base64.b64decode(self("Page.captureScreenshot", format="png")["data"]))


@contextmanager
def browser(profile: Path) -> Iterator[Tab]:
    """A browser with one empty page, for the length of a with-block."""
    (its_in, out), (into, its_out) = os.pipe(), os.pipe()
    high = [fcntl.fcntl(end, fcntl.F_DUPFD, 20) for end in (its_in, its_out)]  # apart from 3 and 4, which are its own

    def connect() -> None:
        os.dup2(high[0], 3)
        os.dup2(high[1], 4)

    command = [str(CHROMIUM), f"--user-data-dir={profile}", *FLAGS.split()]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        command, preexec_fn=connect, pass_fds=(3, 4), stdin=quiet, stdout=quiet, stderr=quiet, close_fds=True
    )
    for end in (its_in, its_out, *high):
        os.close(end)
    try:
        tab = Tab(out, into)
        tab.attach()
        yield tab
    finally:
        os.close(out)
        os.close(into)
        process.terminate()
        process.wait(LIMIT_S)
