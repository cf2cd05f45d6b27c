"""`enterpriselab check`: the gates over a file of tasks."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from enterpriselab.cli.options import Apps, Json, Servers, TasksFile

if TYPE_CHECKING:
    from enterpriselab.core.tasks import Task
    from enterpriselab.scoring.gates import GateReport

World = Annotated[
    str,
    typer.Option("--world", "-w", help="World of the tasks.", show_default="that of the run they lie in, else arena"),
]


def check(tasks: TasksFile, world: World = "", app: Apps = None, servers: Servers = "", json: Json = False) -> None:
    """Run every task through the gates.

    The reference must replay and pass, doing nothing must fail, faulty copies of the reference must fail, harmless
    variants must pass, every literal must be found in the prompt or by reading. Exit code 1 when a task fails.

    Example: enterpriselab check runs/demo/synthesis/tasks.jsonl
    """
    from rich.progress import track

    from enterpriselab.cli.output import ERRORS, print_json
    from enterpriselab.cli.taskfiles import check_fits, where_of
    from enterpriselab.cli.worlds import opened
    from enterpriselab.core.task_files import read_tasks
    from enterpriselab.scoring.gates import check_task

    loaded = read_tasks(tasks)
    where = where_of(tasks, world=world, apps=app, servers=servers)
    with opened(where.environment, seed=where.seed) as environment:
        check_fits(environment, loaded)
        shown = track(loaded, description="Check tasks", console=ERRORS, transient=True)
        found = summary((task, check_task(environment, task)) for task in shown)
    if json:
        print_json(found)
    else:
        _show(found)
    if found["failed"]:
        raise typer.Exit(1)


def summary(checked: "Iterable[tuple[Task, GateReport]]") -> dict[str, Any]:
    """What the gates said over all tasks; rates are None where nothing was tried."""
    pairs = list(checked)
    reports = [report for _, report in pairs]
    mutants, killed = sum(r.mutants for r in reports), sum(r.mutants_killed for r in reports)
    variants, passed = sum(r.variants for r in reports), sum(r.variants_passed for r in reports)
    return {
        "tasks": len(pairs),
        "failed": sum(not report.passed for report in reports),
        "mutants": mutants,
        "mutants_killed": killed,
        "kill_rate": killed / mutants if mutants else None,
        "variants": variants,
        "variants_passed": passed,
        "false_negative_rate": 1 - passed / variants if variants else None,
        "offenders": [
            {"id": task.id, "template": task.template, "gate": failure.gate, "detail": failure.detail}
            for task, report in pairs
            for failure in report.failures
        ],
    }


def _show(found: dict[str, Any]) -> None:
    from enterpriselab.cli.output import print_pairs, print_rows

    passed = found["tasks"] - found["failed"]
    rows = [
        ("tasks that pass every gate", f"{passed:,} of {found['tasks']:,}"),
        ("mutants killed", _share(found["mutants_killed"], found["mutants"])),
        ("harmless variants refused", _share(found["variants"] - found["variants_passed"], found["variants"])),
    ]
    print_pairs(rows, title="Gates")
    if found["offenders"]:
        print_rows(found["offenders"], title="Offenders", columns=("id", "template", "gate", "detail"))


def _share(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} ({part / whole:.1%})" if whole else "none tried"
