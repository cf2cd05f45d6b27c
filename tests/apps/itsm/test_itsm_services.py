"""Services and their offerings at the three levels."""

from typing import Any

import pytest
from itsm_desk import ADMIN, AGENT, INACTIVE, LEVELS, MANAGER, REPORTER, STRANGER, Desk, context

from enterpriselab.apps.itsm.tools import offerings, services

SERVICE = {"name": "Crane Control", "owned_by": MANAGER}
OFFERING = {"name": "Crane App", "owned_by": MANAGER, "short_description": "By phone", "parent": "SVC_001"}
NOW = "2026-03-02 09:00:00"
DEFAULTS = {
    "used_for": "production",
    "status": "operational",
    "service_classification": "business",
    "business_criticality": "somewhat-critical",
}
ADDING: list[tuple[str, str, dict[str, str]]] = [
    ("service", "add_new_service", SERVICE),
    ("service_offering", "register_new_service_offering", OFFERING),
]
CHANGING: list[tuple[str, str, dict[str, str]]] = [
    ("service", "update_service", {"service_id": "SVC_001"}),
    ("service_offering", "update_service_offering", {"service_offering_id": "SVCOFF_001"}),
]


@pytest.mark.parametrize(("table", "tool", "wish"), ADDING)
def test_an_entry_is_added_with_defaults_and_nothing_else_changes(table: str, tool: str, wish: dict[str, str]) -> None:
    desk = Desk(user=MANAGER)
    entry = desk.call(tool, **wish)[table]
    assert [(change.op, change.table) for change in desk.last_changes()] == [("insert", table)]
    key = {"service": "SVC_003", "service_offering": "SVCOFF_002"}[table]
    assert desk.row(f"SELECT * FROM {table} WHERE {table}_id = ?", key) == entry
    assert entry == entry | DEFAULTS | {"name": wish["name"], "org_id": "ORG_001", "created_on": NOW}
    said = {"used_for": "QA", "status": "ready", "service_classification": "application"}
    other = desk.call(tool, **wish | said | {"name": "Another", "business_criticality": "critical"})[table]
    assert other == other | said | {"business_criticality": "critical"}


@pytest.mark.parametrize(("table", "tool", "target"), CHANGING)
def test_an_update_changes_what_is_given(table: str, tool: str, target: dict[str, str]) -> None:
    desk = Desk()
    entry = desk.call(tool, **target, status="repair_in_progress", name="Booking 2", owned_by=ADMIN)[table]
    assert [(change.op, change.table) for change in desk.last_changes()] == [("update", table)]
    assert entry == entry | {"status": "repair_in_progress", "name": "Booking 2", "owned_by": ADMIN, "updated_on": NOW}
    assert entry["business_criticality"] == "critical"
    for arguments in ({}, {"name": "Booking 2"}, {"status": ""}):
        error = desk.refused(tool, **target, **arguments)
        assert error["kind"] == "invalid" and "NO_CHANGES_DETECTED" in error["message"]
    unknown = dict.fromkeys(target, "SVC_999")
    assert desk.refused(tool, **unknown, name="x")["kind"] == "not_found"


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("table", "tool", "arguments"), ADDING + CHANGING)
def test_a_value_that_cannot_be_is_refused_at_every_level(
    level: str, table: str, tool: str, arguments: dict[str, str]
) -> None:
    bad: list[tuple[str, Any, str]] = [
        ("owned_by", "USER_999", "not_found"),
        ("status", "Operational", "invalid"),
        ("used_for", "qa", "invalid"),
        ("name", "x" * 121, "invalid"),
    ]
    more = ("description", "x" * 501) if table == "service" else ("short_description", "x" * 121)
    for column, value, kind in [*bad, (*more, "invalid")]:
        error = Desk(level).refused(tool, **{**arguments, column: value})
        assert (error["kind"], error["field"]) == (kind, column)


@pytest.mark.parametrize(("table", "tool", "wish"), ADDING)
def test_an_owner_and_a_text_must_be_named(table: str, tool: str, wish: dict[str, str]) -> None:
    for column in wish:
        error = Desk().refused(tool, **wish | {column: ""})
        assert error["kind"] in ("invalid", "not_found") and error["field"] == column


@pytest.mark.parametrize(("table", "tool", "arguments"), ADDING + CHANGING)
def test_a_name_belongs_to_one_entry_of_the_organization(table: str, tool: str, arguments: dict[str, str]) -> None:
    taken = "Crew Payroll" if table == "service" else "Harbour Desk"
    for level in LEVELS:
        desk = Desk(level)
        desk.call("register_new_service_offering", **OFFERING | {"name": "Harbour Desk"})
        wish = arguments | {"name": taken.upper()}
        if level == "parity":
            assert desk.call(tool, **wish)
        else:
            error = desk.refused(tool, **wish)
            assert error["kind"] == "conflict" and "DUPLICATE_NAME" in error["message"]


@pytest.mark.parametrize(("table", "tool", "arguments"), ADDING + CHANGING)
def test_owners_are_active_people_of_the_organization_at_enforced(
    table: str, tool: str, arguments: dict[str, str]
) -> None:
    for owner, kind in ((INACTIVE, "conflict"), (STRANGER, "not_found")):
        error = Desk("enforced").refused(tool, **arguments | {"owned_by": owner})
        assert (error["kind"], error["field"]) == (kind, "owned_by")
        assert Desk().call(tool, **arguments | {"owned_by": owner})[table]["owned_by"] == owner


