"""Somebody has left and open incidents still carry the name: a colleague of the same group takes them over."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm.desk import anyone, ask, desk_family, person, trapped, workers


def drafts(place: Place) -> Iterator[Draft]:
    for incident_id, user_id in trapped(place, "inactive_assignee"):
        gone = person(place, user_id)
        open_ones = place.rows(
            """SELECT incident_id, number, assignment_group FROM incident
            WHERE assigned_to = ? AND status IN ('new', 'in_progress', 'on_hold') ORDER BY incident_id""",
            user_id,
        )
        group = open_ones[0]["assignment_group"]
        heirs = workers(place, group)
        if incident_id != open_ones[0]["incident_id"] or {row["assignment_group"] for row in open_ones} != {group}:
            continue
        yield take_over(place, gone, heirs[0], [row["number"] for row in open_ones])


def take_over(place: Place, gone: dict, heir: dict, numbers: list[str]) -> Draft:
    name, other = (f"{p['first_name']} {p['last_name']}" for p in (gone, heir))
    note = f"Taken over from {name}"
    draft = ask(
        place,
        anyone(place, gone["org_id"], "manager"),
        f"""{name} is no longer with us, and open incidents still carry the name. Please find them and give them to
        {other}, provided that this is allowed by the rules for their group. Work notes of each: "{note}".""",
    )
    left = draft.call("list_users", f"Find the account of {name}.", first_name=gone["first_name"], active="false")
    old = left.where("items", last_name=gone["last_name"], org_id=gone["org_id"])
    listed = draft.call("list_incidents", "List the incidents that still carry it.", assigned_to=old["user_id"])
    found = draft.call("list_users", f"Find {other}.", last_name=heir["last_name"], active="true")
    new = found.where("items", first_name=heir["first_name"], org_id=heir["org_id"])
    first = listed.where("items", number=numbers[0])
    members = draft.call("list_group_members", "See who is in the group.", group_id=first["assignment_group"])
    member = members.where("items", user_id=heir["user_id"])
    draft.call("get_user", "Make sure that the colleague is active and may be assigned.", user_id=member["user_id"])
    for number in numbers:
        incident = listed.where("items", number=number)
        draft.call(
            "update_incident",
            f"Hand {number} over.",
            incident_id=incident["incident_id"],
            assigned_to=new["user_id"],
            worknotes=note,
        )
        of = f"FROM incident WHERE number = '{number}' AND org_id = '{gone['org_id']}'"
        draft.check(f"{number} is assigned to {other}", f"SELECT assigned_to {of}", heir["user_id"])
        draft.check(f"{number} says so in its work notes", f"SELECT worknotes {of}", note, "process")
    draft.check(
        "nothing open carries the old name",
        f"""SELECT count(*) FROM incident
        WHERE assigned_to = '{gone["user_id"]}' AND status IN ('new', 'in_progress', 'on_hold')""",
        0,
        "integrity",
    )
    return draft


FAMILY = desk_family(
    "inactive_assignee", drafts, "harbor", area="incident", rules=("assignment", "people and groups", "organizations")
)
