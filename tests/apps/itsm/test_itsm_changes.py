"""Changes and what they are mapped to, at the three levels."""

import itertools
from typing import Any

import pytest
from itsm_desk import ADMIN, AGENT, INACTIVE, LEVELS, MANAGER, OTHER_AGENT, REPORTER, STRANGER, Desk, context

from enterpriselab.apps.itsm.rules.machines import CHANGE
from enterpriselab.apps.itsm.tools import changes
from enterpriselab.toolkit import Context, ToolError

NEW = {"short_description": "Replace the switch", "status": "new", "impact": "low", "risk": "low", "priority": "low"}
UPDATE = {"change_id": "CHG_001"}
NOW = "2026-03-02 09:00:00"
COMPLETE = {
    "implementation_plan": "Swap at night",
    "testing_plan": "Ping",
    "assigned_to": AGENT,
    "close_code": "successful",
    "close_notes": "Done",
}


def step(ctx: Context, old: str, new: str, category: str, **more: Any) -> ToolError | None:
    """The refusal of a status, or None; the change has all fields filled that `more` does not clear."""
    ctx.db.update("change", UPDATE, status=old, category=category, **COMPLETE | more)
    try:
        changes.update_change.run(ctx, UPDATE | {"status": new})
    except ToolError as error:
        return error
    return None


def test_a_change_is_requested_by_the_acting_user_and_nothing_else_changes() -> None:
    desk = Desk(user=AGENT)
    change = desk.call("create_change", **NEW | {"status": "", "configuration_item": "CI_001"})["change"]
    assert [(done.op, done.table) for done in desk.last_changes()] == [("insert", "change")]
    assert desk.row("SELECT * FROM change WHERE change_id = 'CHG_002'") == change | {"cab_required": 1}
    assert change == change | {
        "change_id": "CHG_002",
        "number": "CHG-000002",
        "requested_by": AGENT,
        "org_id": "ORG_001",
        "status": "new",
        "category": "normal",
        "cab_required": True,
        "configuration_item": "CI_001",
        "close_code": None,
        "created_on": NOW,
        "updated_on": NOW,
    }


@pytest.mark.parametrize(("category", "board"), [("standard", False), ("normal", True), ("emergency", True)])
def test_the_category_says_whether_the_board_decides(category: str, board: bool) -> None:
    for level in LEVELS:
        due = None if level == "parity" else board
        assert Desk(level).call("create_change", **NEW, category=category)["change"]["cab_required"] is due
        chosen = Desk(level).call("create_change", **NEW, category="standard", cab_required=board)["change"]
        assert chosen["cab_required"] is board
    moved = Desk().call("update_change", **UPDATE, category=category, description="x")["change"]
    assert moved["cab_required"] is board


def test_nobody_leaves_the_board_out_at_enforced() -> None:
    for tool, arguments in (("create_change", NEW), ("update_change", UPDATE)):
        error = Desk("enforced").refused(tool, **arguments, category="emergency", cab_required=False)
        assert (error["kind"], error["field"]) == ("conflict", "cab_required")
    assert Desk("enforced").call("create_change", **NEW, category="standard", cab_required=False)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("column", "value", "kind", "word"),
    [
        ("status", "approved", "invalid", "INVALID_ENUM_VALUE"),
        ("impact", "Low", "invalid", "INVALID_ENUM_VALUE"),
        ("risk", "none", "invalid", "INVALID_ENUM_VALUE"),
        ("priority", "P1", "invalid", "INVALID_ENUM_VALUE"),
        ("category", "expedited", "invalid", "INVALID_ENUM_VALUE"),
        ("close_code", "good", "invalid", "INVALID_ENUM_VALUE"),
        ("testing_plan", "x" * 121, "invalid", "VALUE_TOO_LONG"),
        ("service", "SVC_999", "not_found", "SVC_999"),
        ("service_offering", "SVCOFF_999", "not_found", "SVCOFF_999"),
        ("configuration_item", "CI_999", "not_found", "CI_999"),
        ("assigned_to", "USER_999", "not_found", "USER_999"),
        ("assignment_group", "GROUP_999", "not_found", "GROUP_999"),
    ],
)
def test_a_value_that_cannot_be_is_refused_at_every_level(
    level: str, column: str, value: str, kind: str, word: str
) -> None:
    for tool, arguments in (("create_change", NEW), ("update_change", UPDATE)):
        error = Desk(level).refused(tool, **{**arguments, column: value})
        assert (error["kind"], error["field"]) == (kind, column)
        assert word in error["message"]


