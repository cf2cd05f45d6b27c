"""The gates that every task passes: replay, do-nothing, refuse-always, mutants, harmless variants, sound checks.

A mutant is a reference with one fault. It must fail, unless it ends in the very state that the reference ends in (then
it is no fault and is not counted). A harmless variant does the same in another way and must pass. What the public way
to count (see parity) lets pass is counted beside it and fails nobody.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from enterpriselab.core.changes import CallRecord
from enterpriselab.core.errors import EpisodeError
from enterpriselab.core.tasks import Step, Task
from enterpriselab.sandbox.environment import Environment, EpisodeLike
from enterpriselab.sandbox.reference import BindingError, run_reference
from enterpriselab.scoring.change_set import change_set
from enterpriselab.scoring.grounding import ungrounded
from enterpriselab.scoring.judge import judge, succeeded
from enterpriselab.scoring.linter import pinned_ids, vacuous_checks
from enterpriselab.scoring.mutants import mutants, wrong_answers
from enterpriselab.scoring.parity import parity_success
from enterpriselab.scoring.refusals import REASONS, refusal
from enterpriselab.scoring.variants import variants

GATES = ("reference", "do_nothing", "refuse_always", "mutant", "variant", "checks", "grounded")
"""Names of the gates, in the order in which they are run."""


@dataclass(frozen=True, slots=True)
class GateFailure:
    """Which gate a task failed, and why."""

    gate: str
    detail: str


@dataclass(slots=True)
class Counts:
    """What passed under one way to count."""

    reference: bool = False
    nothing: bool = False
    """Doing nothing and saying that it is done passes."""
    refusal: bool = False
    """Doing nothing and declining, with the best of all reasons, passes."""
    mutants_killed: int = 0
    variants_passed: int = 0

    def note(self, kind: str, passed: bool) -> None:
        """Count the verdict on one end: "reference", "nothing", "refusal", "mutant" or "variant"."""
        if kind == "mutant":
            self.mutants_killed += not passed
        elif kind == "variant":
            self.variants_passed += passed
        else:
            setattr(self, kind, getattr(self, kind) or passed)


@dataclass(slots=True)
class GateReport:
    """The result of all gates for one task."""

    failures: list[GateFailure] = field(default_factory=list)
    mutants: int = 0
    variants: int = 0
    strict: Counts = field(default_factory=Counts)
    parity: Counts | None = None
    """None for a task without SQL verifiers."""

    @property
    def passed(self) -> bool:
        """No gate failed."""
        return not self.failures

    @property
    def mutants_killed(self) -> int:
        """Mutants that failed, all checks counted."""
        return self.strict.mutants_killed

    @property
    def variants_passed(self) -> int:
        """Variants that passed, all checks counted."""
        return self.strict.variants_passed

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
    return _Gates(environment, task).run()


class _Gates:
    """One task under attack."""

    def __init__(self, environment: Environment, task: Task) -> None:
        self.environment = environment
        self.task = task
        self.report = GateReport(parity=Counts() if any(v.kind == "sql" for v in task.verifiers) else None)

    def run(self) -> GateReport:
        base = attempt(self.environment, self.task, self.task.reference)
        try:
            self._reference_holds(base)
            if self.report.failures:
                return self.report
            self._idleness_fails()
            self._mutants_die(base, self._reached(base.episode))
            self._variants_live(base)
            for detail in (*vacuous_checks(self.environment, self.task), *pinned_ids(self.task, base.episode.diff())):
                self.report.fail("checks", detail)
            for literal in ungrounded(self.environment, self.task, base.records):
                self.report.fail("grounded", f"{literal} is neither in the prompt nor observable before it is used")
        finally:
            base.episode.close()
        return self.report

    def _judged(self, kind: str, episode: EpisodeLike, answer: str) -> str:
        """Count an end under both ways to count; empty when it passes, else what failed first."""
        verdicts = judge(self.environment, self.task, episode, answer)
        self.report.strict.note(kind, bool(succeeded(verdicts)))
        if self.report.parity is not None:
            self.report.parity.note(kind, bool(parity_success(self.task, episode)))
        if not verdicts:
            return "the task has no verifier, so nothing can pass"
        return next((f"{verdict.name}: {verdict.detail}" for verdict in verdicts if not verdict.passed), "")

    def _reference_holds(self, base: Attempt) -> None:
        reason = base.error or self._judged("reference", base.episode, self.task.answer)
        if reason:
            self.report.fail("reference", reason)

    def _idleness_fails(self) -> None:
        idle = self.environment.episode(self.task.principal, seed=self.task.seed)
        try:
            if not self._judged("nothing", idle, "Done."):
                self.report.fail("do_nothing", "doing nothing passes")
            for reason in REASONS:
                self._judged("refusal", idle, refusal(reason))
        finally:
            idle.close()
        if self.report.strict.refusal and self.task.feasible:
            self.report.fail("refuse_always", "declining passes, though the task can be done")
        if not self.report.strict.refusal and not self.task.feasible:
            self.report.fail("refuse_always", "declining with the right reason does not pass")

    def _mutants_die(self, base: Attempt, reached: Counter[str]) -> None:
        for label, answer in wrong_answers(self.task):
            self._count_mutant(label, base.episode, answer)
        for label, steps in mutants(self.environment, self.task, base.records):
            mutant = attempt(self.environment, self.task, steps)
            try:
                if self._reached(mutant.episode) != reached:
                    self._count_mutant(label, mutant.episode, self.task.answer)
            finally:
                mutant.episode.close()

    def _reached(self, episode: EpisodeLike) -> Counter[str]:
        """The state as the task's own allowed-change set sees it."""
        params = next((v.params for v in self.task.verifiers if v.kind == "no_other_changes"), {})
        return change_set(self.environment, episode, params)

    def _count_mutant(self, label: str, episode: EpisodeLike, answer: str) -> None:
        self.report.mutants += 1
        if not self._judged("mutant", episode, answer):
            self.report.fail("mutant", f"survived: {label}")

    def _variants_live(self, base: Attempt) -> None:
        for label, steps in variants(self.environment, self.task, base.records):
            variant = attempt(self.environment, self.task, steps)
            try:
                if variant.error is not None:
                    continue  # this way round the tools refuse it, so it is not the same task done differently
                self.report.variants += 1
                failed = self._judged("variant", variant.episode, self.task.answer)
                if failed:
                    self.report.fail("variant", f"{label}: {failed}")
            finally:
                variant.episode.close()
