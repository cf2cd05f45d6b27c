"""A new promise for one priority: a new definition, the old one switched off, open incidents moved to the new clock."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import OPEN, Row


def drafts(place: Place) -> Iterator[Draft]:
    """The active resolution promise that most open incidents run under, without any that is breached or paused."""
    known = place.rows(
        f"""SELECT d.*, count(*) AS uses FROM sla_definition d JOIN incident_sla s USING (sla_def_id)
        JOIN incident i ON i.incident_id = s.incident_id AND i.status IN {OPEN}
        WHERE d.active = 1 AND d.metric = 'resolution' AND s.stage = 'in_progress' AND s.has_breached = 0
        AND i.priority = d.applies_to_priority GROUP BY d.sla_def_id ORDER BY uses DESC, d.sla_def_id"""
    )
    for old in known:
        clocks = place.rows(
            """SELECT s.*, i.number, i.status FROM incident_sla s JOIN incident i USING (incident_id)
            WHERE s.sla_def_id = ? AND s.stage = 'in_progress' ORDER BY s.incident_sla_id""",
            old["sla_def_id"],
        )
        if 2 <= len(clocks) <= 4 and all(
            c["status"] in ("new", "in_progress") and not c["has_breached"] for c in clocks
        ):
            yield tighten(place, old, clocks)
            return


def tighten(place: Place, old: Row, clocks: list[Row]) -> Draft:
    name, minutes = f"{old['name']} 2026", old["target_mins"] * 3 // 4
    draft = desk.ask(
        place,
        desk.anyone(place, old["org_id"], "admin"),
        f"""As of today we promise more: in place of "{old["name"]}" comes "{name}" with {minutes} minutes; apart from
        that it is like the old one. Please set it up and switch the old one off. SLAs of incidents that run under the
        old definition move over to the new one and keep their start; those that are over, paused or canceled stay. How
        many did you move?""",
    )
    found = draft.call("find_sla_definition_by_name", "Read the old definition.", name=old["name"])
    running = draft.call(
        "find_incident_slas",
        "List its clocks that run.",
        sla_def_id=found["sla_definition.sla_def_id"],
        stage="in_progress",
    )
    same = ("metric", "pause_on_pending", "applies_to_priority", *(["schedule"] if old["schedule"] else []))
    made = draft.call(
        "add_new_sla_definition",
        "Set up the new one.",
        name=name,
        target_mins=minutes,
        active=True,
        **{key: found[f"sla_definition.{key}"] for key in same},
    )
    for clock in clocks:
        mine = running.where("items", incident_sla_id=clock["incident_sla_id"])["incident_sla_id"]
        change = {"incident_sla_id": mine, "sla_def_id": made["sla_definition.sla_def_id"]}
        draft.call("update_incident_sla_details", f"Move the clock of {clock['number']}.", **change)
    draft.call(
        "update_sla_definition",
        "Switch the old one off.",
        sla_def_id=found["sla_definition.sla_def_id"],
        active=False,
    )
    rows = f"sla_definition WHERE name = '{name}'"
    draft.check("there is one such definition", f"SELECT count(*) FROM {rows}", 1)
    desk.holds(draft, "the new promise", rows, target_mins=minutes, active=1)
    kept = {key: old[key] for key in ("metric", "pause_on_pending", "applies_to_priority", "schedule")}
    desk.holds(draft, "the new promise", rows, "process", **kept)
    desk.holds(draft, "the old promise", f"sla_definition WHERE {desk.these(old, 'name', 'org_id')}", active=0)
    for clock in clocks:
        now = f"""SELECT d.name || ' ' || s.stage || ' ' || s.start_time FROM incident_sla s
            JOIN sla_definition d USING (sla_def_id) JOIN incident i USING (incident_id)
            WHERE i.number = '{clock["number"]}' AND i.org_id = '{clock["org_id"]}' AND d.metric = 'resolution'
            AND s.stage = 'in_progress'"""
        draft.check(f"{clock['number']} has the new clock", now, f"{name} in_progress {clock['start_time']}")
    rest = f"SELECT count(*) FROM incident_sla WHERE sla_def_id = '{old['sla_def_id']}'"
    over = place.row(rest.replace("count(*)", "count(*) AS n"))
    draft.check("the other clocks stay", rest, (over or {"n": 0})["n"] - len(clocks), "side_effect")
    draft.say(f"Moved: {len(clocks)}.", len(clocks))
    return draft


FAMILY = desk.desk_family("sla_tightened", drafts, "harbor", area="sla", rules=("service levels",))
