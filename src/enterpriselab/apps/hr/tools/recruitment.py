"""Applicants: collect, compare, move along the pipeline. Openings are in openings.py, interviews in interviews.py."""

import json
from typing import Annotated, Any, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.hr import hiring
from enterpriselab.apps.hr.ids import (
    Address,
    ApplicantId,
    ApplicantName,
    ApplicantSource,
    ApplicantStatus,
    InterviewId,
    InterviewRound,
    InterviewStatus,
    JobOpeningId,
    JobTitle,
    Note,
    OfferId,
    OfferStatus,
    Skill,
)
from enterpriselab.apps.hr.listing import compact, like, page_rows, where
from enterpriselab.apps.hr.naming import next_id
from enterpriselab.toolkit import Context, Date, Page, PageNumber, PerPage, ToolError, tool

Rating = Annotated[int, Field(ge=0, le=5)]


class ApplicantRow(TypedDict):
    """An applicant in a list; rating 0 means not rated yet."""

    job_applicant_id: ApplicantId
    applicant_name: ApplicantName
    email: Address
    job_opening_id: JobOpeningId
    status: ApplicantStatus
    rating: int
    years_experience: int
    skills: list[str]


class SkillLevel(TypedDict):
    """A skill and how well it is mastered, 1 to 5."""

    skill: Annotated[Skill, Field(description="Name of the skill.")]
    level: Annotated[int, Field(ge=1, le=5, description="1 beginner to 5 expert.")]


class InterviewNote(TypedDict):
    """An interview of the applicant."""

    interview_id: InterviewId
    interview_round: InterviewRound
    status: InterviewStatus


class OfferNote(TypedDict):
    """An offer to the applicant; the salary only for recruiters and HR Managers."""

    job_offer_id: OfferId
    status: OfferStatus
    start_date: Date
    annual_salary: NotRequired[float]
    currency: NotRequired[str]


class Applicant(TypedDict):
    """An applicant with resume, skills, interviews and offers."""

    job_applicant_id: ApplicantId
    applicant_name: ApplicantName
    email: Address
    phone: NotRequired[str]
    country: NotRequired[str]
    job_opening_id: JobOpeningId
    job_title: JobTitle
    status: ApplicantStatus
    rating: int
    years_experience: int
    source: ApplicantSource
    applied_on: Date
    status_note: NotRequired[str]
    skills: list[SkillLevel]
    resume_text: NotRequired[str]
    interviews: list[InterviewNote]
    offers: list[OfferNote]


_APPLICANT = """
SELECT a.id AS job_applicant_id, a.applicant_name, a.email, a.job_opening_id, a.status, a.rating, a.years_experience,
       (SELECT json_group_array(skill) FROM hr_applicant_skill k WHERE k.job_applicant_id = a.id) AS skills
FROM hr_job_applicant a JOIN hr_job_opening o ON o.id = a.job_opening_id"""
_APPLICANT_DETAIL = """
SELECT a.id AS job_applicant_id, a.applicant_name, a.email, a.phone, a.country, a.job_opening_id, o.job_title, a.status,
       a.rating, a.years_experience, a.source, a.applied_on, a.status_note, a.resume_text
FROM hr_job_applicant a JOIN hr_job_opening o ON o.id = a.job_opening_id WHERE a.id = ?"""


@tool()
def get_job_applicants(
    ctx: Context,
    job_opening: JobOpeningId | None = None,
    status: ApplicantStatus | None = None,
    skill: str | None = None,
    min_rating: Rating | None = None,
    query: str | None = None,
    page: PageNumber = 1,
    per_page: PerPage = 10,
) -> Page[ApplicantRow]:
    """List job applicants, best rating first; all for HR and recruiters, else those of one's own openings and
    interviews.

    Args:
        job_opening: Only applicants of this opening.
        status: Only this status of the pipeline.
        skill: Only applicants with this skill.
        min_rating: Only this rating (1 to 5) or better.
        query: Part of the name or e-mail address.
        page: Page number, from 1.
        per_page: Rows on a page.
    """
    if job_opening is not None:
        hiring.find_opening(ctx, job_opening, field="job_opening")
    has_skill = (
        "EXISTS (SELECT 1 FROM hr_applicant_skill k WHERE k.job_applicant_id = a.id AND k.skill = ? COLLATE NOCASE)"
    )
    condition, params = where(
        hiring.seen_applicants(ctx),
        ("a.job_opening_id = ?", job_opening),
        ("a.status = ?", status),
        (has_skill, skill),
        ("a.rating >= ?", min_rating),
        ("(a.applicant_name LIKE ? ESCAPE '!' OR a.email LIKE ? ESCAPE '!')", like(query)),
    )
    sql = f"{_APPLICANT} WHERE {condition} ORDER BY a.rating DESC, a.id"
    found = page_rows(ctx, sql, params, page=page, per_page=per_page)
    found["items"] = [{**row, "skills": json.loads(row["skills"])} for row in found["items"]]
    return found  # type: ignore[no-any-return]


