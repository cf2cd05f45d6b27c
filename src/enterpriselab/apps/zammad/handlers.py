"""What Zammad does when other apps tell something: accounts and tickets for hires and leavers, tickets for requests."""

from enterpriselab.apps.zammad.access import ROLE_ACCESS, find_ticket
from enterpriselab.apps.zammad.changes import Wish, change_ticket
from enterpriselab.apps.zammad.correspondence import Entry
from enterpriselab.apps.zammad.creation import Draft, open_ticket
from enterpriselab.company import FIRM_DOMAIN
from enterpriselab.company.events import PersonChanged, PersonHired, PersonTerminated, ServiceRequested
from enterpriselab.toolkit import Context, Row, on

IT_GROUP = "IT Service Desk"
ONBOARDING = (
    "Create the directory account and assign licences",
    "Prepare and hand out the laptop",
    "Set up phone extension and multi-factor sign-in",
    "Grant access to the team's systems and folders",
    "Order badge and workplace at the site",
    "Book the security briefing for the first week",
)
OFFBOARDING = (
    "Lock the directory account at the end of the last day",
    "Take back laptop, phone and badge",
    "Hand over mailbox and files to the manager",
    "Remove access to customer systems",
    "Release licences",
)
_PERSON = """SELECT p.*, m.email AS manager_email, s.name AS site FROM company_person p
LEFT JOIN company_person m ON m.id = p.manager_id JOIN company_site s ON s.id = p.site_id WHERE p.id = ?"""


def _hired(ctx: Context, event: PersonHired) -> None:
    person = ctx.db.row(_PERSON, event.person_id) or {}
    _account(ctx, person)
    place = f"{person['team']}, {person['site']}"
    body = f"{person['full_name']} starts on {person['hired_on']} as {person['title']} ({place})."
    _personnel_ticket(ctx, person, f"Onboarding {person['full_name']}", body, "onboarding", ONBOARDING)


def _account(ctx: Context, person: Row) -> None:
    """The person's user, with the group access that their roles bring; a former one comes back to life."""
    names = {"firstname": person["first_name"], "lastname": person["last_name"], "email": person["email"]}
    columns = {**names, "phone": person["phone"] or "", "active": 1, "updated_at": ctx.now}
    roles = ctx.db.values("SELECT role FROM company_role WHERE person_id = ? ORDER BY role", person["id"])
    columns["role"] = "Admin" if "IT Admin" in roles else "Agent" if ROLE_ACCESS.keys() & set(roles) else "Customer"
    user_id = ctx.db.value("SELECT id FROM zammad_user WHERE person_id = ?", person["id"])
    if user_id is None:
        firm = ctx.db.value("SELECT id FROM zammad_organization WHERE domain = ?", FIRM_DOMAIN)
        columns |= {"person_id": person["id"], "organization_id": firm, "created_at": ctx.now}
        user_id = ctx.db.insert("zammad_user", **columns)
    else:
        ctx.db.update("zammad_user", {"id": user_id}, **columns)
    for group, access in access_of(roles).items():
        for name in access:
            sql = """INSERT OR IGNORE INTO zammad_group_access (user_id, group_id, access)
                SELECT ?, id, ? FROM zammad_group WHERE name = ?"""
            ctx.db.execute(sql, user_id, name, group)


def access_of(roles: list[str]) -> dict[str, list[str]]:
    """Group -> accesses that these roles bring together; 'full' stands for all of them."""
    held: dict[str, set[str]] = {}
    for role in roles:
        for group, access in ROLE_ACCESS.get(role, {}).items():
            held.setdefault(group, set()).update(access.split())
    return {group: ["full"] if "full" in access else sorted(access) for group, access in held.items()}


def _personnel_ticket(ctx: Context, person: Row, title: str, body: str, tag: str, checklist: tuple[str, ...]) -> None:
    steps = "\n".join(f"- {step}" for step in checklist)
    customer = _user(ctx, person["manager_email"] or person["email"])
    group = ctx.db.row("SELECT * FROM zammad_group WHERE name = ?", IT_GROUP)
    if customer is None or group is None:
        return
    article = Entry("note", "system", f"{body}\n\nTo do:\n{steps}")
    open_ticket(ctx, None, Draft(title, group, customer, article, tags=(tag,), checklist=checklist))


def _user(ctx: Context, email: str) -> Row | None:
    return ctx.db.row("SELECT * FROM zammad_user WHERE email = ?", email.lower())


def _terminated(ctx: Context, event: PersonTerminated) -> None:
    person = ctx.db.row(_PERSON, event.person_id) or {}
    user_id = ctx.db.value("SELECT id FROM zammad_user WHERE person_id = ?", event.person_id)
    if user_id is not None:
        ctx.db.delete("zammad_group_access", user_id=user_id)
        ctx.db.update("zammad_user", {"id": user_id}, active=0, role="Customer", updated_at=ctx.now)
        sql = "SELECT id FROM zammad_ticket WHERE owner_id = ? AND state_id < 5 ORDER BY id"
        for ticket_id in ctx.db.values(sql, user_id):
            change_ticket(ctx, None, find_ticket(ctx, ticket_id), Wish(release=True))
    body = f"{person['full_name']} ({person['title']}, {person['site']}) leaves; the last day is {event.last_day}."
    _personnel_ticket(ctx, person, f"Offboarding {person['full_name']}", body, "offboarding", OFFBOARDING)


def _changed(ctx: Context, event: PersonChanged) -> None:
    person = ctx.db.row(_PERSON, event.person_id) or {}
    columns = {"firstname": person["first_name"], "lastname": person["last_name"], "email": person["email"]}
    columns["phone"] = person["phone"] or ""
    known = ctx.db.row("SELECT firstname, lastname, email, phone FROM zammad_user WHERE person_id = ?", event.person_id)
    if known is not None and known != columns:
        ctx.db.update("zammad_user", {"person_id": event.person_id}, **columns, updated_at=ctx.now)


def _requested(ctx: Context, event: ServiceRequested) -> None:
    """A ticket of the requester; a group that does not exist means the IT Service Desk."""
    sql = "SELECT * FROM zammad_group WHERE active = 1 AND name IN (?, ?) ORDER BY name = ? DESC LIMIT 1"
    group = ctx.db.row(sql, event.group, IT_GROUP, event.group)
    customer = _user(ctx, event.requester_email) or _stranger(ctx, event.requester_email.lower())
    if group is not None:
        article = Entry("web", "customer", event.body)
        open_ticket(ctx, customer["id"], Draft(event.title[:250], group, customer, article))


def _stranger(ctx: Context, email: str) -> Row:
    """A customer of whom only the address is known."""
    parts = email.split("@")[0].replace("_", ".").split(".")
    first, last = parts[0].title(), parts[-1].title() if len(parts) > 1 else "-"
    stamps = {"created_at": ctx.now, "updated_at": ctx.now}
    ctx.db.insert("zammad_user", email=email, firstname=first or "-", lastname=last or "-", role="Customer", **stamps)
    return _user(ctx, email) or {}


HANDLERS = (
    on(PersonHired)(_hired),
    on(PersonTerminated)(_terminated),
    on(PersonChanged)(_changed),
    on(ServiceRequested)(_requested),
)
