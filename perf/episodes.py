"""What an isolated episode costs: fork, first read, nine calls, memory; against replaying the world's SQL text.

Run: python perf/episodes.py [--rounds 2000] [--replays 3] [--live 500]
Medians of one process and one thread; microseconds unless the row says otherwise. Not a test: nothing is asserted.
"""

import argparse
import platform
import random
import sqlite3
import statistics
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass

import apsw
from rich.console import Console
from rich.table import Table

from enterpriselab.sandbox.pages import Image, Pages
from enterpriselab.sandbox.pool import ConnectionPool

WORLDS = ((60, 430), (300, 545))
"""(tables, rows in each): images of about 4 and 25 MB."""
READ = "SELECT body FROM item_{} WHERE name = ?"
UPDATE = "UPDATE item_{} SET amount = amount + 1 WHERE id = ?"
INSERT = "INSERT INTO item_{}(name, owner, body, amount) VALUES (?, 1, 'written in an episode', 0)"


@dataclass(frozen=True)
class World:
    """A generated world and its SQL text."""

    image: Image
    tables: int
    rows: int
    dump: str


def build(tables: int, rows: int) -> World:
    """A world of equal tables with a primary key, two indexes and a foreign key each."""
    dice = random.Random(tables)
    connection = apsw.Connection(":memory:")
    for number in range(tables):
        connection.execute(
            f"CREATE TABLE item_{number} (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, owner INTEGER NOT NULL "
            f"REFERENCES item_{max(0, number - 1)}(id), body TEXT NOT NULL, amount INTEGER NOT NULL) STRICT;"
            f"CREATE INDEX item_{number}_owner ON item_{number}(owner)"
        )
        with connection:
            connection.executemany(
                f"INSERT INTO item_{number} VALUES (?, ?, ?, ?, ?)",
                ((i, f"item {i}", dice.randint(1, i), f"{dice.random():.15f} " * 4, i) for i in range(1, rows + 1)),
            )
    image = Image.from_connection(connection)
    plain = sqlite3.connect(":memory:")
    plain.deserialize(bytes(image.view))
    dump = "\n".join(plain.iterdump())
    plain.close()
    return World(image, tables, rows, dump)


def median_us(rounds: int, timed: Callable[[], object], before: Callable[[], object] | None = None) -> float:
    """Median duration of `timed` in microseconds; `before` runs ahead of each round, outside of the clock."""
    durations = []
    for _ in range(rounds):
        if before is not None:
            before()
        start = time.perf_counter_ns()
        timed()
        durations.append(time.perf_counter_ns() - start)
    return statistics.median(durations) / 1000


