"""Level enforced refuses what the rules forbid; the other levels let it pass. Rows are changed without any tool."""

from typing import Any

import pytest
from itsm_desk import ADMIN, AGENT, INACTIVE, MANAGER, OTHER_AGENT, REPORTER, STRANGER, context, world

from enterpriselab.apps.itsm import access, rows
from enterpriselab.apps.itsm.ids import next_id, next_number
from enterpriselab.apps.itsm.principals import find_principal
from enterpriselab.apps.itsm.rules.machines import MACHINES
from enterpriselab.toolkit import Context, ToolError


def revised(ctx: Context, table: str, key: str, **changes: Any) -> dict[str, Any]:
    return rows.revise(ctx, table, rows.need(ctx, table, key), changes)


def refusal(ctx: Context, table: str, key: str, **changes: Any) -> ToolError:
    with pytest.raises(ToolError) as caught:
        revised(ctx, table, key, **changes)
    return caught.value


def test_an_unknown_step_is_a_conflict_that_names_the_allowed_ones() -> None:
    error = refusal(context("enforced"), "incident", "INC_002", status="closed")
    assert (error.kind, error.field) == ("conflict", "status")
    assert error.accepted == list(MACHINES["incident.status"].moves["new"])


@pytest.mark.parametrize("level", ["permissive", "parity"])
def test_the_other_levels_let_any_step_pass(level: str) -> None:
    assert revised(context(level), "incident", "INC_002", status="closed")["status"] == "closed"


def test_a_step_needs_its_fields() -> None:
    ctx = context("enforced")
    error = refusal(ctx, "incident", "INC_001", status="on_hold")
    assert (error.kind, error.field) == ("invalid", "on_hold_reason")
    assert revised(ctx, "incident", "INC_001", status="on_hold", on_hold_reason="Awaiting Caller")
    assert refusal(ctx, "incident", "INC_001", status="resolved").kind == "conflict"


def keep_knowledge(ctx: Context) -> None:
    """Link the incident that the next lines close, as the rules demand."""
    rows.add(ctx, "incident_knowledge", incident_id="INC_003", knowledge_id="KB_001", used_as="resolution")


def test_an_incident_stays_resolved_for_three_days() -> None:
    ctx = context("enforced")
    keep_knowledge(ctx)
    ctx.db.update("incident", {"incident_id": "INC_003"}, resolved="2026-02-27 09:00:01")
    assert "72 hours" in refusal(ctx, "incident", "INC_003", status="closed").message
    ctx.db.update("incident", {"incident_id": "INC_003"}, resolved="2026-02-27 09:00:00")
    assert revised(ctx, "incident", "INC_003", status="closed")


def test_a_final_state_takes_no_change_at_all() -> None:
    ctx = context("enforced")
    keep_knowledge(ctx)
    revised(ctx, "incident", "INC_003", status="closed")
    assert "final state" in refusal(ctx, "incident", "INC_003", worknotes="late").message
    assert rows.revise(ctx, "incident", rows.need(ctx, "incident", "INC_003"), {"worknotes": "by rule"}, by_rule=True)


def test_a_problem_closes_only_through_an_implemented_change() -> None:
    ctx = context("enforced")
    ctx.db.update("problem", {"problem_id": "PRB_001"}, status="resolved", fix_notes="pool enlarged")
    for change in (
        {"status": "implement"},
        {"status": "closed", "close_code": "unsuccessful"},
        {"category": "standard"},
    ):
        ctx.db.update("change", {"change_id": "CHG_001"}, **change)
        assert refusal(ctx, "problem", "PRB_001", status="closed").kind == "conflict"
    ctx.db.update("change", {"change_id": "CHG_001"}, category="normal", close_code="successful")
    assert revised(ctx, "problem", "PRB_001", status="closed")["status"] == "closed"


def test_a_workaround_shortens_the_way_to_the_fix() -> None:
    ctx = context("enforced")
    assert "workaround" in refusal(ctx, "problem", "PRB_001", status="fix_in_progress").message
    assert revised(ctx, "problem", "PRB_001", status="fix_in_progress", workaround="restart the pool")


def test_only_who_may_approve_schedules_a_change_that_is_not_standard() -> None:
    plans = {"implementation_plan": "resize", "testing_plan": "book a berth"}
    for user in (AGENT, MANAGER):
        ctx = context("enforced", user)
        ctx.db.update("change", {"change_id": "CHG_001"}, status="authorize", **plans)
        if user == MANAGER:
            assert revised(ctx, "change", "CHG_001", status="scheduled")
        else:
            assert refusal(ctx, "change", "CHG_001", status="scheduled").kind == "forbidden"
    ctx = context("enforced", AGENT)
    ctx.db.update("change", {"change_id": "CHG_001"}, status="new", **plans)
    assert "standard" in refusal(ctx, "change", "CHG_001", status="scheduled").message
    assert revised(ctx, "change", "CHG_001", status="scheduled", category="standard")


