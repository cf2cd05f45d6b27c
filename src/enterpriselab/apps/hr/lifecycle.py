"""What happens to the records when somebody is hired, moved or leaves. The tools are in tools/employees.py."""

import json
from dataclasses import dataclass
from typing import Any

from enterpriselab.apps.hr import leave_rules
from enterpriselab.apps.hr.days import plus_days
from enterpriselab.apps.hr.naming import next_employee_id
from enterpriselab.apps.hr.notices import email_of, notify
from enterpriselab.apps.hr.staff import find_staff, is_self
from enterpriselab.company import FIRM_DOMAIN
from enterpriselab.company.events import PersonChanged, PersonHired, PersonTerminated
from enterpriselab.toolkit import Context, Row, ToolError, not_found

EARLIEST_JOINING, LATEST_JOINING = -30, 180
"""Days from today within which a hire may begin."""
EARLIEST_LEAVING, LATEST_LEAVING = -30, 365
YOUNGEST_YEARS = 16


@dataclass(frozen=True, slots=True)
class Hire:
    """Whom the company takes on; names are checked already."""

    first_name: str
    last_name: str
    designation: str
    department: Row
    site_id: str
    date_of_joining: str
    employment_type: str
    date_of_birth: str | None


def skills_of(text: str) -> list[str]:
    """The skills column of company_person as a list."""
    found: list[str] = json.loads(text)
    return found


def hire(ctx: Context, wish: Hire, *, reports_to: str | None, job_applicant_id: str | None) -> Row:
    """Insert person, roles, employee and history; tell the other apps."""
    _check_hire(ctx, wish)
    if job_applicant_id is not None:
        _check_applicant(ctx, job_applicant_id)
    boss = _boss(ctx, wish.department, reports_to)
    person = _new_person(ctx, wish, boss)
    employee_id = next_employee_id(ctx)
    ctx.db.insert(
        "hr_employee",
        id=employee_id,
        person_id=person["id"],
        employment_type=wish.employment_type,
        date_of_birth=wish.date_of_birth,
        default_shift="Day Shift",
        job_applicant_id=job_applicant_id,
    )
    _history(ctx, employee_id, "Hire", None, f"{wish.designation}, {wish.department['name']}", day=wish.date_of_joining)
    ctx.emit(PersonHired(person["id"]))
    notify(
        ctx,
        [boss["email"]],
        subject=f"New colleague: {person['full_name']}",
        body=f"{person['full_name']} joins your team as {wish.designation} on {wish.date_of_joining}.",
        kind="employee_hired",
    )
    return {
        "employee_id": employee_id,
        "person_id": person["id"],
        "employee_name": person["full_name"],
        "email": person["email"],
        "reports_to": boss["employee_id"],
        "date_of_joining": wish.date_of_joining,
    }


def _check_hire(ctx: Context, wish: Hire) -> None:
    _within(ctx, wish.date_of_joining, EARLIEST_JOINING, LATEST_JOINING, field="date_of_joining")
    if wish.date_of_birth is not None:
        limit = f"{int(wish.date_of_joining[:4]) - YOUNGEST_YEARS}{wish.date_of_joining[4:]}"
        if wish.date_of_birth > limit:
            message = f"Born on {wish.date_of_birth}, younger than {YOUNGEST_YEARS} on the day of joining."
            raise ToolError("invalid", message, field="date_of_birth", accepted=f"a day up to {limit}")
    twin = ctx.db.value(
        "SELECT employee_id FROM hr_staff WHERE employee_name = ? AND department_id = ? AND hired_on = ?",
        f"{wish.first_name} {wish.last_name}",
        wish.department["id"],
        wish.date_of_joining,
    )
    if twin:
        message = f"{twin} has the same name, department and date of joining: this person is already hired."
        raise ToolError("conflict", message, field="last_name")


def _check_applicant(ctx: Context, applicant_id: str) -> None:
    row = ctx.db.row(
        "SELECT a.applicant_name, a.status, e.id AS employee_id FROM hr_job_applicant a"
        " LEFT JOIN hr_employee e ON e.job_applicant_id = a.id WHERE a.id = ?",
        applicant_id,
    )
    if row is None:
        raise not_found(
            "job applicant", applicant_id, field="job_applicant_id", hint="get_job_applicants lists valid ids."
        )
    if row["employee_id"]:
        raise ToolError("conflict", f"{row['applicant_name']} was hired already as {row['employee_id']}.")
    if row["status"] != "Accepted":
        message = f"Applicant {row['applicant_name']} is {row['status']}; only an Accepted applicant can be hired."
        raise ToolError(
            "conflict", message, field="job_applicant_id", accepted="status Accepted (see update_job_offer)"
        )


def _boss(ctx: Context, department: Row, reports_to: str | None) -> Row:
    if reports_to is None:
        sql = "SELECT employee_id FROM hr_staff WHERE person_id = ?"
        reports_to = ctx.db.value(sql, department["head_id"])
        if reports_to is None:
            raise ToolError("invalid", f"{department['name']} has no head; name a manager.", field="reports_to")
    boss = find_staff(ctx, reports_to, field="reports_to")
    if boss["status"] == "Left":
        message = f"{boss['employee_name']} left on {boss['left_on']} and cannot be a manager."
        raise ToolError("conflict", message, field="reports_to", accepted="an employee who has not left")
    return boss


