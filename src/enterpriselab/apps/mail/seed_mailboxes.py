"""Who wrote to whom in the seeded months: projects, customers, vendors, managers, HR, IT, notices, bulk mail."""

import random
from datetime import timedelta

import apsw

from enterpriselab.apps.mail.seed_post import Party, Post
from enterpriselab.apps.mail.seed_settings import prepare_labels, seed_settings
from enterpriselab.apps.mail.seed_threads import Scene, announce, converse, moment, outsider
from enterpriselab.apps.mail.seed_words import parts
from enterpriselab.company.firm import Firm
from enterpriselab.company.principals import picks
from enterpriselab.company.records import Person
from enterpriselab.core.clock import parse_instant

RICH = 34
"""Mails in the mailbox of each person whom tasks like to act as."""
APPLICANTS = (
    "Jolanda Fink", "Peter Aumann", "Sara Holt", "Deepa Nair", "Yann Morel", "Tom Ackerley", "Mira Stanek",
    "Luis Ferrer", "Katja Wendt", "Ravi Chandran", "Emma Lund", "Oskar Brandl",
)  # fmt: skip


def seed_correspondence(connection: apsw.Connection, firm: Firm, rng: random.Random) -> None:
    """All mail, labels, drafts, filters and absence notices."""
    terms = {p.id: (p.hired_on, p.left_on if p.status == "left" and p.left_on else "9999") for p in firm.people}
    post = Post(rng, terms)
    parties = {p.id: Party(p.email, p.first_name, p.full_name, p.id) for p in firm.people}
    scene = Scene(firm, rng, post, parties)
    rich = rich_people(firm)
    post.on_delivery = prepare_labels(scene, rich)
    for write in (_projects, _customers, _vendors, _teams, _services, _broadcasts):
        write(scene)
    _top_up(scene, rich)
    _bulk_mail(scene, rich)
    seed_settings(scene, rich)
    post.flush(connection)


def rich_people(firm: Firm) -> tuple[Person, ...]:
    """People with much mail: one of each role, and the heads of departments."""
    found = {person.id: person for person in (*picks(firm).values(), *firm.heads())}
    return tuple(sorted(found.values(), key=lambda person: person.id))


def _projects(scene: Scene) -> None:
    for project in scene.firm.projects:
        members = [scene.firm.by_id(person_id) for person_id, _ in project.members]
        lead, others = scene.firm.by_id(project.lead_id), [person for person in members if person.id != project.lead_id]
        count = {"active": 6, "planned": 3, "on_hold": 3}.get(project.status, 2)
        known = {"code": project.code, "project": project.name}
        for _ in range(count if others else 0):
            pair = [scene.party(lead), scene.party(scene.rng.choice(others))]
            scene.rng.shuffle(pair)
            converse(scene, "project", pair[0], pair[1], known)


def _customers(scene: Scene) -> None:
    agents = [person for person in scene.firm.with_role("Support Agent") if person.status == "active"]
    for customer in scene.firm.customers:
        contacts = scene.firm.contacts_of(customer)
        owner = scene.party(scene.firm.by_id(customer.account_owner_id))
        products = [scene.firm.product(item.sku).name for item in scene.firm.subscriptions_of(customer)] or [
            "Norrvane Flow Core"
        ]
        for index in range(5 if customer.status == "active" else 2):
            contact = scene.rng.choice(contacts)
            known = {"customer": customer.name, "product": scene.rng.choice(products), "city": customer.city}
            client = outsider(contact.email, contact.full_name)
            reader = owner if index % 3 else scene.party(scene.rng.choice(agents))
            converse(scene, "customer" if index % 3 else "support", client, reader, known)


def _vendors(scene: Scene) -> None:
    finance = [person for person in scene.firm.with_role("Finance") if person.status == "active"][:6]
    for vendor in scene.firm.vendors:
        known = {"vendor": vendor.name}
        for _ in range(5):
            converse(
                scene,
                "vendor",
                outsider(vendor.contact_email, vendor.contact_name),
                scene.party(scene.rng.choice(finance)),
                known,
            )


def _teams(scene: Scene) -> None:
    firm, rng = scene.firm, scene.rng
    for person in firm.staff:
        manager = firm.manager_of(person)
        if manager is not None and rng.random() < 0.3:
            pair = [scene.party(manager), scene.party(person)]
            rng.shuffle(pair)
            converse(scene, "manager", pair[0], pair[1], {})
        if rng.random() < 0.25:
            team = [other for other in firm.people_in(person.department_id) if other.id != person.id]
            converse(scene, "peer", scene.party(person), scene.party(rng.choice(team)), {})


