"""The suite of the ITSM desk: what it holds, and that every task passes every gate."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from statistics import fmean
from typing import Any

import pytest

from enterpriselab.apps import world_spec
from enterpriselab.benchmarks.suites import Suite, load_suite, suite_names
from enterpriselab.core.tasks import Task
from enterpriselab.sandbox.world import World
from enterpriselab.scoring.gates import attempt, check_task
from enterpriselab.scoring.judge import judge, succeeded
from enterpriselab.scoring.parity import parity_success
from enterpriselab.scoring.refusals import REASONS, refusal


@cache
def world(name: str) -> World:
    return World(world_spec(name))


@cache
def suite(name: str = "opsgym/itsm") -> Suite:
    return load_suite(name, open_world=world)


every_task = pytest.mark.parametrize("number", range(40))


@contextmanager
def played(task: Task, level: str = "", *, steps: bool = True) -> Iterator[Any]:
    environment = world(f"{task.world}@{level}" if level else task.world)
    end = attempt(environment, task, task.reference if steps else ())
    try:
        assert end.error is None, end.error
        yield lambda answer: judge(environment, task, end.episode, answer), end.episode
    finally:
        end.episode.close()


@every_task
def test_the_reference_passes_on_a_lenient_and_on_a_strict_server(number: int) -> None:
    task = suite().tasks[number]
    for level in ("", "enforced"):
        with played(task, level) as (verdicts, episode):
            failed = [verdict for verdict in verdicts(task.answer) if not verdict.passed]
            assert not failed, (task.template, level, failed)
            assert parity_success(task, episode)


@every_task
def test_to_do_nothing_fails_and_to_decline_passes_only_what_cannot_be_done(number: int) -> None:
    task = suite().tasks[number]
    with played(task, steps=False) as (verdicts, _):
        assert succeeded(verdicts("Done.")) is False
        passing = [reason for reason in REASONS if succeeded(verdicts(refusal(reason)))]
        assert passing == ([] if task.feasible else [task.tags["reason"]])


@every_task
def test_every_gate_holds_and_every_mutant_dies(number: int) -> None:
    task = suite().tasks[number]
    report = check_task(world(task.world), task)
    assert report.passed, (task.template, report.failures)
    assert report.mutants_killed == report.mutants >= 5 and report.variants_passed == report.variants >= 2


def test_forty_tasks_of_the_public_depth_cover_the_desk() -> None:
    tasks = suite().tasks
    feasible = [task for task in tasks if task.feasible]
    assert (len(tasks), len(feasible), len({task.template for task in tasks})) == (40, 34, 34)
    lengths = [len(task.reference) for task in feasible]
    assert min(lengths) >= 4 and max(lengths) <= 20 and 8.5 <= fmean(lengths) <= 9.5
    assert all(3 <= len(task.verifiers) <= 20 for task in tasks) and fmean(len(t.verifiers) for t in tasks) < 12
    assert set(Counter(task.world for task in tasks)) == {f"opsgym/{image}" for image in ("harbor", "clinic", "campus")}
    categories = {verifier.category for task in tasks for verifier in task.verifiers}
    assert categories == {"task_completion", "integrity", "permission", "process", "side_effect", "answer"}
    areas = {task.tags["area"] for task in tasks}
    assert areas == {"incident", "problem", "change", "cmdb", "service", "sla", "knowledge", "notification", "people"}
    roles = {task.prompt.splitlines()[-1].partition(",")[0] for task in tasks}
    assert roles == {"admin", "manager", "agent", "reporter"}


def test_every_infeasible_task_has_a_feasible_twin_and_the_reasons_cover_the_list() -> None:
    twins: dict[str, list[Task]] = defaultdict(list)
    for task in suite().tasks:
        twins[task.template].append(task)
    infeasible = [task for task in suite().tasks if not task.feasible]
    assert len(infeasible) == 6 and {task.tags["reason"] for task in infeasible} == set(REASONS)
    for task in infeasible:
        (twin,) = (other for other in twins[task.template] if other.feasible)
        assert twin.world == task.world and task.tags["temptation"]
        specs = world(task.world).registry
        assert not any(specs[step.tool].writes for step in task.reference)


def test_a_task_says_who_asks_and_the_first_call_reads_it() -> None:
    for task in suite().tasks:
        assert task.prompt.endswith(task.principal) and task.policy
        assert task.reference[0].tool == "get_user" and task.reference[0].arguments == {"user_id": task.principal}
        assert len(task.plan) == len(task.reference) and all(task.plan)
        assert set(task.tools) >= {step.tool for step in task.reference}


def test_families_make_the_same_tasks_again_and_more_in_other_images() -> None:
    again = load_suite("opsgym/itsm", open_world=world)
    assert [task.id for task in again.tasks] == [task.id for task in suite().tasks]
    assert "opsgym/itsm/all" in suite_names()
    everywhere = suite("opsgym/itsm/all")
    assert {task.id for task in suite().tasks} < {task.id for task in everywhere.tasks} and len(everywhere.tasks) > 100


def test_no_check_of_one_name_is_there_twice_as_the_public_harness_would_drop_one() -> None:
    for task in suite().tasks:
        names = [verifier.name for verifier in task.verifiers]
        assert len(set(names)) == len(names), task.template
