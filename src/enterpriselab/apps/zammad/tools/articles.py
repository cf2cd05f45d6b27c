"""Tools: write articles, read attachments, use text modules."""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.zammad.access import (
    acting,
    agent,
    is_customer_of,
    not_merged,
    readable_ticket,
    require_change,
)
from enterpriselab.apps.zammad.correspondence import Entry, write_article
from enterpriselab.apps.zammad.ids import (
    Address,
    ArticleId,
    ArticleType,
    AttachmentId,
    Body,
    GroupName,
    State,
    TextModuleId,
    TicketId,
)
from enterpriselab.apps.zammad.lookups import compact, compact_page, contains, group_named
from enterpriselab.apps.zammad.placeholders import fill
from enterpriselab.toolkit import Context, Page, PageNumber, PerPage, ToolError, not_found, tool

_TEXT_TYPES = {
    "log": "text/plain",
    "txt": "text/plain",
    "csv": "text/csv",
    "json": "application/json",
    "xml": "text/xml",
    "md": "text/markdown",
}


class TextFile(TypedDict):
    """A text file to attach."""

    filename: Annotated[str, Field(min_length=3, max_length=120, pattern=r"^[\w .()-]+\.(log|txt|csv|json|xml|md)$")]
    content: Annotated[str, Field(max_length=20_000)]


class ArticleAdded(TypedDict):
    """The new article, and what became of the ticket's state."""

    article_id: ArticleId
    ticket_id: TicketId
    type: ArticleType
    internal: bool
    ticket_state: State
    mailed_to: NotRequired[Address]


@tool(writes=True)
def zammad_add_article(
    ctx: Context,
    ticket_id: TicketId,
    body: Body,
    article_type: ArticleType = "note",
    internal: bool = False,
    subject: Annotated[str, Field(max_length=250)] = "",
    from_customer: bool = False,
    attachments: Annotated[list[TextFile], Field(max_length=5)] | None = None,
) -> ArticleAdded:
    """Add a note, e-mail, phone call or web message to a ticket. An e-mail of an agent is sent to the customer.

    What the customer says reopens a pending or closed ticket; the first e-mail, call or web answer of an agent turns
    a new ticket into an open one.

    Args:
        ticket_id: Id of the ticket.
        body: Text.
        article_type: 'note' is for the record only, 'email' goes to the customer, 'phone' is a call, 'web' the portal.
        internal: Only agents see it. Not for e-mails and not for customers.
        subject: Subject; an e-mail without one takes the ticket's title.
        from_customer: An agent writes down what the customer said (phone, email, web). Customers leave it out.
        attachments: Text files to attach.
    """
    actor = acting(ctx)
    ticket = readable_ticket(ctx, actor, ticket_id)
    not_merged(ctx, ticket)
    if is_customer_of(actor, ticket) and not actor.has(ticket["group_id"], "change"):
        entry = _customers_entry(article_type, body, subject, internal)
    else:
        require_change(actor, ticket)
        entry = Entry(article_type, "customer" if from_customer else "agent", body, subject, internal)
    article_id = write_article(ctx, actor.id, ticket, entry)
    for file in attachments or ():
        _attach(ctx, article_id, file)
    row = {"article_id": article_id, "ticket_id": ticket_id, "type": entry.type, "internal": entry.internal}
    mailed = ticket["customer_email"] if entry.type == "email" and entry.sender == "agent" else None
    return compact({**row, "ticket_state": ticket["state"], "mailed_to": mailed})  # type: ignore[no-any-return]


def _customers_entry(article_type: str, body: str, subject: str, internal: bool) -> Entry:
    if internal:
        text = "Only agents of the ticket's group write internal articles."
        raise ToolError("forbidden", text, field="internal", accepted=[False])
    if article_type not in ("note", "web"):
        text = "Customers answer through the portal (article_type 'web')."
        raise ToolError("forbidden", text, field="article_type", accepted=["web"])
    return Entry("web", "customer", body, subject)


def _attach(ctx: Context, article_id: int, file: TextFile) -> None:
    content, name = file["content"], file["filename"]
    if ctx.db.value("SELECT 1 FROM zammad_attachment WHERE article_id = ? AND filename = ?", article_id, name):
        text = f"The article has two attachments named {name!r}."
        raise ToolError("invalid", text, field="attachments", accepted="different file names")
    kind = _TEXT_TYPES[name.rsplit(".", 1)[1]]
    size = len(content.encode("utf-8"))
    ctx.db.insert(
        "zammad_attachment", article_id=article_id, filename=name, content_type=kind, size=size, content=content
    )


