"""A caller on the phone: a new incident with the priority of the matrix, an assignee who may be, the item, the SLA."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft, Result
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import Row

NOW = "2026-03-02 09:00:00"


def drafts(place: Place) -> Iterator[Draft]:
    known = place.rows(
        """SELECT i.org_id, i.assignment_group, c.*, s.name AS service, o.name AS offering, g.name AS team
        FROM incident i JOIN configuration_item c ON c.configuration_item_id = i.configuration_item
        JOIN service s ON s.service_id = i.service JOIN service_offering o ON o.service_offering_id = i.service_offering
        JOIN user_group g ON g.group_id = i.assignment_group
        WHERE c.status = 'in_use' AND s.status = 'operational' AND o.status = 'operational' AND g.active = 1
        AND g.type <> 'Service Desk' ORDER BY c.configuration_item_id, i.incident_id"""
    )
    for item in known:
        taker = desk.anyone(place, item["org_id"], "agent")
        heirs = [one for one in desk.workers(place, item["assignment_group"]) if one["role"] == "agent"]
        caller = desk.anyone(place, item["org_id"], "reporter")
        if len(heirs) > 1:
            yield report(place, item, taker, caller, heirs[-1])
            return


def report(place: Place, item: Row, taker: Row, caller: Row, heir: Row) -> Draft:
    short = f"{item['name']} has stopped working"
    draft = desk.ask(
        place,
        taker,
        f"""I have {desk.named(caller)} ({caller["email"]}) on the phone: the {item["name"]}, serial
        {item["serial_number"]}, has just stopped working. Please open the incident "{short}" for service
        {item["service"]}, offering {item["offering"]}: hardware, impact medium, urgency high. It goes to
        {item["team"]}, to {desk.named(heir)} there if the rules allow it. The item belongs on the list of affected
        items as well, and the SLA that our policy asks for starts at {NOW}.""",
    )
    who = draft.call("get_user_using_email", "Find the caller.", email=caller["email"])
    service = draft.call("find_service_by_name", "Find the service; it must not be retired.", name=item["service"])
    offering = draft.call("find_service_offering_by_name", "Find the offering, too.", name=item["offering"])
    found = draft.call(
        "find_configuration_item_by_serial_number",
        "Find the item; only one in use or maintenance may be linked.",
        serial_number=item["serial_number"],
    )
    team = draft.call("find_group_by_name", "Find the group.", name=item["team"])
    members = draft.call("list_group_members", "See who is in it.", group_id=team["group.group_id"])
    member = members.where("items", user_id=heir["user_id"])
    draft.call("get_user", "Is the assignee active, and agent or manager?", user_id=member["user_id"])
    made = draft.call(
        "create_incident",
        "Open the incident; medium impact and high urgency make the priority high.",
        caller_id=who["user.user_id"],
        channel="phone",
        category="hardware",
        short_description=short,
        impact="medium",
        urgency="high",
        priority="high",
        service=service["service.service_id"],
        service_offering=offering["service_offering.service_offering_id"],
        configuration_item=found["configuration_item.configuration_item_id"],
        assignment_group=team["group.group_id"],
        assigned_to=member["user_id"],
    )
    draft.call(
        "link_affected_ci_to_incident",
        "Put the item on the list of affected items.",
        configuration_item=found["configuration_item.configuration_item_id"],
        incident_id=made["incident.incident_id"],
    )
    slas = start_clocks(draft, item, made)
    check(draft, item, caller, heir, short, slas)
    return draft


def start_clocks(draft: Draft, item: Row, made: Result) -> list[str]:
    """Link the promises for high priority; their ids."""
    slas = draft.call(
        "find_sla_definitions",
        "Find the active definitions of our organization for high priority.",
        applies_to_priority="high",
        active=True,
    )
    ours = [row for row in slas.value("items") if row["org_id"] == item["org_id"]]
    for row in ours:
        definition = slas.where("items", sla_def_id=row["sla_def_id"])
        draft.call(
            "link_new_incident_sla",
            f"Start the clock of {row['name']}.",
            incident_id=made["incident.incident_id"],
            sla_def_id=definition["sla_def_id"],
            start_time=NOW,
        )
    return [row["sla_def_id"] for row in ours]


def check(draft: Draft, item: Row, caller: Row, heir: Row, short: str, slas: list[str]) -> None:
    place = {"short_description": short, "org_id": item["org_id"]}
    rows = f"incident WHERE {desk.these(place, 'short_description', 'org_id')}"
    draft.check("there is one such incident", f"SELECT count(*) FROM {rows}", 1)
    desk.holds(draft, "the incident", rows, caller_id=caller["user_id"], channel="phone", category="hardware")
    desk.holds(draft, "the incident", rows, "process", priority="high", impact="medium", urgency="high", status="new")
    desk.holds(
        draft,
        "the incident",
        rows,
        "permission",
        assigned_to=heir["user_id"],
        assignment_group=item["assignment_group"],
        configuration_item=item["configuration_item_id"],
    )
    new = f"SELECT incident_id FROM {rows}"
    affected = f"SELECT count(*) FROM incident_affected_cis WHERE incident_id = ({new})"
    draft.check("the item is affected", f"{affected} AND configuration_item = '{item['configuration_item_id']}'", 1)
    for sla in slas:
        clock = f"incident_sla WHERE sla_def_id = '{sla}' AND incident_id = ({new})"
        desk.holds(draft, f"the clock of {sla}", clock, "process", stage="in_progress", start_time=NOW)


FAMILY = desk.desk_family(
    "report_by_phone",
    drafts,
    "clinic",
    area="incident",
    rules=("new records", "priority", "assignment", "items and services", "service levels"),
)
