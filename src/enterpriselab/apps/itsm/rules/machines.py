"""Who may follow whom: states of incidents, problems, changes, articles, SLAs, items, notices; what a step needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import get_args

from enterpriselab.apps.itsm.rules.enums import IncidentCategory, ServiceStatus
from enterpriselab.apps.itsm.rules.rights import Action


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition on a step beyond filled-in fields.

    `sql` is a query whose one value is true when the condition holds; `:column` stands for the column of the row as it
    would be after the step, `:now` for the present instant.
    """

    text: str
    sql: str


@dataclass(frozen=True, slots=True)
class Machine:
    """The states of one column."""

    table: str
    column: str
    initial: tuple[str, ...]
    """States in which a row may be created."""
    moves: Mapping[str, tuple[str, ...]]
    """State -> states that may follow; a state without followers is final."""
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """State -> columns that must be filled to enter it."""
    guards: Mapping[tuple[str, str], tuple[Guard, ...]] = field(default_factory=dict)
    """(state, next state) -> conditions, all of which must hold."""
    rights: Mapping[tuple[str, str], Action] = field(default_factory=dict)
    """(state, next state) -> action on the table that the acting user must be allowed, beside `update`."""
    linkable: tuple[str, ...] = ()
    """States in which other records may refer to the row; empty where any may."""
    correctable: tuple[str, ...] = ()
    """States in which other columns may be changed; empty where that goes until the state is final."""


CLOSING_HOURS = 72
"""Hours that an incident stays resolved, so that the caller can object, before it may be closed."""
WAITED = Guard(
    f"the incident has been resolved for at least {CLOSING_HOURS} hours",
    f"SELECT coalesce(unixepoch(:now) - unixepoch(:resolved), 0) >= {CLOSING_HOURS * 3600}",
)
UNWRITTEN: IncidentCategory = "password-reset"
"""Incidents of this category are closed without knowledge."""
KNOWLEDGE_KEPT = Guard(
    f"an article is linked to it, or one has been written since it was resolved; category {UNWRITTEN} needs none",
    f"SELECT :category = '{UNWRITTEN}' "
    "OR EXISTS (SELECT 1 FROM incident_knowledge WHERE incident_id = :incident_id) "
    "OR EXISTS (SELECT 1 FROM knowledge WHERE org_id = :org_id AND created_on >= :resolved)",
)
HAS_WORKAROUND = Guard("a workaround is recorded", "SELECT length(coalesce(:workaround, '')) > 0")
CHANGE_IMPLEMENTED = Guard(
    "a normal or emergency change that is mapped to the problem has been implemented: its status is review, or closed "
    "with a close code other than unsuccessful",
    "SELECT EXISTS (SELECT 1 FROM change_request_mapping m JOIN change c ON c.change_id = m.change_id "
    "WHERE m.problem_id = :problem_id AND c.category IN ('normal', 'emergency') AND (c.status = 'review' "
    "OR (c.status = 'closed' AND coalesce(c.close_code, '') <> 'unsuccessful')))",
)
STANDARD = Guard("the change is a standard change", "SELECT :category = 'standard'")
EMERGENCY = Guard("the change is an emergency change", "SELECT :category = 'emergency'")
INCIDENT_WAITS = Guard(
    "the incident is on hold and the SLA definition pauses",
    "SELECT EXISTS (SELECT 1 FROM incident i JOIN sla_definition d ON d.sla_def_id = :sla_def_id "
    "WHERE i.incident_id = :incident_id AND i.status = 'on_hold' AND d.pause_on_pending = 1)",
)

