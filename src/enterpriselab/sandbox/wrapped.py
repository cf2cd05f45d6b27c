"""Wrapped environments: the same world, approached otherwise. States and diffs stay those of the inner one."""

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any, Self

from enterpriselab.core.changes import CallRecord, Change
from enterpriselab.core.clock import VirtualClock
from enterpriselab.core.errors import ToolError
from enterpriselab.core.tools import ToolSpec
from enterpriselab.sandbox.environment import Environment, EpisodeLike
from enterpriselab.sandbox.tables import Table


class WrappedEpisode(ABC):
    """An episode that looks at calls before the inner one gets them. `ledger` tells what was asked of this one.

    What reached the world is in `inner.ledger`.
    """

    def __init__(self, inner: EpisodeLike) -> None:
        self.inner = inner
        self.principal = inner.principal
        self.ledger: list[CallRecord] = []

    @property
    def clock(self) -> VirtualClock:
        """That of the inner episode."""
        return self.inner.clock

    def call(self, tool: str, arguments: dict[str, Any], *, principal: str | None = None) -> CallRecord:
        """Run a call, or refuse it so that the inner episode never hears of it. Raises EpisodeError."""
        try:
            record = replace(self._passed_on(tool, arguments, principal), index=len(self.ledger))
        except ToolError as error:
            who, kept = principal or self.principal, error.to_json()["error"]
            record = CallRecord(len(self.ledger), tool, arguments, who, self.clock.now, None, kept)
        self.ledger.append(record)
        return record

    @abstractmethod
    def _passed_on(self, tool: str, arguments: dict[str, Any], principal: str | None) -> CallRecord:
        """The call as it is recorded here. Raises ToolError when it is not let through."""

    @abstractmethod
    def _around(self, inner: EpisodeLike) -> Self:
        """The same wrapper around a fork of the inner episode."""

    def fork(self) -> Self:
        """An independent episode that continues from here."""
        child = self._around(self.inner.fork())
        child.ledger = list(self.ledger)
        return child

    def diff(self) -> list[Change]:
        """Net changes since the start."""
        return self.inner.diff()

    def state_hash(self) -> str:
        """That of the inner episode: how it was approached does not count."""
        return self.inner.state_hash()

    def sql(self, query: str, *params: Any) -> list[dict[str, Any]]:
        """Rows of a read-only query on the inner state."""
        return self.inner.sql(query, *params)

    def close(self) -> None:
        """Give back what the inner episode holds."""
        self.inner.close()


class WrappedEnvironment(ABC):
    """Gives wrapped episodes of an inner environment."""

    def __init__(self, inner: Environment) -> None:
        self.inner = inner
        self.name = inner.name

    @property
    def registry(self) -> dict[str, ToolSpec]:
        """The tools as they are called here."""
        return self.inner.registry

    @property
    def tables(self) -> dict[str, Table]:
        """Those of the inner environment."""
        return self.inner.tables

    @property
    def volatile(self) -> frozenset[str]:
        """Those of the inner environment."""
        return self.inner.volatile

    @abstractmethod
    def episode(self, principal: str | None = None, *, seed: int = 0) -> EpisodeLike:
        """A fresh episode acting as `principal`."""

    def close(self) -> None:
        """End what the inner environment started, if it can start anything."""
        close = getattr(self.inner, "close", None)
        if close is not None:
            close()


def unwrapped(environment: Environment) -> Environment:
    """The environment itself, whatever it is wrapped in."""
    while isinstance(environment, WrappedEnvironment):
        environment = environment.inner
    return environment
