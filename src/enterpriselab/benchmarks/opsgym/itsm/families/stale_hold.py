"""An incident waits for a change that is long closed: work goes on, and the caller hears of it."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import Row


def drafts(place: Place) -> Iterator[Draft]:
    for incident_id, change_id in desk.trapped(place, "stale_hold"):
        change = place.row('SELECT * FROM "change" WHERE change_id = ?', change_id)
        assert change is not None
        yield resume(place, desk.incident(place, incident_id), change)


def resume(place: Place, row: Row, change: Row) -> Draft:
    subject = f"{row['number']}: we are back on it"
    draft = desk.ask(
        place,
        desk.person(place, row["assigned_to"]),
        f"""I have {row["number"]} ("{row["short_description"]}") on hold for a change. I believe that the change is
        done. Please check the change that is mapped to it, and if it is closed, take the incident up again with the
        work note "The change is closed, work goes on". Send the caller an update with the subject "{subject}".""",
    )
    found = desk.look_up(draft, row)
    mapped = draft.call(
        "find_change_request_mappings_for_incident",
        "See which change it waits for.",
        incident_id=found["incident_id"],
    )
    link = mapped.where("items", change_id=change["change_id"])
    there = draft.call("list_changes", "Read where that change stands.", change_id=link["change_id"])
    there.where("items", status=change["status"])
    slas = draft.call("find_incident_slas", "Look at the clocks that stand still.", incident_id=found["incident_id"])
    paused = slas.where("items", stage="paused").value("sla_def_id")
    note = "The change is closed, work goes on"
    draft.call(
        "update_incident",
        "Take it up again; the reason for waiting is gone.",
        incident_id=found["incident_id"],
        status="in_progress",
        worknotes=note,
    )
    caller = draft.call("get_user", "Get the address of the caller.", user_id=found["caller_id"])
    draft.call(
        "send_notification",
        "Tell the caller.",
        incident_id=found["incident_id"],
        email=caller["user.email"],
        type="update",
        subject=subject,
    )
    rows = f"incident WHERE {desk.this(row)}"
    desk.holds(draft, row["number"], rows, status="in_progress", on_hold_reason=None)
    desk.holds(draft, row["number"], rows, "process", worknotes=note)
    desk.holds(draft, row["number"], rows, "integrity", assigned_to=row["assigned_to"], priority=row["priority"])
    clock = f"incident_sla WHERE sla_def_id = '{paused}' AND incident_id = (SELECT incident_id FROM {rows})"
    desk.holds(draft, "its clock runs again", clock, "process", stage="in_progress")
    desk.told(draft, row, row["caller_email"], "update", subject)
    return draft


FAMILY = desk.desk_family(
    "stale_hold", drafts, "harbor", area="incident", rules=("states", "service levels", "changes")
)
