"""What the run cost: seconds by stage, tokens, tokens a second, and a price that says what it assumes."""

from dataclasses import dataclass
from typing import Any

from enterpriselab.core.traces import BASELINES
from enterpriselab.report import formats, labels
from enterpriselab.report.folder import Run

CORE_HOUR_USD = 0.05
"""Assumption, not a measurement: rent of one CPU core for an hour."""
ACCELERATOR_HOUR_USD = 2.50
"""Assumption, not a measurement: rent of one data-centre accelerator, its host included, for an hour."""
STAGES = ("world", "discover", "graph", "synthesis", "split", "sft", "dpo", "grpo", "evaluate")


@dataclass(frozen=True, slots=True)
class StageCost:
    """One finished stage."""

    name: str
    seconds: float
    text: str
    width: float
    """Percent of the longest stage."""
    facts: str


@dataclass(frozen=True, slots=True)
class TokenRow:
    """Tokens of one model in evaluation, or of one stage of training."""

    name: str
    kind: str
    attempts: str
    read: str
    written: str
    rate: str


@dataclass(frozen=True, slots=True)
class PriceRow:
    """Machine time of one task and what a thousand cost."""

    name: str
    kind: str
    seconds: float
    text: str
    price: str


@dataclass(frozen=True, slots=True)
class Prices:
    """Price per 1,000 tasks under one stated assumption."""

    hour: float
    assumption: str
    rows: list[PriceRow]


@dataclass(frozen=True, slots=True)
class Costs:
    """Everything in the section."""

    stages: list[StageCost]
    total: str
    tokens: list[TokenRow]
    prices: Prices | None


def costs(run: Run) -> Costs:
    """The costs of a run."""
    stages = _stages(run)
    return Costs(
        stages=stages,
        total=formats.duration(sum(stage.seconds for stage in stages)),
        tokens=[*_evaluation_tokens(run), *_training_tokens(run)],
        prices=_prices(run),
    )


def _stages(run: Run) -> list[StageCost]:
    names = sorted(run.stages, key=lambda name: (STAGES.index(name) if name in STAGES else len(STAGES), name))
    seconds = {name: formats.as_number(run.stages[name].get("seconds")) or 0.0 for name in names}
    longest = max(seconds.values(), default=0) or 1
    return [
        StageCost(
            name,
            seconds[name],
            formats.duration(seconds[name]),
            round(100 * seconds[name] / longest, 2),
            _facts(run.stages[name]),
        )
        for name in names
    ]


def _facts(record: dict[str, Any]) -> str:
    """The stage's other facts in one line."""
    facts = {name: value for name, value in record.items() if name not in ("stage", "seconds")}
    parts = [f"{name.replace('_', ' ')} {_fact(value)}" for name, value in facts.items()]
    return formats.clipped(", ".join(parts), 200)


def _fact(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(one, dict) for one in value):
        each = (", ".join(f"{name} {_fact(item)}" for name, item in one.items()) for one in value)
        return "; ".join(f"({one})" for one in each) or "none"
    return formats.plain(value) if formats.as_number(value) is None else formats.amount(value)


def _evaluation_tokens(run: Run) -> list[TokenRow]:
    rows = []
    for label, played in run.played.items():
        read, written = sum(one.input_tokens for one in played), sum(one.output_tokens for one in played)
        if read or written:
            seconds = sum(one.seconds for one in played)
            rate = f"{written / seconds:,.1f} a second within an attempt" if seconds else formats.NO_VALUE
            name = f"Evaluation, {labels.title(label)}"
            rows.append(_tokens(name, labels.kind(label), len(played), read, written, rate))
    return rows


def _training_tokens(run: Run) -> list[TokenRow]:
    def total(field: str) -> float:
        return sum(formats.as_number(record.get(field)) or 0 for record in run.grpo)

    sampled, seconds = total("sampled_tokens"), total("rollout_seconds")
    if not sampled:
        return []
    rate = f"{sampled / seconds:,.0f} a second" if seconds else formats.NO_VALUE
    return [_tokens("GRPO rollouts", "grpo", total("attempts"), None, sampled, rate)]


def _tokens(name: str, kind: str, attempts: float, read: float | None, written: float, rate: str) -> TokenRow:
    return TokenRow(name, kind, formats.count(attempts), formats.count(read), formats.count(written), rate)


def _prices(run: Run) -> Prices | None:
    """One attempt at a time on the whole machine is the upper bound; the evaluation as it ran is measured."""
    hour, assumption = machine_hour(run.environment)
    rows = []
    for label, summary in run.summaries.items():
        seconds = formats.measured(summary.get("seconds"))
        if seconds and label not in BASELINES:
            rows.append(_price(f"{labels.title(label)}, one attempt at a time", labels.kind(label), seconds, hour))
    wall = formats.as_number(run.stages.get("evaluate", {}).get("seconds"))
    attempts = sum(len(played) for label, played in run.played.items() if label not in BASELINES)
    if wall and attempts and rows:
        rows.append(_price("All of them, side by side as the evaluation ran", "other", wall / attempts, hour))
    return Prices(hour, assumption, rows) if rows else None


def _price(name: str, kind: str, seconds: float, hour: float) -> PriceRow:
    return PriceRow(name, kind, round(seconds, 4), formats.duration(seconds), f"{hour * seconds / 3.6:,.2f}")


def machine_hour(environment: dict[str, Any]) -> tuple[float, str]:
    """(USD an hour, what that assumes) of the machine that a run describes."""
    accelerators = environment.get("accelerators")
    if isinstance(accelerators, list) and accelerators:
        number = len(accelerators)
        return number * ACCELERATOR_HOUR_USD, f"{number} accelerator(s) at {ACCELERATOR_HOUR_USD:.2f} USD an hour each"
    cores = int(formats.as_number(environment.get("cores")) or 1)
    return cores * CORE_HOUR_USD, f"{cores} CPU core(s) at {CORE_HOUR_USD:.2f} USD an hour each"
