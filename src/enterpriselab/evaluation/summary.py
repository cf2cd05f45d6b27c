"""The summary of one evaluation: every measure with its interval, breakdowns, errors, failures. All of it as JSON."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import REFERENCE, Trace
from enterpriselab.evaluation.breakdowns import BREAKDOWNS, success_by
from enterpriselab.evaluation.cases import Case, Solution, Tools, by_task, cases_of, solutions_of
from enterpriselab.evaluation.errors import causes, check_errors
from enterpriselab.evaluation.failures import failure_analysis
from enterpriselab.evaluation.measures import CATEGORIES, MEASURES, estimate
from enterpriselab.evaluation.passes import over_tasks, pass_at, pass_hat


def summarize(
    tasks: Mapping[str, Task],
    played: Mapping[str, Sequence[Trace]],
    *,
    tools: Tools = MappingProxyType({}),
    solutions: Mapping[str, Solution] | None = None,
    allow_errors: bool = False,
) -> dict[str, dict[str, Any]]:
    """What the command line, the report and comparisons read of an evaluation: a summary for each agent.

    Args:
        tasks: by id.
        played: agent -> all its attempts.
        tools: specs by name; without them, what a tool does is known only as far as the traces show it.
        solutions: what the bound arguments of the references are; when not given, what the agent "reference" played.
        allow_errors: give rates however many attempts ended by an error of ours.

    Raises:
        UsageError: more than 2 % did and that is not allowed.
    """
    for traces in played.values():
        check_errors(traces, allow_errors=allow_errors)
    if solutions is None:
        solutions = solutions_of(tasks, played.get(REFERENCE, ()))
    return {
        label: _summary(traces, cases_of(tasks, traces, tools, solutions=solutions)) for label, traces in played.items()
    }


def _summary(traces: Sequence[Trace], cases: Sequence[Case]) -> dict[str, Any]:
    found = causes(traces)
    return {
        "attempts": len(traces),
        "tasks": len({trace.task_id for trace in traces}),
        "errors": sum(found.values()),
        "error_causes": found,
        "unpriced": sum(case.price is None for case in cases),
        "ended": dict(Counter(str(trace.ended) for trace in traces).most_common()),
        **_measures(cases),
        **_passes(cases),
        **{name: _as_json(success_by(group, cases)) for name, group in BREAKDOWNS.items()},
        "failures": failure_analysis(cases),
    }


def _measures(cases: Sequence[Case]) -> dict[str, Any]:
    """Every measure; the categories of verifiers that occur stand together under "verifiers"."""
    found = {measure.key: estimate(measure, cases) for measure in MEASURES}
    categories = {name: found.pop(name) for name in CATEGORIES}
    return {**_as_json(found), "verifiers": _as_json({name: one for name, one in categories.items() if one.units})}


def _passes(cases: Sequence[Case]) -> dict[str, Any]:
    """pass@k and pass^k for every k up to the most attempts at a task."""
    groups = by_task(cases)
    most = max(map(len, groups.values()), default=0)
    estimators = {"pass_at": pass_at, "pass_hat": pass_hat}
    return {
        name: _as_json({str(k): over_tasks(estimator, groups, k) for k in range(1, most + 1)})
        for name, estimator in estimators.items()
    }


def _as_json(estimates: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one.to_json() for name, one in estimates.items()}
