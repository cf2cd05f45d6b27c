"""Task records from drafts: template, tools with distractors, tags, verifiers derived from the replayed diff."""

import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from rapidfuzz import fuzz

from enterpriselab.core.changes import CallRecord
from enterpriselab.core.errors import EpisodeError
from enterpriselab.core.seeds import derive_seed
from enterpriselab.core.tasks import Task
from enterpriselab.core.tools import ToolSpec
from enterpriselab.sandbox.environment import Environment
from enterpriselab.sandbox.reference import BindingError, run_reference
from enterpriselab.scoring.derive import derive_verifiers
from enterpriselab.synthesis.paths import Path, reference, template
from enterpriselab.synthesis.shape import Shape
from enterpriselab.synthesis.words import Draft

_TASK_SEEDS = 2**31


class Composer:
    """Builds tasks of one environment. `ground` gives None when the path does not hold on a clean episode."""

    def __init__(
        self, environment: Environment, shapes: Mapping[str, Shape], *, distractors: int, thoughts: bool = True
    ) -> None:
        self._environment = environment
        self._shapes = shapes
        self._distractors = distractors
        self._thoughts = thoughts
        self._near: dict[str, list[str]] = {}

    def template_of(self, draft: Draft) -> str:
        """The split unit of a draft."""
        return template(draft.path, draft.ending)

    def ground(self, draft: Draft, *, seed: int) -> tuple[Task, list[CallRecord]] | None:
        """Replay the path on a clean episode under the task's own seed and derive its verifiers from the diff."""
        thoughts = draft.thoughts if self._thoughts else ("",) * len(draft.path.steps)
        steps = reference(draft.path, thoughts)
        task_seed = derive_seed(seed, draft.path.signature(), draft.ending) % _TASK_SEEDS
        episode = self._environment.episode(draft.path.principal, seed=task_seed)
        try:
            records = run_reference(episode, steps)
            diff = episode.diff()
        except (BindingError, EpisodeError):
            return None
        finally:
            episode.close()
        if len(records) < len(steps) or not records[-1].ok:
            return None
        if any(done.writes and not record.changes for done, record in zip(draft.path.steps, records, strict=True)):
            return None  # without the steps that a window left out, this one changes nothing
        task = Task(
            template=self.template_of(draft),
            world=self._environment.name,
            principal=draft.path.principal,
            prompt=draft.prompt,
            tools=self.tools_for(draft.path, Random(task_seed)),
            reference=steps,
            answer=draft.answer,
            verifiers=derive_verifiers(self._environment, diff, answer_values=draft.asked),
            plan=draft.plan,
            seed=task_seed,
            tags=self._tags(draft, {change.table for change in diff}),
        )
        return task, records

    def tools_for(self, path: Path, rng: Random) -> tuple[str, ...]:
        """The tools of the reference and distractors with near names, shuffled."""
        needed = list(dict.fromkeys(step.tool for step in path.steps))
        near: dict[str, None] = {}
        for rank in range(3 * self._distractors):
            for name in needed:
                ranked = self._neighbours(name)
                if rank < len(ranked) and ranked[rank] not in needed:
                    near.setdefault(ranked[rank])
        pool = list(near)[: 2 * self._distractors]
        chosen = rng.sample(pool, min(self._distractors, len(pool)))
        tools = needed + chosen
        rng.shuffle(tools)
        return tuple(tools)

    def _neighbours(self, name: str) -> list[str]:
        """All other tools, the nearest in name and app first."""
        if name not in self._near:
            registry = self._environment.registry
            scores = {other: _nearness(registry[name], registry[other]) for other in registry if other != name}
            self._near[name] = sorted(scores, key=lambda other: (-scores[other], other))
        return self._near[name]

    def _tags(self, draft: Draft, tables: set[str]) -> dict[str, Any]:
        steps = draft.path.steps
        apps = list(dict.fromkeys(self._environment.registry[step.tool].app for step in steps))
        writes = sum(step.writes for step in steps)
        return {
            "kind": "search" if not writes else "change" if not draft.ending else "change_and_search",
            "category": _category(apps, writes, [self._shapes[step.tool] for step in steps]),
            "domain": apps[-1] if apps else "",
            "apps": apps,
            "calls": len(steps),
            "writes": writes,
            "tables": sorted(tables),
            "writer": draft.writer,
        }


def _nearness(tool: ToolSpec, other: ToolSpec) -> float:
    return float(fuzz.token_sort_ratio(tool.name.replace("_", " "), other.name.replace("_", " "))) + 25 * (
        tool.app == other.app
    )


def _category(apps: Sequence[str], writes: int, shapes: Sequence[Shape]) -> str:
    if len(apps) > 1:
        return "cross-app"
    if not writes:
        return "search"
    return "multi-entity" if len({shape.entity for shape in shapes if shape.entity}) > 1 else "crud"


def opaque_leaks(prompt: str, values: Sequence[Any]) -> list[str]:
    """Bound identifiers that the prompt gives away."""
    return [str(v) for v in values if len(str(v)) > 3 and re.search(rf"(?<![\w-]){re.escape(str(v))}(?![\w-])", prompt)]
