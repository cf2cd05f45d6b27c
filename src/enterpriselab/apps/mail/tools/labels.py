"""Tools for labels of one's own: list, create, rename, delete."""

from typing import Annotated, Literal

from typing_extensions import TypedDict

from enterpriselab.apps.mail.ids import LabelId, LabelListVisibility, LabelName, MessageListVisibility
from enterpriselab.apps.mail.mailbox import require_box
from enterpriselab.apps.mail.query_sql import FLAGS
from enterpriselab.toolkit import Context, Meaning, Page, PageNumber, PerPage, Row, ToolError, not_found, tool

MAX_LABELS = 200


class LabelRow(TypedDict):
    """A label and how many of your mails outside of the trash carry it."""

    id: LabelId
    name: Annotated[str, Meaning("mail_label_name")]
    type: Literal["system", "user"]
    mails: int
    unread: int


class Label(TypedDict):
    """A label of your own."""

    id: LabelId
    name: Annotated[str, Meaning("mail_label_name")]
    messageListVisibility: MessageListVisibility
    labelListVisibility: LabelListVisibility


@tool()
def list_email_labels(
    ctx: Context,
    type: Literal["all", "system", "user"] = "all",
    includeHidden: bool = False,
    page: PageNumber = 1,
    per_page: PerPage = 50,
) -> Page[LabelRow]:
    """List the labels of your mailbox with the number of mails: system labels, then your own by name.

    Args:
        type: system, user (your own) or all.
        includeHidden: True also lists your labels that are hidden (labelHide, or labelShowIfUnread without unread
            mail).
        page: Page number, from 1.
        per_page: Labels per page.
    """
    labels = [*(_system(ctx) if type != "user" else []), *(_own(ctx, hidden=includeHidden) if type != "system" else [])]
    start = (page - 1) * per_page
    shown = labels[start : start + per_page]
    return {"items": shown, "total": len(labels), "page": page, "per_page": per_page}


def _system(ctx: Context) -> list[LabelRow]:
    sums = ", ".join(_sums(column) for column in FLAGS.values())
    row = ctx.db.row(f"SELECT {sums} FROM mail_delivery WHERE person_id = ?", ctx.me.id) or {}
    return [
        {"id": label, "name": label, "type": "system", "mails": row[column], "unread": row[f"{column}_unread"]}
        for label, column in FLAGS.items()
    ]


def _sums(column: str) -> str:
    """All and unread mails with a flag; trash counts only for itself."""
    present = column if column == "trash" else f"{column} AND NOT trash"
    return f"coalesce(sum({present}), 0) AS {column}, coalesce(sum({present} AND unread), 0) AS {column}_unread"


def _own(ctx: Context, *, hidden: bool) -> list[LabelRow]:
    rows = ctx.db.rows(
        "SELECT l.id, l.name, l.label_list, count(d.message_id) AS mails, coalesce(sum(d.unread), 0) AS unread"
        " FROM mail_label l"
        " LEFT JOIN mail_delivery_label dl ON dl.label_id = l.id"
        " LEFT JOIN mail_delivery d ON d.person_id = dl.person_id AND d.message_id = dl.message_id AND d.trash = 0"
        " WHERE l.person_id = ? GROUP BY l.id ORDER BY l.name",
        ctx.me.id,
    )
    shown = [
        row
        for row in rows
        if hidden or row["label_list"] == "labelShow" or (row["label_list"] != "labelHide" and row["unread"])
    ]
    return [
        {"id": row["id"], "name": row["name"], "type": "user", "mails": row["mails"], "unread": row["unread"]}
        for row in shown
    ]


@tool(writes=True)
def mail_create_label(
    ctx: Context,
    name: LabelName,
    messageListVisibility: MessageListVisibility = "show",
    labelListVisibility: LabelListVisibility = "labelShow",
) -> Label:
    """Create a label in your mailbox. A name exists once, upper and lower case being the same; get_or_create_label
    forgives.

    Args:
        name: Name of the label; a slash makes a hierarchy, as in Customers/Open.
        messageListVisibility: hide leaves the label out of the labels that search_emails shows.
        labelListVisibility: labelHide leaves it out of list_email_labels, labelShowIfUnread unless it has unread mail.
    """
    require_box(ctx)
    clean = _checked_name(name)
    existing = _by_name(ctx, clean)
    if existing is not None:
        raise ToolError("conflict", f"You have the label {existing['name']!r} already: {existing['id']}.", field="name")
    return _insert(ctx, clean, messageListVisibility, labelListVisibility)


