"""Interviews and job offers: schedule, cancel, give feedback, offer, record the answer."""

import json
from datetime import timedelta
from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.hr import hiring, staff
from enterpriselab.apps.hr.days import local_time, plus_days, why_closed
from enterpriselab.apps.hr.ids import (
    Amount,
    ApplicantId,
    ApplicantName,
    ApplicantStatus,
    EmployeeId,
    EmployeeName,
    InterviewId,
    InterviewRound,
    InterviewStatus,
    Note,
    OfferId,
    OfferStatus,
    Verdict,
)
from enterpriselab.apps.hr.listing import compact, page_rows, where
from enterpriselab.apps.hr.money import to_cents
from enterpriselab.apps.hr.naming import next_id
from enterpriselab.apps.hr.notices import email_of, notify
from enterpriselab.company.events import InterviewScheduled
from enterpriselab.core.clock import format_instant, parse_instant
from enterpriselab.toolkit import Context, Date, DateTime, Page, PageNumber, PerPage, Row, ToolError, not_found, tool

FARTHEST_DAYS = 180
"""Interviews and first days of offers lie at most this many days ahead."""

Interviewers = Annotated[list[EmployeeId], Field(min_length=1, max_length=4)]


class Interviewer(TypedDict):
    """Who interviews, and the verdict when it is given."""

    employee_id: EmployeeId
    employee_name: EmployeeName
    result: NotRequired[Verdict]
    rating: NotRequired[int]


class Interview(TypedDict):
    """An interview with its interviewers; start and end in UTC."""

    interview_id: InterviewId
    job_applicant_id: ApplicantId
    applicant_name: ApplicantName
    interview_round: InterviewRound
    start: DateTime
    end: DateTime
    status: InterviewStatus
    interviewers: list[Interviewer]


class Offer(TypedDict):
    """A job offer and where it leaves the applicant."""

    job_offer_id: OfferId
    job_applicant_id: ApplicantId
    applicant_name: ApplicantName
    status: OfferStatus
    applicant_status: ApplicantStatus
    start_date: Date
    annual_salary: float
    currency: str


_INTERVIEW = """
SELECT i.id AS interview_id, i.job_applicant_id, a.applicant_name, i.interview_round, i.start_time AS start,
       i.end_time AS "end", i.status, (
           SELECT json_group_array(json_object('employee_id', v.employee_id, 'employee_name', p.full_name,
                                               'result', v.result, 'rating', v.rating))
           FROM hr_interviewer v JOIN hr_employee e ON e.id = v.employee_id JOIN company_person p ON p.id = e.person_id
           WHERE v.interview_id = i.id) AS interviewers
FROM hr_interview i JOIN hr_job_applicant a ON a.id = i.job_applicant_id
JOIN hr_job_opening o ON o.id = a.job_opening_id"""
_OFFER = """
SELECT f.id AS job_offer_id, f.job_applicant_id, a.applicant_name, f.status, a.status AS applicant_status, f.start_date,
       f.annual_salary_cents / 100.0 AS annual_salary, f.currency
FROM hr_job_offer f JOIN hr_job_applicant a ON a.id = f.job_applicant_id WHERE f.id = ?"""


def _unpacked(row: Row) -> Row:
    return {**row, "interviewers": [compact(item) for item in json.loads(row["interviewers"])]}


def _interview(ctx: Context, interview_id: str) -> Any:
    row = ctx.db.row(f"{_INTERVIEW} WHERE i.id = ?", interview_id)
    assert row is not None, interview_id
    return _unpacked(row)


def _find(ctx: Context, interview_id: str) -> Row:
    found = ctx.db.row("SELECT * FROM hr_interview WHERE id = ?", interview_id)
    if found is None:
        raise not_found("interview", interview_id, field="interview_id", hint="list_interviews lists valid ids.")
    return found


