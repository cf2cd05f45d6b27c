"""Employee records: directory, own profile, teams, departments, designations, holidays; hire, change, terminate."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.hr import lifecycle, staff
from enterpriselab.apps.hr.ids import (
    Address,
    ApplicantId,
    DepartmentName,
    DesignationName,
    EmployeeId,
    EmployeeName,
    EmployeeStatus,
    EmploymentType,
    PersonId,
    Reason,
    SiteId,
)
from enterpriselab.apps.hr.listing import compact, like, page_rows, where
from enterpriselab.toolkit import Context, Date, Page, PageNumber, PerPage, Row, ToolError, tool

NamePart = Annotated[str, Field(min_length=1, max_length=60)]


class EmployeeRow(TypedDict):
    """An employee in a list."""

    employee_id: EmployeeId
    employee_name: EmployeeName
    designation: DesignationName
    department: DepartmentName
    site: SiteId
    status: EmployeeStatus
    email: Address


class Employee(EmployeeRow):
    """One employee; the last block only for the employee, managers above and HR."""

    person_id: PersonId
    date_of_joining: Date
    phone: NotRequired[str]
    skills: list[str]
    reports_to: NotRequired[EmployeeId]
    reports_to_name: NotRequired[EmployeeName]
    employment_type: NotRequired[EmploymentType]
    date_of_birth: NotRequired[Date]
    default_shift: NotRequired[str]
    last_working_day: NotRequired[Date]
    reason_for_leaving: NotRequired[str]


class Profile(Employee):
    """The caller's own record with roles."""

    roles: list[str]


class Department(TypedDict):
    """A department with its head and the number of people who have not left."""

    department: DepartmentName
    parent_department: NotRequired[DepartmentName]
    head: EmployeeId
    head_name: EmployeeName
    employees: int


class Designation(TypedDict):
    """A job title that employees and openings can have."""

    designation: DesignationName
    family: str
    employees: int


class SiteHoliday(TypedDict):
    """A day on which a site is closed."""

    site: SiteId
    date: Date
    name: str


class Hired(TypedDict):
    """The new records of a hire."""

    employee_id: EmployeeId
    person_id: PersonId
    employee_name: EmployeeName
    email: Address
    reports_to: EmployeeId
    date_of_joining: Date


class Changed(TypedDict):
    """An employee after a change."""

    employee_id: EmployeeId
    employee_name: EmployeeName
    designation: DesignationName
    department: DepartmentName
    site: SiteId
    reports_to: NotRequired[EmployeeId]
    changed: list[str]


class Terminated(TypedDict):
    """What ended with an employment."""

    employee_id: EmployeeId
    employee_name: EmployeeName
    status: EmployeeStatus
    last_working_day: Date
    cancelled_leave_applications: int
    ended_shift_assignments: int


_ROW = "s.employee_id, s.employee_name, s.designation, s.department, s.site_id AS site, s.status, s.email"
_DETAIL = """
SELECT s.employee_id, s.employee_name, s.designation, s.department, s.site_id AS site, s.status, s.email, s.person_id,
       s.hired_on AS date_of_joining, p.phone, p.skills,
       b.id AS reports_to, m.full_name AS reports_to_name,
       s.employment_type, s.date_of_birth, s.default_shift, s.left_on AS last_working_day, s.reason_for_leaving
FROM hr_staff s JOIN company_person p ON p.id = s.person_id
LEFT JOIN company_person m ON m.id = s.manager_id LEFT JOIN hr_employee b ON b.person_id = m.id
WHERE s.employee_id = ?"""
_PRIVATE = ("employment_type", "date_of_birth", "default_shift", "last_working_day", "reason_for_leaving")


def _detail(ctx: Context, employee_id: str, *, private: bool) -> Row:
    row = ctx.db.row(_DETAIL, employee_id)
    assert row is not None, employee_id
    row["skills"] = lifecycle.skills_of(row["skills"])
    return compact({key: value for key, value in row.items() if private or key not in _PRIVATE})


@tool()
def get_my_profile(ctx: Context) -> Profile:
    """Show the caller's own employee record: employee id, department, designation, manager and roles."""
    row = _detail(ctx, staff.myself(ctx)["employee_id"], private=True)
    return {**row, "roles": sorted(ctx.me.roles)}  # type: ignore[typeddict-item]


