"""Problems: opening, changing and finding them at the three levels."""

import itertools
from typing import Any

import pytest
from itsm_desk import ADMIN, AGENT, INACTIVE, LEVELS, MANAGER, OTHER_AGENT, REPORTER, STRANGER, Desk, context

from enterpriselab.apps.itsm.rules.machines import PROBLEM
from enterpriselab.apps.itsm.rules.priority import MATRIX
from enterpriselab.apps.itsm.tools import problems
from enterpriselab.toolkit import Context, ToolError

NEW = {"problem_statement": "Berths are booked twice", "status": "new", "impact": "", "urgency": "", "priority": ""}
NOW = "2026-03-02 09:00:00"


def step(ctx: Context, old: str, new: str, **more: Any) -> bool:
    """Does an otherwise complete problem get from one status to another?"""
    filled = {"workaround": "Restart the pool", "fix_notes": "Pool enlarged", **more}
    ctx.db.update("problem", {"problem_id": "PRB_001"}, status=old, **filled)
    try:
        problems.update_problem.run(ctx, {"problem_id": "PRB_001", "status": new})
    except ToolError as error:
        assert (error.kind, error.field) == ("conflict", "status")
        return False
    return True


def test_a_problem_is_opened_by_the_acting_user_and_nothing_else_changes() -> None:
    desk = Desk(user=AGENT)
    problem = desk.call("create_problem", **NEW | {"original_task": "INC_001", "category": "database"})["problem"]
    assert [(change.op, change.table) for change in desk.last_changes()] == [("insert", "problem")]
    assert desk.row("SELECT * FROM problem WHERE problem_id = 'PRB_002'") == problem
    assert problem == problem | {
        "problem_id": "PRB_002",
        "number": "PRB-000002",
        "opened_by": AGENT,
        "org_id": "ORG_001",
        "status": "new",
        "impact": "low",
        "urgency": "low",
        "priority": "planning",
        "original_task": "INC_001",
        "workaround": None,
        "created_on": NOW,
        "updated_on": NOW,
    }


@pytest.mark.parametrize(("impact", "urgency"), MATRIX)
def test_an_unsaid_priority_follows_from_the_matrix(impact: Any, urgency: Any) -> None:
    desk = Desk()
    problem = desk.call("create_problem", **NEW | {"impact": impact, "urgency": urgency})["problem"]
    assert problem["priority"] == MATRIX[impact, urgency]
    raised = desk.call("update_problem", problem_id="PRB_001", impact=impact, worknotes="reach is known")["problem"]
    assert raised["priority"] == MATRIX[impact, "medium"]


@pytest.mark.parametrize("level", LEVELS)
def test_a_priority_beside_the_matrix_is_refused_at_enforced_only(level: str) -> None:
    wish = NEW | {"impact": "high", "urgency": "high", "priority": "low"}
    if level == "enforced":
        error = Desk(level).refused("create_problem", **wish)
        assert (error["kind"], error["accepted"]) == ("conflict", ["critical"])
        return
    assert Desk(level).call("create_problem", **wish)["problem"]["priority"] == "low"


def test_parity_derives_no_priority() -> None:
    error = Desk("parity").refused("create_problem", **NEW)
    assert (error["kind"], error["field"]) == ("invalid", "priority")
    kept = Desk("parity").call("update_problem", problem_id="PRB_001", impact="high")["problem"]
    assert kept["priority"] == "low"


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("column", "value", "kind", "word"),
    [
        ("status", "open", "invalid", "INVALID_ENUM_VALUE"),
        ("impact", "High", "invalid", "INVALID_ENUM_VALUE"),
        ("urgency", "now", "invalid", "INVALID_ENUM_VALUE"),
        ("priority", "P1", "invalid", "INVALID_ENUM_VALUE"),
        ("category", "inquiry-help", "invalid", "INVALID_ENUM_VALUE"),
        ("short_description", "x" * 256, "invalid", "VALUE_TOO_LONG"),
        ("service", "SVC_999", "not_found", "SVC_999"),
        ("service_offering", "SVCOFF_999", "not_found", "SVCOFF_999"),
        ("configuration_item", "CI_999", "not_found", "CI_999"),
        ("assigned_to", "USER_999", "not_found", "USER_999"),
        ("assignment_group", "GROUP_999", "not_found", "GROUP_999"),
        ("original_task", "INC_999", "not_found", "INC_999"),
    ],
)
def test_a_value_that_cannot_be_is_refused_at_every_level(
    level: str, column: str, value: str, kind: str, word: str
) -> None:
    complete = NEW | {"priority": "planning", "impact": "low", "urgency": "low"}
    for tool, arguments in (("create_problem", complete), ("update_problem", {"problem_id": "PRB_001"})):
        error = Desk(level).refused(tool, **{**arguments, column: value})
        assert (error["kind"], error["field"]) == (kind, column)
        assert word in error["message"]


