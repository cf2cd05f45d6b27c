"""Users, groups, memberships and locations at the three levels."""

import pytest
from itsm_desk import ADMIN, AGENT, INACTIVE, LEVELS, MANAGER, OTHER_AGENT, REPORTER, STRANGER, Desk

NEW = {
    "first_name": "Pia",
    "last_name": "Lund",
    "email": "Pia.Lund@lindqvist.example",
    "phone": "+1-555-010-7777",
    "role": "agent",
    "active": True,
}


def test_a_user_is_found_by_id_address_and_name() -> None:
    desk = Desk()
    for tool, arguments in (
        ("get_user", {"user_id": AGENT}),
        ("get_user_using_email", {"email": "Tomas.BERG@lindqvist.example"}),
        ("get_user_using_name", {"first_name": "tomas", "last_name": "BERG"}),
    ):
        assert desk.call(tool, **arguments)["user"]["user_id"] == AGENT


def test_no_tool_shows_a_token() -> None:
    assert "static_token" not in desk_user(Desk().call("list_users"))


def desk_user(listing: dict[str, list[dict[str, object]]]) -> dict[str, object]:
    return listing["items"][0]


def test_what_is_not_there_is_an_error_but_empty_at_parity() -> None:
    for level in ("permissive", "enforced"):
        error = Desk(level).refused("get_user", user_id="USER_999")
        assert (error["kind"], error["field"]) == ("not_found", "user_id")
    assert Desk("parity").call("get_user", user_id="USER_999") == {}
    assert Desk("parity").call("find_group_by_name", name="Nobody") == {}


def test_namesakes_are_all_listed_and_enforced_sees_only_the_own_organization() -> None:
    assert Desk().call("list_users", last_name="berg")["total"] == 2
    assert Desk("enforced").call("list_users", last_name="berg")["total"] == 1
    assert Desk("enforced").refused("get_user", user_id=STRANGER)["kind"] == "not_found"


def test_lists_filter_by_text_by_value_and_by_time() -> None:
    desk = Desk()
    assert desk.call("list_users", email="OKAFOR")["total"] == 2
    assert desk.call("list_users", email="%")["total"] == 0
    assert [user["user_id"] for user in desk.call("list_users", active="false")["items"]] == [INACTIVE]
    assert desk.call("list_users", role="reporter", active="true")["total"] == 2
    assert desk.call("list_users", created_after="2026-02-02", created_before="2026-02-02")["total"] == 8
    assert desk.call("list_users", created_after="2026-02-02T08:00:01Z")["total"] == 0
    assert desk.call("list_users", created_before="2026-02-02T09:00:00+01:00")["total"] == 8
    desk.call("add_new_user", **NEW)
    assert desk.call("list_users")["items"][0]["first_name"] == "Pia"


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"created_after": "2026-03-01", "created_before": "2026-02-01"}, "created_after"),
        ({"created_after": "soon"}, "created_after"),
        ({"active": "perhaps"}, "active"),
        ({"role": "boss"}, "role"),
    ],
)
def test_a_filter_that_cannot_be_meant_is_refused(arguments: dict[str, str], field: str) -> None:
    error = Desk().refused("list_users", **arguments)
    assert (error["kind"], error["field"]) == ("invalid", field)


def test_a_role_that_nobody_can_have_finds_nobody_at_parity() -> None:
    assert Desk("parity").call("list_users", role="boss") == {"items": [], "total": 0}


def test_a_long_list_is_cut_without_a_word_at_parity_only() -> None:
    for level, total in (("permissive", 109), ("parity", 100)):
        desk = Desk(level)
        for number in range(106):
            desk.call("add_location", name=f"Shed {number}", city="Lund", country="Sweden")
        found = desk.call("find_locations", active=None)
        assert len(found["items"]) == found["total"] == total


@pytest.mark.parametrize("level", LEVELS)
def test_a_new_user_gets_the_next_id_a_token_and_a_role_row(level: str) -> None:
    desk = Desk(level)
    user = desk.call("add_new_user", **NEW, location_id="LOC_001")["user"]
    assert (user["user_id"], user["user_name"], user["org_id"]) == ("USER_009", "pia.lund", "ORG_001")
    assert user["email"] == NEW["email"] and user["active"] is True
    token = desk.value("SELECT static_token FROM users WHERE user_id = 'USER_009'")
    role = "SELECT r.name FROM user_role u JOIN role r ON r.role_id = u.role_id WHERE u.user_id = 'USER_009'"
    assert desk.value(role) == "agent"
    assert desk.episode.call("list_users", {}, principal=token).ok


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("change", "kind", "word"),
    [
        ({"location_id": "LOC_003"}, "forbidden", "CROSS_ORGANIZATION_ACCESS"),
        ({"location_id": "LOC_404"}, "not_found", "LOC_404"),
        ({"phone": "+1-555-010-0003"}, "conflict", "DUPLICATE_PHONE"),
        ({"email": "TOMAS.berg@lindqvist.example"}, "conflict", "DUPLICATE_EMAIL"),
        ({"phone": "555-1234"}, "invalid", "phone"),
        ({"email": "pia at home"}, "invalid", "email"),
        ({"role": "boss"}, "invalid", "role"),
        ({"first_name": ""}, "invalid", "first_name"),
        ({"user_name": "x" * 101}, "invalid", "VALUE_TOO_LONG"),
    ],
)
def test_a_new_user_that_does_not_fit_is_refused(level: str, change: dict[str, str], kind: str, word: str) -> None:
    if level == "enforced" and word == "CROSS_ORGANIZATION_ACCESS":
        kind, word = "not_found", "LOC_003"
    error = Desk(level).refused("add_new_user", **(NEW | change))
    assert error["kind"] == kind and word in error["message"]


