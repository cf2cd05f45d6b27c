"""Sending, delivery, threads, blind copies, bounces and who may send what."""

import email
from email import policy

FIRM = "norrvane.example"


def test_a_sent_mail_lies_in_sent_here_and_unread_in_the_inbox_there(ep, ok, people):
    reader = people["HR Manager"]
    sent = ok(ep, "send_email", to=[reader.email], subject="Plan", body="See you.", importance="High")
    assert sent["bounced"] == [] and sent["recipients"] == 1
    assert ok(ep, "read_email", messageId=sent["messageId"])["labels"] == ["SENT"]
    received = ok(ep, "read_email", reader, messageId=sent["messageId"])
    assert received["labels"] == ["INBOX", "UNREAD", "IMPORTANT"]
    assert received["importance"] == "High" and received["body"] == "See you."


def test_one_message_is_stored_however_many_read_it(ep, ok, people):
    record = ep.call("send_email", {"to": [f"hr@{FIRM}", people["Sales"].email], "subject": "All", "body": "x"})
    tables = [change.table for change in record.changes]
    assert tables.count("mail_message") == 1 + tables.count("mail_out_of_office_reply")
    people_in_hr = ep.sql("SELECT count(*) AS n FROM company_person WHERE department_id = 'hr' AND status <> 'left'")[
        0
    ]["n"]
    held = ep.sql("SELECT count(*) AS n FROM mail_delivery WHERE message_id = ?", record.result["messageId"])[0]["n"]
    assert held == people_in_hr + 2  # the list, the second recipient, the author's copy


def test_a_blind_copy_arrives_and_is_visible_to_the_author_only(ep, ok, people):
    seen, hidden = people["HR Manager"], people["Support Lead"]
    sent = ok(ep, "send_email", to=[seen.email], bcc=[hidden.email], subject="Secret", body="x")["messageId"]
    assert ok(ep, "read_email", messageId=sent)["bcc"] == [hidden.email]
    for reader in (seen, hidden):
        assert hidden.email not in str(ok(ep, "read_email", reader, messageId=sent))
        assert hidden.email not in ok(ep, "get_email_raw", reader, messageId=sent)["raw"]
        for query in (f"to:{hidden.email}", f"cc:{hidden.email}", f"bcc:{hidden.email}"):
            found = ok(ep, "search_emails", reader, query=f"subject:Secret {query}")
            assert found["total"] == 0
    assert ok(ep, "search_emails", query=f"bcc:{hidden.email}")["total"] == 1


def test_blind_copies_leak_neither_through_replies_nor_forwards_nor_filters(ep, ok, people):
    seen, hidden, third = people["HR Manager"], people["Support Lead"], people["Sales"]
    action = {"addLabelIds": ["STARRED"]}
    ok(ep, "create_filter", seen, criteria={"to": hidden.email}, action=action)
    sent = ok(ep, "send_email", to=[seen.email], bcc=[hidden.email], subject="Secret", body="x")["messageId"]
    assert "STARRED" not in ok(ep, "read_email", seen, messageId=sent)["labels"]
    reply = ok(ep, "reply_to_email", seen, messageId=sent, body="y", replyAll=True)["messageId"]
    held = ep.sql("SELECT person_id FROM mail_delivery WHERE message_id = ?", reply)
    assert hidden.id not in {row["person_id"] for row in held}
    passed = ok(ep, "forward_email", messageId=sent, to=[third.email])["messageId"]
    assert hidden.email not in str(ok(ep, "read_email", third, messageId=passed))


def test_an_unknown_address_of_the_firm_bounces_and_the_outside_is_relayed(ep, ok):
    gone = ep.sql("SELECT address FROM mail_box WHERE status = 'closed' LIMIT 1")[0]["address"]
    to = [f"nobody@{FIRM}", gone, f"no-reply@{FIRM}", "someone@customer.example"]
    sent = ok(ep, "send_email", to=to, subject="Hello", body="x")
    assert set(sent["bounced"]) == {f"nobody@{FIRM}", gone, f"no-reply@{FIRM}"}
    status = {
        row["email"]: row["outcome"] for row in ok(ep, "get_delivery_status", messageId=sent["messageId"])["recipients"]
    }
    assert status["someone@customer.example"] == "relayed" and status[gone] == "bounced"
    notice = ok(ep, "search_emails", query="from:mailer-daemon is:unread")["items"][0]
    assert notice["threadId"] == sent["threadId"]
    text = ok(ep, "read_email", messageId=notice["messageId"])["body"]
    assert "there is no such address" in text and "the mailbox is closed" in text


