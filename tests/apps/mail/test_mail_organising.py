"""Labels, flags, trash, bulk calls, drafts: every state and every refused step."""

import pytest


def newest(ok, ep, query="in:inbox"):
    return ok(ep, "search_emails", query=query)["items"][0]["messageId"]


def test_marking_archiving_starring_and_filing_go_through_modify_email(ep, ok):
    mail = newest(ok, ep, "in:inbox is:unread")
    label = ok(ep, "mail_create_label", name="Follow up/Now")["id"]
    after = ok(ep, "modify_email", messageId=mail, addLabelIds=["STARRED", label], removeLabelIds=["UNREAD", "INBOX"])
    assert "STARRED" in after["labels"] and label in after["labels"]
    assert not {"UNREAD", "INBOX"} & set(after["labels"])
    assert newest(ok, ep, 'label:"follow up/now" in:archive is:read') == mail
    by_name = ok(ep, "modify_email", messageId=mail, removeLabelIds=["Follow up/Now"])
    assert label not in by_name["labels"]
    assert ok(ep, "read_email", messageId=mail).get("userLabels", []) == [] or label not in str(
        ok(ep, "read_email", messageId=mail)
    )


def test_repeating_a_change_changes_nothing(ep, ok):
    mail = newest(ok, ep)
    for name, more in (
        ("modify_email", {"addLabelIds": ["STARRED"], "removeLabelIds": ["UNREAD"]}),
        ("delete_email", {}),
        ("untrash_email", {}),
    ):
        ep.call(name, {"messageId": mail, **more})
        assert ep.call(name, {"messageId": mail, **more}).changes == ()


def test_a_mail_is_in_one_of_inbox_trash_and_spam(ep, ok, refused):
    mail = newest(ok, ep)
    assert "INBOX" not in ok(ep, "modify_email", messageId=mail, addLabelIds=["SPAM"])["labels"]
    assert "SPAM" not in ok(ep, "modify_email", messageId=mail, addLabelIds=["TRASH"])["labels"]
    assert "INBOX" in ok(ep, "modify_email", messageId=mail, removeLabelIds=["TRASH"])["labels"]
    error = refused(ep, "modify_email", messageId=mail, addLabelIds=["INBOX", "TRASH"])
    assert error["kind"] == "invalid" and "one of INBOX, TRASH and SPAM" in error["message"]


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        ({}, "invalid", "Give addLabelIds"),
        ({"addLabelIds": ["SENT"]}, "invalid", "cannot be changed"),
        ({"removeLabelIds": ["DRAFT"]}, "invalid", "cannot be changed"),
        ({"addLabelIds": ["UNREAD"], "removeLabelIds": ["UNREAD"]}, "invalid", "at once"),
        ({"addLabelIds": ["Label_999999"]}, "not_found", "list_email_labels"),
    ],
)
def test_impossible_label_changes_are_refused(ep, ok, refused, arguments, kind, words):
    error = refused(ep, "modify_email", messageId=newest(ok, ep), **arguments)
    assert error["kind"] == kind and words in error["message"]


def test_labels_of_others_are_unknown_here(ep, ok, refused, people):
    label = ok(ep, "mail_create_label", people["Sales"], name="Sales things")["id"]
    for name, more in (("mail_delete_label", {}), ("mail_update_label", {"name": "Mine"})):
        assert refused(ep, name, id=label, **more)["kind"] == "not_found"
    assert refused(ep, "modify_email", messageId=newest(ok, ep), addLabelIds=[label])["kind"] == "not_found"


