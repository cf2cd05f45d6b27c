"""An incident's priority is not what the matrix gives: it is corrected, and its clock changes with it."""

from collections.abc import Iterator

from enterpriselab.apps.itsm.rules.priority import MATRIX
from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import Row


def drafts(place: Place) -> Iterator[Draft]:
    for (incident_id,) in desk.trapped(place, "wrong_priority"):
        row = desk.incident(place, incident_id)
        if row["status"] in ("new", "in_progress"):
            yield correct(place, row)


def correct(place: Place, row: Row) -> Draft:
    right = MATRIX[row["impact"], row["urgency"]]
    draft = desk.ask(
        place,
        desk.anyone(place, row["org_id"], "manager"),
        f"""{row["caller"]} complains that we do not take {row["number"]} seriously enough. Please hold its priority
        against the matrix; impact and urgency are right as they are. If it is wrong, correct it, remove the SLA that
        it got for the wrong priority, and start the one for the right priority, counted from when the incident was
        created. Nothing else about the incident changes.""",
    )
    found = desk.look_up(draft, row)
    slas = draft.call("find_incident_slas", "See which clock it has.", incident_id=found["incident_id"])
    (old,) = slas.value("items")
    draft.call(
        "update_incident",
        f"Impact {row['impact']} and urgency {row['urgency']} make it {right}.",
        incident_id=found["incident_id"],
        priority=right,
    )
    draft.call(
        "delete_incident_slas",
        "Remove the clock of the wrong priority.",
        incident_sla_id=slas.where("items", incident_sla_id=old["incident_sla_id"])["incident_sla_id"],
    )
    known = draft.call(
        "find_sla_definitions", "Find our active definitions for it.", applies_to_priority=right, active=True
    )
    ours = [one for one in known.value("items") if one["org_id"] == row["org_id"]]
    for one in ours:
        draft.call(
            "link_new_incident_sla",
            f"Start {one['name']} from the creation of the incident.",
            incident_id=found["incident_id"],
            sla_def_id=known.where("items", sla_def_id=one["sla_def_id"])["sla_def_id"],
            start_time=found["created_at"],
        )
    draft.call("find_incident_slas", "Read the clocks back.", incident_id=found["incident_id"])
    rows = f"incident WHERE {desk.this(row)}"
    desk.holds(draft, row["number"], rows, priority=right)
    desk.holds(draft, row["number"], rows, "integrity", impact=row["impact"], urgency=row["urgency"])
    mine = f"FROM incident_sla WHERE incident_id = (SELECT incident_id FROM {rows})"
    draft.check("the old clock is gone", f"SELECT count(*) {mine} AND sla_def_id = '{old['sla_def_id']}'", 0)
    for one in ours:
        clock = f"{mine[5:]} AND sla_def_id = '{one['sla_def_id']}'"
        desk.holds(
            draft, f"the clock of {one['name']}", clock, "process", start_time=row["created_at"], stage="in_progress"
        )
    return draft


FAMILY = desk.desk_family("wrong_priority", drafts, "clinic", area="sla", rules=("priority", "service levels"))
