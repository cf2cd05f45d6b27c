"""Tool sets: what an agent is offered for a task. The task's own tools, those among distractors, all, or retrieved."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from rapidfuzz import fuzz

from enterpriselab.core.errors import EnterpriseLabError, UsageError
from enterpriselab.core.seeds import derive_seed
from enterpriselab.core.tasks import Task
from enterpriselab.core.tools import ToolSpec
from enterpriselab.sandbox.environment import Environment

FORMS = '"oracle", "+5", "+10", "+15" (any number), "all", or "top20" (any number)'


class ToolSet(Protocol):
    """Chooses what is offered."""

    def of(self, environment: Environment, task: Task) -> list[ToolSpec]:
        """The tools, in the order in which they are shown.

        Raises:
            EnterpriseLabError: the task needs a tool that the environment does not have.
        """
        ...


@dataclass(frozen=True, slots=True)
class OracleTools:
    """Exactly the tools that the task offers, in its order."""

    def of(self, environment: Environment, task: Task) -> list[ToolSpec]:
        """The tools of the task."""
        missing = [name for name in task.tools if name not in environment.registry]
        if missing:
            raise EnterpriseLabError(f"task {task.id} needs tools that {environment.name} does not have: {missing}")
        return [environment.registry[name] for name in task.tools]


@dataclass(frozen=True, slots=True)
class WithDistractors:
    """The tools of the task among others of the same world whose names are nearest; deterministic by seed.

    The tools of the task choose in turn, in an order of the seed, the nearest name that is left. So five distractors
    are among the ten of the same seed, and what is shown stands in an order that says nothing about where it is from.
    """

    count: int
    seed: int = 0

    def of(self, environment: Environment, task: Task) -> list[ToolSpec]:
        """The tools of the task and `count` others, or as many as there are."""
        own = OracleTools().of(environment, task)
        names = [tool.name for tool in own] + self._distractors(environment.registry, task)
        return [environment.registry[name] for name in sorted(names, key=lambda name: self._place(task, name))]

    def _place(self, task: Task, name: str) -> int:
        return derive_seed("tools", self.seed, task.id, name)

    def _distractors(self, registry: Mapping[str, ToolSpec], task: Task) -> list[str]:
        left = sorted(set(registry) - set(task.tools), key=lambda name: self._place(task, name))
        turns = sorted(task.tools, key=lambda name: self._place(task, name)) or [""]
        chosen: list[str] = []
        while left and len(chosen) < self.count:
            own = turns[len(chosen) % len(turns)]
            nearest = max(left, key=lambda name: fuzz.ratio(own, name))
            left.remove(nearest)
            chosen.append(nearest)
        return chosen


@dataclass(frozen=True, slots=True)
class AllTools:
    """Every tool of the world."""

    def of(self, environment: Environment, task: Task) -> list[ToolSpec]:
        """All tools, in the order of the registry."""
        OracleTools().of(environment, task)
        return list(environment.registry.values())


class RetrievedTools:
    """The tools whose name and description are nearest to the request by TF-IDF; the task's own are not favoured."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._indexes: dict[int, _Index] = {}

    def of(self, environment: Environment, task: Task) -> list[ToolSpec]:
        """The `count` best, best first."""
        OracleTools().of(environment, task)
        index = self._indexes.get(id(environment))
        if index is None:
            index = self._indexes[id(environment)] = _Index(environment)
        return index.nearest(task.prompt)[: self.count]


class _Index:
    """TF-IDF over the tools of one environment, which it keeps alive."""

    def __init__(self, environment: Environment) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer  # takes a second, and few runs retrieve

        self.environment = environment
        self.tools = list(environment.registry.values())
        self._words = TfidfVectorizer(token_pattern=r"[a-z]{2,}", stop_words="english", sublinear_tf=True)
        self._rows = self._words.fit_transform([described(tool) for tool in self.tools])

    def nearest(self, text: str) -> list[ToolSpec]:
        """All tools, the nearest first; equally near ones in the order of the registry."""
        scores = (self._rows @ self._words.transform([text]).T).toarray()[:, 0]
        return [self.tools[number] for number in sorted(range(len(self.tools)), key=lambda n: (-scores[n], n))]


def described(tool: ToolSpec) -> str:
    """What a tool is found by: the words of its name, its app, its description and its parameters."""
    return " ".join([*_words(tool.name), tool.app, tool.title, tool.description, *_words(*tool.parameters)])


def _words(*names: str) -> Sequence[str]:
    """The words in snake_case and camelCase names."""
    return re.findall(r"[A-Za-z][a-z]*", " ".join(names))


def tool_set(form: str, *, seed: int = 0) -> ToolSet:
    """The tool set of a form such as "oracle", "+10", "all" or "top20". Raises UsageError for any other."""
    found = re.fullmatch(r"oracle|all|(\+|top)([1-9]\d*)", form)
    if found is None:
        raise UsageError(f"{form!r} is no tool set.", hint=f"use {FORMS}")
    if found[1] == "+":
        return WithDistractors(int(found[2]), seed)
    if found[1] == "top":
        return RetrievedTools(int(found[2]))
    return OracleTools() if form == "oracle" else AllTools()
