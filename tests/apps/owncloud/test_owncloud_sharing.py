"""Shares with people, with departments and by link: rights, states, ends."""

import pytest


@pytest.fixture
def folder(ep, ok):
    """A folder of the engineer with one file."""
    ok(ep, "create_folder", path="/Plans")
    ok(ep, "write_file_content", remote_path="/Plans/a.md", content="first")
    return "/Plans"


def share(ok, ep, path, person, *permissions, **more):
    wanted = {"permissions": list(permissions)} if permissions else {}
    return ok(ep, "share_file", path=path, share_with=person.email, **wanted, **more)["share_id"]


def test_a_share_waits_until_it_is_accepted(ep, ok, refused, people, folder):
    sales = people["Sales"]
    share_id = share(ok, ep, folder, sales)
    row = next(r for r in ok(ep, "list_shared_with_me", sales, state="pending")["items"] if r["share_id"] == share_id)
    assert (row["shared_by"], row["permissions"], "path" in row) == (ep.principal, ["read"], False)
    assert refused(ep, "list_files", sales, path="/Shared/Plans")["kind"] == "not_found"
    assert ok(ep, "accept_share", sales, share_id=share_id)["path"] == "/Shared/Plans"
    assert ok(ep, "read_file_content", sales, remote_path="/Shared/Plans/a.md")["content"] == "first"
    assert "/Shared/Plans" in [r["path"] for r in ok(ep, "list_files", sales, path="/Shared", per_page=100)["items"]]
    assert ok(ep, "search_files", sales, query="a.md", path="/Shared", scope="name")["items"][0]["path"].startswith(
        "/Sh"
    )
    assert ok(ep, "list_shares", path=folder)["items"][0]["state"] == "accepted"


def test_a_declined_share_can_be_accepted_later_and_the_other_way_round(ep, ok, refused, people, folder):
    sales = people["Sales"]
    share_id = share(ok, ep, folder, sales)
    assert ok(ep, "decline_share", sales, share_id=share_id)["state"] == "declined"
    assert ok(ep, "list_shares", path=folder, state="declined")["total"] == 1
    ok(ep, "accept_share", sales, share_id=share_id)
    assert "path" not in ok(ep, "decline_share", sales, share_id=share_id)
    assert refused(ep, "read_file_content", sales, remote_path="/Shared/Plans/a.md")["kind"] == "not_found"
    assert refused(ep, "accept_share", people["Finance"], share_id=share_id)["kind"] == "not_found"


def test_a_share_gives_what_it_says_and_no_more(ep, ok, refused, people, folder):
    sales = people["Sales"]
    share_id = share(ok, ep, folder, sales, "read")
    ok(ep, "accept_share", sales, share_id=share_id)
    write = {"remote_path": "/Shared/Plans/a.md", "content": "second"}
    new = {"remote_path": "/Shared/Plans/b.md", "content": "b"}
    assert "update" in refused(ep, "write_file_content", sales, **write)["message"]
    assert "create" in refused(ep, "write_file_content", sales, **new)["message"]
    ok(ep, "update_share", share_id=share_id, permissions=["update", "create"])
    ok(ep, "write_file_content", sales, **write)
    ok(ep, "write_file_content", sales, **new)
    assert ok(ep, "get_file_info", path="/Plans/a.md")["modified_by"] == sales.email
    assert "delete" in refused(ep, "delete_file", sales, path="/Shared/Plans/b.md")["message"]
    assert (
        refused(ep, "share_file", sales, path="/Shared/Plans", share_with=people["Finance"].email)["kind"]
        == "forbidden"
    )
    ok(ep, "update_share", share_id=share_id, permissions=["delete"])
    ok(ep, "delete_file", sales, path="/Shared/Plans/b.md")
    row = ok(ep, "list_file_trash", query="/Plans/b.md")["items"][0]
    assert row["deleted_by"] == sales.email


def test_a_single_file_can_be_shared_for_writing(ep, ok, refused, people, folder):
    sales = people["Sales"]
    share_id = share(ok, ep, "/Plans/a.md", sales, "read", "update")
    ok(ep, "accept_share", sales, share_id=share_id)
    ok(ep, "append_to_file", sales, remote_path="/Shared/a.md", content="more")
    ok(ep, "write_file_content", sales, remote_path="/Shared/a.md", content="all new")
    ok(ep, "upload_file", sales, remote_path="/Shared/a.md", content_text="newer", overwrite=True)
    assert ok(ep, "read_file_content", remote_path="/Plans/a.md")["content"] == "newer"
    assert refused(ep, "write_file_content", sales, remote_path="/Shared/b.md", content="x")["kind"] in (
        "forbidden",
        "not_found",
    )
    assert refused(ep, "share_file", path="/Plans/a.md", share_with=people["Finance"].email, permissions=["delete"])[
        "accepted"
    ] == ["read", "update", "share"]


