"""The seeded mail: coherent, deterministic, with work left to do."""

import random

import apsw

from enterpriselab.apps import catalogue
from enterpriselab.apps.mail.seed_mailboxes import RICH, rich_people
from enterpriselab.company.firm import build_firm
from enterpriselab.company.seed import schema_sql, seed_company


def one(ep, query, *params):
    return next(iter(ep.sql(query, *params)[0].values()))


def test_everybody_has_a_mailbox_and_the_principals_a_full_one(ep):
    firm = build_firm(7)
    assert one(ep, "SELECT count(*) FROM mail_box") == len(firm.people)
    assert one(ep, "SELECT count(*) FROM mail_box WHERE status = 'open'") == len(firm.staff)
    assert one(ep, "SELECT count(*) FROM mail_message") > 2_000
    for person in rich_people(firm):
        assert one(ep, "SELECT count(*) FROM mail_delivery WHERE person_id = ?", person.id) >= RICH
        assert one(ep, "SELECT sum(unread) FROM mail_delivery WHERE person_id = ?", person.id) > 0


def test_mail_is_causal_and_threads_hang_together(ep):
    assert one(ep, "SELECT max(sent_at) FROM mail_message") < "2026-03-02T09:00:00Z"
    broken = (
        "SELECT count(*) FROM mail_message m JOIN mail_message p ON p.id = m.parent_id WHERE "
        "m.thread_id <> p.thread_id OR m.sent_at <= p.sent_at"
    )
    assert one(ep, broken) == 0
    assert one(ep, "SELECT count(*) FROM mail_message WHERE body LIKE '%{%' OR subject LIKE '%{%'") == 0
    early = (
        "SELECT count(*) FROM mail_delivery d JOIN company_person p ON p.id = d.person_id WHERE "
        "d.received_at < p.hired_on AND d.sent = 0"
    )
    assert one(ep, early) == 0


def test_labels_and_filters_belong_to_the_mailbox_that_uses_them(ep):
    foreign = (
        "SELECT count(*) FROM mail_delivery_label dl JOIN mail_label l ON l.id = dl.label_id WHERE "
        "l.person_id <> dl.person_id"
    )
    assert one(ep, foreign) == 0
    acting = (
        "SELECT count(*) FROM mail_filter_action a JOIN mail_filter f ON f.id = a.filter_id JOIN "
        "mail_label l ON l.id = a.label_id WHERE l.person_id IS NOT NULL AND l.person_id <> "
        "f.person_id"
    )
    assert one(ep, acting) == 0
    assert one(ep, "SELECT count(*) FROM mail_draft") > 40


def test_the_seed_gives_equal_bytes_each_time():
    def image():
        connection = apsw.Connection(":memory:")
        firm = build_firm(7)
        connection.execute(schema_sql())
        seed_company(connection, firm)
        connection.execute(catalogue()["mail"].schema_sql)
        catalogue()["mail"].seed(connection, firm, random.Random(3))
        return connection.serialize("main")

    assert image() == image()
