"""Firm: everything that is known of the fictional company, and look-ups in it. Pure; the database form is seed.py."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from enterpriselab.company import business, market
from enterpriselab.company.dice import Dice
from enterpriselab.company.people import FIRM_DOMAIN, build_people
from enterpriselab.company.records import (
    Contact,
    Customer,
    Department,
    Holiday,
    Person,
    Product,
    Project,
    Site,
    Subscription,
    Vendor,
)
from enterpriselab.company.sites import SITES, holidays
from enterpriselab.core.clock import CLOCK_START

NOW = CLOCK_START
"""The instant at which every world begins, '2026-03-02T09:00:00Z', a Monday."""
TODAY = CLOCK_START[:10]
"""The day of NOW."""
FIRM_NAME = "Norrvane Systems"
SHARED_MAILBOXES: tuple[tuple[str, str], ...] = (
    (f"notifications@{FIRM_DOMAIN}", "Norrvane Notifications"),
    (f"support@{FIRM_DOMAIN}", "Norrvane Customer Support"),
    (f"servicedesk@{FIRM_DOMAIN}", "IT Service Desk"),
    (f"people@{FIRM_DOMAIN}", "Human Resources"),
    (f"jobs@{FIRM_DOMAIN}", "Norrvane Careers"),
    (f"payroll@{FIRM_DOMAIN}", "Payroll"),
    (f"invoices@{FIRM_DOMAIN}", "Accounts Payable"),
    (f"sales@{FIRM_DOMAIN}", "Norrvane Sales"),
)
"""(address, display name) of mailboxes that belong to nobody; the first one sends what apps write."""


@dataclass(frozen=True)
class Firm:
    """The company with its people, customers, products, projects, vendors and holidays."""

    name: str
    domain: str
    seed: int
    sites: tuple[Site, ...]
    departments: tuple[Department, ...]
    """Parents before children."""
    people: tuple[Person, ...]
    """By id, which is by hire date; includes those who left."""
    customers: tuple[Customer, ...]
    contacts: tuple[Contact, ...]
    products: tuple[Product, ...]
    subscriptions: tuple[Subscription, ...]
    projects: tuple[Project, ...]
    vendors: tuple[Vendor, ...]
    holidays: tuple[Holiday, ...]

    @cached_property
    def _people_by_id(self) -> dict[str, Person]:
        return {person.id: person for person in self.people}

    @cached_property
    def _people_by_email(self) -> dict[str, Person]:
        return {person.email: person for person in self.people}

    @cached_property
    def _reports(self) -> Mapping[str, tuple[Person, ...]]:
        found: defaultdict[str, list[Person]] = defaultdict(list)
        for person in self.people:
            if person.manager_id and person.status != "left":
                found[person.manager_id].append(person)
        return {manager: tuple(reports) for manager, reports in found.items()}

    @cached_property
    def _contacts(self) -> Mapping[str, tuple[Contact, ...]]:
        found: defaultdict[str, list[Contact]] = defaultdict(list)
        for contact in self.contacts:
            found[contact.customer_id].append(contact)
        return {customer: tuple(contacts) for customer, contacts in found.items()}

    @cached_property
    def active(self) -> tuple[Person, ...]:
        """People at work today."""
        return tuple(person for person in self.people if person.status == "active")

    @cached_property
    def staff(self) -> tuple[Person, ...]:
        """People who have an account: active or on leave."""
        return tuple(person for person in self.people if person.status != "left")

    def by_id(self, person_id: str) -> Person:
        """The person. Raises KeyError."""
        return self._people_by_id[person_id]

    def by_email(self, email: str) -> Person:
        """The person with that address, case ignored. Raises KeyError."""
        return self._people_by_email[email.lower()]

    def site(self, site_id: str) -> Site:
        """The site. Raises KeyError."""
        return {site.id: site for site in self.sites}[site_id]

    def department(self, department_id: str) -> Department:
        """The department. Raises KeyError."""
        return {department.id: department for department in self.departments}[department_id]

    def customer(self, customer_id: str) -> Customer:
        """The customer. Raises KeyError."""
        return {customer.id: customer for customer in self.customers}[customer_id]

    def product(self, sku: str) -> Product:
        """The product. Raises KeyError."""
        return {product.sku: product for product in self.products}[sku]

    def project(self, code: str) -> Project:
        """The project. Raises KeyError."""
        return {project.code: project for project in self.projects}[code]

    def manager_of(self, person: Person) -> Person | None:
        """The person's manager; None for the chief executive."""
        return self.by_id(person.manager_id) if person.manager_id else None

    def reports_of(self, person: Person) -> tuple[Person, ...]:
        """Direct reports who have not left."""
        return self._reports.get(person.id, ())

    def heads(self) -> tuple[Person, ...]:
        """The head of each department, in the order of the departments."""
        return tuple(self.by_id(department.head_id) for department in self.departments)

    def people_in(self, department_id: str, *, below: bool = False) -> tuple[Person, ...]:
        """People of a department who have not left; `below` adds the departments under it."""
        wanted = {self.department(department_id).id}
        if below:  # parents come first, so one pass is enough
            for department in self.departments:
                if department.parent_id in wanted:
                    wanted.add(department.id)
        return tuple(person for person in self.staff if person.department_id in wanted)

    def people_at(self, site_id: str) -> tuple[Person, ...]:
        """People of a site who have not left."""
        return tuple(person for person in self.staff if person.site_id == site_id)

    def teams(self) -> Mapping[str, tuple[Person, ...]]:
        """Team name -> its people who have not left; heads and single seats are the team named like the department."""
        found: defaultdict[str, list[Person]] = defaultdict(list)
        for person in self.staff:
            found[person.team].append(person)
        return {team: tuple(people) for team, people in sorted(found.items())}

    def with_role(self, role: str) -> tuple[Person, ...]:
        """People who hold the role; nobody who left holds one."""
        return tuple(person for person in self.people if role in person.roles)

    def contacts_of(self, customer: Customer) -> tuple[Contact, ...]:
        """People at the customer."""
        return self._contacts.get(customer.id, ())

    def subscriptions_of(self, customer: Customer) -> tuple[Subscription, ...]:
        """What the customer runs or ran."""
        return tuple(item for item in self.subscriptions if item.customer_id == customer.id)


@lru_cache(maxsize=8)
def build_firm(seed: int = 7, headcount: int = 320) -> Firm:
    """The firm of that seed and size; equal arguments give an equal firm on every Python version.

    Raises:
        UsageError: the headcount is outside of what the organisation can hold.
    """
    dice = Dice(seed)
    departments, people = build_people(dice, headcount)
    products = market.products()
    customers = business.build_customers(dice, people)
    taken = {person.full_name for person in people}
    return Firm(
        name=FIRM_NAME,
        domain=FIRM_DOMAIN,
        seed=seed,
        sites=SITES,
        departments=departments,
        people=people,
        customers=customers,
        contacts=business.build_contacts(dice, customers, taken),
        products=products,
        subscriptions=business.build_subscriptions(dice, customers, products),
        projects=business.build_projects(dice, people, departments, customers),
        vendors=business.build_vendors(dice, taken),
        holidays=holidays(),
    )
