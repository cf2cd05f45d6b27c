"""Configuration items and the incidents that affect them, at the three levels."""

import itertools
from typing import Any

import pytest
from itsm_desk import AGENT, INACTIVE, LEVELS, MANAGER, REPORTER, STRANGER, Desk, context

from enterpriselab.apps.itsm.rules.machines import CONFIGURATION_ITEM
from enterpriselab.apps.itsm.tools import configuration_items
from enterpriselab.toolkit import ToolError

NEW = {
    "name": "Dock camera",
    "owner_id": MANAGER,
    "location_id": "LOC_001",
    "serial_number": "CAM-1",
    "status": "in_stock",
    "cost": 199.99,
}
UPDATE = {"configuration_item_id": "CI_001"}
NOW = "2026-03-02 09:00:00"


def test_an_item_is_registered_and_nothing_else_changes() -> None:
    desk = Desk(user=AGENT)
    item = desk.call("register_configuration_item", **NEW)["configuration_item"]
    assert [(change.op, change.table) for change in desk.last_changes()] == [("insert", "configuration_item")]
    assert desk.row("SELECT * FROM configuration_item WHERE configuration_item_id = 'CI_003'") == item
    stamps = {"org_id": "ORG_001", "created_on": NOW, "updated_on": NOW}
    assert item == NEW | {"configuration_item_id": "CI_003"} | stamps


@pytest.mark.parametrize(("cost", "kept"), [(0, 0.0), (12, 12.0), (1.005, 1.0), (99.996, 100.0), (99_999_999.99,) * 2])
def test_a_cost_is_kept_to_the_cent(cost: float, kept: float) -> None:
    desk = Desk()
    assert desk.call("register_configuration_item", **NEW | {"cost": cost})["configuration_item"]["cost"] == kept
    assert desk.value("SELECT cost FROM configuration_item WHERE configuration_item_id = 'CI_003'") == kept
    found = desk.call("find_configuration_items", cost=kept)
    assert "CI_003" in [item["configuration_item_id"] for item in found["items"]]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("column", "value", "kind"),
    [
        ("cost", -0.01, "invalid"),
        ("cost", 100_000_000, "invalid"),
        ("cost", "12", "invalid"),
        ("status", "In Use", "invalid"),
        ("serial_number", "x" * 61, "invalid"),
        ("name", "x" * 121, "invalid"),
        ("owner_id", "USER_999", "not_found"),
        ("location_id", "LOC_999", "not_found"),
    ],
)
def test_a_value_that_cannot_be_is_refused_at_every_level(level: str, column: str, value: Any, kind: str) -> None:
    for tool, arguments in (("register_configuration_item", NEW), ("update_configuration_item", UPDATE)):
        error = Desk(level).refused(tool, **{**arguments, column: value})
        assert (error["kind"], error["field"]) == (kind, column)


def test_an_item_needs_an_owner_and_at_enforced_a_place() -> None:
    error = Desk().refused("register_configuration_item", **NEW | {"owner_id": ""})
    assert (error["kind"], error["field"]) == ("invalid", "owner_id")
    homeless = NEW | {"location_id": ""}
    assert Desk().call("register_configuration_item", **homeless)["configuration_item"]["location_id"] is None
    error = Desk("enforced").refused("register_configuration_item", **homeless)
    assert (error["kind"], error["field"]) == ("invalid", "location_id")


def test_a_serial_number_belongs_to_one_item_of_the_organization() -> None:
    for tool, arguments in (("register_configuration_item", NEW), ("update_configuration_item", UPDATE)):
        taken = arguments | {"serial_number": "sn-2"}
        for level in ("permissive", "enforced"):
            error = Desk(level).refused(tool, **taken)
            assert (error["kind"], error["field"]) == ("conflict", "serial_number")
            assert "DUPLICATE_SERIAL_NUMBER" in error["message"]
        assert Desk("parity").call(tool, **taken)
    own = {"serial_number": "sn-1", "name": "Renamed"}
    assert Desk().call("update_configuration_item", **UPDATE, **own)["configuration_item"]["serial_number"] == "sn-1"


def test_owners_are_active_people_of_the_organization_at_enforced() -> None:
    for tool, arguments in (("register_configuration_item", NEW), ("update_configuration_item", UPDATE)):
        for owner, kind in ((INACTIVE, "conflict"), (STRANGER, "not_found")):
            error = Desk("enforced").refused(tool, **arguments | {"owner_id": owner})
            assert (error["kind"], error["field"]) == (kind, "owner_id")
            assert Desk().call(tool, **arguments | {"owner_id": owner})


