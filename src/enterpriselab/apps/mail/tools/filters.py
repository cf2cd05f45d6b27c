"""Tools for filters, which act on mail when it arrives: create, list, show, change, delete."""

from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from enterpriselab.apps.mail.filter_store import (
    FilterAction,
    FilterCriteria,
    FilterRow,
    apply_to_existing,
    check_new,
    filter_row,
    my_filter,
    resolved_action,
    stored_criteria,
)
from enterpriselab.apps.mail.ids import Address, FilterId, LabelIds
from enterpriselab.apps.mail.letters import new_id
from enterpriselab.apps.mail.mailbox import require_box
from enterpriselab.toolkit import Context, Page, PageNumber, PerPage, Row, ToolError, tool


class CreatedFilter(FilterRow):
    """A new filter, and how many mails it was applied to at once."""

    applied: int


@tool(writes=True)
def create_filter(
    ctx: Context, criteria: FilterCriteria, action: FilterAction, applyToExisting: bool = False
) -> CreatedFilter:
    """Create a filter that acts on every mail that arrives in your mailbox and matches all criteria. Filters run in
    the order of creation.

    Args:
        criteria: At least one of from, to, subject (parts of the text), query, negatedQuery (as in search_emails,
            without in:, is:, label:
            and dates), hasAttachment.
        action: At least one of addLabelIds, removeLabelIds (INBOX archives, UNREAD marks as read), forward (an
            address of the firm).
        applyToExisting: True also labels the matching mails that you have now; they are not forwarded.
    """
    require_box(ctx)
    columns, resolved = stored_criteria(ctx, criteria), resolved_action(ctx, action)
    check_new(ctx, columns, resolved)
    position = 1 + (ctx.db.value("SELECT max(position) FROM mail_filter WHERE person_id = ?", ctx.me.id) or 0)
    filter_id = new_id(ctx, "mail_filter", "filter")
    ctx.db.insert(
        "mail_filter",
        id=filter_id,
        person_id=ctx.me.id,
        position=position,
        **columns,
        forward_to=resolved.forward,
        created_at=ctx.now,
    )
    _put_actions(ctx, filter_id, add=resolved.add, remove=resolved.remove)
    row = my_filter(ctx, filter_id)
    applied = apply_to_existing(ctx, row, resolved) if applyToExisting else 0
    return {**filter_row(ctx, row), "applied": applied}


@with_config(ConfigDict(extra="forbid", strict=True))
class TemplateParameters(TypedDict, total=False):
    """What a template needs."""

    senderEmail: Address
    recipientEmail: Address
    searchText: Annotated[str, Field(min_length=1, max_length=200)]
    labelIds: LabelIds
    archive: bool
    markAsRead: bool
    star: bool


Template = Literal["fromSender", "toRecipient", "hasAttachment", "labelAndArchive"]
_NEEDED: dict[str, str | None] = {
    "fromSender": "senderEmail",
    "toRecipient": "recipientEmail",
    "hasAttachment": None,
    "labelAndArchive": "searchText",
}


@tool(writes=True)
def create_filter_from_template(ctx: Context, template: Template, parameters: TemplateParameters) -> CreatedFilter:
    """Create a common filter. All templates take labelIds, archive, markAsRead, star, of which at least one is needed.

    fromSender: mail from senderEmail. toRecipient: mail to recipientEmail. hasAttachment: mail with attachments.
    labelAndArchive: mail that searchText finds gets labelIds and leaves the inbox.

    Args:
        template: Which filter.
        parameters: senderEmail, recipientEmail or searchText as the template needs it; labelIds, archive,
            markAsRead, star.
    """
    needed = _NEEDED[template]
    if needed is not None and needed not in parameters:
        raise ToolError("invalid", f"The template {template} needs {needed}.", field=f"parameters.{needed}")
    if template == "labelAndArchive" and not parameters.get("labelIds"):
        raise ToolError("invalid", "The template labelAndArchive needs labelIds.", field="parameters.labelIds")
    criteria: FilterCriteria = _template_criteria(template, parameters)
    removed = ["INBOX"] if template == "labelAndArchive" or parameters.get("archive") else []
    removed += ["UNREAD"] if parameters.get("markAsRead") else []
    added = [*parameters.get("labelIds", []), *(["STARRED"] if parameters.get("star") else [])]
    action: FilterAction = {"addLabelIds": added, "removeLabelIds": removed}
    created: CreatedFilter = create_filter.function(ctx, criteria, action)  # type: ignore[assignment]
    return created


def _template_criteria(template: Template, parameters: TemplateParameters) -> FilterCriteria:
    if template == "fromSender":
        return {"from": parameters["senderEmail"]}
    if template == "toRecipient":
        return {"to": parameters["recipientEmail"]}
    return {"hasAttachment": True} if template == "hasAttachment" else {"query": parameters["searchText"]}


@tool()
def list_filters(ctx: Context, page: PageNumber = 1, per_page: PerPage = 10) -> Page[FilterRow]:
    """List your filters in the order in which they run.

    Args:
        page: Page number, from 1.
        per_page: Filters per page.
    """
    sql = "SELECT * FROM mail_filter WHERE person_id = ? ORDER BY position"
    found = ctx.db.page(sql, ctx.me.id, page=page, per_page=per_page)
    items = [filter_row(ctx, row) for row in found["items"]]
    return {"items": items, "total": found["total"], "page": page, "per_page": per_page}


@tool()
def get_filter(ctx: Context, filterId: FilterId) -> FilterRow:
    """Show one of your filters.

    Args:
        filterId: The filter.
    """
    return filter_row(ctx, my_filter(ctx, filterId))


@tool(writes=True, idempotent=True)
def update_filter(
    ctx: Context, filterId: FilterId, criteria: FilterCriteria | None = None, action: FilterAction | None = None
) -> FilterRow:
    """Replace the criteria or the action of one of your filters; its place in the order stays.

    Args:
        filterId: The filter.
        criteria: New criteria, which replace all old ones.
        action: New action, which replaces the whole old one.
    """
    my_filter(ctx, filterId)
    if criteria is None and action is None:
        raise ToolError("invalid", "Give criteria or action.", field="criteria")
    if criteria is not None:
        ctx.db.update("mail_filter", {"id": filterId}, **stored_criteria(ctx, criteria))
    if action is not None:
        resolved = resolved_action(ctx, action)
        ctx.db.update("mail_filter", {"id": filterId}, forward_to=resolved.forward)
        ctx.db.delete("mail_filter_action", filter_id=filterId)
        _put_actions(ctx, filterId, add=resolved.add, remove=resolved.remove)
    return filter_row(ctx, my_filter(ctx, filterId))


class DeletedFilter(TypedDict):
    """A filter that is gone."""

    filterId: FilterId
    remaining: NotRequired[int]


@tool(destructive=True, writes=True, idempotent=True)
def delete_filter(ctx: Context, filterId: FilterId) -> DeletedFilter:
    """Delete one of your filters. Mails that it labelled stay as they are.

    Args:
        filterId: The filter.
    """
    row: Row = my_filter(ctx, filterId)
    ctx.db.delete("mail_filter", id=row["id"])
    left = ctx.db.value("SELECT count(*) FROM mail_filter WHERE person_id = ?", ctx.me.id)
    return {"filterId": filterId, "remaining": left}


def _put_actions(ctx: Context, filter_id: str, *, add: frozenset[str], remove: frozenset[str]) -> None:
    for operation, labels in (("add", add), ("remove", remove)):
        for label in sorted(labels):
            ctx.db.insert("mail_filter_action", filter_id=filter_id, label_id=label, operation=operation)