def test_label_names_are_unique_and_system_names_taken(ep, ok, refused):
    created = ok(ep, "mail_create_label", name="Bills")
    assert refused(ep, "mail_create_label", name="bills")["kind"] == "conflict"
    assert ok(ep, "get_or_create_label", name="BILLS")["id"] == created["id"]
    fresh = ok(ep, "get_or_create_label", name="Receipts", labelListVisibility="labelHide")
    assert refused(ep, "mail_update_label", id=fresh["id"], name="Bills")["kind"] == "conflict"
    for name in ("inbox", " ", "/a"):
        assert refused(ep, "mail_create_label", name=name)["field"] == "name"
    assert refused(ep, "mail_delete_label", id="INBOX")["kind"] == "forbidden"
    shown = {row["id"] for row in ok(ep, "list_email_labels", type="user")["items"]}
    hidden = {row["id"] for row in ok(ep, "list_email_labels", type="user", includeHidden=True)["items"]}
    assert created["id"] in shown and fresh["id"] in hidden - shown


def test_a_label_hidden_in_message_lists_is_still_on_the_mail(ep, ok):
    label = ok(ep, "mail_create_label", name="Quiet", messageListVisibility="hide")["id"]
    mail = newest(ok, ep)
    ok(ep, "modify_email", messageId=mail, addLabelIds=[label])
    row = next(row for row in ok(ep, "search_emails", query="label:Quiet")["items"])
    assert label not in row["labels"] and label in ok(ep, "read_email", messageId=mail)["labels"]
    ok(ep, "mail_update_label", id=label, name="Loud", messageListVisibility="show")
    assert label in ok(ep, "search_emails", query="label:loud")["items"][0]["labels"]


def test_label_counts_follow_the_mails(ep, ok):
    label = ok(ep, "mail_create_label", name="Counted")["id"]
    ids = [row["messageId"] for row in ok(ep, "search_emails", query="in:inbox", maxResults=4)["items"]]
    done = ok(ep, "batch_modify_emails", messageIds=ids, addLabelIds=[label], removeLabelIds=["UNREAD"], batchSize=3)
    assert done == {"changed": 4, "unchanged": 0, "batches": 2}
    row = next(row for row in ok(ep, "list_email_labels")["items"] if row["id"] == label)
    assert (row["mails"], row["unread"], row["type"]) == (4, 0, "user")
    assert ok(ep, "batch_modify_emails", messageIds=ids, addLabelIds=[label])["unchanged"] == 4
    gone = ok(ep, "mail_delete_label", id=label)
    assert gone["mails"] == 4 and ok(ep, "search_emails", query="in:anywhere")["total"] >= 4


def test_bulk_calls_change_all_mails_or_none(ep, ok, refused):
    mail = newest(ok, ep)
    for name, more in (("batch_modify_emails", {"addLabelIds": ["STARRED"]}), ("batch_delete_emails", {})):
        error = refused(ep, name, messageIds=[mail, "msg_00000000"], **more)
        assert error["kind"] == "not_found" and "Nothing was changed" in error["message"]
    assert ok(ep, "batch_delete_emails", messageIds=[mail, mail]) == {"changed": 1, "unchanged": 0, "batches": 1}
    assert ok(ep, "batch_delete_emails", messageIds=[mail], permanently=True)["changed"] == 1
    assert refused(ep, "read_email", messageId=mail)["kind"] == "not_found"


def test_deleting_here_leaves_the_copies_of_others(ep, ok, refused, people):
    other = people["HR Manager"]
    mail = ok(ep, "send_email", to=[other.email], subject="Both", body="x")["messageId"]
    assert ok(ep, "delete_email", messageId=mail)["state"] == "in_trash"
    assert ok(ep, "untrash_email", messageId=mail)["labels"] == ["SENT"]
    assert ok(ep, "delete_email", messageId=mail, permanently=True)["state"] == "deleted"
    assert refused(ep, "untrash_email", messageId=mail)["kind"] == "not_found"
    assert ok(ep, "read_email", other, messageId=mail)["subject"] == "Both"


def test_emptying_the_trash_is_for_good_and_spares_newer_mail(ep, ok):
    old = ok(ep, "search_emails", query="before:2026-02-25 -in:drafts")["items"][0]["messageId"]
    new = ok(ep, "send_email", to=[ep.principal], subject="New", body="x")["messageId"]
    ok(ep, "batch_delete_emails", messageIds=[old, new])
    before = ok(ep, "search_emails", query="in:trash")["total"]
    deleted = ok(ep, "empty_trash", receivedBefore="2026-03-02")["deleted"]
    assert deleted == before - 1 and ok(ep, "search_emails", query="in:trash")["items"][0]["messageId"] == new
    assert ok(ep, "empty_trash")["deleted"] == 1 and ok(ep, "empty_trash")["deleted"] == 0
    spam = ok(ep, "search_emails", query="in:spam")["total"]
    assert ok(ep, "empty_trash", folder="spam")["deleted"] == spam > 0


