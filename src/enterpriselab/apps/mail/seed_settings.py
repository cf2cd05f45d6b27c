"""Seeded habits: labels and what is filed under them, drafts, filters, absence notices."""

from collections.abc import Callable
from datetime import timedelta

from enterpriselab.apps.mail.seed_post import NOW, Mail
from enterpriselab.apps.mail.seed_threads import Scene, facts, moment
from enterpriselab.apps.mail.seed_words import parts, words
from enterpriselab.company.records import Person
from enterpriselab.core.clock import format_instant

_LABEL_OF_KIND = {
    "customer": "Customers", "support": "Customers", "vendor": "Invoices", "finance": "Invoices", "project": "Projects",
    "applicant": "Recruiting", "newsletter": "Newsletters", "manager": "Team", "sales": "Contracts",
}  # fmt: skip
_RULES: tuple[tuple[str, dict[str, str], str], ...] = (
    ("Newsletters", {"query": "unsubscribe"}, "INBOX"),
    ("Invoices", {"subject": "invoice"}, ""),
    ("Recruiting", {"subject": "application"}, ""),
    ("Customers", {"query": "complaint OR urgent"}, ""),
    ("Reports", {"subject": "report", "negated": "expense"}, "INBOX"),
)
"""Label, criteria, and the system label that is taken off."""


def prepare_labels(scene: Scene, rich: tuple[Person, ...]) -> Callable[[str, str, Mail], None]:
    """Create the labels, and give the hook that files arriving mail under them now and then."""
    rng, post = scene.rng, scene.post
    owned: dict[str, dict[str, str]] = {}
    others = rng.sample([person for person in scene.firm.staff if person not in rich], 40)
    number = 0
    for person in (*rich, *others):
        count = rng.randint(4, 7) if person in rich else rng.randint(1, 3)
        owned[person.id] = {}
        for name in sorted(rng.sample(words("labels"), count)):
            number += 1
            hidden = "labelHide" if name == "Private" and rng.random() < 0.5 else "labelShow"
            post.add("mail_label", f"Label_{number}", number, person.id, name, "show", hidden)
            owned[person.id][name] = f"Label_{number}"
    post.labels.update(owned)

    def file(person_id: str, message_id: str, mail: Mail) -> None:
        mine = owned.get(person_id, {})
        label = mine.get(_LABEL_OF_KIND.get(mail.kind, ""))
        spare = [mine[name] for name in sorted(mine) if name not in _LABEL_OF_KIND.values()]
        if label is None and spare and rng.random() < 0.1:
            label = rng.choice(spare)
        if label is not None and rng.random() < 0.8:
            post.add("mail_delivery_label", person_id, message_id, label)

    return file


def seed_settings(scene: Scene, rich: tuple[Person, ...]) -> None:
    """Drafts, filters and absence notices."""
    writers = (*rich, *rich, *scene.rng.sample(list(scene.firm.active), 25))
    for person in writers:
        _draft(scene, person)
    for person in rich:
        _filters(scene, person)
    _absences(scene)


def _draft(scene: Scene, person: Person) -> None:
    owner, other = scene.party(person), scene.party(scene.rng.choice(scene.firm.active))
    at = moment(scene.rng, days_back=20)
    subject, body = scene.rng.choice(parts("drafts"))
    places = {**facts(scene, at), "me": owner.first, "to": other.first}
    to = (other,) if scene.rng.random() < 0.85 and other is not owner else ()
    scene.post.draft(owner, to, subject.format_map(places), body.format_map(places), at)


def _filters(scene: Scene, person: Person) -> None:
    labels = scene.post.labels[person.id]
    fitting = [rule for rule in _RULES if rule[0] in labels]
    manager = scene.firm.manager_of(person)
    stamp = format_instant(NOW - timedelta(days=scene.rng.randint(30, 400)))
    position = 0
    for label, criteria, removed in fitting[:3]:
        position += 1
        filter_id = scene.post.id("filter")
        text = (None, None, criteria.get("subject"), criteria.get("query"), criteria.get("negated"))
        scene.post.add("mail_filter", filter_id, person.id, position, *text, None, None, stamp)
        scene.post.add("mail_filter_action", filter_id, labels[label], "add")
        if removed:
            scene.post.add("mail_filter_action", filter_id, removed, "remove")
    if manager is not None and scene.rng.random() < 0.6:
        filter_id = scene.post.id("filter")
        scene.post.add(
            "mail_filter", filter_id, person.id, position + 1, manager.email, None, None, None, None, None, None, stamp
        )
        scene.post.add("mail_filter_action", filter_id, "STARRED", "add")


def _absences(scene: Scene) -> None:
    """Notices of people on leave (they answer today), and notices of others that are over, planned or switched off."""
    firm, rng = scene.firm, scene.rng
    away = [person for person in firm.people if person.status == "on_leave"]
    for person in away:
        _absence(scene, person, starts=-rng.randint(5, 40), ends=rng.randint(3, 60), enabled=1)
    for number, person in enumerate(rng.sample([person for person in firm.active if person.left_on is None], 24)):
        starts, ends, enabled = ((-40, -26, 1), (10, 21, 1), (-30, 30, 0), (-1, 2, 1))[number % 4]
        _absence(scene, person, starts=starts, ends=ends, enabled=enabled)


def _absence(scene: Scene, person: Person, *, starts: int, ends: int, enabled: int) -> None:
    first, last = ((NOW + timedelta(days=days)).strftime("%Y-%m-%d") for days in (starts, ends))
    cover = scene.rng.choice(scene.firm.people_in(person.department_id))
    text = scene.rng.choice(words("absences")).format(end=last, colleague=cover.full_name)
    audience = "colleagues" if scene.rng.random() < 0.2 else "everyone"
    subject = f"Out of office: {person.full_name}"
    scene.post.add("mail_out_of_office", person.id, enabled, subject, text, first, last, audience, None)
