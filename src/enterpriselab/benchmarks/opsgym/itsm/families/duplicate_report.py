"""Two people have reported one disturbance: the later incident ends as a duplicate and child of the first."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import Row


def drafts(place: Place) -> Iterator[Draft]:
    found = place.row(
        """SELECT a.incident_id AS first_id, b.incident_id AS second_id FROM incident a
        JOIN incident b ON b.configuration_item = a.configuration_item AND b.org_id = a.org_id
        AND b.created_at > a.created_at JOIN users c ON c.user_id = b.caller_id
        WHERE a.status = 'in_progress' AND b.status IN ('new', 'in_progress') AND b.caller_id <> a.caller_id
        AND b.parent_incident IS NULL AND a.parent_incident IS NULL AND c.active = 1
        AND b.incident_id NOT IN (SELECT parent_incident FROM child_incident) ORDER BY b.status = 'new' DESC, 1, 2"""
    )
    if found:
        yield merge(place, desk.incident(place, found["first_id"]), desk.incident(place, found["second_id"]))


def merge(place: Place, first: Row, second: Row) -> Draft:
    notes, subject = f"Same as {first['number']}", f"We work on it under {first['number']}"
    draft = desk.ask(
        place,
        desk.anyone(place, first["org_id"], "agent"),
        f"""{second["number"]} is the same as {first["number"]}, which was there before: both are about one device,
        check that first. Please make it a child of {first["number"]} and resolve it as a duplicate with the notes
        "{notes}". {second["caller"]} gets an update on the later incident with the subject "{subject}". The first one
        is not touched.""",
    )
    one = desk.look_up(draft, first)
    two = desk.look_up(draft, second, f"Find {second['number']}: does it name the same device?")
    device = draft.call("find_configuration_items", "Read the device.", configuration_item_id=two["configuration_item"])
    device.where("items", configuration_item_id=first["configuration_item"])
    draft.call("list_child_incidents", "Is it a child already?", parent_incident=one["incident_id"])
    pair = {"parent_incident": one["incident_id"], "child_incident": two["incident_id"]}
    draft.call("add_child_incident", "Make it a child.", **pair)
    end = {"status": "resolved", "resolution_code": "Duplicate", "resolution_notes": notes}
    draft.call("update_incident", "Resolve it as a duplicate.", incident_id=two["incident_id"], **end)
    caller = draft.call("get_user", "Get the address of the caller.", user_id=two["caller_id"])
    mail = {"email": caller["user.email"], "type": "update", "subject": subject}
    draft.call("send_notification", "Tell the caller.", incident_id=two["incident_id"], **mail)
    rows = f"incident WHERE {desk.this(second)}"
    desk.holds(draft, second["number"], rows, status="resolved", resolution_code="Duplicate")
    desk.holds(draft, second["number"], rows, "process", resolution_notes=notes)
    desk.holds(draft, second["number"], rows, "integrity", parent_incident=first["incident_id"])
    kept = {"status": first["status"], "assigned_to": first["assigned_to"]}
    desk.holds(draft, first["number"], f"incident WHERE {desk.this(first)}", "side_effect", **kept)
    links = f"SELECT count(*) FROM child_incident WHERE {desk.these({'c': second['incident_id']}, 'c')}"
    links = links.replace("WHERE c =", "WHERE child_incident =") + f" AND parent_incident = '{first['incident_id']}'"
    draft.check("it is mapped as a child", links, 1)
    desk.told(draft, second, second["caller_email"], "update", subject)
    return draft


FAMILY = desk.desk_family("duplicate_report", drafts, "harbor", area="incident", rules=("states", "notifications"))
