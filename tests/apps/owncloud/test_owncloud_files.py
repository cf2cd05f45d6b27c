"""Paths, content, versions, moving, trash, storage: every tool of files and every refused step."""

import base64

import pytest


def write(ok, ep, path="/plan.md", text="# Plan\n", who=None):
    return ok(ep, "write_file_content", who, remote_path=path, content=text)


def test_the_top_has_the_home_the_shares_and_the_departments(ep, ok):
    rows = ok(ep, "list_files", per_page=100)["items"]
    assert [row["path"] for row in rows[:2]] == ["/Departments", "/Shared"]
    assert "/Welcome.md" in [row["path"] for row in rows]
    assert len(ok(ep, "list_files", path="/Departments", per_page=100)["items"]) == 11
    paged = [ok(ep, "list_files", page=page, per_page=3)["items"] for page in (1, 2, 3, 4)]
    assert [row for rows_ in paged for row in rows_] == rows
    assert all(row["kind"] == "file" for row in ok(ep, "list_files", kind="file")["items"])
    sizes = [
        row["size"] for row in ok(ep, "list_files", path="/Departments/Sales/Quotes/2026", order_by="largest")["items"]
    ]
    assert sizes == sorted(sizes, reverse=True)


def test_a_path_is_read_without_minding_case_and_a_miss_names_the_neighbours(ep, ok, refused):
    assert ok(ep, "get_file_info", path="departments/sales/price lists/price list 2026.CSV")["path"] == (
        "/Departments/Sales/Price Lists/Price List 2026.csv"
    )
    error = refused(ep, "read_file_content", remote_path="/Departments/Sales/Price Lists/Price List 2027.csv")
    assert error["kind"] == "not_found" and "/Departments/Sales/Price Lists/Price List 2026.csv" in error["accepted"]
    assert error["field"] == "remote_path"
    assert refused(ep, "get_file_info", path="/../etc/passwd")["kind"] == "invalid"
    assert "is a file" in refused(ep, "get_file_info", path="/Welcome.md/x")["message"]


@pytest.mark.parametrize(
    "name", ["a/../b.md", "a\x07b.md", "a:b.md", "x" * 151, "dot.", " space", "Shared", "departments", ".."]
)
def test_bad_names_are_refused(ep, refused, name):
    write_error = refused(ep, "write_file_content", remote_path=f"/{name}", content="x")
    assert write_error["kind"] in ("invalid", "conflict", "not_found", "forbidden")
    if "/" not in name:
        assert refused(ep, "rename_file", path="/Welcome.md", new_name=name)["kind"] in ("invalid", "conflict")


def test_writing_makes_versions_that_can_be_read_and_restored(ep, ok, refused):
    first = write(ok, ep, text="one")
    second = write(ok, ep, text="two")
    assert (first["version"], second["version"]) == (1, 2) and first["etag"] != second["etag"]
    assert write(ok, ep, text="two")["changed"] is False
    stale = refused(ep, "write_file_content", remote_path="/plan.md", content="three", expected_etag=first["etag"])
    assert stale["kind"] == "conflict" and stale["accepted"] == [second["etag"]]
    ok(ep, "write_file_content", remote_path="/plan.md", content="three", expected_etag=second["etag"])
    assert ok(ep, "append_to_file", remote_path="/plan.md", content="four")["version"] == 4
    assert ok(ep, "read_file_content", remote_path="/plan.md")["content"] == "three\nfour"
    assert ok(ep, "read_file_version", path="/plan.md", version=2)["content"] == "two"
    assert ok(ep, "restore_file_version", path="/plan.md", version=1)["version"] == 5
    assert ok(ep, "read_file_content", remote_path="/plan.md")["content"] == "one"
    for number in range(8):
        write(ok, ep, text=f"more {number}")
    kept = ok(ep, "list_file_versions", path="/plan.md", per_page=20)["items"]
    assert [row["version"] for row in kept] == list(range(13, 3, -1)) and kept[0]["current"]
    error = refused(ep, "read_file_version", path="/plan.md", version=1)
    assert error["kind"] == "not_found" and "Kept are 4" in error["message"]
    assert refused(ep, "append_to_file", remote_path="/none.md", content="x")["kind"] == "not_found"
    assert (
        refused(ep, "write_file_content", remote_path="/new.md", content="x", expected_etag="abc")["kind"] == "conflict"
    )


