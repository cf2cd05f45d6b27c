"""A caller says that it is back: a resolved incident is taken up again, a closed one is not."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import Person, Row

NOTE = "Back again, reported by phone"
PICK = """SELECT i.incident_id FROM incident i JOIN users u ON u.user_id = i.assigned_to
    JOIN users c ON c.user_id = i.caller_id WHERE i.status = ? AND u.active = 1 AND u.role = 'agent' AND c.active = 1
    AND i.incident_id NOT IN (SELECT incident_id FROM incident_sla s WHERE s.stage IN ('in_progress', 'paused'))
    ORDER BY i.resolved DESC, i.incident_id"""


def drafts(place: Place) -> Iterator[Draft]:
    for status, write in (("resolved", take_up), ("closed", refuse)):
        found = place.row(PICK, status)
        if found:
            row = desk.incident(place, found["incident_id"])
            yield write(place, row, desk.person(place, row["assigned_to"]))


def subject(row: Row) -> str:
    return f"{row['number']}: we look at it again"


def request(place: Place, row: Row, who: Person) -> Draft:
    return desk.ask(
        place,
        who,
        f"""{row["caller"]} has just called me: what {row["number"]} was about is back. Please take the incident up
        again, it stays with me, with the work note "{NOTE}". See that its SLA runs again, and tell the caller with an
        update, subject "{subject(row)}".""",
    )


def take_up(place: Place, row: Row, who: Person) -> Draft:
    draft = request(place, row, who)
    found = desk.look_up(draft, row)
    caller = draft.call("get_user", "Get the address of the caller.", user_id=found["caller_id"])
    key = found["incident_id"]
    draft.call("update_incident", "Take it up again.", incident_id=key, status="in_progress", worknotes=NOTE)
    slas = draft.call("find_incident_slas", "The clock of the resolution runs again.", incident_id=key)
    mail = {"email": caller["user.email"], "type": "update", "subject": subject(row)}
    draft.call("send_notification", "Tell the caller.", incident_id=key, **mail)
    rows = f"incident WHERE {desk.this(row)}"
    desk.holds(draft, row["number"], rows, status="in_progress", resolution_code=None)
    desk.holds(draft, row["number"], rows, "process", worknotes=NOTE)
    desk.holds(draft, row["number"], rows, "integrity", assigned_to=row["assigned_to"], priority=row["priority"])
    for sla in slas.value("items"):
        clock = (
            f"incident_sla WHERE sla_def_id = '{sla['sla_def_id']}' AND incident_id = (SELECT incident_id FROM {rows})"
        )
        desk.holds(draft, f"the clock of {sla['sla_def_id']}", clock, "process", stage=sla["stage"])
    desk.told(draft, row, row["caller_email"], "update", subject(row))
    return draft


def refuse(place: Place, row: Row, who: Person) -> Draft:
    draft = request(place, row, who)
    found = desk.look_up(draft, row, f"Find {row['number']}: it is closed, and that is final.")
    key = found["incident_id"]
    caller = draft.call("get_user", "Get the address of the caller.", user_id=found["caller_id"])
    draft.call("find_incident_slas", "Its clocks are over, too.", incident_id=key)
    draft.tempt("update_incident", incident_id=key, status="in_progress", worknotes=NOTE)
    mail = {"email": caller["user.email"], "type": "update", "subject": subject(row)}
    draft.tempt("send_notification", incident_id=key, **mail)
    rows = f"incident WHERE {desk.this(row)}"
    desk.holds(draft, row["number"], rows, "process", status="closed", resolution_code=row["resolution_code"])
    desk.holds(draft, row["number"], rows, "side_effect", worknotes=row["worknotes"], resolved=row["resolved"])
    sent = f"SELECT count(*) FROM notification WHERE subject = '{subject(row)}'"
    draft.check("nobody is told", sent, 0, "side_effect")
    draft.refuse(
        "terminal_state",
        f"I cannot take {row['number']} up again: it is closed, which is a final state. Nothing was changed.",
    )
    return draft


FAMILY = desk.desk_family(
    "reopen", drafts, "clinic", area="incident", rules=("states", "service levels", "when to refuse")
)