def _new_person(ctx: Context, wish: Hire, boss: Row) -> Row:
    db = ctx.db
    number = int(db.value("SELECT max(CAST(substr(id, 2) AS INTEGER)) FROM company_person")) + 1
    team = db.value("SELECT team FROM company_person WHERE id = ?", boss["person_id"])
    model = db.row(
        "SELECT grade FROM company_person WHERE title = ? GROUP BY grade ORDER BY count(*) DESC, grade LIMIT 1",
        wish.designation,
    )
    mailbox = f"{_letters(wish.first_name)}.{_letters(wish.last_name)}"
    person = {
        "id": f"p{number:04d}",
        "employee_number": f"NV-{1000 + number}",
        "first_name": wish.first_name,
        "last_name": wish.last_name,
        "full_name": f"{wish.first_name} {wish.last_name}",
        "email": _free(ctx, "email", mailbox, f"@{FIRM_DOMAIN}"),
        "username": _free(ctx, "username", _letters(wish.first_name)[0] + _letters(wish.last_name), ""),
        "title": wish.designation,
        "grade": model["grade"] if model else "IC2",
        "department_id": wish.department["id"],
        "team": team if boss["department_id"] == wish.department["id"] else wish.department["name"],
        "site_id": wish.site_id,
        "manager_id": boss["person_id"],
        "hired_on": wish.date_of_joining,
        "status": "active",
    }
    roles = _roles_for(ctx, wish)  # before the new person counts among those with the designation
    db.insert("company_person", **person)
    for role in roles:
        db.insert("company_role", person_id=person["id"], role=role)
    _make_manager(ctx, boss["person_id"])
    return person


def _roles_for(ctx: Context, wish: Hire) -> list[str]:
    """Employee, and the roles that everybody with this designation in the department holds."""
    sql = """
    SELECT r.role FROM company_person p JOIN company_role r ON r.person_id = p.id
    WHERE p.title = ? AND p.department_id = ? AND p.status <> 'left' AND r.role <> 'Manager'
    GROUP BY r.role HAVING count(*) = (
        SELECT count(*) FROM company_person WHERE title = ? AND department_id = ? AND status <> 'left')"""
    place = (wish.designation, wish.department["id"])
    return sorted({"Employee", *ctx.db.values(sql, *place, *place)})


def _make_manager(ctx: Context, person_id: str) -> None:
    ctx.db.execute("INSERT INTO company_role (person_id, role) VALUES (?, 'Manager') ON CONFLICT DO NOTHING", person_id)


def _letters(name: str) -> str:
    """Lower-case ASCII letters for addresses; a name without any is refused."""
    found = "".join(letter for letter in name.lower() if "a" <= letter <= "z")
    if not found:
        raise ToolError(
            "invalid", f"{name!r} has no Latin letter, so that no address can be made of it.", field="last_name"
        )
    return found


def _free(ctx: Context, column: str, wanted: str, tail: str) -> str:
    """The wanted text, or with the first number from 2 that nobody has."""
    number = 1
    while ctx.db.value(
        f"SELECT 1 FROM company_person WHERE {column} = ?", (chosen := f"{wanted}{number if number > 1 else ''}{tail}")
    ):
        number += 1
    return chosen


def change(ctx: Context, person: Row, wanted: dict[str, Any], *, reports_to: str | None) -> list[str]:
    """Apply what differs from the record; returns the names of what changed. At least one thing must be asked for."""
    if reports_to is None and not any(wanted.values()):
        accepted = ["department", "designation", "reports_to", "site", "employment_type"]
        raise ToolError("invalid", "Nothing to change was given.", accepted=accepted)
    columns: Row = {}
    department = wanted["department"]
    if department and department["id"] != person["department_id"]:
        columns["department_id"] = department["id"]
        columns["team"] = department["name"]
        _history(ctx, person["employee_id"], "Transfer", person["department"], department["name"])
    if wanted["designation"] and wanted["designation"] != person["designation"]:
        columns["title"] = wanted["designation"]
        _history(ctx, person["employee_id"], "Promotion", person["designation"], wanted["designation"])
    if wanted["site_id"] and wanted["site_id"] != person["site_id"]:
        columns["site_id"] = wanted["site_id"]
        _history(ctx, person["employee_id"], "Transfer", person["site_id"], wanted["site_id"])
    if reports_to is not None or "department_id" in columns:
        columns |= _new_manager(ctx, person, department, reports_to)
    ctx.db.update("company_person", {"id": person["person_id"]}, **columns)
    changed = [_PUBLIC_NAME[column] for column in columns if column in _PUBLIC_NAME]
    if wanted["employment_type"] and wanted["employment_type"] != person["employment_type"]:
        ctx.db.update("hr_employee", {"id": person["employee_id"]}, employment_type=wanted["employment_type"])
        changed.append("employment_type")
    if columns:
        ctx.emit(PersonChanged(person["person_id"], tuple(columns)))
    return changed


