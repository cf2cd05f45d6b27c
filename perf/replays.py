"""Reference replays: fresh episode + calls + verdicts, per second and core; against the same calls over in-memory MCP.

python perf/replays.py --tasks 200
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Callable, Sequence

from mcp import Client
from rich.console import Console
from rich.table import Table

from enterpriselab.apps import world_spec
from enterpriselab.company import build_firm, picks
from enterpriselab.core.tasks import Task
from enterpriselab.sandbox.mcp.handler import episode_server
from enterpriselab.sandbox.reference import run_reference
from enterpriselab.sandbox.world import World
from enterpriselab.scoring.judge import judge, succeeded
from enterpriselab.synthesis.config import SynthesisConfig
from enterpriselab.synthesis.pipeline import SynthesisResult, synthesize


def in_process(world: World, task: Task) -> None:
    """One replay as the gates do it."""
    episode = world.episode(task.principal, seed=task.seed)
    run_reference(episode, task.reference)
    if not succeeded(judge(world, task, episode, task.answer)):
        raise SystemExit(f"task {task.id} does not hold: the numbers would mean nothing")


def over_mcp(world: World, task: Task) -> None:
    """The same calls, bound beforehand, through a client and a server in memory."""
    bound = world.episode(task.principal, seed=task.seed)
    calls = [(record.tool, record.arguments) for record in run_reference(bound, task.reference)]

    async def play() -> None:
        episode = world.episode(task.principal, seed=task.seed)
        async with Client(episode_server(episode, world.registry)) as client:
            for name, arguments in calls:
                await client.call_tool(name, arguments)
        judge(world, task, episode, task.answer)

    asyncio.run(play())


def per_second(replay: Callable[[World, Task], None], world: World, tasks: Sequence[Task], rounds: int) -> float:
    """Median over rounds of replays per second of one core."""
    rates = []
    for _ in range(rounds):
        started = time.process_time()
        for task in tasks:
            replay(world, task)
        rates.append(len(tasks) / (time.process_time() - started))
    return statistics.median(rates)


def arena_tasks(world: World, count: int) -> SynthesisResult:
    """Tasks of three interesting people of the arena."""
    people = picks(build_firm(world.spec.seed))
    principals = list(dict.fromkeys(people[role].id for role in ("HR Manager", "Support Agent", "IT Agent")))
    return synthesize(world, SynthesisConfig(tasks=count), principals)


def main() -> None:
    """Make tasks, replay them both ways, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=150)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    world = World(world_spec("arena"))
    started = time.process_time()
    made = arena_tasks(world, chosen.tasks)
    spent = time.process_time() - started
    making = spent * (1 - made.seconds["prepare"] / made.seconds["total"])
    tasks = made.tasks
    calls = statistics.fmean(len(task.reference) for task in tasks)
    direct = per_second(in_process, world, tasks, chosen.rounds)
    wired = per_second(over_mcp, world, tasks, 1)
    table = Table(title=f"{len(tasks)} tasks of the arena ({len(world.tools)} tools), {calls:.1f} calls each; CPU time")
    for column in ("what", "per second and core", "ratio"):
        table.add_column(column, justify="left" if column == "what" else "right")
    table.add_row("replay in process (reset + calls + verify)", f"{direct:,.0f}", "1")
    table.add_row("replay over in-memory MCP", f"{wired:,.0f}", f"1/{direct / wired:.1f}")
    table.add_row("verified tasks, all gates", f"{len(tasks) / making:,.1f}", f"1/{direct / (len(tasks) / making):.0f}")
    table.add_row("verified tasks, graph and proofs included", f"{len(tasks) / spent:,.1f}", "")
    Console().print(table)


if __name__ == "__main__":
    main()
