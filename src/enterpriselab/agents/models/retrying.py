"""Asking an endpoint again: waits that double, a rate limit's own waiting time first, a last word after so many."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from enterpriselab.agents.models.base import ModelError
from enterpriselab.core.errors import EnterpriseLabError

T = TypeVar("T")
Pause = Callable[[float], Awaitable[None]]
LONGEST_WAIT = 120.0
"""Seconds; an endpoint that asks for more is asked again after this."""


class Transient(EnterpriseLabError):
    """A failure that may be gone the next time: a rate limit, a server error, a cut connection."""

    def __init__(self, message: str, *, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait
        """Seconds that the endpoint asks to wait; None when it does not say."""


@dataclass(frozen=True, slots=True)
class Retry:
    """How often, and how long in between."""

    times: int = 4
    first_wait: float = 0.5
    """Seconds; each further wait is twice as long."""
    pause: Pause = asyncio.sleep


async def retried(ask: Callable[[], Awaitable[T]], retry: Retry) -> tuple[T, int, float]:
    """What `ask` gives, how many times it had to be asked again, and the seconds until the time that it worked.

    Raises:
        ModelError: it failed for good, or was still failing at the last time.
        asyncio.CancelledError: with the last failure as its cause, if there was one.
    """
    last: Transient | None = None
    started = time.perf_counter()
    try:
        for number in range(retry.times + 1):
            try:
                waited = time.perf_counter() - started if number else 0.0
                return await ask(), number, waited
            except Transient as failure:
                last = failure
                if number == retry.times:
                    raise ModelError(f"{failure} (asked {number + 1} times)") from failure
                await retry.pause(_wait(failure, retry, number))
    except asyncio.CancelledError as end:
        raise end from last
    raise ValueError("retry.times must not be negative")


def failure_behind(end: BaseException) -> Transient | None:
    """Why a time budget ended while an endpoint was asked again, where that is why."""
    while (cause := end.__cause__) is not None:
        if isinstance(cause, Transient):
            return cause
        end = cause
    return None


def _wait(failure: Transient, retry: Retry, number: int) -> float:
    """Up to a quarter more than it must be, so that rollouts that were refused together do not come back together."""
    wanted = failure.wait if failure.wait is not None else retry.first_wait * 2**number
    return min(wanted * (1 + random.random() / 4), LONGEST_WAIT)
