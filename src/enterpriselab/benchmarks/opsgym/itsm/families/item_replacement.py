"""A new device takes the place of a worn one: registered, open incidents moved to it, the old one retired."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import OPEN, Row


def drafts(place: Place) -> Iterator[Draft]:
    worn = place.rows(
        f"""SELECT c.*, count(*) AS open_ones, max(i.assigned_to) AS worker FROM configuration_item c
        JOIN incident i ON i.configuration_item = c.configuration_item_id AND i.status IN {OPEN}
        JOIN users u ON u.user_id = i.assigned_to AND u.active = 1 AND u.role IN ('agent', 'manager')
        JOIN users o ON o.user_id = c.owner_id AND o.active = 1
        WHERE c.status IN ('maintenance', 'in_use') GROUP BY c.configuration_item_id
        ORDER BY c.status = 'in_use', open_ones DESC, c.configuration_item_id"""
    )
    for item in worn[:1]:
        work = place.rows(
            f"SELECT * FROM incident WHERE configuration_item = ? AND status IN {OPEN} ORDER BY incident_id",
            item["configuration_item_id"],
        )
        yield replace(place, item, work)


def replace(place: Place, item: Row, work: list[Row]) -> Draft:
    name, serial = f"{item['name']} (2026)", f"{item['serial_number']}-26"
    cost = round(item["cost"] * 1.2)
    draft = desk.ask(
        place,
        desk.person(place, item["worker"]),
        f"""The successor of the item with serial {item["serial_number"]} has come. Please register it as "{name}",
        serial {serial}, cost {cost}, in use, with the owner and the location of the old one. Every open incident of the
        old item then concerns the new one, on the incident itself and on its list of affected items, from which the
        old one goes. At the end the old item is retired.""",
    )
    old = draft.call(
        "find_configuration_item_by_serial_number", "Find the old item.", serial_number=item["serial_number"]
    )
    label = "configuration_item"
    listed = draft.call(
        "list_incidents", "List its incidents.", configuration_item=old[f"{label}.configuration_item_id"]
    )
    made = draft.call(
        "register_configuration_item",
        "Register the new one with the same owner and location.",
        name=name,
        owner_id=old[f"{label}.owner_id"],
        location_id=old[f"{label}.location_id"],
        serial_number=serial,
        status="in_use",
        cost=cost,
    )
    for row in work:
        mine = listed.where("items", incident_id=row["incident_id"])["incident_id"]
        new = made[f"{label}.configuration_item_id"]
        draft.call("update_incident", f"Move {row['number']}.", incident_id=mine, configuration_item=new)
        links = draft.call("list_incident_affected_cis", "See its affected items.", incident_id=mine)
        if any(link["configuration_item"] == item["configuration_item_id"] for link in links.value("items")):
            there = {"configuration_item": old[f"{label}.configuration_item_id"], "incident_id": mine}
            draft.call("remove_affected_ci_from_incident", "The old item goes.", **there)
        draft.call("link_affected_ci_to_incident", "The new one comes.", configuration_item=new, incident_id=mine)
    draft.call(
        "update_configuration_item",
        "Retire the old item.",
        configuration_item_id=old[f"{label}.configuration_item_id"],
        status="retired",
    )
    check(draft, item, work, serial, {"name": name, "cost": cost})
    return draft


def check(draft: Draft, item: Row, work: list[Row], serial: str, new: Row) -> None:
    rows = f"configuration_item WHERE serial_number = '{serial}'"
    draft.check("there is one such item", f"SELECT count(*) FROM {rows}", 1)
    desk.holds(draft, "the new item", rows, status="in_use", **new)
    desk.holds(draft, "the new item", rows, "integrity", owner_id=item["owner_id"], location_id=item["location_id"])
    gone = f"configuration_item WHERE serial_number = '{item['serial_number']}'"
    desk.holds(draft, "the old item", gone, status="retired")
    for row in work:
        mine = "FROM incident i JOIN configuration_item c ON c.configuration_item_id = i.configuration_item"
        where = f"i.number = '{row['number']}' AND i.org_id = '{row['org_id']}'"
        draft.check(f"{row['number']} names the new item", f"SELECT c.serial_number {mine} WHERE {where}", serial)
        links = f"""SELECT group_concat(c.serial_number) FROM incident_affected_cis a
            JOIN configuration_item c ON c.configuration_item_id = a.configuration_item
            JOIN incident i ON i.incident_id = a.incident_id WHERE {where}
            AND c.serial_number IN ('{serial}', '{item["serial_number"]}')"""
        draft.check(f"{row['number']} has the new item on its list", links, serial, "integrity")


FAMILY = desk.desk_family("item_replacement", drafts, "campus", area="cmdb", rules=("items and services", "states"))
