"""Moving, copying, renaming, deleting, and the way back from the trash."""


def make(ok, ep, *paths):
    for path in paths:
        if path.endswith("/"):
            ok(ep, "create_folder", path=path)
        else:
            ok(ep, "write_file_content", remote_path=path, content=f"text of {path}")


def names(ok, ep, path):
    return [row["name"] for row in ok(ep, "list_files", path=path, per_page=100)["items"]]


def test_a_move_takes_everything_along(ep, ok, refused):
    make(ok, ep, "/A/", "/A/in.md", "/B/")
    assert ok(ep, "move_file", path="/A", target_folder="/B")["path"] == "/B/A"
    assert ok(ep, "read_file_content", remote_path="/B/A/in.md")["content"] == "text of /A/in.md"
    assert ok(ep, "move_file", path="/B/A/in.md", target_folder="/", new_name="out.csv")["path"] == "/out.csv"
    assert ok(ep, "get_file_info", path="/out.csv")["media_type"] == "text/csv"
    assert refused(ep, "move_file", path="/A", target_folder="/B")["kind"] == "not_found"


def test_a_folder_never_goes_into_itself(ep, ok, refused):
    make(ok, ep, "/A/", "/A/B/")
    for tool in ("move_file", "copy_file"):
        for target in ("/A", "/A/B"):
            error = refused(ep, tool, path="/A", target_folder=target)
            assert (error["kind"], error["field"]) == ("conflict", "target_folder")


def test_moves_and_copies_refuse_taken_names_files_as_folders_and_top_folders(ep, ok, refused):
    make(ok, ep, "/A/", "/A/x.md", "/x.md")
    error = refused(ep, "move_file", path="/x.md", target_folder="/A")
    assert (error["kind"], error["accepted"]) == ("conflict", ["x (2).md"])
    assert refused(ep, "copy_file", path="/A", target_folder="/x.md")["kind"] == "invalid"
    assert refused(ep, "move_file", path="/x.md", target_folder="/Shared")["kind"] == "forbidden"
    assert refused(ep, "move_file", path="/", target_folder="/A")["kind"] == "invalid"
    assert refused(ep, "delete_file", path="/Departments/Platform Engineering")["kind"] == "invalid"
    assert refused(ep, "rename_file", path="/Departments", new_name="X")["kind"] == "invalid"


def test_a_copy_is_new_and_has_only_the_present_content(ep, ok, people):
    make(ok, ep, "/A/", "/A/x.md", "/A/sub/", "/A/sub/y.md")
    ok(ep, "write_file_content", remote_path="/A/x.md", content="second")
    ok(ep, "tag_file", path="/A/x.md", tag="old")
    made = ok(ep, "copy_file", path="/A", target_folder="/", new_name="C")
    assert (made["path"], made["files"]) == ("/C", 2)
    info = ok(ep, "get_file_info", path="/C/x.md")
    assert (info["version"], info["tags"]) == (1, [])
    ok(ep, "write_file_content", remote_path="/C/x.md", content="third")
    assert ok(ep, "read_file_content", remote_path="/A/x.md")["content"] == "second"


def test_moving_to_a_department_changes_owner_and_ends_shares(ep, ok, refused, people):
    make(ok, ep, "/D/", "/D/x.md")
    ok(ep, "share_file", path="/D", share_with=people["Sales"].email)
    before = ok(ep, "get_storage_info")["used_bytes"]
    moved = ok(ep, "move_file", path="/D", target_folder="/Departments/Platform Engineering")
    assert (moved["path"], moved["shares_ended"]) == ("/Departments/Platform Engineering/D", 1)
    assert ok(ep, "get_storage_info")["used_bytes"] < before
    info = ok(ep, "get_file_info", path="/Departments/Platform Engineering/D/x.md")
    assert info["department"] == "Platform Engineering" and "owner" not in info
    error = refused(ep, "move_file", people["Sales"], path="/Departments/Platform Engineering/D", target_folder="/")
    assert (error["kind"], "delete" in error["message"]) == ("forbidden", True)
    assert (
        ok(ep, "copy_file", people["Sales"], path="/Departments/Platform Engineering/D", target_folder="/")["files"]
        == 1
    )


