"""Expense claims in EUR: several lines each, from Draft to Paid."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.hr import claim_rules, staff
from enterpriselab.apps.hr.ids import (
    Amount,
    ClaimStatus,
    EmployeeId,
    EmployeeName,
    ExpenseClaimId,
    ExpenseTypeName,
    Note,
)
from enterpriselab.apps.hr.listing import compact, of_people, page_rows, where
from enterpriselab.apps.hr.money import shown, to_cents
from enterpriselab.apps.hr.naming import next_id
from enterpriselab.apps.hr.notices import email_of, notify
from enterpriselab.toolkit import Context, Date, Page, PageNumber, PerPage, Row, ToolError, not_found, tool

MOST_LINES = 20

Description = Annotated[str, Field(max_length=200)]
LineNumber = Annotated[int, Field(ge=1, le=MOST_LINES)]


class ExpenseType(TypedDict):
    """A kind of expense; `limit` is what is sanctioned at most for one line, in EUR."""

    expense_type: ExpenseTypeName
    limit: float
    description: str


class NewLine(TypedDict):
    """One more line of a new claim."""

    expense_type: Annotated[ExpenseTypeName, Field(description="One of list_expense_types.")]
    amount: Annotated[Amount, Field(description="Amount in EUR.")]
    expense_date: NotRequired[Annotated[Date, Field(description="Day of the expense; today when left out.")]]
    description: NotRequired[Annotated[Description, Field(description="What it was for.")]]


class Sanction(TypedDict):
    """What an approver grants for one line."""

    line_no: Annotated[LineNumber, Field(description="Line of the claim.")]
    amount: Annotated[float, Field(ge=0, description="Sanctioned amount in EUR; 0 refuses the line.")]


class ClaimLine(TypedDict):
    """One line of a claim."""

    line_no: int
    expense_type: ExpenseTypeName
    expense_date: Date
    amount: float
    sanctioned_amount: NotRequired[float]
    description: NotRequired[str]


class ClaimRow(TypedDict):
    """A claim in a list; amounts in EUR."""

    expense_claim_id: ExpenseClaimId
    employee_id: EmployeeId
    employee_name: EmployeeName
    status: ClaimStatus
    posting_date: Date
    total_claimed: float
    total_sanctioned: NotRequired[float]


class Claim(ClaimRow):
    """A claim with its lines."""

    decided_by: NotRequired[str]
    decision_note: NotRequired[str]
    paid_on: NotRequired[Date]
    lines: list[ClaimLine]


class Deleted(TypedDict):
    """A claim that is no more."""

    expense_claim_id: ExpenseClaimId
    deleted_lines: int


_CLAIM = """
SELECT c.id AS expense_claim_id, c.employee_id, p.full_name AS employee_name, c.status, c.posted_on AS posting_date,
       c.claimed_cents / 100.0 AS total_claimed, c.sanctioned_cents / 100.0 AS total_sanctioned
FROM hr_expense_claim c
LEFT JOIN hr_employee e ON e.id = c.employee_id LEFT JOIN company_person p ON p.id = e.person_id"""
_LINES = """
SELECT line_no, expense_type, expense_date, amount_cents / 100.0 AS amount,
       sanctioned_cents / 100.0 AS sanctioned_amount, description