def test_the_place_of_a_share_cannot_be_moved_renamed_or_deleted(ep, ok, refused, people, folder):
    sales = people["Sales"]
    share_id = share(ok, ep, folder, sales, "read", "update", "create", "delete")
    ok(ep, "accept_share", sales, share_id=share_id)
    place = {"path": "/Shared/Plans"}
    for tool, more in (("move_file", {"target_folder": "/"}), ("rename_file", {"new_name": "X"}), ("delete_file", {})):
        error = refused(ep, tool, sales, **place, **more)
        assert (error["kind"], "decline_share" in error["accepted"]) == ("conflict", True)


def test_equal_names_of_shares_get_a_number(ep, ok, people):
    sales, other = people["Sales"], people["Finance"]
    for person in (None, other):
        ok(ep, "create_folder", person, path="/Same name")
        made = ok(ep, "share_file", person, path="/Same name", share_with=sales.email)
        ok(ep, "accept_share", sales, share_id=made["share_id"])
    found = [row["name"] for row in ok(ep, "list_files", sales, path="/Shared", per_page=100)["items"]]
    assert {"Same name", "Same name (2)"} <= set(found)


def test_sharing_on_gives_no_more_than_one_has(ep, ok, refused, people, folder):
    sales, finance = people["Sales"], people["Finance"]
    ok(ep, "accept_share", sales, share_id=share(ok, ep, folder, sales, "read", "share"))
    error = refused(
        ep, "share_file", sales, path="/Shared/Plans", share_with=finance.email, permissions=["read", "update"]
    )
    assert (error["kind"], error["field"]) == ("forbidden", "permissions")
    again = share(ok, ep.fork(), folder, finance)
    made = ok(ep, "share_file", sales, path="/Shared/Plans", share_with=finance.email)
    assert made["share_id"] == again
    assert ok(ep, "list_shares", path=folder)["total"] == 2
    ok(ep, "unshare_file", share_id=made["share_id"])
    assert ok(ep, "list_shares", path=folder)["total"] == 1


@pytest.mark.parametrize("who", ["self", "outside", "twice"])
def test_wrong_receivers_are_refused(ep, ok, refused, people, folder, who):
    address = {"self": ep.principal, "outside": "guest@partner.example", "twice": people["Sales"].email}[who]
    if who == "twice":
        share_id = share(ok, ep, folder, people["Sales"])
        assert str(share_id) in refused(ep, "share_file", path=folder, share_with=address)["message"]
    else:
        kind = {"self": "conflict", "outside": "not_found"}[who]
        error = refused(ep, "share_file", path=folder, share_with=address)
        assert (error["kind"], error["field"]) == (kind, "share_with")


def test_a_department_share_reaches_its_people_and_nobody_else(ep, ok, refused, people, folder):
    made = ok(ep, "share_file_with_department", path=folder, department="sales", permissions=["read", "update"])
    assert (made["department"], made["state"]) == ("Sales", "active")
    ok(ep, "accept_share", people["Sales"], share_id=made["share_id"])
    ok(ep, "write_file_content", people["Sales"], remote_path="/Shared/Plans/a.md", content="x")
    assert refused(ep, "accept_share", people["Finance"], share_id=made["share_id"])["kind"] == "not_found"
    assert "Sales" in refused(ep, "share_file_with_department", path=folder, department="Catering")["accepted"]
    assert refused(ep, "share_file_with_department", path=folder, department="Sales")["kind"] == "conflict"


def test_a_share_ends_with_its_last_day_and_can_be_prolonged(ep, ok, refused, people, folder):
    error = refused(ep, "share_file", path=folder, share_with=people["Sales"].email, expires_on="2026-03-01")
    assert (error["field"], "2026-03-02" in error["accepted"]) == ("expires_on", True)
    expired = next(
        (row for row in ep.sql("SELECT * FROM owncloud_share WHERE kind = 'user' AND expires_on < '2026-03-02'")), None
    )
    assert expired is not None
    receiver = ep.sql("SELECT email FROM company_person WHERE id = ?", expired["person_id"])[0]["email"]
    owner = ep.sql("SELECT email FROM company_person WHERE id = ?", expired["owner_id"])[0]["email"]
    gone = ep.call("accept_share", {"share_id": expired["id"]}, principal=receiver)
    assert gone.error["kind"] == "not_found"
    listed = ep.call("list_shares", {"state": "expired", "per_page": 100}, principal=owner).result["items"]
    assert expired["id"] in [row["share_id"] for row in listed]
    assert ep.call("update_share", {"share_id": expired["id"], "expires_on": "2026-06-30"}, principal=owner).ok
    assert ep.call("accept_share", {"share_id": expired["id"]}, principal=receiver).ok


