"""Seeds the mail system: domain, mailboxes, lists, labels and some months of mail. The words are in seed_words.py."""

import random

import apsw

from enterpriselab.apps.mail.query_sql import FLAGS
from enterpriselab.apps.mail.seed_mailboxes import seed_correspondence
from enterpriselab.company.firm import TODAY, Firm

GROUP_NAMES = {
    "exec": "executive-office", "eng": "engineering", "eng-platform": "platform-engineering",
    "eng-edge": "edge-engineering", "eng-analytics": "analytics", "product": "product", "sales": "sales",
    "marketing": "marketing", "support": "support", "services": "services",
    "finance": "finance", "hr": "hr", "it": "it-help", "legal": "legal",
}  # fmt: skip
"""Department -> local part of its distribution list; other departments use their id."""


def seed(connection: apsw.Connection, firm: Firm, rng: random.Random) -> None:
    """Insert the app's rows; deterministic for a firm and generator."""
    _seed_system(connection, firm)
    seed_correspondence(connection, firm, rng)


def _seed_system(connection: apsw.Connection, firm: Firm) -> None:
    domain = firm.domain
    connection.execute(
        "INSERT INTO mail_domain VALUES (?, ?, ?)", (domain, f"no-reply@{domain}", f"mailer-daemon@{domain}")
    )
    boxes = [
        (p.id, p.email, "closed" if p.status == "left" else "open", p.hired_on, _closed_on(p.status, p.left_on))
        for p in firm.people
    ]
    connection.executemany("INSERT INTO mail_box VALUES (?, ?, ?, ?, ?)", boxes)
    lists: list[tuple[str, str, str | None, str]] = [
        (f"{GROUP_NAMES.get(d.id, d.id)}@{domain}", d.name, d.id, "anyone") for d in firm.departments
    ]
    lists.append((f"everyone@{domain}", f"Everyone at {firm.name}", None, "announcers"))
    connection.executemany("INSERT INTO mail_group VALUES (?, ?, ?, ?)", lists)
    system = [(label, label) for label in FLAGS]
    connection.executemany("INSERT INTO mail_label (id, name) VALUES (?, ?)", system)


def _closed_on(status: str, left_on: str | None) -> str | None:
    return (left_on or TODAY) if status == "left" else left_on