def test_a_change_keeps_what_is_not_given_and_stamps_the_row() -> None:
    desk = Desk()
    before = desk.call("get_user", user_id=AGENT)["user"]
    after = desk.call("update_user_details", user_id=AGENT, last_name="Bergman", email="", location_id=None)["user"]
    assert after == before | {"last_name": "Bergman", "updated_on": "2026-03-02 09:00:00"}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("arguments", [{}, {"first_name": "Tomas"}, {"email": ""}, {"active": True}])
def test_a_change_of_nothing_is_refused(level: str, arguments: dict[str, object]) -> None:
    assert "NO_CHANGES_DETECTED" in Desk(level).refused("update_user_details", user_id=AGENT, **arguments)["message"]


def test_a_new_role_replaces_the_old_one_in_both_tables() -> None:
    desk = Desk("enforced")
    desk.call("update_user_details", user_id=AGENT, role="reporter")
    record = desk.episode.call("add_location", {"name": "A", "city": "B", "country": "C"}, principal=AGENT)
    assert record.error is not None and "reporter" in record.error["message"] and "agent" not in record.error["message"]
    assert desk.value("SELECT count(*) FROM user_role WHERE user_id = ?", AGENT) == 1


def test_a_user_who_moves_takes_a_place_and_roles_of_the_new_organization() -> None:
    desk = Desk()
    refused = desk.refused("update_user_details", user_id=AGENT, company_id="ORG_002")
    assert "CROSS_ORGANIZATION_ACCESS" in refused["message"]
    user = desk.call("update_user_details", user_id=AGENT, company_id="ORG_002", location_id="LOC_003")["user"]
    assert (user["org_id"], user["location_id"]) == ("ORG_002", "LOC_003")
    assert desk.value("SELECT org_id FROM user_role WHERE user_id = ?", AGENT) == "ORG_002"


def test_deactivation_reports_open_work_and_is_refused_where_rules_are_enforced() -> None:
    desk = Desk()
    result = desk.call("update_user_details", user_id=AGENT, active=False)
    assert result["user"]["active"] is False and result["open_work"] == ["INC_001"]
    assert "open_work" not in desk.call("update_user_details", user_id=OTHER_AGENT, active=False)
    error = Desk("enforced").refused("update_user_details", user_id=AGENT, active=False)
    assert error["kind"] == "conflict" and "INC_001" in error["message"]
    assert Desk("enforced").call("update_user_details", user_id=OTHER_AGENT, active=False)["user"]["active"] is False


def test_who_leads_a_group_is_not_deactivated_where_rules_are_enforced() -> None:
    led = "SELECT group_id FROM user_group WHERE manager_id = ? AND active = 1"
    desk = Desk("enforced")
    groups = [row["group_id"] for row in desk.episode.sql(led, MANAGER)]
    error = desk.refused("update_user_details", user_id=MANAGER, active=False)
    assert (error["kind"], error["field"]) == ("conflict", "active") and all(key in error["message"] for key in groups)
    desk.call("update_incident", incident_id="INC_001", status="canceled")
    for group in groups:
        desk.call("update_user_group", group_id=group, active=False)
    assert desk.call("update_user_details", user_id=MANAGER, active=False)["user"]["active"] is False
    for level in ("permissive", "parity"):
        Desk(level).call("update_user_details", user_id=MANAGER, active=False)


def test_who_is_deactivated_can_no_longer_act() -> None:
    desk = Desk()
    desk.call("update_user_details", user_id=OTHER_AGENT, active=False)
    record = desk.episode.call("list_users", {}, principal=OTHER_AGENT)
    assert record.error is not None and record.error["kind"] == "forbidden"


def test_nobody_changes_their_own_role_or_access_where_rules_are_enforced() -> None:
    for change in ({"role": "agent"}, {"active": False}):
        assert Desk("enforced").refused("update_user_details", user_id=ADMIN, **change)["kind"] == "forbidden"
    assert Desk("permissive").call("update_user_details", user_id=ADMIN, role="manager")["user"]["role"] == "manager"


@pytest.mark.parametrize(
    ("user", "tool", "arguments"),
    [
        (MANAGER, "add_new_user", NEW),
        (AGENT, "update_user_group", {"group_id": "GROUP_001", "active": False}),
        (AGENT, "add_new_group_member", {"group_id": "GROUP_002", "user_id": AGENT}),
        (AGENT, "add_location", {"name": "A", "city": "B", "country": "C"}),
        (REPORTER, "list_user_groups", {}),
    ],
)
def test_rights_are_asked_only_where_rules_are_enforced(user: str, tool: str, arguments: dict[str, object]) -> None:
    error = Desk("enforced", user).refused(tool, **arguments)
    assert error["kind"] == "forbidden" and error["accepted"]
    assert Desk("permissive", user).call(tool, **arguments)
    assert Desk("parity", user).call(tool, **arguments)


