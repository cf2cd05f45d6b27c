"""Links between tickets and the merging of two tickets into one. The rules; the tools are in tools/organizing.py."""

from typing import NamedTuple

from enterpriselab.apps.zammad import clock
from enterpriselab.apps.zammad.changes import Line, policy_of, record, save
from enterpriselab.apps.zammad.creation import add_tag
from enterpriselab.apps.zammad.states import PENDING, STATE_ID
from enterpriselab.company.events import TicketUpdated
from enterpriselab.toolkit import Context, Row, ToolError

_ANCESTOR = """WITH RECURSIVE above(id) AS (SELECT ? UNION SELECT l.source_id FROM zammad_link l JOIN above a
ON l.target_id = a.id WHERE l.type = 'parent') SELECT 1 FROM above WHERE id = ?"""


class Ends(NamedTuple):
    """A row of zammad_link."""

    source_id: int
    target_id: int
    type: str


def ends(ticket_id: int, other_id: int, link_type: str) -> Ends:
    """How 'the other ticket is my parent, my child, or just related' is stored."""
    if link_type == "normal":
        return Ends(min(ticket_id, other_id), max(ticket_id, other_id), "normal")
    source, target = (other_id, ticket_id) if link_type == "parent" else (ticket_id, other_id)
    return Ends(source, target, "parent")


def existing_link(ctx: Context, first: int, second: int) -> Ends | None:
    """The link between two tickets, in whichever direction."""
    sql = """SELECT source_id, target_id, type FROM zammad_link
        WHERE (source_id = ? AND target_id = ?) OR (source_id = ? AND target_id = ?)"""
    row = ctx.db.row(sql, first, second, second, first)
    return Ends(**row) if row else None


def seen_from(link: Ends, ticket_id: int) -> str:
    """What the other end is to this ticket: 'normal', 'parent' or 'child'."""
    if link.type == "normal":
        return "normal"
    return "child" if link.source_id == ticket_id else "parent"


def add_link(ctx: Context, user_id: int | None, wanted: Ends) -> bool:
    """Store the link; False when it exists. Raises ToolError("conflict") for another kind or a cycle."""
    if wanted.source_id == wanted.target_id:
        text = "A ticket cannot be linked to itself."
        raise ToolError("invalid", text, field="other_ticket_id", accepted="another ticket")
    known = existing_link(ctx, wanted.source_id, wanted.target_id)
    if known == wanted:
        return False
    if known is not None:
        kind = known.type if known.type == "normal" else f"ticket {known.source_id} is the parent of {known.target_id}"
        text = f"The two tickets are already linked ({kind}). Remove that link first."
        raise ToolError("conflict", text, field="link_type", accepted="zammad_unlink_tickets first")
    if wanted.type == "parent" and ctx.db.value(_ANCESTOR, wanted.source_id, wanted.target_id):
        text = f"Ticket {wanted.target_id} is already above ticket {wanted.source_id}; that would be a circle."
        raise ToolError("conflict", text, field="link_type", accepted=["normal"])
    ctx.db.insert("zammad_link", **wanted._asdict())
    for mine, other in ((wanted.source_id, wanted.target_id), (wanted.target_id, wanted.source_id)):
        record(ctx, user_id, mine, Line("added", "link", "", f"{seen_from(wanted, mine)} {_number(ctx, other)}"))
    return True


def _number(ctx: Context, ticket_id: int) -> str:
    return str(ctx.db.value("SELECT number FROM zammad_ticket WHERE id = ?", ticket_id))


def remove_link(ctx: Context, user_id: int | None, link: Ends) -> None:
    """Delete the link and say so in both histories."""
    ctx.db.delete("zammad_link", **link._asdict())
    for mine, other in ((link.source_id, link.target_id), (link.target_id, link.source_id)):
        record(ctx, user_id, mine, Line("removed", "link", f"{seen_from(link, mine)} {_number(ctx, other)}"))


