"""`enterpriselab gym import`: public tasks and seeds held against our servers."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from enterpriselab.cli.options import Json

if TYPE_CHECKING:
    from enterpriselab.benchmarks.opsgym.audit import Audit

Folder = Annotated[Path, typer.Argument(help="Public task files (*.json) and the SQL seeds that they name.")]


def import_(folder: Folder, json: Json = False) -> None:
    """Read public tasks and seeds, and say what works here.

    Tool by tool and table by table: what exists, what had to be brought into form, what breaks a rule. Then every SQL
    check is run on its seed, and doing nothing must fail. The public data have no references, so no task is proven
    further than that. Tasks that are broken in themselves are listed with their reason. Exit code 1 when there are any.

    Example: enterpriselab gym import public
    """
    from enterpriselab.benchmarks.opsgym.audit import audit_folder
    from enterpriselab.cli.output import print_json

    audit = audit_folder(folder)
    if json:
        print_json(_record(audit))
    else:
        _show(audit)
    if any(task.broken for task in audit.tasks):
        raise typer.Exit(1)


def _record(audit: "Audit") -> dict[str, Any]:
    return {
        **_counts(audit),
        "tools": {"known": dict(audit.tools_known), "missing": dict(audit.tools_missing)},
        "seeds": audit.seeds,
        "findings": [
            {"task": task.name, "broken": task.broken, "what": finding.what, "detail": finding.detail}
            for task in audit.tasks
            for finding in task.findings
        ],
    }


def _counts(audit: "Audit") -> dict[str, int]:
    return {
        "tasks": len(audit.tasks),
        "broken": sum(task.broken for task in audit.tasks),
        "checks": sum(task.checks for task in audit.tasks),
        "checks_run": sum(task.checks_run for task in audit.tasks),
    }


def _show(audit: "Audit") -> None:
    from enterpriselab.benchmarks.opsgym.audit import FAULTS, REMARKS
    from enterpriselab.cli.output import print_pairs, print_rows

    counts, whole = _counts(audit), len(audit.tools_known) + len(audit.tools_missing)
    pairs = [
        ("tasks without a fault", f"{counts['tasks'] - counts['broken']:,} of {counts['tasks']:,}"),
        ("SQL checks that run on their seed", f"{counts['checks_run']:,} of {counts['checks']:,}"),
        ("tools that exist", f"{len(audit.tools_known):,} of {whole:,}"),
        ("seeds that load", f"{sum('refused' not in s for s in audit.seeds.values()):,} of {len(audit.seeds):,}"),
    ]
    print_pairs(pairs, title="Public tasks")
    tools = [{"tool": tool, "exists": "yes", "tasks": n} for tool, n in audit.tools_known.most_common()]
    tools += [{"tool": tool, "exists": "no", "tasks": n} for tool, n in audit.tools_missing.most_common()]
    print_rows(tools, title="Tools", columns=("tool", "exists", "tasks"))
    print_rows(list(_tables(audit)), title="Tables", columns=("seed", "table", "rows", "remarks"))
    seen = Counter(finding.what for task in audit.tasks for finding in task.findings)
    meanings = [{"what": what, "means": (FAULTS | REMARKS)[what], "times": n} for what, n in seen.most_common()]
    print_rows(meanings, title="Findings", columns=("what", "means", "times"))
    listed = [{"task": t.name, "what": f.what, "detail": f.detail} for t in audit.tasks for f in t.findings]
    print_rows(listed, title="Task by task", columns=("task", "what", "detail"))


def _tables(audit: "Audit") -> list[dict[str, Any]]:
    """One row for each table of each seed, with what had to be done to it."""
    rows: list[dict[str, Any]] = []
    for seed, report in audit.seeds.items():
        if "refused" in report:
            rows.append({"seed": seed, "table": "-", "rows": 0, "remarks": report["refused"]})
        for table, count in report.get("tables", {}).items():
            rows.append({"seed": seed, "table": table, "rows": count, "remarks": "; ".join(_remarks(report, table))})
    return rows


def _remarks(report: dict[str, Any], table: str) -> list[str]:
    found = []
    for kind, value in report.items():
        if kind == "tables":
            continue
        places = value.items() if isinstance(value, dict) else [(place, 1) for place in value]
        hits = {place: n for place, n in places if place.split(".")[0].split(" ->")[0] == table}
        found += [f"{kind.replace('_', ' ')}: {place} ({n})" for place, n in hits.items()]
    return found
