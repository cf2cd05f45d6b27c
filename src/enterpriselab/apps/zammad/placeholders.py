"""Fills the placeholders of text modules and macros, such as #{ticket.number} or #{user.firstname}."""

import re

from enterpriselab.apps.zammad.access import Actor
from enterpriselab.toolkit import Context, Row

_PLACEHOLDER = re.compile(r"#\{([a-z_.]+)\}")


def fill(ctx: Context, actor: Actor, ticket: Row, content: str) -> str:
    """The text with every known placeholder replaced; unknown ones become '-' as in the original."""
    customer = ctx.db.row("SELECT firstname, lastname FROM zammad_user WHERE id = ?", ticket["customer_id"]) or {}
    values = {
        "ticket.number": ticket["number"],
        "ticket.title": ticket["title"],
        "ticket.group.name": ticket["group_name"],
        "ticket.state.name": ticket["state"],
        "ticket.created_at": ticket["created_at"][:10],
        "ticket.customer.firstname": customer["firstname"],
        "ticket.customer.lastname": customer["lastname"],
        "user.fullname": actor.name,
        "user.firstname": actor.name.split(" ", 1)[0],
    }
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], "-"), content)
