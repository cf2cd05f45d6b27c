"""Three traces step by step: which ones are chosen, by a rule that is printed beside them, and how they are shown."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import Trace, TraceCall, Verdict
from enterpriselab.report import formats, labels
from enterpriselab.report.folder import Played, Run, read_trace
from enterpriselab.report.rowdiffs import RowDiff, row_diff
from enterpriselab.report.turns import turns

MAX_OBSERVATION = 4000
MAX_TEXT = 4000
MAX_VALUE = 240
MAX_PREVIEW = 90
SHORT_OBSERVATION = 500
"""Characters up to which an observation is unfolded from the start."""
MAX_CHANGES = 24
"""Row changes shown of one call."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The k-th attempts of two models at one task; `before` is missing when the base was not played."""

    before: Played | None
    after: Played


@dataclass(frozen=True, slots=True)
class Call:
    """One call as shown."""

    tool: str
    app: str
    arguments: list[tuple[str, str]]
    ok: bool
    error_kind: str
    preview: str
    observation: str
    unfolded: bool
    diffs: list[RowDiff]
    more_diffs: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the model: what it said, what it called."""

    said: str
    calls: list[Call]
    unreadable: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """One trace as shown."""

    title: str
    kind: str
    model: str
    success: bool | None
    ended: str
    error: str
    turns: list[Turn]
    answer: str
    verdicts: tuple[Verdict, ...]
    rewards: list[tuple[str, float]]
    facts: str


@dataclass(frozen=True, slots=True)
class Case:
    """One task with the attempts that are set side by side."""

    title: str
    rule: str
    task_id: str
    prompt: str
    task: Task | None
    apps: list[str]
    attempts: list[Attempt]


def cases(run: Run) -> list[Case]:
    """At most three cases, each of another task."""
    pairs = _pairs(run)
    chosen: list[Case] = []
    used: set[str] = set()
    for title, rule, fits, rank in _rules(run, bool(pairs and pairs[0].before)):
        fitting = [pair for pair in pairs if pair.after.task_id not in used and fits(pair)]
        if fitting:
            best = min(fitting, key=rank)
            used.add(best.after.task_id)
            chosen.append(_case(run, title, rule, best))
    return chosen


def _pairs(run: Run) -> list[Pair]:
    """Base and last trained model, paired attempt by attempt; without a base, the last word alone."""
    last, first = labels.last_word(run.played), labels.first_word(run.played)
    if last is None:
        return []
    after = _by_task(run.played[last])
    before = _by_task(run.played[first]) if first else {}
    if first is None:
        return [Pair(None, played) for attempts in after.values() for played in attempts]
    return [
        Pair(one, other)
        for task in sorted(after)
        for one, other in zip(before.get(task, []), after[task], strict=False)
    ]


def _by_task(played: Iterable[Played]) -> dict[str, list[Played]]:
    groups: dict[str, list[Played]] = defaultdict(list)
    for one in played:
        groups[one.task_id].append(one)
    return dict(sorted(groups.items()))


_Fits = Callable[[Pair], bool]
_Rank = Callable[[Pair], tuple[Any, ...]]


def _rules(run: Run, paired: bool) -> list[tuple[str, str, _Fits, _Rank]]:
    """(title, rule in words, who fits, the smallest rank wins)"""

    def apps(pair: Pair) -> int:
        return len(run.apps_of(pair.after.tools))

    learned = (
        "Learned" if paired else "A success",
        "The base fails and the final model passes" if paired else "The final model passes",
        lambda pair: pair.after.success is True and (pair.before is None or pair.before.success is False),
        lambda pair: (pair.after.changes == 0, abs(pair.after.calls - 3), pair.after.task_id),
    )
    failed = (
        "Still failing",
        "The final model fails; preferred: it acted and answered",
        lambda pair: pair.after.success is False,
        lambda pair: (not pair.after.answered, pair.after.calls < 2, pair.after.calls, pair.after.task_id),
    )
    across = (
        "Across apps",
        "The final model passes with tools of several apps; the most apps, then the fewest calls",
        lambda pair: pair.after.success is True and apps(pair) > 1,
        lambda pair: (-apps(pair), pair.after.calls, pair.after.task_id),
    )
    lost = (
        "Unlearned",
        "The base passes and the final model fails",
        lambda pair: pair.after.success is False and pair.before is not None and pair.before.success is True,
        lambda pair: (pair.after.calls, pair.after.task_id),
    )
    return [learned, failed, across, lost][: 4 if paired else 3]


def _case(run: Run, title: str, rule: str, pair: Pair) -> Case:
    traces = [(played.label, read_trace(run, played)) for played in (pair.before, pair.after) if played is not None]
    last = traces[-1][1]
    task = run.tasks.get(last.task_id)
    asked = next((str(message.get("content")) for message in last.messages if message.get("role") == "user"), "")
    return Case(
        title=title,
        rule=rule,
        task_id=last.task_id,
        prompt=formats.clipped(task.prompt if task else asked, MAX_TEXT),
        task=task,
        apps=run.apps_of(tuple(step.tool for step in task.reference) if task else pair.after.tools),
        attempts=[_attempt(run, label, trace) for label, trace in traces],
    )


def _attempt(run: Run, label: str, trace: Trace) -> Attempt:
    score = trace.score
    facts = [
        f"{len(trace.calls)} call{'' if len(trace.calls) == 1 else 's'}",
        f"{trace.usage.output_tokens:,} tokens written",
        f"{trace.usage.input_tokens:,} read",
        formats.duration(trace.seconds),
        f"seed {trace.seed}",
    ]
    return Attempt(
        title=labels.title(label),
        kind=labels.kind(label),
        model=trace.model,
        success=score.success if score else None,
        ended=str(trace.ended),
        error=trace.error or "",
        turns=_turns(run, trace),
        answer=formats.clipped(trace.answer, MAX_TEXT),
        verdicts=score.verdicts if score else (),
        rewards=sorted(score.rewards.items()) if score else [],
        facts=", ".join(facts),
    )


def _turns(run: Run, trace: Trace) -> list[Turn]:
    """Turns in order; the closing turn that only answers is shown as the answer, not here."""
    return [
        Turn(formats.clipped(turn.said, MAX_TEXT), [_call(run, call) for _, call in turn.calls], turn.unreadable)
        for turn in turns(trace)
        if not turn.final
    ]


def _call(run: Run, call: TraceCall) -> Call:
    return Call(
        tool=call.tool,
        app=run.app_of.get(call.tool, ""),
        arguments=[(name, formats.clipped(formats.plain(value), MAX_TEXT)) for name, value in call.arguments.items()],
        ok=call.ok,
        error_kind=call.error_kind or "",
        preview=" ".join(call.observation[: 2 * MAX_PREVIEW].split())[:MAX_PREVIEW],
        observation=formats.clipped(formats.pretty(call.observation), MAX_OBSERVATION),
        unfolded=not call.ok or len(call.observation) <= SHORT_OBSERVATION,
        diffs=[row_diff(change, limit=MAX_VALUE) for change in call.changes[:MAX_CHANGES]],
        more_diffs=max(0, len(call.changes) - MAX_CHANGES),
    )