@pytest.mark.parametrize("column", ["short_description", "impact", "risk", "priority"])
def test_a_required_text_may_not_be_empty(column: str) -> None:
    error = Desk().refused("create_change", **NEW | {column: ""})
    assert (error["kind"], error["field"]) == ("invalid", column)


@pytest.mark.parametrize(
    ("column", "value", "kind"),
    [
        ("configuration_item", "CI_002", "conflict"),
        ("service", "SVC_002", "conflict"),
        ("assigned_to", INACTIVE, "conflict"),
        ("assigned_to", REPORTER, "conflict"),
        ("assigned_to", STRANGER, "not_found"),
    ],
)
def test_what_the_policy_forbids_to_name_is_refused_at_enforced_only(column: str, value: str, kind: str) -> None:
    for tool, arguments in (("create_change", NEW), ("update_change", UPDATE)):
        error = Desk("enforced").refused(tool, **{**arguments, column: value})
        assert (error["kind"], error["field"]) == (kind, column)
        assert Desk().call(tool, **{**arguments, column: value})["change"][column] == value


def test_an_update_stamps_the_row_and_says_when_nothing_changes() -> None:
    desk = Desk()
    change = desk.call("update_change", **UPDATE, risk="high", number="CHG-7", requested_by=AGENT)["change"]
    assert change == change | {"risk": "high", "number": "CHG-7", "requested_by": AGENT, "updated_on": NOW}
    assert [(done.op, done.table) for done in desk.last_changes()] == [("update", "change")]
    for arguments in ({}, {"risk": "high"}, {"description": ""}):
        error = desk.refused("update_change", **UPDATE, **arguments)
        assert error["kind"] == "invalid" and "NO_CHANGES_DETECTED" in error["message"]
    assert desk.refused("update_change", change_id="CHG_999", risk="low")["kind"] == "not_found"


@pytest.mark.parametrize("level", LEVELS)
def test_two_changes_never_share_a_number(level: str) -> None:
    desk = Desk(level)
    desk.call("create_change", **NEW)
    error = desk.refused("update_change", change_id="CHG_002", number="chg0000001")
    assert error["kind"] == "conflict" and "DUPLICATE_NUMBER" in error["message"]


@pytest.mark.parametrize("level", LEVELS)
def test_every_step_between_statuses_is_the_machines_at_enforced_and_free_elsewhere(level: str) -> None:
    ctx = context(level, MANAGER)
    categories = {("new", "scheduled"): "standard", ("new", "authorize"): "emergency"}
    for old, new in itertools.permutations(CHANGE.moves, 2):
        refused = step(ctx, old, new, categories.get((old, new), "normal"))
        assert (refused is None) == (level != "enforced" or new in CHANGE.moves[old]), (old, new)
        assert refused is None or (refused.kind, refused.field) == ("conflict", "status")


@pytest.mark.parametrize(
    ("old", "new", "category"),
    [
        ("new", "scheduled", "normal"),
        ("new", "scheduled", "emergency"),
        ("new", "authorize", "standard"),
        ("new", "authorize", "normal"),
    ],
)
def test_a_category_does_not_take_the_short_cut_of_another(old: str, new: str, category: str) -> None:
    refused = step(context("enforced", MANAGER), old, new, category)
    assert refused is not None and refused.kind == "conflict"
    assert step(context(), old, new, category) is None


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        ("authorize", "scheduled", "implementation_plan"),
        ("authorize", "scheduled", "testing_plan"),
        ("scheduled", "implement", "assigned_to"),
        ("review", "closed", "close_code"),
        ("review", "closed", "close_notes"),
    ],
)
def test_a_step_needs_its_fields_at_enforced(old: str, new: str, missing: str) -> None:
    refused = step(context("enforced", MANAGER), old, new, "normal", **{missing: None})
    assert refused is not None and (refused.kind, refused.field) == ("invalid", missing)
    assert step(context(), old, new, "normal", **{missing: None}) is None


