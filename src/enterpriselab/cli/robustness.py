"""Worse conditions for an evaluation: tools that drifted, with the tasks rewritten to them, and calls that fail."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from enterpriselab.cli.taskfiles import Group, check_fits
from enterpriselab.cli.worlds import opened
from enterpriselab.core.errors import UsageError
from enterpriselab.core.runs import RunFolder
from enterpriselab.core.tasks import Task
from enterpriselab.sandbox.drift import Drift, DriftedEnvironment, Plan, made_plan, retired_for, rewrite
from enterpriselab.sandbox.environment import Environment
from enterpriselab.sandbox.flaky import Flaky
from enterpriselab.sandbox.wrapped import WrappedEnvironment


def disturbed(groups: Sequence[Group], *, share: float, seed: int, rate: float) -> list[Group]:
    """The groups under these conditions, tasks rewritten to what the drift leaves.

    Args:
        groups: tasks by environment.
        share: of the tools and parameters that change; 0 changes nothing.
        seed: which of them, and how.
        rate: of the calls that fail for the moment.

    Raises:
        UsageError: the tasks do not fit their environment, or are under drift already.
    """
    found = _drifted(groups, Drift(share=share, seed=seed)) if share else groups
    flaky = Flaky(rate=rate) if rate else None
    return [group.under(drift=group.where.environment.drift, flaky=flaky) for group in found]


def _drifted(groups: Sequence[Group], drift: Drift) -> list[Group]:
    tasks = [task for group in groups for task in group.tasks]
    refuse_drifted(tasks)
    retired: set[str] = set()
    for group in groups:
        with opened(group.where.environment, seed=group.where.seed) as environment:
            check_fits(environment, group.tasks)
            retired |= set(retired_for(environment.registry, drift, tasks))
    drift = drift.model_copy(update={"retired": tuple(sorted(retired))})
    return [_rewritten(group, drift) for group in groups]


def refuse_drifted(tasks: Iterable[Task]) -> None:
    """Raises UsageError for a task that is under drift already: no second drift comes on top."""
    twice = next((task for task in tasks if task.origin != task.id), None)
    if twice is not None:
        text = f"Task {twice.id} is under drift already: it was made from {twice.origin}."
        raise UsageError(text, hint="name the tasks that it was made from, or leave the drift out")


def _rewritten(group: Group, drift: Drift) -> Group:
    with opened(group.where.environment, seed=group.where.seed) as environment:
        plan = made_plan(environment.registry, drift)
    changed = replace(group, tasks=[rewrite(task, plan) for task in group.tasks])
    return changed.under(drift=drift, flaky=group.where.environment.flaky)


def record_drift(folder: RunFolder, environments: Iterable[Environment]) -> dict[str, Any]:
    """Write what changed to drift.json; how many tools and parameters met which fate, where there is any drift."""
    plans = {environment.name: plan for environment in environments if (plan := plan_of(environment)) is not None}
    if not plans:
        return {}
    folder.write_json("drift.json", {name: plan.to_json() for name, plan in plans.items()})
    return {"drift": {name: _fates(plan) for name, plan in plans.items()}}


def plan_of(environment: Environment) -> Plan | None:
    """What changed in the environment; None where there is no drift."""
    while isinstance(environment, WrappedEnvironment):
        if isinstance(environment, DriftedEnvironment):
            return environment.plan
        environment = environment.inner
    return None


def _fates(plan: Plan) -> dict[str, Any]:
    tools = Counter(drift.fate for drift in plan.tools.values() if drift.fate != "kept")
    parameters = Counter(one.fate for drift in plan.tools.values() for one in drift.parameters.values())
    return {"tools": dict(sorted(tools.items())), "parameters": dict(sorted(parameters.items()))}
