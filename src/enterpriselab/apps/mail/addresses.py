"""Whom an address reaches: an open mailbox, the people of a distribution list, the outside, or nobody."""

from dataclasses import dataclass

from enterpriselab.apps.mail.letters import Sender
from enterpriselab.toolkit import Context, Row, ToolError

_MEMBERS = """
    WITH RECURSIVE unit(id) AS (
        SELECT ?1 UNION SELECT c.id FROM company_department c JOIN unit ON c.parent_id = unit.id
    )
    SELECT b.person_id FROM mail_box b JOIN company_person p ON p.id = b.person_id
    WHERE b.status = 'open' AND (?1 IS NULL OR p.department_id IN (SELECT id FROM unit)) ORDER BY b.person_id
"""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where mail to one address goes. `problem` is set when it goes nowhere."""

    people: tuple[str, ...] = ()
    via_group: bool = False
    outside: bool = False
    problem: str | None = None


def resolve(ctx: Context, address: str) -> Destination:
    """Where mail to the address goes now."""
    box = ctx.db.row("SELECT person_id, status FROM mail_box WHERE address = ?", address)
    if box is not None:
        if box["status"] == "open":
            return Destination(people=(box["person_id"],))
        return Destination(problem="the mailbox is closed")
    group = find_group(ctx, address)
    if group is not None:
        return Destination(people=group_members(ctx, group), via_group=True)
    domain = own_domain(ctx)
    if address.rsplit("@", 1)[1] != domain["name"]:
        return Destination(outside=True)
    if address in (domain["no_reply"], domain["postmaster"]):
        return Destination(problem="the address takes no mail")
    return Destination(problem="there is no such address")


def own_domain(ctx: Context) -> Row:
    """The firm's mail domain with its two system addresses."""
    row = ctx.db.row("SELECT name, no_reply, postmaster FROM mail_domain")
    if row is None:
        raise ToolError("conflict", "The mail system has no domain.")
    return row


def find_group(ctx: Context, address: str) -> Row | None:
    """The distribution list of that address."""
    return ctx.db.row("SELECT address, name, department_id, posting FROM mail_group WHERE address = ?", address)


def group_members(ctx: Context, group: Row) -> tuple[str, ...]:
    """People with an open mailbox whose department is the group's or below it."""
    return tuple(ctx.db.values(_MEMBERS, group["department_id"]))


def check_posting(ctx: Context, recipients: tuple[tuple[str, str], ...]) -> None:
    """Refuse mail to announcement lists from people who may not announce. Only for calls of Mail's own tools."""
    if ctx.can("mail.announce"):
        return
    for field, address in recipients:
        group = find_group(ctx, address)
        if group is not None and group["posting"] == "announcers":
            ctx.require(
                "mail.announce", f"{address} is an announcement list; {ctx.me.name} may not write to it ('{field}')."
            )


def make_sender(ctx: Context, address: str | None) -> Sender:
    """The sender of a letter: the principal's address, or a distribution list that the principal belongs to."""
    if address is None or address == ctx.me.email:
        return Sender(ctx.me.email, ctx.me.name, ctx.me.id)
    group = find_group(ctx, address)
    if group is not None and group["department_id"] is not None and ctx.me.id in group_members(ctx, group):
        return Sender(address, group["name"], ctx.me.id)
    said = f"{ctx.me.name} may not send as {address}."
    raise ToolError(
        "forbidden", said, field="sender_email", accepted=f"{ctx.me.email} or the list of your own department"
    )
