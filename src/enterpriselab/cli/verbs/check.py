"""`enterpriselab check`: the gates over a suite."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from enterpriselab.cli.options import Apps, Json, Level, Servers, SuiteName

if TYPE_CHECKING:
    from enterpriselab.core.tasks import Task
    from enterpriselab.scoring.gates import Counts, GateReport

World = Annotated[
    str,
    typer.Option(
        "--world", "-w", help="World of the tasks.", show_default="that of the run they lie in, else each task's own"
    ),
]
Workers = Annotated[
    int,
    typer.Option(min=1, help="Processes at most; small suites and connected servers take one."),
]


def check(
    suite: SuiteName,
    world: World = "",
    app: Apps = None,
    servers: Servers = "",
    level: Level = "",
    workers: Workers = 2,
    json: Json = False,
) -> None:
    """Run every task of a suite through the gates.

    The reference must replay and pass, doing nothing and declining must fail, faulty copies of the reference must fail,
    harmless variants must pass, every literal must be found in the prompt or by reading. Tasks with SQL checks are also
    counted the public way (parity), which fails nobody. Exit code 1 when a task fails a gate.

    Example: enterpriselab check runs/demo/synthesis/tasks.jsonl
    """
    from rich.progress import track

    from enterpriselab.cli.checking import check_groups
    from enterpriselab.cli.output import ERRORS, print_json
    from enterpriselab.cli.taskfiles import Asked, load_groups

    loaded, groups = load_groups(suite, Asked(world, tuple(app or ()), servers, level))
    checked = check_groups(groups, workers)
    found = summary(track(checked, "Check tasks", len(loaded.tasks), console=ERRORS, transient=True))
    if json:
        print_json({"suite": loaded.name, **found})
    else:
        _show(loaded.name, found)
    if found["failed"]:
        raise typer.Exit(1)


def summary(checked: "Iterable[tuple[Task, GateReport]]") -> dict[str, Any]:
    """What the gates said over all tasks; rates are None where nothing was tried."""
    pairs = list(checked)
    reports = [report for _, report in pairs]
    public = [report for report in reports if report.parity is not None]
    return {
        "tasks": len(pairs),
        "feasible": sum(task.feasible for task, _ in pairs),
        "failed": sum(not report.passed for report in reports),
        **_counted(reports, [report.strict for report in reports]),
        "parity": _counted(public, [report.parity for report in public if report.parity]) if public else None,
        "offenders": [
            {"id": task.id, "template": task.template, "gate": failure.gate, "detail": failure.detail}
            for task, report in pairs
            for failure in report.failures
        ],
    }


def _counted(reports: "list[GateReport]", counts: "list[Counts]") -> dict[str, Any]:
    """The counts of one way to count, summed."""
    mutants, killed = sum(r.mutants for r in reports), sum(c.mutants_killed for c in counts)
    variants, passed = sum(r.variants for r in reports), sum(c.variants_passed for c in counts)
    return {
        "counted": len(counts),
        "references_passed": sum(c.reference for c in counts),
        "do_nothing_passed": sum(c.nothing for c in counts),
        "refuse_always_passed": sum(c.refusal for c in counts),
        "mutants": mutants,
        "mutants_killed": killed,
        "kill_rate": killed / mutants if mutants else None,
        "variants": variants,
        "variants_passed": passed,
        "false_negative_rate": 1 - passed / variants if variants else None,
    }


def _show(name: str, found: dict[str, Any]) -> None:
    from enterpriselab.cli.output import print_pairs, print_rows

    passed = found["tasks"] - found["failed"]
    rows = [("tasks that pass every gate", f"{passed:,} of {found['tasks']:,}"), *_lines(found)]
    print_pairs(rows, title=f"Gates: {name}, {found['feasible']} of {found['tasks']} tasks can be done")
    if found["parity"] is not None:
        print_pairs(_lines(found["parity"]), title="Counted the public way (SQL checks only)")
    if found["offenders"]:
        print_rows(found["offenders"], title="Offenders", columns=("id", "template", "gate", "detail"))


def _lines(counted: dict[str, Any]) -> list[tuple[str, str]]:
    tasks = counted["counted"]
    return [
        ("references that pass", _share(counted["references_passed"], tasks)),
        ("doing nothing passes", _share(counted["do_nothing_passed"], tasks)),
        ("declining always passes", _share(counted["refuse_always_passed"], tasks)),
        ("mutants killed", _share(counted["mutants_killed"], counted["mutants"])),
        ("harmless variants refused", _share(counted["variants"] - counted["variants_passed"], counted["variants"])),
    ]


def _share(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} ({part / whole:.1%})" if whole else "none tried"
