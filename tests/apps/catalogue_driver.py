"""Calls every tool of a world many times, on forks, as many people, and keeps what happened. Knows no app by name."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from catalogue_recipes import RECIPES, Recipe
from catalogue_schemas import Row, entity_of, rows
from catalogue_values import Maker, Memory

from enterpriselab.apps import world_spec
from enterpriselab.company import build_firm, picks
from enterpriselab.core.changes import CallRecord
from enterpriselab.core.errors import EpisodeError
from enterpriselab.core.tools import ToolSpec
from enterpriselab.sandbox.episode import Episode
from enterpriselab.sandbox.world import World

SEED = 20260302
KEPT = 8
"""Successes kept of each tool."""
_READS, _WRITES, _STUBBORN = 3, 24, 400


@dataclass(frozen=True)
class Success:
    """A call that returned a result, where it stood, and the same call once more."""

    before: Episode
    record: CallRecord
    again: CallRecord

    @property
    def changed(self) -> bool:
        return bool(self.record.changes)


@dataclass(frozen=True)
class Sprout:
    """A fork after a writing call: who made it, and ids and values of what it was about."""

    episode: Episode
    principal: str
    row: Row


@dataclass
class Log:
    """What the driver saw."""

    world: World
    memory: Memory = field(default_factory=Memory)
    successes: dict[str, list[Success]] = field(default_factory=lambda: defaultdict(list))
    broken: list[str] = field(default_factory=list)
    refusals: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    sprouts: dict[str, dict[str, list[Sprout]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    """Entity -> tool -> forks in which a call of the tool has touched one of the entity."""


@cache
def arena() -> World:
    """The arena with every app of the catalogue."""
    return World(world_spec("arena"))


@cache
def people() -> Mapping[str, str]:
    """Role -> the person who shows it best."""
    return {role: person.id for role, person in picks(build_firm(arena().spec.seed)).items()}


@cache
def log() -> Log:
    """Everything that was seen, once per process."""
    found = Log(arena())
    maker = Maker(found.memory, random.Random(SEED))
    specs = list(found.world.registry.values())
    for _ in range(2):
        for spec in specs:
            if not spec.writes:
                survey(found, maker, spec)
    for recipe in RECIPES:
        if recipe.steps[-1][0] in found.world.tools:
            follow(found, recipe)
    for rounds in (_WRITES, _STUBBORN):
        for spec in specs:
            insist(found, maker, spec, rounds)
    return found


def _reseed(maker: Maker, spec: ToolSpec) -> None:
    """Luck of its own for each tool, so that one more app changes the luck of no other."""
    maker.rounds[spec.name] += 1
    maker.rng.seed(f"{SEED}:{spec.name}:{maker.rounds[spec.name]}")


def survey(found: Log, maker: Maker, spec: ToolSpec) -> None:
    """Let everybody read, a few times each."""
    _reseed(maker, spec)
    for who in dict.fromkeys(people().values()):
        for attempt in range(_READS if spec.parameters else 1):
            arguments = maker.arguments(spec, who, share=0.3 if attempt else 0.0)
            if arguments is None:
                break
            called = call(found, found.world.episode(who), spec.name, arguments)
            if called is not None and called.ok:
                found.memory.learn(spec, who, arguments, called.result or {})


def insist(found: Log, maker: Maker, spec: ToolSpec, attempts: int) -> None:
    """Call a tool until what its annotations promise was seen, or the attempts are spent."""
    _reseed(maker, spec)
    who = able(found, spec.name)
    needed = next((entity for name in spec.required if (entity := entity_of(spec.parameters[name]))), None)
    knowing = [person for person in who if needed in found.memory.rows[person]] or who
    for _ in range(attempts):
        if shown(found, spec):
            return
        attempt(found, maker, spec, maker.rng.choice(knowing if maker.rng.random() < 0.7 else who))


def able(found: Log, tool: str) -> list[str]:
    """People who hold the tool's permission, else everybody."""
    bound = found.world.tools[tool]
    needed = bound.tool.permission
    roles = bound.app.permissions[needed] if needed else people().keys()
    return list(dict.fromkeys(person for role, person in people().items() if role in roles))


