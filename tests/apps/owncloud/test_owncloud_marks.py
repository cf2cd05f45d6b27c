"""Comments, tags, stars, locks; storage of people and departments."""

import pytest

from enterpriselab.company.firm import build_firm


@pytest.fixture
def file(ep, ok):
    """A file of the engineer in the folder of the department."""
    path = "/Departments/Platform Engineering/marks.md"
    ok(ep, "write_file_content", remote_path=path, content="x")
    return path


@pytest.fixture
def colleague(files, people):
    """Somebody else of the engineer's department."""
    staff = build_firm(7).people_in("eng-platform")
    return next(p for p in staff if p.status == "active" and p.id != people["Engineer"].id and not p.left_on)


def test_comments_are_read_in_order_and_deleted_by_their_author(ep, ok, refused, people, file):
    first = ok(ep, "add_file_comment", path=file, text=" Please check. ")
    second = ok(ep, "add_file_comment", people["Sales"], path=file, text="Done.")
    rows = ok(ep, "get_file_comments", people["Finance"], path=file)["items"]
    assert [(row["author"], row["text"]) for row in rows] == [
        (ep.principal, "Please check."),
        (people["Sales"].email, "Done."),
    ]
    assert refused(ep, "delete_file_comment", path=file, comment_id=second["comment_id"])["kind"] == "forbidden"
    ok(ep, "delete_file_comment", path=file, comment_id=first["comment_id"])
    assert refused(ep, "delete_file_comment", path=file, comment_id=first["comment_id"])["kind"] == "not_found"
    assert ok(ep, "get_file_info", path=file)["comments"] == 1
    assert refused(ep, "add_file_comment", path=file, text="   ")["field"] == "text"
    assert refused(ep, "add_file_comment", path="/", text="x")["kind"] == "invalid"


def test_tags_find_files_for_everybody_who_sees_them(ep, ok, refused, people, file):
    assert ok(ep, "tag_file", path=file, tag="  To   Review ")["tags"] == ["to review"]
    assert [row["path"] for row in ok(ep, "find_files_by_tag", people["Sales"], tag="TO REVIEW")["items"]] == [file]
    assert {"tag": "to review", "files": 1} in ok(ep, "list_file_tags", query="to rev")["items"]
    assert refused(ep, "untag_file", path=file, tag="other")["accepted"] == ["to review"]
    record = ep.call("untag_file", {"path": file, "tag": "to review"})
    assert record.result["tags"] == []
    assert refused(ep, "tag_file", path=file, tag="a,b")["field"] == "tag"
    for number in range(20):
        ok(ep, "tag_file", path=file, tag=f"t{number}")
    assert refused(ep, "tag_file", path=file, tag="one more")["kind"] == "conflict"


def test_stars_are_personal(ep, ok, people, file):
    ok(ep, "star_file", path=file)
    assert file in [row["path"] for row in ok(ep, "list_starred_files", per_page=100)["items"]]
    assert file not in [row["path"] for row in ok(ep, "list_starred_files", people["Sales"], per_page=100)["items"]]
    assert ok(ep, "get_file_info", path=file)["starred"]
    assert ok(ep, "unstar_file", path=file)["starred"] is False


def test_a_lock_keeps_others_out_until_it_is_taken_off(ep, ok, refused, people, colleague, file):
    lock = ok(ep, "lock_file", path=file, minutes=30, reason="editing")
    assert lock["locked_until"].startswith("2026-03-02T09:30")
    assert ok(ep, "get_file_info", path=file)["locked_by"] == ep.principal
    folder = "/Departments/Platform Engineering"
    for tool, arguments in (
        ("write_file_content", {"remote_path": file, "content": "y"}),
        ("append_to_file", {"remote_path": file, "content": "y"}),
        ("rename_file", {"path": file, "new_name": "y.md"}),
        ("move_file", {"path": file, "target_folder": folder, "new_name": "y.md"}),
        ("delete_file", {"path": file}),
    ):
        error = refused(ep, tool, colleague, **arguments)
        assert (error["kind"], "locked by" in error["message"]) == ("conflict", True), tool
    assert refused(ep, "lock_file", colleague, path=file)["kind"] == "conflict"
    error = refused(ep, "unlock_file", colleague, path=file)
    assert (error["kind"], error["accepted"]) == ("forbidden", ["role IT Admin"])
    ok(ep, "write_file_content", remote_path=file, content="mine")
    ok(ep.fork(), "unlock_file", people["IT Admin"], path=file)
    ok(ep, "unlock_file", path=file)
    ok(ep, "write_file_content", colleague, remote_path=file, content="theirs")


