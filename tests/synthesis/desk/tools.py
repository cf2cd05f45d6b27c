"""Tools of the library desk, a small complete app for the tests of synthesis."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.toolkit import Context, Date, Email, Entity, Page, PageNumber, PerPage, ToolError, not_found, tool

MemberId = Annotated[str, Entity("member", example="M-0042")]
BookId = Annotated[str, Entity("book", example="B-0007")]
LoanId = Annotated[str, Entity("loan", example="L-0003")]
RequestId = Annotated[int, Entity("request", example=3)]
Address = Annotated[Email, Entity("email_address")]
LoanStatus = Literal["Out", "Returned", "Lost"]


class MemberRow(TypedDict):
    member_id: MemberId
    name: str
    town: str
    status: Literal["Active", "Suspended"]


class Member(MemberRow):
    email: Address
    fees: float
    loans_out: int


class BookRow(TypedDict):
    book_id: BookId
    title: str
    author: str
    shelf: str
    copies: int


class LoanRow(TypedDict):
    loan_id: LoanId
    book_id: BookId
    title: str
    member_id: MemberId
    due_on: Date
    status: LoanStatus
    note: NotRequired[str]


class Request(TypedDict):
    request_id: RequestId
    member_id: MemberId
    title: str
    urgency: str


def _need(ctx: Context, table: str, key: object, field: str) -> dict[str, object]:
    row = ctx.db.row(f"SELECT * FROM desk_{table} WHERE id = ?", key)
    if row is None:
        raise not_found(table, key, field=field)
    return row


@tool()
def search_members(
    ctx: Context, query: str | None = None, town: str | None = None, page: PageNumber = 1, per_page: PerPage = 10
) -> Page[MemberRow]:
    """Search members by name and town.

    Args:
        query: Part of the name.
        town: Exact town.
        page: Page number, from 1.
        per_page: Rows on a page.
    """
    sql = """SELECT id AS member_id, name, town, status FROM desk_member
             WHERE (? IS NULL OR name LIKE '%' || ? || '%') AND (? IS NULL OR town = ?) ORDER BY id"""
    return ctx.db.page(sql, query, query, town, town, page=page, per_page=per_page)


@tool()
def get_member(ctx: Context, member_id: MemberId) -> Member:
    """Show a member with address, fees and number of loans.

    Args:
        member_id: The member.
    """
    row = _need(ctx, "member", member_id, "member_id")
    out = ctx.db.value("SELECT count(*) FROM desk_loan WHERE member_id = ? AND status = 'Out'", member_id)
    kept = {name: row[name] for name in ("name", "town", "status", "email", "fees")}
    return {"member_id": member_id, **kept, "loans_out": out}


@tool()
def search_books(ctx: Context, query: str | None = None, page: PageNumber = 1, per_page: PerPage = 10) -> Page[BookRow]:
    """Search the catalogue by title or author.

    Args:
        query: Part of title or author.
        page: Page number, from 1.
        per_page: Rows on a page.
    """
    sql = """SELECT id AS book_id, title, author, shelf, copies FROM desk_book
             WHERE ? IS NULL OR title LIKE '%' || ? || '%' OR author LIKE '%' || ? || '%' ORDER BY id"""
    return ctx.db.page(sql, query, query, query, page=page, per_page=per_page)


@tool()
def list_loans(
    ctx: Context,
    member_id: MemberId | None = None,
    status: LoanStatus | None = None,
    page: PageNumber = 1,
    per_page: PerPage = 10,
) -> Page[LoanRow]:
    """List loans of a member or with a status.

    Args:
        member_id: Only loans of this member.
        status: Only loans with this status.
        page: Page number, from 1.
        per_page: Rows on a page.
    """
    sql = """SELECT l.id AS loan_id, l.book_id, b.title, l.member_id, l.due_on, l.status
             FROM desk_loan l JOIN desk_book b ON b.id = l.book_id
             WHERE (? IS NULL OR l.member_id = ?) AND (? IS NULL OR l.status = ?) ORDER BY l.id"""
    return ctx.db.page(sql, member_id, member_id, status, status, page=page, per_page=per_page)


@tool(writes=True)
def create_loan(ctx: Context, book_id: BookId, member_id: MemberId, due_on: Date, note: str | None = None) -> LoanRow:
    """Lend a book to a member.

    Args:
        book_id: The book.
        member_id: The member who takes it.
        due_on: When it must be back.
        note: Remark on the loan.
    """
    book, member = _need(ctx, "book", book_id, "book_id"), _need(ctx, "member", member_id, "member_id")
    if member["status"] != "Active" or not book["copies"] or due_on <= ctx.today:
        raise ToolError("conflict", "The member is suspended, no copy is there, or the date is past.")
    loan = f"L-{9000 + ctx.ids.number('loan')}"
    row = {"book_id": book_id, "member_id": member_id, "due_on": due_on, "status": "Out"}
    ctx.db.insert("desk_loan", id=loan, note=note, **row)
    ctx.db.update("desk_book", {"id": book_id}, copies=int(str(book["copies"])) - 1)
    return {"loan_id": loan, **row, "title": book["title"]}


@tool(writes=True)
def return_book(ctx: Context, loan_id: LoanId) -> LoanRow:
    """Take a lent book back.

    Args:
        loan_id: The loan.
    """
    loan = _need(ctx, "loan", loan_id, "loan_id")
    if loan["status"] != "Out":
        raise ToolError("conflict", f"The loan is {loan['status']}.", field="loan_id")
    ctx.db.update("desk_loan", {"id": loan_id}, status="Returned")
    ctx.db.execute("UPDATE desk_book SET copies = copies + 1 WHERE id = ?", loan["book_id"])
    title = ctx.db.value("SELECT title FROM desk_book WHERE id = ?", loan["book_id"])
    kept = {name: loan[name] for name in ("book_id", "member_id", "due_on")}
    return {"loan_id": loan_id, **kept, "status": "Returned", "title": title}


@tool(writes=True)
def extend_loan(ctx: Context, loan_id: LoanId, due_on: Date) -> LoanRow:
    """Give a loan a later due date.

    Args:
        loan_id: The loan.
        due_on: The new due date.
    """
    loan = _need(ctx, "loan", loan_id, "loan_id")
    if loan["status"] != "Out" or due_on <= str(loan["due_on"]):
        raise ToolError("conflict", "Only a loan that is out can get a later date.", field="due_on")
    ctx.db.update("desk_loan", {"id": loan_id}, due_on=due_on)
    title = ctx.db.value("SELECT title FROM desk_book WHERE id = ?", loan["book_id"])
    kept = {name: loan[name] for name in ("book_id", "member_id", "status")}
    return {"loan_id": loan_id, **kept, "due_on": due_on, "title": title}


@tool(writes=True)
def create_request(
    ctx: Context, member_id: MemberId, title: str, reason: str, urgency: Literal["low", "normal", "high"] = "normal"
) -> Request:
    """Record a member's wish that the library buys a title.

    Args:
        member_id: Who asks.
        title: Title of the wanted book.
        reason: Why it is wanted.
        urgency: How soon.
    """
    _need(ctx, "member", member_id, "member_id")
    row = {"member_id": member_id, "title": title, "urgency": urgency}
    return {"request_id": ctx.db.insert("desk_request", reason=reason, **row), **row}


@tool(writes=True, idempotent=True)
def change_member_status(ctx: Context, member_id: MemberId, status: Literal["Active", "Suspended"]) -> MemberRow:
    """Suspend a member or make the member active again.

    Args:
        member_id: The member.
        status: The new status.
    """
    row = _need(ctx, "member", member_id, "member_id")
    ctx.db.update("desk_member", {"id": member_id}, status=status)
    return {"member_id": member_id, "name": row["name"], "town": row["town"], "status": status}


@tool(writes=True)
def pay_fees(ctx: Context, member_id: MemberId, amount: Annotated[float, Field(gt=0, le=50)]) -> Member:
    """Book a payment of fees.

    Args:
        member_id: Who pays.
        amount: Paid amount in euro, at most what is owed.
    """
    row = _need(ctx, "member", member_id, "member_id")
    if float(str(row["fees"])) < amount:
        raise ToolError("conflict", f"Only {row['fees']} is owed.", field="amount")
    ctx.db.execute("UPDATE desk_member SET fees = fees - ? WHERE id = ?", amount, member_id)
    return get_member.function(ctx, member_id)
