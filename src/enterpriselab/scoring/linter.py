"""Static faults of SQL verifiers: a goal that holds before anything is done, a query that names a generated id."""

import re
from collections.abc import Iterator, Sequence

from enterpriselab.core.changes import Change
from enterpriselab.core.tasks import Task
from enterpriselab.sandbox.environment import Environment
from enterpriselab.scoring.judge import judge


def vacuous_checks(environment: Environment, task: Task) -> Iterator[str]:
    """SQL checks of what a task completes that pass on the start of the episode already."""
    start = environment.episode(task.principal, seed=task.seed)
    try:
        verdicts = judge(environment, task, start, "")
    finally:
        start.close()
    for verifier, verdict in zip(task.verifiers, verdicts, strict=True):
        if verifier.kind == "sql" and verifier.category == "task_completion" and verdict.passed:
            yield f"{verifier.name}: it holds before anything is done"


def pinned_ids(task: Task, diff: Sequence[Change]) -> Iterator[str]:
    """SQL checks that name the id of a row that the reference creates: another order of calls would give another id."""
    created = {str(value) for change in diff if change.op == "insert" for value in change.key}
    ids = {value for value in created if re.fullmatch(r"[A-Z][A-Za-z]*[_-]\d+", value)}
    for verifier in task.verifiers:
        named = sorted(ids & set(re.findall(r"[A-Z][A-Za-z]*[_-]\d+", str(verifier.params.get("query", "")))))
        if named and verifier.kind == "sql":
            yield f"{verifier.name}: it names {named[0]}, an id that is given out only when the task is done"
