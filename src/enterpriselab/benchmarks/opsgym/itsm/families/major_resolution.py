"""A major incident is over: it and its children are resolved alike, and every caller is told."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import OPEN, Row


def drafts(place: Place) -> Iterator[Draft]:
    """The open incident with most open children."""
    found = place.row(
        """SELECT p.incident_id, count(*) AS children FROM child_incident l
        JOIN incident p ON p.incident_id = l.parent_incident JOIN incident c ON c.incident_id = l.child_incident
        WHERE p.status IN ('new', 'in_progress') AND c.status IN ('new', 'in_progress')
        GROUP BY 1 ORDER BY children DESC, 1"""
    )
    if found is None:
        return
    children = place.rows(
        f"""SELECT c.incident_id FROM child_incident l JOIN incident c ON c.incident_id = l.child_incident
        WHERE l.parent_incident = ? AND c.status IN {OPEN} ORDER BY l.child_incident_mapping_id""",
        found["incident_id"],
    )
    family = [desk.incident(place, row["incident_id"]) for row in children]
    if all(child["status"] != "on_hold" for child in family):
        yield end(place, desk.incident(place, found["incident_id"]), family)


def end(place: Place, row: Row, children: list[Row]) -> Draft:
    notes, theirs = "Restored at 08:50, watched since", f"Solved with {row['number']}"
    subject = f"{row['number']} is over"
    draft = desk.ask(
        place,
        desk.anyone(place, row["org_id"], "manager"),
        f"""{row["number"]} is over. Please resolve it: Solution Provided, resolution notes "{notes}". Its unfinished
        children are resolved with the same code and the notes "{theirs}". The policy says who is told after a major
        incident; they get an update on their own incident with the subject "{subject}".""",
    )
    found = desk.look_up(draft, row)
    listed = draft.call("list_child_incidents", "List its children.", parent_incident=found["incident_id"])
    done = {"status": "resolved", "resolution_code": "Solution Provided"}
    draft.call("update_incident", "Resolve it.", incident_id=found["incident_id"], resolution_notes=notes, **done)
    rows = f"incident WHERE {desk.this(row)}"
    desk.holds(draft, row["number"], rows, **done, resolution_notes=notes)
    for child in children:
        link = listed.where("items", child_incident=child["incident_id"])
        mine = draft.call("find_incident_by_id", "Is the child unfinished?", incident_id=link["child_incident"])
        draft.call(
            "update_incident",
            f"Resolve {child['number']}.",
            incident_id=mine["incident.incident_id"],
            resolution_notes=theirs,
            **done,
        )
        caller = draft.call("get_user", "Who called it?", user_id=mine["incident.caller_id"])
        mail = {"email": caller["user.email"], "type": "update", "subject": subject}
        draft.call("send_notification", "Tell the caller.", incident_id=mine["incident.incident_id"], **mail)
        rows = f"incident WHERE {desk.this(child)}"
        desk.holds(draft, child["number"], rows, **done)
        desk.holds(draft, child["number"], rows, "process", resolution_notes=theirs)
        desk.holds(draft, child["number"], rows, "integrity", parent_incident=row["incident_id"])
        desk.told(draft, child, child["caller_email"], "update", subject)
    ids = ", ".join(f"'{one['incident_id']}'" for one in (row, *children))
    running = f"SELECT count(*) FROM incident_sla WHERE incident_id IN ({ids}) AND stage IN ('in_progress', 'paused')"
    draft.check("no clock runs", running, 0, "process")
    return draft


FAMILY = desk.desk_family(
    "major_resolution", drafts, "campus", area="incident", rules=("notifications", "states", "service levels")
)
