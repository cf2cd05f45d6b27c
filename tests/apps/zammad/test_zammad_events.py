"""What Zammad does when other apps speak, and that it works without them and beside Mail."""

DAY = "2026-03-02"


def emit(ok, ep, event, **fields):
    ok(ep, "listener_emit", event=event, fields=fields)


def tickets(ep, title):
    return ep.sql("SELECT * FROM zammad_ticket WHERE title = ?", title)


def test_a_hire_gets_an_account_with_access_and_an_onboarding_ticket(ep, ok, people, heard):
    ok(ep, "listener_hire", person_id="p9001", email="new.person@norrvane.example", role="IT Agent")
    me = ok(ep, "zammad_get_current_user", "p9001")
    assert me["role"] == "Agent"
    assert {"group": "IT Service Desk", "access": ["full"]} in me["groups"]
    ticket = tickets(ep, "Onboarding New Person")[0]
    whole = ok(ep, "zammad_get_ticket", people["IT Agent"], ticket_id=ticket["id"])
    assert (whole["customer"], whole["group"]) == (
        ep.sql(
            "SELECT email FROM company_person WHERE id = (SELECT manager_id FROM company_person WHERE id = 'p9001')"
        )[0]["email"],
        "IT Service Desk",
    )
    assert whole["tags"] == ["onboarding"]
    assert whole["open_checklist_items"] == 6
    assert whole["articles"][0]["by"] == "system"
    assert heard(ep)[0]["event"] == "TicketCreated"


def test_a_leaver_loses_account_access_and_tickets(ep, ok, refused, pick, people):
    owned = pick(ep, "g.name = '1st Level' AND t.state_id = 2 AND t.owner_id IS NOT NULL")
    leaver = ep.sql("SELECT person_id FROM zammad_user WHERE id = ?", owned["owner_id"])[0]["person_id"]
    emit(ok, ep, "PersonTerminated", person_id=leaver, last_day=DAY)
    assert pick(ep, "t.id = ?", owned["id"])["owner_id"] is None
    assert (
        ep.sql("SELECT count(*) AS n FROM zammad_ticket WHERE owner_id = ? AND state_id < 5", owned["owner_id"])[0]["n"]
        == 0
    )
    assert ep.sql("SELECT count(*) AS n FROM zammad_group_access WHERE user_id = ?", owned["owner_id"])[0]["n"] == 0
    assert "no active Zammad account" in refused(ep, "zammad_list_groups", leaver)["message"]
    assert refused(ep, "zammad_assign_ticket", ticket_id=owned["id"], owner=owned["owner"])["field"] == "owner"
    name = ep.sql("SELECT full_name FROM company_person WHERE id = ?", leaver)[0]["full_name"]
    assert tickets(ep, f"Offboarding {name}")[0]["group_id"] == 2


def test_a_new_address_reaches_the_account(ep, ok, people):
    ok(ep, "listener_rename", person_id=people["Sales"].id, email="renamed@norrvane.example")
    assert ok(ep, "zammad_get_current_user", people["Sales"].id)["email"] == "renamed@norrvane.example"


def test_a_service_request_becomes_a_ticket_of_the_requester(ep, ok, people):
    ask = {"title": "Second screen", "body": "For design work", "requester_email": people["Employee"].email}
    emit(ok, ep, "ServiceRequested", group="Facilities", **ask)
    emit(ok, ep, "ServiceRequested", group="Unknown", **ask)
    assert [row["group_id"] for row in tickets(ep, "Second screen")] == [5, 2]
    mine = ok(ep, "zammad_search_tickets", people["Employee"], query="Second screen")
    assert mine["total"] == 2
    emit(ok, ep, "ServiceRequested", group="Facilities", **{**ask, "requester_email": "jo.doe@new.example"})
    assert ep.sql("SELECT firstname, lastname FROM zammad_user WHERE email = 'jo.doe@new.example'") == [
        {"firstname": "Jo", "lastname": "Doe"}
    ]


def test_mail_delivers_what_zammad_says(world_with, ok, people):
    ep = world_with("mail", "zammad").episode(people["IT Agent"].email)
    me = people["Employee"]
    made = ok(
        ep,
        "zammad_create_ticket",
        me,
        title="Dock broken",
        group="IT Service Desk",
        customer=me.email,
        article_body="No power",
    )
    ok(ep, "zammad_add_article", ticket_id=made["ticket_id"], body="Spare one is ready.", article_type="email")
    ok(ep, "zammad_update_ticket", ticket_id=made["ticket_id"], state="closed")
    found = ep.sql(
        "SELECT m.subject, m.body FROM mail_message m JOIN mail_recipient r ON r.message_id = m.id "
        "WHERE r.address = ? AND m.subject LIKE '%Dock broken%' ORDER BY m.sent_at",
        me.email,
    )
    text = " ".join(row["body"] for row in found)
    assert "Spare one is ready." in text and "open -> closed" in text
