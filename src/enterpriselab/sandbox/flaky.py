"""Flaky: calls that fail for the moment at a given rate, as those of real services do. A retry passes.

A failure comes before the call runs, so nothing is ever half done. Which calls fail depends on the seed, the task and
the number of the call, never on time or on what is called: all agents meet the same failures.
"""

from typing import Any, Self

from pydantic import Field

from enterpriselab.core.changes import CallRecord
from enterpriselab.core.config import Config
from enterpriselab.core.errors import ErrorKind, ToolError
from enterpriselab.core.hashing import content_hash
from enterpriselab.core.seeds import derive_random
from enterpriselab.core.tasks import Task
from enterpriselab.sandbox.environment import Environment, EpisodeLike
from enterpriselab.sandbox.wrapped import WrappedEnvironment, WrappedEpisode

FAILURES: dict[ErrorKind, str] = {
    "timeout": "{tool} did not begin in time; nothing was done. Try again.",
    "rate_limited": "Too many requests; nothing was done. Try again in a moment.",
    "unavailable": "The service behind {tool} is unavailable for the moment; nothing was done. Try again.",
}
"""Kind -> what the caller is told. All of them pass when the same call is made again."""


class Flaky(Config):
    """How often calls fail for the moment."""

    rate: float = Field(ge=0.0, lt=1.0)
    """Share of the calls; retries are not counted, for they pass."""
    seed: int = 0


def is_passing(record: CallRecord) -> bool:
    """Did a flaky environment let the call fail, so that the same call will pass?"""
    if record.error is None:
        return False
    text = FAILURES.get(record.error["kind"])
    return text is not None and record.error["message"] == text.format(tool=record.tool)


class FlakyEnvironment(WrappedEnvironment):
    """An environment whose calls fail now and then."""

    def __init__(self, inner: Environment, flaky: Flaky) -> None:
        super().__init__(inner)
        self.flaky = flaky

    def episode(self, principal: str | None = None, *, seed: int = 0, task: str = "") -> "FlakyEpisode":
        """A fresh episode; its failures are those of this seed, principal and task."""
        inner = self.inner.episode(principal, seed=seed)
        return FlakyEpisode(inner, self.flaky, f"{task}/{inner.principal}/{seed}")


def episode_for(environment: Environment, task: Task) -> EpisodeLike:
    """A fresh episode to play a task in; under drift it has the failures of the task that it was made from."""
    if isinstance(environment, FlakyEnvironment):
        return environment.episode(task.principal, seed=task.seed, task=task.origin)
    return environment.episode(task.principal, seed=task.seed)


class FlakyEpisode(WrappedEpisode):
    """One episode of a flaky environment."""

    def __init__(self, inner: EpisodeLike, flaky: Flaky, name: str) -> None:
        super().__init__(inner)
        self._flaky = flaky
        self._name = name
        self._owed: set[str] = set()
        """Calls that failed and will pass."""

    def _passed_on(self, tool: str, arguments: dict[str, Any], principal: str | None) -> CallRecord:
        call = content_hash([tool, arguments, principal])
        if call in self._owed:
            self._owed.discard(call)
        else:
            dice = derive_random("flaky", self._flaky.seed, self._name, len(self.ledger))
            if dice.random() < self._flaky.rate:
                self._owed.add(call)
                kind: ErrorKind = dice.choice(list(FAILURES))
                raise ToolError(kind, FAILURES[kind].format(tool=tool))
        return self.inner.call(tool, arguments, principal=principal)

    def _around(self, inner: EpisodeLike) -> Self:
        child = type(self)(inner, self._flaky, self._name)
        child._owed = set(self._owed)
        return child
