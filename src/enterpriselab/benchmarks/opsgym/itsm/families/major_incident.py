"""A major incident gathers what hangs on the same service: children, and word to their callers."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import OPEN, Row


def drafts(place: Place) -> Iterator[Draft]:
    """The open incident of highest priority whose service has one to three others that are open and have no parent."""
    leaders = place.rows(
        """SELECT * FROM incident WHERE status IN ('new', 'in_progress') AND service IS NOT NULL
        AND parent_incident IS NULL AND priority IN ('critical', 'high')
        ORDER BY priority, incident_id"""
    )
    for leader in leaders:
        others = place.rows(
            f"""SELECT i.incident_id FROM incident i JOIN users c ON c.user_id = i.caller_id
            WHERE i.service = ? AND i.org_id = ? AND i.status IN {OPEN} AND i.parent_incident IS NULL
            AND i.incident_id <> ? AND i.incident_id NOT IN (SELECT parent_incident FROM child_incident)
            AND c.active = 1 ORDER BY i.incident_id""",
            leader["service"],
            leader["org_id"],
            leader["incident_id"],
        )
        if 2 <= len(others) <= 3:
            children = [desk.incident(place, row["incident_id"]) for row in others]
            yield gather(place, desk.incident(place, leader["incident_id"]), children)
            return


def gather(place: Place, row: Row, children: list[Row]) -> Draft:
    service = place.row("SELECT * FROM service WHERE service_id = ?", row["service"])
    assert service is not None
    subject = f"Your incident is part of {row['number']}"
    draft = desk.ask(
        place,
        desk.anyone(place, row["org_id"], "manager"),
        f"""I declare {row["number"]} a major incident. Please make every other unfinished incident of ours about
        {service["name"]} its child, unless it has a parent or children already; their status and assignees stay as they
        are. The caller of each new child gets an update on that child with the subject "{subject}". How many new
        children are there?""",
    )
    found = desk.look_up(draft, row)
    named = draft.call("find_service_by_name", "Find the service.", name=service["name"])
    listed = draft.call("list_incidents", "List its incidents.", service=named["service.service_id"])
    draft.call("list_child_incidents", "Which children are there?", parent_incident=found["incident_id"])
    mine = {child["incident_id"]: listed.where("items", incident_id=child["incident_id"]) for child in children}
    draft.call(
        "add_child_incidents",
        "Make them its children.",
        parent_incident=found["incident_id"],
        child_incidents=[one["incident_id"] for one in mine.values()],
    )
    for child in children:
        one = mine[child["incident_id"]]
        caller = draft.call("get_user", f"Who called {child['number']}?", user_id=one["caller_id"])
        mail = {"email": caller["user.email"], "type": "update", "subject": subject}
        draft.call("send_notification", "Tell the caller.", incident_id=one["incident_id"], **mail)
        rows = f"incident WHERE {desk.this(child)}"
        parent = f"SELECT parent_incident = (SELECT incident_id FROM incident WHERE {desk.this(row)}) FROM {rows}"
        draft.check(f"{child['number']} has its parent", parent, 1)
        kept = {"status": child["status"], "assigned_to": child["assigned_to"]}
        desk.holds(draft, child["number"], rows, "integrity", **kept)
        desk.told(draft, child, child["caller_email"], "update", subject)
    links = f"""SELECT count(*) FROM child_incident WHERE parent_incident = '{row["incident_id"]}'
        AND child_incident IN ({", ".join(f"'{child['incident_id']}'" for child in children)})"""
    draft.check("the children are mapped", links, len(children))
    draft.say(f"{len(children)} new children.", len(children))
    return draft


FAMILY = desk.desk_family("major_incident", drafts, "clinic", area="incident", rules=("notifications", "organizations"))
