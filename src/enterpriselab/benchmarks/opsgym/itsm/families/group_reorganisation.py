"""The leader of a group has left: a new group takes its people and its open work, the old one closes."""

from collections.abc import Iterator

from enterpriselab.apps.itsm.rules.people import OPEN_WORK
from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import Person, Row, named

KINDS = {"incident": "incident_id", "problem": "problem_id", "change": "change_id"}


def drafts(place: Place) -> Iterator[Draft]:
    for group_id, _ in desk.trapped(place, "departed_manager"):
        old = place.row("SELECT * FROM user_group WHERE group_id = ?", group_id)
        assert old is not None
        yield reorganise(place, old, desk.anyone(place, old["org_id"], "manager"))


def open_work(place: Place, table: str, group_id: str) -> list[Row]:
    states = ", ".join(f"'{state}'" for state in OPEN_WORK[table])
    return place.rows(
        f'SELECT * FROM "{table}" WHERE assignment_group = ? AND status IN ({states}) ORDER BY 1', group_id
    )


def reorganise(place: Place, old: Row, leader: Person) -> Draft:
    name = f"{old['name']} Team"
    domain = leader["email"].partition("@")[2]
    email = f"{name.replace(' ', '-').lower()}@{domain}"
    people = desk.workers(place, old["group_id"])
    work = {table: open_work(place, table, old["group_id"]) for table in KINDS}
    draft = desk.ask(
        place,
        desk.anyone(place, old["org_id"], "admin"),
        f"""{old["name"]} has nobody to lead it any more. Please set up "{name}" in its place: the same type, address
        {email}, led by {named(leader)} ({leader["email"]}). Whoever is in the old group and may be assigned work joins
        the new one. Unfinished incidents, problems and changes of the old group go to the new one, with their
        assignees. Then take all members out of the old group and close it.""",
    )
    found = draft.call("find_group_by_name", "Find the old group.", name=old["name"])
    group = found["group.group_id"]
    boss = draft.call("get_user_using_email", "Find the leader: active, and a manager?", email=leader["email"])
    seats = draft.call("list_group_members", "List the members.", group_id=group)
    for seat in seats.value("items"):
        seated = seats.where("items", member_id=seat["member_id"])
        draft.call("get_user", "Active, and agent or manager?", user_id=seated["user_id"])
    lists = {
        table: draft.call(f"get_{table}s_assigned_to", f"List its {table}s.", assignment_group=group) for table in KINDS
    }
    made = draft.call(
        "add_new_user_group",
        "Set up the new group.",
        name=name,
        type=found["group.type"],
        email=email,
        manager_id=boss["user.user_id"],
    )
    new = made["group.group_id"]
    for one in people:
        member = seats.where("items", user_id=one["user_id"])["user_id"]
        draft.call("add_new_group_member", f"{named(one)} joins.", group_id=new, user_id=member)
    for table, records in work.items():
        for record in records:
            mine = lists[table].where("items", number=record["number"])[KINDS[table]]
            change = {KINDS[table]: mine, "assignment_group": new}
            draft.call(f"update_{table}", f"{record['number']} goes to the new group.", **change)
    for seat in seats.value("items"):
        member = seats.where("items", member_id=seat["member_id"])["user_id"]
        draft.call("remove_group_membership", "Leave the old group.", group_id=group, user_id=member)
    draft.call("update_user_group", "Close the old group.", group_id=group, active=False)
    check(draft, old, {"name": name, "email": email, "manager_id": leader["user_id"]}, people, work)
    return draft


def check(draft: Draft, old: Row, new: Row, people: list[Person], work: dict[str, list[Row]]) -> None:
    rows = f"user_group WHERE name = '{new['name']}'"
    draft.check("there is one such group", f"SELECT count(*) FROM {rows}", 1)
    desk.holds(draft, "the new group", rows, email=new["email"], type=old["type"], active=1)
    desk.holds(draft, "the new group", rows, "permission", manager_id=new["manager_id"])
    members = f"SELECT count(*) FROM user_group_member WHERE group_id = (SELECT group_id FROM {rows})"
    draft.check("it has so many members", members, len(people), "permission")
    for one in people:
        draft.check(f"{named(one)} is one", f"{members} AND user_id = '{one['user_id']}'", 1, "permission")
    for table, records in work.items():
        for record in records:
            where = f'"{table}" WHERE {desk.this(record)}'
            group = f"SELECT name FROM user_group WHERE group_id = (SELECT assignment_group FROM {where})"
            draft.check(f"{record['number']} is of the new group", group, new["name"])
            desk.holds(draft, record["number"], where, "integrity", assigned_to=record["assigned_to"])
    left = f"SELECT count(*) FROM user_group_member WHERE group_id = '{old['group_id']}'"
    draft.check("the old group is empty", left, 0)
    desk.holds(draft, "the old group", f"user_group WHERE {desk.these(old, 'name', 'org_id')}", "process", active=0)


FAMILY = desk.desk_family(
    "group_reorganisation", drafts, "harbor", area="people", rules=("people and groups", "assignment")
)
