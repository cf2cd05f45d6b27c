"""ConnectedEpisode: one isolated, stateful copy of connected servers. Its state is rows, not tables."""

import difflib
import threading
from typing import TYPE_CHECKING, Any, Self

from enterpriselab.core.changes import CallRecord, Change
from enterpriselab.core.clock import VirtualClock
from enterpriselab.core.errors import EpisodeError, ToolError, UsageError
from enterpriselab.sandbox.mcp.arguments import check_arguments
from enterpriselab.sandbox.mcp.file_state import changes_between, hash_of
from enterpriselab.sandbox.mcp.stage import Stage
from enterpriselab.sandbox.registry import Entry, canonical_arguments

if TYPE_CHECKING:
    from enterpriselab.sandbox.mcp.connected import ConnectedEnvironment


class ConnectedEpisode:
    """One stateful copy of the connected servers. Calls are serialized by its lock."""

    def __init__(self, environment: "ConnectedEnvironment", stage: Stage, principal: str, *, seed: int) -> None:
        self.environment = environment
        self.principal = principal
        self.seed = seed
        self.ledger: list[CallRecord] = []
        self.clock = VirtualClock()
        self._stage = stage
        self._lock = threading.RLock()
        self._rows = environment.start_rows

    def call(self, tool: str, arguments: dict[str, Any], *, principal: str | None = None) -> CallRecord:
        """Run a tool and record it with what changed. A foreign tool that fails may still have changed something.

        Raises:
            EpisodeError: the server is gone or broke the protocol.
        """
        with self._lock:
            entry = self.environment.entries.get(tool)
            if entry is not None:
                arguments = canonical_arguments(entry.spec, arguments)
            result, error, changes = self._run(entry, tool, arguments)
            who = principal or self.principal
            record = CallRecord(len(self.ledger), tool, arguments, who, self.clock.now, result, error, changes)
            self.ledger.append(record)
            if changes:
                self.clock.advance()
            return record

    def _run(
        self, entry: Entry | None, tool: str, arguments: dict[str, Any]
    ) -> tuple[dict[str, Any] | None, dict[str, Any] | None, tuple[Change, ...]]:
        try:
            if entry is None:
                near = difflib.get_close_matches(tool, list(self.environment.entries), n=3)
                raise ToolError("not_found", f"There is no tool {tool!r}.", field="name", accepted=near or None)
            check_arguments(entry.spec, arguments)
        except ToolError as error:
            return None, error.to_json()["error"], ()
        try:
            result = self._stage.call(entry.source, entry.original, arguments)
        except ToolError as error:
            return None, error.to_json()["error"], self._changes(entry)
        return result, None, self._changes(entry)

    def _changes(self, entry: Entry) -> tuple[Change, ...]:
        rows = self._stage.rows(observe=entry.spec.writes)
        changes = tuple(changes_between(self._rows, rows))
        self._rows = rows
        return changes

    def fork(self) -> "ConnectedEpisode":
        """An independent episode that continues from here: folders copied, servers started anew.

        A server that keeps its state in memory gets this episode's calls again.

        Raises:
            EpisodeError: such a server refuses now what it accepted before.
            UsageError: a server does not start.
        """
        with self._lock:
            child = ConnectedEpisode(
                self.environment, self.environment.fork_stage(self._stage), self.principal, seed=self.seed
            )
            child.clock = VirtualClock(self.clock.start, self.clock.elapsed)
            child.ledger = list(self.ledger)
            child._rows = self._rows
            child._replay()
            return child

    def _replay(self) -> None:
        """Bring servers without files to where the ledger says they are."""
        for record in self.ledger:
            entry = self.environment.entries.get(record.tool)
            if record.ok and entry is not None and entry.source in self.environment.in_memory:
                try:
                    self._stage.call(entry.source, entry.original, record.arguments)
                except ToolError as error:
                    raise EpisodeError(f"replaying {record.tool} for a fork: {error}") from error
        self._rows = self._stage.rows(observe=True)

    def diff(self) -> list[Change]:
        """Net changes since the start, by table and key."""
        with self._lock:
            return changes_between(self.environment.start_rows, self._rows)

    def state_hash(self) -> str:
        """Hash of the state without volatile columns; servers in memory count by their successful writing calls."""
        with self._lock:
            rows = dict(self._rows)
            for number, record in enumerate(self._calls_in_memory()):
                rows["calls", (f"{number:06}",)] = {"tool": record.tool, "arguments": record.arguments}
            return hash_of(rows, self.environment.volatile)

    def _calls_in_memory(self) -> list[CallRecord]:
        """Successful writing calls on servers whose state nothing shows."""
        entries, hidden = self.environment.entries, self.environment.unseen
        return [r for r in self.ledger if r.ok and entries[r.tool].source in hidden and entries[r.tool].spec.writes]

    def sql(self, query: str, *params: Any) -> list[dict[str, Any]]:
        """Connected servers have no database of ours. Raises UsageError."""
        raise UsageError(
            f"{self.environment.name} consists of connected MCP servers and cannot be asked in SQL.",
            hint="judge by the diff instead",
        )

    def close(self) -> None:
        """Stop the servers and delete the folders, in the background; safe to call twice."""
        self.environment.end(self._stage)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