@pytest.mark.parametrize("status", CHANGE.moves)
def test_a_change_starts_as_new_at_enforced(status: str) -> None:
    wish = NEW | COMPLETE | {"status": status}
    assert Desk().call("create_change", **wish)["change"]["status"] == status
    if status == "new":
        assert Desk("enforced").call("create_change", **wish)
    else:
        assert Desk("enforced").refused("create_change", **wish)["accepted"] == ["new"]


def test_an_agent_prepares_and_a_manager_approves_at_enforced() -> None:
    refused = step(context("enforced", AGENT), "authorize", "scheduled", "normal")
    assert refused is not None and refused.kind == "forbidden"
    assert step(context("enforced", MANAGER), "authorize", "scheduled", "normal") is None
    assert step(context("permissive", AGENT), "authorize", "scheduled", "normal") is None
    for tool, arguments in (("create_change", NEW), ("update_change", UPDATE | {"risk": "high"}), ("list_changes", {})):
        assert Desk("enforced", REPORTER).refused(tool, **arguments)["kind"] == "forbidden"
        assert Desk("enforced", AGENT).call(tool, **arguments)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["CHG_002", "CHG_001"]),
        ({"change_id": "CHG_001"}, ["CHG_001"]),
        ({"number": "0000001"}, ["CHG_001"]),
        ({"short_description": "the POOL"}, ["CHG_001"]),
        ({"short_description": "_"}, []),
        ({"category": "emergency"}, ["CHG_002"]),
        ({"status": "assess", "risk": "low"}, ["CHG_001"]),
        ({"requested_by": ADMIN}, ["CHG_002"]),
        ({"implementation_plan": "night"}, ["CHG_002"]),
        ({"configuration_item": "CI_001"}, []),
        ({"created_after": "2026-03-01"}, ["CHG_002"]),
    ],
)
def test_changes_are_listed_by_text_value_and_time(filters: dict[str, str], found: list[str]) -> None:
    desk = Desk()
    desk.call("create_change", **NEW, category="emergency", implementation_plan="At night")
    listed = desk.call("list_changes", **filters)
    assert [change["change_id"] for change in listed["items"]] == found
    assert listed["total"] == len(found)


def test_the_work_of_a_group_and_of_a_person() -> None:
    desk = Desk()
    desk.call("update_change", **UPDATE, assignment_group="GROUP_001", assigned_to=AGENT)
    assert desk.call("get_changes_assigned_to", assigned_to=AGENT)["total"] == 1
    assert desk.call("get_changes_assigned_to", assignment_group="GROUP_001", assigned_to=OTHER_AGENT)["total"] == 0
    assert desk.refused("get_changes_assigned_to")["kind"] == "invalid"
    assert desk.call("find_change_by_number", number="chg0000001")["change"]["assigned_to"] == AGENT
    assert desk.refused("find_change_by_number", number="CHG-9")["kind"] == "not_found"
    assert Desk("parity").call("find_change_by_number", number="CHG-9") == {}


@pytest.mark.parametrize(
    "targets",
    [{"incident_id": "INC_001"}, {"incident_id": "INC_002", "problem_id": "PRB_002"}, {"problem_id": "PRB_002"}],
)
def test_a_change_is_mapped_to_an_incident_a_problem_or_both(targets: dict[str, str]) -> None:
    desk = Desk(user=AGENT)
    desk.call("create_problem", problem_statement="x", status="new", impact="low", urgency="low", priority="planning")
    mapping = desk.call("map_change_request", change_id="CHG_001", **targets)["change_request_mapping"]
    assert [(done.op, done.table) for done in desk.last_changes()] == [("insert", "change_request_mapping")]
    assert desk.row("SELECT * FROM change_request_mapping WHERE change_request_mapping_id = 'CRM_002'") == mapping
    ids = {"incident_id": None, "problem_id": None, "change_id": "CHG_001"} | targets
    assert mapping == mapping | ids | {"org_id": "ORG_001"}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("arguments", "kind", "word"),
    [
        ({"change_id": "CHG_001"}, "invalid", "MISSING_FILTER"),
        ({"change_id": "CHG_001", "incident_id": ""}, "invalid", "MISSING_FILTER"),
        ({"change_id": "CHG_999", "incident_id": "INC_001"}, "not_found", "CHG_999"),
        ({"change_id": "CHG_001", "incident_id": "INC_999"}, "not_found", "INC_999"),
        ({"change_id": "CHG_001", "problem_id": "PRB_999"}, "not_found", "PRB_999"),
        ({"change_id": "CHG_001", "problem_id": "PRB_001"}, "conflict", "DUPLICATE_MAPPING"),
        ({"change_id": "CHG_001", "problem_id": "PRB_001", "incident_id": "INC_001"}, "conflict", "CRM_001"),
    ],
)
def test_a_mapping_has_two_ends_and_exists_once(level: str, arguments: dict[str, str], kind: str, word: str) -> None:
    error = Desk(level).refused("map_change_request", **arguments)
    assert error["kind"] == kind and word in error["message"]


