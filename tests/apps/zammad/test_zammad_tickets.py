"""Opening, finding, changing and assigning tickets; states, visibility, history."""

import pytest

LEVEL1 = "g.name = '1st Level'"
NEW = f"{LEVEL1} AND t.state_id = 1"
LATER = "2026-03-05T10:00:00Z"


def contact(ep, number=0):
    sql = """SELECT u.email FROM zammad_user u JOIN zammad_organization o ON o.id = u.organization_id
        WHERE u.contact_id IS NOT NULL AND u.active = 1 ORDER BY u.id LIMIT 1 OFFSET ?"""
    return ep.sql(sql, number)[0]["email"]


def test_an_agent_opens_a_ticket_for_a_client(ep, ok, heard):
    made = ok(
        ep,
        "zammad_create_ticket",
        title="Gateway 12 offline",
        group="1st Level",
        customer=contact(ep),
        article_body="The gateway is dark.",
        article_type="phone",
        priority="3 high",
        tags=["Gateway", "gateway"],
    )
    assert made["state"] == "new"
    assert made["number"] == str(210_000 + made["ticket_id"])
    ticket = ok(ep, "zammad_get_ticket", ticket_id=made["ticket_id"])
    assert ticket["tags"] == ["gateway"]
    assert ticket["escalation_at"] == "2026-03-02T10:00:00Z"
    assert [(a["type"], a["sender"]) for a in ticket["articles"]] == [("phone", "customer")]
    told = heard(ep)
    assert [event["event"] for event in told] == ["TicketCreated"]
    assert told[0]["customer_email"] == contact(ep)


def test_an_owner_makes_the_new_ticket_open_and_is_told(ep, ok, heard, people):
    lead = people["Support Lead"]
    made = ok(
        ep,
        "zammad_create_ticket",
        title="x",
        group="1st Level",
        customer=contact(ep),
        article_body="y",
        owner=lead.email,
    )
    assert (made["state"], made["owner"]) == ("open", lead.email)
    assert heard(ep)[-1]["to_emails"] == [lead.email]


def test_colleagues_open_tickets_only_for_themselves_and_without_owner(ep, ok, refused, people):
    me, other = people["Employee"], people["Manager"]
    ask = {"title": "No sound", "group": "IT Service Desk", "article_body": "In room 2.14"}
    made = ok(ep, "zammad_create_ticket", me, customer=me.email, **ask)
    assert ok(ep, "zammad_get_ticket", me, ticket_id=made["ticket_id"])["articles"][0]["type"] == "web"
    assert refused(ep, "zammad_create_ticket", me, customer=other.email, **ask)["field"] == "customer"
    error = refused(ep, "zammad_create_ticket", me, customer=me.email, owner=people["IT Agent"].email, **ask)
    assert (error["kind"], error["field"]) == ("forbidden", "owner")
    assert refused(ep, "zammad_create_ticket", me, customer=me.email, state="closed", **ask)["field"] == "state"
    error = refused(ep, "zammad_create_ticket", me, customer=me.email, **{**ask, "group": "1st Level"})
    assert "takes no requests" in error["message"]


def test_wrong_names_of_group_customer_owner_and_times_are_refused_with_help(ep, refused, people):
    ask = {"title": "x", "group": "1st Level", "customer": contact(ep), "article_body": "y"}
    assert "1st Level" in refused(ep, "zammad_create_ticket", **{**ask, "group": "First"})["accepted"]
    error = refused(ep, "zammad_create_ticket", **{**ask, "customer": "nobody@else.example"})
    assert "zammad_search_users" in error["message"]
    error = refused(ep, "zammad_create_ticket", **ask, owner=people["HR User"].email)
    assert (error["kind"], error["field"]) == ("conflict", "owner")
    error = refused(ep, "zammad_create_ticket", **ask, state="pending reminder")
    assert error["field"] == "pending_time"
    error = refused(ep, "zammad_create_ticket", **ask, state="pending reminder", pending_time="2026-03-02T08:00:00Z")
    assert "not in the future" in error["message"]
    assert refused(ep, "zammad_create_ticket", **ask, pending_time=LATER)["field"] == "pending_time"
    gone = ep.sql("SELECT email FROM zammad_user WHERE active = 0 LIMIT 1")[0]["email"]
    assert "inactive" in refused(ep, "zammad_create_ticket", **{**ask, "customer": gone})["message"]


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        (1, "open", True),
        (1, "closed", True),
        (2, "new", False),
        (2, "pending close", True),
        (3, "new", False),
        (3, "closed", True),
        (4, "open", True),
        (4, "pending reminder", True),
        (5, "open", True),
        (5, "pending close", False),
        (5, "new", False),
        (6, "open", False),
    ],
)
def test_states_follow_the_transition_table(ep, ok, refused, pick, before, after, allowed):
    free = "NOT EXISTS (SELECT 1 FROM zammad_checklist_item i WHERE i.ticket_id = t.id)"
    ticket = pick(ep, f"{LEVEL1} AND t.state_id = ? AND {free}", before)
    ask = {"ticket_id": ticket["id"], "state": after}
    if after.startswith("pending"):
        ask["pending_time"] = LATER
    if allowed:
        assert ok(ep, "zammad_update_ticket", **ask)["state"] == after
    else:
        assert refused(ep, "zammad_update_ticket", **ask)["kind"] == "conflict"


