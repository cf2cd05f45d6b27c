"""Open incidents name changes that are not mapped to them: each missing mapping is added, and counted."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import OPEN, Row


def drafts(place: Place) -> Iterator[Draft]:
    done: set[str] = set()
    for incident_id, _ in desk.trapped(place, "unmapped_change"):
        org = desk.incident(place, incident_id)["org_id"]
        missing = place.rows(
            f"""SELECT i.*, c.number AS change_number FROM incident i JOIN "change" c ON c.change_id = i.change_request
            WHERE i.org_id = ? AND i.status IN {OPEN} AND NOT EXISTS (SELECT 1 FROM change_request_mapping m
            WHERE m.change_id = i.change_request AND m.incident_id = i.incident_id) ORDER BY i.incident_id""",
            org,
        )
        if org not in done and missing:
            done.add(org)
            yield audit(place, org, missing)


def audit(place: Place, org: str, missing: list[Row]) -> Draft:
    draft = desk.ask(
        place,
        desk.anyone(place, org, "manager"),
        """Before the review of the changes: please go through our unfinished incidents (new, in progress, on hold) that
        name a change request, and make sure that each of them is mapped to that change. Add the mappings that are
        missing and change nothing else. How many were missing, and which incidents?""",
    )
    lists = {
        status: draft.call("list_incidents", f"List what is {status}.", status=status)
        for status in ("new", "in_progress", "on_hold")
    }
    draft.call("list_change_request_mappings", "List the mappings that there are.")
    for row in missing:
        mine = lists[row["status"]].where("items", incident_id=row["incident_id"])
        draft.call(
            "find_change_request_mappings_for_incident",
            f"{row['number']} names a change; is it mapped?",
            incident_id=mine["incident_id"],
        )
        there = draft.call("list_changes", "Read the change: is it ours?", change_id=mine["change_request"])
        there.where("items", number=row["change_number"])
        link = {"change_id": mine["change_request"], "incident_id": mine["incident_id"]}
        draft.call("map_change_request", f"Map it to {row['number']}.", **link)
        mapped = f"""SELECT count(*) FROM change_request_mapping m JOIN "change" c USING (change_id)
            JOIN incident i USING (incident_id) WHERE i.number = '{row["number"]}' AND i.org_id = '{org}'
            AND c.number = '{row["change_number"]}'"""
        draft.check(f"{row['number']} is mapped to {row['change_number']}", mapped, 1)
        kept = {key: row[key] for key in ("status", "change_request")}
        desk.holds(draft, row["number"], f"incident WHERE {desk.this(row)}", "side_effect", **kept)
    query = f"""SELECT count(*) FROM incident i WHERE i.org_id = '{org}' AND i.status IN {OPEN}
        AND i.change_request IS NOT NULL AND NOT EXISTS (SELECT 1 FROM change_request_mapping m
        WHERE m.change_id = i.change_request AND m.incident_id = i.incident_id)"""
    draft.check("none is missing", query, 0, "integrity")
    numbers = [row["number"] for row in missing]
    draft.say(f"Missing were {len(missing)}: {', '.join(numbers)}.", len(missing), *numbers)
    return draft


FAMILY = desk.desk_family("mapping_audit", drafts, "clinic", area="change", rules=("changes",))
