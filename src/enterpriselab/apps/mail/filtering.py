"""Filters at work: which filters of which mailboxes match an arriving message, and what they do to its delivery."""

import json
from dataclasses import dataclass, field

from enterpriselab.apps.mail.mailbox import changed_flags
from enterpriselab.apps.mail.query_sql import FLAGS, Condition, Viewer, filter_condition, like
from enterpriselab.toolkit import Context, Row


@dataclass(slots=True)
class Outcome:
    """How a message lands in one mailbox."""

    flags: dict[str, int]
    labels: set[str] = field(default_factory=set)
    forwards: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Action:
    """What a filter does."""

    add: frozenset[str]
    remove: frozenset[str]
    forward: str | None


def run_filters(ctx: Context, message: Row, people: list[str]) -> dict[str, Outcome]:
    """Person -> outcome of the delivery, filters applied in their order."""
    arriving = dict.fromkeys(FLAGS.values(), 0)
    arriving.update(inbox=1, unread=1, important=int(message["importance"] == "High"))
    outcomes = {person: Outcome(dict(arriving)) for person in people}
    if not people:
        return outcomes
    filters = ctx.db.rows(
        "SELECT f.*, b.address FROM mail_filter f JOIN mail_box b USING (person_id)"
        " WHERE f.person_id IN (SELECT value FROM json_each(?)) ORDER BY f.person_id, f.position",
        json.dumps(people),
    )
    for row in filters:
        if matches(ctx, row, message["id"]):
            act(outcomes[row["person_id"]], actions_of(ctx, row))
    return outcomes


def matches(ctx: Context, row: Row, message_id: str) -> bool:
    """Does the filter (a row of mail_filter with its owner's address) match the message?"""
    condition = criteria_condition(row, Viewer(row["person_id"], row["address"], ctx.today))
    sql = f"SELECT 1 FROM mail_message m WHERE m.id = ? AND ({condition.sql})"
    return ctx.db.value(sql, message_id, *condition.params) is not None


def criteria_condition(row: Row, viewer: Viewer) -> Condition:
    """All criteria of a filter as one SQL condition over `m`."""
    parts: list[Condition] = []
    if row["from_contains"] is not None:
        pattern = like(row["from_contains"])
        parts.append(Condition("m.from_address LIKE ? ESCAPE '!' OR m.from_name LIKE ? ESCAPE '!'", (pattern, pattern)))
    if row["to_contains"] is not None:
        among = "SELECT 1 FROM mail_recipient r WHERE r.message_id = m.id AND r.field != 'bcc'"
        sql = f"EXISTS ({among} AND r.address LIKE ? ESCAPE '!')"
        parts.append(Condition(sql, (like(row["to_contains"]),)))
    if row["subject_contains"] is not None:
        parts.append(Condition("m.subject LIKE ? ESCAPE '!'", (like(row["subject_contains"]),)))
    if row["has_attachment"] is not None:
        exists = "EXISTS (SELECT 1 FROM mail_attachment a WHERE a.message_id = m.id)"
        parts.append(Condition(exists if row["has_attachment"] else f"NOT {exists}"))
    if row["query"] is not None:
        parts.append(filter_condition(row["query"], viewer, field="criteria.query"))
    if row["negated_query"] is not None:
        inner = filter_condition(row["negated_query"], viewer, field="criteria.negatedQuery")
        parts.append(Condition(f"NOT ({inner.sql})", inner.params))
    return Condition(" AND ".join(f"({part.sql})" for part in parts), tuple(v for part in parts for v in part.params))


def actions_of(ctx: Context, row: Row) -> Action:
    """The actions of a filter."""
    found: dict[str, set[str]] = {"add": set(), "remove": set()}
    for entry in ctx.db.rows("SELECT operation, label_id FROM mail_filter_action WHERE filter_id = ?", row["id"]):
        found[entry["operation"]].add(entry["label_id"])
    return Action(frozenset(found["add"]), frozenset(found["remove"]), row["forward_to"])


def act(outcome: Outcome, action: Action) -> None:
    """Let one filter change how a message lands; a label that is not for flags goes to the user labels."""
    on, off = set(action.add), set(action.remove)
    outcome.flags = changed_flags(outcome.flags, on, off)
    outcome.labels |= on - FLAGS.keys()
    outcome.labels -= off
    if action.forward is not None:
        outcome.forwards.add(action.forward)
