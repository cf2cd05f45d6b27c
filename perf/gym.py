"""What a fresh database for each attempt costs against its SQL text; calls over the wire; memory of idle databases.

Run: python perf/gym.py [--image NAME] [--rounds 2000] [--attempts 200] [--seconds 3]
The ITSM server with one of its images, and that image as SQL text. The server of the wire figures has its own process;
all clients are one asyncio program that opens a connection for each request, as the public client does, unless the row
says otherwise. Medians; nothing is asserted.
"""

import argparse
import asyncio
import json
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from enterpriselab.apps import load_app, standalone_spec
from enterpriselab.sandbox.gym.databases import DatabaseLimits, Databases
from enterpriselab.sandbox.gym.journal import Journal
from enterpriselab.sandbox.gym.serving import GymOptions, running_gyms
from enterpriselab.sandbox.gym.worlds import SpecOf, Worlds
from enterpriselab.toolkit import App, WorldSpec

READ = ("get_location_by_id", {"location_id": "LOC_001"})
WRITE = ("update_location", {"location_id": "LOC_001"})
CALLS = 8
"""Of an attempt; every other one writes."""


def _spec(app: App, image: str, level: str) -> WorldSpec:
    return standalone_spec(app, image=image, level=level)


def itsm() -> tuple[App, SpecOf]:
    """The app and what makes its worlds."""
    app = load_app("itsm")
    return app, partial(_spec, app)


def sql_text(databases: Databases, image: str) -> str:
    """The rows of an image as a dump."""
    key, _ = databases.create(image=image)
    with databases.episode(key) as episode:
        plain = sqlite3.connect(":memory:")
        plain.deserialize(episode.database())
    text = "\n".join(plain.iterdump())
    plain.close()
    databases.delete(key)
    return text


def median_us(rounds: int, work: Callable[[], object]) -> float:
    """Median duration in microseconds."""
    durations = []
    for _ in range(rounds):
        start = time.perf_counter_ns()
        work()
        durations.append(time.perf_counter_ns() - start)
    return statistics.median(durations) / 1000


def executed(text: str) -> None:
    """What a fresh database costs a server that runs its text."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(text)
    connection.execute("SELECT count(*) FROM location").fetchone()
    connection.close()


def fresh(databases: Databases, image: str, text: str, rounds: int) -> dict[str, float]:
    """Microseconds of each way to a fresh database."""
    base, _ = databases.create(image=image)

    def first_read(key: str) -> None:
        with databases.episode(key) as episode:
            episode.sql("SELECT count(*) FROM location")

    def made(**how: str) -> None:
        databases.delete(databases.create(**how)[0])  # type: ignore[arg-type]

    def cloned() -> None:
        databases.delete(databases.clone(base))

    def made_and_read() -> None:
        key, _ = databases.create(image=image)
        first_read(key)
        databases.delete(key)

    with databases.episode(base) as episode:
        found = {
            "SQL text executed, first read": median_us(max(10, rounds // 50), partial(executed, text)),
            "fork in process": median_us(rounds, episode.fork),
        }
    databases.create("seen", sql=text)
    return found | {
        "make from an image, delete": median_us(rounds, partial(made, image=image)),
        "make from an image, first read, delete": median_us(rounds, made_and_read),
        "clone, delete": median_us(rounds, cloned),
        "make from a text that was seen, delete": median_us(rounds, partial(made, sql=text)),
    }


def in_process_per_s(databases: Databases, image: str, seconds: float) -> dict[str, float]:
    """Calls in a second on one database, in process."""
    key, _ = databases.create(image=image)
    found = {}
    for name, (tool, arguments) in {"reading": READ, "writing": WRITE}.items():
        count, end = 0, time.perf_counter() + seconds / 3
        while time.perf_counter() < end:
            databases.call(key, tool, {**arguments, **({"street": f"{count} Road"} if name == "writing" else {})})
            count += 1
        found[f"{name}, in process"] = count / (seconds / 3)
    return found


def idle_bytes(databases: Databases, image: str, count: int = 2000) -> dict[str, float]:
    """Bytes that one more database takes: awake and untouched, awake after an attempt, asleep."""
    found: dict[str, float] = {}
    for name, calls in (("awake, untouched", 0), ("awake, after an attempt", CALLS)):
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        keys = [databases.create(image=image)[0] for _ in range(count if not calls else count // 10)]
        for key in keys:
            for number in range(0, calls, 2):
                databases.call(key, *READ)
                databases.call(key, WRITE[0], {**WRITE[1], "street": f"{number} Road"})
        found[name] = (tracemalloc.get_traced_memory()[0] - before) / len(keys)
        if not calls:
            databases.limits = DatabaseLimits(awake=0, databases=10**6)
            databases.sweep()
            found["asleep"] = (tracemalloc.get_traced_memory()[0] - before) / len(keys)
            databases.limits = DatabaseLimits(awake=10**6, databases=10**6)
        tracemalloc.stop()
    return found


async def http(port: int, method: str, path: str, body: Any, *, key: str = "") -> Any:
    """One request on a connection of its own; the parsed answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        return await exchange(reader, writer, method, path, body, key)
    finally:
        writer.close()


async def exchange(reader: Any, writer: Any, method: str, path: str, body: Any, key: str) -> Any:
    """One request and its answer on an open connection."""
    data = json.dumps(body).encode()
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:1\r\nContent-Length: {len(data)}\r\nx-database-id: {key}\r\n\r\n"
    )
    writer.write(head.encode() + data)
    lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    length = next((int(line[15:]) for line in lines if line.lower().startswith("content-length:")), 0)
    answer = json.loads(await reader.readexactly(length)) if length else None
    if lines[0].split()[1] not in ("200", "202"):
        raise SystemExit(f"{method} {path}: {lines[0]}: {answer}")
    return answer


