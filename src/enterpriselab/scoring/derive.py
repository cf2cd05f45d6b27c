"""Verifiers from the diff of a reference: every goal row is demanded, everything else is forbidden."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from enterpriselab.core.changes import Change
from enterpriselab.core.tasks import Verifier
from enterpriselab.sandbox.environment import Environment
from enterpriselab.scoring.canonical import canonical_rows


def derive_verifiers(
    environment: Environment, diff: Sequence[Change], *, answer_values: Sequence[Any] = ()
) -> tuple[Verifier, ...]:
    """One `row` verifier for each distinct changed row, one `no_other_changes`, one `answer` if values are asked for.

    Args:
        environment: gives foreign keys and volatile columns.
        diff: net changes of the replayed reference.
        answer_values: what the closing words must say.
    """
    rows = canonical_rows(environment, diff)
    demanded = [
        Verifier(kind="row", name=_name(row), category="task_completion", params={"row": row, "count": count})
        for row, count in sorted(rows.items())
    ]
    allowed = nothing_else(environment, diff)
    return (*demanded, allowed, right_answer(answer_values)) if answer_values else (*demanded, allowed)


def nothing_else(environment: Environment, diff: Sequence[Change], *, free: Iterable[str] = ()) -> Verifier:
    """The allowed-change set: every row that the reference changed, and no other; `free` columns may hold anything."""
    open_columns = sorted(free)
    rows = canonical_rows(environment, diff, free=frozenset(open_columns))
    params: dict[str, Any] = {"rows": dict(sorted(rows.items()))}
    if open_columns:
        params["free"] = open_columns
    return Verifier(kind="no_other_changes", name="nothing else changed", category="side_effect", params=params)


def right_answer(values: Sequence[Any]) -> Verifier:
    """The closing words say every value."""
    return Verifier(kind="answer", name="the answer is right", category="answer", params={"values": list(values)})


def _name(row: str) -> str:
    data = json.loads(row)
    if data["op"] == "update":
        return (
            f"{data['table']} {data['key'][0]}: {', '.join(f'{k} = {v}' for k, v in list(data['values'].items())[:3])}"
        )
    return f"{data['op']} {data['table']}"