class Attachment(TypedDict):
    """An attachment; text files come with their text."""

    attachment_id: AttachmentId
    filename: str
    content_type: str
    size: int
    content: NotRequired[str]


class Attachments(TypedDict):
    """All attachments of one article."""

    ticket_id: TicketId
    article_id: ArticleId
    attachments: list[Attachment]


@tool()
def zammad_get_article_attachments(ctx: Context, ticket_id: TicketId, article_id: ArticleId) -> Attachments:
    """Read the attachments of an article: name, type and size, and the content of text files.

    Args:
        ticket_id: Id of the ticket.
        article_id: Id of an article of that ticket.
    """
    actor = acting(ctx)
    ticket = readable_ticket(ctx, actor, ticket_id)
    article = ctx.db.row("SELECT internal FROM zammad_article WHERE id = ? AND ticket_id = ?", article_id, ticket_id)
    if article is None or (article["internal"] and not actor.has(ticket["group_id"], "read")):
        hint = f"zammad_get_ticket lists the articles of ticket {ticket_id}."
        raise not_found("article", article_id, field="article_id", hint=hint)
    sql = """SELECT id AS attachment_id, filename, content_type, size, content FROM zammad_attachment
        WHERE article_id = ? ORDER BY id"""
    found = [compact(row) for row in ctx.db.rows(sql, article_id)]
    return {"ticket_id": ticket_id, "article_id": article_id, "attachments": found}


class TextModule(TypedDict):
    """A canned answer."""

    text_module_id: TextModuleId
    name: str
    keyword: str
    group: NotRequired[GroupName]
    content: str


@tool()
def zammad_list_text_modules(
    ctx: Context, query: str = "", group: GroupName | None = None, page: PageNumber = 1, per_page: PerPage = 10
) -> Page[TextModule]:
    """List canned answers with their placeholders such as #{ticket.number}. For agents.

    Args:
        query: Text that name, keyword or content must contain.
        group: Only those that can be used in this group, the general ones included.
        page: Page of the result.
        per_page: Text modules on a page.
    """
    agent(ctx, "use text modules")
    group_id = group_named(ctx, group)["id"] if group else None
    pattern = contains(query)
    sql = """SELECT m.id AS text_module_id, m.name, m.keyword, g.name AS "group", m.content FROM zammad_text_module m
        LEFT JOIN zammad_group g ON g.id = m.group_id WHERE (? IS NULL OR m.group_id IS NULL OR m.group_id = ?)
        AND (m.name LIKE ? ESCAPE '\\' OR m.keyword LIKE ? ESCAPE '\\' OR m.content LIKE ? ESCAPE '\\') ORDER BY m.id"""
    values = (group_id, group_id, pattern, pattern, pattern)
    return compact_page(ctx.db.page(sql, *values, page=page, per_page=per_page))  # type: ignore[no-any-return]


class RenderedText(TypedDict):
    """A canned answer, ready to be used as the body of an article."""

    ticket_id: TicketId
    text_module_id: TextModuleId
    body: str


@tool()
def zammad_render_text_module(ctx: Context, ticket_id: TicketId, text_module_id: TextModuleId) -> RenderedText:
    """Fill the placeholders of a canned answer for a ticket; writes nothing. Send it with zammad_add_article.

    Args:
        ticket_id: Id of the ticket.
        text_module_id: Id of the text module.
    """
    actor = agent(ctx, "use text modules")
    ticket = readable_ticket(ctx, actor, ticket_id)
    module = ctx.db.row("SELECT * FROM zammad_text_module WHERE id = ?", text_module_id)
    if module is None:
        hint = "zammad_list_text_modules lists them."
        raise not_found("text module", text_module_id, field="text_module_id", hint=hint)
    if module["group_id"] not in (None, ticket["group_id"]):
        text = f"Text module {module['name']!r} is not for group {ticket['group_name']}."
        raise ToolError(
            "conflict", text, field="text_module_id", accepted=f"one for {ticket['group_name']} or for every group"
        )
    return {
        "ticket_id": ticket_id,
        "text_module_id": text_module_id,
        "body": fill(ctx, actor, ticket, module["content"]),
    }
