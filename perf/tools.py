"""What one call of each tool costs: per app the slowest reads and writes, beside the median tool of the arena.

Run: python perf/tools.py [--app hr] [--worst 6] [--rounds 15]
The calls are the successful ones of the catalogue's tests, each in process on a fork of the state where it succeeded,
best of the rounds, median and worst over the calls of a tool. One process, one thread. Nothing is asserted.
"""

import argparse
import platform
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "apps"))
from catalogue_driver import Success, arena, log

CALLS = 6
"""Different calls timed of each tool."""


@dataclass(frozen=True)
class Cost:
    """Microseconds of a tool's calls."""

    app: str
    tool: str
    writes: bool
    median: float
    worst: float


def main() -> None:
    """Measure all tools, print one table for each app."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--app", default=None, help="only this app")
    parser.add_argument("--worst", type=int, default=6, help="tools shown of each kind")
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    costs = measure(options.rounds)
    typical = statistics.median(cost.median for cost in costs)
    console = Console()
    for app in sorted({cost.app for cost in costs} & ({options.app} if options.app else {c.app for c in costs})):
        console.print(table(app, [cost for cost in costs if cost.app == app], typical, options.worst))
    python = platform.python_version()
    console.print(f"{len(costs)} tools; the median tool takes {typical:.0f} us; Python {python}, {platform.machine()}")


def measure(rounds: int) -> list[Cost]:
    """Every tool that was called successfully."""
    found = []
    for name, bound in arena().tools.items():
        times = [best(success, rounds) for success in log().successes[name][:CALLS]]
        if times:
            found.append(Cost(bound.app.key, name, bound.spec.writes, statistics.median(times), max(times)))
    return found


def best(success: Success, rounds: int) -> float:
    """Microseconds of the fastest of the rounds, fork not counted."""
    taken = []
    for _ in range(rounds):
        episode = success.before.fork()
        started = time.perf_counter()
        episode.call(success.record.tool, success.record.arguments)
        taken.append(time.perf_counter() - started)
    return min(taken) * 1e6


def table(app: str, costs: list[Cost], typical: float, worst: int) -> Table:
    """The slowest reads and writes of an app."""
    shown = Table(title=app, title_justify="left")
    for column in ("", "tool", "median us", "worst us", "ratio"):
        shown.add_column(column, justify="left" if column in ("", "tool") else "right")
    for kind in (False, True):
        chosen = sorted((c for c in costs if c.writes is kind), key=lambda cost: -cost.median)[:worst]
        for cost in chosen:
            ratio = f"{cost.median / typical:.1f}"
            shown.add_row("writes" if kind else "reads", cost.tool, f"{cost.median:.0f}", f"{cost.worst:.0f}", ratio)
    return shown


if __name__ == "__main__":
    main()
