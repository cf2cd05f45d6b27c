"""Tool selection: precision, recall, F1 of the calls laid beside the reference in order. Extra reads are no error."""

from dataclasses import dataclass

from enterpriselab.evaluation.cases import Case


@dataclass(frozen=True, slots=True)
class Selection:
    """Counts of one attempt."""

    matched: int
    wrong: int
    missing: int

    @property
    def precision(self) -> float | None:
        """matched / (matched + wrong); None when there is nothing to judge."""
        return self.matched / (self.matched + self.wrong) if self.matched + self.wrong else None

    @property
    def recall(self) -> float:
        """matched / steps of the reference."""
        return self.matched / (self.matched + self.missing)

    @property
    def f1(self) -> float:
        """Harmonic mean of both: 2 matched / (2 matched + wrong + missing)."""
        return 2 * self.matched / (2 * self.matched + self.wrong + self.missing)


def selection(case: Case) -> Selection:
    """How the calls of an attempt at a task with a reference match it."""
    matched = len(case.pairs)
    return Selection(matched, len(wrong_calls(case)), len(case.task.reference) - matched)


def wrong_calls(case: Case) -> list[int]:
    """Calls that were a wrong choice.

    Those of a tool that is not on offer, and those that stand for no step and write: successfully, or with a tool that
    the reference does not use. A failed call of a tool that it does use is a fault of execution, not of choice.
    """
    used = {step.tool for step in case.task.reference}
    return [index for index in case.unmatched if _is_wrong(case, index, used)]


def _is_wrong(case: Case, index: int, used: set[str]) -> bool:
    call = case.calls[index]
    if call.tool not in case.trace.tools:
        return True
    return case.writes(call.tool) and (call.ok or call.tool not in used)