def test_mappings_keep_to_one_organization_and_to_those_with_rights_at_enforced() -> None:
    foreign = {"change_id": "CHG_001", "incident_id": "INC_004"}
    assert Desk("enforced").refused("map_change_request", **foreign)["kind"] == "not_found"
    assert Desk().call("map_change_request", **foreign)
    for tool, arguments in (
        ("map_change_request", {"change_id": "CHG_001", "incident_id": "INC_002"}),
        ("delete_change_request_mappings", {"change_id": "CHG_001"}),
    ):
        assert Desk("enforced", REPORTER).refused(tool, **arguments)["kind"] == "forbidden"
        assert Desk("enforced", AGENT).call(tool, **arguments)


def test_mappings_are_listed_from_every_end() -> None:
    desk = Desk()
    desk.call("map_change_request", change_id="CHG_001", incident_id="INC_001")
    for tool, filters, found in (
        ("list_change_request_mappings", {}, ["CRM_002", "CRM_001"]),
        ("list_change_request_mappings", {"change_request_mapping_id": "CRM_001"}, ["CRM_001"]),
        ("list_change_request_mappings", {"problem_id": "PRB_001"}, ["CRM_001"]),
        ("list_change_request_mappings", {"change_id": "CHG_001", "created_after": "2026-03-02"}, ["CRM_002"]),
        ("find_change_request_mappings_for_incident", {"incident_id": "INC_001"}, ["CRM_002"]),
        ("find_change_request_mappings_for_incident", {"incident_id": "INC_002"}, []),
        ("find_change_request_mappings_for_problem", {"problem_id": "PRB_001"}, ["CRM_001"]),
    ):
        listed = desk.call(tool, **filters)
        assert [mapping["change_request_mapping_id"] for mapping in listed["items"]] == found
    for tool, unknown in (
        ("find_change_request_mappings_for_incident", {"incident_id": "INC_999"}),
        ("find_change_request_mappings_for_problem", {"problem_id": "PRB_999"}),
    ):
        assert desk.refused(tool, **unknown)["kind"] == "not_found"
        assert Desk("parity").call(tool, **unknown) == {"items": [], "total": 0}


def test_mappings_are_deleted_by_filters_that_all_hold() -> None:
    desk = Desk()
    desk.call("map_change_request", change_id="CHG_001", incident_id="INC_001")
    other_pair = {"change_id": "CHG_001", "incident_id": "INC_002"}
    assert desk.refused("delete_change_request_mappings", **other_pair)["kind"] == "not_found"
    assert desk.refused("delete_change_request_mappings")["kind"] == "invalid"
    removed = desk.call("delete_change_request_mappings", incident_id="INC_001")
    assert [mapping["change_request_mapping_id"] for mapping in removed["removed"]] == ["CRM_002"]
    assert [(done.op, done.table) for done in desk.last_changes()] == [("delete", "change_request_mapping")]
    desk.call("map_change_request", **other_pair)
    assert desk.call("delete_change_request_mappings", change_id="CHG_001")["total"] == 2
    assert desk.value("SELECT count(*) FROM change_request_mapping") == 0
    parity = Desk("parity").call("delete_change_request_mappings", change_id="CHG_999")
    assert parity == {"removed": [], "total": 0}
