"""The trace viewer on a run of thousands of attempts: how long until the list is there, against reading its files.

Run: python perf/viewer.py [--attempts 5000] [--long 1]
The attempts are those of the baselines at 20 tasks of opsgym/itsm, written again under other numbers; `--long 4` makes
each of them four times as long. Medians of five; the last two rows hold the start of the process, the very last one
needs Chromium. Not a test: nothing is asserted.
"""

import argparse
import json
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from enterpriselab.report.viewer.index import read_index

ROOT = Path(__file__).parents[1]
TASKS, ROUNDS = 20, 5
LAB = (sys.executable, "-m", "enterpriselab")


def write_run(run: Path, attempts: int, times: int) -> None:
    """A run folder with that many attempts."""
    words = ("eval", "opsgym/itsm", "--limit", str(TASKS), "--model", "baseline:random_calls", "--out", str(run))
    subprocess.run([*LAB, *words], check=True, capture_output=True)
    files = sorted(run.glob("eval/*/traces.jsonl"))
    for number, file in enumerate(files):
        records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        wanted = len(range(number, attempts, len(files)))
        with file.open("w", encoding="utf-8") as stream:
            for line in islice(_copies(records, times), wanted):
                stream.write(line)


def _copies(records: list[dict[str, object]], times: int) -> Iterator[str]:
    attempt = 0
    while True:
        for record in records:
            longer = {name: record[name] * times for name in ("messages", "calls")}  # type: ignore[operator]
            copied = {**record, **longer, "key": f"{record['task_id']}/{attempt}"}
            yield json.dumps(copied, ensure_ascii=False, separators=(",", ":")) + "\n"
        attempt += 1


@contextmanager
def viewer(run: Path) -> Iterator[str]:
    """The command, started; gives its address."""
    process = subprocess.Popen([*LAB, "view", str(run), "--no-open"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().decode().split()[-1]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def until_answered(run: Path) -> float:
    """Seconds from the command to the list as JSON."""
    started = time.perf_counter()
    with viewer(run) as address:
        asked = urllib.request.Request(f"{address}api/run", b"{}", {"Content-Type": "application/json"})
        urllib.request.urlopen(asked).read()
        return time.perf_counter() - started


def until_drawn(run: Path, profile: Path) -> float | None:
    """Seconds from the command to the list in a browser that is already there; None without one."""
    sys.path.insert(0, str(ROOT))
    from tests.report.chromium import CHROMIUM, browser  # the driver stands with the tests

    if CHROMIUM is None:
        return None
    with browser(profile) as tab:
        started = time.perf_counter()
        with viewer(run) as address:
            tab.open(address)
            tab.until("document.body.dataset.ready && document.querySelector('.row')")
            return time.perf_counter() - started


def median(measured: Callable[[], float | None]) -> float | None:
    """Of several measurements; None when there is nothing to measure."""
    taken = [measured() for _ in range(ROUNDS)]
    known = [seconds for seconds in taken if seconds is not None]
    return statistics.median(known) if known else None


def timed(work: Callable[[], object]) -> float:
    """Seconds of one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    """Make the run, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--attempts", type=int, default=5000)
    parser.add_argument("--long", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        run = Path(home) / "run"
        write_run(run, chosen.attempts, chosen.long)
        files = sorted(run.glob("eval/*/traces.jsonl"))
        size = sum(file.stat().st_size for file in files)
        read = median(lambda: timed(lambda: [file.read_bytes() for file in files])) or 1.0
        rows = [
            ("reading the files", read),
            ("the index", median(lambda: timed(lambda: read_index(run)))),
            ("command until the list is answered", median(lambda: until_answered(run))),
            (
                "command until it is drawn in Chromium",
                median(lambda: until_drawn(run, Path(tempfile.mkdtemp(dir=home)))),
            ),
        ]
    table = Table(title=f"{chosen.attempts:,} attempts, {size / 1e6:,.0f} MB")
    for column in ("what", "seconds", "ratio to reading"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for name, seconds in rows:
        known = ("-", "-") if seconds is None else (f"{seconds:.2f}", f"{seconds / read:,.0f}")
        table.add_row(name, *known)
    Console().print(table)


if __name__ == "__main__":
    main()