@tool(writes=True)
def schedule_interview(
    ctx: Context,
    job_applicant_id: ApplicantId,
    interview_round: InterviewRound,
    start: DateTime,
    interviewer_ids: Interviewers,
    duration_minutes: Annotated[int, Field(ge=15, le=240)] = 60,
) -> Interview:
    """Schedule an interview with a shortlisted applicant: the calendar books the interviewers, the applicant is invited
    by mail and moves to Interview. Refused on holidays and leave of an interviewer and when somebody is booked already.

    Args:
        job_applicant_id: An applicant with status Shortlisted or Interview.
        interview_round: Screening, Technical, Manager or Final; each round once.
        start: Begin of the interview, with Z or an offset.
        interviewer_ids: One to four employees.
        duration_minutes: Length in minutes.
    """
    applicant = hiring.find_applicant(ctx, job_applicant_id)
    hiring.require_recruiter(ctx, applicant["hiring_manager_id"], "schedule interviews for this opening")
    hiring.require_open(applicant["job_opening_id"], applicant["opening_status"])
    if applicant["status"] not in ("Shortlisted", "Interview"):
        message = (
            f"{applicant['applicant_name']} is {applicant['status']}; only Shortlisted or Interview can be scheduled."
        )
        raise ToolError("conflict", message, field="job_applicant_id", accepted=["Shortlisted", "Interview"])
    end = format_instant(parse_instant(start) + timedelta(minutes=duration_minutes))
    if not ctx.now < start <= f"{plus_days(ctx.today, FARTHEST_DAYS)}T23:59:59Z":
        message = f"{start} is past or more than {FARTHEST_DAYS} days ahead."
        raise ToolError("invalid", message, field="start", accepted=f"an instant after {ctx.now}")
    _check_round(ctx, applicant, interview_round, start, end)
    people = [staff.find_staff(ctx, key, field="interviewer_ids") for key in dict.fromkeys(interviewer_ids)]
    for person in people:
        _check_free(ctx, person, start, end)
    key = next_id(ctx, "hr_interview")
    values = {"interview_round": interview_round, "start_time": start, "end_time": end, "status": "Pending"}
    ctx.db.insert("hr_interview", id=key, job_applicant_id=job_applicant_id, **values)
    for person in people:
        ctx.db.insert("hr_interviewer", interview_id=key, employee_id=person["employee_id"])
    if applicant["status"] == "Shortlisted":
        hiring.move(ctx, applicant, "Interview")
    _announce(ctx, applicant, people, (interview_round, start, end))
    return _interview(ctx, key)  # type: ignore[no-any-return]


def _announce(ctx: Context, applicant: Row, people: list[Row], plan: tuple[str, str, str]) -> None:
    interview_round, start, end = plan
    who = (applicant["applicant_name"], applicant["email"])
    ctx.emit(InterviewScheduled(*who, tuple(person["person_id"] for person in people), start, end))
    notify(
        ctx,
        [person["email"] for person in people],
        subject=f"{interview_round} interview with {applicant['applicant_name']}",
        body=f"You interview {applicant['applicant_name']} for {applicant['job_title']} from {start} to {end} (UTC).",
        kind="interview_scheduled",
    )


def _check_round(ctx: Context, applicant: Row, interview_round: str, start: str, end: str) -> None:
    for other in ctx.db.rows(
        "SELECT id, interview_round, start_time, end_time, status FROM hr_interview"
        " WHERE job_applicant_id = ? AND status <> 'Cancelled' ORDER BY id",
        applicant["id"],
    ):
        if other["interview_round"] == interview_round:
            message = (
                f"{other['id']} is the {interview_round} round of {applicant['applicant_name']} ({other['status']})."
            )
            raise ToolError(
                "conflict", message, field="interview_round", accepted="another round, or cancel_interview first"
            )
        if other["status"] == "Pending" and other["start_time"] < end and other["end_time"] > start:
            message = f"{applicant['applicant_name']} has {other['id']} at {other['start_time']}."
            raise ToolError("conflict", message, field="start", accepted=f"a time after {other['end_time']}")


def _check_free(ctx: Context, person: Row, start: str, end: str) -> None:
    day = local_time(ctx, person["site_id"], start).date().isoformat()
    name, key = person["employee_name"], person["employee_id"]
    staff.require_employed(person, day, field="interviewer_ids")
    why = why_closed(ctx, person["site_id"], day)
    if why:
        raise ToolError(
            "conflict", f"{day} is {why} at the site of {name} ({key}).", field="start", accepted="a working day"
        )
    leave = ctx.db.value(
        "SELECT id FROM hr_leave_application"
        " WHERE employee_id = ? AND status = 'Approved' AND from_date <= ? AND to_date >= ?",
        key,
        day,
        day,
    )
    if leave:
        message = f"{name} ({key}) is on leave on {day} ({leave})."
        raise ToolError("conflict", message, field="interviewer_ids", accepted="another interviewer or day")
    other = ctx.db.row(
        "SELECT i.id, i.end_time FROM hr_interview i JOIN hr_interviewer v ON v.interview_id = i.id"
        " WHERE v.employee_id = ? AND i.status = 'Pending' AND i.start_time < ? AND i.end_time > ? LIMIT 1",
        key,
        end,
        start,
    )
    if other is not None:
        message = f"{name} ({key}) is booked for {other['id']} until {other['end_time']}."
        raise ToolError("conflict", message, field="start", accepted=f"a time from {other['end_time']}")


