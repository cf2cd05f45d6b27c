"""Past: the state of the world after any call of an attempt, made again by replaying the calls up to it."""

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any, NamedTuple

from enterpriselab.cli.taskfiles import Where, groups_of_run
from enterpriselab.cli.viewing.shelf import Shelf, View
from enterpriselab.cli.worlds import opened
from enterpriselab.core.changes import Change
from enterpriselab.core.errors import UsageError
from enterpriselab.core.hashing import canonical_json
from enterpriselab.core.tasks import Task
from enterpriselab.report.formats import clipped
from enterpriselab.report.viewer.index import Row
from enterpriselab.report.viewer.steps import changed_rows
from enterpriselab.rollouts.replay import Replayed, replayed
from enterpriselab.sandbox.environment import Environment, EpisodeLike
from enterpriselab.sandbox.episode import Episode
from enterpriselab.sandbox.sql import SqlLimits
from enterpriselab.scoring.evidence import Evidence, evidence

MAX_KEPT = 8
"""States that are kept: an episode of connected servers is processes and folders."""
MAX_ROWS = 200
"""Rows of a result, and changed rows, that are shown."""
MAX_CELL = 4000
"""Characters of a value that are shown."""
LIMITS = SqlLimits(seconds=5.0)


class _State(NamedTuple):
    """An episode that stands at a step, held open by its stack."""

    stack: ExitStack
    environment: Environment
    episode: EpisodeLike
    outcome: Replayed
    steps: int
    """Calls of the whole attempt."""


class Past:
    """Thread-safe: one request at a time is replayed or asked. Ends what it started when closed."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._lock = threading.Lock()
        self._worlds = ExitStack()
        self._opened: dict[str, Environment] = {}
        self._kept: OrderedDict[tuple[Row, int], _State] = OrderedDict()

    def state(self, identity: str, step: int) -> View:
        """Hash and changed rows of the state after the first `step` calls, and whether replaying went as recorded."""
        with self._lock:
            row = self._shelf.row(identity)
            at = self._at(row, step)
            changes = at.episode.diff()
            return {
                "step": step,
                "hash": at.outcome.state_hash,
                "recorded": self._shelf.trace(row).state_hash if step == at.steps else None,
                "mismatches": [asdict(mismatch) for mismatch in at.outcome.mismatches],
                "rows": _rows(changes[:MAX_ROWS]),
                "changed": len(changes),
            }

    def tables(self, identity: str) -> View:
        """Tables of the attempt's world with their columns and keys."""
        with self._lock:
            environment = self._environment(self._shelf.task(self._shelf.row(identity)))
            tables = environment.tables.values()
            return {"tables": [{"name": t.name, "columns": t.columns, "key": t.key} for t in tables]}

    def sql(self, identity: str, step: int, query: str) -> View:
        """The result of a reading query on the state after the first `step` calls. Raises UsageError."""
        with self._lock:
            episode = self._at(self._shelf.row(identity), step).episode
            found = episode.sql(query, limits=LIMITS) if isinstance(episode, Episode) else episode.sql(query)
            return _result(found)

    def evidence(self, identity: str) -> View:
        """For each verifier of the task what it saw at the end, provided that the recorded end was reached again."""
        with self._lock:
            row = self._shelf.row(identity)
            task, trace = self._shelf.task(row), self._shelf.trace(row)
            at = self._at(row, len(trace.calls))
            seen = evidence(at.environment, task, at.episode, trace.answer) if at.outcome.same else []
            mismatches = [asdict(mismatch) for mismatch in at.outcome.mismatches]
            return {"proven": at.outcome.same, "mismatches": mismatches, "evidence": [_shown(one) for one in seen]}

    def close(self) -> None:
        """Give back episodes and worlds."""
        with self._lock:
            while self._kept:
                self._kept.popitem()[1].stack.close()
            self._opened.clear()
            self._worlds.close()

    def _at(self, row: Row, step: int) -> _State:
        if (row, step) in self._kept:
            self._kept.move_to_end((row, step))
            return self._kept[row, step]
        task, trace = self._shelf.task(row), self._shelf.trace(row)
        if not 0 <= step <= len(trace.calls):
            raise UsageError(f"This attempt has no step {step}: its steps are 0 to {len(trace.calls)}.")
        while len(self._kept) >= MAX_KEPT:
            self._kept.popitem(last=False)[1].stack.close()
        environment = self._environment(task)
        with ExitStack() as stack:
            begun = trace.model_copy(update={"calls": trace.calls[:step]})
            episode, outcome = stack.enter_context(replayed(environment, task, begun))
            state = _State(stack.pop_all(), environment, episode, outcome, len(trace.calls))
        self._kept[row, step] = state
        return state

    def _environment(self, task: Task) -> Environment:
        """The world that the task was played in; opened once."""
        (group,) = groups_of_run(self._shelf.index.config, [task])
        name = _name(group.where)
        if name not in self._opened:
            world = opened(group.where.environment, seed=group.where.seed)
            self._opened[name] = self._worlds.enter_context(world)
        return self._opened[name]


def _name(where: Where) -> str:
    return canonical_json([where.environment.model_dump(mode="json"), where.seed])


def _rows(changes: list[Change]) -> list[View]:
    return changed_rows(json.loads(canonical_json([change.to_json() for change in changes])))


def _shown(one: Evidence) -> View:
    return {
        "verifier": one.verifier,
        "kind": one.kind,
        "role": one.role,
        "rows": _rows(list(one.rows)[:MAX_ROWS]),
        "more": max(0, len(one.rows) - MAX_ROWS),
        "wanted": one.wanted,
        "said": one.said,
        "query": one.query,
        "result": _result(one.result),
        "note": one.note,
    }


def _result(found: Sequence[Mapping[str, Any]]) -> View:
    """Rows as lists, as many as are shown, and how many there are."""
    columns = list(found[0]) if found else []
    shown = [[_cell(row[name]) for name in columns] for row in found[:MAX_ROWS]]
    return {"columns": columns, "rows": shown, "count": len(found)}


def _cell(value: Any) -> Any:
    """Blobs by their size, texts cut."""
    if isinstance(value, bytes):
        return f"blob of {len(value):,} bytes"
    return clipped(value, MAX_CELL) if isinstance(value, str) else value
