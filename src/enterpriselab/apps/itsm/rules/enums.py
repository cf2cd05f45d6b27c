"""Every closed list of values of the ITSM desk: one Literal each, and the columns that hold it."""

from collections.abc import Mapping
from typing import Any, Literal, get_args

Role = Literal["admin", "manager", "agent", "reporter"]
GroupType = Literal["IT Support", "Service Desk", "Field Support Technicians", "Infrastructure Problem Team"]

Impact = Literal["high", "medium", "low"]
Urgency = Literal["high", "medium", "low"]
Risk = Literal["high", "medium", "low"]
Priority = Literal["critical", "high", "moderate", "low", "planning"]

IncidentStatus = Literal["new", "in_progress", "on_hold", "resolved", "closed", "canceled"]
IncidentCategory = Literal["inquiry-help", "software", "hardware", "database", "password-reset", "network"]
TemplateCategory = Literal["inquiry-help", "software", "hardware", "database", "password-reset"]
Channel = Literal["self-service", "phone", "email", "chat", "walk-in", "virtual-agent"]
"""What a new incident may say."""
ListedChannel = Literal["self-service", "phone", "email", "chat", "walk-in", "virtual-agent", "web"]
"""What stored incidents may hold; `web` comes from an earlier portal."""
ContactType = Literal["phone", "email", "chat", "walk-in", "web"]
ResolutionCode = Literal[
    "Duplicate",
    "Known Error",
    "No resolution provided",
    "Resolved By Caller",
    "Resolved By Problem",
    "Resolved By Change",
    "Solution Provided",
    "Workaround Provided",
    "User error",
]
OnHoldReason = Literal["Awaiting Change", "Awaiting Caller", "Awaiting Problem"]

ProblemStatus = Literal["new", "assess", "root_cause", "fix_in_progress", "resolved", "closed"]
ProblemCategory = Literal["software", "hardware", "database", "network"]

ChangeStatus = Literal["new", "assess", "authorize", "scheduled", "implement", "review", "closed", "canceled"]
ChangeCategory = Literal["standard", "normal", "emergency"]
"""The type of a change; the public column is called category."""
CloseCode = Literal["successful", "successful_issues", "unsuccessful"]

ItemStatus = Literal["in_use", "in_stock", "maintenance", "retired", "disposed"]
UsedFor = Literal["production", "QA", "test", "development"]
ServiceStatus = Literal["operational", "non-operational", "repair_in_progress", "ready", "retired"]
Classification = Literal["business", "technology-management", "application"]
Criticality = Literal["critical", "somewhat-critical", "less-critical", "not-critical"]

ArticleState = Literal["draft", "review", "published", "retired"]
Visibility = Literal["internal", "external"]
UsedAs = Literal["suggested", "applied", "resolution"]

Metric = Literal["response", "resolution"]
SlaPriority = Literal["critical", "high", "moderate", "low"]
Stage = Literal["in_progress", "paused", "completed", "canceled"]

NotificationType = Literal["alert", "update", "reminder", "report", "solution_proposal", "other"]
CountedType = Literal["report", "update", "alert", "reminder", "solution_proposal", "other"]
"""The same values in the order in which the counting tool lists them."""
NotificationStatus = Literal["queued", "sent", "delivered", "opened", "failed"]

_SERVICE = {
    "used_for": UsedFor,
    "status": ServiceStatus,
    "service_classification": Classification,
    "business_criticality": Criticality,
}
_TYPES: Mapping[str, Mapping[str, Any]] = {
    "role": {"name": Role},
    "users": {"role": Role},
    "user_group": {"type": GroupType},
    "incident": {
        "channel": ListedChannel,
        "contact_type": ContactType,
        "status": IncidentStatus,
        "category": IncidentCategory,
        "impact": Impact,
        "urgency": Urgency,
        "priority": Priority,
        "resolution_code": ResolutionCode,
        "on_hold_reason": OnHoldReason,
    },
    "incident_template": {
        "channel": Channel,
        "category": TemplateCategory,
        "impact": Impact,
        "urgency": Urgency,
        "priority": Priority,
    },
    "problem": {
        "status": ProblemStatus,
        "category": ProblemCategory,
        "impact": Impact,
        "urgency": Urgency,
        "priority": Priority,
    },
    "change": {
        "status": ChangeStatus,
        "category": ChangeCategory,
        "impact": Impact,
        "priority": Priority,
        "risk": Risk,
        "close_code": CloseCode,
    },
    "configuration_item": {"status": ItemStatus},
    "service": _SERVICE,
    "service_offering": _SERVICE,
    "knowledge": {"state": ArticleState, "visibility": Visibility},
    "incident_knowledge": {"used_as": UsedAs},
    "sla_definition": {"metric": Metric, "applies_to_priority": SlaPriority},
    "incident_sla": {"stage": Stage},
    "notification": {"type": NotificationType, "status": NotificationStatus},
}
ENUMS: Mapping[str, tuple[str, ...]] = {
    f"{table}.{column}": get_args(kind) for table, columns in _TYPES.items() for column, kind in columns.items()
}
"""'table.column' -> the values that it accepts, in the order of the public listing."""
