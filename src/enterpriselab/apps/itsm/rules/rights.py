"""What each role may do with each table, and with which rows of it."""

from collections.abc import Iterator, Mapping
from typing import Literal

from enterpriselab.apps.itsm.rules.enums import Role

Action = Literal["read", "create", "update", "delete", "approve", "publish"]
Scope = Literal["all", "own", "published"]
"""Which rows: every one of the organization, those of the acting user (OWN_ROWS), published articles."""

_RECORDS = ("incident", "problem", "change", "knowledge", "notification", "incident_sla")
_LINKS = ("child_incident", "incident_affected_cis", "incident_knowledge", "change_request_mapping")
_CATALOGUE = ("service", "service_offering", "incident_template", "location", "configuration_item")
_PEOPLE = ("users", "user_group", "user_group_member", "organization")
_SETTINGS = ("sla_definition", "role", "permission", "role_permission", "user_role")

_LETTERS: Mapping[str, Action] = {
    "R": "read",
    "C": "create",
    "U": "update",
    "D": "delete",
    "A": "approve",
    "P": "publish",
}

Grants = Mapping[str, Mapping[Action, Scope]]


def _grant(*names: str, actions: str) -> dict[str, dict[Action, Scope]]:
    return {name: {_LETTERS[letter]: "all" for letter in actions} for name in names}


_ADMIN = _grant(*(*_RECORDS, *_LINKS, *_CATALOGUE, *_PEOPLE, *_SETTINGS), actions="RCUD")
_ADMIN["change"]["approve"] = "all"
_ADMIN["knowledge"]["publish"] = "all"
_MANAGER = {
    **_grant(*_RECORDS, *_LINKS, actions="RCUD"),
    **_grant(*_CATALOGUE, actions="RCU"),
    **_grant(*_PEOPLE, "sla_definition", "role", "permission", "role_permission", "user_role", actions="R"),
    **_grant("user_group_member", actions="RCD"),
    **_grant("change", actions="RCUDA"),
    **_grant("knowledge", actions="RCUDP"),
}
_AGENT = {
    **_grant(*_RECORDS, actions="RCU"),
    **_grant(*_LINKS, actions="RCUD"),
    **_grant(*_CATALOGUE, *_PEOPLE, "sla_definition", actions="R"),
    **_grant("configuration_item", actions="RCU"),
    **_grant("knowledge", actions="RCUP"),
}
_REPORTER: dict[str, dict[Action, Scope]] = {
    "incident": {"read": "own", "create": "own", "update": "own"},
    "knowledge": {"read": "published"},
    "notification": {"read": "own"},
    "users": {"read": "own"},
    **_grant("service", "service_offering", "location", actions="R"),
}
RIGHTS: Mapping[Role, Grants] = {"admin": _ADMIN, "manager": _MANAGER, "agent": _AGENT, "reporter": _REPORTER}
"""Role -> table -> action -> which rows."""
OWN_ROWS: Mapping[str, str] = {
    "incident": "caller_id = :me",
    "notification": "incident_id IN (SELECT incident_id FROM incident WHERE caller_id = :me)",
    "users": "user_id = :me",
}
"""Table -> SQL condition that picks the rows of the acting user."""
SCOPES: Mapping[Scope, str] = {
    "all": "all rows of the user's own organization",
    "own": "own rows only",
    "published": "published articles only",
}
ASSIGNABLE: tuple[Role, ...] = ("agent", "manager")
"""Roles of which an assignee must hold one."""


def may(roles: frozenset[str], table: str, action: Action) -> frozenset[Scope]:
    """The scopes that the roles grant together; empty when the action is not allowed."""
    granted = (RIGHTS[role].get(table, {}).get(action) for role in RIGHTS if role in roles)
    return frozenset(scope for scope in granted if scope is not None)


def allowed_roles(table: str, action: Action) -> tuple[Role, ...]:
    """The roles that may do it with at least some rows."""
    return tuple(role for role in RIGHTS if action in RIGHTS[role].get(table, {}))


AREAS: Mapping[str, str] = {
    "incident": "incident",
    "problem": "problem",
    "change": "change",
    "knowledge": "knowledge",
    "configuration_item": "configuration_item",
    "catalogue": "service",
    "people": "users",
    "settings": "role",
}
"""Resource in table `permission` -> the table whose rights it sums up."""


def permissions(role: Role) -> Iterator[tuple[str, Action]]:
    """(resource, action) pairs of a role by area: what the tables `permission` and `role_permission` hold."""
    for area, table in AREAS.items():
        for action in RIGHTS[role].get(table, {}):
            yield area, action
