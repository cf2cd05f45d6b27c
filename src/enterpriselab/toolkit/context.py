"""Context: what a running tool may use. Database, principal, virtual time, ids, events; nothing of the machine."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from enterpriselab.core.errors import EnterpriseLabError, ToolError
from enterpriselab.toolkit.database import Db
from enterpriselab.toolkit.principal import Principal

EventHandler = Callable[["Context", Any], None]
MAX_EVENT_DEPTH = 8


@dataclass(slots=True)
class IdSource:
    """Ids that depend on the episode's seed and on how many were drawn, never on the machine."""

    seed: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    def number(self, kind: str) -> int:
        """1, 2, 3, ... for each kind."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return self.counts[kind]

    def token(self, kind: str, length: int = 16) -> str:
        """`length` lower-case hex digits, at most 64; the n-th of its kind."""
        text = f"{self.seed}:{kind}:{self.number(kind)}"
        return hashlib.sha256(text.encode("utf-8")).hexdigest()[:length]

    def copy(self) -> "IdSource":
        """An independent source that continues from here."""
        return IdSource(self.seed, dict(self.counts))


@dataclass(slots=True)
class Context:
    """Handed to a tool as its first argument for the length of one call."""

    db: Db
    me: Principal
    now: str
    """Virtual instant of the call, '2026-03-02T09:00:00Z'."""
    ids: IdSource
    handlers: Mapping[type, tuple[EventHandler, ...]]
    permissions: Mapping[str, frozenset[str]]
    """Permission -> roles that hold it, of the tool's app."""
    depth: int = 0
    level: str = ""
    """How strict the tools are, where the app has levels (see Standalone)."""

    @property
    def today(self) -> str:
        """Virtual calendar day, 'YYYY-MM-DD'."""
        return self.now[:10]

    def can(self, permission: str) -> bool:
        """Does the principal hold a role that has this permission?"""
        roles = self.permissions.get(permission)
        if roles is None:
            raise EnterpriseLabError(f"permission {permission!r} is not declared by the app")
        return not roles.isdisjoint(self.me.roles)

    def require(self, permission: str, message: str | None = None) -> None:
        """Raise `forbidden` unless the principal holds the permission."""
        if not self.can(permission):
            roles = sorted(self.permissions[permission])
            text = message or f"{self.me.name} may not do this: it needs the permission {permission}."
            raise ToolError("forbidden", text, accepted=[f"role {role}" for role in roles])

    def emit(self, event: object) -> None:
        """Tell the other apps, inside this call's transaction; their handlers run at once."""
        if self.depth >= MAX_EVENT_DEPTH:
            raise EnterpriseLabError(f"event chain deeper than {MAX_EVENT_DEPTH} at {type(event).__name__}")
        self.depth += 1
        for handler in self.handlers.get(type(event), ()):
            handler(self, event)
        self.depth -= 1
