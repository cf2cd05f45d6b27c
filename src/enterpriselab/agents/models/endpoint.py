"""What every model behind a network has in common: where it is, what may be said in a request, what an error means."""

import math
import re
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from enterpriselab.agents.models.base import ModelTurn, Sampling
from enterpriselab.agents.models.prices import TABLE, PriceTable, read_prices
from enterpriselab.agents.models.retrying import Retry
from enterpriselab.core.traces import Usage

_UNSUPPORTED = re.compile(
    r"unsupported|not supported|does not support|not permitted|deprecated|unknown parameter|unrecognized", re.I
)
_TOO_LONG = re.compile(r"context.length|maximum context|prompt is too long|context (?:window|size)", re.I)
_NO_CREDIT = re.compile(r"insufficient_quota|credit balance|billing_|plan and billing", re.I)
_OURS = ("invalid_request_error", "authentication_error", "permission_error", "not_found_error")
"""Types of errors that asking again does not mend."""
NO_ROOM = ModelTurn(finish="length", refused=True, usage=Usage(price_usd=0.0))
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


def public(url: str) -> str:
    """An address without user, password and query, which may hold secrets."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def too_long(message: str) -> bool:
    """Does a refusal say that the conversation no longer fits the model's context?"""
    return _TOO_LONG.search(message) is not None


def for_good(status: int, message: str) -> bool:
    """Is it no use to ask again? Rate limits, time-outs and server errors pass; an empty account does not."""
    if status == 429:
        return _NO_CREDIT.search(message) is not None
    return status not in (408, 409, 425) and status < 500


def in_stream(status: int, body: Any) -> bool:
    """Did the endpoint fail after it had begun to answer with status 200? That may be gone the next time."""
    told = body.get("error", body) if isinstance(body, dict) else None
    if status != 200 or not isinstance(told, dict):
        return False
    code = told.get("code")
    return not (isinstance(code, int) and for_good(code, "")) and told.get("type") not in _OURS


def asked_to_wait(headers: Any) -> float | None:
    """Seconds in retry-after-ms or Retry-After, which may be a date too; None when there are none."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) / unit
        except KeyError:
            continue
        except ValueError:
            seconds = _seconds_until(headers[name])
        if math.isfinite(seconds):
            return max(0.0, seconds)
    return None


def _seconds_until(date: str) -> float:
    try:
        return parsedate_to_datetime(date).timestamp() - time.time()
    except ValueError:
        return math.nan
