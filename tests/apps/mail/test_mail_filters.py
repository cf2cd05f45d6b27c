"""Filters act on arriving mail; absence notices answer once; neither can start a loop."""

import pytest


@pytest.fixture
def sales(people):
    return people["Sales"]


def labels(ok, ep, message_id, who=None):
    return ok(ep, "read_email", who, messageId=message_id)["labels"]


def test_a_filter_files_what_arrives_and_only_that(ep, ok, sales):
    label = ok(ep, "mail_create_label", name="Offers")["id"]
    action = {"addLabelIds": ["Offers", "STARRED"], "removeLabelIds": ["INBOX", "UNREAD"]}
    created = ok(
        ep,
        "create_filter",
        criteria={"from": sales.email, "query": "offer -draft", "hasAttachment": False},
        action=action,
    )
    assert created["applied"] == 0 and created["action"]["addLabelIds"] == [label, "STARRED"]
    hit = ok(ep, "send_email", sales, to=[ep.principal], subject="The offer", body="x")["messageId"]
    miss = ok(ep, "send_email", sales, to=[ep.principal], subject="The offer", body="a draft")["messageId"]
    assert labels(ok, ep, hit) == ["STARRED", label]
    assert labels(ok, ep, miss) == ["INBOX", "UNREAD"]


def test_filters_run_in_order_and_all_criteria_must_match(ep, ok, sales):
    ok(ep, "create_filter", criteria={"subject": "alpha"}, action={"addLabelIds": ["TRASH"]})
    ok(ep, "create_filter", criteria={"subject": "alpha", "negatedQuery": "beta"}, action={"addLabelIds": ["INBOX"]})
    one = ok(ep, "send_email", sales, to=[ep.principal], subject="Alpha", body="x")["messageId"]
    two = ok(ep, "send_email", sales, to=[ep.principal], subject="Alpha", body="beta")["messageId"]
    assert labels(ok, ep, one) == ["INBOX", "UNREAD"] and labels(ok, ep, two) == ["UNREAD", "TRASH"]


def test_a_filter_forwards_within_the_firm_but_never_in_circles(ep, ok, people, sales):
    lead = people["Support Lead"]
    ok(ep, "create_filter", criteria={"subject": "ping"}, action={"forward": lead.email})
    ok(ep, "create_filter", lead, criteria={"subject": "ping"}, action={"forward": ep.principal})
    before = ep.sql("SELECT count(*) AS n FROM mail_message WHERE subject LIKE '%ping%'")[0]["n"]
    ok(ep, "send_email", sales, to=[ep.principal], subject="ping", body="hello")
    passed = ok(ep, "search_emails", lead, query="subject:ping")["items"]
    assert [row["subject"] for row in passed] == ["Fwd: ping"] and passed[0]["fromEmail"] == ep.principal
    assert ep.sql("SELECT count(*) AS n FROM mail_message WHERE subject LIKE '%ping%'")[0]["n"] == before + 2


@pytest.mark.parametrize(
    ("criteria", "action", "kind", "field"),
    [
        ({}, {"addLabelIds": ["STARRED"]}, "invalid", "criteria"),
        ({"from": "a"}, {}, "invalid", "action"),
        ({"from": "a"}, {"forward": "me@elsewhere.example"}, "forbidden", "action.forward"),
        ({"from": "a"}, {"forward": "nobody@norrvane.example"}, "invalid", "action.forward"),
        ({"from": "a"}, {"forward": "everyone@norrvane.example"}, "forbidden", "action.forward"),
        ({"from": "a"}, {"addLabelIds": ["Label_999999"]}, "not_found", "addLabelIds"),
        ({"from": "a"}, {"addLabelIds": ["SENT"]}, "invalid", "addLabelIds"),
        ({"query": "is:unread"}, {"addLabelIds": ["STARRED"]}, "invalid", "criteria.query"),
        ({"negatedQuery": "(a"}, {"addLabelIds": ["STARRED"]}, "invalid", "criteria.negatedQuery"),
        ({"sender": "a"}, {"addLabelIds": ["STARRED"]}, "invalid", "criteria.sender"),
        ({"hasAttachment": "yes"}, {"addLabelIds": ["STARRED"]}, "invalid", "criteria.hasAttachment"),
    ],
)
def test_filters_that_make_no_sense_are_refused_by_field(ep, refused, criteria, action, kind, field):
    error = refused(ep, "create_filter", criteria=criteria, action=action)
    assert (error["kind"], error["field"]) == (kind, field)


