"""The rules of expense claims: states, limits, lines and what an approval grants."""

from typing import Any

from enterpriselab.apps.hr.days import plus_days
from enterpriselab.apps.hr.money import shown, to_cents
from enterpriselab.toolkit import Context, Row, ToolError

TRANSITIONS: dict[str, tuple[str, ...]] = {
    "Draft": ("Submitted",),
    "Submitted": ("Approved", "Rejected"),
    "Approved": ("Paid",),
    "Rejected": (),
    "Paid": (),
}
"""Status of a claim -> statuses that may follow; Draft and Submitted claims can also be deleted."""
MANAGER_LIMIT_CENTS = 100_000
"""Managers decide claims up to this amount; Finance and HR Managers decide all."""
OLDEST_DAYS = 90


def require_transition(row: Row, wanted: str) -> None:
    """The state machine; a conflict names the present state and what may follow."""
    if wanted not in TRANSITIONS[row["status"]]:
        allowed = TRANSITIONS[row["status"]]
        message = f"{row['id']} is {row['status']}; from there it can become: {', '.join(allowed) or 'nothing'}."
        raise ToolError("conflict", message, field="expense_claim_id", accepted=list(allowed))


def new_line(ctx: Context, number: int, line: Any) -> Row:
    """Columns of the number-th line of a new claim, checked; `line` is a NewLine of tools/expenses.py."""
    prefix = "" if number == 1 else f"more_lines.{number - 2}."
    kind = ctx.db.value("SELECT name FROM hr_expense_type WHERE name = ? COLLATE NOCASE", line["expense_type"])
    if kind is None:
        names = ctx.db.values("SELECT name FROM hr_expense_type ORDER BY name")
        message = f"No expense type {line['expense_type']!r}."
        raise ToolError("not_found", message, field=f"{prefix}expense_type", accepted=names)
    day = line.get("expense_date", ctx.today)
    oldest = plus_days(ctx.today, -OLDEST_DAYS)
    if not oldest <= day <= ctx.today:
        message = f"{day} is in the future or more than {OLDEST_DAYS} days back."
        raise ToolError("invalid", message, field=f"{prefix}expense_date", accepted=f"{oldest} to {ctx.today}")
    return {
        "line_no": number,
        "expense_type": kind,
        "expense_date": day,
        "description": line.get("description", ""),
        "amount_cents": to_cents(line["amount"], field=f"{prefix}amount"),
    }


def grant(ctx: Context, claim_id: str, asked: dict[int, int]) -> int:
    """Write the granted cents of every line: what is asked for, else all that the limit allows; returns the sum."""
    lines = ctx.db.rows(
        "SELECT l.line_no, l.expense_type, l.amount_cents, t.limit_cents FROM hr_expense_line l"
        " JOIN hr_expense_type t ON t.name = l.expense_type WHERE l.expense_claim_id = ? ORDER BY l.line_no",
        claim_id,
    )
    unknown = asked.keys() - {line["line_no"] for line in lines}
    if unknown:
        accepted = [line["line_no"] for line in lines]
        raise ToolError(
            "not_found", f"{claim_id} has no line {min(unknown)}.", field="sanctioned.line_no", accepted=accepted
        )
    total = 0
    for line in lines:
        most = min(line["amount_cents"], line["limit_cents"])
        cents = asked.get(line["line_no"], most)
        if cents > most:
            message = (
                f"Line {line['line_no']} ({line['expense_type']}) is granted up to {shown(most)}, not {shown(cents)}."
            )
            raise ToolError("invalid", message, field="sanctioned.amount", accepted=f"0 to {most / 100:.2f}")
        ctx.db.update(
            "hr_expense_line", {"expense_claim_id": claim_id, "line_no": line["line_no"]}, sanctioned_cents=cents
        )
        total += cents
    if total == 0:
        raise ToolError(
            "invalid", "Nothing is granted; reject the claim instead.", field="sanctioned", accepted="decision reject"
        )
    return total
