"""A reporter adds to an own incident and asks where it stands; somebody else's are out of reach."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import OPEN, Row

WORDS = "It also happens on the second floor since this morning"


def drafts(place: Place) -> Iterator[Draft]:
    """The reporter with most incidents of whom just one is unfinished; that one has had a notification."""
    found = place.row(
        f"""SELECT i.incident_id FROM incident i JOIN users u ON u.user_id = i.caller_id
        WHERE i.status IN {OPEN} AND u.role = 'reporter' AND u.active = 1 AND i.description IS NULL
        AND (SELECT count(*) FROM incident o WHERE o.caller_id = i.caller_id AND o.status IN {OPEN}) = 1
        AND (SELECT count(*) FROM incident o WHERE o.caller_id = i.caller_id) > 1
        ORDER BY (SELECT count(*) FROM notification n WHERE n.incident_id = i.incident_id) DESC, i.incident_id"""
    )
    if found:
        yield add(place, desk.incident(place, found["incident_id"]))


def add(place: Place, row: Row) -> Draft:
    draft = desk.ask(
        place,
        desk.person(place, row["caller_id"]),
        f"""I have one incident with you that is not finished yet. Please put this into its description: "{WORDS}". What
        is its number, what priority does it have, and how many notifications have you sent about it so far?""",
    )
    listed = draft.call("list_incidents", "A reporter: own incidents only.", called_id=row["caller_id"])
    mine = listed.where("items", incident_id=row["incident_id"])
    draft.call("update_incident", "Add the words.", incident_id=mine["incident_id"], description=WORDS)
    sent = draft.call("find_notifications_sent_for_incident", "Count what was sent.", incident_id=mine["incident_id"])
    count = sent.value("total")
    rows = f"incident WHERE {desk.this(row)}"
    desk.holds(draft, row["number"], rows, description=WORDS)
    kept = {key: row[key] for key in ("short_description", "status", "priority", "assigned_to")}
    desk.holds(draft, row["number"], rows, "integrity", **kept)
    answer = f"It is {row['number']}, its priority is {row['priority']}; notifications so far: {count}."
    draft.say(answer, row["number"], row["priority"], count)
    return draft


FAMILY = desk.desk_family(
    "reporter_addition", drafts, "clinic", area="incident", rules=("roles and rights", "organizations")
)
