"""What an evaluated model costs: list prices of an API against machine time, and who is worth its price.

A machine of one's own is paid by the hour, so what a token costs follows from how many it does in a second:

    USD of a task = USD an hour / 3600 x tokens of the task / tokens a second

where tokens are all that are written and all that are read, less what comes out of a prompt cache.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from enterpriselab.core.traces import Trace
from enterpriselab.evaluation.cases import Case
from enterpriselab.evaluation.intervals import Estimate
from enterpriselab.evaluation.measures import BY_KEY, Measure, Part, estimate

Basis = Literal["api", "self-hosted", "unknown"]
THOUSAND = 1000


@dataclass(frozen=True, slots=True)
class Machine:
    """A rented machine: its price by the hour, and how many tokens it does in a second."""

    hour_usd: float
    tokens_per_second: float

    @property
    def token_usd(self) -> float:
        """What one token costs."""
        return self.hour_usd / 3600 / self.tokens_per_second


@dataclass(frozen=True, slots=True)
class Cost:
    """What one model costs per attempt at a task, and what it reaches for that."""

    name: str
    model: str
    basis: Basis
    attempts: int
    unpriced: int
    """Attempts whose price is not known; they are in no price."""
    success: Estimate
    read: Estimate
    written: Estimate
    price: Estimate
    """USD per task."""
    per_success: Estimate
    machine: Machine | None = None

    @property
    def per_thousand(self) -> Estimate:
        """USD per 1,000 tasks."""
        value, low, high, units = self.price
        return Estimate(THOUSAND * value, THOUSAND * low, THOUSAND * high, units)

    @property
    def is_comparable(self) -> bool:
        """Both the price and the success are known."""
        return bool(self.price.units and self.success.units)


def cost_of(name: str, model: str, cases: Sequence[Case], machine: Machine | None) -> Cost:
    """The costs of one model over its judged attempts.

    Args:
        name: of the row.
        model: that played.
        cases: the judged attempts.
        machine: where it is one's own; None where it is paid by the token.
    """

    def usd(case: Case) -> float | None:
        return _tokens(case.trace) * machine.token_usd if machine else case.price

    def spent(units: Callable[[Case], float]) -> Estimate:
        def part(case: Case) -> Part:
            price = usd(case)
            return None if price is None else (price, units(case))

        return estimate(Measure("usd", "USD", "number", "low", part), cases)

    unpriced = sum(usd(case) is None for case in cases)
    return Cost(
        name=name,
        model=model,
        basis="self-hosted" if machine else "api" if unpriced < len(cases) else "unknown",
        attempts=len(cases),
        unpriced=unpriced,
        success=estimate(BY_KEY["success"], cases),
        read=estimate(BY_KEY["input_tokens"], cases),
        written=estimate(BY_KEY["output_tokens"], cases),
        price=spent(lambda case: 1.0),
        per_success=spent(lambda case: float(case.success)),
        machine=machine,
    )


def _tokens(trace: Trace) -> int:
    """Tokens that a machine has to work on."""
    return trace.usage.input_tokens - trace.usage.cached_tokens + trace.usage.output_tokens


def measured_rate(traces: Sequence[Trace], side_by_side: int) -> float | None:
    """Tokens a second that attempts show which were played so many side by side; None where nothing was counted.

    When attempts started is not recorded, how long each took is. Whoever starts the next attempt as soon as one of
    them ends needs at most sum / m + (1 - 1 / m) x longest seconds for all (Graham 1966), and so the rate is at least
    this.
    """
    workers = max(1, min(side_by_side, len(traces)))
    seconds = [trace.seconds for trace in traces]
    longest = max(seconds, default=0.0)
    needed = longest if workers == len(traces) else sum(seconds) / workers + (1 - 1 / workers) * longest
    tokens = sum(map(_tokens, traces))
    return tokens / needed if tokens > 0 and needed > 0 else None


def frontier(costs: Sequence[Cost]) -> list[Cost]:
    """Those that no other beats in price and success at once, the cheapest first (Pareto)."""
    known = [cost for cost in costs if cost.is_comparable]
    best = -math.inf
    found: list[Cost] = []
    for cost in sorted(known, key=lambda cost: (cost.price.value, -cost.success.value)):
        twin = bool(found) and found[-1].price.value == cost.price.value and best == cost.success.value
        if cost.success.value > best or twin:
            found.append(cost)
            best = cost.success.value
    return found


def as_json(costs: Sequence[Cost]) -> list[dict[str, Any]]:
    """Plain rows; what is not known is None."""
    best = frontier(costs)
    return [
        {
            "name": cost.name,
            "model": cost.model,
            "basis": cost.basis,
            "attempts": cost.attempts,
            "unpriced": cost.unpriced,
            "success": cost.success.to_json(),
            "input_tokens": cost.read.to_json(),
            "output_tokens": cost.written.to_json(),
            "usd_per_task": cost.price.to_json(),
            "usd_per_success": cost.per_success.to_json(),
            "usd_per_1000_tasks": cost.per_thousand.to_json(),
            "usd_an_hour": cost.machine.hour_usd if cost.machine else None,
            "tokens_per_second": cost.machine.tokens_per_second if cost.machine else None,
            "pareto": cost in best,
        }
        for cost in costs
    ]