def test_merged_is_no_state_to_set(ep, refused, pick):
    assert refused(ep, "zammad_update_ticket", ticket_id=pick(ep, NEW)["id"], state="merged")["kind"] == "invalid"
    assert refused(ep, "zammad_update_ticket", ticket_id=pick(ep, NEW)["id"])["kind"] == "invalid"


def test_closing_stamps_and_reopening_clears(ep, ok, pick, heard):
    ticket = pick(ep, f"{NEW} AND t.owner_id IS NULL")
    closed = ok(ep, "zammad_update_ticket", ticket_id=ticket["id"], state="closed")
    assert closed["changed"] == ["state"]
    row = pick(ep, "t.id = ?", ticket["id"])
    assert row["close_at"] and row["solution_in_time"] in (0, 1) and row["escalation_at"] is None
    assert heard(ep)[-1]["summary"] == "state: new -> closed"
    ok(ep, "zammad_update_ticket", ticket_id=ticket["id"], state="open")
    row = pick(ep, "t.id = ?", ticket["id"])
    assert (row["close_at"], row["solution_in_time"]) == (None, None)


def test_a_pending_time_goes_with_its_state(ep, ok, refused, pick):
    ticket = pick(ep, f"{LEVEL1} AND t.state_id = 3")
    moved = ok(ep, "zammad_update_ticket", ticket_id=ticket["id"], pending_time="2026-03-09T10:00:00+01:00")
    assert (moved["pending_time"], moved["changed"]) == ("2026-03-09T09:00:00Z", ["pending_time"])
    kept = ok(
        ep, "zammad_update_ticket", ticket_id=ticket["id"], priority="1 low" if ticket["priority_id"] > 1 else "3 high"
    )
    assert kept["pending_time"] == "2026-03-09T09:00:00Z"
    assert "pending_time" not in ok(ep, "zammad_update_ticket", ticket_id=ticket["id"], state="open")
    assert refused(ep, "zammad_update_ticket", ticket_id=ticket["id"], pending_time=LATER)["field"] == "pending_time"


def test_moving_to_another_group_takes_the_owner_away_unless_the_owner_works_there(ep, ok, pick, people):
    ticket = pick(ep, f"{LEVEL1} AND t.state_id = 2 AND t.owner_id IS NOT NULL")
    moved = ok(ep, "zammad_update_ticket", ticket_id=ticket["id"], group="Product Engineering")
    assert moved["changed"] == ["group", "owner"]
    assert "owner" not in moved
    row = pick(ep, "t.id = ?", ticket["id"])
    assert row["sla_id"] == 8


def test_moving_needs_create_access_in_the_new_group(ep, refused, pick):
    error = refused(ep, "zammad_update_ticket", ticket_id=pick(ep, NEW)["id"], group="HR Services")
    assert (error["kind"], error["field"]) == ("forbidden", "group")


def test_assigning_takes_agents_with_full_access_only(ep, ok, refused, pick, people, heard):
    ticket = pick(ep, f"{NEW} AND t.owner_id IS NULL")
    lead = people["Support Lead"].email
    assert ok(ep, "zammad_assign_ticket", ticket_id=ticket["id"], owner=lead)["owner"] == lead
    assert [e["event"] for e in heard(ep)] == ["TicketUpdated", "NotificationRequested"]
    error = refused(ep, "zammad_assign_ticket", ticket_id=ticket["id"], owner=people["Engineer"].email)
    assert "zammad_list_group_agents" in error["accepted"]
    assert "owner" not in ok(ep, "zammad_unassign_ticket", ticket_id=ticket["id"])
    closed = pick(ep, f"{LEVEL1} AND t.state_id = 5 AND t.owner_id IS NOT NULL")
    assert refused(ep, "zammad_assign_ticket", ticket_id=closed["id"], owner=lead)["kind"] == "conflict"
    assert refused(ep, "zammad_unassign_ticket", ticket_id=closed["id"])["kind"] == "conflict"


def test_agents_see_their_groups_and_customers_their_own(ep, ok, refused, pick, people):
    hr = pick(ep, "g.name = 'HR Services' AND t.state_id < 5")
    assert refused(ep, "zammad_get_ticket", ticket_id=hr["id"])["kind"] == "forbidden"
    assert refused(ep, "zammad_update_ticket", ticket_id=hr["id"], priority="1 low")["kind"] == "forbidden"
    assert ok(ep, "zammad_get_ticket", people["HR User"], ticket_id=hr["id"])["group"] == "HR Services"
    assert ok(ep, "zammad_get_ticket", hr["customer"], ticket_id=hr["id"])["ticket_id"] == hr["id"]
    assert refused(ep, "zammad_get_ticket", people["Auditor"], ticket_id=hr["id"])["kind"] == "forbidden"
    seen = ok(ep, "zammad_search_tickets", people["Auditor"], group="1st Level", per_page=1)
    assert seen["total"] > 100
    assert refused(ep, "zammad_update_ticket", people["Auditor"], ticket_id=pick(ep, NEW)["id"], priority="1 low")
    mine = ok(ep, "zammad_search_tickets", people["Employee"], per_page=100)["items"]
    assert {row["customer"] for row in mine} <= {people["Employee"].email}


