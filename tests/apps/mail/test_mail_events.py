"""What Mail does when other apps speak, and attachments that come from and go to their files."""

import pytest

from enterpriselab.sandbox.episode import Episode


@pytest.fixture
def near(mail_and_neighbour, people) -> Episode:
    return mail_and_neighbour.episode(people["Engineer"].email)


def emit(ok, near, event, **fields):
    ok(near, "neighbour_emit", event=event, fields=fields)


def test_a_hire_opens_a_mailbox_with_a_welcome(near, ok):
    ok(near, "neighbour_hire", person_id="p9001", email="new.person@norrvane.example")
    record = near.call("search_emails", {"query": "is:unread"}, principal="p9001")
    assert [row["subject"] for row in record.result["items"]] == ["Welcome to your new mailbox"]
    assert ok(near, "send_email", to=["new.person@norrvane.example"], subject="Hi", body="x")["bounced"] == []


def test_a_mailbox_closes_on_the_last_day_and_keeps_its_mail(near, ok, refused, people):
    leaver = people["Sales"]
    ok(near, "set_out_of_office", leaver, enabled=True, body="Away.")
    emit(ok, near, "PersonTerminated", person_id=leaver.id, last_day="2026-04-30")
    assert ok(near, "send_email", to=[leaver.email], subject="Hi", body="x")["bounced"] == []
    held = near.sql("SELECT count(*) AS n FROM mail_delivery WHERE person_id = ?", leaver.id)
    emit(ok, near, "PersonTerminated", person_id=leaver.id, last_day="2026-03-02")
    assert ok(near, "send_email", to=[leaver.email], subject="Hi", body="x")["bounced"] == [leaver.email]
    assert near.sql("SELECT count(*) AS n FROM mail_delivery WHERE person_id = ?", leaver.id) == held
    assert refused(near, "send_email", leaver, to=[near.principal], subject="s", body="b")["kind"] == "conflict"


def test_a_new_address_moves_the_mailbox(near, ok, people):
    old, new = people["Sales"].email, "renamed@norrvane.example"
    ok(near, "neighbour_rename", person_id=people["Sales"].id, email=new)
    assert ok(near, "send_email", to=[old, new], subject="Hi", body="x")["bounced"] == [old]
    assert near.call("get_mail_profile", {}, principal=new).result["email"] == new


def test_a_notification_is_one_mail_from_the_system_that_takes_no_reply(near, ok, refused, people):
    emit(
        ok,
        near,
        "NotificationRequested",
        to_emails=[near.principal.upper(), people["Sales"].email],
        subject="Due",
        body="Now",
        kind="t",
    )
    mail = ok(near, "search_emails", query="subject:Due is:unread from:no-reply")["items"][0]
    assert mail["fromEmail"] == "no-reply@norrvane.example"
    assert refused(near, "reply_to_email", messageId=mail["messageId"], body="ok")["kind"] == "conflict"
    assert "auto-generated" in ok(near, "get_email_raw", messageId=mail["messageId"])["raw"]
    assert ok(near, "search_emails", people["Sales"], query="subject:Due")["items"][0]["messageId"] == mail["messageId"]
    emit(ok, near, "NotificationRequested", to_emails=["gone@norrvane.example"], subject="Lost", body="x", kind="t")
    assert ok(near, "search_emails", query="from:mailer-daemon Lost")["total"] == 0


def test_approved_leave_sets_a_notice_and_cancelling_removes_it(near, ok, people):
    sales = people["Sales"]
    leave = {"application_id": "LA-1", "person_id": sales.id, "from_date": "2026-03-02", "to_date": "2026-03-06"}
    near.call("set_out_of_office", {"enabled": False}, principal=sales.email)
    emit(ok, near, "LeaveApproved", **leave, half_day=False, leave_type="Annual")
    assert ok(near, "get_out_of_office", sales)["active"]
    ok(near, "send_email", to=[sales.email], subject="Hi", body="x")
    assert ok(near, "search_emails", query=f'from:{sales.email} "2026-03-06"')["total"] == 1
    emit(ok, near, "LeaveCancelled", **leave)
    assert not ok(near, "get_out_of_office", sales)["enabled"]
    ok(near, "set_out_of_office", sales, enabled=True, body="My own words.")
    emit(ok, near, "LeaveApproved", **leave, half_day=False, leave_type="Annual")
    assert ok(near, "get_out_of_office", sales)["body"] == "My own words."


