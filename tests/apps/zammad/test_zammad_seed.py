"""The seed: sizes, traps, an open work load, and agreement with the rules that the tools keep."""

import random

import apsw

from enterpriselab.apps import catalogue
from enterpriselab.apps.zammad import clock
from enterpriselab.apps.zammad.states import RUNNING, STATE_NAME
from enterpriselab.company import build_firm, schema_sql, seed_company

NOW = "2026-03-02T09:00:00Z"


def build() -> apsw.Connection:
    app, firm, connection = catalogue()["zammad"], build_firm(7), apsw.Connection(":memory:")
    connection.pragma("foreign_keys", True)
    connection.execute(schema_sql())
    seed_company(connection, firm)
    connection.execute(app.schema_sql)
    with connection:
        app.seed(connection, firm, random.Random(3))
    return connection


def count(ep, condition):
    return ep.sql(f"SELECT count(*) AS n FROM zammad_ticket t WHERE {condition}")[0]["n"]


def test_the_same_seed_gives_the_same_bytes():
    assert build().serialize("main") == build().serialize("main")


def test_every_state_group_and_kind_of_trouble_has_tickets_to_work_on(ep):
    assert count(ep, "1") > 600
    pairs = ep.sql("SELECT DISTINCT group_id, state_id FROM zammad_ticket")
    assert {row["group_id"] for row in pairs} == set(range(1, 8))
    assert {row["state_id"] for row in pairs} == set(range(1, 7))
    assert count(ep, "state_id IN (1, 2) AND owner_id IS NULL") > 40
    assert count(ep, f"escalation_at < '{NOW}'") > 40
    assert count(ep, f"escalation_at BETWEEN '{NOW}' AND '2026-03-02T11:00:00Z'") > 3
    assert count(ep, f"state_id = 3 AND pending_time <= '{NOW}'") > 10
    assert count(ep, f"state_id = 4 AND pending_time <= '{NOW}'") == 0


def test_customers_with_one_name_at_two_companies_have_open_tickets(ep):
    sql = """SELECT count(DISTINCT u.organization_id) AS n FROM zammad_user u
        JOIN zammad_ticket t ON t.customer_id = u.id
        WHERE u.role = 'Customer' AND u.person_id IS NULL AND t.state_id < 5
        GROUP BY u.firstname, u.lastname HAVING n > 1"""
    assert len(ep.sql(sql)) >= 3


def test_articles_come_in_order_and_no_later_than_now(ep):
    sql = """SELECT count(*) AS n FROM zammad_article a JOIN zammad_article b ON b.id = a.id + 1
        WHERE b.created_at < a.created_at"""
    assert ep.sql(sql)[0]["n"] == 0
    assert ep.sql("SELECT max(updated_at) AS last FROM zammad_ticket")[0]["last"] < NOW
    without = "NOT EXISTS (SELECT 1 FROM zammad_article a WHERE a.ticket_id = t.id) AND state_id <> 6"
    assert count(ep, without) == 0
    assert ep.sql("SELECT count(*) AS n FROM zammad_article WHERE body LIKE '%{%'")[0]["n"] == 0


def test_owners_of_tickets_that_are_not_closed_have_full_access(ep):
    sql = """t.owner_id IS NOT NULL AND t.state_id < 5 AND NOT EXISTS (SELECT 1 FROM zammad_group_access a
        WHERE a.user_id = t.owner_id AND a.group_id = t.group_id AND a.access = 'full')"""
    assert count(ep, sql) == 0
    assert count(ep, "t.state_id = 5 AND t.owner_id IN (SELECT id FROM zammad_user WHERE active = 0)") > 5


def test_seeded_deadlines_are_those_that_the_tools_would_set(ep):
    policies = ep.sql("SELECT * FROM zammad_sla")
    for ticket in ep.sql("SELECT * FROM zammad_ticket WHERE state_id < 6"):
        fits = [
            (bool(p["group_id"]) * 2 + bool(p["priority_id"]), p)
            for p in policies
            if p["group_id"] in (None, ticket["group_id"]) and p["priority_id"] in (None, ticket["priority_id"])
        ]
        best = max(fits, key=lambda pair: pair[0])[1]
        targets = [best[name] for name in ("first_response_minutes", "update_minutes", "solution_minutes")]
        due = clock.deadlines(clock.Policy(best["id"], *targets), ticket)
        assert due == {name: ticket[name] for name in due}
        assert (ticket["clock_stopped_at"] is None) == (STATE_NAME[ticket["state_id"]] in RUNNING)
