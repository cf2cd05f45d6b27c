"""Gives the firm its business: customers with contacts and subscriptions, projects with people, vendors."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from enterpriselab.company import market
from enterpriselab.company.dice import Dice
from enterpriselab.company.people import draw_name, slug, today
from enterpriselab.company.projects import ProjectPlan, project_plans
from enterpriselab.company.records import Contact, Customer, Department, Person, Product, Project, Subscription, Vendor
from enterpriselab.company.sites import PHONE, PHONE_ELSEWHERE

_SUPPORT_PLAN = {"Strategic": "NV-SUP-247", "Enterprise": "NV-SUP-ENT", "Standard": "NV-SUP-STD"}
_MOST_UNITS = {"line": 12, "station": 16, "site": 3, "asset": 140, "server": 4, "gateway": 40, "user": 60, "year": 1}
_LEGACY_SKU = "NV-FLW-7LE"
_LEAD_GRADES = ("IC2", "IC3", "IC4", "M1")


def build_customers(dice: Dice, people: Sequence[Person]) -> tuple[Customer, ...]:
    """Customers in the order of the list; accounts go round the executives of the region's team."""
    owners: dict[str, list[Person]] = {}
    for team, countries in market.SALES_TEAM.items():
        staff = [p for p in people if p.team == team and p.status == "active" and p.left_on is None and p.grade != "M1"]
        owners |= dict.fromkeys(countries.split(), staff)
    found: list[Customer] = []
    for number, (name, industry, code, city, tier) in enumerate(market.split_rows(market.CUSTOMER_ROWS), start=1):
        status = "prospect" if name in market.PROSPECTS else "former" if name in market.FORMER else "active"
        since = None if status == "prospect" else date(dice.between(2015, 2024), dice.between(1, 12), 1).isoformat()
        owner = owners[code][number % len(owners[code])]
        domain = domain_of(name)
        country = market.COUNTRIES[code]
        found.append(
            Customer(f"c{number:03d}", name, domain, industry, country, code, city, tier, status, since, owner.id)
        )
    return tuple(found)


def domain_of(name: str) -> str:
    """The domain of an organisation: its first word when that is long enough, else the first two."""
    words = name.split()
    return f"{slug(''.join(words[: 1 if len(words[0]) > 7 else 2]))}.example"


def phone_in(country_code: str, number: int) -> str:
    """The n-th telephone number of that country kept for customers, up to 500."""
    if country_code in PHONE_ELSEWHERE:
        return f"+{PHONE_ELSEWHERE[country_code]} 555 0{100 + number}"
    return PHONE[country_code].format(500 + number)


def new_name(dice: Dice, country_code: str, taken: set[str]) -> tuple[str, str]:
    """A name of that country that nobody has yet; it is taken from then on."""
    first, last = draw_name(dice, country_code)
    while f"{first} {last}" in taken:
        first, last = draw_name(dice, country_code)
    taken.add(f"{first} {last}")
    return first, last


def build_contacts(dice: Dice, customers: Sequence[Customer], taken: set[str]) -> tuple[Contact, ...]:
    """Two to four people at each customer, with different titles; `taken` names are avoided and grow."""
    found: list[Contact] = []
    for customer in customers:
        for title in dice.some(market.CONTACT_TITLES, dice.between(2, 4)):
            first, last = new_name(dice, customer.country_code, taken)
            number = len(found) + 1
            email = f"{slug(first)}.{slug(last)}@{customer.domain}"
            phone = phone_in(customer.country_code, number)
            found.append(Contact(f"k{number:04d}", customer.id, first, last, f"{first} {last}", email, phone, title))
    return tuple(found)