def test_a_filter_can_be_shown_changed_and_deleted(ep, ok, refused, people, sales):
    action = {"addLabelIds": ["STARRED"]}
    filter_id = ok(ep, "create_filter", criteria={"from": "gamma"}, action=action)["filterId"]
    assert refused(ep, "create_filter", criteria={"from": "gamma"}, action=action)["kind"] == "conflict"
    assert ok(ep, "get_filter", filterId=filter_id)["criteria"] == {"from": "gamma"}
    changed = ok(ep, "update_filter", filterId=filter_id, criteria={"subject": "delta"})
    assert changed["criteria"] == {"subject": "delta"} and changed["action"] == action
    assert refused(ep, "update_filter", filterId=filter_id)["kind"] == "invalid"
    ok(ep, "update_filter", filterId=filter_id, action={"removeLabelIds": ["UNREAD"]})
    mail = ok(ep, "send_email", sales, to=[ep.principal], subject="delta", body="x")["messageId"]
    assert labels(ok, ep, mail) == ["INBOX"]
    assert refused(ep, "get_filter", people["HR Manager"], filterId=filter_id)["kind"] == "not_found"
    assert filter_id in {row["filterId"] for row in ok(ep, "list_filters")["items"]}
    ok(ep, "delete_filter", filterId=filter_id)
    assert refused(ep, "delete_filter", filterId=filter_id)["kind"] == "not_found"
    mail = ok(ep, "send_email", sales, to=[ep.principal], subject="delta", body="x")["messageId"]
    assert labels(ok, ep, mail) == ["INBOX", "UNREAD"]


def test_a_filter_can_be_applied_to_mail_that_is_there(ep, ok, sales):
    mail = ok(ep, "send_email", sales, to=[ep.principal], subject="epsilon", body="x")["messageId"]
    own = ok(ep, "send_email", to=[sales.email], subject="epsilon", body="x")["messageId"]
    made = ok(
        ep, "create_filter", criteria={"subject": "epsilon"}, action={"addLabelIds": ["STARRED"]}, applyToExisting=True
    )
    assert made["applied"] == 1
    assert "STARRED" in labels(ok, ep, mail) and "STARRED" not in labels(ok, ep, own)


def test_templates_make_the_filters_that_they_promise(ep, ok, refused, sales):
    label = ok(ep, "mail_create_label", name="T")["id"]
    made = ok(
        ep,
        "create_filter_from_template",
        template="labelAndArchive",
        parameters={"searchText": "zeta", "labelIds": [label]},
    )
    assert made["criteria"] == {"query": "zeta"} and made["action"] == {
        "addLabelIds": [label],
        "removeLabelIds": ["INBOX"],
    }
    mail = ok(ep, "send_email", sales, to=[ep.principal], subject="zeta", body="x")["messageId"]
    assert labels(ok, ep, mail) == ["UNREAD", label]
    made = ok(
        ep, "create_filter_from_template", template="fromSender", parameters={"senderEmail": sales.email, "star": True}
    )
    assert made["criteria"] == {"from": sales.email} and made["action"] == {"addLabelIds": ["STARRED"]}
    ok(ep, "create_filter_from_template", template="hasAttachment", parameters={"markAsRead": True})
    error = refused(ep, "create_filter_from_template", template="toRecipient", parameters={"archive": True})
    assert error["field"] == "parameters.recipientEmail"
    error = refused(ep, "create_filter_from_template", template="hasAttachment", parameters={})
    assert error["field"] == "action"


