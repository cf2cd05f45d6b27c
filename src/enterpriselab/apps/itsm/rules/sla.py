"""Service levels: when the clock of an incident stands still, when it ends, what a breach causes."""

from collections.abc import Mapping
from dataclasses import dataclass

from enterpriselab.apps.itsm.rules.enums import IncidentStatus, Metric, NotificationType, Stage


@dataclass(frozen=True, slots=True)
class SlaRules:
    """How the SLAs of an incident follow its status."""

    pausing: tuple[IncidentStatus, ...]
    """Statuses in which the clock of a pausing definition stands still; the time spent there moves the deadline."""
    completing: Mapping[Metric, tuple[IncidentStatus, ...]]
    """Metric -> statuses that fulfil it."""
    canceling: tuple[IncidentStatus, ...]
    running: tuple[Stage, ...]
    """Stages that are not over."""
    alert: NotificationType
    """Type of the notification that the group's manager gets on a breach."""


SLA = SlaRules(
    pausing=("on_hold",),
    completing={
        "response": ("in_progress", "on_hold", "resolved", "closed"),
        "resolution": ("resolved", "closed"),
    },
    canceling=("canceled",),
    running=("in_progress", "paused"),
    alert="alert",
)
