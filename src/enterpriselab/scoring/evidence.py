"""What decided a verdict: the changed rows, the values of the answer or the result of the query that a verifier saw.

Judges nothing; it shows to people what `judge` looked at.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from enterpriselab.core.changes import Change
from enterpriselab.core.errors import EnterpriseLabError
from enterpriselab.core.tasks import Task, Verifier
from enterpriselab.sandbox.environment import Environment, EpisodeLike
from enterpriselab.scoring.answers import says
from enterpriselab.scoring.change_set import change_set, named_changes
from enterpriselab.scoring.refusals import reasons_given

MAX_NEAREST = 3
ASKED_FOR, NEAREST, UNEXPECTED, ALLOWED = "asked for", "nearest", "unexpected", "allowed"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one verifier saw. What its kind does not look at is empty."""

    verifier: str
    kind: str
    role: str = ""
    """What the rows are: those that were asked for, those nearest to them, unexpected ones, allowed ones."""
    rows: Sequence[Change] = ()
    wanted: Mapping[str, Any] = field(default_factory=dict)
    """The row that was asked for, and how many of it; or what a query or an answer had to give."""
    said: Sequence[tuple[Any, bool]] = ()
    """Values or reasons, and whether the answer gives them."""
    query: str = ""
    result: Sequence[Mapping[str, Any]] = ()
    note: str = ""
    """Why nothing can be shown."""


@dataclass(frozen=True, slots=True)
class _End:
    environment: Environment
    episode: EpisodeLike
    answer: str


def evidence(environment: Environment, task: Task, episode: EpisodeLike, answer: str) -> list[Evidence]:
    """For each verifier of the task, in order, what it saw on the end of the episode."""
    end = _End(environment, episode, answer)
    return [_evidence(verifier, end) for verifier in task.verifiers]


def _evidence(verifier: Verifier, end: _End) -> Evidence:
    show = KINDS.get(verifier.kind)
    try:
        seen = show(verifier.params, end) if show else {}
    except EnterpriseLabError as error:
        seen = {"query": verifier.params.get("query", ""), "note": str(error)}
    return Evidence(verifier.name, verifier.kind, **seen)


def _row(params: Mapping[str, Any], end: _End) -> dict[str, Any]:
    named = named_changes(end.environment, end.episode, {})
    row = json.loads(params["row"])
    same = [change for change, text in named if text == params["row"]]
    rows = same or [change for change, text in _by_likeness(row, named)[:MAX_NEAREST]]
    return {"role": ASKED_FOR if same else NEAREST, "rows": rows, "wanted": {**row, "count": params["count"]}}


def _by_likeness(row: Mapping[str, Any], named: Sequence[tuple[Change, str]]) -> list[tuple[Change, str]]:
    """Changes of the same table, those first that have the operation, the key and the most values of the row."""

    def rank(one: tuple[Change, str]) -> tuple[bool, bool, int]:
        other = json.loads(one[1])
        equal = len(other["values"].items() & row["values"].items()) if _plain(other) and _plain(row) else 0
        return one[0].op != row["op"], other.get("key") != row.get("key"), -equal

    return sorted((one for one in named if one[0].table == row["table"]), key=rank)


def _plain(row: Mapping[str, Any]) -> bool:
    return not any(isinstance(value, (dict, list)) for value in row["values"].values())


def _no_other_changes(params: Mapping[str, Any], end: _End) -> dict[str, Any]:
    named = named_changes(end.environment, end.episode, params)
    extra = change_set(end.environment, end.episode, params) - Counter(params["rows"])
    if not extra:
        return {"role": ALLOWED, "rows": [change for change, _ in named]}
    found = []
    for change, text in reversed(named):  # of equal rows the first ones are the allowed ones
        if extra[text] > 0:
            extra[text] -= 1
            found.append(change)
    return {"role": UNEXPECTED, "rows": found[::-1]}


def _answer(params: Mapping[str, Any], end: _End) -> dict[str, Any]:
    return {"said": [(value, says(end.answer, value)) for value in params["values"]]}


def _reason(params: Mapping[str, Any], end: _End) -> dict[str, Any]:
    given = reasons_given(end.answer)
    asked = {"reason": params["reason"], "rules": list(params.get("rules", ()))}
    return {"wanted": asked, "said": [(reason, True) for reason in given]}


def _sql(params: Mapping[str, Any], end: _End) -> dict[str, Any]:
    wanted = {"expect": params["expect"], "comparison": params.get("comparison", "equals")}
    return {"query": params["query"], "wanted": wanted, "result": end.episode.sql(params["query"])}


KINDS: dict[str, Callable[[Mapping[str, Any], _End], dict[str, Any]]] = {
    "row": _row,
    "no_other_changes": _no_other_changes,
    "answer": _answer,
    "reason": _reason,
    "sql": _sql,
}