def test_a_reporter_sees_nobody_but_themselves() -> None:
    found = Desk("enforced", REPORTER).call("list_users")
    assert [user["user_id"] for user in found["items"]] == [REPORTER]


def test_a_group_is_added_listed_changed_and_closed() -> None:
    desk = Desk()
    group = desk.call("add_new_user_group", name="Night Shift", type="Service Desk", email="night@lindqvist.example")
    assert group["group"] | {"created_on": ""} == {
        "group_id": "GROUP_004",
        "name": "Night Shift",
        "type": "Service Desk",
        "active": True,
        "email": "night@lindqvist.example",
        "description": None,
        "manager_id": ADMIN,
        "org_id": "ORG_001",
        "created_on": "",
        "updated_on": "2026-03-02 09:00:00",
    }
    desk.call("update_user_group", group_id="GROUP_004", name="Late Shift", active=False)
    assert desk.call("find_group_by_name", name="late shift")["group"]["active"] is False
    assert desk.call("list_user_groups", active=True, type="Service Desk")["total"] == 2
    assert desk.call("list_user_groups", name="shift")["total"] == 1


def test_an_address_belongs_to_one_group_and_a_leader_must_exist_and_lead() -> None:
    group = {"name": "Night Shift", "type": "Service Desk"}
    for level in LEVELS:
        taken = Desk(level).refused("add_new_user_group", **group, email="Desk@lindqvist.example")
        assert "DUPLICATE_EMAIL" in taken["message"]
        assert Desk(level).refused("add_new_user_group", **group, manager_id="USER_404")["kind"] == "not_found"
    for leader in (AGENT, INACTIVE):
        assert Desk("enforced").refused("add_new_user_group", **group, manager_id=leader)["field"] == "manager_id"
        assert Desk().call("add_new_user_group", **group, manager_id=leader)["group"]["manager_id"] == leader


def test_closing_a_group_reports_open_work_and_is_refused_where_rules_are_enforced() -> None:
    assert Desk().call("update_user_group", group_id="GROUP_001", active=False)["open_work"] == ["INC_001"]
    assert Desk("enforced").refused("update_user_group", group_id="GROUP_001", active=False)["kind"] == "conflict"
    assert Desk("enforced").call("update_user_group", group_id="GROUP_002", active=False)


def test_a_member_joins_once_and_leaves_for_good() -> None:
    desk = Desk()
    member = desk.call("add_new_group_member", group_id="GROUP_002", user_id=AGENT)["member"]
    assert member["member_id"] == "MEMBER_005"
    again = desk.refused("add_new_group_member", group_id="GROUP_002", user_id=AGENT)
    assert again["kind"] == "conflict" and "DUPLICATE_MEMBERSHIP" in again["message"]
    wrong = {"group_id": "GROUP_002", "user_id": AGENT, "member_id": "MEMBER_001"}
    assert desk.refused("remove_group_membership", **wrong)["field"] == "member_id"
    assert desk.call("remove_group_membership", group_id="GROUP_002", user_id=AGENT)["removed"] == [member]
    assert desk.refused("remove_group_membership", group_id="GROUP_002", user_id=AGENT)["kind"] == "not_found"
    assert desk.call("list_group_members", group_id="GROUP_002")["total"] == 1
    assert desk.call("list_group_members", user_id=AGENT)["items"][0]["group_id"] == "GROUP_001"


@pytest.mark.parametrize("user_id", [INACTIVE, STRANGER])
def test_who_is_inactive_or_of_another_organization_joins_only_where_nothing_is_enforced(user_id: str) -> None:
    assert Desk().call("add_new_group_member", group_id="GROUP_002", user_id=user_id)
    assert Desk("enforced").refused("add_new_group_member", group_id="GROUP_002", user_id=user_id)["field"] == "user_id"


def test_a_location_is_added_found_and_changed_without_being_opened() -> None:
    desk = Desk()
    added = desk.call("add_location", name="Quay 9", plot_no="9", city="Lund", country="Sweden")["location"]
    assert (added["location_id"], added["active"], added["street"]) == ("LOC_004", True, None)
    assert desk.call("find_location_by_given_name", name="quay 9")["location"] == added
    assert desk.call("get_location_by_id", location_id="LOC_004")["location"] == added
    closed = desk.call("update_location", location_id="LOC_002", street="Pier Street")["location"]
    assert (closed["active"], closed["street"]) == (False, "Pier Street")
    assert {place["location_id"] for place in desk.call("find_locations")["items"]} == {"LOC_001", "LOC_003", "LOC_004"}
    assert desk.call("find_locations", active=None)["total"] == 4
    assert desk.call("find_locations", active=False, city="mal")["total"] == 1