@tool()
def get_employee(ctx: Context, employee_id: EmployeeId) -> Employee:
    """Show one employee with manager, skills and dates. Birthday, contract and leaving details appear only to the
    employee, to managers above and to HR.

    Args:
        employee_id: The employee; search_employees finds it by name.
    """
    person = staff.find_staff(ctx, employee_id)
    private = staff.is_self(ctx, person) or ctx.can("employee.read") or staff.manages(ctx, person["person_id"])
    return _detail(ctx, employee_id, private=private)  # type: ignore[return-value]


@tool()
def search_employees(
    ctx: Context,
    query: str | None = None,
    department: DepartmentName | None = None,
    designation: DesignationName | None = None,
    status: EmployeeStatus | None = None,
    site: SiteId | None = None,
    page: PageNumber = 1,
    per_page: PerPage = 10,
) -> Page[EmployeeRow]:
    """Search the employee directory by name, e-mail, skill, department, designation, site and status; namesakes exist,
    so compare department and site before acting on a name.

    Args:
        query: Part of the name or e-mail address, or a skill.
        department: Exact department name.
        designation: Designation or part of it; 'Engineer' also finds 'Senior Test Engineer'.
        status: Only employees with this status; former employees are 'Left'.
        site: Site id or city.
        page: Page number, from 1.
        per_page: Rows on a page.
    """
    condition, params = where(
        ("(employee_name LIKE ? ESCAPE '!' OR s.email LIKE ? ESCAPE '!' OR p.skills LIKE ? ESCAPE '!')", like(query)),
        ("s.department_id = ?", staff.find_department(ctx, department)["id"] if department else None),
        ("designation LIKE ? ESCAPE '!'", like(designation)),
        ("s.status = ?", status),
        ("s.site_id = ?", staff.find_site(ctx, site)["id"] if site else None),
    )
    people = "hr_staff s JOIN company_person p ON p.id = s.person_id"
    sql = f"SELECT {_ROW} FROM {people} WHERE {condition} ORDER BY employee_id"
    return page_rows(ctx, sql, params, page=page, per_page=per_page)  # type: ignore[no-any-return]


@tool()
def get_team(
    ctx: Context, employee_id: EmployeeId | None = None, page: PageNumber = 1, per_page: PerPage = 10
) -> Page[EmployeeRow]:
    """List the people who report directly to an employee (the caller when none is named).

    Args:
        employee_id: The manager; leave out for the caller's own team.
        page: Page number, from 1.
        per_page: Rows on a page.
    """
    boss = staff.self_or(ctx, employee_id)
    sql = f"SELECT {_ROW} FROM hr_staff s WHERE s.manager_id = ? AND s.status <> 'Left' ORDER BY s.employee_id"
    return page_rows(ctx, sql, [boss["person_id"]], page=page, per_page=per_page)  # type: ignore[no-any-return]


@tool()
def list_departments(ctx: Context, page: PageNumber = 1, per_page: PerPage = 30) -> Page[Department]:
    """List the departments with their heads and headcount.

    Args:
        page: Page number, from 1.
        per_page: Rows on a page.
    """
    sql = """
    SELECT d.name AS department, u.name AS parent_department, e.id AS head, p.full_name AS head_name,
           (SELECT count(*) FROM company_person c WHERE c.department_id = d.id AND c.status <> 'left') AS employees
    FROM company_department d LEFT JOIN company_department u ON u.id = d.parent_id
    JOIN company_person p ON p.id = d.head_id JOIN hr_employee e ON e.person_id = p.id ORDER BY d.name"""
    return page_rows(ctx, sql, [], page=page, per_page=per_page)  # type: ignore[no-any-return]


@tool()
def list_designations(
    ctx: Context, query: str | None = None, page: PageNumber = 1, per_page: PerPage = 20
) -> Page[Designation]:
    """List the designations (job titles) that employees and openings can have.

    Args:
        query: Part of the designation or of its family.
        page: Page number, from 1.
        per_page: Rows on a page.
    """
    condition, params = where(("(g.name LIKE ? ESCAPE '!' OR g.family LIKE ? ESCAPE '!')", like(query)))
    sql = f"""
    SELECT g.name AS designation, g.family, count(p.id) AS employees FROM hr_designation g
    LEFT JOIN company_person p ON p.title = g.name AND p.status <> 'left'
    WHERE {condition} GROUP BY g.name ORDER BY g.name"""
    return page_rows(ctx, sql, params, page=page, per_page=per_page)  # type: ignore[no-any-return]


