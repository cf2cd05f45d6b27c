"""A task under drift: reference, tools on offer, plan and policy by the new names and types. What is asked stays."""

from collections.abc import Mapping
from typing import Any

from enterpriselab.core.errors import EnterpriseLabError
from enterpriselab.core.tasks import Step, Task
from enterpriselab.sandbox.drift.plan import Plan, ToolDrift, calls_of
from enterpriselab.sandbox.drift.words import with_names


def rewrite(task: Task, plan: Plan) -> Task:
    """The task with an id of its own; `origin` names the one that it was made from.

    Raises:
        EnterpriseLabError: a call of the task needs what the plan retires for good.
    """
    lost = [step.tool for step in calls_of(task) if step.tool in plan.gone]
    if lost:
        raise EnterpriseLabError(f"task {task.id} needs {lost[0]}, which this drift retires for good")
    tags: dict[str, Any] = {**task.tags, "drift_of": task.origin}
    if "temptation" in tags:
        steps = [Step.model_validate(step) for step in tags["temptation"]]
        tags["temptation"] = [_step(step, plan).model_dump() for step in steps]
    return task.model_copy(
        update={
            "tools": tuple(plan.names.get(name, name) for name in task.tools if name not in plan.gone),
            "reference": tuple(_step(step, plan) for step in task.reference),
            "plan": tuple(with_names(line, plan.names) for line in task.plan),
            "policy": with_names(task.policy, plan.names),
            "tags": tags,
        }
    )


def _step(step: Step, plan: Plan) -> Step:
    drift = plan.tools.get(step.tool)
    if drift is None:
        return step
    thought = with_names(step.thought, plan.names)
    return Step(tool=drift.name, arguments=new_arguments(step.arguments, drift), thought=thought)


def new_arguments(arguments: Mapping[str, Any], drift: ToolDrift) -> dict[str, Any]:
    """Arguments by the new names and in the new forms. Raises EnterpriseLabError for a parameter that is gone."""
    found: dict[str, Any] = {}
    for old, value in arguments.items():
        one = drift.parameters.get(old)
        if one is not None and one.fate == "retired":
            raise EnterpriseLabError(f"parameter {old} is retired and has no successor")
        found[one.name if one else old] = one.form.written(value) if one and one.form else value
    return found
