"""An incident was solved just as an article says: the article becomes its resolution, the caller hears of it."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import Row


def drafts(place: Place) -> Iterator[Draft]:
    """Incidents in progress, without children, that a published article is noted at, but not as what solved them."""
    found = place.rows(
        """SELECT l.incident_id, l.knowledge_id FROM incident_knowledge l JOIN knowledge k USING (knowledge_id)
        JOIN incident i USING (incident_id) JOIN users u ON u.user_id = i.assigned_to
        WHERE k.state = 'published' AND l.used_as <> 'resolution' AND i.status = 'in_progress' AND u.active = 1
        AND i.incident_id NOT IN (SELECT parent_incident FROM child_incident) ORDER BY l.incident_kb_id"""
    )
    for pair in found[:1]:
        article = place.row("SELECT * FROM knowledge WHERE knowledge_id = ?", pair["knowledge_id"])
        assert article is not None
        yield resolve(place, desk.incident(place, pair["incident_id"]), article)


def resolve(place: Place, row: Row, article: Row) -> Draft:
    notes, subject = f"Solved as {article['kb_number']} says", f"{row['number']} is solved"
    draft = desk.ask(
        place,
        desk.person(place, row["assigned_to"]),
        f"""{row["number"]} is done, I did exactly what our article "{article["title"]}" says. Please note the article
        at the incident as its resolution, in place of how it is noted there now, and resolve the incident: code Known
        Error, resolution notes "{notes}". The caller gets a solution proposal with the subject "{subject}".""",
    )
    found = desk.look_up(draft, row)
    key = found["incident_id"]
    known = draft.call("retrieve_knowledge_articles", "Find the published article.", title=article["title"])
    mine = known.where("items", knowledge_id=article["knowledge_id"], state="published")
    draft.call("find_incident_knowledge_links", "How is it noted now?", incident_id=key)
    pair = {"incident_id": key, "knowledge_id": mine["knowledge_id"]}
    draft.call("remove_knowledge_link_to_incident", "A link is not changed, so it goes first.", **pair)
    draft.call("link_knowledge_to_incident", "It is what solved it.", **pair, used_as="resolution")
    end = {"resolution_code": "Known Error", "resolution_notes": notes}
    draft.call("update_incident", "Resolve it.", incident_id=key, status="resolved", **end)
    draft.call("find_incident_slas", "Did the clock of the resolution stop?", incident_id=key)
    caller = draft.call("get_user", "Get the address of the caller.", user_id=found["caller_id"])
    mail = {"email": caller["user.email"], "type": "solution_proposal", "subject": subject}
    draft.call("send_notification", "Tell the caller.", incident_id=key, **mail)
    rows = f"incident WHERE {desk.this(row)}"
    desk.holds(draft, row["number"], rows, status="resolved", **end)
    desk.holds(draft, row["number"], rows, "integrity", assigned_to=row["assigned_to"], priority=row["priority"])
    links = f"""SELECT group_concat(used_as) FROM incident_knowledge WHERE knowledge_id = '{article["knowledge_id"]}'
        AND incident_id = (SELECT incident_id FROM {rows})"""
    draft.check("the article is its resolution", links, "resolution", "process")
    running = f"""SELECT count(*) FROM incident_sla WHERE stage IN ('in_progress', 'paused')
        AND incident_id = (SELECT incident_id FROM {rows})"""
    draft.check("no clock runs", running, 0, "process")
    desk.told(draft, row, row["caller_email"], "solution_proposal", subject)
    return draft


FAMILY = desk.desk_family(
    "resolve_with_article", drafts, "clinic", area="knowledge", rules=("knowledge", "states", "notifications")
)