def check_merge(ctx: Context, source: Row, target: Row) -> None:
    """Raise ToolError unless the source may go into the target."""
    if source["id"] == target["id"]:
        text = "A ticket cannot be merged into itself."
        raise ToolError("invalid", text, field="target_ticket_id", accepted="another ticket")
    for ticket, field in ((source, "source_ticket_id"), (target, "target_ticket_id")):
        if ticket["state"] in ("closed", "merged"):
            text = f"Ticket {ticket['id']} is {ticket['state']}; only tickets that are not done can be merged."
            raise ToolError("conflict", text, field=field, accepted=["new", "open", *sorted(PENDING)])
    if source["customer_id"] != target["customer_id"] and not _share(ctx, source, target):
        text = (
            f"Ticket {source['id']} is of {source['customer_email']}, ticket {target['id']} of "
            f"{target['customer_email']}: merging would show one customer what the other wrote. Link them instead."
        )
        accepted = "a ticket of the same customer or client organization"
        raise ToolError("conflict", text, field="target_ticket_id", accepted=accepted)


def _share(ctx: Context, first: Row, second: Row) -> bool:
    """Do both belong to one organization whose members see one another's tickets?"""
    if first["organization_id"] is None or first["organization_id"] != second["organization_id"]:
        return False
    return bool(ctx.db.value("SELECT shared FROM zammad_organization WHERE id = ?", first["organization_id"]))


def merge(ctx: Context, user_id: int, source: Row, target: Row) -> int:
    """Move articles, time and links, copy tags, and close the source for good; returns how many articles moved."""
    moved = ctx.db.update("zammad_article", {"ticket_id": source["id"]}, ticket_id=target["id"])
    ctx.db.update("zammad_time_entry", {"ticket_id": source["id"]}, ticket_id=target["id"])
    _move_links(ctx, user_id, source["id"], target["id"])
    tags = "SELECT name FROM zammad_tag JOIN zammad_ticket_tag ON tag_id = id WHERE ticket_id = ? ORDER BY name"
    for name in ctx.db.values(tags, source["id"]):
        add_tag(ctx, user_id, target["id"], name)
    link = existing_link(ctx, source["id"], target["id"])
    if link is not None:
        remove_link(ctx, user_id, link)
    add_link(ctx, user_id, Ends(target["id"], source["id"], "parent"))
    record(ctx, user_id, source["id"], Line("merged into", "ticket", "", target["number"]))
    record(ctx, user_id, target["id"], Line("received merge", "ticket", source["number"]))
    _finish(ctx, source, target)
    text = f"Merged into ticket {target['number']}, where the conversation goes on."
    ctx.emit(TicketUpdated(source["id"], source["customer_email"], source["title"], text))
    return moved


def _finish(ctx: Context, source: Row, target: Row) -> None:
    stopped = source["clock_stopped_at"] or ctx.now
    done = {"state_id": STATE_ID["merged"], "merged_into": target["id"], "pending_time": None, "escalation_at": None}
    save(ctx, source, {**done, "clock_stopped_at": stopped})
    source["state"] = "merged"
    contacts = [row for row in (source["customer_contact_at"], target["customer_contact_at"]) if row]
    if not contacts:
        save(ctx, target, {})
        return
    columns: clock.Columns = {"customer_contact_at": max(contacts)}
    policy = policy_of(ctx, target["group_id"], target["priority_id"])
    save(ctx, target, columns | clock.deadlines(policy, target | columns))


def _move_links(ctx: Context, user_id: int, source_id: int, target_id: int) -> None:
    """The source's links become the target's, but for those that it has or that would close a circle."""
    sql = "SELECT source_id, target_id, type FROM zammad_link WHERE source_id = ? OR target_id = ?"
    for row in ctx.db.rows(sql, source_id, source_id):
        link = Ends(**row)
        other = link.target_id if link.source_id == source_id else link.source_id
        if other == target_id:
            continue
        remove_link(ctx, user_id, link)
        wanted = ends(target_id, other, seen_from(link, source_id))
        circle = wanted.type == "parent" and ctx.db.value(_ANCESTOR, wanted.source_id, wanted.target_id)
        if existing_link(ctx, target_id, other) is None and not circle:
            add_link(ctx, user_id, wanted)
