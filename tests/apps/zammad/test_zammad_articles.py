"""Articles and what they do to their ticket; attachments, text modules, time accounting."""

LEVEL1 = "g.name = '1st Level'"


def test_the_first_answer_opens_a_new_ticket_and_is_mailed(ep, ok, pick, heard):
    ticket = pick(ep, f"{LEVEL1} AND t.state_id = 1 AND t.first_response_at IS NULL")
    added = ok(ep, "zammad_add_article", ticket_id=ticket["id"], body="We look into it.", article_type="email")
    assert (added["ticket_state"], added["mailed_to"]) == ("open", ticket["customer"])
    row = pick(ep, "t.id = ?", ticket["id"])
    assert row["first_response_at"] == "2026-03-02T09:00:00Z"
    assert row["first_response_in_time"] == int(ticket["first_response_due_at"] >= "2026-03-02T09:00:00Z")
    mail = next(
        event for event in heard(ep) if event["event"] == "NotificationRequested" and event["kind"] == "ticket_reply"
    )
    assert mail["to_emails"] == [ticket["customer"]]
    assert mail["subject"].startswith(f"[Ticket#{ticket['number']}]")


def test_notes_answer_nobody_and_internal_ones_stay_inside(ep, ok, refused, pick, heard):
    ticket = pick(ep, f"{LEVEL1} AND t.state_id = 1 AND t.first_response_at IS NULL")
    added = ok(ep, "zammad_add_article", ticket_id=ticket["id"], body="Known defect.", internal=True)
    assert added["ticket_state"] == "new"
    assert pick(ep, "t.id = ?", ticket["id"])["first_response_at"] is None
    assert heard(ep) == []
    error = refused(ep, "zammad_add_article", ticket_id=ticket["id"], body="x", article_type="email", internal=True)
    assert error["field"] == "internal"
    error = refused(ep, "zammad_add_article", ticket_id=ticket["id"], body="x", from_customer=True)
    assert error["field"] == "article_type"


def test_customers_see_no_internal_article(ep, ok, pick, people):
    ticket = pick(
        ep, "g.name = 'IT Service Desk' AND t.state_id = 2 AND c.id NOT IN (SELECT user_id FROM zammad_group_access)"
    )
    agent, customer = people["IT Agent"], ticket["customer"]
    ok(ep, "zammad_add_article", agent, ticket_id=ticket["id"], body="hidden plan", internal=True)
    before = ok(ep, "zammad_get_ticket", customer, ticket_id=ticket["id"])
    assert all(not article["internal"] for article in before["articles"])
    assert "escalation_at" not in before
    assert ok(ep, "zammad_search_tickets", customer, query="hidden plan")["total"] == 0
    assert ok(ep, "zammad_search_tickets", agent, query="hidden plan")["total"] == 1


def test_an_agent_of_another_group_does_not_find_internal_words_on_the_own_request(ep, ok, people):
    me = people["Support Agent"]
    made = ok(
        ep, "zammad_create_ticket", title="Dock", group="IT Service Desk", customer=me.email, article_body="No power"
    )
    ok(ep, "zammad_add_article", people["IT Agent"], ticket_id=made["ticket_id"], body="zebra", internal=True)
    assert ok(ep, "zammad_search_tickets", query="Dock power")["total"] == 1
    assert ok(ep, "zammad_search_tickets", query="zebra")["total"] == 0
    assert len(ok(ep, "zammad_get_ticket", ticket_id=made["ticket_id"])["articles"]) == 1


def test_an_answer_of_the_customer_wakes_reopens_and_tells_the_owner(ep, ok, refused, pick, heard):
    outsider = "c.id NOT IN (SELECT user_id FROM zammad_group_access)"
    waiting = pick(ep, f"g.name = 'HR Services' AND t.state_id = 3 AND {outsider} AND t.owner_id IS NOT NULL")
    said = ok(ep, "zammad_add_article", waiting["customer"], ticket_id=waiting["id"], body="Here it is.")
    assert (said["type"], said["ticket_state"]) == ("web", "open")
    assert pick(ep, "t.id = ?", waiting["id"])["pending_time"] is None
    assert heard(ep)[-1]["to_emails"] == [waiting["owner"]]
    closed = pick(ep, f"g.name = 'HR Services' AND t.state_id = 5 AND {outsider} AND t.close_at > '2026-02-05'")
    assert (
        ok(ep, "zammad_add_article", closed["customer"], ticket_id=closed["id"], body="Again.")["ticket_state"]
        == "open"
    )
    old = pick(ep, f"g.name = 'HR Services' AND t.state_id = 5 AND {outsider} AND t.close_at < '2026-01-25'")
    error = refused(ep, "zammad_add_article", old["customer"], ticket_id=old["id"], body="Again.")
    assert "30 days" in error["message"]
    assert refused(ep, "zammad_add_article", waiting["customer"], ticket_id=waiting["id"], body="x", internal=True)
    error = refused(
        ep, "zammad_add_article", waiting["customer"], ticket_id=waiting["id"], body="x", article_type="email"
    )
    assert error["field"] == "article_type"