def build_subscriptions(
    dice: Dice, customers: Sequence[Customer], products: Sequence[Product]
) -> tuple[Subscription, ...]:
    """What each customer runs, by the kind of its industry, and its support plan."""
    units = {product.sku: product.unit for product in products}
    found: list[Subscription] = []
    for customer in customers:
        if customer.since is None:
            continue
        for sku in _skus_of(dice, customer):
            most = _MOST_UNITS[units[sku]]
            quantity = 1 if most == 1 else dice.between(1, most if customer.tier == "Strategic" else max(2, most // 3))
            since = date.fromisoformat(customer.since)
            started = since if sku in _SUPPORT_PLAN.values() else _later(dice, since)
            renews = _renewal(started, ended=customer.status == "former")
            found.append(Subscription(customer.id, sku, quantity, started.isoformat(), renews.isoformat()))
    return tuple(found)


def _skus_of(dice: Dice, customer: Customer) -> list[str]:
    first, *others = market.BUNDLES[market.INDUSTRY_KIND[customer.industry]]
    wanted = list(market.RUNS.get(customer.name, ()))
    if customer.name in market.LEGACY:  # modules of Flow 8 do not run on Flow 7
        first, others = _LEGACY_SKU, [sku for sku in others if not sku.startswith("NV-FLW")]
    count = {"Strategic": 4, "Enterprise": 3, "Standard": 2}[customer.tier]
    others = [sku for sku in others if sku not in wanted]
    skus = [first, *wanted, *dice.some(others, max(1, count - 1 - len(wanted)))]
    return [*sorted(set(skus)), _SUPPORT_PLAN[customer.tier]]


def _later(dice: Dice, since: date) -> date:
    """The first of a month, up to four years after the customer came, at the latest in February 2026."""
    first, last = since.year * 12 + since.month - 1, today().year * 12 + today().month - 2
    months = first + dice.below(min(48, last - first + 1))
    return date(months // 12, months % 12 + 1, 1)


def _renewal(started: date, *, ended: bool) -> date:
    """The next anniversary after today, or for what has ended the last one before."""
    this_year = started.replace(year=today().year)
    coming = this_year if this_year > today() else this_year.replace(year=today().year + 1)
    return coming.replace(year=coming.year - 1) if ended else coming


def build_projects(
    dice: Dice, people: Sequence[Person], departments: Sequence[Department], customers: Sequence[Customer]
) -> tuple[Project, ...]:
    """Projects with a lead, a sponsor and three to seven others from the departments that take part."""
    staff = [person for person in people if person.status != "left"]
    heads = {department.id: department.head_id for department in departments}
    clients = {customer.name: customer for customer in customers}
    loads: Counter[str] = Counter()
    found: list[Project] = []
    for plan in project_plans():
        client = clients[plan.customer] if plan.customer else None
        lead = _lead_of(dice, plan, staff, loads)
        loads[lead.id] += 1
        sponsor = client.account_owner_id if client else heads[plan.departments[0]]
        members = _members(dice, plan, lead, sponsor, [p for p in staff if p.id not in heads.values()])
        client_id = client.id if client else None
        dates = (plan.started_on, plan.due_on)
        found.append(
            Project(
                plan.code, plan.name, client_id, lead.id, plan.status, *dates, plan.budget_cents, plan.summary, members
            )
        )
    return tuple(found)


def _lead_of(dice: Dice, plan: ProjectPlan, staff: Sequence[Person], loads: Counter[str]) -> Person:
    """Somebody experienced of the team who is here to stay and leads as little as anybody."""
    able = [p for p in staff if p.team == plan.team and p.grade in _LEAD_GRADES and p.status == "active"]
    able = [p for p in able if p.left_on is None]
    senior = [p for p in able if p.grade != "IC2"] or able
    least = min(loads[p.id] for p in senior)
    return dice.one([p for p in senior if loads[p.id] == least])


def _members(
    dice: Dice, plan: ProjectPlan, lead: Person, sponsor: str, staff: Sequence[Person]
) -> tuple[tuple[str, str], ...]:
    """The lead, the sponsor, some of the lead's team, and others of the departments; one of those reviews."""
    free = [p for p in staff if p.id not in (lead.id, sponsor)]
    team = dice.some([p for p in free if p.team == plan.team], dice.between(1, 3))
    others = [p for p in free if p.department_id in plan.departments and p.team != plan.team]
    chosen = [*team, *dice.some(others, dice.between(2, 4))]
    reviewer = chosen[-1].id
    parts = [(p.id, "reviewer" if p.id == reviewer else "contributor") for p in chosen]
    return ((lead.id, "lead"), (sponsor, "sponsor"), *sorted(parts))


def build_vendors(dice: Dice, taken: set[str]) -> tuple[Vendor, ...]:
    """Vendors in the order of the list, each with one contact; `taken` names are avoided and grow."""
    found: list[Vendor] = []
    for number, (name, category, code, city, days) in enumerate(market.split_rows(market.VENDOR_ROWS), start=1):
        first, last = new_name(dice, code, taken)
        domain = domain_of(name)
        email = f"{slug(first)}.{slug(last)}@{domain}"
        country = market.COUNTRIES[code]
        found.append(
            Vendor(f"v{number:02d}", name, domain, category, country, city, f"{first} {last}", email, int(days))
        )
    return tuple(found)
