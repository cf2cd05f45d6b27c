"""What a call did: changed rows and the ledger entry that attributes them."""

from dataclasses import dataclass
from typing import Any, Literal

Op = Literal["insert", "update", "delete"]


@dataclass(frozen=True, slots=True)
class Change:
    """One row that a call or an episode changed.

    `key` holds the primary-key values in column order. `before` is None for an insert, `after` is None for a delete;
    for an update both hold only the columns that changed (the key columns are in `key`).
    """

    table: str
    op: Op
    key: tuple[Any, ...]
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON form, blobs as {"$bytes": hex} in canonical JSON."""
        return {"table": self.table, "op": self.op, "key": list(self.key), "before": self.before, "after": self.after}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Change":
        """The inverse of to_json."""
        return cls(data["table"], data["op"], tuple(data["key"]), data["before"], data["after"])


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One entry of the ledger: who called what, what came back, and which rows changed."""

    index: int
    tool: str
    arguments: dict[str, Any]
    principal: str
    at: str
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    changes: tuple[Change, ...] = ()

    @property
    def ok(self) -> bool:
        """True when the tool returned a result."""
        return self.error is None

    @property
    def payload(self) -> dict[str, Any]:
        """What the caller sees before normalization: the result, or {"error": {...}}."""
        return self.result if self.result is not None else {"error": self.error}

    def to_json(self) -> dict[str, Any]:
        """Plain JSON form."""
        return {
            "index": self.index,
            "tool": self.tool,
            "arguments": self.arguments,
            "principal": self.principal,
            "at": self.at,
            "result": self.result,
            "error": self.error,
            "changes": [change.to_json() for change in self.changes],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "CallRecord":
        """The inverse of to_json."""
        changes = tuple(Change.from_json(change) for change in data["changes"])
        return cls(**{**data, "changes": changes})