@pytest.mark.parametrize(
    ("column", "value", "kind"),
    [
        ("configuration_item", "CI_002", "conflict"),
        ("service", "SVC_002", "conflict"),
        ("assigned_to", INACTIVE, "conflict"),
        ("assigned_to", REPORTER, "conflict"),
        ("assigned_to", STRANGER, "not_found"),
        ("original_task", "INC_004", "not_found"),
    ],
)
def test_what_the_policy_forbids_to_name_is_refused_at_enforced_only(column: str, value: str, kind: str) -> None:
    for tool, arguments in (("create_problem", NEW), ("update_problem", {"problem_id": "PRB_001"})):
        error = Desk("enforced").refused(tool, **{**arguments, column: value})
        assert (error["kind"], error["field"]) == (kind, column)
        assert Desk().call(tool, **{**arguments, column: value})["problem"][column] == value


def test_an_assignee_belongs_to_the_group_at_enforced() -> None:
    update = {"problem_id": "PRB_001", "assignment_group": "GROUP_001"}
    error = Desk("enforced").refused("update_problem", **update, assigned_to=OTHER_AGENT)
    assert error["kind"] == "conflict" and AGENT in error["accepted"]
    assert Desk("enforced").call("update_problem", **update, assigned_to=AGENT)["problem"]["assigned_to"] == AGENT


def test_a_problem_is_named_by_id_or_by_number() -> None:
    desk = Desk()
    problem = desk.call("update_problem", number="prb0000001", workaround="Use the phone")["problem"]
    assert problem == problem | {"number": "PRB0000001", "workaround": "Use the phone", "updated_on": NOW}
    assert [(change.op, change.table) for change in desk.last_changes()] == [("update", "problem")]
    assert desk.call("update_problem", problem_id="PRB_001", number="PRB-7")["problem"]["number"] == "PRB-7"
    assert desk.call("find_problem_by_number", number="prb-7")["problem"]["problem_id"] == "PRB_001"


@pytest.mark.parametrize(
    ("arguments", "kind", "word"),
    [
        ({}, "invalid", "MISSING_FILTER"),
        ({"problem_id": "PRB_001"}, "invalid", "NO_CHANGES_DETECTED"),
        ({"number": "PRB0000001"}, "invalid", "NO_CHANGES_DETECTED"),
        ({"problem_id": "PRB_001", "status": "assess"}, "invalid", "NO_CHANGES_DETECTED"),
        ({"problem_id": "PRB_999", "status": "assess"}, "not_found", "PRB_999"),
        ({"number": "PRB-999", "status": "assess"}, "not_found", "PRB-999"),
    ],
)
def test_an_update_needs_a_problem_and_a_change(arguments: dict[str, str], kind: str, word: str) -> None:
    error = Desk().refused("update_problem", **arguments)
    assert error["kind"] == kind and word in error["message"]


def test_a_number_that_two_problems_have_names_neither() -> None:
    desk = Desk()
    desk.call("create_problem", **NEW)
    error = desk.refused("update_problem", problem_id="PRB_002", number="PRB0000001")
    assert error["kind"] == "conflict" and "DUPLICATE_NUMBER" in error["message"]
    ctx = context()
    problems.create_problem.run(ctx, NEW)
    ctx.db.update("problem", {"problem_id": "PRB_002"}, number="PRB0000001", org_id="ORG_002")
    with pytest.raises(ToolError, match="AMBIGUOUS") as caught:
        problems.update_problem.run(ctx, {"number": "PRB0000001", "worknotes": "which?"})
    assert caught.value.accepted == ["PRB_001", "PRB_002"]
    ctx.level = "enforced"
    assert problems.update_problem.run(ctx, {"number": "PRB0000001", "worknotes": "ours"})


