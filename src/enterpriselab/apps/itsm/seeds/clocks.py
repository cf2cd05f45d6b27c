"""SLA instances as the history of an incident makes them: which definitions count, deadline, stage, breach."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from enterpriselab.apps.itsm.rules.sla import SLA
from enterpriselab.apps.itsm.seeds.desk import Row, moment, written
from enterpriselab.apps.itsm.seeds.story import Incident, SlaDefinition
from enterpriselab.core.clock import CLOCK_START, parse_instant

NOW = parse_instant(CLOCK_START).replace(tzinfo=None)


def instances(incident: Incident, priority: str, definitions: Iterable[SlaDefinition]) -> Iterator[tuple[str, Row]]:
    """(key of the definition, columns) for every active definition of the incident's priority."""
    for definition in definitions:
        if definition.active and definition.priority == priority:
            yield definition.key, instance(incident, definition)


def instance(incident: Incident, definition: SlaDefinition) -> Row:
    """The columns of one instance; `incident.clock` overrules stage and breach."""
    start = moment(incident.opened)
    end = fulfilled(incident, definition.metric)
    canceled = moment(incident.touched) if incident.status in SLA.canceling and end is None else None
    waits = moment(incident.held[-1][0]) if waiting(incident, definition) and end is None else None
    deadline = start + timedelta(minutes=definition.minutes) + (paused(incident) if definition.pauses else timedelta())
    stage = "completed" if end else "canceled" if canceled else "paused" if waits else "in_progress"
    stopped = end or canceled or waits or NOW
    breached = stopped > deadline
    if incident.clock:
        stage, breached = incident.clock.stage, incident.clock.breached
    touched = end or canceled or waits or (deadline if breached else start)
    return {
        "stage": stage,
        "has_breached": int(breached),
        "start_time": written(start),
        "breach_time": written(deadline),
        "completed_time": written(end) if end and stage == "completed" else None,
        "created_on": written(start),
        "updated_on": written(start if incident.clock else touched),
    }


def fulfilled(incident: Incident, metric: str) -> datetime | None:
    """When the incident gave what the metric asks for, or None while it has not."""
    at = incident.answered or incident.resolved if metric == "response" else incident.resolved
    return moment(at) if at else None


def waiting(incident: Incident, definition: SlaDefinition) -> bool:
    """Does the clock stand still now?"""
    return definition.pauses and incident.status in SLA.pausing


def paused(incident: Incident) -> timedelta:
    """How long the incident has been on hold before; the present hold does not count until it is over."""
    return sum((moment(end) - moment(start) for start, end in incident.held if end), timedelta())