def test_others_read_open_departments_and_not_the_closed_ones(ep, ok, refused, people):
    path = "/Departments/Platform Engineering/open.md"
    ok(ep, "write_file_content", remote_path=path, content="hello")
    assert ok(ep, "read_file_content", people["Sales"], remote_path=path)["content"] == "hello"
    for tool, arguments in (
        ("write_file_content", {"remote_path": path, "content": "x"}),
        ("append_to_file", {"remote_path": path, "content": "x"}),
        ("delete_file", {"path": path}),
        ("rename_file", {"path": path, "new_name": "x.md"}),
        ("tag_file", {"path": path, "tag": "x"}),
        ("lock_file", {"path": path}),
        ("share_file", {"path": path, "share_with": people["Finance"].email}),
        ("create_folder", {"path": "/Departments/Platform Engineering/X"}),
    ):
        assert refused(ep, tool, people["Sales"], **arguments)["kind"] == "forbidden", tool
    closed = "/Departments/Human Resources"
    assert refused(ep, "list_files", path=closed)["kind"] == "forbidden"
    assert ok(ep, "list_files", people["Auditor"], path=closed)["total"] > 0
    assert refused(ep, "create_folder", people["Auditor"], path=f"{closed}/X")["kind"] == "forbidden"
    assert ok(ep, "create_folder", people["Recruiter"], path=f"{closed}/X")["path"] == f"{closed}/X"
    assert closed not in [row["path"] for row in ok(ep, "list_files", path="/Departments")["items"]]


def test_deleted_files_come_back_where_they_were(ep, ok):
    make(ok, ep, "/A/", "/A/x.md")
    item = ok(ep, "delete_file", path="/A/x.md")["trash_id"]
    assert names(ok, ep, "/A") == []
    assert ok(ep, "search_files", query="x.md", path="/", scope="name", modified_from="2026-03-02")["total"] == 0
    row = next(row for row in ok(ep, "list_file_trash", per_page=100)["items"] if row["trash_id"] == item)
    assert (row["name"], row["original_path"], row["deleted_by"]) == ("x.md", "/A/x.md", ep.principal)
    assert ok(ep, "restore_from_trash", trash_id=item)["path"] == "/A/x.md"
    assert ok(ep, "read_file_content", remote_path="/A/x.md")["content"] == "text of /A/x.md"


def test_a_taken_name_gets_a_mark_and_a_lost_folder_means_the_top(ep, ok):
    make(ok, ep, "/A/", "/A/x.md")
    first = ok(ep, "delete_file", path="/A/x.md")["trash_id"]
    make(ok, ep, "/A/x.md")
    second = ok(ep, "delete_file", path="/A/x.md")["trash_id"]
    make(ok, ep, "/A/x.md")
    assert ok(ep, "restore_from_trash", trash_id=first)["path"] == "/A/x (restored).md"
    assert ok(ep, "restore_from_trash", trash_id=second)["path"] == "/A/x (restored 2).md"
    third = ok(ep, "delete_file", path="/A/x.md")["trash_id"]
    folder = ok(ep, "delete_file", path="/A")["trash_id"]
    assert ok(ep, "restore_from_trash", trash_id=third)["path"] == "/x.md"
    ok(ep, "delete_from_trash", trash_id=folder)
    assert ok(ep, "list_file_trash", query="/A")["total"] == 0


def test_deleting_for_good_takes_all_that_hangs_on_it(ep, ok, refused):
    make(ok, ep, "/A/", "/A/x.md")
    ok(ep, "add_file_comment", path="/A/x.md", text="hm")
    ok(ep, "star_file", path="/A/x.md")
    node_id = ok(ep, "get_file_info", path="/A/x.md")["file_id"]
    item = ok(ep, "delete_file", path="/A")["trash_id"]
    assert ok(ep, "delete_from_trash", trash_id=item) == {"deleted": 1, "freed_bytes": len("text of /A/x.md")}
    for table in ("version", "comment", "star"):
        assert not ep.sql(f"SELECT 1 FROM owncloud_{table} WHERE node_id = ?", node_id)
    assert refused(ep, "restore_from_trash", trash_id=item)["kind"] == "not_found"


def test_emptying_concerns_the_own_trash_only(ep, ok, refused, people):
    make(ok, ep, "/x.md", "/Departments/Platform Engineering/y.md")
    ok(ep, "delete_file", path="/x.md")
    mine = ok(ep, "delete_file", path="/Departments/Platform Engineering/y.md")["trash_id"]
    assert refused(ep, "restore_from_trash", people["Sales"], trash_id=mine)["kind"] == "not_found"
    assert ok(ep, "empty_file_trash")["deleted"] >= 1
    rows = ok(ep, "list_file_trash", per_page=100)["items"]
    assert rows and all(row["original_path"].startswith("/Departments/") for row in rows)
    assert ok(ep, "empty_file_trash") == {"deleted": 0, "freed_bytes": 0}
    assert ok(ep, "restore_from_trash", trash_id=mine)["path"] == "/Departments/Platform Engineering/y.md"


def test_the_tree_of_the_home_is_not_drowned_in_departments(ep, ok):
    make(ok, ep, "/Zoo/", "/Zoo/x.md")
    rows = ok(ep, "get_folder_tree", path="/", depth=3)["items"]
    assert "/Zoo/x.md" in [row["path"] for row in rows]
    assert not [row for row in rows if row["path"].startswith(("/Departments", "/Shared"))]
    tops = [row["path"] for row in ok(ep, "get_folder_tree", path="/Departments", depth=2)["items"]]
    assert "/Departments/Platform Engineering" in tops
