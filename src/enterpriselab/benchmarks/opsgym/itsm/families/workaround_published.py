"""A workaround is found: the problem says so, callers of its open incidents are told, an article is drafted."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import OPEN, Row


def drafts(place: Place) -> Iterator[Draft]:
    """The problem under investigation, without a workaround, that most open incidents wait for."""
    found = place.row(
        f"""SELECT p.problem_id, count(*) AS waiting FROM problem p JOIN incident i ON i.problem = p.problem_id
        JOIN users u ON u.user_id = p.assigned_to JOIN users c ON c.user_id = i.caller_id
        WHERE p.status IN ('assess', 'root_cause') AND p.workaround IS NULL AND i.status IN {OPEN}
        AND u.active = 1 AND c.active = 1 GROUP BY 1 ORDER BY waiting DESC, 1"""
    )
    problem = place.row("SELECT * FROM problem WHERE problem_id = ?", found["problem_id"]) if found else None
    if problem is not None:
        rows = place.rows(
            f"SELECT incident_id FROM incident WHERE problem = ? AND status IN {OPEN} ORDER BY 1", problem["problem_id"]
        )
        yield publish(place, problem, [desk.incident(place, row["incident_id"]) for row in rows])


def publish(place: Place, problem: Row, waiting: list[Row]) -> Draft:
    words = "Switch it off, wait a minute, switch it on; it lasts for a day"
    subject, title = f"{problem['number']}: how to go on until it is fixed", f"Workaround for {problem['number']}"
    owner = desk.person(place, problem["assigned_to"])
    draft = desk.ask(
        place,
        owner,
        f"""We have a workaround for {problem["number"]}: "{words}". Please do with it what the policy says. The callers
        of its unfinished incidents get an update with the subject "{subject}". The article is called "{title}", has the
        words above as its body and belongs to me; it stays a draft, internal, and is not linked.""",
    )
    found = draft.call("find_problem_by_number", "Find the problem.", number=problem["number"])
    key = found["problem.problem_id"]
    listed = draft.call("list_incidents", "List its incidents.", problem=key)
    draft.call("retrieve_knowledge_articles", "Search before writing.", title=title)
    draft.call("update_problem", "Write it down.", problem_id=key, workaround=words, status="fix_in_progress")
    for row in waiting:
        mine = listed.where("items", incident_id=row["incident_id"])
        caller = draft.call("get_user", f"Who called {row['number']}?", user_id=mine["caller_id"])
        mail = {"email": caller["user.email"], "type": "update", "subject": subject}
        draft.call("send_notification", "Tell the caller.", incident_id=mine["incident_id"], **mail)
    article = {"title": title, "body": words, "state": "draft", "visibility": "internal"}
    draft.call("create_knowledge_article", "Write the draft.", **article, owner_id=found["problem.assigned_to"])
    rows = f"problem WHERE {desk.this(problem)}"
    desk.holds(draft, "the problem", rows, workaround=words, status="fix_in_progress")
    desk.holds(
        draft, "the problem", rows, "integrity", assigned_to=problem["assigned_to"], priority=problem["priority"]
    )
    known = f"knowledge WHERE {desk.these({'title': title, 'org_id': problem['org_id']}, 'title', 'org_id')}"
    draft.check("there is one such article", f"SELECT count(*) FROM {known}", 1)
    desk.holds(draft, "the article", known, "process", state="draft", visibility="internal", body=words)
    desk.holds(draft, "the article", known, "permission", owner_id=owner["user_id"])
    for row in waiting:
        desk.told(draft, row, row["caller_email"], "update", subject)
        desk.holds(draft, row["number"], f"incident WHERE {desk.this(row)}", "side_effect", status=row["status"])
    return draft


FAMILY = desk.desk_family(
    "workaround_published", drafts, "campus", area="problem", rules=("problems", "knowledge", "notifications")
)
