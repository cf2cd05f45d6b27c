"""What every model behind a network has in common: where it is, what may be said in a request, what an error means."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from enterpriselab.agents.models.base import ModelTurn, Sampling
from enterpriselab.agents.models.prices import TABLE, PriceTable, read_prices
from enterpriselab.agents.models.retrying import Retry
from enterpriselab.core.traces import Usage

_UNSUPPORTED = re.compile(
    r"unsupported|not supported|does not support|not permitted|deprecated|unknown parameter|unrecognized", re.I
)
_TOO_LONG = re.compile(r"context.length|maximum context|prompt is too long|context window", re.I)
_NO_CREDIT = re.compile(r"insufficient_quota|credit balance|billing", re.I)
NO_ROOM = ModelTurn(finish="length", usage=Usage(price_usd=0.0))
"""The turn of a model whose context the conversation has filled: the request is refused and costs nothing."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the model is. The key comes from the environment, never from a config that is stored."""

    model: str
    base_url: str | None = None
    api_key: str = "none"
    timeout: float = 120.0
    """Seconds without a byte after which a request has failed."""
    retry: Retry = field(default_factory=Retry)
    stream: bool = False
    extra: dict[str, Any] = field(default_factory=dict)
    """More keys of the request body, for what only this server knows."""
    prices: Path | None = TABLE
    """Price table; None where tokens have no price, as on a server of one's own."""

    def price_table(self) -> PriceTable | None:
        """The prices of this endpoint. Raises UsageError."""
        return read_prices(self.prices) if self.prices else None


class Accepted:
    """Which parameters of a request the model takes: learnt from its refusals, so that it is asked once only.

    A parameter that was asked for in so many words (a temperature that is not 0, a thinking budget) is never dropped.
    """

    def __init__(self) -> None:
        self.refused: dict[str, str] = {}
        """Parameter -> what stands in its place; "" where it was left out."""

    def apply(self, body: dict[str, Any]) -> dict[str, Any]:
        """The body as the model takes it."""
        found = dict(body)
        for name, instead in self.refused.items():
            value = found.pop(name, None)
            if instead and value is not None:
                found[instead] = value
        return found

    def learn(self, message: str, sampling: Sampling, *, known: Collection[str], limit: str = "") -> bool:
        """Take a refusal in; False when it is none of a parameter that can be done without.

        Args:
            message: of the refusal.
            sampling: what was asked for.
            known: the parameters that were left out of that request already. Requests that were under way together
                are refused together, and each of them may be asked again.
            limit: another name for max_tokens that this wire has.
        """
        droppable = {"seed": "", "top_p": ""} if sampling.top_p == 1.0 else {"seed": ""}
        if sampling.temperature == 0.0:
            droppable["temperature"] = ""
        if limit:
            droppable["max_tokens"] = limit
        if not _UNSUPPORTED.search(message):
            return False
        named = [name for name in droppable if re.search(rf"\b{name}\b", message) and name not in known]
        if named:
            self.refused[named[0]] = droppable[named[0]]
        return bool(named)

    def notes(self, model: str) -> list[str]:
        """What the model did not take, in sentences."""
        left_out = [name for name, instead in self.refused.items() if not instead]
        return [f"{model} takes no {name}: it plays with its own" for name in left_out]


def too_long(message: str) -> bool:
    """Does a refusal say that the conversation no longer fits the model's context?"""
    return _TOO_LONG.search(message) is not None


def for_good(status: int, message: str) -> bool:
    """Is it no use to ask again? Rate limits, time-outs and server errors pass; an empty account does not."""
    if status == 429:
        return _NO_CREDIT.search(message) is not None
    return status not in (408, 409, 425) and status < 500


def asked_to_wait(headers: Any) -> float | None:
    """Seconds in Retry-After (or retry-after-ms), None when there are none."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            return max(0.0, float(headers[name]) / unit)
        except (KeyError, ValueError):
            continue
    return None
