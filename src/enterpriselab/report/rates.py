"""A share with its interval as it is stored and as it is drawn."""

from dataclasses import dataclass
from typing import Any

from enterpriselab.report import formats


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its 95 % interval; positions are percentages of a bar's width."""

    value: float
    low: float
    high: float
    units: int

    @property
    def text(self) -> str:
        """'41.7 %'."""
        return formats.percent(self.value)

    @property
    def interval(self) -> str:
        """'[33.2, 50.6]', in percent."""
        return f"[{100 * self.low:.1f}, {100 * self.high:.1f}]"


def as_rate(value: Any) -> Rate | None:
    """A stored estimate, or None when it holds no number or has no unit behind it."""
    if not isinstance(value, dict):
        return None
    numbers = [formats.as_number(value.get(name)) for name in ("value", "low", "high")]
    units = formats.as_number(value.get("units")) or 0
    if units < 1 or numbers[0] is None:
        return None
    low, high = (numbers[0] if bound is None else min(1.0, max(0.0, bound)) for bound in numbers[1:])
    return Rate(numbers[0], low, high, int(units))
