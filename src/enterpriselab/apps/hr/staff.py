"""Who is who: finding employees, departments and designations, and the row-level rules (self, manager, HR)."""

import difflib

from enterpriselab.toolkit import Context, Row, ToolError, not_found

_CHAIN = """
WITH RECURSIVE chain(id, manager_id) AS (
    SELECT id, manager_id FROM company_person WHERE id = ?
    UNION
    SELECT p.id, p.manager_id FROM company_person p JOIN chain c ON p.id = c.manager_id
)
SELECT 1 FROM chain WHERE manager_id = ?
"""


def find_staff(ctx: Context, employee_id: str, *, field: str = "employee_id") -> Row:
    """The hr_staff row of an employee. Raises not_found."""
    found = ctx.db.row("SELECT * FROM hr_staff WHERE employee_id = ?", employee_id)
    if found is None:
        raise not_found(
            "employee", employee_id, field=field, hint="search_employees lists valid ids, e.g. HR-EMP-00042."
        )
    return found


def myself(ctx: Context) -> Row:
    """The hr_staff row of the caller."""
    found = ctx.db.row("SELECT * FROM hr_staff WHERE person_id = ?", ctx.me.id)
    if found is None:
        raise ToolError("forbidden", f"{ctx.me.name} has no employee record.", accepted="an employee of the company")
    return found


def self_or(ctx: Context, employee_id: str | None) -> Row:
    """The named employee, or the caller when none is named."""
    return myself(ctx) if employee_id is None else find_staff(ctx, employee_id)


def manages(ctx: Context, person_id: str) -> bool:
    """Is the caller somewhere above this person in the line of managers?"""
    return ctx.me.id != person_id and ctx.db.value(_CHAIN, person_id, ctx.me.id) is not None


def is_self(ctx: Context, staff: Row) -> bool:
    """Is this employee the caller?"""
    return bool(staff["person_id"] == ctx.me.id)


def require_access(ctx: Context, staff: Row, permission: str, what: str) -> None:
    """The employee, somebody above in the line, or a holder of the permission; otherwise forbidden."""
    if is_self(ctx, staff) or ctx.can(permission) or manages(ctx, staff["person_id"]):
        return
    who = ["the employee", "a manager above the employee", *_roles(ctx, permission)]
    raise ToolError("forbidden", f"{ctx.me.name} may not see {what} of {staff['employee_name']}.", accepted=who)


def require_decider(ctx: Context, staff: Row, permission: str, what: str) -> None:
    """A manager above the employee or a holder of the permission, never the employee; otherwise forbidden."""
    others = ["a manager above the employee", *_roles(ctx, permission)]
    if is_self(ctx, staff):
        raise ToolError(
            "forbidden", f"Nobody may {what} their own record; {ctx.me.name} is the employee.", accepted=others
        )
    if not (ctx.can(permission) or manages(ctx, staff["person_id"])):
        raise ToolError("forbidden", f"{ctx.me.name} may not {what} for {staff['employee_name']}.", accepted=others)


def require_self_or(ctx: Context, staff: Row, permission: str, what: str) -> None:
    """The employee or a holder of the permission; otherwise forbidden."""
    if is_self(ctx, staff) or ctx.can(permission):
        return
    who = ["the employee", *_roles(ctx, permission)]
    raise ToolError("forbidden", f"{ctx.me.name} may not {what} for {staff['employee_name']}.", accepted=who)


def visible_person_ids(ctx: Context, permission: str) -> list[str] | None:
    """None: everybody. Otherwise the caller and all people below, whose records a list may show."""
    if ctx.can(permission):
        return None
    sql = """
    WITH RECURSIVE below(id) AS (
        SELECT ? UNION SELECT p.id FROM company_person p JOIN below b ON p.manager_id = b.id
    ) SELECT id FROM below"""
    return ctx.db.values(sql, ctx.me.id)


def require_employed(staff: Row, day: str, *, field: str) -> None:
    """The day lies within the employment; otherwise a conflict that names the employment's dates."""
    if staff["status"] == "Left" or (staff["left_on"] and day > staff["left_on"]):
        message = f"{staff['employee_name']} ({staff['employee_id']}) left or leaves on {staff['left_on']}."
        raise ToolError("conflict", message, field=field, accepted=f"a day up to {staff['left_on']}")
    if day < staff["hired_on"]:
        message = f"{staff['employee_name']} joins on {staff['hired_on']}; {day} is before that."
        raise ToolError("invalid", message, field=field, accepted=f"a day from {staff['hired_on']}")


def find_department(ctx: Context, name: str, *, field: str = "department") -> Row:
    """{id, name} of a department by name (any case). Raises not_found with the nearest names."""
    found = ctx.db.row(
        "SELECT id, name, head_id FROM company_department WHERE lower(name) = lower(?) OR id = ?", name, name
    )
    if found is not None:
        return found
    names = ctx.db.values("SELECT name FROM company_department ORDER BY name")
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.4) or names
    message = f"No department {name!r}. list_departments lists the valid names."
    raise ToolError("not_found", message, field=field, accepted=near)


def find_designation(ctx: Context, name: str) -> str:
    """The designation's exact name. Raises not_found with the nearest names."""
    found: str | None = ctx.db.value("SELECT name FROM hr_designation WHERE name = ? COLLATE NOCASE", name)
    if found is not None:
        return found
    near = difflib.get_close_matches(name, ctx.db.values("SELECT name FROM hr_designation"), n=3, cutoff=0.4)
    message = f"No designation {name!r}. list_designations lists the valid names."
    raise ToolError("not_found", message, field="designation", accepted=near or None)


def find_site(ctx: Context, site: str) -> Row:
    """A site by id, name or city. Raises not_found with all ids."""
    wanted = site.lower()
    sites = ctx.db.rows("SELECT id, name, city, currency FROM company_site ORDER BY id")
    for found in sites:
        if wanted in (found["id"].lower(), found["name"].lower(), found["city"].lower()):
            return found
    accepted = [f"{found['id']} ({found['city']})" for found in sites]
    raise ToolError("not_found", f"No site {site!r}.", field="site", accepted=accepted)


def _roles(ctx: Context, permission: str) -> list[str]:
    return [f"role {role}" for role in sorted(ctx.permissions[permission])]
