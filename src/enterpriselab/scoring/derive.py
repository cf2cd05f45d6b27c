"""Verifiers from the diff of a reference: every goal row is demanded, everything else is forbidden."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from enterpriselab.core.changes import Change
from enterpriselab.core.tasks import Verifier
from enterpriselab.sandbox.environment import Environment, EpisodeLike
from enterpriselab.scoring.canonical import canonical_rows
from enterpriselab.scoring.change_set import change_set


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
    allowed = _only(rows)
    return (*demanded, allowed, right_answer(answer_values)) if answer_values else (*demanded, allowed)


def nothing_else(
    environment: Environment, episode: EpisodeLike, *, free: Iterable[str] = (), links: Iterable[str] = ()
) -> Verifier:
    """The allowed-change set: what the episode of the reference changed, and nothing else (see `change_set`)."""
    params: dict[str, Any] = {"free": sorted(free), "links": sorted(links)}
    rows = change_set(environment, episode, params)
    return _only(rows, **{name: value for name, value in params.items() if value})


def _only(rows: Counter[str], **params: Any) -> Verifier:
    return Verifier(
        kind="no_other_changes",
        name="nothing else changed",
        category="side_effect",
        params={"rows": dict(sorted(rows.items())), **params},
    )


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
