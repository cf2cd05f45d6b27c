"""The records of the firm, one frozen dataclass a noun. The fields are the columns of schema.sql, in the same order."""

from dataclasses import dataclass

ROLES: tuple[str, ...] = (
    "Employee",
    "Manager",
    "HR User",
    "HR Manager",
    "Recruiter",
    "Payroll",
    "Finance",
    "IT Agent",
    "IT Admin",
    "Support Agent",
    "Support Lead",
    "Sales",
    "Engineer",
    "Auditor",
)
"""Every role that a person can hold; permissions of the apps are given to roles."""


@dataclass(frozen=True, slots=True)
class Site:
    """An office of the firm; its country decides the holiday calendar and the payroll currency."""

    id: str
    name: str
    city: str
    country: str
    country_code: str
    timezone: str
    currency: str
    address: str


@dataclass(frozen=True, slots=True)
class Department:
    """A unit of the organisation tree; the root has no parent."""

    id: str
    name: str
    parent_id: str | None
    head_id: str
    cost_center: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works or worked at the firm.

    `left_on` in the future with status 'active' means that notice was given.
    """

    id: str
    employee_number: str
    first_name: str
    last_name: str
    full_name: str
    email: str
    username: str
    phone: str
    title: str
    grade: str
    department_id: str
    team: str
    site_id: str
    manager_id: str | None
    hired_on: str
    left_on: str | None
    status: str
    skills: tuple[str, ...]
    roles: tuple[str, ...]
    """Kept in company_role, not in company_person."""


@dataclass(frozen=True, slots=True)
class Customer:
    """An organisation that buys, may buy (status 'prospect') or used to buy (status 'former')."""

    id: str
    name: str
    domain: str
    industry: str
    country: str
    country_code: str
    city: str
    tier: str
    status: str
    since: str | None
    account_owner_id: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at a customer."""

    id: str
    customer_id: str
    first_name: str
    last_name: str
    full_name: str
    email: str
    phone: str
    title: str


@dataclass(frozen=True, slots=True)
class Product:
    """What the firm sells; prices are in euro cents per `unit`, software has a version."""

    sku: str
    name: str
    category: str
    unit: str
    price_cents: int
    version: str | None
    status: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """A product that a customer runs, how many units, since when and until when it is paid."""

    customer_id: str
    sku: str
    quantity: int
    started_on: str
    renews_on: str


@dataclass(frozen=True, slots=True)
class Project:
    """Internal work or work for a customer; the lead is the first of the members."""

    code: str
    name: str
    customer_id: str | None
    lead_id: str
    status: str
    started_on: str
    due_on: str
    budget_cents: int
    summary: str
    members: tuple[tuple[str, str], ...]
    """(person id, part in the project); kept in company_project_member."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """An organisation that the firm buys from."""

    id: str
    name: str
    domain: str
    category: str
    country: str
    city: str
    contact_name: str
    contact_email: str
    payment_days: int


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day on which a site is closed."""

    site_id: str
    day: str
    name: str
