"""A desk to call tools at: an episode of the small image, at one level, as one user."""

from functools import cache
from typing import Any

import apsw

from enterpriselab.apps import load_app, world_spec
from enterpriselab.core.changes import Change
from enterpriselab.sandbox.world import World
from enterpriselab.toolkit import Context, Db, IdSource

ADMIN, MANAGER, AGENT, OTHER_AGENT, REPORTER = "USER_001", "USER_002", "USER_003", "USER_004", "USER_005"
INACTIVE, STRANGER = "USER_006", "USER_007"
LEVELS = ("permissive", "enforced", "parity")


@cache
def world(level: str = "permissive", image: str = "minimal") -> World:
    """The world of an image at a level, built once."""
    return World(world_spec(f"opsgym/{image}@{level}"))


class Desk:
    """One episode; a call that should pass gives its result, one that should be refused its error."""

    def __init__(self, level: str = "permissive", user: str = ADMIN, image: str = "minimal") -> None:
        self.episode = world(level, image).episode(user)

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The result of a call that passes."""
        record = self.episode.call(tool, arguments)
        assert record.ok, record.error
        assert record.result is not None
        return record.result

    def refused(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The error of a call that is refused and leaves nothing behind."""
        before = self.episode.state_hash()
        record = self.episode.call(tool, arguments)
        assert record.error is not None, record.result
        assert self.episode.state_hash() == before
        return record.error

    def close(self, incident: str) -> None:
        """Close a resolved incident of long ago the way the policy asks for: with the article that solved it."""
        self.call("link_knowledge_to_incident", incident_id=incident, knowledge_id="KB_001", used_as="resolution")
        self.call("update_incident", incident_id=incident, status="closed")

    def last_changes(self) -> tuple[Change, ...]:
        """The rows that the last call changed."""
        return self.episode.ledger[-1].changes

    def row(self, query: str, *params: Any) -> dict[str, Any]:
        """The only row of a query."""
        found = self.episode.sql(query, *params)
        assert len(found) == 1, found
        return found[0]

    def value(self, query: str, *params: Any) -> Any:
        """The only value of a query."""
        return next(iter(self.row(query, *params).values()))


def context(level: str = "permissive", user: str = ADMIN) -> Context:
    """What a tool gets, over a copy of the small image: for rules that no tool shows by itself."""
    home = world(level)
    connection = apsw.Connection(":memory:")
    connection.deserialize("main", bytes(home.image.view))
    connection.pragma("foreign_keys", True)
    me = home.spec.find_principal(connection, user)
    assert me is not None
    app = load_app("itsm")
    return Context(Db(connection), me, home.spec.clock_start, IdSource(), {}, app.permissions, level=level)
