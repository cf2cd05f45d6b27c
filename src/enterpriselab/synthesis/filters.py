"""Filters of drafts and tasks: length, leaks, duplicates, balance, gates, diversity. Each one counts."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import TfidfVectorizer

from enterpriselab.core.changes import CallRecord
from enterpriselab.core.hashing import content_hash
from enterpriselab.core.tasks import Task
from enterpriselab.sandbox.environment import Environment
from enterpriselab.sandbox.normalizer import dump, normalize
from enterpriselab.scoring.gates import GATES, check_task
from enterpriselab.synthesis.compose import opaque_leaks
from enterpriselab.synthesis.paths import Path, bounds
from enterpriselab.synthesis.words import Draft


@dataclass(slots=True)
class GateCount:
    """What one gate kept and dropped, and examples of what it dropped."""

    kept: int = 0
    dropped: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def note(self, passed: bool, reason: str = "") -> bool:
        """Count one decision and return it."""
        if passed:
            self.kept += 1
        else:
            self.dropped += 1
            self.reasons[reason[:160]] += 1
        return passed


class Yield:
    """Counts per gate, in the order in which the gates stand."""

    def __init__(self) -> None:
        self.gates: dict[str, GateCount] = {}

    def note(self, gate: str, passed: bool, reason: str = "") -> bool:
        """Count one decision of a gate and return it."""
        return self.gates.setdefault(gate, GateCount()).note(passed, reason)

    def to_json(self) -> dict[str, Any]:
        """{"gate": {"kept", "dropped", "reasons"}}."""
        return {
            name: {"kept": gate.kept, "dropped": gate.dropped, "reasons": dict(gate.reasons.most_common(8))}
            for name, gate in self.gates.items()
        }


class DraftFilter:
    """Cheap filters before anything is replayed; remembers what it let through."""

    def __init__(self, counts: Yield, *, max_words: int, similar_at: float) -> None:
        self._counts = counts
        self._max_words = max_words
        self._similar_at = 100 * similar_at
        self._references: set[str] = set()
        self._prompts: dict[str, list[str]] = defaultdict(list)

    def passes(self, draft: Draft, template: str) -> bool:
        """Short enough, nothing given away, new."""
        words = len(draft.prompt.split())
        if not self._counts.note("length", words <= self._max_words, f"{template}"):
            return False
        leaks = opaque_leaks(draft.prompt, list(hidden_values(draft.path)))
        if not self._counts.note("no raw ids", not leaks, template):
            return False
        signature = content_hash([draft.path.signature(), draft.ending])
        if not self._counts.note("exact duplicate", signature not in self._references, template):
            return False
        self._references.add(signature)
        near = process.extractOne(
            draft.prompt, self._prompts[template], scorer=fuzz.ratio, score_cutoff=self._similar_at
        )
        if not self._counts.note("fuzzy duplicate", near is None, template):
            return False
        self._prompts[template].append(draft.prompt)
        return True


def hidden_values(path: Path) -> list[Any]:
    """Identifiers that are bound and that nobody says."""
    return [bound.value for step in path.steps for bound in bounds(step) if _identifier(bound.value)]


def _identifier(value: Any) -> bool:
    return (
        isinstance(value, str)
        and " " not in value
        and not value.startswith("/")
        and "@" not in value
        and any(character.isdigit() for character in value)
    )


def visible(task: Task, records: Sequence[CallRecord], *, budget: int) -> str:
    """Empty when every bound or asked value can be seen in the observation as it is shown; else what cannot."""
    shown = [normalize(record.payload, budget=budget) for record in records]
    for record, step in zip(records, task.reference, strict=True):
        for (source, _path), value in _bound_values(step.arguments, record.arguments):
            if dump(value) not in shown[source] and str(value) not in shown[source]:
                return f"{task.reference[source].tool} hides {record.tool}'s argument"
    for verifier in task.verifiers:
        for value in verifier.params.get("values", ()) if verifier.kind == "answer" else ():
            if dump(value) not in shown[-1]:
                return f"{task.reference[-1].tool} hides the answer"
    return ""


def _bound_values(stored: Any, plain: Any) -> list[tuple[tuple[int, str], Any]]:
    if isinstance(stored, dict) and set(stored) == {"$from"}:
        return [((stored["$from"]["step"], stored["$from"]["path"]), plain)]
    if isinstance(stored, dict):
        return [item for key in stored for item in _bound_values(stored[key], plain[key])]
    if isinstance(stored, list):
        return [item for left, right in zip(stored, plain, strict=True) for item in _bound_values(left, right)]
    return []


def gate(environment: Environment, task: Task, counts: Yield) -> bool:
    """The gates of the benchmarks; each failure is counted under its gate."""
    report = check_task(environment, task)
    failed = {failure.gate: failure.detail for failure in report.failures}
    for name in GATES:
        if not counts.note(f"gate: {name}", name not in failed, f"{task.template}: {failed.get(name, '')}"):
            return False
    return True


def most_diverse(tasks: Sequence[Task], wanted: int, *, weight: float = 0.6) -> list[Task]:
    """Maximal marginal relevance: rare templates and tools are relevant, likeness to what is chosen counts against.

    Args:
        tasks: verified tasks.
        wanted: how many to choose; all are kept, in order, when there are no more.
        weight: of relevance against novelty.
    """
    if len(tasks) <= wanted:
        return list(tasks)
    matrix = TfidfVectorizer(token_pattern=r"[a-z_]{2,}").fit_transform(
        [f"{t.template} {t.prompt.lower()}" for t in tasks]
    )
    sizes = Counter(task.template for task in tasks)
    score = [1.0 / sizes[task.template] ** 0.5 for task in tasks]
    likeness = [0.0] * len(tasks)
    chosen: list[int] = []
    left = set(range(len(tasks)))
    while len(chosen) < wanted:
        best = max(left, key=lambda i: (weight * score[i] - (1 - weight) * likeness[i], -i))
        left.discard(best)
        chosen.append(best)
        row = (matrix @ matrix[best].T).tocoo()
        for index, value in zip(row.row, row.data, strict=True):
            likeness[index] = max(likeness[index], float(value))
    return [tasks[index] for index in sorted(chosen)]
