"""An office moves: a new location, its devices and people go there, the old one is closed."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import Person, Row, named


def drafts(place: Place) -> Iterator[Draft]:
    """The active location with two to five devices that are not retired and one to three active people."""
    found = place.rows(
        """SELECT l.*, (SELECT count(*) FROM configuration_item c WHERE c.location_id = l.location_id
            AND c.status NOT IN ('retired', 'disposed')) AS devices,
            (SELECT count(*) FROM users u WHERE u.location_id = l.location_id AND u.active = 1) AS people
        FROM location l WHERE l.active = 1 ORDER BY l.location_id"""
    )
    for spot in found:
        if 2 <= spot["devices"] <= 5 and 1 <= spot["people"] <= 3:
            yield move(place, spot)
            return


def move(place: Place, spot: Row) -> Draft:
    name, street = f"{spot['name']} (new)", "Station Road"
    here = spot["location_id"]
    devices = place.rows("SELECT * FROM configuration_item WHERE location_id = ? ORDER BY 1", here)
    live = [item for item in devices if item["status"] not in ("retired", "disposed")]
    people = [
        desk.person(place, row["user_id"])
        for row in place.rows("SELECT user_id FROM users WHERE location_id = ? AND active = 1 ORDER BY 1", here)
    ]
    draft = desk.ask(
        place,
        desk.anyone(place, spot["org_id"], "admin"),
        f"""We move out of {spot["name"]}. Please enter "{name}": {street} 14, {spot["city"]}, {spot["country"]}. All
        devices of the old place that are not retired or disposed stand there from now on, and {_names(people)} sit
        there. After that nobody uses the old location any more, so close it.""",
    )
    found = draft.call("find_location_by_given_name", "Find the old location.", name=spot["name"])
    made = draft.call(
        "add_location",
        "Enter the new one.",
        name=name,
        plot_no="14",
        street=street,
        city=found["location.city"],
        country=found["location.country"],
        active=True,
    )
    listed = draft.call(
        "find_configuration_items", "List the devices there.", location_id=found["location.location_id"]
    )
    new = made["location.location_id"]
    for item in live:
        mine = listed.where("items", configuration_item_id=item["configuration_item_id"])["configuration_item_id"]
        change = {"configuration_item_id": mine, "location_id": new}
        draft.call("update_configuration_item", f"Move {item['name']}.", **change)
    for who in people:
        full = {"first_name": who["first_name"], "last_name": who["last_name"], "active": "true"}
        one = draft.call("list_users", f"Find {named(who)}.", **full).where("items", user_id=who["user_id"])
        draft.call("update_user_details", f"Seat {named(who)} there.", user_id=one["user_id"], location_id=new)
    draft.call("update_location", "Close the old location.", location_id=found["location.location_id"], active=False)
    check(draft, spot, {"name": name, "street": street}, live, people)
    gone = f"SELECT count(*) FROM configuration_item WHERE location_id = '{here}'"
    draft.check("what is retired stays", gone, len(devices) - len(live), "side_effect")
    return draft


def _names(people: list[Person]) -> str:
    *first, last = map(named, people)
    return f"{', '.join(first)} and {last}" if first else last


def check(draft: Draft, spot: Row, new: Row, live: list[Row], people: list[Person]) -> None:
    rows = f"location WHERE {desk.these({**new, 'org_id': spot['org_id']}, 'name', 'org_id')}"
    draft.check("there is one such location", f"SELECT count(*) FROM {rows}", 1)
    desk.holds(draft, "the new location", rows, street=new["street"], plot_no="14", city=spot["city"], active=1)
    for item in live:
        where = f"JOIN location l USING (location_id) WHERE c.serial_number = '{item['serial_number']}'"
        draft.check(f"{item['name']} is there", f"SELECT l.name FROM configuration_item c {where}", new["name"])
    for who in people:
        where = f"JOIN location l USING (location_id) WHERE u.email = '{who['email']}'"
        draft.check(f"{named(who)} is there", f"SELECT l.name FROM users u {where}", new["name"])
    desk.holds(draft, "the old location", f"location WHERE {desk.these(spot, 'name', 'org_id')}", "process", active=0)


FAMILY = desk.desk_family(
    "location_move", drafts, "campus", area="people", rules=("people and groups", "items and services")
)