def test_a_customer_closes_the_own_ticket_and_changes_nothing_else(ep, ok, refused, pick):
    mine = pick(
        ep,
        "g.name = 'HR Services' AND t.state_id = 2 AND c.id NOT IN (SELECT user_id FROM zammad_group_access)",
    )
    error = refused(ep, "zammad_update_ticket", mine["customer"], ticket_id=mine["id"], priority="3 high")
    assert error["accepted"] == ["state 'closed'"]
    assert ok(ep, "zammad_update_ticket", mine["customer"], ticket_id=mine["id"], state="closed")["state"] == "closed"
    assert (
        refused(ep, "zammad_update_ticket", mine["customer"], ticket_id=mine["id"], state="open")["kind"] == "forbidden"
    )


def test_a_number_given_as_id_is_explained(ep, refused):
    assert "ticket_id of that ticket is 42" in refused(ep, "zammad_get_ticket", ticket_id=210042)["message"]
    assert "zammad_search_tickets" in refused(ep, "zammad_get_ticket", ticket_id=99999)["message"]


def test_search_filters_and_words_all_hold(ep, ok, refused, pick):
    ticket = pick(ep, NEW)
    found = ok(ep, "zammad_search_tickets", query=ticket["number"])
    assert [row["ticket_id"] for row in found["items"]] == [ticket["id"]]
    rows = ok(ep, "zammad_search_tickets", state="new", priority="3 high", group="1st level", unassigned=True)
    assert (
        rows["total"]
        == ep.sql(
            "SELECT count(*) AS n FROM zammad_ticket"
            " WHERE state_id = 1 AND priority_id = 3 AND group_id = 1 AND owner_id IS NULL"
        )[0]["n"]
    )
    assert all("owner" not in row for row in rows["items"])
    both = ok(ep, "zammad_search_tickets", query="gateway certificate", per_page=100)["total"]
    assert 0 < both < ok(ep, "zammad_search_tickets", query="gateway", per_page=100)["total"]
    assert ok(ep, "zammad_search_tickets", query="100%_")["total"] == 0
    day = ok(ep, "zammad_search_tickets", created_from="2026-02-27", created_to="2026-02-27", sort="oldest")["items"]
    assert {row["created_at"][:10] for row in day} == {"2026-02-27"}
    assert ok(ep, "zammad_search_tickets", tag="gateway", customer=ticket["customer"])["total"] >= 0
    assert ok(ep, "zammad_search_tickets", organization_id=ticket["organization_id"])["total"] >= 1
    assert refused(ep, "zammad_search_tickets", owner="no@body.example")["kind"] == "not_found"
    assert refused(ep, "zammad_search_tickets", state="stuck")["kind"] == "invalid"
    oldest = ok(ep, "zammad_search_tickets", sort="recently_updated", page=2, per_page=5)
    assert (oldest["page"], len(oldest["items"])) == (2, 5)


def test_articles_are_paged_and_may_be_left_out(ep, ok):
    sql = """SELECT t.id FROM zammad_ticket t JOIN zammad_article a ON a.ticket_id = t.id WHERE group_id = 1
        GROUP BY 1 HAVING count(*) > 3"""
    ticket_id = ep.sql(sql)[0]["id"]
    whole = ok(ep, "zammad_get_ticket", ticket_id=ticket_id)
    part = ok(ep, "zammad_get_ticket", ticket_id=ticket_id, article_limit=2, article_offset=1)
    assert part["articles"] == whole["articles"][1:3]
    bare = ok(ep, "zammad_get_ticket", ticket_id=ticket_id, include_articles=False)
    assert (bare["articles"], bare["article_count"]) == ([], len(whole["articles"]))


def test_history_tells_who_changed_what(ep, ok, refused, pick, people):
    ticket = pick(ep, NEW)
    ok(ep, "zammad_update_ticket", ticket_id=ticket["id"], title="Renamed", priority="1 low")
    lines = ok(ep, "zammad_list_ticket_history", ticket_id=ticket["id"], per_page=100)["items"]
    last = {line["attribute"]: line for line in lines}
    assert last["title"]["to"] == "Renamed"
    assert last["title"]["by"] == people["Support Agent"].email
    assert lines[0]["action"] == "created"
    mine = pick(ep, "g.name = 'IT Service Desk' AND c.email = ?", pick(ep, "g.name = 'IT Service Desk'")["customer"])
    assert refused(ep, "zammad_list_ticket_history", mine["customer"], ticket_id=ticket["id"])["kind"] == "forbidden"
