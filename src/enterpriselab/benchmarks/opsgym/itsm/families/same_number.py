"""Two organizations use one incident number; the one of the acting person is resolved, the other stays untouched."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import Row


def drafts(place: Place) -> Iterator[Draft]:
    for pair in desk.trapped(place, "same_number"):
        rows = [desk.incident(place, incident_id) for incident_id in pair]
        ours = next((row for row in rows if row["status"] == "in_progress" and row["assigned_to"]), None)
        if ours is not None:
            yield resolve(place, ours, next(row for row in rows if row is not ours))


def resolve(place: Place, row: Row, other: Row) -> Draft:
    subject = "Please tell us should it fail again"
    notes = f"Repaired on site, tested with {row['caller']}"
    draft = desk.ask(
        place,
        desk.person(place, row["assigned_to"]),
        f"""I am back from {row["caller"]}: what {row["number"]} is about works again. Please resolve it with the code
        Solution Provided and the resolution notes "{notes}". Then look at its SLA:
        if it did not stop by itself, complete it. {row["caller"]} gets an update with the subject "{subject}".""",
    )
    found = desk.look_up(draft, row, f"Find {row['number']}; two organizations use this number, so take ours.")
    caller = draft.call("get_user", "Make sure that the caller is the one that was named.", user_id=found["caller_id"])
    draft.call(
        "update_incident",
        "Resolve it.",
        incident_id=found["incident_id"],
        status="resolved",
        resolution_code="Solution Provided",
        resolution_notes=notes,
    )
    slas = draft.call("find_incident_slas", "See how its clock ended.", incident_id=found["incident_id"])
    mail = {"email": caller["user.email"], "type": "update", "subject": subject}
    draft.call("send_notification", "Tell the caller.", incident_id=found["incident_id"], **mail)
    rows = f"incident WHERE {desk.this(row)}"
    desk.holds(draft, "our incident", rows, status="resolved", resolution_code="Solution Provided")
    desk.holds(draft, "our incident", rows, "process", resolution_notes=notes, resolved_by=row["assigned_to"])
    for sla in slas.value("items"):
        clock = f"incident_sla WHERE incident_sla_id = '{sla['incident_sla_id']}'"
        desk.holds(draft, "its clock", clock, "process", stage="completed", has_breached=int(sla["has_breached"]))
    desk.told(draft, row, row["caller_email"], "update", subject)
    theirs = f"incident WHERE {desk.this(other)}"
    desk.holds(draft, "their incident", theirs, "integrity", status=other["status"], resolved=other["resolved"])
    return draft


FAMILY = desk.desk_family(
    "same_number", drafts, "harbor", area="incident", rules=("organizations", "states", "service levels")
)
