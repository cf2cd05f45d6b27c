"""An incident names an item that was taken down; the one that replaced it hangs at the same place."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import Row

ALIKE = 8
"""Letters that the names of an item and of its successor share at least."""


def drafts(place: Place) -> Iterator[Draft]:
    for incident_id, item_id in desk.trapped(place, "retired_item"):
        row = desk.incident(place, incident_id)
        successors = place.rows(
            """SELECT n.*, o.status AS old_status FROM configuration_item n
            JOIN configuration_item o ON o.location_id = n.location_id AND o.org_id = n.org_id
            WHERE o.configuration_item_id = ? AND n.status = 'in_use'
            AND substr(n.name, 1, ?) = substr(o.name, 1, ?)""",
            item_id,
            ALIKE,
            ALIKE,
        )
        if len(successors) == 1 and row["assigned_to"]:
            yield correct(place, row, item_id, successors[0])


def correct(place: Place, row: Row, item_id: str, new: Row) -> Draft:
    draft = desk.ask(
        place,
        desk.person(place, row["assigned_to"]),
        f"""{row["number"]} names an item that I cannot find on site. Please check whether it is still in use. If it is
        not, put the item in its place that stands at the same location today and does the same work, on the incident
        and on the list of its affected items. Tell me the serial number of the right one.""",
    )
    found = desk.look_up(draft, row)
    listed = draft.call(
        "find_configuration_items",
        "Look at the item that it names.",
        configuration_item_id=found["configuration_item"],
    )
    old = listed.where("items", configuration_item_id=item_id)
    there = draft.call(
        "find_configuration_items",
        "It is not in use. See what is in use at its location.",
        location_id=old["location_id"],
        status="in_use",
    )
    right = there.where("items", configuration_item_id=new["configuration_item_id"])
    draft.call(
        "update_incident",
        "Name the right item on the incident.",
        incident_id=found["incident_id"],
        configuration_item=right["configuration_item_id"],
    )
    affected = draft.call(
        "list_incident_affected_cis", "See the list of affected items.", incident_id=found["incident_id"]
    )
    for link in affected.value("items"):
        if link["configuration_item"] == item_id:
            draft.call(
                "remove_affected_ci_from_incident",
                "Take the old item off the list.",
                configuration_item=old["configuration_item_id"],
                incident_id=found["incident_id"],
            )
    draft.call(
        "link_affected_ci_to_incident",
        "Put the right one on it.",
        configuration_item=right["configuration_item_id"],
        incident_id=found["incident_id"],
    )
    rows = f"incident WHERE {desk.this(row)}"
    desk.holds(draft, row["number"], rows, configuration_item=new["configuration_item_id"])
    desk.holds(draft, row["number"], rows, "integrity", status=row["status"], assigned_to=row["assigned_to"])
    links = f"SELECT count(*) FROM incident_affected_cis WHERE incident_id = (SELECT incident_id FROM {rows})"
    draft.check("the right item is affected", f"{links} AND configuration_item = '{new['configuration_item_id']}'", 1)
    draft.check("the old one is not", f"{links} AND configuration_item = '{item_id}'", 0, "integrity")
    old_row = f"configuration_item WHERE configuration_item_id = '{item_id}'"
    desk.holds(draft, "the old item", old_row, "side_effect", status=new["old_status"])
    draft.say(f"The right item is {new['name']}, serial {new['serial_number']}.", new["serial_number"])
    return draft


FAMILY = desk.desk_family("retired_item", drafts, "harbor", area="cmdb", rules=("items and services",))
