"""Family: a module that makes tasks of one kind from the data of a world, by rule and always the same.

A family module holds one constant FAMILY. Its function looks at the rows of a world and gives drafts; this file plays
them and makes tasks: the allowed-change set is what the reference changed, the tools on offer are those it needs.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.core.changes import Change
from enterpriselab.core.errors import EnterpriseLabError
from enterpriselab.core.tasks import Task, Verifier
from enterpriselab.sandbox.environment import Environment, EpisodeLike
from enterpriselab.scoring.derive import nothing_else, right_answer
from enterpriselab.scoring.mutants import sources


@dataclass(frozen=True)
class Place:
    """A world as a family sees it: rows to choose from."""

    world: str
    environment: Environment

    @cached_property
    def _start(self) -> EpisodeLike:
        return self.environment.episode()

    def rows(self, query: str, *params: Any) -> list[dict[str, Any]]:
        """Rows of a read-only query on the untouched world."""
        return self._start.sql(query, *params)

    def row(self, query: str, *params: Any) -> dict[str, Any] | None:
        """The first row, or None."""
        return next(iter(self.rows(query, *params)), None)

    def draft(self, principal: str, prompt: str, **fields: Any) -> Draft:
        """A new instance, to be written call by call on a fresh episode."""
        return Draft(principal, prompt, self.environment.episode(principal), **fields)


Drafts = Callable[[Place], Iterable[Draft]]


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of task."""

    name: str
    worlds: tuple[str, ...]
    """Names of the worlds that it makes instances in, as in `Task.world`."""
    drafts: Drafts
    policy: str = ""
    """The rules that the acting person is bound to; part of the system prompt."""
    more_worlds: tuple[str, ...] = ()
    """Worlds that it can make further instances in, which are not part of the suite itself."""
    notes: frozenset[str] = frozenset()
    """'table.column' of free remarks: an agent may write any, where the reference writes none."""
    links: frozenset[str] = frozenset()
    """Tables to which no other refers: there it counts what the rows say, not which row says it."""
    tags: Mapping[str, Any] = field(default_factory=dict)


def build(family: Family, place: Place) -> Iterator[Task]:
    """The tasks of a family in one world.

    Raises:
        EnterpriseLabError: a call of a reference is refused there, or a draft is not well formed.
    """
    try:
        for draft in family.drafts(place) or ():
            if not isinstance(draft, Draft):
                raise EnterpriseLabError(f"its function gives drafts, made by place.draft(...), and not {draft!r}")
            yield _task(family, place, draft)
    except EnterpriseLabError as error:
        raise EnterpriseLabError(f"family {family.name} in {place.world}: {error}") from error


def _task(family: Family, place: Place, draft: Draft) -> Task:
    if not draft.steps:
        raise EnterpriseLabError("a reference without calls, at least one that looks, proves nothing")
    free = {*draft.free, *(family.notes - _written(draft.episode.diff()))}
    allowed = nothing_else(place.environment, draft.episode, free=free, links=family.links)
    draft.episode.close()
    needed = [step.tool for step in (*draft.steps, *draft.temptation)]
    return Task(
        template=family.name,
        world=place.world,
        principal=draft.principal,
        prompt=draft.prompt,
        policy=family.policy,
        tools=tuple(dict.fromkeys(needed)),
        reference=tuple(draft.steps),
        answer=draft.answer,
        verifiers=(*draft.checks, allowed, *_words(draft)),
        plan=tuple(step.thought for step in draft.steps),
        feasible=draft.feasible,
        tags={**family.tags, **_tags(place.environment, draft), **draft.tags},
    )


def _written(changes: list[Change]) -> set[str]:
    """'table.column' of every value that is there after a change."""
    return {f"{c.table}.{name}" for c in changes for name, value in (c.after or {}).items() if value is not None}


def _words(draft: Draft) -> Iterator[Verifier]:
    if draft.values:
        yield right_answer(draft.values)
    if draft.reason:
        yield Verifier(kind="refusal", name="it is declined", category="process", params={})
        params: dict[str, Any] = {"reason": draft.reason, "rules": list(draft.cites)}
        yield Verifier(kind="reason", name="the reason is given", category="process", params=params)


def _tags(environment: Environment, draft: Draft) -> dict[str, Any]:
    """How long and how deep the task is, and what it touches."""
    schemas = [
        environment.registry[step.tool].parameters.get(name, {}) for step in draft.steps for name in step.arguments
    ]
    tags: dict[str, Any] = {
        "horizon": len(draft.steps),
        "depth": _depth(draft),
        "entities": sorted({schema["x-entity"] for schema in schemas if "x-entity" in schema}),
    }
    if draft.reason:
        tags["reason"] = draft.reason
    if draft.temptation:
        tags["temptation"] = [step.model_dump() for step in draft.temptation]
    return tags


def _depth(draft: Draft) -> int:
    """Calls in the longest chain in which each needs the result of the one before."""
    depths: list[int] = []
    for step in draft.steps:
        depths.append(1 + max((depths[index] for index in sources(step.arguments)), default=0))
    return max(depths, default=0)
