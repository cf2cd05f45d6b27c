"""Somebody has left and open incidents still carry the name: a colleague of the same group takes them over."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import OPEN, Person, Row, named


def drafts(place: Place) -> Iterator[Draft]:
    for incident_id, user_id in desk.trapped(place, "inactive_assignee"):
        gone = desk.person(place, user_id)
        boss = desk.anyone(place, gone["org_id"], "manager")
        work = place.rows(
            f"SELECT * FROM incident WHERE assigned_to = ? AND status IN {OPEN} ORDER BY incident_id", user_id
        )
        group = work[0]["assignment_group"]
        heirs = [one for one in desk.workers(place, group) if one["user_id"] != boss["user_id"]]
        if heirs and incident_id == work[0]["incident_id"] and {row["assignment_group"] for row in work} == {group}:
            yield take_over(ask(place, boss, gone, heirs[0]), gone, heirs[0], work)


def ask(place: Place, boss: Person, gone: Person, heir: Person) -> Draft:
    return desk.ask(
        place,
        boss,
        f"""{named(gone)} is no longer with us, and open incidents still carry the name. Please find them and give them
        to {named(heir)} from the same group, if the rules allow it. Work notes of each: "{note(gone)}". Tell me how
        many there were.""",
    )


def note(gone: Person) -> str:
    return f"Taken over from {named(gone)}"


def take_over(draft: Draft, gone: Person, heir: Person, work: list[Row]) -> Draft:
    left = draft.call("list_users", f"Find {named(gone)}, inactive.", last_name=gone["last_name"], active="false")
    old = left.where("items", first_name=gone["first_name"], org_id=gone["org_id"])
    listed = draft.call("list_incidents", "List the incidents that still carry it.", assigned_to=old["user_id"])
    found = draft.call("list_users", f"Find {named(heir)}.", last_name=heir["last_name"], active="true")
    new = found.where("items", first_name=heir["first_name"], org_id=heir["org_id"])
    group = listed.where("items", incident_id=work[0]["incident_id"])["assignment_group"]
    members = draft.call("list_group_members", "See who is in the group.", group_id=group)
    member = members.where("items", user_id=heir["user_id"])
    draft.call("get_user", "Make sure that the member is active and may be assigned.", user_id=member["user_id"])
    for row in work:
        change = {"assigned_to": new["user_id"], "worknotes": note(gone)}
        mine = listed.where("items", incident_id=row["incident_id"])
        draft.call("update_incident", f"Hand {row['number']} over.", incident_id=mine["incident_id"], **change)
        rows, kept = f"incident WHERE {desk.this(row)}", {key: row[key] for key in ("status", "assignment_group")}
        desk.holds(draft, row["number"], rows, assigned_to=heir["user_id"])
        desk.holds(draft, row["number"], rows, "process", worknotes=note(gone))
        desk.holds(draft, row["number"], rows, "integrity", **kept)
    rest = f"SELECT count(*) FROM incident WHERE assigned_to = '{gone['user_id']}' AND status IN {OPEN}"
    draft.check("nothing open carries the old name", rest, 0, "integrity")
    draft.say(f"Handed over from {named(gone)} to {named(heir)}: {len(work)}.", len(work))
    return draft


FAMILY = desk.desk_family(
    "inactive_assignee", drafts, "harbor", area="incident", rules=("assignment", "people and groups")
)
