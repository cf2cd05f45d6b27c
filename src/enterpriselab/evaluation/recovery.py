"""Recovery: which failed calls an attempt made good."""

from enterpriselab.evaluation.cases import Case


def failed_calls(case: Case) -> list[int]:
    """Indexes of the calls that came back as an error."""
    return [index for index, call in enumerate(case.calls) if not call.ok]


def recovered(case: Case, index: int) -> bool:
    """Did a later call of the same tool succeed, or any later call when that tool is not on offer?"""
    tool = case.calls[index].tool
    rivals = [call for call in case.calls[index + 1 :] if call.tool == tool or tool not in case.trace.tools]
    return any(call.ok for call in rivals)