def test_deleting_a_label_takes_idle_filters_along(ep, ok, refused):
    label = ok(ep, "mail_create_label", name="Short lived")["id"]
    idle = ok(ep, "create_filter", criteria={"from": "a"}, action={"addLabelIds": [label]})["filterId"]
    busy = ok(ep, "create_filter", criteria={"from": "b"}, action={"addLabelIds": [label, "STARRED"]})["filterId"]
    assert ok(ep, "mail_delete_label", id=label)["filters"] == 1
    assert refused(ep, "get_filter", filterId=idle)["kind"] == "not_found"
    assert ok(ep, "get_filter", filterId=busy)["action"] == {"addLabelIds": ["STARRED"]}


def test_a_notice_answers_each_sender_once_until_it_changes(ep, ok, people, sales):
    ok(ep, "set_out_of_office", enabled=True, body="Away.", endDate="2026-03-20")
    for _ in range(2):
        ok(ep, "send_email", sales, to=[ep.principal], subject="Hello", body="x")
    answers = ok(ep, "search_emails", sales, query=f"from:{ep.principal} subject:office is:unread")
    assert answers["total"] == 1 and answers["items"][0]["subject"].startswith("Out of office")
    assert ok(ep, "get_out_of_office")["answered"] == 1
    assert ep.call("set_out_of_office", {"enabled": True, "body": "Away.", "endDate": "2026-03-20"}).changes == ()
    ok(ep, "set_out_of_office", enabled=True, body="Away longer.", endDate="2026-03-27")
    ok(ep, "send_email", sales, to=[ep.principal], subject="Hello", body="x")
    assert ok(ep, "search_emails", sales, query=f"from:{ep.principal} subject:office is:unread")["total"] == 2
    stopped = ok(ep, "set_out_of_office", enabled=False)
    assert not stopped["active"] and stopped["body"] == "Away longer."


def test_two_absent_people_do_not_answer_each_other_for_ever(ep, ok, sales):
    ok(ep, "set_out_of_office", enabled=True, body="Away.")
    ok(ep, "set_out_of_office", sales, enabled=True, body="Away, too.")
    record = ep.call("send_email", {"to": [sales.email], "subject": "Hello", "body": "x"})
    stored = [change for change in record.changes if change.table == "mail_message"]
    assert len(stored) == 2  # the mail and one answer


def test_a_notice_is_silent_for_lists_outside_of_its_dates_and_for_its_own_list(ep, ok, people, sales):
    lead = people["Support Lead"]
    ok(ep, "set_out_of_office", lead, enabled=True, body="Away.")
    record = ep.call("send_email", {"to": ["support@norrvane.example"], "subject": "Hello", "body": "x"})
    assert record.ok and lead.email not in {
        row["from_address"] for row in ep.sql("SELECT from_address FROM mail_message WHERE origin = 'auto_reply'")
    }
    ok(ep, "set_out_of_office", lead, enabled=True, body="Away later.", startDate="2026-03-05")
    assert not ok(ep, "get_out_of_office", lead)["active"]
    ok(ep, "send_email", to=[lead.email], subject="Hello", body="x")
    assert ok(ep, "search_emails", query=f"from:{lead.email} subject:office")["total"] == 0


def test_dates_and_texts_of_a_notice_are_checked(ep, refused):
    for arguments, field in (
        ({"enabled": True, "body": " "}, "body"),
        ({"enabled": True, "body": "x", "startDate": "2026-03-10", "endDate": "2026-03-09"}, "endDate"),
        ({"enabled": True, "body": "x", "endDate": "2026-03-01"}, "endDate"),
    ):
        assert refused(ep, "set_out_of_office", **arguments)["field"] == field
