"""The words in which an image is told: people, places and cases name each other by short keys; ids come later.

What follows from something else is not said: a row belongs to the organization of the person behind it, a priority
comes from the matrix, an SLA instance from the incident's history. Moments are UTC, as '2026-02-27 08:14'.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Organization:
    """A tenant of the desk."""

    key: str
    name: str
    domain: str
    since: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """A location: a building, a quay, a ward."""

    key: str
    org: str
    name: str
    plot: str
    street: str
    city: str
    state: str
    country: str
    since: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """A user. E-mail, user name and token follow from the name and the key."""

    key: str
    org: str
    first: str
    last: str
    role: str
    place: str
    joined: str
    left: str = ""
    """When the account was switched off; an account that has no such moment is active."""
    also: tuple[str, ...] = ()
    """Further roles."""
    mailbox: str = ""
    """What stands before the @, where it is not first.last."""


@dataclass(frozen=True, slots=True)
class Group:
    """A user group of its manager's organization."""

    key: str
    name: str
    type: str
    manager: str
    members: tuple[str, ...]
    mailbox: str
    about: str
    since: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Service:
    """A service of its owner's organization."""

    key: str
    name: str
    owner: str
    classification: str
    criticality: str
    about: str
    since: str
    status: str = "operational"
    used_for: str = "production"


@dataclass(frozen=True, slots=True)
class Offering:
    """What can be had of a service; classification and criticality are the service's."""

    key: str
    service: str
    name: str
    owner: str
    short: str
    about: str
    since: str
    status: str = "operational"
    used_for: str = "production"


@dataclass(frozen=True, slots=True)
class Item:
    """A configuration item of its owner's organization."""

    key: str
    name: str
    serial: str
    owner: str
    place: str
    cost: float
    since: str
    status: str = "in_use"
    touched: str = ""


@dataclass(frozen=True, slots=True)
class SlaDefinition:
    """What an organization promises for a priority."""

    key: str
    org: str
    name: str
    metric: str
    minutes: int
    priority: str
    since: str
    pauses: bool = True
    active: bool = True
    schedule: str = "24x7"


@dataclass(frozen=True, slots=True)
class Template:
    """An incident template of its caller's organization."""

    key: str
    name: str
    caller: str
    short: str
    channel: str
    category: str
    impact: str
    urgency: str
    since: str
    service: str = ""
    offering: str = ""
    item: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Article:
    """A knowledge article of its owner's organization."""

    key: str
    title: str
    summary: str
    body: str
    owner: str
    state: str
    visibility: str
    written: str
    revised: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the requester's organization and what it is mapped to."""

    key: str
    category: str
    status: str
    short: str
    by: str
    opened: str
    touched: str
    impact: str
    risk: str
    priority: str
    service: str = ""
    offering: str = ""
    item: str = ""
    assignee: str = ""
    group: str = ""
    about: str = ""
    plan: str = ""
    tests: str = ""
    cab: bool | None = None
    """Whether the board is asked; by default for everything but standard changes."""
    close_code: str = ""
    close_notes: str = ""
    incidents: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem of the organization of who opened it."""

    key: str
    status: str
    statement: str
    short: str
    by: str
    opened: str
    touched: str
    category: str
    impact: str
    urgency: str
    service: str = ""
    offering: str = ""
    item: str = ""
    assignee: str = ""
    group: str = ""
    original: str = ""
    """Key of the incident that it began with."""
    notes: str = ""
    workaround: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification about an incident."""

    to: str
    """Key of the person."""
    type: str
    status: str
    subject: str
    message: str
    at: str


@dataclass(frozen=True, slots=True)
class Clock:
    """How an SLA instance stands that does not stand as it should."""

    stage: str
    breached: bool


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident of its caller's organization, with all that hangs on it."""

    key: str
    caller: str
    short: str
    category: str
    channel: str
    impact: str
    urgency: str
    opened: str
    touched: str = ""
    """The last change; `resolved` or `opened` when not said."""
    status: str = "new"
    about: str = ""
    notes: str = ""
    service: str = ""
    offering: str = ""
    item: str = ""
    group: str = ""
    assignee: str = ""
    answered: str = ""
    """When somebody took it up, which ends the response time."""
    hold: str = ""
    """Why it waits now."""
    held: tuple[tuple[str, str], ...] = ()
    """Times on hold, (from, until); until is empty while it waits."""
    resolved: str = ""
    code: str = ""
    solution: str = ""
    closing: str = ""
    """Close notes."""
    problem: str = ""
    change: str = ""
    caused_by: str = ""
    parent: str = ""
    template: str = ""
    affected: tuple[str, ...] = ()
    articles: tuple[tuple[str, str], ...] = ()
    """(article, used as)."""
    notices: tuple[Notice, ...] = ()
    priority: str = ""
    """Said only where it is not the one of the matrix."""
    clock: Clock | None = None
    """Said only where the SLA instance is not what the history makes of it."""
    number_of: str = ""
    """Key of the incident whose number it bears too."""


@dataclass(frozen=True, slots=True)
class TrapTold:
    """A trap with its rows as (table, key)."""

    kind: str
    rows: tuple[tuple[str, str], ...]
    why: str


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that an image consists of. Organizations to items keep this order; cases are ordered by time."""

    organizations: tuple[Organization, ...]
    places: tuple[Place, ...]
    people: tuple[Person, ...]
    groups: tuple[Group, ...]
    services: tuple[Service, ...]
    offerings: tuple[Offering, ...]
    items: tuple[Item, ...]
    slas: tuple[SlaDefinition, ...]
    templates: tuple[Template, ...]
    articles: tuple[Article, ...]
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    incidents: tuple[Incident, ...]
    traps: tuple[TrapTold, ...] = ()
