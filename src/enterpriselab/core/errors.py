"""The three exits of an error: to the model (ToolError), to the trace (EpisodeError), to the operator (UsageError).

EnterpriseLabError
  +-- ToolError      the agent can act on it: it becomes an observation
  +-- EpisodeError   this attempt cannot go on: it is recorded in the trace, never scored as zero
  +-- UsageError     a person must act: printed as one message with the next step, no traceback
"""

from collections.abc import Sequence
from typing import Any, Literal

ErrorKind = Literal["not_found", "invalid", "forbidden", "conflict", "rate_limited", "timeout", "unavailable"]


class EnterpriseLabError(Exception):
    """Base of every error that the project raises on purpose."""


class ToolError(EnterpriseLabError):
    """A tool refuses a call; says what was wrong, in which field, and what would be accepted."""

    def __init__(
        self, kind: ErrorKind, message: str, *, field: str | None = None, accepted: Sequence[Any] | str | None = None
    ) -> None:
        super().__init__(message)
        self.kind: ErrorKind = kind
        self.message = message
        self.field = field
        self.accepted = list(accepted) if accepted is not None and not isinstance(accepted, str) else accepted

    def to_json(self) -> dict[str, Any]:
        """The error as the model sees it: {"error": {kind, message, field?, accepted?}}."""
        body: dict[str, Any] = {"kind": self.kind, "message": self.message}
        if self.field is not None:
            body["field"] = self.field
        if self.accepted is not None:
            body["accepted"] = self.accepted
        return {"error": body}

    def __reduce__(self) -> tuple[Any, ...]:
        return (_tool_error, (self.kind, self.message, self.field, self.accepted))


def _tool_error(kind: ErrorKind, message: str, field: str | None, accepted: Any) -> ToolError:
    return ToolError(kind, message, field=field, accepted=accepted)


class EpisodeError(EnterpriseLabError):
    """The attempt failed for a reason the agent cannot mend (server gone, model unreachable, broken world)."""


class UsageError(EnterpriseLabError):
    """The operator must act. `hint` proposes the next command."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def not_found(what: str, value: object, *, field: str | None = None, hint: str | None = None) -> ToolError:
    """A ToolError for an id or name that names nothing; `hint` says how to find a valid one."""
    tail = f" {hint}" if hint else ""
    return ToolError("not_found", f"No {what} {value!r}.{tail}", field=field)
