"""An SLA contradicts its incident: it runs on after the resolution, or while the incident waits. It is put right."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import Row


def drafts(place: Place) -> Iterator[Draft]:
    for incident_id, sla_def_id in desk.trapped(place, "stale_sla"):
        row = desk.incident(place, incident_id)
        sla = place.row("SELECT * FROM incident_sla WHERE incident_id = ? AND sla_def_id = ?", incident_id, sla_def_id)
        if sla is None or sla["stage"] != "in_progress":
            continue
        if row["status"] == "resolved":
            yield complete(place, row, sla)
            return
        if row["status"] == "on_hold":
            yield pause(place, row, sla)
            return


def complete(place: Place, row: Row, sla: Row) -> Draft:
    late = row["resolved"] > sla["breach_time"]
    draft = desk.ask(
        place,
        desk.anyone(place, row["org_id"], "agent"),
        """Among our resolved incidents there is one whose SLA still runs, it spoils the report. Please find it and
        complete that SLA with the time at which the incident was resolved; whether the promise was broken follows
        from that. Tell me the number of the incident.""",
        free=(),
    )
    resolved = draft.call("list_incidents", "List what is resolved.", status="resolved")
    running = draft.call("find_incident_slas", "List the clocks that run.", stage="in_progress")
    mine = resolved.where("items", incident_id=row["incident_id"])
    clock = running.where("items", incident_sla_id=sla["incident_sla_id"])
    draft.call("find_sla_definitions", "Read what was promised.", sla_def_id=clock["sla_def_id"])
    draft.call("find_incident_by_id", "Read when it was resolved.", incident_id=clock["incident_id"])
    draft.call(
        "update_incident_sla_details",
        f"Stop the clock of {row['number']} at its resolution.",
        incident_sla_id=clock["incident_sla_id"],
        stage="completed",
        completed_time=mine["resolved"],
    )
    rows = f"incident_sla WHERE {desk.these(sla, 'sla_def_id', 'org_id')} AND incident_id = "
    rows += f"(SELECT incident_id FROM incident WHERE {desk.this(row)})"
    desk.holds(draft, "the clock", rows, stage="completed", completed_time=row["resolved"])
    desk.holds(draft, "the clock", rows, "process", has_breached=int(late))
    desk.holds(draft, "the clock", rows, "integrity", start_time=sla["start_time"], breach_time=sla["breach_time"])
    desk.holds(draft, "the incident", f"incident WHERE {desk.this(row)}", "side_effect", status="resolved")
    draft.say(f"It was {row['number']}.", row["number"])
    return draft


def pause(place: Place, row: Row, sla: Row) -> Draft:
    draft = desk.ask(
        place,
        desk.anyone(place, row["org_id"], "agent"),
        """One of our incidents is on hold, but its SLA was never stopped although its definition pauses. Please find it
        among those that we have on hold, and pause the SLA. Tell me the number of the incident.""",
    )
    held = draft.call("list_incidents", "List what is on hold.", status="on_hold")
    running = draft.call("find_incident_slas", "List the clocks that run.", stage="in_progress")
    clock = running.where("items", incident_sla_id=sla["incident_sla_id"])
    held.where("items", incident_id=row["incident_id"])
    draft.call("find_sla_definitions", "Make sure that the definition pauses.", sla_def_id=clock["sla_def_id"])
    draft.call("find_incident_by_id", "Make sure that it still waits.", incident_id=clock["incident_id"])
    draft.call(
        "update_incident_sla_details",
        f"Pause the clock of {row['number']}.",
        incident_sla_id=clock["incident_sla_id"],
        stage="paused",
    )
    rows = f"incident_sla WHERE {desk.these(sla, 'sla_def_id', 'org_id')} AND incident_id = "
    rows += f"(SELECT incident_id FROM incident WHERE {desk.this(row)})"
    desk.holds(draft, "the clock", rows, stage="paused")
    desk.holds(draft, "the clock", rows, "integrity", start_time=sla["start_time"])
    desk.holds(draft, "the incident", f"incident WHERE {desk.this(row)}", "side_effect", status="on_hold")
    draft.say(f"It was {row['number']}.", row["number"])
    return draft


FAMILY = desk.desk_family("stale_sla", drafts, "campus", area="sla", rules=("service levels", "states"))
