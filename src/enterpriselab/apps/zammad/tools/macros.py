"""Tools: macros, which are several changes of a ticket at once."""

from typing import NotRequired

from typing_extensions import TypedDict

from enterpriselab.apps.zammad.access import Actor, agent, changeable_ticket, not_merged
from enterpriselab.apps.zammad.business_hours import add_days
from enterpriselab.apps.zammad.changes import Wish, change_ticket
from enterpriselab.apps.zammad.correspondence import Entry, write_article
from enterpriselab.apps.zammad.creation import add_tag
from enterpriselab.apps.zammad.ids import GroupName, MacroId, TicketId
from enterpriselab.apps.zammad.lookups import assignable_owner, compact, group_named
from enterpriselab.apps.zammad.placeholders import fill
from enterpriselab.apps.zammad.rows import TicketChanged, ticket_changed
from enterpriselab.toolkit import Context, Row, ToolError, not_found, tool


class Macro(TypedDict):
    """A macro and what it does."""

    macro_id: MacroId
    name: str
    group: NotRequired[GroupName]
    note: str
    actions: list[str]


class MacroList(TypedDict):
    """Macros that can be applied."""

    macros: list[Macro]


@tool()
def zammad_list_macros(ctx: Context, group: GroupName | None = None) -> MacroList:
    """List macros with the changes that each makes. For agents.

    Args:
        group: Only macros that can be applied to tickets of this group, the general ones included.
    """
    agent(ctx, "use macros")
    group_id = group_named(ctx, group)["id"] if group else None
    sql = """SELECT m.id AS macro_id, m.name, g.name AS "group", m.note FROM zammad_macro m
        LEFT JOIN zammad_group g ON g.id = m.group_id
        WHERE ? IS NULL OR m.group_id IS NULL OR m.group_id = ? ORDER BY m.id"""
    actions: dict[int, list[str]] = {}
    for row in ctx.db.rows("SELECT macro_id, attribute, value FROM zammad_macro_action ORDER BY macro_id, position"):
        actions.setdefault(row["macro_id"], []).append(f"{row['attribute']}: {row['value']}")
    macros = [compact({**row, "actions": actions[row["macro_id"]]}) for row in ctx.db.rows(sql, group_id, group_id)]
    return {"macros": macros}


@tool(writes=True, idempotent=False)
def zammad_apply_macro(ctx: Context, ticket_id: TicketId, macro_id: MacroId) -> TicketChanged:
    """Make all changes of a macro to a ticket, or none of them when one is not possible.

    Args:
        ticket_id: Id of the ticket.
        macro_id: Id of a macro of the ticket's group or of every group (see zammad_list_macros).
    """
    actor = agent(ctx, "use macros")
    ticket = changeable_ticket(ctx, actor, ticket_id)
    not_merged(ctx, ticket)
    macro = ctx.db.row("SELECT name, group_id FROM zammad_macro WHERE id = ?", macro_id)
    if macro is None:
        raise not_found("macro", macro_id, field="macro_id", hint="zammad_list_macros lists them.")
    if macro["group_id"] not in (None, ticket["group_id"]):
        text = f"Macro {macro['name']!r} is not for tickets of {ticket['group_name']}."
        raise ToolError(
            "conflict", text, field="macro_id", accepted=f"a macro of {ticket['group_name']} or of every group"
        )
    sql = "SELECT attribute, value FROM zammad_macro_action WHERE macro_id = ? ORDER BY position"
    actions = ctx.db.rows(sql, macro_id)
    changed = _notes_and_tags(ctx, actor, ticket, actions)
    return ticket_changed(ticket, changed + change_ticket(ctx, actor.id, ticket, _wish(ctx, actor, ticket, actions)))  # type: ignore[no-any-return]


def _notes_and_tags(ctx: Context, actor: Actor, ticket: Row, actions: list[Row]) -> list[str]:
    changed = []
    for action in actions:
        kind, value = action["attribute"], action["value"]
        if kind in ("internal_note", "email"):
            internal = kind == "internal_note"
            entry = Entry("note" if internal else "email", "agent", fill(ctx, actor, ticket, value), "", internal)
            write_article(ctx, actor.id, ticket, entry)
            changed.append("article")
        elif kind == "add_tag" and add_tag(ctx, actor.id, ticket["id"], value):
            changed.append(f"tag {value}")
    return changed


def _wish(ctx: Context, actor: Actor, ticket: Row, actions: list[Row]) -> Wish:
    given = {action["attribute"]: action["value"] for action in actions}
    group = group_named(ctx, given["group"]) if "group" in given else None
    if group is not None and not actor.has(group["id"], "create"):
        text = f"{actor.name} has no 'create' access to {group['name']}, where this macro moves the ticket."
        raise ToolError("forbidden", text, accepted=f"an agent with 'create' access to {group['name']}")
    home = group or {"id": ticket["group_id"], "name": ticket["group_name"]}
    owner = assignable_owner(ctx, actor.email, home) if given.get("owner") == "me" else None
    days = given.get("pending_days")
    return Wish(
        state=given.get("state"),
        pending_time=add_days(ctx.now, int(days)) if days else None,
        priority=given.get("priority"),
        group=group,
        owner=owner,
        release=given.get("owner") == "nobody",
    )