def test_upload_takes_text_or_base64_and_never_a_disk(ep, ok, refused):
    data = bytes(range(256)) * 4
    encoded = base64.b64encode(data).decode("ascii")
    assert ok(ep, "upload_file", remote_path="/a.bin", content_base64=encoded)["size"] == 1024
    got, offset = b"", 0
    while offset is not None:
        part = ok(ep, "download_file", remote_path="/a.bin", offset=offset, max_bytes=500)
        got, offset = got + base64.b64decode(part["content"]), part.get("next_offset")
    assert got == data and part["encoding"] == "base64"
    assert refused(ep, "read_file_content", remote_path="/a.bin")["kind"] == "invalid"
    assert refused(ep, "append_to_file", remote_path="/a.bin", content="x")["kind"] == "invalid"
    taken = refused(ep, "upload_file", remote_path="/A.BIN", content_text="x")
    assert taken["kind"] == "conflict" and taken["accepted"] == ["A (2).BIN"]
    assert ok(ep, "upload_file", remote_path="/a.bin", content_base64="aGk=", overwrite=True)["version"] == 2
    for arguments in ({}, {"content_text": "x", "content_base64": "eA=="}, {"content_base64": "no!"}):
        assert refused(ep, "upload_file", remote_path="/b.txt", **arguments)["kind"] == "invalid"
    assert refused(ep, "upload_file", remote_path="/missing/b.txt", content_text="x")["kind"] == "not_found"
    assert "/etc" not in str(ep.world.registry["upload_file"].input_schema)


def test_text_is_downloaded_without_cutting_a_character(ep, ok):
    text = "\u00e4\u20ac" * 10
    write(ok, ep, "/wide.txt", text)
    got, offset = "", 0
    while offset is not None:
        part = ok(ep, "download_file", remote_path="/wide.txt", offset=offset, max_bytes=4)
        got, offset = got + part["content"], part.get("next_offset")
    assert got == text and part["total_bytes"] == 50


def test_files_are_found_by_name_and_by_text(ep, ok, refused):
    write(ok, ep, "/zebra crossing.md", "nothing here")
    write(ok, ep, "/other.md", "a line about the Zebra crossing in town")
    found = ok(ep, "search_files", query="ZEBRA crossing")["items"]
    assert [row["path"] for row in found] == ["/zebra crossing.md", "/other.md"]
    assert "Zebra crossing" in found[1]["snippet"]
    assert ok(ep, "search_files", query="zebra", scope="name")["total"] == 1
    assert ok(ep, "search_files", query="*.md", path="/", scope="name", extension="csv")["total"] == 0
    assert ok(ep, "search_files", query='"crossing zebra"')["total"] == 0
    below = ok(ep, "search_files", query="price list", path="/Departments/Sales")["items"]
    assert below and all(row["path"].startswith("/Departments/Sales/") for row in below)
    assert "Salary Bands" not in str(ok(ep, "search_files", query="salary bands", per_page=50)["items"])
    assert refused(ep, "search_files", query="a b c d e f g h i")["field"] == "query"
    tree = ok(ep, "get_folder_tree", path="/Departments/Sales", depth=1)["items"]
    assert {"path": "/Departments/Sales/Price Lists", "kind": "folder", "files": 3} in tree