class Bench:
    """The measured actions on one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.root = Pages(world.image)
        self.pool = ConnectionPool(world.image)
        self.dice = random.Random(1)

    def name(self) -> str:
        """The key of a random row."""
        return f"item {self.dice.randint(1, self.world.rows)}"

    def table(self) -> int:
        """A random table of sixteen, as many as a task touches; their statements are prepared once."""
        return self.dice.randrange(16)

    def first_read(self) -> None:
        """A fresh episode and one indexed read."""
        with self.pool.bind(self.root.fork()) as connection:
            connection.execute(READ.format(self.table()), (self.name(),)).fetchall()

    def somebody_writes(self) -> None:
        """Another episode leaves its pages in the connection's cache."""
        with self.pool.bind(self.root.fork()) as connection:
            connection.execute(UPDATE.format(self.table()), (1,))

    def nine_calls(self, *, ledger: bool) -> Pages:
        """A fresh episode with five reads and four savepoints of an update and an insert each."""
        pages = self.root.fork()
        for _ in range(5):
            with self.pool.bind(pages) as connection:
                connection.execute(READ.format(self.table()), (self.name(),)).fetchall()
        for number in range(4):
            with self.pool.bind(pages) as connection:
                self.write(connection, number, ledger)
        return pages

    def write(self, connection: apsw.Connection, number: int, ledger: bool) -> None:
        """One writing call; `ledger`: with a session that records its rows."""
        session = apsw.Session(connection, "main") if ledger else None
        if session is not None:
            session.attach()
        connection.execute("SAVEPOINT call")
        connection.execute(UPDATE.format(self.table()), (self.dice.randint(1, self.world.rows),))
        connection.execute(INSERT.format(self.table()), (f"new {number}",))
        if session is not None:
            session.changeset()
        connection.execute("RELEASE call")
        if session is not None:
            session.close()

    def replay(self) -> None:
        """What a fresh world costs without the page store: its SQL text into an empty database, and one read."""
        connection = apsw.Connection(":memory:")
        connection.execute(self.world.dump).fetchall()
        connection.execute(READ.format(3), ("item 7",)).fetchall()
        connection.close()

    def deserialized(self) -> None:
        """A private copy of the image in a new connection, and one read."""
        connection = apsw.Connection(":memory:")
        connection.deserialize("main", self.world.image.view)
        connection.execute(READ.format(3), ("item 7",)).fetchall()
        connection.close()

    def live_kib(self, count: int) -> tuple[float, float]:
        """KiB per live episode after nine calls: (traced by Python, as the overlay says)."""
        self.nine_calls(ledger=False)
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        live = [self.nine_calls(ledger=False) for _ in range(count)]
        traced = (tracemalloc.get_traced_memory()[0] - before) / count / 1024
        tracemalloc.stop()
        return traced, statistics.mean(pages.nbytes for pages in live) / 1024


def measure(world: World, *, rounds: int, replays: int, live: int) -> dict[str, float]:
    """All figures of one world, by name."""
    bench = Bench(world)
    for _ in range(100):
        bench.nine_calls(ledger=True)
    traced, stated = bench.live_kib(live)
    found = {
        "tables": float(world.tables),
        "image, MB": world.image.size / 1e6,
        "fork + bind + first read, rewound": median_us(rounds, bench.first_read, bench.somebody_writes),
        "fork + bind + first read, same content": median_us(rounds, bench.first_read),
        "nine calls, fresh episode": median_us(rounds, lambda: bench.nine_calls(ledger=False)),
        "nine calls with a row ledger": median_us(rounds, lambda: bench.nine_calls(ledger=True)),
        "fork with nine calls in it": median_us(rounds, bench.nine_calls(ledger=False).fork),
        "copy of the image + first read": median_us(max(replays, 20), bench.deserialized),
        "SQL text replayed + first read": median_us(replays, bench.replay),
        "KiB of a live episode (traced)": traced,
        "KiB of a live episode (overlay)": stated,
        "connections opened": float(bench.pool.opened),
    }
    rewound = found["fork + bind + first read, rewound"]
    found["replay / fresh episode, times"] = found["SQL text replayed + first read"] / rewound
    found["copy / fresh episode, times"] = found["copy of the image + first read"] / rewound
    bench.pool.close()
    return found


def main() -> None:
    """Measure both worlds and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2000, help="rounds of each microsecond figure")
    parser.add_argument("--replays", type=int, default=3, help="replays of the SQL text")
    parser.add_argument("--live", type=int, default=500, help="episodes alive at once for the memory figure")
    chosen = parser.parse_args()
    results = [
        measure(build(*shape), rounds=chosen.rounds, replays=chosen.replays, live=chosen.live) for shape in WORLDS
    ]
    versions = f"Python {platform.python_version()}, apsw {apsw.apsw_version()}"
    shown = Table(title=f"Episodes: medians, us unless said otherwise ({versions})")
    shown.add_column("figure")
    for column in ("small world", "large world", "large / small"):
        shown.add_column(column, justify="right")
    for name, small in results[0].items():
        large = results[1][name]
        shown.add_row(name, f"{small:,.1f}", f"{large:,.1f}", f"{large / small:.2f}")
    Console().print(shown)


if __name__ == "__main__":
    main()
