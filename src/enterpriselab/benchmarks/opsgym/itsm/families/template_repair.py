"""A template still names an offering that is retired: it is switched off, and one for a live offering follows."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import Row


def drafts(place: Place) -> Iterator[Draft]:
    for template_id, offering_id in desk.trapped(place, "retired_offering"):
        old = place.row(
            """SELECT t.*, o.name AS offering_name, s.name AS service_name FROM incident_template t
            JOIN service_offering o ON o.service_offering_id = t.service_offering
            JOIN service s ON s.service_id = o.business_service WHERE t.incident_template_id = ?""",
            template_id,
        )
        live = place.row(
            """SELECT n.* FROM service_offering n
            JOIN service_offering o ON o.business_service = n.business_service
            WHERE o.service_offering_id = ? AND n.status = 'operational' ORDER BY n.service_offering_id""",
            offering_id,
        )
        if old and live:
            yield repair(place, old, live)


def repair(place: Place, old: Row, live: Row) -> Draft:
    name, short = f"{old['name']} (new)", f"{live['name']}: {old['short_description']}"[:110]
    draft = desk.ask(
        place,
        desk.anyone(place, old["org_id"], "manager"),
        f"""The template "{old["name"]}" is about an offering of {old["service_name"]} that we do not have any more.
        Please make a new one, "{name}", with the same caller, category, channel, impact and urgency, for the offering
        {live["name"]} of the same service and with the short description "{short}". When it is there, switch the old
        template off. Do not change anything else in the old one.""",
    )
    found = draft.call("get_incident_template_by_name", "Read the old template.", name=old["name"])
    label = "incident_template"
    listed = draft.call(
        "find_service_offerings",
        "Make sure that its offering is retired.",
        service_offering_id=found[f"{label}.service_offering"],
    )
    gone = listed.where("items", status="retired")
    new = draft.call("find_service_offering_by_name", "Find the live offering.", name=live["name"])
    service = new["service_offering.business_service"]
    draft.call("find_services", "Make sure that its service is live.", service_id=service)
    same = {key: found[f"{label}.{key}"] for key in ("caller_id", "category", "channel", "impact", "urgency")}
    values = {
        **same,
        "short_description": short,
        "service": gone["business_service"],
        "service_offering": new["service_offering.service_offering_id"],
    }
    draft.call(
        "create_new_incident_template", "Make the new one.", name=name, change_request_values=values, active=True
    )
    draft.call(
        "update_incident_template",
        "Switch the old one off.",
        incident_template_id=found[f"{label}.incident_template_id"],
        active=False,
    )
    rows = f"incident_template WHERE name = '{name}'"
    draft.check("there is one new template", f"SELECT count(*) FROM {rows}", 1)
    desk.holds(draft, "the new template", rows, service_offering=live["service_offering_id"], short_description=short)
    kept = {key: old[key] for key in ("caller_id", "category", "channel", "impact", "urgency", "priority", "service")}
    desk.holds(draft, "the new template", rows, "process", active=1, **kept)
    before = f"incident_template WHERE {desk.these(old, 'name', 'org_id')}"
    desk.holds(draft, "the old template", before, active=0)
    desk.holds(draft, "the old template", before, "integrity", service_offering=old["service_offering"])
    return draft


FAMILY = desk.desk_family(
    "template_repair", drafts, "campus", area="incident", rules=("items and services", "priority", "new records")
)