def test_moving_copying_and_renaming_keep_the_tree_whole(ep, ok, refused):
    ok(ep, "create_folder", path="/A")
    ok(ep, "create_folder", path="/A/B")
    write(ok, ep, "/A/B/x.md", "x")
    for name in ("move_file", "copy_file"):
        error = refused(ep, name, path="/A", target_folder="/A/B")
        assert error["kind"] == "conflict" and "into itself" in error["message"]
    assert ok(ep, "copy_file", path="/A", target_folder="/", new_name="C")["files"] == 1
    assert ok(ep, "read_file_content", remote_path="/C/B/x.md")["content"] == "x"
    assert refused(ep, "move_file", path="/C/B/x.md", target_folder="/A/b")["kind"] == "conflict"
    assert ok(ep, "move_file", path="/C/B/x.md", target_folder="/A/B", new_name="y.csv")["path"] == "/A/B/y.csv"
    assert ok(ep, "get_file_info", path="/A/B/y.csv")["media_type"] == "text/csv"
    assert ok(ep, "rename_file", path="/A/B/y.csv", new_name="Y.csv")["path"] == "/A/B/Y.csv"
    assert refused(ep, "rename_file", path="/A/B/Y.csv", new_name="X.MD")["kind"] == "conflict"
    for path in ("/", "/Shared", "/Departments", "/Departments/Sales"):
        assert refused(ep, "delete_file", path=path)["kind"] == "invalid"
    assert refused(ep, "create_folder", path="/Shared/mine")["kind"] == "forbidden"
    assert refused(ep, "create_folder", path="/A")["kind"] == "conflict"


def test_the_trash_gives_back_what_was_deleted(ep, ok, refused):
    ok(ep, "create_folder", path="/Box")
    write(ok, ep, "/Box/a.txt", "first")
    gone = ok(ep, "delete_file", path="/Box/a.txt")
    write(ok, ep, "/Box/a.txt", "second")
    assert ok(ep, "list_file_trash", query="/box/")["items"][0]["original_path"] == "/Box/a.txt"
    assert ok(ep, "restore_from_trash", trash_id=gone["trash_id"])["path"] == "/Box/a (restored).txt"
    inner = ok(ep, "delete_file", path="/Box/a.txt")["trash_id"]
    outer = ok(ep, "delete_file", path="/Box")["trash_id"]
    assert ok(ep, "restore_from_trash", trash_id=inner)["path"] == "/a.txt"
    assert ok(ep, "delete_from_trash", trash_id=outer)["freed_bytes"] == 5
    assert refused(ep, "restore_from_trash", trash_id=outer)["kind"] == "not_found"


def test_deleting_for_good_frees_storage_and_touches_no_trash_of_others(ep, ok, refused, people):
    write(ok, ep, "/big.txt", "x" * 1000)
    before = ok(ep, "get_storage_info")
    trash_id = ok(ep, "delete_file", path="/big.txt")["trash_id"]
    assert ok(ep, "get_storage_info")["used_bytes"] == before["used_bytes"]
    assert refused(ep, "delete_from_trash", people["Sales"], trash_id=trash_id)["kind"] == "not_found"
    others = ep.sql("SELECT count(*) AS n FROM owncloud_trash t JOIN owncloud_space s ON s.id = t.space_id"
                    f" WHERE s.person_id IS NOT '{people['Engineer'].id}'")  # fmt: skip
    freed = ok(ep, "empty_file_trash")
    assert freed["deleted"] >= 3
    after = ok(ep, "get_storage_info")
    assert after["used_bytes"] == before["used_bytes"] - freed["freed_bytes"] and after["trash_bytes"] == 0
    assert ep.sql("SELECT count(*) AS n FROM owncloud_trash") == others


def test_the_quota_is_enforced_with_numbers_and_set_by_it(ep, ok, refused, people):
    tight, admin = people["Recruiter"], people["IT Admin"]
    error = refused(ep, "write_file_content", tight, remote_path="/x.txt", content="x" * 701)
    assert error["kind"] == "conflict" and "700 are free" in error["message"]
    write(ok, ep, "/x.txt", "x" * 700, tight)
    assert refused(ep, "copy_file", tight, path="/x.txt", target_folder="/", new_name="y.txt")["kind"] == "conflict"
    fullest = ok(ep, "list_storage_accounts", admin, kind="home", min_used_percent=99)["items"]
    assert tight.email in [row["email"] for row in fullest]
    assert ok(ep, "set_storage_quota", admin, quota_mb=30, email=tight.email)["quota_bytes"] == 30_000_000
    ok(ep, "copy_file", tight, path="/x.txt", target_folder="/", new_name="y.txt")
    assert refused(ep, "set_storage_quota", admin, quota_mb=0.001, email=tight.email)["kind"] == "conflict"
    assert refused(ep, "set_storage_quota", admin, quota_mb=1)["kind"] == "invalid"
    assert refused(ep, "set_storage_quota", admin, quota_mb=1, department="Nowhere")["kind"] == "not_found"
    for name, arguments in (
        ("set_storage_quota", {"quota_mb": 9, "email": tight.email}),
        ("list_storage_accounts", {}),
    ):
        error = refused(ep, name, **arguments)
        assert error["kind"] == "forbidden" and error["accepted"] == ["role IT Admin"]
    assert ok(ep, "get_storage_info", department="sales")["path"] == "/Departments/Sales"