@pytest.mark.parametrize(("table", "tool", "arguments"), ADDING + CHANGING)
def test_who_may_write_to_the_catalogue_at_enforced(table: str, tool: str, arguments: dict[str, str]) -> None:
    wish = arguments if "name" in arguments else arguments | {"used_for": "test"}
    for user in (AGENT, REPORTER):
        assert Desk("enforced", user).refused(tool, **wish)["kind"] == "forbidden"
        assert Desk("permissive", user).call(tool, **wish)
    assert Desk("enforced", MANAGER).call(tool, **wish)
    assert Desk("enforced", STRANGER).refused("update_service", service_id="SVC_001", name="x")["kind"] == "not_found"


@pytest.mark.parametrize("level", LEVELS)
def test_a_retired_service_takes_its_offerings_with_it(level: str) -> None:
    desk = Desk(level, user=ADMIN)
    desk.call("register_new_service_offering", **OFFERING, status="non-operational")
    result = desk.call("update_service", service_id="SVC_001", status="retired")
    statuses = [row["status"] for row in desk.episode.sql("SELECT status FROM service_offering ORDER BY 1")]
    if level == "parity":
        assert "retired_offerings" not in result and statuses == ["non-operational", "operational"]
    else:
        assert result["retired_offerings"] == ["SVCOFF_001", "SVCOFF_002"] and statuses == ["retired", "retired"]
        assert {change.table for change in desk.last_changes()} == {"service", "service_offering"}


def test_an_offering_alone_is_retired_without_its_service() -> None:
    desk = Desk()
    desk.call("update_service_offering", service_offering_id="SVCOFF_001", status="retired")
    assert [(change.op, change.table) for change in desk.last_changes()] == [("update", "service_offering")]
    result = desk.call("update_service", service_id="SVC_001", status="retired")
    assert "retired_offerings" not in result


def test_a_retirement_tells_which_work_still_names_the_entry() -> None:
    ctx = context()
    for table, key in (("incident", "INC_002"), ("incident", "INC_003"), ("problem", "PRB_001"), ("change", "CHG_001")):
        ctx.db.update(table, {f"{table}_id": key}, service="SVC_001", service_offering="SVCOFF_001")
    open_work = ["INC_002", "PRB_001", "CHG_001"]
    offering = {"service_offering_id": "SVCOFF_001", "status": "retired"}
    assert offerings.update_service_offering.run(ctx, offering)["open_work"] == open_work
    assert "open_work" not in services.update_service.run(ctx, {"service_id": "SVC_001", "status": "ready"})
    assert services.update_service.run(ctx, {"service_id": "SVC_001", "status": "retired"})["open_work"] == open_work


def test_an_offering_belongs_to_a_service_that_lives_at_enforced() -> None:
    for tool, arguments in ((ADDING[1][1], OFFERING), (CHANGING[1][1], CHANGING[1][2])):
        wish = arguments | {"parent": "SVC_002"}
        error = Desk("enforced").refused(tool, **wish)
        assert (error["kind"], error["field"]) == ("conflict", "parent")
        assert Desk().call(tool, **wish)["service_offering"]["business_service"] == "SVC_002"
        error = Desk().refused(tool, **arguments | {"parent": "SVC_999"})
        assert (error["kind"], error["field"]) == ("not_found", "parent")


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["SVC_002", "SVC_001"]),
        ({"name": "PAY"}, ["SVC_002"]),
        ({"name": "_"}, []),
        ({"name": "x' OR 1=1 --"}, []),
        ({"status": "operational"}, ["SVC_001"]),
        ({"owned_by": MANAGER, "business_criticality": "critical"}, ["SVC_002", "SVC_001"]),
        ({"service_id": "SVC_001", "used_for": "production", "service_classification": "business"}, ["SVC_001"]),
        ({"created_after": "2026-03-01"}, []),
    ],
)
def test_services_are_listed_by_text_value_and_time(filters: dict[str, str], found: list[str]) -> None:
    listed = Desk().call("find_services", **filters)
    assert [service["service_id"] for service in listed["items"]] == found


@pytest.mark.parametrize(
    ("filters", "total"),
    [
        ({"parent": "SVC_001"}, 1),
        ({"parent": "SVC_002"}, 0),
        ({"short_description": "BROWSER", "name": "web"}, 1),
        ({"status": "retired"}, 0),
        ({"service_offering_id": "SVCOFF_001", "created_before": "2026-02-02"}, 1),
    ],
)
def test_offerings_are_listed_by_service_text_and_value(filters: dict[str, str], total: int) -> None:
    assert Desk().call("find_service_offerings", **filters)["total"] == total


@pytest.mark.parametrize(
    ("tool", "label", "name"),
    [
        ("find_service_by_name", "service", "berth BOOKING"),
        ("find_service_offering_by_name", "service_offering", "berth booking WEB"),
    ],
)
def test_an_entry_is_found_by_its_whole_name(tool: str, label: str, name: str) -> None:
    assert Desk().call(tool, name=name)[label]["name"].lower() == name.lower()
    assert Desk().refused(tool, name="Berth")["kind"] == "not_found"
    assert Desk("parity").call(tool, name="Berth") == {}
    assert Desk("enforced", REPORTER).call(tool, name=name)
    assert Desk("enforced", STRANGER).refused(tool, name=name)["kind"] == "not_found"
