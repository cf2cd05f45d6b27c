"""Gates of a comparison: `success -2%` says that success may fall by at most two points.

A gate is broken when the whole 95 % interval of the change lies beyond the margin; it holds when the whole interval
lies within; else so many tasks cannot tell. For rates the margin is in percentage points, for all other measures
(calls, tokens, seconds, price) in percent of the first run's value.
"""

import math
import re
from dataclasses import dataclass
from typing import Literal

from enterpriselab.core.errors import UsageError
from enterpriselab.evaluation.comparison import Comparison
from enterpriselab.evaluation.intervals import Estimate
from enterpriselab.evaluation.measures import BY_KEY

Outcome = Literal["holds", "broken", "undecided"]
_FORM = re.compile(r"\s*(?P<measure>[a-z_0-9]+)\s*(?P<sign>[+-])\s*(?P<percent>\d+(?:\.\d+)?)\s*%\s*")
EXAMPLES = 'a measure, a sign and a margin, for example "success -2%" or "steps +10%"'


@dataclass(frozen=True, slots=True)
class Gate:
    """How far a measure may change: at most that much down (margin below 0 or falling) or up."""

    text: str
    measure: str
    falling: bool
    margin: float
    """Signed: -0.02 for -2 %."""

    def outcome(self, change: Estimate) -> Outcome:
        """What the interval of a change says."""
        worst, best = (change.low, change.high) if self.falling else (-change.high, -change.low)
        bound = self.margin if self.falling else -self.margin
        return "holds" if worst >= bound else "broken" if best < bound else "undecided"


@dataclass(frozen=True, slots=True)
class Checked:
    """A gate with the change that it was held against."""

    gate: Gate
    change: Estimate
    outcome: Outcome

    @property
    def sentence(self) -> str:
        """What was found, in words."""
        unit = "points" if BY_KEY[self.gate.measure].form == "rate" else "%"
        values = (self.change.value, self.change.low, self.change.high)
        value, low, high = (f"{100 * number:+.1f}" for number in values)
        between = "no interval" if math.isnan(self.change.low) else f"95 % interval {low} to {high}"
        return f"{self.gate.text}: {self.outcome}; changed by {value} {unit}, {between}"


def parse_gate(text: str) -> Gate:
    """The gate of a text such as "success -2%". Raises UsageError that says what would be accepted."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise UsageError(f"{text!r} is no gate.", hint=f"write {EXAMPLES}")
    if found["measure"] not in BY_KEY:
        raise UsageError(f"There is no measure {found['measure']!r}.", hint=f"one of: {', '.join(BY_KEY)}")
    falling = found["sign"] == "-"
    return Gate(" ".join(text.split()), found["measure"], falling, float(f"{found['sign']}{found['percent']}") / 100)


def check_gate(gate: Gate, comparison: Comparison) -> Checked:
    """Hold a gate against a comparison.

    Raises:
        UsageError: the runs have no value of its measure, or the margin is in percent of a first value that is 0.
    """
    difference = comparison[gate.measure]
    if difference is None:
        text = f"The two runs have no {gate.measure} in common, so the gate {gate.text!r} says nothing."
        raise UsageError(text, hint="leave the gate out, or compare runs that have it")
    change = difference.change if BY_KEY[gate.measure].form == "rate" else difference.relative
    if not change.units:
        text = f"{gate.measure} of the first run is 0, and the gate {gate.text!r} is in percent of it."
        raise UsageError(text, hint="leave the gate out, or compare with a run that has more")
    return Checked(gate, change, gate.outcome(change))
