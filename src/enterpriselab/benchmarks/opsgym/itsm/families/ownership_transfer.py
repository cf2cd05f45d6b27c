"""A manager takes over what a colleague owns in the catalogue: services and offerings, but not what is retired."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import Person, named


def drafts(place: Place) -> Iterator[Draft]:
    """From the active manager or admin with most services that are not retired to another one of the organization."""
    owners = place.rows(
        """SELECT s.owned_by, count(*) AS live FROM service s JOIN users u ON u.user_id = s.owned_by
        WHERE s.status <> 'retired' AND u.active = 1 GROUP BY 1 ORDER BY live DESC, 1"""
    )
    for row in owners:
        owner = desk.person(place, row["owned_by"])
        heir = place.row(
            """SELECT user_id FROM users WHERE org_id = ? AND user_id <> ? AND active = 1
            AND role IN ('manager', 'admin') ORDER BY role DESC, user_id""",
            owner["org_id"],
            owner["user_id"],
        )
        if heir is not None:
            yield transfer(place, owner, desk.person(place, heir["user_id"]))
            return


def transfer(place: Place, owner: Person, heir: Person) -> Draft:
    services = place.rows("SELECT * FROM service WHERE owned_by = ? ORDER BY 1", owner["user_id"])
    offerings = place.rows("SELECT * FROM service_offering WHERE owned_by = ? ORDER BY 1", owner["user_id"])
    draft = desk.ask(
        place,
        desk.anyone(place, owner["org_id"], "admin"),
        f"""From today {named(heir)} is responsible for the catalogue of {named(owner)}. Please enter
        {heir["first_name"]} as the owner of every service and every offering that {owner["first_name"]} owns, except
        for those that are retired, which stay as they are. How many services and how many offerings is that?""",
    )
    old, new = (
        draft.call("list_users", f"Find {named(who)}.", first_name=who["first_name"], last_name=who["last_name"]).where(
            "items", user_id=who["user_id"]
        )["user_id"]
        for who in (owner, heir)
    )
    lists = {
        "service": draft.call("find_services", "List the services.", owned_by=old),
        "service_offering": draft.call("find_service_offerings", "List the offerings.", owned_by=old),
    }
    counts = []
    for table, records in (("service", services), ("service_offering", offerings)):
        live = [record for record in records if record["status"] != "retired"]
        counts.append(len(live))
        for record in live:
            key = f"{table}_id"
            mine = lists[table].where("items", **{key: record[key]})[key]
            draft.call(f"update_{table}", f"Hand over {record['name']}.", **{key: mine, "owned_by": new})
            rows = f"{table} WHERE {desk.these(record, 'name', 'org_id')}"
            desk.holds(draft, record["name"], rows, owned_by=heir["user_id"])
        rest = f"SELECT count(*) FROM {table} WHERE owned_by = '{owner['user_id']}'"
        draft.check(f"retired {table}s stay", rest, len(records) - len(live), "side_effect")
    draft.say(f"{counts[0]} services and {counts[1]} offerings.", *counts)
    return draft


FAMILY = desk.desk_family("ownership_transfer", drafts, "campus", area="service", rules=("items and services",))