def test_a_reply_goes_on_with_the_thread_and_quotes_within_limits(ep, ok, people):
    other = people["HR Manager"]
    first = ok(ep, "send_email", to=[other.email], subject="Question", body="word " * 3000)
    answer = ok(ep, "reply_to_email", other, messageId=first["messageId"], body="Answer.")
    assert answer["threadId"] == first["threadId"]
    read = ok(ep, "read_email", messageId=answer["messageId"])
    assert (
        read["subject"] == "Re: Question" and read["inReplyTo"] == first["messageId"] and read["to"] == [ep.principal]
    )
    assert (
        "Answer.\n\nOn 2026-03-02" in read["body"] and len(read["body"]) < 4_500 and "[... shortened]" in read["body"]
    )
    second = ok(ep, "reply_to_email", messageId=answer["messageId"], body="Thanks.")
    assert ok(ep, "read_email", messageId=second["messageId"])["subject"] == "Re: Question"
    thread = ok(ep, "get_thread", threadId=first["threadId"])
    assert [mail["messageId"] for mail in thread["mails"]] == [
        first["messageId"],
        answer["messageId"],
        second["messageId"],
    ]
    assert thread["mails"][1]["text"] == "Answer."
    listed = ok(ep, "list_threads", query="subject:Question from:me")["items"][0]
    assert (listed["threadId"], listed["mails"], listed["unread"]) == (first["threadId"], 3, 1)


def test_reply_all_reaches_everybody_but_me_and_a_reply_to_my_own_mail_its_readers(ep, ok, people):
    a, b, c = people["HR Manager"], people["Support Lead"], people["Sales"]
    sent = ok(ep, "send_email", to=[a.email, b.email], cc=[c.email], subject="Round", body="x")["messageId"]
    answer = ok(
        ep, "read_email", a, messageId=ok(ep, "reply_to_email", a, messageId=sent, body="y", replyAll=True)["messageId"]
    )
    assert answer["to"] == [ep.principal] and answer["cc"] == [b.email, c.email]
    more = ok(ep, "read_email", messageId=ok(ep, "reply_to_email", messageId=sent, body="z")["messageId"])
    assert more["to"] == [a.email, b.email] and "cc" not in more


def test_what_cannot_be_answered_or_forwarded_says_why(ep, ok, refused, people):
    ok(ep, "send_email", to=[f"nobody@{FIRM}"], subject="Hello", body="x")
    bounce = ok(ep, "search_emails", query="from:mailer-daemon")["items"][0]["messageId"]
    assert refused(ep, "reply_to_email", messageId=bounce, body="y")["kind"] == "conflict"
    draft = ok(ep, "draft_email", to=[], subject="d", body="")["messageId"]
    assert "draft" in refused(ep, "forward_email", messageId=draft, to=[people["Sales"].email])["message"]
    foreign = ok(ep, "search_emails", people["Sales"], query="")["items"][0]["messageId"]
    for name, more in (
        ("read_email", {}),
        ("reply_to_email", {"body": "x"}),
        ("delete_email", {}),
        ("get_email_raw", {}),
    ):
        assert refused(ep, name, messageId=foreign, **more)["kind"] == "not_found"
    received = ok(ep, "search_emails", query="in:inbox")["items"][0]["messageId"]
    assert refused(ep, "get_delivery_status", messageId=received)["kind"] == "forbidden"


def test_a_mail_without_recipient_subject_or_text_is_refused_by_field(ep, refused, people):
    to = [people["Sales"].email]
    cases = [
        ({"to": [], "subject": "s", "body": "b"}, "to"),
        ({"to": to, "subject": " ", "body": "b"}, "subject"),
        ({"to": to, "subject": "a\nb", "body": "b"}, "subject"),
        ({"to": to, "subject": "s", "body": " "}, "body"),
        ({"to": ["no address"], "subject": "s", "body": "b"}, "to.0"),
        ({"to": to, "subject": "s", "body": "b", "mimeType": "multipart/alternative"}, "htmlBody"),
        (
            {
                "to": [f"a{n}@x.example" for n in range(40)],
                "cc": [f"b{n}@x.example" for n in range(11)],
                "subject": "s",
                "body": "b",
            },
            "to",
        ),
    ]
    for arguments, field in cases:
        error = refused(ep, "send_email", **arguments)
        assert (error["kind"], error["field"]) == ("invalid", field)