def test_an_update_changes_what_is_given() -> None:
    desk = Desk()
    wish = {"status": "maintenance", "location_id": "LOC_002", "name": "Server A", "cost": 5}
    item = desk.call("update_configuration_item", **UPDATE, **wish)["configuration_item"]
    assert item == item | wish | {"serial_number": "SN-1", "updated_on": NOW}
    assert [(change.op, change.table) for change in desk.last_changes()] == [("update", "configuration_item")]
    nothing = {"owner_id": None, "location_id": "", "cost": None, "status": None}
    for arguments in ({}, nothing, wish):
        error = desk.refused("update_configuration_item", **UPDATE, **arguments)
        assert error["kind"] == "invalid" and "NO_CHANGES_DETECTED" in error["message"]
    assert desk.refused("update_configuration_item", configuration_item_id="CI_9", cost=1)["kind"] == "not_found"


@pytest.mark.parametrize("level", LEVELS)
def test_every_step_between_statuses_is_the_machines_at_enforced_and_free_elsewhere(level: str) -> None:
    ctx = context(level)
    for old, new in itertools.permutations(CONFIGURATION_ITEM.moves, 2):
        ctx.db.update("configuration_item", UPDATE, status=old)
        if level != "enforced" or new in CONFIGURATION_ITEM.moves[old]:
            changed = configuration_items.update_configuration_item.run(ctx, UPDATE | {"status": new})
            assert changed["configuration_item"]["status"] == new
            continue
        with pytest.raises(ToolError) as caught:
            configuration_items.update_configuration_item.run(ctx, UPDATE | {"status": new})
        assert (caught.value.kind, caught.value.field) == ("conflict", "status"), (old, new)


@pytest.mark.parametrize("status", CONFIGURATION_ITEM.moves)
def test_an_item_begins_its_life_alive_at_enforced(status: str) -> None:
    wish = NEW | {"status": status}
    assert Desk().call("register_configuration_item", **wish)["configuration_item"]["status"] == status
    if status in CONFIGURATION_ITEM.initial:
        assert Desk("enforced").call("register_configuration_item", **wish)
    else:
        error = Desk("enforced").refused("register_configuration_item", **wish)
        assert error["accepted"] == list(CONFIGURATION_ITEM.initial)


def test_an_item_that_is_disposed_of_is_left_alone_at_enforced() -> None:
    ctx = context("enforced")
    ctx.db.update("configuration_item", UPDATE, status="disposed")
    with pytest.raises(ToolError, match="final state"):
        configuration_items.update_configuration_item.run(ctx, UPDATE | {"cost": 0})


def test_a_retirement_tells_which_work_still_names_the_item() -> None:
    ctx = context()
    ctx.db.update("problem", {"problem_id": "PRB_001"}, configuration_item="CI_001")
    ctx.db.update("incident", {"incident_id": "INC_002"}, configuration_item="CI_001")
    ctx.db.update("incident", {"incident_id": "INC_003"}, configuration_item="CI_001")
    run = configuration_items.update_configuration_item.run
    assert "open_work" not in run(ctx, UPDATE | {"status": "maintenance"})
    assert run(ctx, UPDATE | {"status": "retired"})["open_work"] == ["INC_002", "PRB_001", "INC_001"]
    assert "open_work" not in run(ctx, UPDATE | {"status": "disposed"})


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("register_configuration_item", NEW),
        ("update_configuration_item", UPDATE | {"cost": 1}),
        ("find_configuration_items", {}),
        ("link_affected_ci_to_incident", {"configuration_item": "CI_001", "incident_id": "INC_002"}),
        ("remove_affected_ci_from_incident", {"incident_id": "INC_001"}),
        ("list_incident_affected_cis", {}),
    ],
)
def test_reporters_have_no_part_in_items_at_enforced(tool: str, arguments: dict[str, Any]) -> None:
    assert Desk("enforced", REPORTER).refused(tool, **arguments)["kind"] == "forbidden"
    assert Desk("enforced", AGENT).call(tool, **arguments)
    assert Desk("permissive", REPORTER).call(tool, **arguments)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["CI_002", "CI_001"]),
        ({"configuration_item_id": "CI_001"}, ["CI_001"]),
        ({"serial_number": "n-2"}, ["CI_002"]),
        ({"serial_number": "%"}, []),
        ({"status": "retired"}, ["CI_002"]),
        ({"owner_id": MANAGER, "location_id": "LOC_001"}, ["CI_002", "CI_001"]),
        ({"cost": 1200}, ["CI_002", "CI_001"]),
        ({"cost": 1200.01}, []),
        ({"created_before": "2026-02-01"}, []),
    ],
)
def test_items_are_listed_by_text_value_and_time(filters: dict[str, Any], found: list[str]) -> None:
    listed = Desk().call("find_configuration_items", **filters)
    assert [item["configuration_item_id"] for item in listed["items"]] == found