@tool(writes=True, idempotent=True)
def get_or_create_label(
    ctx: Context,
    name: LabelName,
    messageListVisibility: MessageListVisibility = "show",
    labelListVisibility: LabelListVisibility = "labelShow",
) -> Label:
    """Give your label of that name; create it when you have none. An existing label keeps its visibility.

    Args:
        name: Name of the label.
        messageListVisibility: For a new label: show or hide it in lists of mails.
        labelListVisibility: For a new label: show or hide it in the list of labels.
    """
    require_box(ctx)
    clean = _checked_name(name)
    existing = _by_name(ctx, clean)
    return _label(existing) if existing is not None else _insert(ctx, clean, messageListVisibility, labelListVisibility)


@tool(writes=True, idempotent=True)
def mail_update_label(
    ctx: Context,
    id: LabelId,
    name: LabelName,
    messageListVisibility: MessageListVisibility | None = None,
    labelListVisibility: LabelListVisibility | None = None,
) -> Label:
    """Rename one of your labels or change its visibility; the mails keep it.

    Args:
        id: The label.
        name: New name, or the present one to keep it.
        messageListVisibility: show or hide; left out, it stays.
        labelListVisibility: labelShow, labelShowIfUnread or labelHide; left out, it stays.
    """
    label = _mine(ctx, id)
    clean = _checked_name(name)
    other = _by_name(ctx, clean)
    if other is not None and other["id"] != id:
        raise ToolError("conflict", f"{other['id']} has the name {other['name']!r} already.", field="name")
    after = {
        "name": clean,
        "message_list": messageListVisibility or label["message_list"],
        "label_list": labelListVisibility or label["label_list"],
    }
    ctx.db.update("mail_label", {"id": id}, **after)
    return _label({**label, **after})


class DeletedLabel(TypedDict):
    """What went with a label."""

    id: LabelId
    mails: int
    filters: int


@tool(destructive=True, writes=True, idempotent=True)
def mail_delete_label(ctx: Context, id: LabelId) -> DeletedLabel:
    """Delete one of your labels: it comes off all mails, which stay. Filters that did nothing but set it are
    deleted, too.

    Args:
        id: The label.
    """
    _mine(ctx, id)
    mails = ctx.db.value("SELECT count(*) FROM mail_delivery_label WHERE label_id = ?", id)
    idle = ctx.db.values(
        "SELECT f.id FROM mail_filter f JOIN mail_filter_action a ON a.filter_id = f.id WHERE a.label_id = ?"
        " AND f.forward_to IS NULL"
        " AND (SELECT count(*) FROM mail_filter_action b WHERE b.filter_id = f.id) = 1",
        id,
    )
    for filter_id in idle:
        ctx.db.delete("mail_filter", id=filter_id)
    ctx.db.delete("mail_label", id=id)
    return {"id": id, "mails": mails, "filters": len(idle)}


def _checked_name(name: str) -> str:
    clean = " ".join(name.split())
    if not clean or clean.upper() in FLAGS or clean.startswith("/") or clean.endswith("/"):
        said = f"{name!r} cannot be the name of a label: it is empty, a system label, or starts or ends with a slash."
        raise ToolError("invalid", said, field="name")
    return clean


def _by_name(ctx: Context, name: str) -> Row | None:
    return ctx.db.row("SELECT * FROM mail_label WHERE person_id = ? AND name = ?", ctx.me.id, name)


def _mine(ctx: Context, label_id: str) -> Row:
    if label_id.upper() in FLAGS:
        raise ToolError("forbidden", f"{label_id} is a system label.", field="id", accepted="ids of your own labels")
    row = ctx.db.row("SELECT * FROM mail_label WHERE person_id = ? AND id = ?", ctx.me.id, label_id)
    if row is None:
        raise not_found("label in your mailbox", label_id, field="id", hint="list_email_labels lists them.")
    return row


def _insert(ctx: Context, name: str, message_list: str, label_list: str) -> Label:
    if ctx.db.value("SELECT count(*) FROM mail_label WHERE person_id = ?", ctx.me.id) >= MAX_LABELS:
        raise ToolError(
            "conflict", f"A mailbox has at most {MAX_LABELS} labels.", accepted="mail_delete_label makes room"
        )
    number = 1 + (ctx.db.value("SELECT max(number) FROM mail_label") or 0)
    row = {
        "id": f"Label_{number}",
        "number": number,
        "person_id": ctx.me.id,
        "name": name,
        "message_list": message_list,
        "label_list": label_list,
    }
    ctx.db.insert("mail_label", **row)
    return _label(row)


def _label(row: Row) -> Label:
    return {
        "id": row["id"],
        "name": row["name"],
        "messageListVisibility": row["message_list"],
        "labelListVisibility": row["label_list"],
    }