def attempt(found: Log, maker: Maker, spec: ToolSpec, who: str) -> None:
    """One call on a fresh fork, or on one where something that the tool needs was just made."""
    start, row = found.world.episode(who), None
    fertile = [entity for name in spec.required if (entity := entity_of(spec.parameters[name])) in found.sprouts]
    if spec.writes and fertile and maker.rng.random() < 0.6:
        by_tool = found.sprouts[maker.rng.choice(fertile)]
        sprout = maker.rng.choice(by_tool[maker.rng.choice(list(by_tool))])
        start, row = sprout.episode.fork(), sprout.row
        may = sprout.principal in able(found, spec.name)
        start.principal = sprout.principal if may and maker.rng.random() < 0.5 else who
    arguments = maker.arguments(spec, start.principal, row=row, share=maker.rng.choice((0.1, 0.3, 0.7)))
    if arguments is not None:
        call(found, start, spec.name, arguments)


def follow(found: Log, recipe: Recipe) -> None:
    """Do the steps of a recipe, each as its role; the last one counts like any other call."""
    episode = found.world.episode()
    results: list[dict[str, Any]] = []
    for tool, role, arguments in recipe.steps:
        episode = episode.fork()
        episode.principal = people()[role]
        called = call(found, episode, tool, _bound(arguments, results))
        if called is None or not called.ok:
            found.broken.append(f"recipe {recipe.steps[-1][0]}: {tool} as {role}: {called and called.error}")
            return
        episode = _after(episode, called)
        results.append(called.result or {})


def _after(before: Episode, record: CallRecord) -> Episode:
    episode = before.fork()
    episode.call(record.tool, record.arguments)
    return episode


def _bound(value: Any, results: list[dict[str, Any]]) -> Any:
    """'$0.items.0.id' becomes the value at that path in the result of step 0."""
    if isinstance(value, str) and value.startswith("$"):
        step, *path = value[1:].split(".")
        found: Any = results[int(step)]
        for part in path:
            found = found[int(part)] if isinstance(found, list) else found[part]
        return found
    if isinstance(value, dict):
        return {key: _bound(part, results) for key, part in value.items()}
    return [_bound(part, results) for part in value] if isinstance(value, list) else value


def call(found: Log, start: Episode, tool: str, arguments: dict[str, Any]) -> CallRecord | None:
    """Call on a fork of `start`; keep a success with its repetition. None when the tool broke."""
    episode = start.fork()
    try:
        record = episode.call(tool, arguments)
        if not record.ok:
            found.refusals[tool][str((record.error or {})["message"])] += 1
            return record
        spec = found.world.registry[tool]
        if len(found.successes[tool]) < KEPT or (spec.writes and not shown(found, spec)):
            if record.changes:
                _plant(found, episode.fork(), record)
            found.successes[tool].append(Success(start, record, episode.call(tool, arguments)))
    except EpisodeError as error:
        found.broken.append(f"{tool}({arguments}) as {start.principal}: {error}")
        return None
    return record


def _plant(found: Log, episode: Episode, record: CallRecord) -> None:
    spec = found.world.registry[record.tool]
    given = next(rows(spec.input_schema, record.arguments))
    for row in [given, *rows(spec.output_schema or {}, record.result, given)][:6]:
        for entity in row.entities:
            kept = found.sprouts[entity][record.tool]
            if len(kept) < 6:
                kept.append(Sprout(episode, record.principal, row))


def shown(found: Log, spec: ToolSpec) -> bool:
    """Did the kept calls show what the annotations say?"""
    seen = found.successes[spec.name]
    if not spec.writes:
        return len(seen) >= KEPT
    if len(seen) < 3 or not any(success.changed for success in seen):
        return False
    if spec.destructive and not any(overwrites(success.record) for success in seen):
        return False
    return spec.idempotent or any(not s.again.ok or s.again.changes for s in seen)


def overwrites(record: CallRecord) -> bool:
    """Did the call delete a row or replace a value that was there?"""
    return any(
        change.op == "delete" or any(value is not None for value in (change.before or {}).values())
        for change in record.changes
    )


def successes(found: Log, app: str) -> Iterator[tuple[ToolSpec, Success]]:
    """The kept calls of an app's tools."""
    for name, bound in found.world.tools.items():
        if bound.app.key == app:
            for success in found.successes[name]:
                yield bound.spec, success