def test_an_item_is_found_by_its_whole_serial_number() -> None:
    tool = "find_configuration_item_by_serial_number"
    assert Desk().call(tool, serial_number="sn-1")["configuration_item"]["configuration_item_id"] == "CI_001"
    assert Desk().refused(tool, serial_number="SN")["kind"] == "not_found"
    assert Desk("parity").call(tool, serial_number="SN") == {}


def test_an_item_is_linked_to_an_incident_and_nothing_else_changes() -> None:
    desk = Desk(user=AGENT)
    link = desk.call("link_affected_ci_to_incident", configuration_item="CI_001", incident_id="INC_002")
    assert [(change.op, change.table) for change in desk.last_changes()] == [("insert", "incident_affected_cis")]
    assert link["incident_affected_ci"] == {
        "incident_affected_cis_id": "TASKCI_002",
        "configuration_item": "CI_001",
        "incident_id": "INC_002",
        "org_id": "ORG_001",
        "created_on": NOW,
        "updated_on": NOW,
    }


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("item", "incident", "kind", "word"),
    [
        ("CI_999", "INC_001", "not_found", "CI_999"),
        ("CI_001", "INC_999", "not_found", "INC_999"),
        ("CI_001", "INC_001", "conflict", "TASKCI_001"),
    ],
)
def test_a_link_has_two_ends_and_exists_once(level: str, item: str, incident: str, kind: str, word: str) -> None:
    error = Desk(level).refused("link_affected_ci_to_incident", configuration_item=item, incident_id=incident)
    assert error["kind"] == kind and word in error["message"]


@pytest.mark.parametrize("status", CONFIGURATION_ITEM.moves)
def test_only_items_in_use_or_maintenance_are_linked_at_enforced(status: str) -> None:
    pair = {"configuration_item": "CI_003", "incident_id": "INC_002"}
    desk = Desk()
    desk.call("register_configuration_item", **NEW | {"status": status})
    assert desk.call("link_affected_ci_to_incident", **pair)
    desk = Desk("enforced")
    desk.call("register_configuration_item", **NEW)
    for step in {"in_stock": [], "disposed": ["disposed"], "retired": ["retired"], "in_use": ["in_use"]}.get(
        status, ["in_use", "maintenance"]
    ):
        desk.call("update_configuration_item", configuration_item_id="CI_003", status=step)
    if status in ("in_use", "maintenance"):
        assert desk.call("link_affected_ci_to_incident", **pair)
    else:
        error = desk.refused("link_affected_ci_to_incident", **pair)
        assert (error["kind"], error["field"]) == ("conflict", "configuration_item")


def test_links_keep_to_one_organization_at_enforced() -> None:
    pair = {"configuration_item": "CI_001", "incident_id": "INC_004"}
    assert Desk("enforced").refused("link_affected_ci_to_incident", **pair)["kind"] == "not_found"
    assert Desk().call("link_affected_ci_to_incident", **pair)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["TASKCI_002", "TASKCI_001"]),
        ({"configuration_item": "CI_002"}, ["TASKCI_002"]),
        ({"incident_id": "INC_001"}, ["TASKCI_002", "TASKCI_001"]),
        ({"incident_affected_cis_id": "TASKCI_001", "incident_id": "INC_002"}, []),
        ({"created_after": "2026-03-02", "created_before": "2026-03-02"}, ["TASKCI_002"]),
    ],
)
def test_links_are_listed_and_removed_by_filters_that_all_hold(filters: dict[str, str], found: list[str]) -> None:
    desk = Desk()
    desk.call("link_affected_ci_to_incident", configuration_item="CI_002", incident_id="INC_001")
    listed = desk.call("list_incident_affected_cis", **filters)
    assert [link["incident_affected_cis_id"] for link in listed["items"]] == found
    if not found or not filters:
        error = desk.refused("remove_affected_ci_from_incident", **filters)
        assert error["kind"] == ("not_found" if filters else "invalid")
        return
    removed = desk.call("remove_affected_ci_from_incident", **filters)
    assert [link["incident_affected_cis_id"] for link in removed["removed"]] == sorted(found)
    assert {(change.op, change.table) for change in desk.last_changes()} == {("delete", "incident_affected_cis")}
    assert desk.value("SELECT count(*) FROM incident_affected_cis") == 2 - len(found)


def test_a_removal_that_finds_nothing_is_no_error_at_parity() -> None:
    desk = Desk("parity")
    assert desk.call("remove_affected_ci_from_incident", incident_id="INC_002") == {"removed": [], "total": 0}
    assert desk.refused("remove_affected_ci_from_incident", incident_id="")["kind"] == "invalid"
