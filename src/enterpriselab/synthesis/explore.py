"""Depth-first exploration: from entry tools along the links, every step executed on a fork, failing steps dropped."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from enterpriselab.core.errors import EpisodeError
from enterpriselab.sandbox.environment import Environment, EpisodeLike
from enterpriselab.sandbox.normalizer import DEFAULT_BUDGET, dump, normalize
from enterpriselab.synthesis.arguments import Filler
from enterpriselab.synthesis.config import Reach
from enterpriselab.synthesis.fields import Field
from enterpriselab.synthesis.graph import ToolGraph
from enterpriselab.synthesis.harvest import try_call, wide_page
from enterpriselab.synthesis.links import binds
from enterpriselab.synthesis.memory import Memory
from enterpriselab.synthesis.paths import Done, Filling, Path, Pick, Said
from enterpriselab.synthesis.picks import named_rows, readable, rows_at, single_out
from enterpriselab.synthesis.shape import Shape
from enterpriselab.synthesis.values import ValueMaker

_ALL_ROWS = 100
_THREADS = 2
"""New things tried after a write that share something with it, the rarest first."""
_OTHER_ROWS = 4
"""Rows of a list that are tried when a write refuses the first one."""


@dataclass(slots=True)
class Tally:
    """What exploration did, for the card and for steering."""

    calls: int = 0
    refused: int = 0
    broken: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    """Tool -> successful steps."""
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    closed: set[str] = field(default_factory=set)
    """Writing tools that have had their share: no path goes there any more."""


@dataclass(slots=True)
class _Budget:
    left: int


@dataclass(frozen=True, slots=True)
class _Node:
    episode: EpisodeLike
    steps: tuple[Done, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """What all explorers of a run share."""

    environment: Environment
    graph: ToolGraph
    memory: Memory
    values: ValueMaker
    observation_budget: int = DEFAULT_BUDGET
    """Tokens of an observation in which a value must be visible to be used."""


class Explorer:
    """Explores as one principal; the tally is shared by all explorers of a run."""

    def __init__(self, ground: Ground, *, principal: str, rng: Random, reach: Reach, tally: Tally) -> None:
        self._environment = ground.environment
        self._graph = ground.graph
        self._memory = ground.memory
        self._budget = ground.observation_budget
        self._principal = principal
        self._rng = rng
        self._reach = reach
        self._tally = tally
        self._filler = Filler(
            ground.graph,
            ground.memory,
            ground.values,
            principal,
            rng,
            optional_share=reach.optional_share,
            thread_share=reach.thread_share,
        )
        self._dead: Counter[str] = Counter()
        self._asked_for = ""

    def paths(self) -> Iterator[Path]:
        """Paths from every entry tool, at most `per_start` each, the least covered entries first."""
        names = list(self._graph.shapes)
        self._rng.shuffle(names)
        for name in sorted(names, key=lambda item: self._tally.steps[item]):
            if name in self._tally.closed or not self._can_start(name):
                continue
            episode = self._environment.episode(self._principal)
            yield from self._walk(_Node(episode, ()), name, _Budget(self._reach.per_start))
            episode.close()

    def _can_start(self, name: str) -> bool:
        filled = self._filler.fill(self._graph.shapes[name], (), must_bind=False)
        return filled is not None or bool(self._filler.lacking)

    def _walk(self, node: _Node, name: str, budget: _Budget, *, jump: bool = False) -> Iterator[Path]:
        for _ in range(self._reach.tries):
            made = self._step(node, self._graph.shapes[name], must_bind=bool(node.steps) and not jump)
            if made is not None:
                break
        else:
            return
        try:
            last = made.steps[-1]
            if last.writes or binds(last) or not node.steps:
                budget.left -= last.writes or binds(last)
                yield Path(self._principal, made.steps)
            if len(made.steps) < self._reach.depth:
                for follower, leap in self._followers(made.steps):
                    if budget.left <= 0:
                        return
                    yield from self._walk(made, follower, budget, jump=leap)
        finally:
            made.episode.close()

    def _followers(self, steps: tuple[Done, ...]) -> list[tuple[str, bool]]:
        """Tools to try next, best first, and whether one starts something new."""
        used = {step.tool for step in steps}
        scores: dict[str, float] = {}
        for index, step in enumerate(steps):
            for name in self._graph.successors(step.tool):
                if name in used or name in self._tally.closed:
                    continue
                scores[name] = max(scores.get(name, 0.0), self._score(step.tool, name, fresh=index == len(steps) - 1))
        best = sorted(scores, key=lambda name: -scores[name])[: self._reach.branching]
        followers = [(name, False) for name in best]
        if steps[-1].writes and self._rng.random() < self._reach.jump_share:
            app = self._graph.shapes[steps[-1].tool].spec.app
            near = [shape for name, shape in self._graph.shapes.items() if name not in used and shape.kind != "detail"]
            thread = self._thread(steps) if self._reach.thread_share else set()
            entries = [s.name for s in near if s.spec.app == app or any(s.inputs[n].entity in thread for n in s.inputs)]
            if self._reach.thread_share:
                self._rng.shuffle(entries)
                entries = sorted(entries, key=lambda name: self._tally.steps[name])[:_THREADS]
            elif entries:
                entries = [self._rng.choice(entries)]
            followers[:0] = [(name, True) for name in entries]
        return followers

    def _thread(self, steps: tuple[Done, ...]) -> set[str]:
        """Entities that the writes of a path were given."""
        inputs = [self._graph.shapes[step.tool].inputs for step in steps if step.writes]
        return {field.entity for fields in inputs for field in fields.values() if field.entity}

    def _score(self, last: str, name: str, *, fresh: bool) -> float:
        shape, tally = self._graph.shapes[name], self._tally
        links = [
            link for field_name in shape.inputs for link in self._graph.into(name, field_name) if link.source == last
        ]
        proven = any(link.proven for link in links)
        rare: float = 1.5 / (1 + tally.steps[name]) ** 0.5 + 1.0 / (1 + tally.pairs[last, name])
        dead = min(1.5, 0.1 * self._dead[name])
        undoes = bool(self._graph.shapes[last].writes)
        return 1.0 * fresh + 0.5 * proven + 0.4 * shape.writes - 0.8 * undoes + rare - dead + self._rng.random()

    def _step(self, node: _Node, shape: Shape, *, must_bind: bool, company: bool = True) -> _Node | None:
        """One more step: as it is, with another row of the last list, or after looking up what is lacking."""
        for steps in self._readings(node.steps, shape):
            filling = self._filler.fill(shape, steps, must_bind=must_bind)
            if filling is None:
                lacking = self._filler.lacking
                if lacking and company and len(steps) + 2 <= self._reach.depth:
                    return self._accompanied(node, shape, lacking)
                return None
            place = _Node(node.episode, steps)
            made = self._forked(place, shape, filling) or self._mended(place, shape, filling)
            if made is not None:
                return made
        self._dead[shape.name] += 1
        return None

    def _readings(self, steps: tuple[Done, ...], shape: Shape) -> list[tuple[Done, ...]]:
        """The path as it is and, for a write, with the other rows that its last list could go on with."""
        others = steps[-1].others[:_OTHER_ROWS] if steps and shape.writes else ()
        return [steps, *((*steps[:-1], replace(steps[-1], pick=pick, others=())) for pick in others)]

    def _mended(self, node: _Node, shape: Shape, filling: Filling) -> _Node | None:
        """Once more with the argument that the refusal asked for."""
        better = self._filler.with_argument(shape, filling, self._asked_for) if self._asked_for else None
        return self._forked(node, shape, better) if better is not None else None

    def _forked(self, node: _Node, shape: Shape, filling: Filling) -> _Node | None:
        fork = node.episode.fork()
        done = self._executed(fork, shape, filling)
        if done is None:
            fork.close()
            return None
        self._tally.steps[shape.name] += 1
        if node.steps:
            self._tally.pairs[node.steps[-1].tool, shape.name] += 1
        return _Node(fork, (*node.steps, done))

    def _accompanied(self, node: _Node, shape: Shape, lacking: str) -> _Node | None:
        """Look up the second thing that the tool needs, then try the tool again."""
        producers = [self._graph.shapes[name] for name in self._filler.producers(shape, lacking)]
        self._rng.shuffle(producers)
        for producer in producers[:2]:
            between = self._step(node, producer, must_bind=False, company=False)
            made = self._step(between, shape, must_bind=True, company=False) if between is not None else None
            if between is not None:
                between.episode.close()
            if made is not None:
                return made
        return None

    def _executed(self, fork: EpisodeLike, shape: Shape, filling: Filling) -> Done | None:
        raw = {name: argument.value for name, argument in filling.arguments.items()}
        self._tally.calls += 1
        try:
            record = fork.call(shape.name, raw)
        except EpisodeError:
            self._tally.broken += 1
            return None
        self._asked_for = str((record.error or {}).get("field") or "")
        if record.result is None:
            self._tally.refused += 1
            return None
        if shape.writes:
            return Done(shape.name, filling.arguments, record.result, True) if record.changes else None
        self._memory.learn(self._principal, shape, record.result)
        picks = self._picks(fork, shape, filling, record.result)
        total = record.result.get("total")
        if shape.kind == "list" and not rows_at(record.result, shape.list_path or ""):
            return None
        first = picks[0] if picks else None
        counted = total if isinstance(total, int) else None
        return Done(shape.name, filling.arguments, record.result, False, first, counted, tuple(picks[1:]))

    def _picks(self, fork: EpisodeLike, shape: Shape, filling: Filling, result: dict[str, Any]) -> list[Pick]:
        """Rows to go on with, those that can be singled out and seen: the wanted one first, then random ones."""
        path = shape.list_path or _inner_list(result)
        entity = shape.entity if path == shape.list_path else None
        rows = named_rows(result, path, entity) if path else []
        if not rows or path is None:
            return []
        whole = self._all_rows(fork, shape, filling, result, rows)
        seen = normalize(result, budget=self._budget)
        order = [rows.index(filling.wanted)] if filling.wanted in rows else []
        order += self._rng.sample(range(len(rows)), min(1 + _OTHER_ROWS, len(rows)))
        fields = fields_at(shape, path)
        said = [name for name, argument in filling.arguments.items() if isinstance(argument, Said)]
        picks: list[Pick] = []
        for index in dict.fromkeys(order):
            marks = single_out(whole, whole.index(rows[index]), fields, taken=said, entity=entity)
            if marks is None and len(whole) == 1:
                marks = tuple(readable(rows[index], fields, entity)[:1])
            if marks is not None and _visible(rows[index], seen):
                picks.append(Pick(path, index, marks, rows[index], alone=len(whole) == 1))
        return picks

    def _all_rows(
        self, fork: EpisodeLike, shape: Shape, filling: Filling, result: dict[str, Any], rows: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """All rows that the filters find, not only the shown page: a description must single out among them."""
        total = result.get("total")
        if not isinstance(total, int) or total <= len(rows):
            return rows
        raw = {name: argument.value for name, argument in filling.arguments.items()}
        wide = try_call(fork, shape.name, raw | wide_page(shape, _ALL_ROWS))
        found = named_rows(wide, shape.list_path or "", shape.entity) if wide else []
        return found if len(found) >= total and all(row in found for row in rows) else [*rows, *rows]


def fields_at(shape: Shape, path: str) -> dict[str, Field]:
    """Fields of the rows at a key of the result, by name."""
    if path == shape.list_path:
        return shape.row_fields()
    prefix = f"{path}[]."
    return {field.path[len(prefix) :]: field for field in shape.outputs if field.path.startswith(prefix)}


def _inner_list(result: dict[str, Any]) -> str | None:
    """A list of objects inside a detail, such as the articles of a ticket."""
    return next((name for name in result if rows_at(result, name)), None)


def _visible(row: dict[str, Any], seen: str) -> bool:
    """Do the identifying values of the row stand in the observation as it is shown?"""
    values = [value for value in row.values() if isinstance(value, (str, int)) and not isinstance(value, bool)]
    return all(dump(value) in seen for value in values[:2])
