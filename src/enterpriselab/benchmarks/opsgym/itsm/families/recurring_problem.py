"""One device fails again and again: a problem is opened for it, its unfinished incidents are linked."""

from collections.abc import Iterator

from enterpriselab.apps.itsm.rules.priority import MATRIX
from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import Person, Row, named


def drafts(place: Place) -> Iterator[Draft]:
    """The item with most incidents that are neither final nor linked to a problem, where a problem team exists."""
    items = place.rows(
        """SELECT c.*, count(*) AS times FROM configuration_item c
        JOIN incident i ON i.configuration_item = c.configuration_item_id
        WHERE i.problem IS NULL AND i.status NOT IN ('closed', 'canceled') AND c.status IN ('in_use', 'maintenance')
        AND c.org_id IN (SELECT org_id FROM user_group WHERE type = 'Infrastructure Problem Team' AND active = 1)
        GROUP BY c.configuration_item_id HAVING times > 1 ORDER BY times DESC, c.configuration_item_id"""
    )
    for item in items:
        team = place.row(
            "SELECT * FROM user_group WHERE type = 'Infrastructure Problem Team' AND active = 1 AND org_id = ?",
            item["org_id"],
        )
        work = place.rows(
            """SELECT * FROM incident WHERE configuration_item = ? AND problem IS NULL
            AND status NOT IN ('closed', 'canceled') ORDER BY incident_id""",
            item["configuration_item_id"],
        )
        heirs = desk.workers(place, team["group_id"]) if team else []
        if team and heirs and all(row["org_id"] == item["org_id"] for row in work):
            yield investigate(place, item, work, team, heirs[-1])
            return


def investigate(place: Place, item: Row, work: list[Row], team: Row, heir: Person) -> Draft:
    statement = f"{item['name']} fails again and again"
    priority = MATRIX["high", "medium"]
    draft = desk.ask(
        place,
        desk.anyone(place, item["org_id"], "manager"),
        f"""{item["name"]} ({item["serial_number"]}) keeps us busy. Please open a hardware problem for it with the
        statement "{statement}", impact high and urgency medium, for {team["name"]}, assigned to {named(heir)}. Its
        incidents that are neither closed nor canceled and belong to no problem yet are linked to it; the oldest of them
        is its original task.""",
        free=("problem.service", "problem.service_offering"),
    )
    found = draft.call(
        "find_configuration_item_by_serial_number", "Find the device.", serial_number=item["serial_number"]
    )
    key = found["configuration_item.configuration_item_id"]
    listed = draft.call("list_incidents", "List its incidents.", configuration_item=key)
    draft.call("list_problems", "Make sure that it has no problem yet that these belong to.", configuration_item=key)
    group = draft.call("find_group_by_name", "Find the team.", name=team["name"])
    members = draft.call("list_group_members", "See who is in it.", group_id=group["group.group_id"])
    member = members.where("items", user_id=heir["user_id"])
    draft.call("get_user", "Active, and agent or manager?", user_id=member["user_id"])
    first = listed.where("items", incident_id=work[0]["incident_id"])
    made = draft.call(
        "create_problem",
        f"Open the problem; high impact and medium urgency make it {priority}.",
        problem_statement=statement,
        status="new",
        impact="high",
        urgency="medium",
        priority=priority,
        category="hardware",
        configuration_item=key,
        assignment_group=group["group.group_id"],
        assigned_to=member["user_id"],
        original_task=first["incident_id"],
    )
    for row in work:
        mine = listed.where("items", incident_id=row["incident_id"])["incident_id"]
        link = {"incident_id": mine, "problem": made["problem.problem_id"]}
        draft.call("update_incident", f"Link {row['number']}.", **link)
    place_of = {"problem_statement": statement, "org_id": item["org_id"]}
    rows = f"problem WHERE {desk.these(place_of, 'problem_statement', 'org_id')}"
    draft.check("there is one such problem", f"SELECT count(*) FROM {rows}", 1)
    desk.holds(draft, "the problem", rows, configuration_item=item["configuration_item_id"], category="hardware")
    desk.holds(draft, "the problem", rows, "process", priority=priority, status="new")
    desk.holds(draft, "the problem", rows, "process", original_task=work[0]["incident_id"])
    desk.holds(draft, "the problem", rows, "permission", assigned_to=heir["user_id"], assignment_group=team["group_id"])
    for row in work:
        linked = f"SELECT problem = (SELECT problem_id FROM {rows}) FROM incident WHERE {desk.this(row)}"
        draft.check(f"{row['number']} is linked", linked, 1)
        desk.holds(draft, row["number"], f"incident WHERE {desk.this(row)}", "integrity", status=row["status"])
    return draft


FAMILY = desk.desk_family(
    "recurring_problem", drafts, "harbor", area="problem", rules=("problems", "priority", "assignment")
)
