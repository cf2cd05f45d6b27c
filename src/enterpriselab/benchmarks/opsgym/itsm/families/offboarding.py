"""A colleague leaves: open work and devices go to somebody who may take them, the account ends."""

from collections.abc import Iterator

from enterpriselab.apps.itsm.rules.people import OPEN_WORK
from enterpriselab.benchmarks.drafts import Draft, Result
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import Person, Row, named

KINDS = {"incident": "incident_id", "problem": "problem_id", "change": "change_id"}


def drafts(place: Place) -> Iterator[Draft]:
    """The leaver is the agent with most open work for whom one colleague is in every group that the work is of."""
    agents = place.rows("SELECT user_id FROM users WHERE role = 'agent' AND active = 1 ORDER BY user_id")
    found = []
    for row in agents:
        leaver = desk.person(place, row["user_id"])
        work = {table: open_work(place, table, leaver["user_id"]) for table in KINDS}
        groups = {record["assignment_group"] for records in work.values() for record in records}
        led = place.rows("SELECT 1 FROM user_group WHERE manager_id = ?", leaver["user_id"])
        members = [{one["user_id"] for one in desk.workers(place, group)} for group in groups if group]
        heirs = sorted(set.intersection(*members) - {leaver["user_id"]}) if members else []
        if heirs and work["incident"] and not led:
            found.append((sum(map(len, work.values())), leaver, desk.person(place, heirs[0]), work))
    if found:
        _, leaver, heir, work = max(found, key=lambda one: one[0])
        yield leave(place, leaver, heir, work)


def open_work(place: Place, table: str, user_id: str) -> list[Row]:
    states = ", ".join(f"'{state}'" for state in OPEN_WORK[table])
    return place.rows(f'SELECT * FROM "{table}" WHERE assigned_to = ? AND status IN ({states}) ORDER BY 1', user_id)


def leave(place: Place, leaver: Person, heir: Person, work: dict[str, list[Row]]) -> Draft:
    items = place.rows(
        "SELECT * FROM configuration_item WHERE owner_id = ? AND status IN ('in_use', 'maintenance') ORDER BY 1",
        leaver["user_id"],
    )
    draft = desk.ask(
        place,
        desk.anyone(place, leaver["org_id"], "admin"),
        f"""Today is the last day of {named(leaver)} ({leaver["email"]}). Please hand over to {named(heir)}
        ({heir["email"]}): all unfinished incidents, problems and changes, and the devices in use or in maintenance.
        Then take {leaver["first_name"]} out of all groups and deactivate the account.""",
    )
    found = {
        who["user_id"]: draft.call("get_user_using_email", f"Find {named(who)}.", email=who["email"])
        for who in (leaver, heir)
    }
    old, new = found[leaver["user_id"]]["user.user_id"], found[heir["user_id"]]["user.user_id"]
    lists = {table: draft.call(f"get_{table}s_assigned_to", f"List the {table}s.", assigned_to=old) for table in KINDS}
    owned = draft.call("find_configuration_items", "List the devices.", owner_id=old)
    seats = draft.call("list_group_members", "List the groups.", user_id=old)
    heirs_seats = draft.call("list_group_members", "Is the heir in the groups of the work?", user_id=new)
    for table, records in work.items():
        hand_over(draft, table, lists[table], records, new)
        for record in records:
            if record["assignment_group"]:
                heirs_seats.where("items", group_id=record["assignment_group"])
    for item in items:
        mine = owned.where("items", configuration_item_id=item["configuration_item_id"])["configuration_item_id"]
        change = {"configuration_item_id": mine, "owner_id": new}
        draft.call("update_configuration_item", f"Hand over {item['name']}.", **change)
    for seat in seats.value("items"):
        group = seats.where("items", member_id=seat["member_id"])["group_id"]
        draft.call("remove_group_membership", "Leave the group.", group_id=group, user_id=old)
    draft.call("update_user_details", "Deactivate the account at the end.", user_id=old, active=False)
    check(draft, leaver, heir, work, items)
    return draft


def hand_over(draft: Draft, table: str, listed: Result, records: list[Row], new: Row) -> None:
    for record in records:
        mine = listed.where("items", number=record["number"])[KINDS[table]]
        draft.call(f"update_{table}", f"Hand over {record['number']}.", **{KINDS[table]: mine, "assigned_to": new})


def check(draft: Draft, leaver: Person, heir: Person, work: dict[str, list[Row]], items: list[Row]) -> None:
    for table, records in work.items():
        for record in records:
            rows = f'"{table}" WHERE {desk.this(record)}'
            desk.holds(draft, record["number"], rows, assigned_to=heir["user_id"])
            desk.holds(draft, record["number"], rows, "integrity", status=record["status"])
    for item in items:
        rows = f"configuration_item WHERE serial_number = '{item['serial_number']}'"
        desk.holds(draft, item["name"], rows, owner_id=heir["user_id"])
    seats = f"SELECT count(*) FROM user_group_member WHERE user_id = '{leaver['user_id']}'"
    draft.check("no group has the leaver", seats, 0, "permission")
    account = f"users WHERE email = '{leaver['email']}'"
    desk.holds(draft, "the account", account, "permission", active=0)
    desk.holds(draft, "the account", account, "side_effect", role=leaver["role"], phone=leaver["phone"])


FAMILY = desk.desk_family(
    "offboarding", drafts, "clinic", area="people", rules=("people and groups", "assignment", "items and services")
)
