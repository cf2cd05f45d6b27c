"""From the tree of a query to an SQL condition over `d` (mail_delivery) and `m` (mail_message)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from enterpriselab.apps.mail.query_parser import AnyOf, Node, Not, Term, parse, refuse, terms
from enterpriselab.toolkit import Context

FLAGS = {
    "INBOX": "inbox", "SENT": "sent", "DRAFT": "draft", "UNREAD": "unread", "STARRED": "starred",
    "IMPORTANT": "important", "TRASH": "trash", "SPAM": "spam",
}  # fmt: skip
"""System label -> column of mail_delivery."""
FLAG_COLUMNS = ", ".join(f"d.{column}" for column in FLAGS.values())
"""The flags of a delivery `d`, for a SELECT."""
_PLACES = {
    "inbox": "d.inbox = 1", "sent": "d.sent = 1", "draft": "d.draft = 1", "drafts": "d.draft = 1",
    "trash": "d.trash = 1", "spam": "d.spam = 1", "anywhere": "1",
    "archive": "d.inbox + d.sent + d.draft + d.trash + d.spam = 0",
}  # fmt: skip
_STATES = {
    "unread": "d.unread = 1", "read": "d.unread = 0", "starred": "d.starred = 1", "important": "d.important = 1",
    "sent": "d.sent = 1", "draft": "d.draft = 1",
}  # fmt: skip
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_EXPOSING = {("in", "trash"), ("in", "spam"), ("in", "anywhere"), ("label", "trash"), ("label", "spam")}
FILTER_OPERATORS = frozenset({"text", "from", "to", "cc", "subject", "has", "filename"})
"""What the query of a filter may use: only what is known when a message arrives."""


@dataclass(frozen=True, slots=True)
class Condition:
    """An SQL expression and the values of its question marks."""

    sql: str
    params: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose mailbox is searched, and when."""

    person_id: str
    address: str
    today: str


def search_condition(ctx: Context, text: str) -> Condition:
    """Condition of a query in the principal's mailbox; trash and spam only when the query names them."""
    tree = parse(text)
    viewer = Viewer(ctx.me.id, ctx.me.email, ctx.today)
    found = compile_node(tree, viewer)
    used = terms(tree)
    _check_labels(ctx, used)
    if any((term.field, term.value.lower()) in _EXPOSING for term in used):
        return found
    return Condition(f"d.trash = 0 AND d.spam = 0 AND ({found.sql})", found.params)


def filter_condition(text: str, viewer: Viewer, *, field: str) -> Condition:
    """Condition of a filter's query. Raises ToolError when it uses what is not known on arrival."""
    tree = parse(text, field=field)
    for term in terms(tree):
        if term.field not in FILTER_OPERATORS:
            allowed = sorted(f"{name}:" for name in FILTER_OPERATORS - {"text"})
            refuse(
                f"A filter cannot use '{term.field}:', which says nothing of an arriving mail.",
                field=field,
                accepted=allowed,
            )
    return compile_node(tree, viewer)


def like(value: str) -> str:
    """A LIKE pattern (ESCAPE '!') for rows that contain the value."""
    return "%" + re.sub(r"([%_!])", r"!\1", value) + "%"


def compile_node(node: Node, viewer: Viewer) -> Condition:
    """The SQL of a tree."""
    if isinstance(node, Term):
        return _TERMS[node.field](node.value, viewer)
    if isinstance(node, Not):
        inner = compile_node(node.operand, viewer)
        return Condition(f"NOT ({inner.sql})", inner.params)
    parts = [compile_node(part, viewer) for part in node.parts]
    joiner = " OR " if isinstance(node, AnyOf) else " AND "
    sql = joiner.join(f"({part.sql})" for part in parts) or "1"
    return Condition(sql, tuple(value for part in parts for value in part.params))


def _check_labels(ctx: Context, used: list[Term]) -> None:
    wanted = [term.value for term in used if term.field == "label" and term.value.upper() not in FLAGS]
    if not wanted:
        return
    mine = ctx.db.rows("SELECT id, name FROM mail_label WHERE person_id = ?", ctx.me.id)
    known = {text.lower() for row in mine for text in (row["id"], row["name"])}
    for name in wanted:
        if name.lower() not in known:
            names = [*FLAGS, *sorted(row["name"] for row in mine)]
            refuse(f"Your mailbox has no label {name!r}; put a name of several words in quotes.", accepted=names)


def _text(value: str, _viewer: Viewer) -> Condition:
    columns = ("m.subject", "m.body", "m.from_name", "m.from_address")
    return Condition(" OR ".join(f"{name} LIKE ? ESCAPE '!'" for name in columns), (like(value),) * len(columns))


