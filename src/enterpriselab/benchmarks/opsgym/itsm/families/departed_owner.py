"""Items in use still belong to somebody who has left: another person of the same organization takes them."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import Person, Row, named


def drafts(place: Place) -> Iterator[Draft]:
    seen: set[str] = set()
    for _, user_id in desk.trapped(place, "departed_owner"):
        if user_id in seen:
            continue
        seen.add(user_id)
        gone = desk.person(place, user_id)
        items = place.rows("SELECT * FROM configuration_item WHERE owner_id = ? ORDER BY 1", user_id)
        yield hand_over(place, gone, desk.anyone(place, gone["org_id"], "agent"), items)


def hand_over(place: Place, gone: Person, heir: Person, items: list[Row]) -> Draft:
    live = [item for item in items if item["status"] in ("in_use", "maintenance")]
    boss = desk.anyone(place, gone["org_id"], "manager")
    draft = desk.ask(
        place,
        boss,
        f"""{named(gone)} does not work here any more, but may still be the owner of devices. Please make
        {named(heir)} the owner of all of them that are in use or in maintenance; what is in stock, retired or disposed
        stays as it is. Make sure that {named(heir)} is active before you begin; tell me how many devices it was.""",
    )
    left = draft.call("list_users", f"Find {named(gone)}.", first_name=gone["first_name"], last_name=gone["last_name"])
    old = left.where("items", user_id=gone["user_id"])
    found = draft.call("list_users", f"Find {named(heir)}.", first_name=heir["first_name"], last_name=heir["last_name"])
    new = found.where("items", user_id=heir["user_id"], active=True)
    owned = draft.call("find_configuration_items", "List what the account owns.", owner_id=old["user_id"])
    for item in live:
        mine = owned.where("items", configuration_item_id=item["configuration_item_id"])["configuration_item_id"]
        draft.call(
            "update_configuration_item",
            f"Hand over {item['name']}.",
            configuration_item_id=mine,
            owner_id=new["user_id"],
        )
        rows = f"configuration_item WHERE serial_number = '{item['serial_number']}'"
        desk.holds(draft, item["name"], rows, owner_id=heir["user_id"])
        desk.holds(draft, item["name"], rows, "integrity", status=item["status"], location_id=item["location_id"])
    draft.call("find_configuration_items", "Make sure that nothing in use is left.", owner_id=old["user_id"])
    rest = f"SELECT count(*) FROM configuration_item WHERE owner_id = '{gone['user_id']}'"
    draft.check("nothing live is left", f"{rest} AND status IN ('in_use', 'maintenance')", 0, "integrity")
    draft.check("the rest stays", rest, len(items) - len(live), "side_effect")
    draft.say(f"{named(heir)} owns {len(live)} more.", len(live))
    return draft


FAMILY = desk.desk_family("departed_owner", drafts, area="cmdb", rules=("items and services", "people and groups"))