def test_an_agent_writes_down_a_call_of_the_customer(ep, ok, refused, pick, people):
    ticket = pick(ep, f"{LEVEL1} AND t.state_id = 4")
    added = ok(
        ep, "zammad_add_article", ticket_id=ticket["id"], body="It is back.", article_type="phone", from_customer=True
    )
    assert added["ticket_state"] == "open"
    assert pick(ep, "t.id = ?", ticket["id"])["update_due_at"] is not None
    merged = pick(ep, f"{LEVEL1} AND t.state_id = 6")
    assert refused(ep, "zammad_add_article", ticket_id=merged["id"], body="x")["accepted"] == [merged["merged_into"]]
    assert refused(ep, "zammad_add_article", people["Auditor"], ticket_id=ticket["id"], body="x")["kind"] == "forbidden"


def test_attachments_are_written_and_read(ep, ok, refused, pick):
    ticket = pick(ep, f"{LEVEL1} AND t.state_id = 2")
    files = [{"filename": "trace.log", "content": "line 1\nline 2"}]
    added = ok(ep, "zammad_add_article", ticket_id=ticket["id"], body="Log attached.", attachments=files)
    read = ok(ep, "zammad_get_article_attachments", ticket_id=ticket["id"], article_id=added["article_id"])
    assert [(f["filename"], f["size"], f["content"]) for f in read["attachments"]] == [
        ("trace.log", 13, "line 1\nline 2")
    ]
    twice = refused(ep, "zammad_add_article", ticket_id=ticket["id"], body="x", attachments=files * 2)
    assert twice["field"] == "attachments"
    bad = [{"filename": "run.exe", "content": ""}]
    assert refused(ep, "zammad_add_article", ticket_id=ticket["id"], body="x", attachments=bad)["kind"] == "invalid"
    other = pick(ep, f"{LEVEL1} AND t.state_id = 1")["id"]
    error = refused(ep, "zammad_get_article_attachments", ticket_id=other, article_id=added["article_id"])
    assert error["kind"] == "not_found"


def test_text_modules_are_found_and_filled(ep, ok, refused, pick, people):
    found = ok(ep, "zammad_list_text_modules", query="logs", group="1st Level")["items"]
    assert [module["keyword"] for module in found] == ["logs"]
    assert ok(ep, "zammad_list_text_modules", group="HR Services")["total"] == 6
    ticket = pick(ep, f"{LEVEL1} AND t.state_id = 1")
    text = ok(ep, "zammad_render_text_module", ticket_id=ticket["id"], text_module_id=1)["body"]
    assert ticket["number"] in text and people["Support Agent"].full_name in text and "#{" not in text
    hr = next(
        m["text_module_id"]
        for m in ok(ep, "zammad_list_text_modules", query="conf", group="HR Services")["items"]
        if m.get("group")
    )
    assert refused(ep, "zammad_render_text_module", ticket_id=ticket["id"], text_module_id=hr)["kind"] == "conflict"
    assert refused(ep, "zammad_render_text_module", ticket_id=ticket["id"], text_module_id=99)["kind"] == "not_found"
    assert refused(ep, "zammad_list_text_modules", people["Employee"])["kind"] == "forbidden"


def test_time_is_accounted_within_limits(ep, ok, refused, pick, people):
    ticket = pick(ep, f"{LEVEL1} AND t.state_id = 2")
    log = {"ticket_id": ticket["id"], "activity": "analysis"}
    before = ok(ep, "zammad_list_time_entries", ticket_id=ticket["id"])["total_minutes"]
    first = ok(ep, "zammad_log_time", minutes=600, **log)
    assert first["ticket_total_minutes"] == before + 600
    assert refused(ep, "zammad_log_time", minutes=121, **log)["accepted"] == "at most 120"
    assert ok(ep, "zammad_log_time", minutes=120, note="rest", **log)["minutes"] == 120
    assert refused(ep, "zammad_log_time", minutes=5, spent_on="2026-03-03", **log)["field"] == "spent_on"
    assert refused(ep, "zammad_log_time", minutes=5, spent_on="2020-01-01", **log)["field"] == "spent_on"
    mine = ok(ep, "zammad_list_time_entries", agent_email=people["Support Agent"].email, from_date="2026-03-02")
    assert (mine["total"], mine["total_minutes"]) == (2, 720)
    assert ok(ep, "zammad_list_time_entries", to_date="2025-12-31", per_page=1)["total"] > 10
    assert refused(ep, "zammad_log_time", people["Auditor"], minutes=5, **log)["kind"] == "forbidden"
