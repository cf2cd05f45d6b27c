"""What OwnCloud does when others speak, what it says itself, and files that go out and come in with mail."""

import base64

import pytest


def emit(ok, near, event, **fields):
    return ok(near, "neighbour_emit", event=event, fields=fields)["reply"]


def test_a_hire_gets_a_home_with_a_welcome(near, ok, people):
    ok(near, "neighbour_hire", person_id="p9001", manager_id=people["Manager"].id)
    rows = near.call("list_files", {"kind": "file"}, principal="p9001").result["items"]
    assert [row["name"] for row in rows] == ["Welcome.md"]
    text = near.call("read_file_content", {"remote_path": "/Welcome.md"}, principal="p9001").result["content"]
    assert "Nils" in text and "50 MB" in text


def test_who_leaves_hands_over_to_the_manager(near, ok, refused, people):
    leaver, sales = people["Engineer"], people["Sales"]
    ok(near, "create_folder", path="/Work")
    ok(near, "write_file_content", remote_path="/Work/a.md", content="one")
    ok(near, "write_file_content", remote_path="/Work/a.md", content="two")
    given = ok(near, "share_file", path="/Work", share_with=sales.email)["share_id"]
    ok(near, "accept_share", sales, share_id=given)
    ok(near, "write_file_content", sales, remote_path="/s.md", content="s")
    ok(near, "share_file", sales, path="/s.md", share_with=leaver.email)
    emit(ok, near, "PersonTerminated", person_id=leaver.id, last_day="2026-03-02")
    boss = near.sql("SELECT email FROM company_person WHERE id = ?", leaver.manager_id)[0]["email"]
    path = f"/Transferred from {leaver.full_name}/Work/a.md"
    assert near.call("read_file_content", {"remote_path": path}, principal=boss).result["content"] == "two"
    assert near.call("list_file_versions", {"path": path}, principal=boss).result["total"] == 2
    assert refused(near, "list_files", sales, path="/Shared/Work")["kind"] == "not_found"
    assert refused(near, "list_files", path="/")["kind"] == "forbidden"
    left = near.sql("SELECT count(*) AS n FROM owncloud_share WHERE owner_id = ?1 OR person_id = ?1", leaver.id)
    assert left[0]["n"] == 0
    assert refused(near, "share_file", sales, path="/s.md", share_with=leaver.email)["kind"] == "not_found"
    before = near.state_hash()
    emit(ok, near, "PersonTerminated", person_id=leaver.id, last_day="2026-03-02")
    assert near.state_hash() == before


def test_a_last_day_ahead_is_only_noted(near, ok, people):
    emit(ok, near, "PersonTerminated", person_id=people["Engineer"].id, last_day="2026-04-30")
    assert ok(near, "list_files", path="/")["total"] > 0
    row = ok(near, "list_storage_accounts", people["IT Admin"], query=people["Engineer"].full_name)["items"][0]
    assert (row["status"], row["closes_on"]) == ("open", "2026-04-30")


def test_sharing_tells_the_receiver(near, ok, people):
    ok(near, "write_file_content", remote_path="/a.md", content="x")
    ok(near, "share_file", path="/a.md", share_with=people["Sales"].email, note="Please read.")
    ok(near, "share_file_with_department", path="/a.md", department="Finance")
    said = near.sql("SELECT kind, recipient, about FROM neighbour_event ORDER BY id")
    assert [row["kind"] for row in said] == ["FileShared", "NotificationRequested", "NotificationRequested"]
    assert (said[0]["recipient"], said[0]["about"]) == (people["Sales"].email, "/Shared/a.md")
    assert people["Finance"].email in said[2]["recipient"] and people["Sales"].email not in said[2]["recipient"]


def test_a_requested_file_is_given_to_who_may_read_it(near, ok, refused, people):
    ok(near, "upload_file", remote_path="/p.png", content_base64=base64.b64encode(b"\x89PNG").decode())
    reply = emit(ok, near, "FileRequested", path="/p.png", person_id=people["Engineer"].id)
    assert reply == [str(("p.png", "image/png", b"\x89PNG"))]
    wanted = {"path": "/p.png", "person_id": people["Sales"].id}
    assert refused(near, "neighbour_emit", event="FileRequested", fields=wanted)["kind"] == "not_found"
    secret = {"path": "/Departments/Human Resources", "person_id": people["Sales"].id}
    assert refused(near, "neighbour_emit", event="FileRequested", fields=secret)["kind"] == "forbidden"


def test_an_attachment_is_kept_under_a_free_name(near, ok, refused, people):
    fields = {
        "path": "/In/Mail",
        "person_id": people["Engineer"].id,
        "name": "r.md",
        "media_type": "text/plain",
        "content": "hello",
    }
    assert emit(ok, near, "AttachmentSaved", **fields) == ["/In/Mail/r.md"]
    assert emit(ok, near, "AttachmentSaved", **fields) == ["/In/Mail/r (2).md"]
    assert ok(near, "read_file_content", remote_path="/In/Mail/r.md")["content"] == "hello"
    for path in ("/Shared", "/Departments/Sales", "/In/../x"):
        assert refused(near, "neighbour_emit", event="AttachmentSaved", fields={**fields, "path": path})["kind"] in (
            "forbidden",
            "invalid",
        )


@pytest.fixture
def mailing(world_with, people):
    """OwnCloud beside Mail, as the engineer."""
    return world_with("mail", "owncloud").episode(people["Engineer"].email)


def test_files_travel_by_mail(mailing, ok, refused, people):
    ok(mailing, "write_file_content", remote_path="/plan.md", content="the plan")
    to = people["Sales"]
    ok(mailing, "send_email", to=[to.email], subject="Plan", body="See file.", attachments=["/plan.md"])
    mail = ok(mailing, "search_emails", to, query="subject:Plan has:attachment")["items"][0]["messageId"]
    attachment = ok(mailing, "read_email", to, messageId=mail)["attachments"][0]["attachmentId"]
    kept = ok(mailing, "download_attachment", to, messageId=mail, attachmentId=attachment, savePath="/Mail")["path"]
    assert kept == "/Mail/plan.md"
    assert ok(mailing, "read_file_content", to, remote_path=kept)["content"] == "the plan"
    missing = {"to": [to.email], "subject": "s", "body": "b", "attachments": ["/nothing.md"]}
    assert refused(mailing, "send_email", **missing)["kind"] == "not_found"


def test_a_share_arrives_as_a_mail(mailing, ok, people):
    ok(mailing, "write_file_content", remote_path="/plan.md", content="the plan")
    ok(mailing, "share_file", path="/plan.md", share_with=people["Sales"].email, note="For Monday.")
    found = ok(mailing, "search_emails", people["Sales"], query="is:unread from:no-reply plan.md")
    assert found["total"] == 1
    notes = ok(mailing, "search_emails", people["Sales"], query="is:unread Monday subject:Note")
    assert notes["items"][0]["fromEmail"] == mailing.principal