def rpc(method: str, params: dict[str, Any]) -> dict[str, Any]:
    """A JSON-RPC request."""
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


async def attempt(port: int, number: int, seed: dict[str, str]) -> float:
    """Everything that the public client does for one attempt; its seconds."""
    start, key = time.perf_counter(), f"db{number}"
    await http(port, "POST", "/mcp", rpc("initialize", {"protocolVersion": "2024-11-05"}))
    await http(port, "POST", "/mcp", rpc("tools/list", {}))
    await http(port, "POST", "/api/seed-database", {"database_id": key, **seed})
    for step in range(CALLS):
        tool, arguments = WRITE if step % 2 else READ
        more = {"street": f"{number}.{step} Road"} if step % 2 else {}
        params = {"name": tool, "arguments": {**arguments, **more}}
        answer = await http(port, "POST", "/mcp", rpc("tools/call", params), key=key)
        if answer["result"]["isError"]:
            raise SystemExit(str(answer))
    await http(port, "POST", "/api/sql-runner", {"database_id": key, "query": "SELECT street FROM location LIMIT 1"})
    await http(port, "DELETE", "/api/delete-database", {"database_id": key})
    return time.perf_counter() - start


async def calls_per_s(port: int, seconds: float, clients: int, *, keep: bool) -> float:
    """Reading calls in a second, each client on a database of its own."""
    done, end = 0, time.perf_counter() + seconds
    message = rpc("tools/call", {"name": READ[0], "arguments": READ[1]})

    async def work(number: int) -> None:
        nonlocal done
        key = f"c{number}"
        await http(port, "POST", "/api/seed-database", {"database_id": key})
        kept = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < end:
            if keep:
                await exchange(*kept, "POST", "/mcp", message, key)
            else:
                await http(port, "POST", "/mcp", message, key=key)
            done += 1
        kept[1].close()

    await asyncio.gather(*(work(number) for number in range(clients)))
    return done / seconds


async def together(port: int, count: int, seed: dict[str, str]) -> tuple[float, float]:
    """(attempts in a second, median seconds of one) with all of them at once."""
    start = time.perf_counter()
    durations = await asyncio.gather(*(attempt(port, number, seed) for number in range(count)))
    return count / (time.perf_counter() - start), statistics.median(durations)


@contextmanager
def server(image: str) -> Iterator[int]:
    """The port of the server in a process of its own."""
    command = [sys.executable, __file__, "--serve", "--image", image]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        if child.stdin is None or child.stdout is None:
            raise SystemExit("the server has no pipes")
        yield int(child.stdout.readline())
        child.stdin.close()


def serve(image: str) -> None:
    """Be the server until the input ends."""
    with running_gyms([itsm()], GymOptions(port_base=0, image=image)) as running:
        print(running.urls["gym-itsm-mcp"].rsplit(":", 1)[1], flush=True)
        sys.stdin.read()


def over_the_wire(options: argparse.Namespace, text: str) -> list[tuple[str, float, str]]:
    """Rows of the table."""
    timed: dict[str, Callable[[int], Awaitable[float]]] = {
        "calls/s, 1 client, fresh connections": lambda port: calls_per_s(port, options.seconds, 1, keep=False),
        "calls/s, 1 client, kept connection": lambda port: calls_per_s(port, options.seconds, 1, keep=True),
        "calls/s, 16 clients, kept connections": lambda port: calls_per_s(port, options.seconds, 16, keep=True),
    }
    rows = []
    with server(options.image) as port:
        for name, work in timed.items():
            rows.append((name, asyncio.run(work(port)), ""))  # type: ignore[arg-type]
        for how, seed in (("image", {"image": options.image}), ("SQL text", {"sql_content": text})):
            rate, middle = asyncio.run(together(port, options.attempts, seed))
            name = f"{options.attempts} attempts at once, from {how}: attempts/s"
            rows.append((name, rate, f"{middle:.2f} s each, {rate * (CALLS + 5):,.0f} requests/s"))
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--image", default=next(iter(load_app("itsm").standalone.images)))  # type: ignore[union-attr]
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--attempts", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.image)
        return
    rows: list[tuple[str, float, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        limits = DatabaseLimits(awake=10**6, databases=10**6)
        journal = Journal(Path(folder) / "journal")
        databases = Databases(Worlds(*itsm(), Path(folder)), journal, limits=limits)
        text = sql_text(databases, options.image)
        costs = fresh(databases, options.image, text, options.rounds)
        executing = costs["SQL text executed, first read"]
        rows += [(f"{name}: us", cost, f"1/{executing / cost:,.0f} of its text") for name, cost in costs.items()]
        rates = in_process_per_s(databases, options.image, options.seconds)
        rows += [(f"calls/s, {name}", rate, "") for name, rate in rates.items()]
        for name, size in idle_bytes(databases, options.image).items():
            rows.append((f"memory of one more database, {name}: bytes", size, ""))
        journal.close()
    rows += over_the_wire(options, text)
    where = f"{platform.machine()}, Python {platform.python_version()}"
    table = Table(title=f"ITSM image {options.image}, {len(text):,} characters of SQL; {where}")
    for column in ("figure", "value", ""):
        table.add_column(column, justify="right" if column == "value" else "left")
    for name, value, note in rows:
        table.add_row(name, f"{value:,.1f}", note)
    Console().print(table)


if __name__ == "__main__":
    main()
