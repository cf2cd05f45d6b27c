"""Seeds groups, organizations, users and group access from the firm. Tickets are in seed_tickets.py."""

from dataclasses import dataclass, field

import apsw

from enterpriselab.apps.zammad.handlers import access_of
from enterpriselab.apps.zammad.seed_catalog import GROUPS
from enterpriselab.company import Contact, Firm, Person
from enterpriselab.company.dice import Dice

_ENGINEERS_WITH_TICKETS = ("eng-platform", "eng-edge", "eng-analytics")
_NAMESAKES = 3


@dataclass(frozen=True, slots=True)
class Account:
    """A user as the ticket seed needs it."""

    id: int
    first: str
    name: str
    email: str
    organization_id: int
    person: Person | None = None
    contact: Contact | None = None


@dataclass(slots=True)
class Directory:
    """Everybody in Zammad."""

    groups: dict[str, int] = field(default_factory=dict)
    organizations: dict[str, int] = field(default_factory=dict)
    """Customer id -> organization id."""
    colleagues: list[Account] = field(default_factory=list)
    """Active people of the firm."""
    leavers: list[Account] = field(default_factory=list)
    customers: dict[str, list[Account]] = field(default_factory=dict)
    """Customer id -> active contacts."""
    owners: dict[str, list[Account]] = field(default_factory=dict)
    """Group -> agents with full access."""
    namesakes: list[tuple[Account, Account]] = field(default_factory=list)
    """Two customers of different organizations with one name."""


def seed_people(connection: apsw.Connection, firm: Firm, dice: Dice) -> Directory:
    """Insert groups, organizations, users and access; returns what the ticket seed builds on."""
    directory = Directory()
    for number, (name, box, note, employees, days) in enumerate(GROUPS, start=1):
        directory.groups[name] = number
        row = (number, name, f"{box}@{firm.domain}", note, employees, days)
        sql = "INSERT INTO zammad_group (id, name, email, note, employees, follow_up_days) VALUES (?, ?, ?, ?, ?, ?)"
        connection.execute(sql, row)
    _organizations(connection, firm, directory)
    users = _colleagues(firm, directory)
    users += _contacts(firm, directory, first_id=len(users) + 1)
    users += _make_namesakes(firm, directory, dice, first_id=len(users) + 1)
    sql = """INSERT INTO zammad_user (id, email, firstname, lastname, phone, role, organization_id, person_id,
        contact_id,
        vip, active, note, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
    connection.executemany(sql, users)
    _access(connection, directory)
    return directory


def _organizations(connection: apsw.Connection, firm: Firm, directory: Directory) -> None:
    """The firm is the first; its members do not see one another's tickets."""
    start = "2024-01-08T08:00:00Z"
    rows: list[tuple[object, ...]] = [(1, firm.name, firm.domain, None, 0, 1, "Our own colleagues.", start, start)]
    for number, customer in enumerate(firm.customers, start=2):
        directory.organizations[customer.id] = number
        note = f"{customer.industry}, {customer.city}, {customer.country}. {customer.tier} client."
        active = int(customer.status != "former")
        rows.append((number, customer.name, customer.domain, customer.id, 1, active, note, start, start))
    sql = """INSERT INTO zammad_organization
        (id, name, domain, customer_id, shared, active, note, created_at, updated_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
    connection.executemany(sql, rows)


def _colleagues(firm: Firm, directory: Directory) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for number, person in enumerate(firm.people, start=1):
        account = Account(number, person.first_name, person.full_name, person.email, 1, person=person)
        (directory.leavers if person.status == "left" else directory.colleagues).append(account)
        agent = bool(_accesses(person))
        role = "Admin" if "IT Admin" in person.roles else "Agent" if agent else "Customer"
        stamp = max(person.hired_on, "2024-01-08") + "T08:00:00Z"
        names = (number, person.email, person.first_name, person.last_name, person.phone)
        vip = int(person.grade.startswith("E"))
        rows.append((*names, role, 1, person.id, None, vip, int(person.status != "left"), "", stamp, stamp))
    return rows


def _contacts(firm: Firm, directory: Directory, *, first_id: int) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    former = {customer.id for customer in firm.customers if customer.status == "former"}
    strategic = {customer.id for customer in firm.customers if customer.tier == "Strategic"}
    for number, contact in enumerate(firm.contacts, start=first_id):
        organization = directory.organizations[contact.customer_id]
        active = contact.customer_id not in former
        account = Account(number, contact.first_name, contact.full_name, contact.email, organization, contact=contact)
        if active:
            directory.customers.setdefault(contact.customer_id, []).append(account)
        vip = int(contact.customer_id in strategic and contact.title in ("Plant Manager", "Operations Director"))
        names = (number, contact.email, contact.first_name, contact.last_name, contact.phone)
        stamp = "2024-02-05T08:00:00Z"
        rows.append((*names, "Customer", organization, None, contact.id, vip, int(active), contact.title, stamp, stamp))
    return rows


def _make_namesakes(firm: Firm, directory: Directory, dice: Dice, *, first_id: int) -> list[tuple[object, ...]]:
    """Customers that only Zammad knows and that bear the name of somebody at another company of the same country."""
    rows: list[tuple[object, ...]] = []
    active = [customer for customer in firm.customers if customer.status == "active"]
    pairs = [
        (model, other)
        for model in active
        for other in active
        if model.id != other.id and model.country_code == other.country_code and model.industry != other.industry
    ]
    taken = {contact.email for contact in firm.contacts}
    for model, other in dice.some(pairs, 4 * _NAMESAKES):
        known = dice.one(directory.customers[model.id])
        number = first_id + len(rows)
        organization = directory.organizations[other.id]
        email = f"{known.email.split('@')[0]}@{other.domain}"
        if email in taken or len(rows) == _NAMESAKES:
            continue
        taken.add(email)
        account = Account(number, known.first, known.name, email, organization)
        directory.customers[other.id].append(account)
        directory.namesakes.append((known, account))
        stamp = "2025-09-15T08:00:00Z"
        last = known.name.removeprefix(known.first + " ")
        names = (number, email, known.first, last, "")
        rows.append((*names, "Customer", organization, None, None, 0, 1, "Not in the CRM.", stamp, stamp))
    return rows


def _accesses(person: Person) -> dict[str, list[str]]:
    """Group access of a person: what the roles bring, and full access for some by seat."""
    held = access_of(list(person.roles))
    if person.status == "left":
        return {}
    if person.team == "Sales Engineering" or person.title == "Sales Operations Manager":
        held["Sales Support"] = ["full"]
    if person.team == "Procurement" or person.title in ("Executive Assistant", "Chief of Staff"):
        held["Facilities"] = ["full"]
    if person.department_id in _ENGINEERS_WITH_TICKETS and person.grade in ("IC4", "IC5", "M1"):
        held["Product Engineering"] = ["full"]
    return held


def _access(connection: apsw.Connection, directory: Directory) -> None:
    rows: list[tuple[int, int, str]] = []
    for account in directory.colleagues:
        assert account.person is not None  # colleagues are people of the firm
        for group, accesses in _accesses(account.person).items():
            rows += [(account.id, directory.groups[group], access) for access in accesses]
            if accesses == ["full"] and account.person.status == "active" and account.person.left_on is None:
                directory.owners.setdefault(group, []).append(account)
    connection.executemany("INSERT INTO zammad_group_access (user_id, group_id, access) VALUES (?, ?, ?)", rows)
