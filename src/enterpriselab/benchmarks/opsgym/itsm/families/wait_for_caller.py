"""Work stops until the caller answers: on hold with its reason, the clock stands still, the caller is reminded."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import Row

NOTE = "Waits for the log file from the caller"


def drafts(place: Place) -> Iterator[Draft]:
    found = place.row(
        """SELECT i.incident_id FROM incident i JOIN incident_sla s USING (incident_id)
        JOIN sla_definition d USING (sla_def_id) JOIN users u ON u.user_id = i.assigned_to
        JOIN users c ON c.user_id = i.caller_id
        WHERE i.status = 'in_progress' AND s.stage = 'in_progress' AND s.has_breached = 0 AND d.pause_on_pending = 1
        AND u.active = 1 AND u.role = 'agent' AND c.active = 1 AND i.parent_incident IS NULL
        ORDER BY i.incident_id DESC"""
    )
    if found:
        yield hold(place, desk.incident(place, found["incident_id"]))


def hold(place: Place, row: Row) -> Draft:
    subject = "Please send us the log file"
    draft = desk.ask(
        place,
        desk.person(place, row["assigned_to"]),
        f"""I cannot go on with "{row["short_description"]}" before {row["caller"]} has sent me the log file. Please put
        the incident on hold for that reason, work note "{NOTE}", and send a reminder with the subject "{subject}".
        Check that the SLA stands still, and tell me which number the incident has.""",
    )
    mine = draft.call("get_incidents_assigned_to", "List my incidents.", assigned_to=row["assigned_to"])
    found = mine.where("items", incident_id=row["incident_id"])
    key = found["incident_id"]
    caller = draft.call("get_user", "The caller must be the one that was named.", user_id=found["caller_id"])
    slas = draft.call("find_incident_slas", "Which clocks run?", incident_id=key)
    clock = next(sla for sla in slas.value("items") if sla["stage"] == "in_progress")
    running = slas.where("items", incident_sla_id=clock["incident_sla_id"])
    draft.call("find_sla_definitions", "Does the definition pause?", sla_def_id=running["sla_def_id"])
    wait = {"status": "on_hold", "on_hold_reason": "Awaiting Caller", "worknotes": NOTE}
    draft.call("update_incident", "Put it on hold.", incident_id=key, **wait)
    draft.call("find_incident_slas", "Does the clock stand still?", incident_id=key, stage="paused")
    mail = {"email": caller["user.email"], "type": "reminder", "subject": subject}
    draft.call("send_notification", "Remind the caller.", incident_id=key, **mail)
    rows = f"incident WHERE {desk.this(row)}"
    desk.holds(draft, row["number"], rows, status="on_hold", on_hold_reason="Awaiting Caller")
    desk.holds(draft, row["number"], rows, "process", worknotes=NOTE)
    desk.holds(draft, row["number"], rows, "integrity", assigned_to=row["assigned_to"], priority=row["priority"])
    paused = f"incident_sla WHERE incident_sla_id = '{clock['incident_sla_id']}'"
    desk.holds(draft, "the clock", paused, "process", stage="paused", has_breached=0)
    desk.told(draft, row, row["caller_email"], "reminder", subject)
    draft.say(f"{row['number']} is on hold.", row["number"])
    return draft


FAMILY = desk.desk_family(
    "wait_for_caller", drafts, "campus", area="incident", rules=("states", "service levels", "notifications")
)
