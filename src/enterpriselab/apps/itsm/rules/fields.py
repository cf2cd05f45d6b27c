"""What a new record must say, and what it gets when its author leaves it out."""

from collections.abc import Mapping

MANDATORY: Mapping[str, tuple[str, ...]] = {
    "incident": ("caller_id", "channel", "category", "short_description", "impact", "urgency", "priority", "status"),
    "problem": ("problem_statement", "impact", "urgency", "priority", "status"),
    "change": ("short_description", "category", "impact", "risk", "priority", "status"),
    "configuration_item": ("name", "serial_number", "owner_id", "location_id", "status", "cost"),
    "knowledge": ("title", "body", "owner_id", "state", "visibility"),
    "users": ("first_name", "last_name", "email", "phone", "role", "active"),
    "user_group": ("name", "type", "manager_id", "active"),
    "location": ("name", "city", "country", "active"),
}
"""Table -> columns that must be filled in a new row, by its author or by DEFAULTS."""
DEFAULTS: Mapping[str, Mapping[str, str | int]] = {
    "incident": {
        "status": "new",
        "channel": "chat",
        "category": "inquiry-help",
        "impact": "low",
        "urgency": "low",
    },
    "problem": {"status": "new", "impact": "low", "urgency": "low"},
    "change": {"status": "new", "category": "normal"},
    "knowledge": {"state": "draft", "visibility": "internal"},
    "incident_knowledge": {"used_as": "applied"},
    "incident_sla": {"stage": "in_progress", "has_breached": 0},
    "service": {
        "used_for": "production",
        "status": "operational",
        "service_classification": "business",
        "business_criticality": "somewhat-critical",
    },
    "service_offering": {
        "used_for": "production",
        "status": "operational",
        "service_classification": "business",
        "business_criticality": "somewhat-critical",
    },
    "notification": {"type": "update", "status": "queued"},
    "incident_template": {"active": 1, "impact": "low", "urgency": "low"},
    "user_group": {"active": 1},
    "location": {"active": 1},
}
"""Table -> column -> value at levels permissive and enforced."""
PARITY_DEFAULTS: Mapping[str, Mapping[str, str | int]] = {
    "incident": {"priority": "planning"},
    "incident_template": {"priority": "planning"},
    "knowledge": {"state": "published"},
}
"""Where level parity differs."""


def default(level: str, table: str, column: str) -> str | int | None:
    """What a new row gets in a column that its author leaves out, or None."""
    if level == "parity" and column in PARITY_DEFAULTS.get(table, {}):
        return PARITY_DEFAULTS[table][column]
    return DEFAULTS.get(table, {}).get(column)