def _services(scene: Scene) -> None:
    """Mail with HR, IT, finance and applicants."""
    firm, rng = scene.firm, scene.rng
    for kind, role, count in (
        ("hr", "HR User", 40),
        ("it", "IT Agent", 45),
        ("finance", "Finance", 30),
        ("sales", "Sales", 30),
    ):
        desk = [person for person in firm.with_role(role) if person.status == "active"]
        for _ in range(count):
            _with_desk(scene, kind, rng.choice(desk), rng.choice(firm.active))
    recruiters = [person for person in firm.with_role("Recruiter") if person.status == "active"]
    for name in APPLICANTS * 2:
        _applicant(scene, name, scene.party(rng.choice(recruiters)))


def _with_desk(scene: Scene, kind: str, desk: Person, other: Person, *, days_back: float = 110) -> None:
    """A conversation with somebody of a service department about the business of that department."""
    if desk.id == other.id:
        return
    rng = scene.rng
    customer, vendor = rng.choice(scene.firm.customers), rng.choice(scene.firm.vendors)
    known = {"customer": customer.name, "vendor": vendor.name, "product": rng.choice(scene.firm.products).name}
    converse(scene, kind, scene.party(other), scene.party(desk), known, days_back=days_back)


def _applicant(scene: Scene, name: str, recruiter: Party) -> None:
    first, last = name.split()
    title = scene.rng.choice(
        ("Software Engineer", "Support Specialist", "Account Executive", "Test Engineer", "Payroll Specialist")
    )
    applicant = outsider(f"{first.lower()}.{last.lower()}@postfach.example", name)
    converse(scene, "applicant", applicant, recruiter, {"title": title, "full": name, "last": last.lower()})


def _broadcasts(scene: Scene) -> None:
    firm = scene.firm
    everyone = Party(f"everyone@{firm.domain}", "all", "Everyone", members=tuple(person.id for person in firm.staff))
    for line in parts("broadcasts"):
        department, day, *text = line
        head = firm.by_id(firm.department(department).head_id)
        at = parse_instant(f"{day}T08:00:00Z") + timedelta(minutes=scene.rng.randint(0, 90))
        announce(scene, scene.party(head), (everyone,), tuple(text), at, source=("broadcast", "person"))


def _top_up(scene: Scene, rich: tuple[Person, ...]) -> None:
    """Bring the mailbox of each rich person to at least RICH mails, with the business of the person's roles."""
    firm, rng = scene.firm, scene.rng
    kinds = {
        "HR User": "hr", "Recruiter": "applicant", "IT Agent": "it", "IT Admin": "it",
        "Finance": "finance", "Payroll": "hr",
        "Sales": "sales", "Support Agent": "support",
    }  # fmt: skip
    for person in rich:
        fitting = sorted({kinds[role] for role in person.roles if role in kinds})
        for _ in range(3 * RICH):
            if len(scene.post.held.get(person.id, ())) >= RICH:
                break
            _business(scene, person, rng.choice([*fitting, *fitting, "manager", "peer"]), rng.choice(firm.active))


def _business(scene: Scene, person: Person, kind: str, other: Person) -> None:
    if kind == "applicant":
        _applicant(scene, scene.rng.choice(APPLICANTS), scene.party(person))
        return
    if kind != "support":
        _with_desk(scene, kind, person, other, days_back=60)
        return
    customer = scene.rng.choice([customer for customer in scene.firm.customers if customer.status == "active"])
    contact = scene.rng.choice(scene.firm.contacts_of(customer))
    known = {"customer": customer.name, "product": scene.rng.choice(scene.firm.products).name, "city": customer.city}
    converse(scene, "support", outsider(contact.email, contact.full_name), scene.party(person), known, days_back=40)


def _bulk_mail(scene: Scene, rich: tuple[Person, ...]) -> None:
    """System notices, newsletters and spam, most of it for the rich mailboxes."""
    firm, rng = scene.firm, scene.rng
    system = outsider(f"no-reply@{firm.domain}", "Norrvane Notifications")
    editor = outsider("news@automationweekly.example", "Automation Weekly")
    for person in (*rich, *rich, *rich, *rng.sample(list(firm.staff), 60)):
        line = rng.choice(parts("notifications"))
        announce(
            scene,
            system,
            (scene.party(person),),
            line,
            moment(rng, days_back=50),
            source=("notification", "notification"),
        )
    for person in (*rich, *rich, *rng.sample(list(firm.staff), 40)):
        line = rng.choice(parts("newsletters"))
        announce(scene, editor, (scene.party(person),), line, moment(rng), source=("newsletter", "newsletter"))
    for person in (*rich, *rng.sample(list(firm.staff), 20)):
        crook = outsider(
            f"{rng.choice(('support', 'ceo', 'lottery'))}@norrvane-login.example",
            rng.choice(("IT Support", "Holger", "Prize Team")),
        )
        announce(
            scene,
            crook,
            (scene.party(person),),
            rng.choice(parts("spam")),
            moment(rng, days_back=30),
            source=("spam", "person"),
        )