@pytest.mark.parametrize("level", LEVELS)
def test_every_step_between_statuses_is_the_machines_at_enforced_and_free_elsewhere(level: str) -> None:
    ctx = context(level, MANAGER)
    ctx.db.update("change", {"change_id": "CHG_001"}, status="review")
    for old, new in itertools.permutations(PROBLEM.moves, 2):
        assert step(ctx, old, new) == (level != "enforced" or new in PROBLEM.moves[old]), (old, new)


def test_a_problem_starts_as_new_at_enforced() -> None:
    for status in PROBLEM.moves:
        wish = NEW | {"status": status}
        if status == "new":
            assert Desk("enforced").call("create_problem", **wish)
        else:
            assert Desk("enforced").refused("create_problem", **wish)["accepted"] == ["new"]
        assert Desk().call("create_problem", **wish)["problem"]["status"] == status


def test_guards_of_a_problem_hold_at_enforced() -> None:
    ctx = context("enforced", MANAGER)
    assert not step(ctx, "new", "fix_in_progress", workaround=None)
    assert step(ctx, "root_cause", "fix_in_progress", workaround=None)
    assert not step(ctx, "resolved", "closed")
    ctx.db.update("change", {"change_id": "CHG_001"}, status="closed", close_code="successful")
    assert step(ctx, "resolved", "closed")


def test_a_closed_problem_is_left_alone_at_enforced() -> None:
    ctx = context("enforced")
    ctx.db.update("problem", {"problem_id": "PRB_001"}, status="closed")
    with pytest.raises(ToolError, match="final state"):
        problems.update_problem.run(ctx, {"problem_id": "PRB_001", "worknotes": "late"})


@pytest.mark.parametrize("user", [ADMIN, MANAGER, AGENT, REPORTER])
def test_reporters_have_no_part_in_problems_at_enforced(user: str) -> None:
    calls: list[tuple[str, dict[str, Any]]] = [
        ("create_problem", NEW),
        ("update_problem", {"problem_id": "PRB_001", "worknotes": "mine"}),
        ("list_problems", {}),
        ("find_problem_by_number", {"number": "PRB0000001"}),
    ]
    for tool, arguments in calls:
        assert Desk(user=user).call(tool, **arguments)
        if user == REPORTER:
            assert Desk("enforced", user).refused(tool, **arguments)["kind"] == "forbidden"
        else:
            assert Desk("enforced", user).call(tool, **arguments)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["PRB_002", "PRB_001"]),
        ({"problem_id": "PRB_001"}, ["PRB_001"]),
        ({"number": "prb-"}, ["PRB_002"]),
        ({"problem_statement": "TIMES out"}, ["PRB_001"]),
        ({"problem_statement": "%"}, []),
        ({"status": "assess"}, ["PRB_001"]),
        ({"category": "network", "assigned_to": AGENT}, ["PRB_002"]),
        ({"assigned_to": OTHER_AGENT}, []),
        ({"workaround": "phone"}, ["PRB_002"]),
        ({"original_task": "INC_001"}, ["PRB_001"]),
        ({"opened_by": ADMIN}, ["PRB_002"]),
        ({"created_after": "2026-03-02"}, ["PRB_002"]),
        ({"created_before": "2026-03-01", "status": ""}, ["PRB_001"]),
    ],
)
def test_problems_are_listed_by_text_value_and_time(filters: dict[str, str], found: list[str]) -> None:
    desk = Desk()
    desk.call("create_problem", **NEW, category="network", workaround="By phone", assigned_to=AGENT)
    listed = desk.call("list_problems", **filters)
    assert [problem["problem_id"] for problem in listed["items"]] == found
    assert listed["total"] == len(found)


def test_the_work_of_a_group_and_of_a_person() -> None:
    desk = Desk()
    desk.call("update_problem", problem_id="PRB_001", assignment_group="GROUP_001", assigned_to=AGENT)
    for filters in ({"assignment_group": "GROUP_001"}, {"assigned_to": AGENT, "assignment_group": "GROUP_001"}):
        assert desk.call("get_problems_assigned_to", **filters)["total"] == 1
    assert desk.call("get_problems_assigned_to", assignment_group="GROUP_001", assigned_to=OTHER_AGENT)["total"] == 0
    assert desk.refused("get_problems_assigned_to")["kind"] == "invalid"


def test_a_number_of_nothing_is_an_error_but_empty_at_parity() -> None:
    for level in ("permissive", "enforced"):
        assert Desk(level).refused("find_problem_by_number", number="PRB-9")["kind"] == "not_found"
    assert Desk("parity").call("find_problem_by_number", number="PRB-9") == {}