def _address(column: str, value: str, viewer: Viewer) -> Condition:
    """A whole address must be equal, `me` is the viewer, anything else may be a part."""
    if value.lower() == "me":
        return Condition(f"{column} = ?", (viewer.address,))
    if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        return Condition(f"{column} = ?", (value.lower(),))
    return Condition(f"{column} LIKE ? ESCAPE '!'", (like(value),))


def _from(value: str, viewer: Viewer) -> Condition:
    by_address = _address("m.from_address", value, viewer)
    if "@" in value or value.lower() == "me":
        return by_address
    return Condition(f"{by_address.sql} OR m.from_name LIKE ? ESCAPE '!'", (*by_address.params, like(value)))


def _recipient(field: str) -> Callable[[str, Viewer], Condition]:
    seen_by = " AND m.author_id = d.person_id" if field == "bcc" else ""

    def build(value: str, viewer: Viewer) -> Condition:
        match = _address("r.address", value, viewer)
        head = f"EXISTS (SELECT 1 FROM mail_recipient r WHERE r.message_id = m.id AND r.field = '{field}'{seen_by} AND "
        return Condition(f"{head}{match.sql})", match.params)

    return build


def _subject(value: str, _viewer: Viewer) -> Condition:
    return Condition("m.subject LIKE ? ESCAPE '!'", (like(value),))


def _label(value: str, _viewer: Viewer) -> Condition:
    column = FLAGS.get(value.upper())
    if column is not None:
        return Condition(f"d.{column} = 1")
    sql = (
        "EXISTS (SELECT 1 FROM mail_delivery_label dl JOIN mail_label l ON l.id = dl.label_id"
        " WHERE dl.person_id = d.person_id AND dl.message_id = d.message_id AND (l.name = ? OR lower(l.id) = lower(?)))"
    )
    return Condition(sql, (value, value))


def _choice(operator: str, choices: dict[str, str]) -> Callable[[str, Viewer], Condition]:
    def build(value: str, _viewer: Viewer) -> Condition:
        sql = choices.get(value.lower())
        if sql is None:
            accepted = [f"{operator}:{name}" for name in choices]
            refuse(f"'{operator}:{value}' is not understood.", accepted=accepted)
        return Condition(sql)

    return build


def _filename(value: str, _viewer: Viewer) -> Condition:
    sql = "EXISTS (SELECT 1 FROM mail_attachment a WHERE a.message_id = m.id AND a.file_name LIKE ? ESCAPE '!')"
    return Condition(sql, (like(value),))


def _day(operator: str, comparison: str) -> Callable[[str, Viewer], Condition]:
    def build(value: str, _viewer: Viewer) -> Condition:
        try:
            day = date.fromisoformat(value.replace("/", "-"))
        except ValueError:
            refuse(f"'{operator}:{value}' is not a date.", accepted=f"{operator}:YYYY-MM-DD")
        return Condition(f"d.received_at {comparison} ?", (day.isoformat(),))

    return build


def _age(operator: str, comparison: str) -> Callable[[str, Viewer], Condition]:
    def build(value: str, viewer: Viewer) -> Condition:
        match = re.fullmatch(r"(\d{1,4})([dwmy])", value.lower())
        if match is None:
            refuse(
                f"'{operator}:{value}' is not an age.", accepted=[f"{operator}:7d", f"{operator}:2w", f"{operator}:3m"]
            )
        days = int(match[1]) * _DAYS[match[2]]
        reach = (date.fromisoformat(viewer.today) - date.min).days
        day = date.fromisoformat(viewer.today) - timedelta(days=min(days, reach))
        return Condition(f"d.received_at {comparison} ?", (day.isoformat(),))

    return build


_ATTACHED = {"attachment": "EXISTS (SELECT 1 FROM mail_attachment a WHERE a.message_id = m.id)"}
_TERMS: dict[str, Callable[[str, Viewer], Condition]] = {
    "text": _text,
    "from": _from,
    "to": _recipient("to"),
    "cc": _recipient("cc"),
    "bcc": _recipient("bcc"),
    "subject": _subject,
    "label": _label,
    "in": _choice("in", _PLACES),
    "is": _choice("is", _STATES),
    "has": _choice("has", _ATTACHED),
    "filename": _filename,
    "before": _day("before", "<"),
    "after": _day("after", ">="),
    "newer_than": _age("newer_than", ">="),
    "older_than": _age("older_than", "<"),
}
