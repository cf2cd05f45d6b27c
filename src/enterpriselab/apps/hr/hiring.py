"""Rules of recruitment: the applicant's pipeline, who may see applicants, and what ends with a rejection."""

from typing import Any

from enterpriselab.company.events import InterviewCancelled
from enterpriselab.toolkit import Context, Row, ToolError, not_found

PIPELINE: dict[str, tuple[str, ...]] = {
    "Open": ("Replied", "Shortlisted", "Hold", "Rejected"),
    "Replied": ("Shortlisted", "Hold", "Rejected"),
    "Shortlisted": ("Interview", "Hold", "Rejected"),
    "Interview": ("Offered", "Hold", "Rejected"),
    "Offered": ("Accepted", "Interview", "Rejected"),
    "Accepted": (),
    "Hold": ("Open", "Shortlisted", "Rejected"),
    "Rejected": ("Open",),
}
"""Status of an applicant -> statuses that may follow."""
BY_ANOTHER_TOOL: dict[str, str] = {"Offered": "make_job_offer", "Accepted": "update_job_offer"}
"""Statuses that only another tool sets."""


def find_opening(ctx: Context, opening_id: str, *, field: str = "job_opening_id") -> Row:
    """The row of hr_job_opening. Raises not_found."""
    found = ctx.db.row("SELECT * FROM hr_job_opening WHERE id = ?", opening_id)
    if found is None:
        raise not_found(
            "job opening", opening_id, field=field, hint="get_job_openings lists valid ids, e.g. HR-OPN-2026-0003."
        )
    return found


def find_applicant(ctx: Context, applicant_id: str) -> Row:
    """The row of hr_job_applicant with the opening's title, status, site and hiring manager. Raises not_found."""
    found = ctx.db.row(
        "SELECT a.*, o.job_title, o.status AS opening_status, o.site_id, o.hiring_manager_id, o.no_of_positions"
        " FROM hr_job_applicant a JOIN hr_job_opening o ON o.id = a.job_opening_id WHERE a.id = ?",
        applicant_id,
    )
    if found is None:
        hint = "get_job_applicants lists valid ids, e.g. HR-APP-2026-00012."
        raise not_found("job applicant", applicant_id, field="job_applicant_id", hint=hint)
    return found


def require_recruiter(ctx: Context, hiring_manager_id: str | None, what: str) -> None:
    """A recruiter, an HR Manager, or the hiring manager of the opening (when given); otherwise forbidden."""
    if ctx.can("recruit.write") or (hiring_manager_id is not None and hiring_manager_id == ctx.me.id):
        return
    who = [f"role {role}" for role in sorted(ctx.permissions["recruit.write"])]
    if hiring_manager_id is not None:
        who.append("the hiring manager of the opening")
    raise ToolError("forbidden", f"{ctx.me.name} may not {what}.", accepted=who)


_SEEN = """(o.hiring_manager_id = ? OR EXISTS (
    SELECT 1 FROM hr_interview i JOIN hr_interviewer v ON v.interview_id = i.id
    JOIN hr_employee e ON e.id = v.employee_id
    WHERE i.job_applicant_id = a.id AND e.person_id = ?))"""


def seen_applicants(ctx: Context) -> tuple[str, Any]:
    """Condition on applicants a of openings o for a list: all for HR, else own openings and own interviews."""
    return (_SEEN, None if ctx.can("recruit.read") else ctx.me.id)


def require_seen(ctx: Context, applicant: Row) -> None:
    """HR and recruiters, the hiring manager, and the applicant's interviewers; otherwise forbidden."""
    if ctx.can("recruit.read") or applicant["hiring_manager_id"] == ctx.me.id:
        return
    sql = (
        f"SELECT 1 FROM hr_job_applicant a JOIN hr_job_opening o ON o.id = a.job_opening_id WHERE a.id = ? AND {_SEEN}"
    )
    if ctx.db.value(sql, applicant["id"], ctx.me.id, ctx.me.id) is None:
        who = [f"role {role}" for role in sorted(ctx.permissions["recruit.read"])]
        accepted = [*who, "the hiring manager", "an interviewer of the applicant"]
        raise ToolError("forbidden", f"{ctx.me.name} may not see applicant {applicant['id']}.", accepted=accepted)


def move(ctx: Context, applicant: Row, wanted: str, *, note: str = "") -> None:
    """Set the status along the pipeline; a rejection also ends waiting interviews and offers."""
    status = applicant["status"]
    if wanted not in PIPELINE[status]:
        allowed = PIPELINE[status]
        message = f"{applicant['applicant_name']} is {status}; from there: {', '.join(allowed) or 'nothing'}."
        raise ToolError("conflict", message, field="status", accepted=list(allowed))
    columns = {"status": wanted} | ({"status_note": note} if note else {})
    ctx.db.update("hr_job_applicant", {"id": applicant["id"]}, **columns)
    if wanted == "Rejected":
        end_waiting(ctx, applicant)


def end_waiting(ctx: Context, applicant: Row) -> None:
    """Cancel the applicant's pending interviews and an unanswered offer."""
    sql = "SELECT * FROM hr_interview WHERE job_applicant_id = ? AND status = 'Pending' ORDER BY id"
    for interview in ctx.db.rows(sql, applicant["id"]):
        cancel_interview(ctx, interview, applicant)
    ctx.db.execute(
        "UPDATE hr_job_offer SET status = 'Cancelled' WHERE job_applicant_id = ? AND status = 'Awaiting Response'",
        applicant["id"],
    )


def cancel_interview(ctx: Context, interview: Row, applicant: Row) -> None:
    """Set Cancelled and tell the other apps."""
    ctx.db.update("hr_interview", {"id": interview["id"]}, status="Cancelled")
    people = ctx.db.values(
        "SELECT e.person_id FROM hr_interviewer v JOIN hr_employee e ON e.id = v.employee_id"
        " WHERE v.interview_id = ? ORDER BY e.person_id",
        interview["id"],
    )
    who = (applicant["applicant_name"], applicant["email"])
    ctx.emit(InterviewCancelled(*who, tuple(people), interview["start_time"]))


def check_positions(ctx: Context, applicant: Row) -> None:
    """The opening is open and has a position that no other offer holds; otherwise a conflict."""
    require_open(applicant["job_opening_id"], applicant["opening_status"])
    held = ctx.db.value(
        "SELECT count(*) FROM hr_job_offer f JOIN hr_job_applicant a ON a.id = f.job_applicant_id"
        " WHERE a.job_opening_id = ? AND f.status IN ('Awaiting Response', 'Accepted')",
        applicant["job_opening_id"],
    )
    if held >= applicant["no_of_positions"]:
        positions = applicant["no_of_positions"]
        message = f"{applicant['job_opening_id']} has {positions} position(s), and {held} offer(s) hold them."
        raise ToolError("conflict", message, field="job_applicant_id", accepted="an opening with a free position")


def require_open(opening_id: str, status: str) -> None:
    """The opening takes applicants; otherwise a conflict."""
    if status != "Open":
        raise ToolError(
            "conflict", f"{opening_id} is {status}.", field="job_opening_id", accepted="an opening with status Open"
        )
