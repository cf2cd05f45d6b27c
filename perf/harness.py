"""What the evaluation harness costs: a model without latency through all of it, against a bare in-process loop.

The bare loop is what a small benchmark script does: a fresh episode, the calls of the solution with their results put
into messages, the verdicts at the end; nothing is normalized, hashed, rewarded or stored. Then the reference agent on
two processes: tasks per minute, and where the time goes.

python perf/harness.py --tasks 150 --rounds 5
"""

import argparse
import asyncio
import json
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from enterpriselab.agents.dialects import FunctionCalling
from enterpriselab.agents.loop import Agent
from enterpriselab.agents.models.base import ModelTurn
from enterpriselab.apps import world_spec
from enterpriselab.core.runs import RunFolder
from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import Trace
from enterpriselab.rollouts.demonstrations import reference_agent, reference_turns
from enterpriselab.rollouts.runner import Job, Sink, jobs_for, run_jobs
from enterpriselab.sandbox.world import World
from enterpriselab.scoring.judge import judge, succeeded
from replays import arena_tasks

PROCESSES = 2
WANTED = 1000
"""Tasks per minute on two cores that the harness is to reach."""


class Spent(NamedTuple):
    """Seconds of one pass over all tasks."""

    cpu: float
    wall: float


def bare(world: World, task: Task, turns: Sequence[ModelTurn]) -> None:
    """One task as a small script plays it."""
    episode = world.episode(task.principal, seed=task.seed)
    messages = [{"role": "user", "content": task.prompt}]
    for turn in turns:
        for call in turn.calls:
            record = episode.call(call.name, call.arguments)
            messages.append({"role": "assistant", "content": json.dumps({call.name: call.arguments})})
            messages.append({"role": "tool", "content": json.dumps(record.payload, default=str)})
    if not succeeded(judge(world, task, episode, turns[-1].text)):
        raise SystemExit(f"task {task.id} does not hold: the numbers would mean nothing")


def harness(world: World, jobs: Sequence[Job], agent: Agent, sink: Sink | None = None) -> None:
    """All attempts through the runner."""
    traces = asyncio.run(run_jobs(world, jobs, agent, sink=sink))
    if not all(trace.score and trace.score.success for trace in traces):
        raise SystemExit("a reference failed: the numbers would mean nothing")


def stored_in(folder: RunFolder) -> Sink:
    """Appends each trace to the records of a run, as `enterpriselab eval` does."""

    def sink(job: Job, trace: Trace) -> None:
        folder.append("traces.jsonl", {"key": job.key, **trace.model_dump(mode="json", exclude={"tokens"})})

    return sink


def spent(work: Callable[[], object]) -> Spent:
    """CPU and wall seconds of the work."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return Spent(time.process_time() - cpu, time.perf_counter() - wall)


def passes(world: World, tasks: Sequence[Task], rounds: int) -> dict[str, Spent]:
    """Median of each way to play all tasks, the ways taken in turn."""
    scripts = {task.id: reference_turns(world, task) for task in tasks}
    agent, jobs = reference_agent([(world, task) for task in tasks], FunctionCalling()), jobs_for(tasks, 1)
    found: dict[str, list[Spent]] = {"bare": [], "played": [], "stored": []}
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(rounds):
            folder = RunFolder(Path(scratch) / str(number))
            found["bare"].append(spent(lambda: [bare(world, task, scripts[task.id]) for task in tasks]))
            found["played"].append(spent(lambda: harness(world, jobs, agent)))
            found["stored"].append(spent(lambda folder=folder: harness(world, jobs, agent, stored_in(folder))))
    return {way: Spent(*map(statistics.median, zip(*rows, strict=True))) for way, rows in found.items()}


def play_share(tasks: Sequence[Task], attempts: int, folder: Path, start: Barrier) -> None:
    """One of the processes: opens the world, waits for the others, prepares the reference agent, plays, stores."""
    world = World(world_spec("arena"))
    start.wait()
    agent = reference_agent([(world, task) for task in tasks], FunctionCalling())
    harness(world, jobs_for(tasks, attempts), agent, stored_in(RunFolder(folder)))


def side_by_side(tasks: Sequence[Task], attempts: int) -> float:
    """Wall seconds of so many processes that share the tasks, from the moment when all have opened the world."""
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(PROCESSES + 1)
    with tempfile.TemporaryDirectory() as scratch:
        workers = [
            context.Process(target=play_share, args=(tasks[n::PROCESSES], attempts, Path(scratch) / str(n), start))
            for n in range(PROCESSES)
        ]
        for worker in workers:
            worker.start()
        start.wait()
        started = time.perf_counter()
        for worker in workers:
            worker.join()
        if any(worker.exitcode for worker in workers):
            raise SystemExit("a process failed")
        return time.perf_counter() - started


def main() -> None:
    """Measure and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=150)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    world = World(world_spec("arena"))
    tasks = arena_tasks(world, chosen.tasks).tasks
    found = passes(world, tasks, chosen.rounds)
    console = Console(width=100)
    console.print(overhead(found, len(tasks)))
    attempts = -(-WANTED // len(tasks))
    seconds = side_by_side(tasks, attempts)
    console.print(throughput(found, len(tasks), attempts * len(tasks), seconds))


def overhead(found: dict[str, Spent], tasks: int) -> Table:
    """What each layer adds to the bare loop."""
    table = Table(title=f"{tasks} tasks of the arena, a model without latency, one process")
    for column in ("what", "CPU ms per task", "ms per task", "CPU against the bare loop"):
        table.add_column(column, justify="left" if column == "what" else "right")
    rows = {
        "bare loop: calls and verdicts": "bare",
        "harness, nothing stored": "played",
        "harness, every trace on disk": "stored",
    }
    for text, way in rows.items():
        cpu, wall = (1000 * value / tasks for value in found[way])
        table.add_row(text, f"{cpu:.2f}", f"{wall:.2f}", f"{found[way].cpu / found['bare'].cpu:.2f}")
    extra = 1000 * (found["stored"].cpu - found["bare"].cpu) / tasks
    table.add_section()
    table.add_row("overhead", f"{extra:.2f}", f"{1000 * (found['stored'].wall - found['bare'].wall) / tasks:.2f}", "")
    return table


def throughput(found: dict[str, Spent], tasks: int, played: int, seconds: float) -> Table:
    """Tasks per minute, and the parts of the time of one process."""
    rate = 60 * played / seconds
    table = Table(title=f"Reference agent, {played:,} tasks on {PROCESSES} processes, all traces stored")
    table.add_column("what")
    table.add_column("value", justify="right")
    table.add_row("tasks per minute", f"{rate:,.0f}")
    table.add_row(f"against the {WANTED:,} wanted", f"{rate / WANTED:.1f} x")
    whole = found["stored"].wall
    parts = {
        "calls and verdicts": found["bare"].cpu,
        "prompts, observations, trace, rewards": found["played"].cpu - found["bare"].cpu,
        "writing the trace as JSON": found["stored"].cpu - found["played"].cpu,
        "waiting for the disk and for other processes": whole - found["stored"].cpu,
    }
    table.add_section()
    for text, part in parts.items():
        table.add_row(f"of the time: {text}", f"{part / whole:.0%}")
    table.add_row("tasks per minute and process if the disk cost nothing", f"{60 * tasks / found['stored'].cpu:,.0f}")
    return table


if __name__ == "__main__":
    main()
