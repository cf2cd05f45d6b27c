"""Job openings: publish, look up, close. Applicants are in recruitment.py."""

from typing import Annotated, Any, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.hr import hiring, staff
from enterpriselab.apps.hr.ids import (
    ApplicantId,
    DepartmentName,
    DesignationName,
    EmployeeId,
    EmployeeName,
    JobOpeningId,
    JobTitle,
    OpeningStatus,
    SiteId,
    Skill,
)
from enterpriselab.apps.hr.listing import compact, like, page_rows, where
from enterpriselab.apps.hr.naming import next_id
from enterpriselab.toolkit import Context, Date, Page, PageNumber, PerPage, Row, ToolError, tool

Skills = Annotated[list[Skill], Field(max_length=12)]


class OpeningRow(TypedDict):
    """A job opening in a list."""

    job_opening_id: JobOpeningId
    job_title: JobTitle
    department: DepartmentName
    site: SiteId
    status: OpeningStatus
    no_of_positions: int
    applicants: int


class Opening(OpeningRow):
    """A job opening with what is asked for and how far the applicants are."""

    designation: DesignationName
    hiring_manager: EmployeeId
    hiring_manager_name: EmployeeName
    posted_on: Date
    closed_on: NotRequired[Date]
    description: NotRequired[str]
    required_skills: list[str]
    preferred_skills: list[str]
    applicants_by_status: dict[str, int]


class Closed(TypedDict):
    """A closed opening."""

    job_opening_id: JobOpeningId
    status: OpeningStatus
    rejected_applicants: list[ApplicantId]


_OPENING = """
SELECT o.id AS job_opening_id, o.job_title, d.name AS department, o.site_id AS site, o.status, o.no_of_positions,
       (SELECT count(*) FROM hr_job_applicant a WHERE a.job_opening_id = o.id) AS applicants
FROM hr_job_opening o JOIN company_department d ON d.id = o.department_id"""


@tool()
def get_job_openings(
    ctx: Context,
    status: OpeningStatus | None = None,
    designation: DesignationName | None = None,
    department: DepartmentName | None = None,
    query: str | None = None,
    page: PageNumber = 1,
    per_page: PerPage = 10,
) -> Page[OpeningRow]:
    """List job openings, latest first, with the number of applicants.

    Args:
        status: Open or Closed.
        designation: Designation or part of it.
        department: Exact department name.
        query: Part of the job title.
        page: Page number, from 1.
        per_page: Rows on a page.
    """
    condition, params = where(
        ("o.status = ?", status),
        ("o.designation LIKE ? ESCAPE '!'", like(designation)),
        ("o.department_id = ?", staff.find_department(ctx, department)["id"] if department else None),
        ("o.job_title LIKE ? ESCAPE '!'", like(query)),
    )
    sql = f"{_OPENING} WHERE {condition} ORDER BY o.posted_on DESC, o.id DESC"
    return page_rows(ctx, sql, params, page=page, per_page=per_page)  # type: ignore[no-any-return]


def _opening(ctx: Context, opening_id: str) -> Any:
    row = ctx.db.row(f"{_OPENING} WHERE o.id = ?", opening_id)
    assert row is not None, opening_id
    extra = ctx.db.row(
        "SELECT o.designation, s.employee_id AS hiring_manager, s.employee_name AS hiring_manager_name, o.posted_on,"
        " o.closed_on, o.description FROM hr_job_opening o JOIN hr_staff s ON s.person_id = o.hiring_manager_id"
        " WHERE o.id = ?",
        opening_id,
    )
    sql = "SELECT skill FROM hr_opening_skill WHERE job_opening_id = ? AND importance = ? ORDER BY skill"
    counted = (
        "SELECT status, count(*) AS n FROM hr_job_applicant WHERE job_opening_id = ? GROUP BY status ORDER BY status"
    )
    return {
        **row,
        **compact(extra or {}),
        "required_skills": ctx.db.values(sql, opening_id, "required"),
        "preferred_skills": ctx.db.values(sql, opening_id, "preferred"),
        "applicants_by_status": {item["status"]: item["n"] for item in ctx.db.rows(counted, opening_id)},
    }


@tool()
def get_job_opening_details(ctx: Context, job_opening_id: JobOpeningId) -> Opening:
    """Show one job opening: description, required and preferred skills, hiring manager, applicants by status.

    Args:
        job_opening_id: The opening.
    """
    hiring.find_opening(ctx, job_opening_id)
    return _opening(ctx, job_opening_id)  # type: ignore[no-any-return]


