"""Environment and its episodes as everybody else sees them: our worlds and connected MCP servers alike."""

from typing import Any, Protocol, Self

from enterpriselab.core.changes import CallRecord, Change
from enterpriselab.core.clock import VirtualClock
from enterpriselab.core.tools import ToolSpec
from enterpriselab.sandbox.tables import Table


class EpisodeLike(Protocol):
    """One isolated, stateful copy of an environment."""

    principal: str
    ledger: list[CallRecord]

    @property
    def clock(self) -> VirtualClock:
        """What time it is in the episode."""
        ...

    def call(self, tool: str, arguments: dict[str, Any], *, principal: str | None = None) -> CallRecord:
        """Run a tool; an error is in the record, an EpisodeError means that the attempt cannot go on."""
        ...

    def fork(self) -> Self:
        """An independent episode that continues from here."""
        ...

    def diff(self) -> list[Change]:
        """Net changes since the start."""
        ...

    def state_hash(self) -> str:
        """Equal states have equal hashes."""
        ...

    def sql(self, query: str, *params: Any) -> list[dict[str, Any]]:
        """Rows of a read-only query; connected servers refuse with UsageError."""
        ...

    def close(self) -> None:
        """Give back what the episode holds (processes, folders); safe to call twice."""
        ...


class Environment(Protocol):
    """Something that gives fresh episodes."""

    name: str

    @property
    def registry(self) -> dict[str, ToolSpec]:
        """Every tool by name."""
        ...

    @property
    def tables(self) -> dict[str, Table]:
        """What is known of the tables that changes name; may be empty for connected servers."""
        ...

    @property
    def volatile(self) -> frozenset[str]:
        """'table.column' whose values verifiers ignore."""
        ...

    def episode(self, principal: str | None = None, *, seed: int = 0) -> EpisodeLike:
        """A fresh episode acting as `principal`."""
        ...
