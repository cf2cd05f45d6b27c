"""The first screen: what the run did, success with intervals, who is above whom and how surely."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from enterpriselab.report import formats, labels
from enterpriselab.report.folder import Run
from enterpriselab.report.measures import Failure, Table, failures, tables
from enterpriselab.report.rates import Rate, as_rate

ERROR_SHARE = 0.02
"""Above this share of attempts that ended by an error of ours, a rate carries a warning."""


@dataclass(frozen=True, slots=True)
class Player:
    """One evaluated model with its success."""

    label: str
    title: str
    kind: str
    success: Rate | None
    attempts: float
    errors: float
    summary: dict[str, Any]

    @property
    def unreliable(self) -> bool:
        """More errors of ours than a rate may hide."""
        return bool(self.attempts) and self.errors / self.attempts > ERROR_SHARE

    @property
    def causes(self) -> list[tuple[str, str]]:
        """(cause, how many attempts it ended)."""
        stored = self.summary.get("error_causes")
        return [(name, formats.count(n)) for name, n in stored.items()] if isinstance(stored, dict) else []


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models: whether the intervals tell them apart, in words."""

    first: Player
    second: Player
    distinct: bool
    text: str


@dataclass(frozen=True, slots=True)
class Flips:
    """Attempts of the same tasks by two models, pair by pair."""

    first: str
    second: str
    gained: int
    lost: int
    both: int
    neither: int


@dataclass(frozen=True, slots=True)
class Headline:
    """Everything on the first screen."""

    sentence: str
    verdict: str
    players: list[Player]
    comparisons: list[Comparison]
    flips: Flips | None
    tables: list[Table]
    failures: list[Failure]
    """Of the last word: what went wrong in its failed attempts, with examples."""


def headline(run: Run) -> Headline:
    """The first screen of a run."""
    players = [_player(label, summary) for label, summary in run.summaries.items()]
    return Headline(
        sentence=_sentence(run),
        verdict=_verdict(run, players),
        players=players,
        comparisons=_comparisons(players),
        flips=flips(run),
        tables=tables([player.summary for player in players]),
        failures=_failures(players),
    )


def flips(run: Run) -> Flips | None:
    """Base against the last trained model on the same tasks; the k-th attempt of one against the k-th of the other."""
    first, second = labels.first_word(run.played), labels.last_word(run.played)
    if first is None or second is None:
        return None
    before, after = _outcomes(run, first), _outcomes(run, second)
    pairs = Counter((before[key], after[key]) for key in before.keys() & after.keys())
    if not pairs:
        return None
    return Flips(
        labels.title(first),
        labels.title(second),
        gained=pairs[False, True],
        lost=pairs[True, False],
        both=pairs[True, True],
        neither=pairs[False, False],
    )


def _outcomes(run: Run, label: str) -> dict[tuple[str, int], bool]:
    seen: Counter[str] = Counter()
    outcomes = {}
    for played in run.played[label]:
        if played.success is not None:
            outcomes[played.task_id, seen[played.task_id]] = played.success
        seen[played.task_id] += 1
    return outcomes


def _player(label: str, summary: dict[str, Any]) -> Player:
    return Player(
        label=label,
        title=labels.title(label),
        kind=labels.kind(label),
        success=as_rate(summary.get("success")),
        attempts=formats.as_number(summary.get("attempts")) or 0,
        errors=formats.as_number(summary.get("errors")) or 0,
        summary=summary,
    )


def _failures(players: Sequence[Player]) -> list[Failure]:
    last = labels.last_word(player.label for player in players)
    return failures(next((player.summary for player in players if player.label == last), {}))


def _comparisons(players: Sequence[Player]) -> list[Comparison]:
    """Each trained model against the one before it, and the last against the base."""
    chain = [player for player in players if player.label in ("base", *labels.TRAINED) and player.success]
    pairs = list(pairwise(chain))
    if len(chain) > 2:
        pairs.append((chain[0], chain[-1]))
    return [_compare(first, second) for first, second in pairs]


def _compare(first: Player, second: Player) -> Comparison:
    a, b = first.success, second.success
    assert a is not None and b is not None, "only players with a success are compared"
    gap = 100 * (b.value - a.value)
    if b.low > a.high:
        return Comparison(first, second, True, f"{second.title} is above {first.title} by {gap:.1f} points.")
    if a.low > b.high:
        return Comparison(first, second, True, f"{second.title} is below {first.title} by {-gap:.1f} points.")
    return Comparison(
        first, second, False, f"{second.title} and {first.title} are not distinguishable (gap {gap:+.1f} points)."
    )


def _sentence(run: Run) -> str:
    parts = []
    apps, tools = run.world.get("apps"), len(run.tools)
    if tools:
        count = len(apps) if isinstance(apps, list) else 0
        where = f"{count} app{'s' * (count > 1)} with {tools} tools" if count else f"{tools} tools"
        parts.append(f"took {where}")
    if run.tasks:
        parts.append(f"made {len(run.tasks):,} verified tasks from them" if tools else f"made {len(run.tasks):,} tasks")
    trained = [name for name, log in (("SFT", run.sft), ("GRPO", run.grpo)) if log]
    if trained:
        parts.append(f"trained {model_name(run)} by {' and '.join(trained)}")
    attempts = sum(formats.as_number(summary.get("attempts")) or 0 for summary in run.summaries.values())
    if attempts:
        parts.append(f"judged {attempts:,.0f} attempts by the state they left behind")
    if not parts:
        return "This run has a config and no results yet."
    *most, last = parts
    joint = ", and " if len(most) > 1 else " and " if most else ""
    return f"This run {', '.join(most)}{joint}{last}."


def _verdict(run: Run, players: Sequence[Player]) -> str:
    by_label = {player.label: player for player in players if player.success}
    last = labels.last_word(by_label)
    if last is None:
        return "No model has been evaluated in this run, so it says nothing yet about success."
    final = by_label[last]
    assert final.success is not None, "by_label holds players with a success"
    first = labels.first_word(by_label)
    if first is None:
        return f"{final.title} passes {final.success.text} of its attempts {final.success.interval}."
    base = by_label[first]
    assert base.success is not None, "by_label holds players with a success"
    words = "rose" if final.success.value > base.success.value else "fell"
    if final.success.value == base.success.value:
        return f"Success stayed at {final.success.text}."
    change = f"Success {words} from {base.success.text} to {final.success.text}"
    if _compare(base, final).distinct:
        return f"{change}; the 95 % intervals are disjoint."
    return f"{change}, but the 95 % intervals overlap: this run does not tell the two apart."


def model_name(run: Run) -> str:
    """The trained model's name in the config, else 'a model'."""
    section = run.config.get("model")
    if isinstance(section, str):
        return section
    if isinstance(section, dict):
        for key in ("name", "path", "id", "base", "model"):
            if isinstance(section.get(key), str):
                return str(section[key])
    return "a model"
