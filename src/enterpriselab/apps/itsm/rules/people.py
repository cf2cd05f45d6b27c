"""What counts as unfinished work of a person or group, what a person leads, and who may lead a group."""

from collections.abc import Mapping

from enterpriselab.apps.itsm.rules.enums import Role

OPEN_WORK: Mapping[str, tuple[str, ...]] = {
    "incident": ("new", "in_progress", "on_hold"),
    "problem": ("new", "assess", "root_cause", "fix_in_progress"),
    "change": ("new", "assess", "authorize", "scheduled", "implement", "review"),
}
"""Table -> statuses in which a record still needs its assignee."""
LED: Mapping[str, str] = {"user_group": "manager_id"}
"""Table -> column of who leads an active row; nobody leaves who still does."""
LEADING: tuple[Role, ...] = ("admin", "manager")
"""Roles of which the manager of a group must hold one."""
