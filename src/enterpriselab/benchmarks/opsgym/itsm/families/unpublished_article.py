"""An incident is linked to an article that is only a draft: it goes through its review and is published."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import Row

STEPS = {"draft": ("review", "published"), "review": ("published",)}


def drafts(place: Place) -> Iterator[Draft]:
    for incident_id, knowledge_id in desk.trapped(place, "unpublished_article"):
        article = place.row("SELECT * FROM knowledge WHERE knowledge_id = ?", knowledge_id)
        row = desk.incident(place, incident_id)
        caller = desk.person(place, row["caller_id"])
        if article and article["state"] in STEPS and caller["active"]:
            yield publish(place, row, article)


def publish(place: Place, row: Row, article: Row) -> Draft:
    note, subject = f"{article['kb_number']} is published", f"{row['number']}: this may help you"
    draft = desk.ask(
        place,
        desk.anyone(place, row["org_id"], "agent"),
        f"""An article is linked to {row["number"]} that is not published, which must not be. Its owner and I have gone
        through the text, it is fine as it is. Please bring it to publication the way the policy has it; the link stays.
        Then put the work note "{note}" at the incident and send the caller a solution proposal with the subject
        "{subject}".""",
    )
    found = desk.look_up(draft, row)
    key = found["incident_id"]
    links = draft.call("find_incident_knowledge_links", "Which article is it?", incident_id=key)
    link = links.where("items", knowledge_id=article["knowledge_id"])
    known = draft.call("retrieve_knowledge_articles", "Where does it stand?", knowledge_id=link["knowledge_id"])
    mine = known.where("items", kb_number=article["kb_number"])["knowledge_id"]
    for state in STEPS[article["state"]]:
        draft.call("update_knowledge_article", f"On to {state}.", knowledge_id=mine, state=state)
    draft.call("update_incident", "Note it.", incident_id=key, worknotes=note)
    caller = draft.call("get_user", "Get the address of the caller.", user_id=found["caller_id"])
    mail = {"email": caller["user.email"], "type": "solution_proposal", "subject": subject}
    draft.call("send_notification", "Tell the caller.", incident_id=key, **mail)
    rows = f"knowledge WHERE {desk.these(article, 'kb_number', 'org_id')}"
    desk.holds(draft, article["kb_number"], rows, state="published")
    kept = {name: article[name] for name in ("body", "visibility", "owner_id")}
    desk.holds(draft, article["kb_number"], rows, "integrity", **kept)
    rows = f"incident WHERE {desk.this(row)}"
    desk.holds(draft, row["number"], rows, "process", worknotes=note)
    desk.holds(draft, row["number"], rows, "integrity", status=row["status"])
    linked = f"""SELECT used_as FROM incident_knowledge WHERE knowledge_id = '{article["knowledge_id"]}'
        AND incident_id = (SELECT incident_id FROM {rows})"""
    draft.check("the link stays", linked, link.value("used_as"), "side_effect")
    desk.told(draft, row, row["caller_email"], "solution_proposal", subject)
    return draft


FAMILY = desk.desk_family(
    "unpublished_article", drafts, "campus", area="knowledge", rules=("knowledge", "states", "notifications")
)