@tool(writes=True, permission="recruit.write")
def create_job_opening(
    ctx: Context,
    job_title: Annotated[str, Field(min_length=3, max_length=100)],
    designation: DesignationName,
    department: DepartmentName = "",
    description: Annotated[str, Field(max_length=4000)] = "",
    no_of_positions: Annotated[int, Field(ge=1, le=50)] = 1,
    status: OpeningStatus = "Open",
    site: SiteId | None = None,
    hiring_manager: EmployeeId | None = None,
    required_skills: Skills = [],  # noqa: B006  # pydantic copies it
    preferred_skills: Skills = [],  # noqa: B006  # pydantic copies it
) -> Opening:
    """Publish a job opening. Refused when the department has an open one with the same title at the same site.

    Args:
        job_title: Title as applicants read it.
        designation: One of list_designations.
        department: One of list_departments; the caller's own when empty.
        description: The job description.
        no_of_positions: How many people are wanted.
        status: Open at once, or Closed to prepare it.
        site: Site id or city; the site of the hiring manager when left out.
        hiring_manager: Who decides on applicants; the head of the department when left out.
        required_skills: Skills that an applicant must have.
        preferred_skills: Skills that are welcome.
    """
    unit = staff.find_department(ctx, department or staff.myself(ctx)["department"])
    boss = _hiring_manager(ctx, unit, hiring_manager)
    site_id = staff.find_site(ctx, site)["id"] if site else boss["site_id"]
    same = "SELECT id FROM hr_job_opening WHERE job_title = ? AND department_id = ? AND site_id = ? AND status = 'Open'"
    twin = ctx.db.value(same, job_title, unit["id"], site_id)
    if twin:
        raise ToolError(
            "conflict", f"{twin} is open with this title in {unit['name']} at {site_id}.", field="job_title"
        )
    key = next_id(ctx, "hr_job_opening")
    ctx.db.insert(
        "hr_job_opening",
        id=key,
        job_title=job_title,
        designation=staff.find_designation(ctx, designation),
        department_id=unit["id"],
        site_id=site_id,
        hiring_manager_id=boss["person_id"],
        description=description,
        no_of_positions=no_of_positions,
        status=status,
        posted_on=ctx.today,
        closed_on=ctx.today if status == "Closed" else None,
    )
    wanted = dict.fromkeys(preferred_skills, "preferred") | dict.fromkeys(required_skills, "required")
    for skill, importance in wanted.items():
        ctx.db.insert("hr_opening_skill", job_opening_id=key, skill=skill, importance=importance)
    return _opening(ctx, key)  # type: ignore[no-any-return]


def _hiring_manager(ctx: Context, unit: Row, employee_id: str | None) -> Row:
    if employee_id is None:
        employee_id = ctx.db.value("SELECT id FROM hr_employee WHERE person_id = ?", unit["head_id"])
    boss = staff.find_staff(ctx, employee_id or "", field="hiring_manager")
    staff.require_employed(boss, ctx.today, field="hiring_manager")
    return boss


@tool(writes=True, destructive=True)
def close_job_opening(ctx: Context, job_opening_id: JobOpeningId, reject_applicants: bool = False) -> Closed:
    """Close an open job opening; for recruiters, HR Managers and the hiring manager.

    Args:
        job_opening_id: The opening.
        reject_applicants: Also reject everybody who is still in the running; pending interviews and offers end with it.
    """
    opening = hiring.find_opening(ctx, job_opening_id)
    hiring.require_recruiter(ctx, opening["hiring_manager_id"], "close the opening")
    hiring.require_open(job_opening_id, opening["status"])
    ctx.db.update("hr_job_opening", {"id": job_opening_id}, status="Closed", closed_on=ctx.today)
    rejected: list[str] = []
    if reject_applicants:
        running = "status NOT IN ('Accepted', 'Rejected')"
        sql = f"SELECT id FROM hr_job_applicant WHERE job_opening_id = ? AND {running} ORDER BY id"
        rejected = ctx.db.values(sql, job_opening_id)
        for key in rejected:
            hiring.move(ctx, hiring.find_applicant(ctx, key), "Rejected", note="The opening was closed.")
    return {"job_opening_id": job_opening_id, "status": "Closed", "rejected_applicants": rejected}