def test_announcement_lists_and_foreign_senders_are_forbidden(ep, ok, refused, people):
    everyone = f"everyone@{FIRM}"
    error = refused(ep, "send_email", to=[everyone], subject="s", body="b")
    assert error["kind"] == "forbidden" and "role HR Manager" in error["accepted"]
    draft = ok(ep, "draft_email", to=[everyone], subject="s", body="b")["draftId"]
    assert refused(ep, "send_draft", draftId=draft)["kind"] == "forbidden"
    sent = ok(ep, "send_email", people["HR Manager"], to=[everyone], subject="s", body="b")
    open_boxes = ep.sql("SELECT count(*) AS n FROM mail_box WHERE status = 'open'")[0]["n"]
    assert (
        ep.sql("SELECT count(*) AS n FROM mail_delivery WHERE message_id = ?", sent["messageId"])[0]["n"] == open_boxes
    )
    assert (
        refused(ep, "send_email", to=[ep.principal], subject="s", body="b", sender_email=people["Sales"].email)["kind"]
        == "forbidden"
    )
    assert (
        refused(ep, "send_email", to=[ep.principal], subject="s", body="b", sender_email=f"hr@{FIRM}")["kind"]
        == "forbidden"
    )


def test_people_send_as_the_list_of_their_department(ep, ok, people):
    sent = ok(
        ep, "send_email", people["HR Manager"], to=[ep.principal], subject="s", body="b", sender_email=f"hr@{FIRM}"
    )
    mail = ok(ep, "read_email", messageId=sent["messageId"])
    assert mail["fromEmail"] == f"hr@{FIRM}" and mail["fromName"] == "Human Resources"


def test_mail_to_oneself_is_sent_and_received_at_once(ep, ok):
    sent = ok(ep, "send_email", to=[ep.principal], subject="Note", body="x")["messageId"]
    assert ok(ep, "read_email", messageId=sent)["labels"] == ["INBOX", "SENT", "UNREAD"]


def test_raw_is_real_rfc_5322_with_references_and_alternatives(ep, ok, people):
    other = people["HR Manager"]
    first = ok(ep, "send_email", to=[other.email], subject="A", body="one")["messageId"]
    second = ok(ep, "reply_to_email", other, messageId=first, body="two")["messageId"]
    third = ok(ep, "reply_to_email", messageId=second, body="three", htmlBody="<p>three</p>")["messageId"]
    parsed = email.message_from_string(ok(ep, "get_email_raw", messageId=third)["raw"], policy=policy.default)
    assert parsed["In-Reply-To"] == f"<{second}@mail.{FIRM}>"
    assert parsed["References"].split() == [f"<{first}@mail.{FIRM}>", f"<{second}@mail.{FIRM}>"]
    assert parsed.get_content_type() == "multipart/alternative"
    assert parsed.get_body(("plain",)).get_content().startswith("three")


def test_html_mail_is_stored_with_its_text(ep, ok):
    html = "<h1>Hi</h1><p>one &amp; two</p><script>bad()</script>"
    sent = ok(ep, "send_email", to=[ep.principal], subject="H", body=html, mimeType="text/html")["messageId"]
    read = ok(ep, "read_email", messageId=sent)
    assert read["hasHtml"] and "one & two" in read["body"] and "bad" not in read["body"]
    assert "text/html" in ok(ep, "get_email_raw", messageId=sent)["raw"]


def test_addresses_are_found_by_name_firm_and_kind(ep, ok, people):
    lead = people["Support Lead"]
    found = ok(ep, "find_email_address", query=lead.full_name)
    assert found["items"][0]["email"] == lead.email
    lists = ok(ep, "find_email_address", query="human resources", kind="list")["items"]
    assert [row["email"] for row in lists] == [f"hr@{FIRM}"]
    customer = ep.sql("SELECT name FROM company_customer LIMIT 1")[0]["name"]
    assert {row["kind"] for row in ok(ep, "find_email_address", query=customer)["items"]} == {"customer"}
    gone = ep.sql("SELECT address FROM mail_box WHERE status = 'closed' LIMIT 1")[0]["address"]
    assert ok(ep, "find_email_address", query=gone)["total"] == 0
