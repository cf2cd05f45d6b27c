"""The shape of the organisation: seat, team, unit. The firm's units are in units_product.py and units_business.py."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seat:
    """One position that reports to the head of its department."""

    title: str
    grade: str
    skills: str
    """Comma-separated."""
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Team:
    """A team lead and members who share titles, skills and roles."""

    name: str
    lead_title: str
    titles: str
    """Comma-separated base titles; seniority is put in front."""
    weight: float
    """Members at the default headcount, up to rounding."""
    sites: str
    """Space-separated; a repeated site weighs more."""
    skills: str
    roles: tuple[str, ...] = ()
    lead_roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """A department: its head, the seats below the head, and its teams."""

    id: str
    name: str
    parent: str | None
    head: Seat
    site: str
    cost_center: str
    seats: tuple[Seat, ...] = ()
    teams: tuple[Team, ...] = ()
    under: str | None = None
    """Title in the parent department that the head reports to; its head when None."""