@tool()
def get_job_applicant(ctx: Context, job_applicant_id: ApplicantId) -> Applicant:
    """Show one applicant: resume, skills with levels, interviews and offers.

    Args:
        job_applicant_id: The applicant.
    """
    hiring.require_seen(ctx, hiring.find_applicant(ctx, job_applicant_id))
    return _applicant(ctx, job_applicant_id)  # type: ignore[no-any-return]


def _applicant(ctx: Context, applicant_id: str) -> Any:
    row = ctx.db.row(_APPLICANT_DETAIL, applicant_id)
    assert row is not None, applicant_id
    levels = "SELECT skill, level FROM hr_applicant_skill WHERE job_applicant_id = ? ORDER BY level DESC, skill"
    rounds = (
        "SELECT id AS interview_id, interview_round, status FROM hr_interview WHERE job_applicant_id = ? ORDER BY id"
    )
    pay = ", annual_salary_cents / 100.0 AS annual_salary, currency" if ctx.can("recruit.write") else ""
    offers = (
        f"SELECT id AS job_offer_id, status, start_date{pay} FROM hr_job_offer WHERE job_applicant_id = ? ORDER BY id"
    )
    return {
        **compact(row),
        "skills": ctx.db.rows(levels, applicant_id),
        "interviews": ctx.db.rows(rounds, applicant_id),
        "offers": ctx.db.rows(offers, applicant_id),
    }


@tool(writes=True, permission="recruit.write")
def add_job_applicant(
    ctx: Context,
    job_opening: JobOpeningId,
    applicant_name: Annotated[ApplicantName, Field(min_length=3, max_length=100)],
    email: Address,
    years_experience: Annotated[int, Field(ge=0, le=60)] = 0,
    skills: Annotated[list[SkillLevel], Field(max_length=12)] = [],  # noqa: B006  # pydantic copies it
    resume_text: Annotated[str, Field(max_length=8000)] = "",
    source: ApplicantSource = "Website",
    phone: Annotated[str, Field(max_length=30)] = "",
    country: Annotated[str, Field(max_length=60)] = "",
    rating: Rating = 0,
) -> Applicant:
    """Add an applicant to an open job opening; the pipeline begins with Open. One e-mail address applies once for an
    opening.

    Args:
        job_opening: The open opening.
        applicant_name: Full name.
        email: E-mail address.
        years_experience: Whole years in the profession.
        skills: Skills with levels.
        resume_text: The resume as text.
        source: Where the application came from.
        phone: Telephone number.
        country: Country of residence.
        rating: First rating, 1 to 5; 0 when not rated yet.
    """
    opening = hiring.find_opening(ctx, job_opening, field="job_opening")
    hiring.require_open(job_opening, opening["status"])
    twin = ctx.db.value("SELECT id FROM hr_job_applicant WHERE job_opening_id = ? AND email = ?", job_opening, email)
    if twin:
        raise ToolError("conflict", f"{twin} has applied for {job_opening} with {email} already.", field="email")
    key = next_id(ctx, "hr_job_applicant")
    contact = {"applicant_name": applicant_name, "email": email, "phone": phone, "country": country, "source": source}
    judged = {"years_experience": years_experience, "rating": rating, "status": "Open", "resume_text": resume_text}
    ctx.db.insert("hr_job_applicant", id=key, job_opening_id=job_opening, applied_on=ctx.today, **contact, **judged)
    for skill, level in {item["skill"]: item["level"] for item in skills}.items():
        ctx.db.insert("hr_applicant_skill", job_applicant_id=key, skill=skill, level=level)
    return _applicant(ctx, key)  # type: ignore[no-any-return]


@tool(writes=True)
def update_applicant_status(
    ctx: Context, job_applicant_id: ApplicantId, status: ApplicantStatus, note: Note = "", rating: Rating | None = None
) -> Applicant:
    """Move an applicant along the pipeline Open, Replied, Shortlisted, Interview; or to Hold or Rejected, which ends
    pending interviews and offers. Offered comes from make_job_offer, Accepted from update_job_offer. For recruiters,
    HR Managers and the hiring manager.

    Args:
        job_applicant_id: The applicant.
        status: The new status.
        note: Why; replaces the earlier note.
        rating: A new rating, 1 to 5.
    """
    applicant = hiring.find_applicant(ctx, job_applicant_id)
    hiring.require_recruiter(ctx, applicant["hiring_manager_id"], "move applicants of this opening")
    if status in hiring.BY_ANOTHER_TOOL and status in hiring.PIPELINE[applicant["status"]]:
        message = f"{status} is set by {hiring.BY_ANOTHER_TOOL[status]}, which also records the offer."
        raise ToolError("conflict", message, field="status", accepted=hiring.BY_ANOTHER_TOOL[status])
    if applicant["status"] == "Offered" and status == "Interview":
        message = "The offer must be withdrawn first: update_job_offer with status Cancelled."
        raise ToolError("conflict", message, field="status", accepted="update_job_offer")
    hiring.move(ctx, applicant, status, note=note)
    if rating is not None:
        ctx.db.update("hr_job_applicant", {"id": job_applicant_id}, rating=rating)
    return _applicant(ctx, job_applicant_id)  # type: ignore[no-any-return]