def test_only_those_in_control_change_or_end_a_share(ep, ok, refused, people, folder):
    share_id = share(ok, ep, folder, people["Sales"])
    for tool, more in (("unshare_file", {}), ("update_share", {"permissions": ["share"]})):
        assert refused(ep, tool, people["Finance"], share_id=share_id, **more)["kind"] == "not_found"
        assert refused(ep, tool, people["Sales"], share_id=share_id, **more)["kind"] == "not_found"
    assert refused(ep, "update_share", share_id=share_id)["kind"] == "invalid"
    assert refused(ep, "update_share", share_id=share_id, password="long enough")["field"] == "password"
    ok(ep, "unshare_file", share_id=share_id)
    assert refused(ep, "unshare_file", share_id=share_id)["kind"] == "not_found"


def test_deleting_a_file_ends_its_shares_for_good(ep, ok, people, folder):
    share(ok, ep, "/Plans/a.md", people["Sales"])
    gone = ok(ep, "delete_file", path=folder)
    assert gone["shares_ended"] == 1
    ok(ep, "restore_from_trash", trash_id=gone["trash_id"])
    assert ok(ep, "list_shares", path=folder)["total"] == 0


def test_a_public_link_opens_for_anybody_with_the_password(ep, ok, refused, people, folder):
    made = ok(ep, "create_public_link", path="/Plans/a.md", password="correct horse", expires_on="2026-03-20")
    assert made["password_protected"] and "password" not in made
    url, sales = made["url"], people["Sales"]
    assert "missing" in refused(ep, "open_public_link", sales, url=url)["message"]
    assert "wrong" in refused(ep, "open_public_link", sales, url=url, password="battery staple")["message"]
    assert ok(ep, "open_public_link", sales, url=url, password="correct horse")["text"] == "first"
    ok(ep, "update_share", share_id=made["share_id"], password="another secret")
    assert refused(ep, "open_public_link", sales, url=url, password="correct horse")["kind"] == "forbidden"
    plain = ok(ep, "create_public_link", path=folder)
    assert (plain["expires_on"], plain["url"] != url) == ("2026-04-01", True)
    assert ok(ep, "open_public_link", sales, url=plain["url"])["items"] == ["a.md"]
    ok(ep, "unshare_file", share_id=plain["share_id"])
    assert refused(ep, "open_public_link", sales, url=plain["url"])["kind"] == "not_found"
    assert "correct horse" not in str(ep.sql("SELECT * FROM owncloud_share WHERE id = ?", made["share_id"]))


def test_links_have_limits(ep, ok, refused, people, folder):
    assert "2026-05-31" in refused(ep, "create_public_link", path=folder, expires_on="2026-06-01")["accepted"]
    assert ok(ep, "create_public_link", path=folder, expires_on="2026-05-31")["state"] == "active"
    assert refused(ep, "create_public_link", path=folder, permissions=["share"])["kind"] == "invalid"
    assert refused(ep, "create_public_link", path=folder, password="short")["kind"] == "invalid"
    hr = people["HR Manager"]
    ok(ep, "write_file_content", hr, remote_path="/Departments/Human Resources/x.md", content="x")
    error = refused(ep, "create_public_link", hr, path="/Departments/Human Resources/x.md")
    assert (error["kind"], "Human Resources" in error["message"]) == ("forbidden", True)
    assert ok(ep, "share_file", hr, path="/Departments/Human Resources/x.md", share_with=ep.principal)["share_id"]


def test_an_expired_link_says_so(ep):
    expired = ep.sql("SELECT token, expires_on FROM owncloud_share WHERE kind = 'link' AND expires_on < '2026-03-02'")
    assert expired
    record = ep.call("open_public_link", {"url": f"https://files.norrvane.example/s/{expired[0]['token']}"})
    assert (record.error["kind"], expired[0]["expires_on"] in record.error["message"]) == ("conflict", True)


def test_a_share_of_a_file_that_the_giver_no_longer_sees_can_be_ended_only(ep, ok, refused, people, folder):
    sales, finance = people["Sales"], people["Finance"]
    first = share(ok, ep, folder, sales, "read", "update", "share")
    ok(ep, "accept_share", sales, share_id=first)
    ok(ep, "create_folder", sales, path="/Plans")
    second = ok(ep, "share_file", sales, path="/Shared/Plans", share_with=finance.email)["share_id"]
    ok(ep, "unshare_file", share_id=first)
    error = refused(ep, "update_share", sales, share_id=second, permissions=["update"])
    assert (error["kind"], error["accepted"]) == ("forbidden", "unshare_file")
    ok(ep, "unshare_file", sales, share_id=second)