def test_tickets_files_and_interviews_become_mail(near, ok, people):
    outside = {"customer_email": "kim@customer.example", "title": "Printer"}
    emit(ok, near, "TicketCreated", ticket_id=7, **outside, summary="It jams.")
    emit(ok, near, "TicketUpdated", ticket_id=7, **outside, summary="Solved.")
    mails = near.sql(
        "SELECT from_address, subject, body FROM mail_message WHERE subject LIKE '[Ticket#7]%' ORDER BY rowid"
    )
    assert [mail["subject"] for mail in mails] == ["[Ticket#7] Printer"] * 2
    assert mails[0]["from_address"] == "support@norrvane.example" and mails[1]["body"] == "Solved."
    emit(
        ok,
        near,
        "FileShared",
        path="/a.md",
        owner_email=people["Sales"].email,
        with_email=near.principal,
        permissions="read",
    )
    assert (
        people["Sales"].full_name in ok(near, "search_emails", query="subject:shared is:unread")["items"][0]["subject"]
    )
    interview = {
        "applicant_name": "Kim",
        "applicant_email": "kim@home.example",
        "interviewer_ids": [people["Sales"].id],
        "starts_at": "2026-03-09T10:00:00Z",
    }
    emit(ok, near, "InterviewScheduled", **interview, ends_at="2026-03-09T11:00:00Z")
    emit(ok, near, "InterviewCancelled", **interview)
    said = near.sql(
        "SELECT subject FROM mail_message m JOIN mail_recipient r ON r.message_id = m.id"
        " WHERE r.address = 'kim@home.example' ORDER BY m.rowid"
    )
    assert [row["subject"] for row in said] == ["Invitation to an interview", "Your interview is cancelled"]


def test_a_file_travels_as_attachment_through_a_forward_into_other_files(near, ok, refused, people):
    reader, third = people["HR Manager"], people["Sales"]
    sent = ok(near, "send_email", to=[reader.email], subject="Plan", body="", attachments=["/plan.md"])["messageId"]
    row = ok(near, "read_email", reader, messageId=sent)["attachments"][0]
    assert (row["fileName"], row["mediaType"], row["size"]) == ("plan.md", "text/markdown", 7)
    shown = ok(near, "read_attachment", reader, messageId=sent, attachmentId=row["attachmentId"])
    assert shown["text"] == "# Plan\n" and not shown["truncated"]
    passed = ok(near, "forward_email", reader, messageId=sent, to=[third.email])["messageId"]
    copy = ok(near, "read_email", third, messageId=passed)["attachments"][0]
    assert near.sql("SELECT count(DISTINCT sha256) AS n FROM mail_attachment WHERE file_name = 'plan.md'")[0]["n"] == 1
    saved = ok(
        near,
        "download_attachment",
        third,
        messageId=passed,
        attachmentId=copy["attachmentId"],
        savePath="/Inbox",
        filename="p.md",
    )
    assert saved["path"] == "/Inbox/p.md"
    assert near.sql("SELECT content FROM neighbour_file WHERE path = '/Inbox/p.md'")[0]["content"] == b"# Plan\n"
    bare = ok(near, "forward_email", reader, messageId=sent, to=[third.email], includeAttachments=False)["messageId"]
    assert "attachments" not in ok(near, "read_email", third, messageId=bare)
    found = ok(near, "search_emails", reader, query="has:attachment filename:plan in:inbox")["items"]
    assert found[0]["messageId"] == sent
    source = ok(near, "get_email_raw", reader, messageId=sent, includeAttachments=True)["raw"]
    assert (
        'filename="plan.md"' in source
        and source == ok(near, "get_email_raw", reader, messageId=sent, includeAttachments=True)["raw"]
    )
    error = refused(near, "read_attachment", third, messageId=passed, attachmentId=row["attachmentId"])
    assert error["kind"] == "not_found" and copy["attachmentId"] in error["message"]
    assert (
        refused(near, "send_email", to=[reader.email], subject="s", body="b", attachments=["/none"])["kind"]
        == "not_found"
    )


def test_drafts_take_attachments_and_replace_them(near, ok, people):
    draft = ok(near, "draft_email", to=[people["Sales"].email], subject="s", body="", attachments=["/plan.md"])
    ok(near, "update_draft", draftId=draft["draftId"], attachments=["/plan.md"])
    assert len(ok(near, "read_email", messageId=draft["messageId"])["attachments"]) == 1
    ok(near, "send_draft", draftId=draft["draftId"])


def test_without_a_file_app_attachments_say_so(ep, ok, refused):
    error = refused(ep, "send_email", to=[ep.principal], subject="s", body="b", attachments=["/plan.md"])
    assert error["kind"] == "not_found" and "No file storage answers" in error["message"]
    holder = ep.sql(
        "SELECT d.person_id, d.message_id, a.id FROM mail_attachment a JOIN mail_delivery d USING (message_id) LIMIT 1"
    )[0]
    record = ep.call(
        "download_attachment",
        {"messageId": holder["message_id"], "attachmentId": holder["id"]},
        principal=holder["person_id"],
    )
    assert record.error["kind"] == "not_found" and record.error["field"] == "savePath"
    read = ep.call(
        "read_attachment",
        {"messageId": holder["message_id"], "attachmentId": holder["id"]},
        principal=holder["person_id"],
    )
    assert read.ok and read.result["text"]
