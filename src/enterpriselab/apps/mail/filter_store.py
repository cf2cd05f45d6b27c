"""Filters as they are stored and shown: criteria and action checked on the way in, composed on the way out."""

from typing import Annotated, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from enterpriselab.apps.mail.addresses import find_group, own_domain, resolve
from enterpriselab.apps.mail.filtering import Action, actions_of, criteria_condition
from enterpriselab.apps.mail.ids import Address, FilterId, LabelIds
from enterpriselab.apps.mail.mailbox import my_mail, relabel, resolve_labels
from enterpriselab.apps.mail.query_sql import Viewer, filter_condition
from enterpriselab.toolkit import Context, Row, ToolError, not_found

MAX_FILTERS = 50
_STRICT = ConfigDict(extra="forbid", strict=True)
Part = Annotated[str, Field(min_length=1, max_length=200)]
FilterCriteria = TypedDict(
    "FilterCriteria",
    {
        "from": NotRequired[Part],
        "to": NotRequired[Part],
        "subject": NotRequired[Part],
        "query": NotRequired[Part],
        "negatedQuery": NotRequired[Part],
        "hasAttachment": NotRequired[bool],
    },
)
"""Which mails; all that is given must match."""
with_config(_STRICT)(FilterCriteria)


@with_config(_STRICT)
class FilterAction(TypedDict, total=False):
    """What is done with a matching mail on its arrival."""

    addLabelIds: LabelIds
    removeLabelIds: LabelIds
    forward: Address


class FilterRow(TypedDict):
    """A filter."""

    filterId: FilterId
    criteria: FilterCriteria
    action: FilterAction


_COLUMNS = {
    "from": "from_contains", "to": "to_contains", "subject": "subject_contains", "query": "query",
    "negatedQuery": "negated_query", "hasAttachment": "has_attachment",
}  # fmt: skip


def my_filter(ctx: Context, filter_id: str) -> Row:
    """A filter of the principal. Raises `not_found`."""
    row = ctx.db.row("SELECT * FROM mail_filter WHERE id = ? AND person_id = ?", filter_id, ctx.me.id)
    if row is None:
        raise not_found("filter in your mailbox", filter_id, field="filterId", hint="list_filters lists them.")
    return row


def stored_criteria(ctx: Context, criteria: FilterCriteria) -> Row:
    """The criteria as columns. Raises `invalid` for none, or for a query that a filter cannot use."""
    if not criteria:
        raise ToolError("invalid", "A filter needs at least one criterion.", field="criteria", accepted=list(_COLUMNS))
    viewer = Viewer(ctx.me.id, ctx.me.email, ctx.today)
    for name in ("query", "negatedQuery"):
        if name in criteria:
            filter_condition(str(criteria[name]), viewer, field=f"criteria.{name}")
    columns: Row = {column: criteria.get(name) for name, column in _COLUMNS.items()}
    if columns["has_attachment"] is not None:
        columns["has_attachment"] = int(columns["has_attachment"])
    return columns


def resolved_action(ctx: Context, action: FilterAction) -> Action:
    """The action with label ids. Raises ToolError for unknown labels, an address outside of the firm, or no action."""
    on, off = resolve_labels(ctx, action.get("addLabelIds", []), action.get("removeLabelIds", []))
    forward = action.get("forward")
    if not on and not off and forward is None:
        accepted = ["addLabelIds", "removeLabelIds", "forward"]
        raise ToolError("invalid", "A filter needs at least one action.", field="action", accepted=accepted)
    if forward is not None:
        _check_forward(ctx, forward)
    return Action(frozenset(on), frozenset(off), forward)


def _check_forward(ctx: Context, address: str) -> None:
    domain = own_domain(ctx)["name"]
    place = resolve(ctx, address)
    if place.outside:
        said = f"A filter may not send mail out of the firm, as to {address}."
        raise ToolError("forbidden", said, field="action.forward", accepted=f"an address at {domain}")
    if place.problem is not None or address == ctx.me.email:
        why = place.problem or "it is your own address"
        raise ToolError("invalid", f"A filter cannot forward to {address}: {why}.", field="action.forward")
    group = find_group(ctx, address)
    if group is not None and group["posting"] == "announcers":
        raise ToolError("forbidden", f"{address} is an announcement list.", field="action.forward")


def check_new(ctx: Context, columns: Row, action: Action) -> None:
    """Refuse one filter too many, and one that exists already."""
    rows = ctx.db.rows("SELECT * FROM mail_filter WHERE person_id = ?", ctx.me.id)
    if len(rows) >= MAX_FILTERS:
        raise ToolError(
            "conflict", f"A mailbox has at most {MAX_FILTERS} filters.", accepted="delete_filter makes room"
        )
    for row in rows:
        if all(row[column] == value for column, value in columns.items()) and actions_of(ctx, row) == action:
            raise ToolError(
                "conflict", f"You have this filter already: {row['id']}.", accepted="update_filter changes it"
            )


def filter_row(ctx: Context, row: Row) -> FilterRow:
    """A filter as a result; only what is set."""
    criteria: Row = {name: row[column] for name, column in _COLUMNS.items() if row[column] is not None}
    if "hasAttachment" in criteria:
        criteria["hasAttachment"] = bool(criteria["hasAttachment"])
    found = actions_of(ctx, row)
    action: FilterAction = {}
    if found.add:
        action["addLabelIds"] = sorted(found.add)
    if found.remove:
        action["removeLabelIds"] = sorted(found.remove)
    if found.forward is not None:
        action["forward"] = found.forward
    return {"filterId": row["id"], "criteria": criteria, "action": action}  # type: ignore[typeddict-item]


def apply_to_existing(ctx: Context, row: Row, action: Action) -> int:
    """Relabel the mails that the principal received and that match; returns how many match."""
    condition = criteria_condition(row, Viewer(ctx.me.id, ctx.me.email, ctx.today))
    found = ctx.db.values(
        "SELECT m.id FROM mail_delivery d JOIN mail_message m ON m.id = d.message_id"
        " WHERE d.person_id = ? AND d.draft = 0 AND d.trash = 0 AND d.spam = 0"
        " AND (m.author_id IS NOT ? OR d.inbox = 1)"
        f" AND ({condition.sql}) ORDER BY m.id",
        ctx.me.id,
        ctx.me.id,
        *condition.params,
    )
    for message_id in found:
        relabel(ctx, my_mail(ctx, message_id), set(action.add), set(action.remove))
    return len(found)