INCIDENT = Machine(
    table="incident",
    column="status",
    initial=("new",),
    moves={
        "new": ("in_progress", "on_hold", "resolved", "canceled"),
        "in_progress": ("on_hold", "resolved", "canceled"),
        "on_hold": ("in_progress", "canceled"),
        "resolved": ("closed", "in_progress"),
        "closed": (),
        "canceled": (),
    },
    needs={"on_hold": ("on_hold_reason",), "resolved": ("resolution_code", "resolution_notes")},
    guards={("resolved", "closed"): (WAITED, KNOWLEDGE_KEPT)},
)
PROBLEM = Machine(
    table="problem",
    column="status",
    initial=("new",),
    moves={
        "new": ("assess", "fix_in_progress"),
        "assess": ("root_cause", "fix_in_progress"),
        "root_cause": ("fix_in_progress",),
        "fix_in_progress": ("root_cause", "resolved"),
        "resolved": ("fix_in_progress", "closed"),
        "closed": (),
    },
    needs={"resolved": ("fix_notes",)},
    guards={
        ("new", "fix_in_progress"): (HAS_WORKAROUND,),
        ("assess", "fix_in_progress"): (HAS_WORKAROUND,),
        ("resolved", "closed"): (CHANGE_IMPLEMENTED,),
    },
)
CHANGE = Machine(
    table="change",
    column="status",
    initial=("new",),
    moves={
        "new": ("assess", "authorize", "scheduled", "canceled"),
        "assess": ("authorize", "canceled"),
        "authorize": ("scheduled", "assess", "canceled"),
        "scheduled": ("implement", "canceled"),
        "implement": ("review",),
        "review": ("closed",),
        "closed": (),
        "canceled": (),
    },
    needs={
        "scheduled": ("implementation_plan", "testing_plan"),
        "implement": ("assigned_to",),
        "closed": ("close_code", "close_notes"),
    },
    guards={("new", "scheduled"): (STANDARD,), ("new", "authorize"): (EMERGENCY,)},
    rights={("authorize", "scheduled"): "approve"},
)
KNOWLEDGE = Machine(
    table="knowledge",
    column="state",
    initial=("draft",),
    moves={
        "draft": ("review", "retired"),
        "review": ("published", "draft", "retired"),
        "published": ("review", "retired"),
        "retired": ("draft",),
    },
    needs={"review": ("body",), "published": ("body",)},
    rights={("review", "published"): "publish"},
    linkable=("published",),
)
INCIDENT_SLA = Machine(
    table="incident_sla",
    column="stage",
    initial=("in_progress", "paused"),
    moves={
        "in_progress": ("paused", "completed", "canceled"),
        "paused": ("in_progress", "completed", "canceled"),
        "completed": ("in_progress",),
        "canceled": (),
    },
    guards={("in_progress", "paused"): (INCIDENT_WAITS,)},
)
CONFIGURATION_ITEM = Machine(
    table="configuration_item",
    column="status",
    initial=("in_stock", "in_use", "maintenance"),
    moves={
        "in_stock": ("in_use", "retired", "disposed"),
        "in_use": ("maintenance", "in_stock", "retired"),
        "maintenance": ("in_use", "in_stock", "retired"),
        "retired": ("in_stock", "disposed"),
        "disposed": (),
    },
    linkable=("in_use", "maintenance"),
)
NOTIFICATION = Machine(
    table="notification",
    column="status",
    initial=("queued",),
    moves={
        "queued": ("sent", "failed"),
        "sent": ("delivered", "opened", "failed"),
        "delivered": ("opened",),
        "opened": (),
        "failed": ("queued",),
    },
    correctable=("queued",),
)
MACHINES: Mapping[str, Machine] = {
    f"{machine.table}.{machine.column}": machine
    for machine in (INCIDENT, PROBLEM, CHANGE, KNOWLEDGE, INCIDENT_SLA, CONFIGURATION_ITEM, NOTIFICATION)
}
"""'table.column' -> its machine."""
LINKABLE: Mapping[str, tuple[str, ...]] = {
    **{name: machine.linkable for name, machine in MACHINES.items() if machine.linkable},
    **{
        f"{table}.status": tuple(status for status in get_args(ServiceStatus) if status != "retired")
        for table in ("service", "service_offering")
    },
}
"""'table.column' -> states in which other records may refer to the row; tables that are not named allow it always."""
