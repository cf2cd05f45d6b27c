"""How fast synthesis makes verified tasks on the arena, and what they are like. Prints the quality card.

python perf/synthesis.py --tasks 1000 --show 10
"""

import argparse
import random
import time
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from enterpriselab.apps import world_spec
from enterpriselab.company import build_firm, picks
from enterpriselab.core.tasks import Task
from enterpriselab.sandbox.world import World
from enterpriselab.synthesis.card import card_rows, quality_card
from enterpriselab.synthesis.config import SynthesisConfig
from enterpriselab.synthesis.pipeline import synthesize

ROLES = ("HR Manager", "Support Agent", "IT Admin", "Employee", "Manager", "Finance", "Recruiter", "Payroll", "Sales")


def main() -> None:
    """Synthesize once and print the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=500)
    parser.add_argument("--apps", default="", help="comma-separated keys; all apps when empty")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--show", type=int, default=0, help="print so many tasks")
    given = parser.parse_args()
    world = World(world_spec("arena", only=tuple(filter(None, given.apps.split(",")))))
    people = picks(build_firm(world.spec.seed))
    principals = list(dict.fromkeys(people[role].id for role in ROLES))
    busy = time.process_time()
    result = synthesize(world, SynthesisConfig(tasks=given.tasks), principals, seed=given.seed)
    busy = time.process_time() - busy
    card = quality_card(world, result)
    table = Table("measure", "value", title=f"{len(result.tasks)} tasks of {world.name}")
    for row in [*card_rows(card), ("CPU seconds", f"{busy:.1f}"), ("verified tasks per CPU second", _rate(card, busy))]:
        table.add_row(*row)
    console = Console()
    console.print(table)
    console.print(card["mix"], card["coverage"]["missing_tools"])
    show(console, random.Random(given.seed).sample(result.tasks, min(given.show, len(result.tasks))))


def _rate(card: dict[str, dict[str, int]], busy: float) -> str:
    return f"{card['speed']['verified_tasks'] / busy:.1f}"


def show(console: Console, tasks: Sequence[Task]) -> None:
    """Prompt, calls and answer of each task."""
    for task in tasks:
        console.print(f"\n{task.template} [{task.principal}]", style="bold", markup=False)
        console.print(task.prompt, markup=False)
        for step in task.reference:
            console.print(f"  {step.thought}  {step.tool}({step.arguments})", markup=False)
        console.print(f"  {task.answer}", markup=False)


if __name__ == "__main__":
    main()
