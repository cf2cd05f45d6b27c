"""Notifications failed: what concerns unfinished work is told again, to somebody who can read it."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import OPEN, Row


def drafts(place: Place) -> Iterator[Draft]:
    orgs = place.rows(
        f"""SELECT DISTINCT n.org_id FROM notification n JOIN incident i USING (incident_id)
        JOIN user_group g ON g.group_id = i.assignment_group JOIN users m ON m.user_id = g.manager_id
        WHERE n.status = 'failed' AND i.status IN {OPEN} AND m.active = 1 ORDER BY 1"""
    )
    for org in orgs[:1]:
        failed = place.rows(
            f"""SELECT n.*, i.number, i.assignment_group, i.status IN {OPEN} AS open, m.email AS manager_email
            FROM notification n JOIN incident i USING (incident_id)
            LEFT JOIN user_group g ON g.group_id = i.assignment_group LEFT JOIN users m ON m.user_id = g.manager_id
            WHERE n.status = 'failed' AND n.org_id = ? ORDER BY n.notification_id""",
            org["org_id"],
        )
        if all(not row["open"] or row["manager_email"] for row in failed):
            yield repeat(place, org["org_id"], failed)


def repeat(place: Place, org: str, failed: list[Row]) -> Draft:
    draft = desk.ask(
        place,
        desk.anyone(place, org, "manager"),
        """Some of our notifications have failed. Please go through them: what concerns an incident that is not finished
        goes out again, with the same type and subject, to the manager of the incident's group; what concerns a finished
        one is left alone. The failed ones stay as they are, they are evidence. How many had failed, and how many did
        you send again?""",
    )
    listed = draft.call("find_notifications", "List what failed.", status="failed")
    again = [row for row in failed if row["open"]]
    for row in failed:
        mine = listed.where("items", notification_id=row["notification_id"])
        draft.call("get_user_using_email", "Why did it fail?", email=mine["email"])
        found = draft.call("find_incident_by_id", "Is the incident finished?", incident_id=mine["incident_id"])
        if not row["open"]:
            continue
        groups = draft.call("list_user_groups", "Who leads the group?", group_id=found["incident.assignment_group"])
        group = groups.where("items", group_id=row["assignment_group"])
        boss = draft.call("get_user", "Is the manager active?", user_id=group["manager_id"])
        mail = {"email": boss["user.email"], "type": mine["type"], "subject": mine["subject"]}
        draft.call("send_notification", "Send it again.", incident_id=mine["incident_id"], **mail)
    for row in failed:
        rows = f"notification WHERE notification_id = '{row['notification_id']}'"
        desk.holds(draft, row["subject"], rows, "integrity", status="failed", email=row["email"])
        whole = {**row, "email": row["manager_email"] or ""}
        sent = f"SELECT count(*) FROM notification WHERE {desk.these(whole, 'email', 'type', 'subject', 'incident_id')}"
        kind = "task_completion" if row["open"] else "side_effect"
        draft.check(f"{row['subject']}: sent again", sent, int(bool(row["open"])), kind)  # type: ignore[arg-type]
    draft.say(f"{len(failed)} had failed, {len(again)} went out again.", len(failed), len(again))
    return draft


FAMILY = desk.desk_family(
    "failed_notices", drafts, "harbor", area="notification", rules=("notifications", "people and groups")
)
