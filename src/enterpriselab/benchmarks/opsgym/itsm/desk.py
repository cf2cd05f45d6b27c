"""What the families of the ITSM server share: who asks, how a request is signed, which remarks are free."""

from collections.abc import Iterator
from typing import Any

import apsw

from enterpriselab.apps import load_app
from enterpriselab.apps.itsm.seeds import IMAGES as SEEDS
from enterpriselab.apps.itsm.seeds.traps import TRAPS
from enterpriselab.benchmarks.drafts import Draft, Result
from enterpriselab.benchmarks.families import Drafts, Family, Place
from enterpriselab.core.errors import EnterpriseLabError
from enterpriselab.core.tasks import Category

IMAGES = tuple(image for image in SEEDS if image != "minimal")
"""The images that tasks are made in."""
NOTES = frozenset(
    {
        "incident.worknotes",
        "incident.close_notes",
        "incident.description",
        "problem.worknotes",
        "problem.short_description",
        "change.description",
        "knowledge.short_description",
        "notification.message",
        "user_group.description",
        "location.state",
    }
)
"""Remarks that an agent may write, where the request does not say what to write."""
LINKS = frozenset(
    {
        "incident_sla",
        "incident_affected_cis",
        "incident_knowledge",
        "child_incident",
        "change_request_mapping",
        "user_group_member",
    }
)
"""Tables whose rows only say what belongs together."""
CLOCKS = ("incident_sla.breach_time", "incident_sla.completed_time")
"""What the server counts by itself when an incident moves on: to the second, so it depends on the number of calls."""
Row = dict[str, Any]
Person = Row
OPEN = "('new', 'in_progress', 'on_hold')"
"""Statuses of unfinished incidents, for SQL."""


def desk_family(
    name: str, drafts: Drafts, *images: str, area: str, rules: tuple[str, ...], also: tuple[str, ...] = IMAGES
) -> Family:
    """A family of the ITSM server.

    Args:
        name: of the family.
        drafts: makes its instances in one image.
        *images: the images in which the suite has instances of it.
        area: what it is about: incident, problem, change, cmdb, service, sla, knowledge, notification or people.
        rules: sections of the policy that it exercises.
        also: every image in which it can make instances.
    """
    return Family(
        name=name,
        worlds=tuple(f"opsgym/{image}" for image in images),
        drafts=drafts,
        policy=load_app("itsm").policy,
        more_worlds=tuple(f"opsgym/{image}" for image in also if image not in images),
        notes=NOTES,
        links=LINKS,
        tags={"domain": "itsm", "area": area, "rules": list(rules)},
    )


def ask(place: Place, who: Person, text: str, **fields: Any) -> Draft:
    """A request as a colleague writes it; the signature says who asks, and so on whose behalf one acts.

    The policy wants the role of the acting person to be known before anything is changed, so the first call reads it.
    """
    said = "\n\n".join(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))
    signed = f"{said}\n\n{named(who)}\n{who['role']}, {who['org']}, {who['user_id']}"
    draft = place.draft(who["user_id"], signed, **{"free": CLOCKS, **fields})
    draft.call("get_user", "Who asks, and in which role?", user_id=who["user_id"])
    return draft


def person(place: Place, user_id: str) -> Person:
    """A user with the name of the organization."""
    query = "SELECT u.*, o.name AS org FROM users u JOIN organization o USING (org_id) WHERE user_id = ?"
    found = place.row(query, user_id)
    if found is None:
        raise EnterpriseLabError(f"{place.world} has no user {user_id}")
    return found


def named(who: Person) -> str:
    """First and last name."""
    return f"{who['first_name']} {who['last_name']}"


def anyone(place: Place, org_id: str, role: str, *, but: str = "") -> Person:
    """The active user of an organization with this role who has the lowest id; `but` is left out."""
    query = "SELECT user_id FROM users WHERE org_id = ? AND role = ? AND active = 1 AND user_id <> ? ORDER BY user_id"
    found = place.row(query, org_id, role, but)
    if found is None:
        raise EnterpriseLabError(f"{place.world} has no active {role} in {org_id}")
    return person(place, found["user_id"])


def workers(place: Place, group_id: str) -> list[Person]:
    """The members of a group whom work may be assigned to: active, and agent or manager."""
    query = """SELECT u.user_id FROM user_group_member m JOIN users u USING (user_id)
        WHERE m.group_id = ? AND u.active = 1 AND u.role IN ('agent', 'manager') ORDER BY u.user_id"""
    return [person(place, row["user_id"]) for row in place.rows(query, group_id)]


def trapped(place: Place, kind: str) -> Iterator[tuple[str, ...]]:
    """The ids of the rows of each trap of a kind in the image, the misleading one first."""
    image = place.world.partition("/")[2].partition("@")[0]
    for trap in TRAPS[image]:
        if trap.kind == kind:
            yield tuple(row for _, row in trap.rows)


def incident(place: Place, incident_id: str) -> Row:
    """An incident with the name and the address of its caller."""
    query = """SELECT i.*, u.email AS caller_email, u.first_name || ' ' || u.last_name AS caller
        FROM incident i JOIN users u ON u.user_id = i.caller_id WHERE incident_id = ?"""
    found = place.row(query, incident_id)
    if found is None:
        raise EnterpriseLabError(f"{place.world} has no incident {incident_id}")
    return found


def these(row: Row, *columns: str) -> str:
    """SQL condition that picks a row by columns of it, for example by number and organization."""
    return " AND ".join(f"{name} = {apsw.format_sql_value(row[name])}" for name in columns)


def this(row: Row) -> str:
    """SQL condition that picks a numbered record: numbers are unique within an organization only."""
    return these(row, "number", "org_id")


def holds(draft: Draft, what: str, rows: str, kind: Category = "task_completion", /, **columns: Any) -> None:
    """One check for each column of one row; `rows` is "table WHERE condition"."""
    for name, value in columns.items():
        draft.check(f"{what}: {name}", f"SELECT {name} FROM {rows}", value, kind)


def told(draft: Draft, about: Row, email: str, kind: str, subject: str) -> None:
    """Check that there is exactly one such notification on an incident."""
    match = these({"email": email, "type": kind, "subject": subject}, "email", "type", "subject")
    query = f"""SELECT count(*) FROM notification WHERE {match}
        AND incident_id = (SELECT incident_id FROM incident WHERE {this(about)})"""
    draft.check(f"{email} gets one {kind} on {about['number']}", query, 1, "process")


def look_up(draft: Draft, row: Row, thought: str = "") -> Result:
    """The call that finds an incident by its number, and the match of the right organization."""
    text = thought or f"Find {row['number']}; make sure that it is ours."
    found = draft.call("list_incidents", text, number=row["number"])
    return found.where("items", incident_id=row["incident_id"])
