"""Priority follows from impact and urgency, for incidents and problems alike."""

from collections.abc import Mapping

from enterpriselab.apps.itsm.rules.enums import Impact, Priority, Urgency

MATRIX: Mapping[tuple[Impact, Urgency], Priority] = {
    ("high", "high"): "critical",
    ("high", "medium"): "high",
    ("high", "low"): "moderate",
    ("medium", "high"): "high",
    ("medium", "medium"): "moderate",
    ("medium", "low"): "low",
    ("low", "high"): "moderate",
    ("low", "medium"): "low",
    ("low", "low"): "planning",
}
"""(impact, urgency) -> priority."""
UNDERIVED: Priority = "planning"
"""What level `parity` writes when a new incident names no priority."""


def derive(impact: Impact, urgency: Urgency) -> Priority:
    """The priority that the matrix gives."""
    return MATRIX[impact, urgency]