@tool(writes=True, destructive=True)
def cancel_interview(ctx: Context, interview_id: InterviewId, reason: Note = "") -> Interview:
    """Cancel a pending interview; calendar and mail follow. For recruiters, HR Managers and the hiring manager.

    Args:
        interview_id: The interview.
        reason: Why, for the interviewers.
    """
    row = _find(ctx, interview_id)
    applicant = hiring.find_applicant(ctx, row["job_applicant_id"])
    hiring.require_recruiter(ctx, applicant["hiring_manager_id"], "cancel interviews of this opening")
    if row["status"] != "Pending":
        message = f"{interview_id} is {row['status']}; only a Pending interview can be cancelled."
        raise ToolError("conflict", message, field="interview_id", accepted=["Pending"])
    hiring.cancel_interview(ctx, row, applicant)
    shown = _interview(ctx, interview_id)
    sql = (
        "SELECT s.email FROM hr_interviewer v JOIN hr_staff s ON s.employee_id = v.employee_id WHERE v.interview_id = ?"
    )
    notify(
        ctx,
        ctx.db.values(sql, interview_id),
        subject=f"Interview with {applicant['applicant_name']} cancelled",
        body=f"The {row['interview_round']} interview at {row['start_time']} was cancelled. {reason}".strip(),
        kind="interview_cancelled",
    )
    return shown  # type: ignore[no-any-return]


@tool()
def list_interviews(
    ctx: Context,
    job_applicant_id: ApplicantId | None = None,
    interviewer_id: EmployeeId | None = None,
    status: InterviewStatus | None = None,
    from_date: Date | None = None,
    to_date: Date | None = None,
    page: PageNumber = 1,
    per_page: PerPage = 10,
) -> Page[Interview]:
    """List interviews, latest first: all for HR and recruiters, else one's own and those of one's own openings.

    Args:
        job_applicant_id: Only this applicant.
        interviewer_id: Only interviews of this employee.
        status: Only this status; Under Review waits for the feedback of some interviewers.
        from_date: From this day on (UTC).
        to_date: Up to this day (UTC).
        page: Page number, from 1.
        per_page: Rows on a page.
    """
    by = "EXISTS (SELECT 1 FROM hr_interviewer v WHERE v.interview_id = i.id AND v.employee_id = ?)"
    condition, params = where(
        hiring.seen_applicants(ctx),
        ("i.job_applicant_id = ?", job_applicant_id and hiring.find_applicant(ctx, job_applicant_id)["id"]),
        (by, interviewer_id and staff.find_staff(ctx, interviewer_id, field="interviewer_id")["employee_id"]),
        ("i.status = ?", status),
        ("i.start_time >= ?", from_date),
        ("i.start_time < ?", plus_days(to_date, 1) if to_date else None),
    )
    sql = f"{_INTERVIEW} WHERE {condition} ORDER BY i.start_time DESC, i.id"
    found = page_rows(ctx, sql, params, page=page, per_page=per_page)
    found["items"] = [_unpacked(row) for row in found["items"]]
    return found  # type: ignore[no-any-return]


@tool(writes=True)
def submit_interview_feedback(
    ctx: Context,
    interview_id: InterviewId,
    result: Verdict,
    rating: Annotated[int, Field(ge=1, le=5)],
    feedback: Annotated[str, Field(max_length=2000)] = "",
) -> Interview:
    """Give the caller's feedback as an interviewer, once the interview has begun. When all interviewers have spoken the
    interview is Cleared if all cleared, else Rejected; before that it is Under Review.

    Args:
        interview_id: An interview of the caller.
        result: Cleared or Rejected.
        rating: 1 poor to 5 excellent.
        feedback: What was seen.
    """
    row = _find(ctx, interview_id)
    mine = staff.myself(ctx)["employee_id"]
    own = ctx.db.row("SELECT * FROM hr_interviewer WHERE interview_id = ? AND employee_id = ?", interview_id, mine)
    if own is None:
        who = ctx.db.values("SELECT employee_id FROM hr_interviewer WHERE interview_id = ?", interview_id)
        raise ToolError("forbidden", f"{ctx.me.name} is no interviewer of {interview_id}.", accepted=who)
    if row["status"] == "Cancelled" or own["result"] is not None:
        state = "was cancelled" if row["status"] == "Cancelled" else "has your feedback already"
        raise ToolError("conflict", f"{interview_id} {state}.", field="interview_id")
    if row["start_time"] > ctx.now:
        raise ToolError(
            "conflict",
            f"{interview_id} begins at {row['start_time']}; feedback comes after that.",
            field="interview_id",
        )
    key = {"interview_id": interview_id, "employee_id": mine}
    ctx.db.update("hr_interviewer", key, result=result, rating=rating, feedback=feedback, given_on=ctx.today)
    results = ctx.db.values("SELECT result FROM hr_interviewer WHERE interview_id = ?", interview_id)
    status = "Under Review" if None in results else "Rejected" if "Rejected" in results else "Cleared"
    ctx.db.update("hr_interview", {"id": interview_id}, status=status)
    return _interview(ctx, interview_id)  # type: ignore[no-any-return]


