"""The measures of one evaluation: success, verifiers, tools, arguments, steps, tokens, how attempts ended."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from enterpriselab.core.errors import UsageError
from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import Trace
from enterpriselab.evaluation.arguments import argument_accuracy
from enterpriselab.evaluation.intervals import Estimate, clustered, wilson

MAX_ERROR_SHARE = 0.02


def summarize(tasks: Mapping[str, Task], traces: Sequence[Trace], *, allow_errors: bool = False) -> dict[str, Any]:
    """All measures as JSON.

    Raises:
        UsageError: more than 2 % of the attempts ended by an error of ours and `allow_errors` is off.
    """
    judged = [trace for trace in traces if trace.score is not None and trace.score.success is not None]
    errors = len(traces) - len(judged)
    if traces and errors / len(traces) > MAX_ERROR_SHARE and not allow_errors:
        causes = Counter(trace.error or str(trace.ended) for trace in traces if trace not in judged)
        raise UsageError(
            f"{errors} of {len(traces)} attempts ended by an error, so no rate is printed. Most often: "
            f"{causes.most_common(1)[0][0]}",
            hint="mend the cause and start again: finished attempts are kept; or pass --allow-errors",
        )
    return {
        "attempts": len(traces),
        "errors": errors,
        "success": as_json(success(judged)),
        "verifiers": {name: as_json(value) for name, value in by_category(judged).items()},
        "tool_selection": _mean([trace.score.rewards.get("r1", 0.0) for trace in judged if trace.score]),
        "argument_accuracy": _mean([argument_accuracy(tasks[trace.task_id], trace) for trace in judged]),
        "execution": _mean([trace.score.rewards.get("r2", 0.0) for trace in judged if trace.score]),
        "steps": _mean([len(trace.calls) for trace in judged]),
        "reference_steps": _mean([len(tasks[trace.task_id].reference) for trace in judged]),
        "output_tokens": _mean([trace.usage.output_tokens for trace in judged]),
        "input_tokens": _mean([trace.usage.input_tokens for trace in judged]),
        "seconds": _mean([trace.seconds for trace in judged]),
        "ended": dict(Counter(str(trace.ended) for trace in traces).most_common()),
        "by_length": {str(k): as_json(v) for k, v in by_length(tasks, judged).items()},
    }


def success(traces: Sequence[Trace]) -> Estimate:
    """Share of attempts whose verifiers all passed; clustered by task when tasks were tried more than once."""
    groups: dict[str, list[float]] = defaultdict(list)
    for trace in traces:
        if trace.score is not None and trace.score.success is not None:
            groups[trace.task_id].append(float(trace.score.success))
    if all(len(group) == 1 for group in groups.values()):
        return wilson(round(sum(group[0] for group in groups.values())), len(groups))
    return clustered(list(groups.values()))


def by_category(traces: Sequence[Trace]) -> dict[str, Estimate]:
    """Share of passed verifiers for each category."""
    passed: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for trace in traces:
        for verdict in trace.score.verdicts if trace.score else ():
            if verdict.passed is not None:
                seen[verdict.category] += 1
                passed[verdict.category] += verdict.passed
    return {category: wilson(passed[category], seen[category]) for category in sorted(seen)}


def by_length(tasks: Mapping[str, Task], traces: Sequence[Trace]) -> dict[int, Estimate]:
    """Success by number of calls of the reference."""
    lengths: dict[int, list[Trace]] = defaultdict(list)
    for trace in traces:
        lengths[len(tasks[trace.task_id].reference)].append(trace)
    return {length: success(group) for length, group in sorted(lengths.items())}


def as_json(estimate: Estimate) -> dict[str, Any]:
    """An estimate as plain JSON."""
    return dict(estimate._asdict())


def _mean(values: Sequence[float]) -> float | None:
    return round(fmean(values), 4) if values else None