def test_a_draft_is_written_changed_and_sent_under_one_message_id(ep, ok, refused, people):
    other = people["HR Manager"]
    draft = ok(ep, "draft_email", to=[], subject="", body="", bcc=[people["Sales"].email])
    assert refused(ep, "send_draft", draftId=draft["draftId"])["field"] == "subject"
    changed = ok(ep, "update_draft", draftId=draft["draftId"], to=[other.email], subject="Ready", bcc=[])
    assert changed["to"] == [other.email] and changed["subject"] == "Ready"
    assert refused(ep, "send_draft", draftId=draft["draftId"])["field"] == "body"
    ok(ep, "update_draft", draftId=draft["draftId"], body="Text", importance="Low")
    assert draft["draftId"] in {row["draftId"] for row in ok(ep, "list_drafts")["items"]}
    assert ok(ep, "read_email", messageId=draft["messageId"])["draftId"] == draft["draftId"]
    assert refused(ep, "read_email", other, messageId=draft["messageId"])["kind"] == "not_found"
    sent = ok(ep, "send_draft", draftId=draft["draftId"])
    assert sent["messageId"] == draft["messageId"]
    read = ok(ep, "read_email", other, messageId=sent["messageId"])
    assert (read["body"], read["importance"], read["labels"]) == ("Text", "Low", ["INBOX", "UNREAD"])
    for name in ("send_draft", "update_draft"):
        assert refused(ep, name, draftId=draft["draftId"])["kind"] == "not_found"


def test_a_draft_answers_in_its_thread(ep, ok, refused):
    mail = ok(ep, "search_emails", query="in:inbox -from:no-reply")["items"][0]
    draft = ok(ep, "draft_email", to=[mail["fromEmail"]], subject="Re: x", body="y", replyToMessageId=mail["messageId"])
    assert ok(ep, "send_draft", draftId=draft["draftId"])["threadId"] == mail["threadId"]
    other = ok(ep, "draft_email", to=[], subject="a", body="")
    error = refused(ep, "draft_email", to=[], subject="b", body="", replyToMessageId=other["messageId"])
    assert error["kind"] == "conflict"


def test_a_draft_in_the_trash_cannot_be_sent_and_never_gets_to_the_inbox(ep, ok, refused, people):
    draft = ok(ep, "draft_email", to=[people["Sales"].email], subject="s", body="b")
    for label in ("INBOX", "UNREAD", "SPAM"):
        assert refused(ep, "modify_email", messageId=draft["messageId"], addLabelIds=[label])["kind"] == "conflict"
    ok(ep, "delete_email", messageId=draft["messageId"])
    assert "untrash_email" in refused(ep, "send_draft", draftId=draft["draftId"])["accepted"]
    assert ok(ep, "untrash_email", messageId=draft["messageId"])["labels"] == ["DRAFT"]
    ok(ep, "delete_email", messageId=draft["messageId"], permanently=True)
    assert ep.sql("SELECT count(*) AS n FROM mail_message WHERE id = ?", draft["messageId"])[0]["n"] == 0


def test_the_profile_counts_what_the_searches_find(ep, ok):
    profile = ok(ep, "get_mail_profile")
    for field, query in (
        ("inbox", "in:inbox"),
        ("unread", "is:unread"),
        ("sent", "in:sent"),
        ("drafts", "in:drafts"),
        ("trash", "in:trash"),
        ("mails", "in:anywhere"),
    ):
        assert profile[field] == ok(ep, "search_emails", query=query)["total"], field
    assert profile["email"] == ep.principal and profile["storedBytes"] > 1000