@tool(writes=True, permission="recruit.write")
def make_job_offer(
    ctx: Context, job_applicant_id: ApplicantId, annual_salary: Amount, start_date: Date, terms: Note = ""
) -> Offer:
    """Offer the job to an applicant whose interviews are Cleared; the applicant moves to Offered. The salary is in the
    currency of the opening's site, and an opening makes no more offers than it has positions.

    Args:
        job_applicant_id: An applicant with status Interview.
        annual_salary: Gross salary of a year.
        start_date: Proposed first day, up to 180 days ahead.
        terms: Anything else that is offered.
    """
    applicant = hiring.find_applicant(ctx, job_applicant_id)
    if applicant["status"] != "Interview":
        message = f"{applicant['applicant_name']} is {applicant['status']}; an offer follows the status Interview."
        raise ToolError("conflict", message, field="job_applicant_id", accepted=["Interview"])
    hiring.check_positions(ctx, applicant)
    _check_cleared(ctx, applicant)
    latest = plus_days(ctx.today, FARTHEST_DAYS)
    if not ctx.today <= start_date <= latest:
        message = f"{start_date} is not from {ctx.today} to {latest}."
        raise ToolError("invalid", message, field="start_date", accepted=f"{ctx.today} to {latest}")
    currency = ctx.db.value("SELECT currency FROM company_site WHERE id = ?", applicant["site_id"])
    key = next_id(ctx, "hr_job_offer")
    cents = to_cents(annual_salary, field="annual_salary")
    values = {"offer_date": ctx.today, "start_date": start_date, "annual_salary_cents": cents, "currency": currency}
    ctx.db.insert(
        "hr_job_offer", id=key, job_applicant_id=job_applicant_id, status="Awaiting Response", terms=terms, **values
    )
    hiring.move(ctx, applicant, "Offered")
    return ctx.db.row(_OFFER, key)  # type: ignore[return-value]


def _check_cleared(ctx: Context, applicant: Row) -> None:
    sql = "SELECT id, status FROM hr_interview WHERE job_applicant_id = ? AND status <> 'Cancelled' ORDER BY id"
    rounds = ctx.db.rows(sql, applicant["id"])
    waiting = [row for row in rounds if row["status"] != "Cleared"]
    if waiting or not rounds:
        state = f"{waiting[0]['id']} is {waiting[0]['status']}" if waiting else "there was no interview"
        message = f"An offer to {applicant['applicant_name']} needs all interviews Cleared; {state}."
        raise ToolError(
            "conflict", message, field="job_applicant_id", accepted="an applicant with Cleared interviews only"
        )


@tool(writes=True, permission="recruit.write")
def update_job_offer(
    ctx: Context, job_offer_id: OfferId, status: Literal["Accepted", "Rejected", "Cancelled"]
) -> Offer:
    """Record the applicant's answer to an offer, or withdraw it: Accepted makes the applicant Accepted (then hire with
    create_employee), Rejected makes them Rejected, Cancelled leads back to Interview.

    Args:
        job_offer_id: An offer that awaits its response.
        status: Accepted or Rejected by the applicant, or Cancelled by us.
    """
    row = ctx.db.row("SELECT * FROM hr_job_offer WHERE id = ?", job_offer_id)
    if row is None:
        raise not_found("job offer", job_offer_id, field="job_offer_id", hint="get_job_applicant shows the offers.")
    if row["status"] != "Awaiting Response":
        message = f"{job_offer_id} is {row['status']}; only an offer that is Awaiting Response changes."
        raise ToolError("conflict", message, field="job_offer_id", accepted=["Awaiting Response"])
    applicant = hiring.find_applicant(ctx, row["job_applicant_id"])
    ctx.db.update("hr_job_offer", {"id": job_offer_id}, status=status)
    hiring.move(ctx, applicant, {"Cancelled": "Interview"}.get(status, status))
    notify(
        ctx,
        email_of(ctx, applicant["hiring_manager_id"]),
        subject=f"Offer to {applicant['applicant_name']}: {status}",
        body=f"The offer {job_offer_id} for {applicant['job_title']} is now {status}.",
        kind="offer_answered",
    )
    return ctx.db.row(_OFFER, job_offer_id)  # type: ignore[return-value]