def test_a_new_row_starts_where_its_machine_starts_and_is_complete() -> None:
    article = {"kb_number": "KB-1", "title": "T", "visibility": "internal", "owner_id": AGENT}
    with pytest.raises(ToolError) as caught:
        rows.add(context("enforced"), "knowledge", **article, body="B", state="published")
    assert (caught.value.kind, caught.value.accepted) == ("conflict", ["draft"])
    with pytest.raises(ToolError) as caught:
        rows.add(context("enforced"), "knowledge", **article, state="draft")
    assert (caught.value.kind, caught.value.field) == ("invalid", "body")
    assert rows.add(context(), "knowledge", **article, state="published")["knowledge_id"] == "KB_003"


@pytest.mark.parametrize(
    ("person", "word"),
    [(INACTIVE, "inactive"), (REPORTER, "none of the roles"), (OTHER_AGENT, "no member")],
)
def test_work_goes_to_active_agents_of_the_group(person: str, word: str) -> None:
    with pytest.raises(ToolError) as caught:
        access.check_assignee(context("enforced"), person, "GROUP_001")
    assert caught.value.kind == "conflict" and word in caught.value.message
    access.check_assignee(context("permissive"), person, "GROUP_001")
    access.check_assignee(context("enforced"), AGENT, "GROUP_001")
    access.check_assignee(context("enforced"), OTHER_AGENT, None)


def test_a_closed_group_gets_no_work() -> None:
    ctx = context("enforced")
    ctx.db.update("user_group", {"group_id": "GROUP_002"}, active=0)
    with pytest.raises(ToolError, match="closed"):
        access.check_assignee(ctx, None, "GROUP_002")


def test_a_reporter_acts_on_own_incidents_and_reads_published_articles() -> None:
    ctx = context("enforced", REPORTER)
    assert revised(ctx, "incident", "INC_002", worknotes="still broken")
    ctx.db.update("incident", {"incident_id": "INC_001"}, caller_id=ADMIN)
    assert refusal(ctx, "incident", "INC_001", worknotes="mine?").kind == "forbidden"
    assert rows.find_one(ctx, "knowledge", "article", knowledge_id="KB_001")
    with pytest.raises(ToolError) as caught:
        rows.find_one(ctx, "knowledge", "article", knowledge_id="KB_002")
    assert caught.value.kind == "not_found"
    wish = {"number": "INC-1", "short_description": "x", "status": "new", "category": "software", "channel": "chat"}
    levels = {"impact": "low", "urgency": "low", "priority": "planning"}
    with pytest.raises(ToolError) as caught:
        rows.add(ctx, "incident", caller_id=ADMIN, **wish, **levels)
    assert caught.value.kind == "forbidden"
    assert rows.add(ctx, "incident", caller_id=REPORTER, **wish, **levels)["org_id"] == "ORG_001"


def test_of_two_incidents_with_one_number_each_organization_sees_its_own() -> None:
    for user, incident in ((ADMIN, "INC_001"), (STRANGER, "INC_004")):
        found = rows.find_one(context("enforced", user), "incident", "incident", number="INC0000001")
        assert found["incident"]["incident_id"] == incident
        found = rows.find_one(context("permissive", user), "incident", "incident", number="INC0000001")
        assert found["incident"]["incident_id"] == "INC_001"


def test_ids_and_numbers_continue_after_the_highest() -> None:
    ctx = context()
    ctx.db.update("location", {"location_id": "LOC_003"}, location_id="LOC_1041")
    ctx.db.update("users", {"location_id": "LOC_003"}, location_id="LOC_1041")
    assert next_id(ctx, "location") == "LOC_1042"
    assert (next_id(ctx, "incident"), next_number(ctx, "incident")) == ("INC_005", "INC-000005")
    ctx.db.execute("DELETE FROM notification")
    assert next_id(ctx, "notification") == "NOTIF_001"


@pytest.mark.parametrize("wanted", [ADMIN, "marcus.LINDQVIST@lindqvist.example", "admin_token_marcus_2024_secure"])
def test_a_user_acts_by_id_address_or_token(wanted: str) -> None:
    found = find_principal(context().db.connection, wanted)
    assert found is not None and (found.id, found.roles) == (ADMIN, {"admin"})


@pytest.mark.parametrize("wanted", [INACTIVE, "agent_token_olof_2024_secure", "", "nobody"])
def test_who_is_inactive_or_unknown_cannot_act(wanted: str) -> None:
    assert find_principal(context().db.connection, wanted) is None


def test_roles_of_both_tables_count() -> None:
    ctx = context()
    ctx.db.insert("user_role", user_id=AGENT, role_id="ROLE_002", org_id="ORG_001")
    found = find_principal(ctx.db.connection, AGENT)
    assert found is not None and found.roles == {"agent", "manager"}


def test_the_small_image_fills_every_table() -> None:
    episode = world().episode()
    empty = [name for name in world().tables if not episode.sql(f"SELECT 1 FROM {name}")]
    assert not empty


def test_an_id_counts_letter_by_letter_and_a_name_does_not() -> None:
    assert rows.find_one(context("parity"), "users", "user", user_id="user_001") == {}
    assert rows.find_one(context(), "users", "user", email="MARCUS.lindqvist@lindqvist.example")
