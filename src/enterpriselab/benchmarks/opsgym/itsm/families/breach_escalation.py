"""Deadlines have passed: each manager who has not been alerted of a breach gets the alert now."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import OPEN, Row

SUBJECT = "An incident of your group has passed its deadline"


def drafts(place: Place) -> Iterator[Draft]:
    orgs = dict.fromkeys(
        desk.incident(place, incident_id)["org_id"] for incident_id, _ in desk.trapped(place, "unannounced_breach")
    )
    for org in orgs:
        breached = place.rows(
            f"""SELECT s.incident_sla_id, i.*, m.user_id AS manager, m.email AS manager_email, m.active AS reachable,
                EXISTS (SELECT 1 FROM notification n WHERE n.incident_id = i.incident_id AND n.type = 'alert'
                AND n.email = m.email) AS alerted
            FROM incident_sla s JOIN incident i USING (incident_id) JOIN user_group g ON g.group_id = i.assignment_group
            JOIN users m ON m.user_id = g.manager_id
            WHERE s.stage = 'in_progress' AND s.has_breached = 1 AND i.status IN {OPEN} AND i.org_id = ?
            ORDER BY i.incident_id""",
            org,
        )
        late = [row for row in breached if not row["alerted"]]
        if late and all(row["reachable"] for row in late) and len(breached) <= 5:
            yield escalate(place, org, breached)
            return


def escalate(place: Place, org: str, breached: list[Row]) -> Draft:
    draft = desk.ask(
        place,
        desk.anyone(place, org, "agent"),
        f"""Please see to our running SLAs whose deadline has passed. For each of these incidents the manager of its
        group must have had an alert on that incident. Whoever has not had one gets it now; the subject is "{SUBJECT}".
        Which incidents were forgotten?""",
    )
    listed = draft.call("find_incident_slas", "List the broken promises.", stage="in_progress", has_breached=True)
    forgotten = []
    for row in breached:
        clock = listed.where("items", incident_sla_id=row["incident_sla_id"])
        found = draft.call("find_incident_by_id", "Which incident is it?", incident_id=clock["incident_id"])
        groups = draft.call("list_user_groups", "Who leads its group?", group_id=found["incident.assignment_group"])
        group = groups.where("items", group_id=row["assignment_group"])
        boss = draft.call("get_user", "Get the address of the manager.", user_id=group["manager_id"])
        draft.call("find_notifications_sent_for_incident", "Was there an alert?", incident_id=clock["incident_id"])
        if not row["alerted"]:
            mail = {"email": boss["user.email"], "type": "alert", "subject": SUBJECT}
            draft.call("send_notification", f"Alert for {row['number']}.", incident_id=clock["incident_id"], **mail)
            desk.told(draft, row, row["manager_email"], "alert", SUBJECT)
            forgotten.append(row["number"])
        kept = {"status": row["status"], "assigned_to": row["assigned_to"], "priority": row["priority"]}
        desk.holds(draft, row["number"], f"incident WHERE {desk.this(row)}", "side_effect", **kept)
        mine = f"""SELECT count(*) FROM notification WHERE type = 'alert' AND email = '{row["manager_email"]}'
            AND incident_id = (SELECT incident_id FROM incident WHERE {desk.this(row)})"""
        draft.check(f"{row['number']}: its manager is alerted", mine, 0, "process", comparison="greater_than")
    draft.say(f"Forgotten: {', '.join(forgotten)}.", *forgotten)
    return draft


FAMILY = desk.desk_family("breach_escalation", drafts, "clinic", area="sla", rules=("service levels", "notifications"))