FROM hr_expense_line WHERE expense_claim_id = ? ORDER BY line_no"""


def _claim(ctx: Context, claim_id: str) -> Any:
    row = ctx.db.row(f"{_CLAIM} WHERE c.id = ?", claim_id)
    assert row is not None, claim_id
    sql = (
        "SELECT p.full_name AS decided_by, c.decision_note, c.paid_on FROM hr_expense_claim c"
        " LEFT JOIN company_person p ON p.id = c.decided_by WHERE c.id = ?"
    )
    extra = ctx.db.row(sql, claim_id) or {}
    return {**compact(row), **compact(extra), "lines": [compact(line) for line in ctx.db.rows(_LINES, claim_id)]}


def _find(ctx: Context, claim_id: str) -> tuple[Row, Row]:
    row = ctx.db.row("SELECT * FROM hr_expense_claim WHERE id = ?", claim_id)
    if row is None:
        hint = "get_expense_claims lists valid ids, e.g. HR-EXP-2026-00007."
        raise not_found("expense claim", claim_id, field="expense_claim_id", hint=hint)
    return row, staff.find_staff(ctx, row["employee_id"])


@tool()
def list_expense_types(ctx: Context, page: PageNumber = 1, per_page: PerPage = 20) -> Page[ExpenseType]:
    """List the kinds of expense and what is sanctioned at most for one line.

    Args:
        page: Page number, from 1.
        per_page: Rows on a page.
    """
    sql = 'SELECT name AS expense_type, limit_cents / 100.0 AS "limit", description FROM hr_expense_type ORDER BY name'
    return page_rows(ctx, sql, [], page=page, per_page=per_page)  # type: ignore[no-any-return]


@tool(writes=True)
def create_expense_claim(
    ctx: Context,
    expense_type: ExpenseTypeName,
    amount: Amount,
    employee_id: EmployeeId | None = None,
    expense_date: Date | None = None,
    description: Description = "",
    more_lines: Annotated[list[NewLine], Field(max_length=MOST_LINES - 1)] = [],  # noqa: B006  # pydantic copies it
    submit: bool = True,
) -> Claim:
    """Claim expenses in EUR. The first line is given directly, further ones in more_lines. The claim is submitted to
    the manager at once unless submit is false, which keeps a draft.

    Args:
        expense_type: Kind of expense of the first line, one of list_expense_types.
        amount: Amount of the first line in EUR.
        employee_id: Who claims; the caller when left out. HR may claim for others.
        expense_date: Day of the first expense, at most 90 days back; today when left out.
        description: What the first expense was for.
        more_lines: Further lines: expense_type, amount, and expense_date and description if any.
        submit: False keeps the claim a draft; submit_expense_claim hands it in later.
    """
    person = staff.self_or(ctx, employee_id)
    staff.require_self_or(ctx, person, "expense.write", "claim expenses")
    staff.require_employed(person, ctx.today, field="employee_id")
    first: NewLine = {"expense_type": expense_type, "amount": amount, "description": description}
    if expense_date is not None:
        first["expense_date"] = expense_date
    lines = [claim_rules.new_line(ctx, number, line) for number, line in enumerate([first, *more_lines], start=1)]
    key = next_id(ctx, "hr_expense_claim")
    total = sum(line["amount_cents"] for line in lines)
    status = "Submitted" if submit else "Draft"
    values = {"status": status, "posted_on": ctx.today, "claimed_cents": total}
    ctx.db.insert("hr_expense_claim", id=key, employee_id=person["employee_id"], **values)
    for line in lines:
        ctx.db.insert("hr_expense_line", expense_claim_id=key, **line)
    if submit:
        _ask_manager(ctx, key, person, total)
    return _claim(ctx, key)  # type: ignore[no-any-return]


def _ask_manager(ctx: Context, claim_id: str, person: Row, cents: int) -> None:
    notify(
        ctx,
        email_of(ctx, person["manager_id"]),
        subject=f"Expense claim {claim_id} of {person['employee_name']}",
        body=f"{person['employee_name']} claims {shown(cents)} ({claim_id}). Please decide.",
        kind="expense_submitted",
    )


@tool(writes=True)
def submit_expense_claim(ctx: Context, expense_claim_id: ExpenseClaimId) -> Claim:
    """Hand in a draft claim to the manager.

    Args:
        expense_claim_id: The draft.
    """
    row, person = _find(ctx, expense_claim_id)
    staff.require_self_or(ctx, person, "expense.write", "submit a claim")
    claim_rules.require_transition(row, "Submitted")
    staff.require_employed(person, ctx.today, field="expense_claim_id")
    ctx.db.update("hr_expense_claim", {"id": expense_claim_id}, status="Submitted", posted_on=ctx.today)
    _ask_manager(ctx, expense_claim_id, person, row["claimed_cents"])
    return _claim(ctx, expense_claim_id)  # type: ignore[no-any-return]


@tool()
def get_expense_claims(
    ctx: Context,
    employee_id: EmployeeId | None = None,
    status: ClaimStatus | None = None,
    from_date: Date | None = None,
    to_date: Date | None = None,
    page: PageNumber = 1,
    per_page: PerPage = 10,
) -> Page[ClaimRow]:
    """List expense claims, latest first: the caller's own and of everybody below, or all for HR and Finance.

    Args:
        employee_id: Only this employee.
        status: Only this status; Submitted ones wait for a decision, Approved ones for payment.
        from_date: Only claims posted on or after this day.
        to_date: Only claims posted on or before this day.
        page: Page number, from 1.
        per_page: Rows on a page.
    """
    if employee_id is not None:
        staff.require_access(ctx, staff.find_staff(ctx, employee_id), "expense.read", "the expense claims")
    condition, params = where(
        (of_people("c.employee_id"), staff.visible_person_ids(ctx, "expense.read") if employee_id is None else None),
        ("c.employee_id = ?", employee_id),
        ("c.status = ?", status),
        ("c.posted_on >= ?", from_date),
        ("c.posted_on <= ?", to_date),
    )
    sql = f"{_CLAIM} WHERE {condition} ORDER BY c.posted_on DESC, c.id DESC"
    return page_rows(ctx, sql, params, page=page, per_page=per_page)  # type: ignore[no-any-return]


@tool()
def get_expense_claim(ctx: Context, expense_claim_id: ExpenseClaimId) -> Claim:
    """Show one expense claim with its lines and the decision.

    Args:
        expense_claim_id: The claim.
    """
    _, person = _find(ctx, expense_claim_id)
    staff.require_access(ctx, person, "expense.read", "the expense claims")
    return _claim(ctx, expense_claim_id)  # type: ignore[no-any-return]


@tool(writes=True)
def decide_expense_claim(
    ctx: Context,
    expense_claim_id: ExpenseClaimId,
    decision: Literal["approve", "reject"],
    sanctioned: Annotated[list[Sanction], Field(max_length=MOST_LINES)] = [],  # noqa: B006  # pydantic copies it
    note: Note = "",
) -> Claim:
    """Approve or reject a submitted claim. An approved line is granted in full or up to the limit of its type unless
    `sanctioned` names a smaller amount. Managers above decide up to 1,000 EUR, Finance and HR Managers all claims;
    nobody decides their own.

    Args:
        expense_claim_id: The submitted claim.
        decision: approve or reject.
        sanctioned: Amounts for single lines; lines that are not named are granted as far as the limit allows.
        note: Words to the employee; needed for a rejection.
    """
    row, person = _find(ctx, expense_claim_id)
    staff.require_decider(ctx, person, "expense.decide", "decide an expense claim")
    claim_rules.require_transition(row, "Approved" if decision == "approve" else "Rejected")
    if row["claimed_cents"] > claim_rules.MANAGER_LIMIT_CENTS and not ctx.can("expense.decide"):
        limit = shown(claim_rules.MANAGER_LIMIT_CENTS)
        message = f"{shown(row['claimed_cents'])} is above {limit}, what a manager may decide."
        raise ToolError("forbidden", message, accepted=["role Finance", "role HR Manager"])
    if decision == "reject" and (sanctioned or not note.strip()):
        raise ToolError("invalid", "A rejection needs a note with the reason and no amounts.", field="note")
    asked = {item["line_no"]: to_cents(item["amount"], field="sanctioned.amount") for item in sanctioned}
    granted = claim_rules.grant(ctx, expense_claim_id, asked) if decision == "approve" else 0
    status = "Approved" if decision == "approve" else "Rejected"
    values = {"status": status, "sanctioned_cents": granted, "decision_note": note}
    key = {"id": expense_claim_id}
    ctx.db.update("hr_expense_claim", key, decided_by=ctx.me.id, decided_on=ctx.today, **values)
    amount = f"{shown(granted)} of {shown(row['claimed_cents'])}"
    notify(
        ctx,
        [person["email"]],
        subject=f"Expense claim {expense_claim_id} {status.lower()}",
        body=f"{ctx.me.name} {status.lower()} your claim {expense_claim_id}: {amount}. {note}".strip(),
        kind=f"expense_{status.lower()}",
    )
    return _claim(ctx, expense_claim_id)  # type: ignore[no-any-return]


@tool(writes=True, permission="expense.pay")
def pay_expense_claim(ctx: Context, expense_claim_id: ExpenseClaimId) -> Claim:
    """Record that an approved claim was paid out; for Finance and Payroll, not for one's own claim.

    Args:
        expense_claim_id: The approved claim.
    """
    row, person = _find(ctx, expense_claim_id)
    if staff.is_self(ctx, person):
        raise ToolError("forbidden", "Nobody pays their own claim.", accepted="another person of Finance or Payroll")
    claim_rules.require_transition(row, "Paid")
    ctx.db.update("hr_expense_claim", {"id": expense_claim_id}, status="Paid", paid_on=ctx.today)
    notify(
        ctx,
        [person["email"]],
        subject=f"Expense claim {expense_claim_id} paid",
        body=f"{shown(row['sanctioned_cents'])} for your claim {expense_claim_id} was paid out.",
        kind="expense_paid",
    )
    return _claim(ctx, expense_claim_id)  # type: ignore[no-any-return]


@tool(writes=True, destructive=True)
def delete_expense_claim(ctx: Context, expense_claim_id: ExpenseClaimId) -> Deleted:
    """Delete one's own claim while it is a draft or waits for a decision.

    Args:
        expense_claim_id: The claim.
    """
    row, person = _find(ctx, expense_claim_id)
    if not staff.is_self(ctx, person):
        raise ToolError(
            "forbidden", "Only the employee deletes a claim.", accepted=[f"employee {person['employee_id']}"]
        )
    if row["status"] not in ("Draft", "Submitted"):
        message = f"{expense_claim_id} is {row['status']}; decided claims are kept."
        raise ToolError("conflict", message, field="expense_claim_id", accepted=["Draft", "Submitted"])
    lines = ctx.db.delete("hr_expense_line", expense_claim_id=expense_claim_id)
    ctx.db.delete("hr_expense_claim", id=expense_claim_id)
    return {"expense_claim_id": expense_claim_id, "deleted_lines": lines}
