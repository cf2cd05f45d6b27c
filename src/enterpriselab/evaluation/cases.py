"""Case: one judged attempt beside its task, with what measures and failure rules need to know of it."""

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile
from types import MappingProxyType
from typing import Any

from enterpriselab.core.tasks import Task
from enterpriselab.core.tools import ToolSpec
from enterpriselab.core.traces import Trace, TraceCall
from enterpriselab.evaluation.values import UNKNOWN, flat, leaves, likeness, said
from enterpriselab.scoring.alignment import aligned, bindings, stated
from enterpriselab.scoring.refusals import refuses

Tools = Mapping[str, ToolSpec]
Solution = Sequence[dict[str, Any]]
"""The arguments of a reference's calls with everything bound, as they were when the reference was played."""


@dataclass(frozen=True)
class Case:
    """A judged attempt. `tools` may lack entries: then only what the trace shows is known of a tool."""

    task: Task
    trace: Trace
    tools: Tools
    attempt: int
    """Which attempt at the task, from 0."""
    solution: Solution = ()
    """Empty when the reference was not played."""

    @property
    def success(self) -> bool:
        """Every verifier passed."""
        return bool(self.trace.score and self.trace.score.success)

    @property
    def calls(self) -> Sequence[TraceCall]:
        """The calls in order."""
        return self.trace.calls

    @cached_property
    def arguments(self) -> list[dict[str, Any]]:
        """What each call says, under declared names, without defaults and nulls."""
        return [stated(self.tools.get(call.tool), call.arguments) for call in self.calls]

    @cached_property
    def expected(self) -> list[dict[str, Any]]:
        """The same of each step of the reference."""
        return [stated(self.tools.get(step.tool), step.arguments) for step in self.task.reference]

    @cached_property
    def pairs(self) -> dict[int, int]:
        """Step of the reference -> the call that stands for it."""
        reference = [step.tool for step in self.task.reference]
        return aligned(reference, [call.tool for call in self.calls], self._liking)

    def _liking(self, step: int, call: int) -> float:
        return likeness(self._wanted[step], self.arguments[call]) + self.calls[call].ok

    @cached_property
    def _wanted(self) -> list[dict[str, Any]]:
        """The arguments of each step: literals, and what was bound when the reference was played, else UNKNOWN."""
        return [
            {name: self.solved(step, name) if any(bindings(value)) else value for name, value in expected.items()}
            for step, expected in enumerate(self.expected)
        ]

    @property
    def in_any_order(self) -> "Case":
        """The same, where calls that stand for no step in order stand for the open steps of their tool."""
        pairs, free = dict(self.pairs), list(self.unmatched)
        for step in range(len(self.task.reference)):
            fitting = [call for call in free if self.calls[call].tool == self.task.reference[step].tool]
            if step not in pairs and fitting:
                pairs[step] = max(fitting, key=lambda call: self._liking(step, call))
                free.remove(pairs[step])
        twin = replace(self)
        twin.__dict__["pairs"] = dict(sorted(pairs.items()))
        return twin

    @cached_property
    def scores(self) -> dict[int, float]:
        """Step -> score of its arguments, as far as it was asked for."""
        return {}

    @cached_property
    def unmatched(self) -> list[int]:
        """Calls that stand for no step of the reference."""
        matched = set(self.pairs.values())
        return [index for index in range(len(self.calls)) if index not in matched]

    @cached_property
    def _read(self) -> list[str]:
        """What can be read: the opening words, then the observation of each call; flat, for `said`."""
        first = takewhile(lambda message: message.get("role") != "assistant", self.trace.messages)
        opening = [str(message.get("content")) for message in first]
        start = "\n".join([*opening, self.task.prompt, self.task.policy, self.task.principal])
        return [flat(start), *(flat(call.observation) for call in self.calls)]

    def seen_before(self, call: int, value: Any) -> bool:
        """Could every part of the value be read before this call? `len(calls)` means: before the answer."""
        return all(any(said(text, leaf) for text in self._read[: call + 1]) for leaf in leaves(value))

    def seen_in_calls(self, value: Any) -> bool:
        """Did an observation show every part of the value?"""
        return all(any(said(text, leaf) for text in self._read[1:]) for leaf in leaves(value))

    def solved(self, step: int, name: str) -> Any:
        """What the reference, when it was played, gave as this argument; UNKNOWN when it was not."""
        return self.solution[step].get(name, UNKNOWN) if step < len(self.solution) else UNKNOWN

    def observed(self, call: int) -> Any:
        """The observation of a call as a JSON value, or None."""
        try:
            return json.loads(self.calls[call].observation)
        except ValueError:
            return None

    def writes(self, tool: str) -> bool:
        """Does the tool change the world? By its annotation, else by what calls of it did here."""
        spec = self.tools.get(tool)
        return spec.writes if spec else any(call.changes for call in self.calls if call.tool == tool)

    def app(self, tool: str) -> str:
        """The app of a tool, or nothing when it is not known."""
        return self.tools[tool].app if tool in self.tools else ""

    @property
    def price(self) -> float | None:
        """US dollars, or None when the price is not known: not given, or no number."""
        price = self.trace.usage.price_usd
        return price if price is not None and math.isfinite(price) else None

    @property
    def changed(self) -> bool:
        """Some call changed a row."""
        return any(call.changes for call in self.calls)

    @property
    def refused(self) -> bool:
        """The agent declined: it said so and changed nothing. Who says to have declined an invitation did not."""
        asked = self.task.prompt if self.task.feasible else ""
        return refuses(self.trace.answer, asked) and not self.changed


def cases_of(
    tasks: Mapping[str, Task],
    traces: Iterable[Trace],
    tools: Tools,
    *,
    solutions: Mapping[str, Solution] = MappingProxyType({}),
) -> list[Case]:
    """A case for each judged trace; attempts at a task are counted over all traces, in their order."""
    seen: dict[str, int] = defaultdict(int)
    found = []
    for trace in traces:
        number = seen[trace.task_id]
        seen[trace.task_id] += 1
        if is_judged(trace):
            solution = solutions.get(trace.task_id, ())
            found.append(Case(tasks[trace.task_id], trace, tools, number, solution))
    return found


def solutions_of(tasks: Mapping[str, Task], traces: Iterable[Trace]) -> dict[str, Solution]:
    """Task -> its solution, from attempts that played the reference and passed."""
    found: dict[str, Solution] = {}
    for trace in traces:
        steps = [step.tool for step in tasks[trace.task_id].reference]
        calls = [call for call in trace.calls if call.ok]  # what failed for the moment was called again
        if trace.score and trace.score.success and [call.tool for call in calls] == steps:
            found[trace.task_id] = [call.arguments for call in calls]
    return found


def is_judged(trace: Trace) -> bool:
    """False for an attempt that an error of ours ended, and for one that a verifier could not judge."""
    return trace.score is not None and trace.score.success is not None


def by_task(cases: Iterable[Case]) -> dict[str, list[Case]]:
    """Cases grouped by task, in order; a task under drift counts as the one that it was made from."""
    groups: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        groups[case.task.origin].append(case)
    return dict(groups)
