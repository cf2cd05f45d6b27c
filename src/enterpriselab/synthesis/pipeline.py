"""The pipeline: look around, graph, proofs, rounds of exploration, words, filters, gates, choice."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random

from enterpriselab.core.seeds import derive_random
from enterpriselab.core.tasks import Task
from enterpriselab.sandbox.environment import Environment
from enterpriselab.synthesis.candidates import windows
from enterpriselab.synthesis.compose import Composer
from enterpriselab.synthesis.config import SynthesisConfig
from enterpriselab.synthesis.explore import Explorer, Ground, Tally
from enterpriselab.synthesis.filters import DraftFilter, Yield, gate, most_diverse, visible
from enterpriselab.synthesis.graph import Proposer, ToolGraph, build_graph
from enterpriselab.synthesis.harvest import harvest
from enterpriselab.synthesis.memory import Memory
from enterpriselab.synthesis.observe import observed_registry
from enterpriselab.synthesis.paths import Path
from enterpriselab.synthesis.prove import Prover
from enterpriselab.synthesis.shape import Shape
from enterpriselab.synthesis.values import ValueMaker
from enterpriselab.synthesis.words import Draft, GrammarWriter, Writer

Progress = Callable[[str, int, int], None]
"""(phase, done, of)"""
_PER_ROUND = 3
"""Tasks of one template that one round may add, so that no template fills up before others are found."""


@dataclass(slots=True)
class SynthesisResult:
    """What a run made."""

    tasks: list[Task]
    graph: ToolGraph
    counts: Yield
    tally: Tally
    seconds: dict[str, float] = field(default_factory=dict)
    rounds: int = 0


@dataclass(frozen=True, slots=True)
class Language:
    """The places where a language model may take part."""

    writer: Callable[[Mapping[str, Shape]], Writer] = GrammarWriter
    """Makes the writer that puts paths into words."""
    propose: Proposer | None = None
    """Proposes further links between tools."""


def prepare(
    environment: Environment,
    config: SynthesisConfig,
    principals: Sequence[str],
    *,
    seed: int,
    propose: Proposer | None = None,
    progress: Progress | None = None,
) -> tuple[ToolGraph, Memory]:
    """Phase 1: what the tools are, how they fit, what there is. Writes nothing but on forks."""
    progress = progress or _silent
    progress("looking around", 0, 2)
    values = ValueMaker(config.today)
    registry = observed_registry(environment, principals, values, derive_random(seed, "observe"))
    graph = build_graph(registry, propose=propose)
    progress("looking around", 1, 2)
    memory = Memory()
    for principal in principals:
        memory.told(principal, getattr(environment, "known", {}))
    harvest(environment, graph, memory, principals, values, derive_random(seed, "harvest"))
    prover = Prover(environment, graph, memory, principals, values)
    proven = prover.prove(
        limit=config.prove_limit, rng=derive_random(seed, "prove"), told=partial(progress, "proving links")
    )
    return proven, memory


def _silent(_phase: str, _done: int, _of: int) -> None:
    """Nobody is told."""


def synthesize(
    environment: Environment,
    config: SynthesisConfig,
    principals: Sequence[str],
    *,
    seed: int = 7,
    progress: Progress | None = None,
    language: Language | None = None,
) -> SynthesisResult:
    """All phases. The same environment, settings, principals and seed give the same tasks.

    Args:
        environment: where tasks are made; every attempt gets its own episode.
        config: settings.
        principals: on whose behalf; what one may not do is found out by trying.
        seed: of everything random.
        progress: told about each phase, each link that is proved and each task.
        language: what a language model may do; without one, the grammar writes.
    """
    language = language or Language()
    started = time.perf_counter()
    progress = progress or _silent
    graph, memory = prepare(environment, config, principals, seed=seed, propose=language.propose, progress=progress)
    result = SynthesisResult([], graph, Yield(), Tally())
    result.seconds["prepare"] = time.perf_counter() - started
    factory = _Factory(environment, config, graph, memory, result, language.writer(graph.shapes), seed, progress)
    wanted = round(config.tasks * config.oversample)
    progress("tasks", 0, wanted)
    for number in range(config.rounds):
        result.rounds = number + 1
        if factory.round(principals, number, wanted):
            break
    verified = len(result.tasks)
    result.tasks = most_diverse(result.tasks, config.tasks)
    result.counts.note("diversity", True)
    diversity = result.counts.gates["diversity"]
    diversity.kept, diversity.dropped = len(result.tasks), verified - len(result.tasks)
    result.seconds["total"] = time.perf_counter() - started
    return result


@dataclass(slots=True)
class _Factory:
    """One round after the other adds tasks to the result."""

    environment: Environment
    config: SynthesisConfig
    graph: ToolGraph
    memory: Memory
    result: SynthesisResult
    writer: Writer
    seed: int
    progress: Progress
    per_template: Counter[str] = field(default_factory=Counter)
    fresh: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    drafts: DraftFilter = field(init=False)
    composer: Composer = field(init=False)

    def __post_init__(self) -> None:
        config = self.config
        self.drafts = DraftFilter(self.result.counts, max_words=config.max_words, similar_at=config.similar_at)
        self.composer = Composer(
            self.environment, self.graph.shapes, distractors=config.distractors, thoughts=config.thoughts
        )

    def round(self, principals: Sequence[str], number: int, wanted: int) -> bool:
        """Explore once as every principal, taking turns; True as soon as there are enough tasks."""
        turns = [(rng, self._candidates(who, rng)) for who, rng in self._randoms(principals, number)]
        self.fresh.clear()
        while turns:
            for turn in list(turns):
                rng, candidates = turn
                path = next(candidates, None)
                if path is None:
                    turns.remove(turn)
                    continue
                self._take(path, rng)
                self.progress("tasks", len(self.result.tasks), wanted)
                if len(self.result.tasks) >= wanted:
                    return True
        return False

    def _randoms(self, principals: Sequence[str], number: int) -> list[tuple[str, Random]]:
        return [(who, derive_random(self.seed, "round", who, number)) for who in principals]

    def _take(self, path: Path, rng: Random) -> None:
        draft = self.writer(path, rng)
        if self.result.counts.note("askable", draft is not None, path.steps[-1].tool) and draft is not None:
            self._add(draft)

    def _candidates(self, principal: str, rng: Random) -> Iterator[Path]:
        config = self.config
        explorer = Explorer(
            Ground(self.environment, self.graph, self.memory, ValueMaker(config.today), config.observation_budget),
            principal=principal,
            rng=rng,
            reach=config.reach,
            tally=self.result.tally,
        )
        for path in explorer.paths():
            yield from windows(path, self.graph.shapes, max_writes=config.max_writes)

    def _tool_share(self) -> float:
        """Where there are few tools each one gets more."""
        return max(self.config.tool_share, 3 / len(self.graph.shapes))

    def _close_full_tools(self, draft: Draft) -> None:
        room = self._tool_share() * self.config.tasks * self.config.oversample
        written = {step.tool for step in draft.path.steps if step.writes}
        self.result.tally.closed |= {tool for tool in written if self.kinds[tool] >= room}

    def _kinds_have_room(self, draft: Draft) -> bool:
        """No kind may take more than its share of what is wanted."""
        wanted = self.config.tasks * self.config.oversample
        shares = {"single": self.config.single_share, "search": self.config.search_share}
        return all(self.kinds[kind] < shares.get(kind, self._tool_share()) * wanted for kind in _kinds(draft))

    def _add(self, draft: Draft) -> None:
        counts, template = self.result.counts, self.composer.template_of(draft)
        room = self.per_template[template] < self.config.template_cap and self.fresh[template] < _PER_ROUND
        room = room and self._kinds_have_room(draft)
        if not counts.note("balance", room, template) or not self.drafts.passes(draft, template):
            return
        made = self.composer.ground(draft, seed=self.seed)
        if not counts.note("grounded replay", made is not None, template) or made is None:
            return
        task, records = made
        hidden = visible(task, records, budget=self.config.observation_budget)
        if counts.note("visible", not hidden, hidden) and gate(self.environment, task, counts):
            self.per_template[template] += 1
            self.kinds.update(_kinds(draft))
            self._close_full_tools(draft)
            self.fresh[template] += 1
            self.result.tasks.append(task)


def _kinds(draft: Draft) -> list[str]:
    """What a draft counts as: one call only, no change, each writing tool, the goal."""
    steps = draft.path.steps
    kinds = ["single"] * (len(steps) == 1) + ["search"] * (not any(step.writes for step in steps))
    return kinds + sorted({step.tool for step in steps if step.writes} | {steps[-1].tool})
