"""What one tool call costs on each surface: in process, in-memory MCP, stdio, HTTP; on both wires.

Run: python perf/surfaces.py [--app mail] [--tool NAME] [--calls 50] [--rounds 10]
The same reading tool, the same world, one process for all clients, servers of stdio and HTTP in their own processes,
sessions kept open; rounds of the surfaces alternate, so that a busy machine hits all alike. Medians and their ratio to
the call in process. Nothing is asserted.
"""

import argparse
import asyncio
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any

from mcp import Client, StdioServerParameters
from rich.console import Console
from rich.table import Table

from enterpriselab.apps import world_spec
from enterpriselab.core.tools import ToolSpec
from enterpriselab.sandbox.mcp.handler import episode_server
from enterpriselab.sandbox.mcp.hosting import EpisodeHost
from enterpriselab.sandbox.mcp.serving import http_in_background, serve_stdio
from enterpriselab.sandbox.world import World

Call = Callable[[], Awaitable[Any]]


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--app", default="mail")
    parser.add_argument("--tool", default=None, help="a reading tool that needs no arguments")
    parser.add_argument("--calls", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--serve", choices=("stdio", "http"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    world = World(world_spec("arena", only=(options.app,)))
    if options.serve is not None:
        serve(world, options.serve)
        return
    tool = options.tool or first_reading_tool(world.registry)
    with http_in_process_of_its_own(options) as url:
        timed = asyncio.run(measure(world, tool, url, options))
    report(timed, tool, options)


def serve(world: World, surface: str) -> None:
    """Be the server: stdio until the input ends, or HTTP with the URL on the first line of the output."""
    if surface == "stdio":
        serve_stdio(world)
    else:
        with http_in_background(EpisodeHost(world)) as url:
            print(url, flush=True)
            sys.stdin.read()


@contextmanager
def http_in_process_of_its_own(options: argparse.Namespace) -> Iterator[str]:
    """The base URL of a server that does not share this process's interpreter lock."""
    command = [sys.executable, __file__, "--serve", "http", "--app", options.app]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        if child.stdin is None or child.stdout is None:
            raise SystemExit("the HTTP server has no pipes")
        yield child.stdout.readline().strip()
        child.stdin.close()


def first_reading_tool(registry: dict[str, ToolSpec]) -> str:
    """A tool that reads and needs no arguments."""
    return next(name for name, spec in registry.items() if not spec.writes and not spec.required)


async def measure(world: World, tool: str, url: str, options: argparse.Namespace) -> dict[str, list[float]]:
    """Surface -> seconds of each call."""
    script = StdioServerParameters(command=sys.executable, args=[__file__, "--serve", "stdio", "--app", options.app])
    targets: dict[str, tuple[Any, str]] = {
        "in-memory MCP, 2026-07-28": (episode_server(world.episode(), world.registry), "2026-07-28"),
        "in-memory MCP, 2025-11-25": (episode_server(world.episode(), world.registry), "legacy"),
        "stdio, 2026-07-28": (script, "2026-07-28"),
        "stdio, 2025-11-25": (script, "legacy"),
        "HTTP, 2026-07-28": (f"{url}/mcp", "2026-07-28"),
        "HTTP, 2025-11-25": (f"{url}/mcp", "legacy"),
    }
    episode = world.episode()

    async def in_process() -> Any:
        return episode.call(tool, {})

    calls: dict[str, Call] = {"in process": in_process}
    async with AsyncExitStack() as stack:
        for name, (target, mode) in targets.items():
            client = await stack.enter_async_context(Client(target, mode=mode))
            calls[name] = through(client, tool)
        return await alternate(calls, options)


def through(client: Client, tool: str) -> Call:
    """A call through a client."""

    async def call() -> Any:
        result = await client.call_tool(tool, {})
        if result.is_error:
            raise SystemExit(f"{tool} refuses: {result.content}")
        return result

    return call


async def alternate(calls: dict[str, Call], options: argparse.Namespace) -> dict[str, list[float]]:
    """Time every surface in turn; the first round warms up and does not count."""
    timed: dict[str, list[float]] = {name: [] for name in calls}
    for number in range(options.rounds + 1):
        for name, call in calls.items():
            for _ in range(options.calls):
                start = time.perf_counter()
                await call()
                if number:
                    timed[name].append(time.perf_counter() - start)
    return timed


def report(timed: dict[str, list[float]], tool: str, options: argparse.Namespace) -> None:
    """Print medians, tenth and ninetieth percentile, and ratios."""
    base = statistics.median(timed["in process"])
    where = f"{platform.machine()}, Python {platform.python_version()}"
    table = Table(title=f"{tool}: {options.rounds} x {options.calls} calls, {where}")
    for column in ("surface", "median, us", "p10", "p90", "ratio"):
        table.add_column(column, justify="left" if column == "surface" else "right")
    for name, seconds in timed.items():
        tenths = statistics.quantiles(seconds, n=10)
        middle = statistics.median(seconds)
        table.add_row(
            name, *(f"{value * 1e6:,.0f}" for value in (middle, tenths[0], tenths[-1])), f"{middle / base:,.1f}"
        )
    Console().print(table)


if __name__ == "__main__":
    main()
