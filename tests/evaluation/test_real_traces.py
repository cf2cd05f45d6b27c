"""Measures and failure rules on the suite's own tasks as they are played: references, mutants of them, baselines."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

import pytest

from enterpriselab.agents.baselines import baseline_agent
from enterpriselab.agents.dialects import FunctionCalling
from enterpriselab.agents.loop import Agent, Limits
from enterpriselab.agents.models.base import ModelCall, ModelTurn
from enterpriselab.agents.models.scripted import ScriptedModel
from enterpriselab.benchmarks.suites import load_suite
from enterpriselab.cli.settings import EnvironmentConfig
from enterpriselab.cli.worlds import open_environment
from enterpriselab.core.changes import CallRecord
from enterpriselab.core.tasks import Task
from enterpriselab.core.tools import ToolSpec
from enterpriselab.core.traces import Trace, Usage
from enterpriselab.evaluation.cases import Case, cases_of, solutions_of
from enterpriselab.evaluation.faults import UNEXPLAINED, faults
from enterpriselab.evaluation.measures import BY_KEY, estimate
from enterpriselab.evaluation.selection import wrong_calls
from enterpriselab.rollouts.demonstrations import reference_agent
from enterpriselab.rollouts.rollout import rollout
from enterpriselab.sandbox.environment import Environment
from enterpriselab.scoring.gates import attempt
from enterpriselab.scoring.mutants import mutants

ATTACKED = 3
"""Tasks whose mutants are played; all of the suite take ten seconds."""
FIRST = {
    "dropped": {"incomplete_decomposition", "premature_completion"},
    "done twice": {"wrong_tool"},
    "left out": {"parameter_error"},
    "altered text": {"parameter_error"},
    "another choice": {"parameter_error"},
    "off by one": {"parameter_error"},
    "negated": {"parameter_error"},
    "another entity": {"parameter_error", "invented_id", "wrong_tool"},
}
"""End of a mutant's label -> what a reader would say went wrong first."""


@cache
def tasks() -> dict[str, Task]:
    return {task.id: task for task in load_suite("opsgym/itsm").tasks}


@cache
def environment(world: str) -> Environment:
    return open_environment(EnvironmentConfig(world=world), seed=7)


@cache
def tools() -> dict[str, ToolSpec]:
    worlds = {task.world for task in tasks().values()}
    return {name: spec for world in worlds for name, spec in environment(world).registry.items()}


def played(task: Task, agent: Agent) -> Trace:
    return asyncio.run(rollout(environment(task.world), task, agent))


@cache
def references() -> list[Trace]:
    agent = reference_agent(((environment(task.world), task) for task in tasks().values()), FunctionCalling())
    return [played(task, agent) for task in tasks().values()]


def cases(traces: Sequence[Trace]) -> list[Case]:
    return cases_of(tasks(), traces, tools(), solutions=solutions_of(tasks(), references()))


def repeated(task: Task, records: Sequence[CallRecord]) -> Trace:
    """The attempt of an agent that makes these calls and then says what the reference says."""
    turns = [ModelTurn(text="", calls=(ModelCall(record.tool, record.arguments),)) for record in records]
    script = [
        replace(FunctionCalling().written(turn), usage=Usage())
        for turn in (*turns, ModelTurn(text=task.answer or "Done."))
    ]
    model = ScriptedModel(lambda request, turn: script[turn], name="mutant")
    return played(task, Agent(model, FunctionCalling(), limits=Limits(turns=len(script), tokens=10**9)))


def test_the_reference_of_every_task_is_perfect_and_shows_no_fault() -> None:
    found = cases(references())
    assert len(found) == 40 and all(case.success for case in found)
    for key in (
        "success",
        "verifier_rate",
        "tool_selection",
        "argument_accuracy",
        "execution",
        "step_ratio",
        "refusal",
    ):
        assert estimate(BY_KEY[key], found).value == 1.0, key
    for case in found:
        assert case.trace.score and set(case.trace.score.rewards.values()) == {1.0}, case.task.template
        assert not wrong_calls(case) and len(case.pairs) == len(case.task.reference), case.task.template
        assert [fault.kind for fault in faults(case)] == [UNEXPLAINED], (case.task.template, faults(case))


def attacked() -> Iterator[tuple[str, Trace]]:
    feasible = [task for task in tasks().values() if task.feasible]
    for task in feasible[:: len(feasible) // ATTACKED][:ATTACKED]:
        records = attempt(environment(task.world), task, task.reference).records
        for label, steps in mutants(environment(task.world), task, records):
            yield label, repeated(task, attempt(environment(task.world), task, steps).records)


def test_what_was_done_to_a_reference_is_what_is_named_first() -> None:
    labels, traces = zip(*attacked(), strict=True)
    pairs = [pair for pair in zip(labels, cases(traces), strict=True) if not pair[1].success]
    assert len(pairs) > 30
    seen = set()
    for label, case in pairs:
        end = next((end for end in FIRST if label.endswith(end)), "")
        kind = faults(case)[0].kind
        seen.add(end)
        wanted = FIRST.get(end, {kind}) if all(call.ok for call in case.calls) else {kind}
        assert kind != UNEXPLAINED and kind in wanted, (case.task.template, label, faults(case)[:3])
    assert len(seen & FIRST.keys()) >= 5


@pytest.mark.parametrize("label", ["do_nothing", "refuse_always"])
def test_who_does_nothing_did_not_begin_and_who_declines_refused(label: str) -> None:
    found = cases([played(task, baseline_agent(label)) for task in tasks().values()])
    kinds = {faults(case)[0].kind for case in found if case.task.feasible and not case.success}
    assert kinds == {"premature_completion" if label == "do_nothing" else "refused"}
    share = estimate(BY_KEY["wrong_refusal"], found).value
    assert share == (0.0 if label == "do_nothing" else 1.0)