def test_locks_keep_others_out_until_they_end(ep, ok, refused, people):
    folder = "/Departments/Platform Engineering"
    colleague = next(p for p in people_of(ep, "eng-platform") if p != people["Engineer"].email)
    who = type("Who", (), {"email": colleague})()
    write(ok, ep, f"{folder}/shared plan.md", "x")
    lock = ok(ep, "lock_file", path=f"{folder}/shared plan.md", minutes=30, reason="typing")
    assert lock["locked_by"] == people["Engineer"].email and lock["locked_until"].startswith("2026-03-02T09:30")
    path = f"{folder}/shared plan.md"
    for name, more in (
        ("write_file_content", {"remote_path": path, "content": "y"}),
        ("rename_file", {"path": path, "new_name": "z.md"}),
        ("delete_file", {"path": path}),
        ("move_file", {"path": path, "target_folder": "/"}),
        ("lock_file", {"path": path}),
    ):
        error = refused(ep, name, who, **more)
        assert error["kind"] == "conflict" and "locked by" in error["message"], name
    write(ok, ep, path, "mine")
    assert refused(ep, "unlock_file", who, path=path)["kind"] == "forbidden"
    assert refused(ep, "unlock_file", people["Sales"], path=path)["kind"] == "forbidden"
    assert ok(ep, "unlock_file", people["IT Admin"], path=path)["locked"] is False
    write(ok, ep, path, "theirs", who)


def people_of(ep, department):
    sql = f"SELECT email FROM company_person WHERE department_id = '{department}' AND status = 'active' ORDER BY id"
    return [row["email"] for row in ep.sql(sql)]


def test_comments_tags_and_stars(ep, ok, refused, people):
    write(ok, ep)
    comment = ok(ep, "add_file_comment", path="/plan.md", text=" Looks good ")
    assert ok(ep, "get_file_comments", path="/plan.md")["items"][0]["text"] == "Looks good"
    assert refused(ep, "add_file_comment", path="/plan.md", text="  ")["field"] == "text"
    assert refused(ep, "delete_file_comment", path="/plan.md", comment_id=99999)["kind"] == "not_found"
    ok(ep, "delete_file_comment", path="/plan.md", comment_id=comment["comment_id"])
    assert ok(ep, "tag_file", path="/plan.md", tag="To  Sign")["tags"] == ["to sign"]
    assert ok(ep, "find_files_by_tag", tag="to sign")["items"][0]["path"] == "/plan.md"
    assert "to sign" in [row["tag"] for row in ok(ep, "list_file_tags", query="to s")["items"]]
    assert ok(ep, "untag_file", path="/plan.md", tag="to sign")["tags"] == []
    assert refused(ep, "untag_file", path="/plan.md", tag="to sign")["kind"] == "not_found"
    assert refused(ep, "tag_file", path="/plan.md", tag="a,b")["kind"] == "invalid"
    assert refused(ep, "tag_file", path="/Departments/Sales/Goals 2026.md", tag="x")["kind"] == "forbidden"
    ok(ep, "star_file", path="/plan.md")
    assert "/plan.md" in [row["path"] for row in ok(ep, "list_starred_files")["items"]]
    assert ok(ep, "unstar_file", path="/plan.md")["starred"] is False