_PUBLIC_NAME = {"department_id": "department", "title": "designation", "site_id": "site", "manager_id": "reports_to"}


def _new_manager(ctx: Context, person: Row, department: Row | None, reports_to: str | None) -> Row:
    """The columns that a change of manager sets; refuses a circle."""
    boss = _boss(ctx, department or {}, reports_to)
    if boss["person_id"] == person["manager_id"]:
        return {}
    below = """
    WITH RECURSIVE below(id) AS (
        SELECT ? UNION SELECT p.id FROM company_person p JOIN below b ON p.manager_id = b.id
    ) SELECT 1 FROM below WHERE id = ?"""
    if ctx.db.value(below, person["person_id"], boss["person_id"]):
        message = f"{boss['employee_name']} is {person['employee_name']} or reports to them; that would be a circle."
        raise ToolError("conflict", message, field="reports_to", accepted="somebody who is not below the employee")
    _make_manager(ctx, boss["person_id"])
    _history(ctx, person["employee_id"], "Manager Change", person["manager_id"], boss["person_id"])
    return {"manager_id": boss["person_id"]}


def _history(ctx: Context, employee_id: str, kind: str, old: str | None, new: str, *, day: str | None = None) -> None:
    ctx.db.insert(
        "hr_employee_change",
        employee_id=employee_id,
        kind=kind,
        effective_on=day or ctx.today,
        old_value=old,
        new_value=new,
        changed_by=ctx.me.id,
    )


def terminate(ctx: Context, person: Row, last_day: str, reason: str) -> Row:
    """Set the last day, cancel what lies after it and tell the other apps."""
    _check_termination(ctx, person, last_day)
    gone = last_day <= ctx.today
    columns: Row = {"left_on": last_day}
    if gone:
        columns["status"] = "left"
        ctx.db.delete("company_role", person_id=person["person_id"])
    ctx.db.update("company_person", {"id": person["person_id"]}, **columns)
    ctx.db.update("hr_employee", {"id": person["employee_id"]}, notice_given_on=ctx.today, reason_for_leaving=reason)
    _history(ctx, person["employee_id"], "Separation", None, reason, day=last_day)
    cancelled = leave_rules.cancel_after(ctx, person, last_day)
    shifts = _end_shifts(ctx, person["employee_id"], last_day)
    ctx.emit(PersonTerminated(person["person_id"], last_day))
    notify(
        ctx,
        email_of(ctx, person["manager_id"]),
        subject=f"{person['employee_name']} leaves on {last_day}",
        body=f"The employment of {person['employee_name']} ({person['employee_id']}) ends on {last_day}.",
        kind="employee_terminated",
    )
    return {
        "employee_id": person["employee_id"],
        "employee_name": person["employee_name"],
        "status": "Left" if gone else person["status"],
        "last_working_day": last_day,
        "cancelled_leave_applications": cancelled,
        "ended_shift_assignments": shifts,
    }


def _check_termination(ctx: Context, person: Row, last_day: str) -> None:
    name = person["employee_name"]
    if is_self(ctx, person):
        raise ToolError("forbidden", "Nobody may end their own employment here.", accepted="another HR Manager")
    if person["left_on"]:
        raise ToolError("conflict", f"{name} leaves or left on {person['left_on']} already.", field="employee_id")
    _within(ctx, last_day, EARLIEST_LEAVING, LATEST_LEAVING, field="last_day")
    if last_day < person["hired_on"]:
        raise ToolError("invalid", f"{name} joins on {person['hired_on']}.", field="last_day")
    sql = "SELECT employee_id FROM hr_staff WHERE manager_id = ? AND status <> 'Left' ORDER BY employee_id"
    reports = ctx.db.values(sql, person["person_id"])
    headed = ctx.db.value("SELECT name FROM company_department WHERE head_id = ?", person["person_id"])
    if reports or headed:
        what = f"{len(reports)} people report to {name}" if reports else f"{name} heads {headed}"
        message = f"{what}; update_employee(reports_to=...) moves people, and a department keeps its head."
        raise ToolError("conflict", message, field="employee_id", accepted=reports[:10] or None)


def _end_shifts(ctx: Context, employee_id: str, last_day: str) -> int:
    db = ctx.db
    key = (employee_id, last_day)
    later = db.execute(
        "UPDATE hr_shift_assignment SET status = 'Cancelled'"
        " WHERE employee_id = ? AND status = 'Active' AND start_date > ?",
        *key,
    )
    running = db.execute(
        "UPDATE hr_shift_assignment SET end_date = ? WHERE employee_id = ? AND status = 'Active'"
        " AND (end_date IS NULL OR end_date > ?)",
        last_day,
        *key,
    )
    return later + running


def _within(ctx: Context, day: str, earliest: int, latest: int, *, field: str) -> None:
    first, last = plus_days(ctx.today, earliest), plus_days(ctx.today, latest)
    if not first <= day <= last:
        raise ToolError("invalid", f"{day} is not from {first} to {last}.", field=field, accepted=f"{first} to {last}")
