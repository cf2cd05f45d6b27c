"""What `enterpriselab baselines` does: play agents without a model on whole suites, and hold them against the suite."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from rich.console import Console
from rich.progress import Progress

from enterpriselab.agents.baselines import REFUSAL
from enterpriselab.cli.cast import baseline_called
from enterpriselab.cli.stages.state import run_async
from enterpriselab.cli.taskfiles import Asked, Group, check_fits, load_groups
from enterpriselab.cli.worlds import opened
from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import BASELINES, REFERENCE, Trace
from enterpriselab.evaluation.summary import summarize
from enterpriselab.rollouts.rollout import RolloutSettings
from enterpriselab.rollouts.runner import jobs_for, run_jobs
from enterpriselab.sandbox.environment import Environment
from enterpriselab.scoring.refusals import reasons_given

GIVEN = frozenset(reasons_given(REFUSAL))
"""The reasons that the refusal names: as many as an answer may give, not all there are."""


def _declined_rightly(task: Task) -> bool:
    wanted = {verifier.params["reason"] for verifier in task.verifiers if verifier.kind == "reason"}
    return not task.feasible and wanted <= GIVEN


MUST: Mapping[str, Callable[[Task], bool]] = {
    REFERENCE: lambda task: bool(task.reference) or not task.feasible,
    "do_nothing": lambda task: False,
    "refuse_always": _declined_rightly,
}
"""Baseline -> must it pass this task? The others may pass what they pass."""


@dataclass(frozen=True, slots=True)
class Played:
    """One baseline on one suite."""

    summary: dict[str, Any]
    passed: int
    must: int | None
    """How many tasks it must pass; None where nothing is said."""
    offenders: tuple[str, ...]
    """Tasks that it passes and must not, or must and does not."""


@dataclass(frozen=True, slots=True)
class SuiteScores:
    """Every baseline on one suite."""

    suite: str
    tasks: int
    infeasible: int
    played: Mapping[str, Played]

    @property
    def holds(self) -> bool:
        """Every baseline scores what the suite says that it must."""
        return not any(one.offenders for one in self.played.values())

    def to_json(self) -> dict[str, Any]:
        """Plain JSON: counts, success with interval, offenders."""
        return {
            "suite": self.suite,
            "tasks": self.tasks,
            "infeasible": self.infeasible,
            "holds": self.holds,
            "baselines": {
                name: {
                    "passed": one.passed,
                    "must": one.must,
                    "success": one.summary["success"],
                    "offenders": list(one.offenders),
                }
                for name, one in self.played.items()
            },
        }


def play_suites(names: Sequence[str], console: Console) -> list[SuiteScores]:
    """All baselines on each suite, with progress on the console.

    Raises:
        UsageError: there is no such suite, its tasks do not fit, or attempts ended by errors of ours.
    """
    found = []
    with Progress(console=console, transient=True) as bars:
        for name in names:
            bar = bars.add_task(f"Play {name}", total=None)
            found.append(_play(name, partial(bars.update, bar)))
    return found


def _play(name: str, tick: Callable[..., None]) -> SuiteScores:
    suite, groups = load_groups(name, Asked())
    tasks = {task.id: task for task in suite.tasks}
    traces: dict[str, list[Trace]] = {label: [] for label in BASELINES}
    tools: dict[str, Any] = {}
    for group in groups:
        with opened(group.where.environment, seed=group.where.seed) as environment:
            check_fits(environment, group.tasks)
            tools |= environment.registry
            for label, trace in _played(environment, group):
                traces[label].append(trace)
                tick(completed=sum(map(len, traces.values())), total=len(BASELINES) * len(tasks))
    summaries = summarize(tasks, traces, tools=tools)
    played = {label: _held(label, tasks, traces[label], summaries[label]) for label in BASELINES}
    return SuiteScores(name, len(tasks), sum(not task.feasible for task in tasks.values()), played)


def _played(environment: Environment, group: Group) -> Iterator[tuple[str, Trace]]:
    for label in BASELINES:
        agent = baseline_called(label, group.tasks, lambda _: environment)
        settings = RolloutSettings(run=f"baselines/{label}")
        for trace in run_async(run_jobs(environment, jobs_for(group.tasks, 1), agent, settings=settings)):
            yield label, trace


def _held(label: str, tasks: Mapping[str, Task], traces: list[Trace], summary: dict[str, Any]) -> Played:
    passed = {trace.task_id for trace in traces if trace.score and trace.score.success}
    must = MUST.get(label)
    if must is None:
        return Played(summary, len(passed), None, ())
    wanted = {task.id for task in tasks.values() if must(task)}
    return Played(summary, len(passed), len(wanted), tuple(sorted(passed ^ wanted)))