@tool()
def list_site_holidays(
    ctx: Context,
    site: SiteId | None = None,
    year: Literal[2025, 2026] = 2026,
    page: PageNumber = 1,
    per_page: PerPage = 20,
) -> Page[SiteHoliday]:
    """List the public holidays of a site; they are no working days and cost no leave.

    Args:
        site: Site id or city; the caller's own site when left out.
        year: Calendar year.
        page: Page number, from 1.
        per_page: Rows on a page.
    """
    site_id = staff.find_site(ctx, site)["id"] if site else staff.myself(ctx)["site_id"]
    columns = "site_id AS site, day AS date, name"
    sql = f"SELECT {columns} FROM company_holiday WHERE site_id = ? AND day BETWEEN ? AND ? ORDER BY day"
    params = [site_id, f"{year}-01-01", f"{year}-12-31"]
    return page_rows(ctx, sql, params, page=page, per_page=per_page)  # type: ignore[no-any-return]


@tool(writes=True, permission="employee.hire")
def create_employee(
    ctx: Context,
    first_name: NamePart,
    last_name: NamePart,
    designation: DesignationName,
    department: DepartmentName,
    site: SiteId,
    date_of_joining: Date,
    reports_to: EmployeeId | None = None,
    employment_type: EmploymentType = "Full-time",
    date_of_birth: Date | None = None,
    job_applicant_id: ApplicantId | None = None,
) -> Hired:
    """Hire somebody: creates the employee record and the person in the company directory with an e-mail address; the
    mailbox, the file home and the other accounts follow from it.

    Args:
        first_name: Given name.
        last_name: Family name.
        designation: One of list_designations.
        department: One of list_departments.
        site: Site id or city.
        date_of_joining: First working day, from 30 days ago to 180 days ahead.
        reports_to: The manager; the head of the department when left out.
        employment_type: Kind of contract.
        date_of_birth: Day of birth; at least 16 years before joining.
        job_applicant_id: The accepted applicant who is being hired, if any.
    """
    wish = lifecycle.Hire(
        first_name.strip(),
        last_name.strip(),
        staff.find_designation(ctx, designation),
        staff.find_department(ctx, department),
        staff.find_site(ctx, site)["id"],
        date_of_joining,
        employment_type,
        date_of_birth,
    )
    return lifecycle.hire(ctx, wish, reports_to=reports_to, job_applicant_id=job_applicant_id)  # type: ignore[return-value]


@tool(writes=True, idempotent=True, permission="employee.change")
def update_employee(
    ctx: Context,
    employee_id: EmployeeId,
    department: DepartmentName | None = None,
    designation: DesignationName | None = None,
    reports_to: EmployeeId | None = None,
    site: SiteId | None = None,
    employment_type: EmploymentType | None = None,
) -> Changed:
    """Transfer or promote an employee: change department, designation, manager, site or contract, with effect from
    today. A change of department without reports_to puts the employee under the head of the new department.

    Args:
        employee_id: The employee to change.
        department: New department, one of list_departments.
        designation: New designation, one of list_designations.
        reports_to: New manager.
        site: New site id or city.
        employment_type: New kind of contract.
    """
    person = staff.find_staff(ctx, employee_id)
    if staff.is_self(ctx, person):
        raise ToolError("forbidden", "Nobody changes their own record.", accepted="another person of HR")
    if person["status"] == "Left":
        raise ToolError("conflict", f"{person['employee_name']} left on {person['left_on']}; the record is closed.")
    wanted = {
        "department": staff.find_department(ctx, department) if department else None,
        "designation": staff.find_designation(ctx, designation) if designation else None,
        "site_id": staff.find_site(ctx, site)["id"] if site else None,
        "employment_type": employment_type,
    }
    changed = lifecycle.change(ctx, person, wanted, reports_to=reports_to)
    row = _detail(ctx, employee_id, private=True)
    kept = {key: row[key] for key in Changed.__annotations__ if key in row}
    return {**kept, "changed": changed}  # type: ignore[typeddict-item]


@tool(writes=True, destructive=True, permission="employee.terminate")
def terminate_employee(ctx: Context, employee_id: EmployeeId, last_day: Date, reason: Reason) -> Terminated:
    """End an employment. Leave and shifts after the last day are cancelled and the other applications close the
    accounts. Refused while people report to the employee: give them another manager first with update_employee.

    Args:
        employee_id: The employee who leaves.
        last_day: Last working day, from 30 days ago to a year ahead; up to today it takes effect at once.
        reason: Why the employment ends; kept in the record.
    """
    return lifecycle.terminate(ctx, staff.find_staff(ctx, employee_id), last_day, reason)  # type: ignore[return-value]
