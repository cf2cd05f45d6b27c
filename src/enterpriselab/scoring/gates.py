"""The gates that every task passes: replay, do-nothing, mutants, harmless variants, grounded literals.

A mutant is a reference with one fault. It must fail, unless it ends in the very state that the reference ends in (then
it is no fault and is not counted). A harmless variant does the same in another way and must pass.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from enterpriselab.core.changes import CallRecord
from enterpriselab.core.errors import EpisodeError
from enterpriselab.core.tasks import Step, Task
from enterpriselab.sandbox.environment import Environment, EpisodeLike
from enterpriselab.sandbox.reference import BindingError, run_reference
from enterpriselab.scoring.canonical import canonical_rows
from enterpriselab.scoring.grounding import ungrounded
from enterpriselab.scoring.judge import judge, succeeded
from enterpriselab.scoring.mutants import mutants, wrong_answers
from enterpriselab.scoring.variants import variants


@dataclass(frozen=True, slots=True)
class GateFailure:
    """Which gate a task failed, and why."""

    gate: str
    detail: str


@dataclass(slots=True)
class GateReport:
    """The result of all gates for one task."""

    failures: list[GateFailure] = field(default_factory=list)
    mutants: int = 0
    mutants_killed: int = 0
    variants: int = 0
    variants_passed: int = 0

    @property
    def passed(self) -> bool:
        """No gate failed."""
        return not self.failures

    def fail(self, gate: str, detail: str) -> None:
        """Record a failure."""
        self.failures.append(GateFailure(gate, detail))


@dataclass(slots=True)
class Attempt:
    """A replayed list of steps."""

    episode: EpisodeLike
    records: list[CallRecord]
    error: str | None


def attempt(environment: Environment, task: Task, steps: Sequence[Step]) -> Attempt:
    """Run steps on a fresh episode. A refused call or a binding without value ends it, which is no error of ours."""
    episode = environment.episode(task.principal, seed=task.seed)
    try:
        records = run_reference(episode, steps)
    except (BindingError, EpisodeError) as error:
        return Attempt(episode, list(episode.ledger), str(error))
    failed = [record for record in records if not record.ok]
    return Attempt(episode, records, str(failed[0].error) if failed else None)


def check_task(environment: Environment, task: Task) -> GateReport:
    """All gates. Stops early when the reference itself does not hold."""
    report = GateReport()
    base = attempt(environment, task, task.reference)
    try:
        if not _reference_holds(environment, task, base, report):
            return report
        _nothing_fails(environment, task, report)
        _mutants_die(environment, task, base, report)
        _variants_live(environment, task, base, report)
        for literal in ungrounded(environment, task, base.records):
            report.fail("grounded", f"{literal} is neither in the prompt nor observable before it is used")
    finally:
        base.episode.close()
    return report


def _reference_holds(environment: Environment, task: Task, base: Attempt, report: GateReport) -> bool:
    if base.error is not None:
        report.fail("reference", base.error)
        return False
    if not task.verifiers:
        report.fail("reference", "the task has no verifier, so nothing can pass")
    verdicts = judge(environment, task, base.episode, task.answer)
    for verdict in verdicts:
        if not verdict.passed:
            report.fail("reference", f"{verdict.name}: {verdict.detail}")
    return not report.failures


def _nothing_fails(environment: Environment, task: Task, report: GateReport) -> None:
    idle = environment.episode(task.principal, seed=task.seed)
    try:
        if task.feasible and succeeded(judge(environment, task, idle, "Done.")):
            report.fail("do_nothing", "doing nothing passes")
    finally:
        idle.close()


def _mutants_die(environment: Environment, task: Task, base: Attempt, report: GateReport) -> None:
    reached = canonical_rows(environment, base.episode.diff())
    for label, answer in wrong_answers(task):
        _count_mutant(report, label, bool(succeeded(judge(environment, task, base.episode, answer))))
    for label, steps in mutants(environment, task, base.records):
        mutant = attempt(environment, task, steps)
        try:
            if canonical_rows(environment, mutant.episode.diff()) != reached:
                _count_mutant(report, label, bool(succeeded(judge(environment, task, mutant.episode, task.answer))))
        finally:
            mutant.episode.close()


def _count_mutant(report: GateReport, label: str, survived: bool) -> None:
    report.mutants += 1
    if survived:
        report.fail("mutant", f"survived: {label}")
    else:
        report.mutants_killed += 1


def _variants_live(environment: Environment, task: Task, base: Attempt, report: GateReport) -> None:
    for label, steps in variants(environment, task, base.records):
        variant = attempt(environment, task, steps)
        try:
            if variant.error is not None:
                continue  # this way round the tools refuse it, so it is not the same task done differently
            report.variants += 1
            verdicts = judge(environment, task, variant.episode, task.answer)
            if succeeded(verdicts):
                report.variants_passed += 1
            else:
                failed = next(verdict for verdict in verdicts if not verdict.passed)
                report.fail("variant", f"{label}: {failed.name}: {failed.detail}")
        finally:
            variant.episode.close()
