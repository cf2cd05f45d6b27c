"""Attempts that failed for a reason of ours: listed apart by cause, never counted as zero."""

from collections import Counter
from collections.abc import Sequence

from enterpriselab.core.errors import UsageError
from enterpriselab.core.traces import Trace
from enterpriselab.evaluation.cases import is_judged

MAX_ERROR_SHARE = 0.02


def cause(trace: Trace) -> str:
    """Why an attempt has no judgement."""
    if trace.ended.is_error:
        return trace.error or str(trace.ended)
    broken = [verdict for verdict in (trace.score.verdicts if trace.score else ()) if verdict.passed is None]
    return f"verifier {broken[0].name!r}: {broken[0].detail}" if broken else "not judged"


def causes(traces: Sequence[Trace]) -> dict[str, int]:
    """Cause -> how many attempts, the most frequent first."""
    return dict(Counter(cause(trace) for trace in traces if not is_judged(trace)).most_common())


def check_errors(traces: Sequence[Trace], *, allow_errors: bool) -> None:
    """Raises UsageError when more than 2 % of the attempts have no judgement and that is not allowed."""
    found = causes(traces)
    errors = sum(found.values())
    if allow_errors or errors <= MAX_ERROR_SHARE * len(traces):
        return
    raise UsageError(
        f"{errors} of {len(traces)} attempts ended by an error, so no rate is printed. Most often: {next(iter(found))}",
        hint="mend the cause and start again: finished attempts are kept; or pass --allow-errors",
    )