def test_a_folder_with_a_locked_file_stays_and_a_lock_that_has_ended_does_not_count(ep, ok, refused, colleague):
    folder = "/Departments/Platform Engineering/L"
    ok(ep, "create_folder", path=folder)
    ok(ep, "write_file_content", remote_path=f"{folder}/x.md", content="x")
    ok(ep, "lock_file", path=f"{folder}/x.md", minutes=5)
    assert refused(ep, "delete_file", colleague, path=folder)["kind"] == "conflict"
    ep.clock.advance(301)
    assert ok(ep, "lock_file", colleague, path=f"{folder}/x.md")["locked_by"] == colleague.email
    assert refused(ep, "delete_file", path=folder)["kind"] == "conflict"


def test_storage_counts_files_and_trash(ep, ok, refused, people):
    before = ok(ep, "get_storage_info")
    ok(ep, "write_file_content", remote_path="/n.txt", content="x" * 1_000)
    ok(ep, "write_file_content", remote_path="/n.txt", content="x" * 400)
    now = ok(ep, "get_storage_info")
    assert now["used_bytes"] - before["used_bytes"] == 400
    assert now["free_bytes"] == now["quota_bytes"] - now["used_bytes"]
    assert now["files"] == before["files"] + 1
    ok(ep, "delete_file", path="/n.txt")
    after = ok(ep, "get_storage_info")
    assert (after["used_bytes"], after["trash_bytes"]) == (now["used_bytes"], now["trash_bytes"] + 400)
    assert ok(ep, "get_storage_info", department="platform engineering")["path"] == "/Departments/Platform Engineering"
    assert refused(ep, "get_storage_info", department="Finance")["kind"] == "not_found"


def test_only_it_administrators_handle_accounts(ep, ok, refused, people):
    for tool, arguments in (
        ("list_storage_accounts", {}),
        ("set_storage_quota", {"quota_mb": 30, "email": people["Sales"].email}),
        ("close_storage_account", {"email": people["Sales"].email}),
    ):
        assert refused(ep, tool, **arguments)["accepted"] == ["role IT Admin"]
    admin = people["IT Admin"]
    rows = ok(ep, "list_storage_accounts", admin, kind="home", per_page=5)["items"]
    assert [row["used_percent"] for row in rows] == sorted((row["used_percent"] for row in rows), reverse=True)
    one = ok(ep, "list_storage_accounts", admin, query=people["Sales"].full_name)["items"][0]
    assert one["email"] == people["Sales"].email
    assert ok(ep, "set_storage_quota", admin, quota_mb=31.5, email=one["email"])["quota_bytes"] == 31_500_000
    assert ok(ep, "set_storage_quota", admin, quota_mb=300, department="Sales")["quota_bytes"] == 300_000_000
    assert refused(ep, "set_storage_quota", admin, quota_mb=0.000001, email=one["email"])["field"] == "quota_mb"
    assert refused(ep, "set_storage_quota", admin, quota_mb=5)["kind"] == "invalid"
    assert refused(ep, "set_storage_quota", admin, quota_mb=5, email="no@where.example")["kind"] == "not_found"


def test_an_account_is_closed_only_of_a_person_with_a_last_day(ep, ok, refused, people):
    admin = people["IT Admin"]
    assert refused(ep, "close_storage_account", admin, email=people["Sales"].email)["kind"] == "conflict"
    sql = (
        "SELECT p.email, p.full_name, m.email AS boss FROM company_person p"
        " JOIN company_person m ON m.id = p.manager_id"
        " WHERE p.status = 'active' AND p.left_on IS NOT NULL ORDER BY p.id"
    )
    leaver = ep.sql(sql)[0]
    ep.call("write_file_content", {"remote_path": "/handover.md", "content": "all"}, principal=leaver["email"])
    done = ok(ep, "close_storage_account", admin, email=leaver["email"])
    assert (done["handed_to"], done["folder"]) == (leaver["boss"], f"/Transferred from {leaver['full_name']}")
    read = ep.call("read_file_content", {"remote_path": f"{done['folder']}/handover.md"}, principal=leaver["boss"])
    assert read.result["content"] == "all"
    assert refused(ep, "close_storage_account", admin, email=leaver["email"])["kind"] == "conflict"
    assert ok(ep, "list_storage_accounts", admin, status="closed", query=leaver["full_name"])["total"] == 1
