"""Incidents at the three levels: reporting, working, the machine of their status, lists and counts."""

from itertools import permutations, product
from typing import Any

import pytest
from itsm_desk import ADMIN, AGENT, INACTIVE, LEVELS, MANAGER, OTHER_AGENT, REPORTER, Desk, world

from enterpriselab.apps.itsm.rules.enums import ENUMS
from enterpriselab.apps.itsm.rules.machines import INCIDENT
from enterpriselab.apps.itsm.rules.priority import MATRIX

NEW = {"caller_id": REPORTER, "short_description": "Crane display is dark"}
ENDED = {"resolution_code": "User error", "resolution_notes": "The plug was out."}
STEPS: dict[str, list[dict[str, str]]] = {
    "new": [],
    "in_progress": [{"status": "in_progress"}],
    "on_hold": [{"status": "on_hold", "on_hold_reason": "Awaiting Caller"}],
    "resolved": [{"status": "resolved", **ENDED}],
    "canceled": [{"status": "canceled"}],
}
"""How a new incident gets into a status; nothing is closed within 72 hours."""


def in_status(level: str, status: str) -> tuple[Desk, str]:
    """A desk and an incident in the status."""
    desk = Desk(level)
    if status == "closed":
        desk.close("INC_003")
        return desk, "INC_003"
    incident = desk.call("create_incident", **NEW)["incident"]["incident_id"]
    for step in STEPS[status]:
        desk.call("update_incident", incident_id=incident, **step)
    return desk, incident


@pytest.mark.parametrize("level", LEVELS)
def test_a_report_gets_the_next_id_a_number_and_the_defaults(level: str) -> None:
    desk = Desk(level)
    incident = desk.call("create_incident", **NEW)["incident"]
    filled = {name: value for name, value in incident.items() if value is not None}
    assert filled == NEW | {
        "incident_id": "INC_005",
        "number": "INC-000005",
        "org_id": "ORG_001",
        "status": "new",
        "channel": "chat",
        "category": "inquiry-help",
        "impact": "low",
        "urgency": "low",
        "priority": "planning",
        "created_at": "2026-03-02 09:00:00",
        "updated_at": "2026-03-02 09:00:00",
    }
    assert desk.row("SELECT * FROM incident WHERE incident_id = 'INC_005'") == incident
    assert [(change.table, change.op) for change in desk.last_changes()] == [("incident", "insert")]


@pytest.mark.parametrize(("impact", "urgency"), list(MATRIX))
def test_the_priority_follows_from_impact_and_urgency_but_not_at_parity(impact: Any, urgency: Any) -> None:
    levels = {"impact": impact, "urgency": urgency}
    for level in ("permissive", "enforced"):
        assert Desk(level).call("create_incident", **NEW, **levels)["incident"]["priority"] == MATRIX[impact, urgency]
    assert Desk("parity").call("create_incident", **NEW, **levels)["incident"]["priority"] == "planning"


def test_a_new_impact_gives_a_new_priority_but_not_at_parity() -> None:
    for level, priority in (("permissive", "high"), ("enforced", "high"), ("parity", "low")):
        desk = Desk(level)
        incident = desk.call("update_incident", incident_id="INC_001", impact="high")["incident"]
        assert (incident["impact"], incident["priority"]) == ("high", priority)


def test_a_priority_against_the_matrix_is_refused_only_when_enforced() -> None:
    for level in ("permissive", "parity"):
        assert Desk(level).call("create_incident", **NEW, priority="high")["incident"]["priority"] == "high"
        changed = Desk(level).call("update_incident", incident_id="INC_001", impact="high", priority="low")
        assert (changed["incident"]["impact"], changed["incident"]["priority"]) == ("high", "low")
    for tool, arguments in (("create_incident", NEW), ("update_incident", {"incident_id": "INC_001"})):
        error = Desk("enforced").refused(tool, **arguments, impact="high", urgency="high", priority="low")
        assert (error["kind"], error["field"], error["accepted"]) == ("conflict", "priority", ["critical"])


def test_a_template_fills_what_is_left_out_but_not_at_parity() -> None:
    from_it = {"channel": "phone", "category": "password-reset", "urgency": "medium", "priority": "low"}
    for level in ("permissive", "enforced"):
        incident = Desk(level).call("create_incident", **NEW, incident_template="TMPL_001")["incident"]
        assert from_it.items() <= incident.items() and incident["short_description"] == NEW["short_description"]
        own = {"channel": "email", "impact": "high"}
        incident = Desk(level).call("create_incident", **NEW, **own, incident_template="TMPL_001")["incident"]
        assert (incident["channel"], incident["category"]) == ("email", "password-reset")
        assert (incident["urgency"], incident["priority"]) == ("medium", "high")
    incident = Desk("parity").call("create_incident", **NEW, incident_template="TMPL_001")["incident"]
    assert (incident["channel"], incident["category"]) == ("chat", "inquiry-help")


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("wrong", "kind", "word"),
    [
        ({"caller_id": "USER_999"}, "not_found", "USER_999"),
        ({"caller_id": ""}, "invalid", "caller_id"),
        ({"short_description": ""}, "invalid", "short_description"),
        ({"description": "x" * 121}, "invalid", "VALUE_TOO_LONG"),
        ({"status": "New"}, "invalid", "status"),
        ({"channel": "web"}, "invalid", "channel"),
        ({"configuration_item": "CI_999"}, "not_found", "CI_999"),
        ({"parent_incident": "INC_999"}, "not_found", "INC_999"),
        ({"problem": "x' OR '1'='1"}, "not_found", "problem"),
        ({"resolved": "yesterday"}, "invalid", "INVALID_DATE"),
    ],
)
def test_a_report_that_does_not_fit_is_refused(level: str, wrong: dict[str, str], kind: str, word: str) -> None:
    error = Desk(level).refused("create_incident", **(NEW | wrong))
    assert error["kind"] == kind and (word in error["message"] or word == error["field"])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"status": "in_progress"}, "status"),
        ({"configuration_item": "CI_002"}, "configuration_item"),
        ({"service": "SVC_002"}, "service"),
        ({"assigned_to": INACTIVE}, "assigned_to"),
        ({"assigned_to": REPORTER, "assignment_group": "GROUP_001"}, "assigned_to"),
        ({"assigned_to": OTHER_AGENT, "assignment_group": "GROUP_001"}, "assigned_to"),
        ({"assigned_to": ADMIN}, "assigned_to"),
    ],
)
@pytest.mark.parametrize("tool", ["create_incident", "update_incident"])
def test_what_the_rules_forbid_is_refused_only_when_enforced(tool: str, wrong: dict[str, str], field: str) -> None:
    arguments = NEW | wrong if tool == "create_incident" else {"incident_id": "INC_002", **wrong}
    if tool == "update_incident" and field == "status":
        arguments["status"] = "closed"
    error = Desk("enforced").refused(tool, **arguments)
    assert (error["kind"], error["field"]) == ("conflict", field) and "POLICY_VIOLATION" in error["message"]
    for level in ("permissive", "parity"):
        incident = Desk(level).call(tool, **arguments)["incident"]
        assert arguments.items() <= incident.items()


def test_a_member_of_the_group_gets_the_work() -> None:
    work = {"assigned_to": AGENT, "assignment_group": "GROUP_001"}
    desk = Desk("enforced", AGENT)
    incident = desk.call("update_incident", incident_id="INC_002", **work, status="in_progress")["incident"]
    assert work.items() <= incident.items()
    assert set(desk.last_changes()[0].after or {}) == {"assigned_to", "assignment_group", "status", "updated_at"}


def test_another_organization_is_out_of_reach_only_when_enforced() -> None:
    foreign = {"caller_id": "USER_008", "short_description": "Scanner offline again"}
    assert Desk("enforced").refused("create_incident", **foreign)["kind"] == "not_found"
    assert Desk("enforced").refused("update_incident", incident_id="INC_004", worknotes="seen")["kind"] == "not_found"
    assert Desk("enforced").refused("find_incident_by_id", incident_id="INC_004")["kind"] == "not_found"
    for level in ("permissive", "parity"):
        assert Desk(level).call("create_incident", **foreign)["incident"]["org_id"] == "ORG_001"
        assert Desk(level).call("update_incident", incident_id="INC_004", worknotes="seen")


def test_a_reporter_reports_and_sees_own_incidents_only() -> None:
    desk = Desk("enforced", REPORTER)
    assert desk.call("create_incident", **NEW)["incident"]["caller_id"] == REPORTER
    assert desk.refused("create_incident", **(NEW | {"caller_id": AGENT}))["kind"] == "forbidden"
    assert {row["caller_id"] for row in desk.call("list_incidents")["items"]} == {REPORTER}
    assert desk.call("get_count_of_incident_priority_wise", priority_list=["low"])["total"] == 3
    Desk("permissive", REPORTER).call("create_incident", **(NEW | {"caller_id": AGENT}))


@pytest.mark.parametrize(("old", "new"), list(permutations(ENUMS["incident.status"], 2)))
def test_a_status_follows_another_when_the_rules_say_so(old: str, new: str) -> None:
    more = {"on_hold_reason": "Awaiting Change", **ENDED, "resolution_code": "Duplicate"}
    for level in LEVELS:
        desk, incident = in_status(level, old)
        change = {"incident_id": incident, "status": new, **more}
        if level != "enforced" or (new in INCIDENT.moves[old] and (old, new) != ("resolved", "closed")):
            assert desk.call("update_incident", **change)["incident"]["status"] == new
        else:
            error = desk.refused("update_incident", **change)
            assert (error["kind"], error["field"]) == ("conflict", "status")
            assert set(error["accepted"]) == set(INCIDENT.moves[old]) - {new}


def test_a_resolved_incident_is_closed_after_three_days() -> None:
    desk, incident = in_status("enforced", "resolved")
    desk.call("link_knowledge_to_incident", incident_id=incident, knowledge_id="KB_001")
    desk.episode.clock.advance(72 * 3600 - 3)
    assert "72 hours" in desk.refused("update_incident", incident_id=incident, status="closed")["message"]
    desk.episode.clock.advance(3)
    assert desk.call("update_incident", incident_id=incident, status="closed")["incident"]["status"] == "closed"
    error = desk.refused("update_incident", incident_id=incident, worknotes="too late")
    assert (error["kind"], error["field"]) == ("conflict", "status")


@pytest.mark.parametrize(
    ("step", "missing"),
    [
        ({"status": "on_hold"}, "on_hold_reason"),
        ({"status": "resolved", "resolution_notes": "done"}, "resolution_code"),
        ({"status": "resolved", "resolution_code": "User error"}, "resolution_notes"),
    ],
)
def test_a_step_without_what_it_needs_is_refused_only_when_enforced(step: dict[str, str], missing: str) -> None:
    error = Desk("enforced").refused("update_incident", incident_id="INC_001", **step)
    assert (error["kind"], error["field"]) == ("invalid", missing)
    for level in ("permissive", "parity"):
        assert (
            Desk(level).call("update_incident", incident_id="INC_001", **step)["incident"]["status"] == step["status"]
        )


def test_resolving_stamps_who_and_when_and_reopening_clears_it_but_not_at_parity() -> None:
    for level in ("permissive", "enforced"):
        desk = Desk(level, AGENT)
        incident = desk.call("update_incident", incident_id="INC_001", status="resolved", **ENDED)["incident"]
        assert (incident["resolved"], incident["resolved_by"]) == ("2026-03-02 09:00:00", AGENT)
        incident = desk.call("update_incident", incident_id="INC_001", status="in_progress")["incident"]
        assert {incident[name] for name in ("resolved", "resolved_by", *ENDED)} == {None}
    desk = Desk("parity", AGENT)
    incident = desk.call("update_incident", incident_id="INC_001", status="resolved", **ENDED)["incident"]
    assert (incident["resolved"], incident["resolved_by"]) == (None, None)
    incident = desk.call("update_incident", incident_id="INC_001", status="in_progress")["incident"]
    assert ENDED.items() <= incident.items()


def test_who_resolved_it_and_when_may_be_said() -> None:
    said = {"resolved": "2026-03-02T09:00:00+01:00", "resolved_by": MANAGER}
    incident = Desk().call("create_incident", **NEW, status="resolved", **said)["incident"]
    assert (incident["resolved"], incident["resolved_by"]) == ("2026-03-02 08:00:00", MANAGER)


@pytest.mark.parametrize(("moment", "code"), [("2026-03-09", "INVALID_DATE"), ("2026-01-01", "INVALID_DATE_RANGE")])
def test_an_incident_is_resolved_between_its_creation_and_now(moment: str, code: str) -> None:
    for level in ("permissive", "enforced"):
        error = Desk(level).refused("update_incident", incident_id="INC_001", resolved=moment)
        assert (error["kind"], error["field"]) == ("invalid", "resolved") and code in error["message"]
    assert Desk("parity").call("update_incident", incident_id="INC_001", resolved=moment)


def test_leaving_the_hold_clears_its_reason_but_not_at_parity() -> None:
    for level, reason in (("permissive", None), ("enforced", None), ("parity", "Awaiting Caller")):
        desk, incident = in_status(level, "on_hold")
        changed = desk.call("update_incident", incident_id=incident, status="in_progress")["incident"]
        assert changed["on_hold_reason"] == reason


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("change", [{}, {"worknotes": ""}, {"status": "in_progress"}, {"urgency": "medium"}])
def test_a_change_that_changes_nothing_is_refused(level: str, change: dict[str, str]) -> None:
    error = Desk(level).refused("update_incident", incident_id="INC_001", **change)
    assert error["kind"] == "invalid" and error["message"].startswith("NO_CHANGES_DETECTED")


@pytest.mark.parametrize("level", LEVELS)
def test_a_number_belongs_to_one_incident_of_an_organization(level: str) -> None:
    desk = Desk(level)
    error = desk.refused("update_incident", incident_id="INC_001", number="inc0000002")
    assert error["kind"] == "conflict" and "DUPLICATE_NUMBER" in error["message"]
    assert (
        desk.call("update_incident", incident_id="INC_001", number="INC0000077")["incident"]["number"] == "INC0000077"
    )


def test_an_incident_is_found_by_id_and_number() -> None:
    desk = Desk()
    assert desk.call("find_incident_by_id", incident_id="INC_004")["incident"]["caller_id"] == "USER_008"
    assert desk.call("find_incident_by_number", number="inc0000001")["incident"]["incident_id"] == "INC_001"
    assert desk.refused("find_incident_by_number", number="INC000%")["kind"] == "not_found"
    assert Desk("parity").call("find_incident_by_id", incident_id="INC_999") == {}


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({}, "4 3 2 1"),
        ({"number": "0000001"}, "4 1"),
        ({"called_id": REPORTER, "status": "new"}, "2"),
        ({"short_description": "BOOKING page"}, "3 2 1"),
        ({"short_description": "report_1"}, ""),
        ({"short_description": "' OR 1=1 --"}, ""),
        ({"assigned_to": AGENT, "assignment_group": "GROUP_001"}, "1"),
        ({"resolution_code": "Solution Provided", "resolution_notes": "cable"}, "3"),
        ({"resolved": "2026-02-20"}, "3"),
        ({"resolved": "2026-02-20T11:00:00+01:00"}, "3"),
        ({"resolved": "2026-02-21"}, ""),
        ({"category": "hardware", "channel": "email", "priority": "low"}, "4"),
        ({"created_after": "2026-02-03"}, ""),
        ({"created_before": "2026-02-02", "incident_id": "INC_002"}, "2"),
    ],
)
def test_a_list_holds_what_passes_every_filter(filters: dict[str, str], ids: str) -> None:
    found = Desk().call("list_incidents", **filters)
    assert [row["incident_id"] for row in found["items"]] == [f"INC_00{number}" for number in ids.split()]
    assert found["total"] == len(found["items"])


def test_every_filter_of_the_list_narrows_it() -> None:
    desk, spec = Desk(), world().registry["list_incidents"]
    for name, schema in spec.input_schema["properties"].items():
        value = next((kind["enum"][0] for kind in schema.get("anyOf", [schema]) if "enum" in kind), "none")
        dates = {"created_after": "2030-01-01", "created_before": "2000-01-01", "resolved": "2000-01-01"}
        assert desk.call("list_incidents", **{name: dates.get(name, value)})["total"] < 4, name


def test_work_is_listed_by_group_and_person_and_one_of_them_is_needed() -> None:
    desk = Desk()
    for asked, total in ((("GROUP_001", None), 1), ((None, AGENT), 1), (("GROUP_002", AGENT), 0)):
        arguments = {"assignment_group": asked[0], "assigned_to": asked[1]}
        assert desk.call("get_incidents_assigned_to", **arguments)["total"] == total
    error = desk.refused("get_incidents_assigned_to", assignment_group="")
    assert error["kind"] == "invalid" and error["accepted"] == ["assignment_group", "assigned_to"]


def test_incidents_are_counted_by_priority() -> None:
    desk = Desk()
    found = desk.call("get_count_of_incident_priority_wise")
    assert [each["priority"] for each in found["counts"]] == list(ENUMS["incident.priority"])
    assert found["counts"][3] == {"priority": "low", "count": 4} and found["total"] == 4
    found = desk.call("get_count_of_incident_priority_wise", priority_list=["high", "low", "high"])
    assert found["counts"] == [{"priority": "high", "count": 0}, {"priority": "low", "count": 4}]
    assert Desk("enforced").call("get_count_of_incident_priority_wise")["total"] == 3
    assert desk.refused("get_count_of_incident_priority_wise", priority_list=["urgent"])["kind"] == "invalid"


def test_the_incidents_of_a_group_are_counted() -> None:
    for status, channel in product(("in_progress", "new", ""), ("phone", "chat", "")):
        found = Desk().call(
            "count_incident_for_assignment_group", assignment_group_id="GROUP_001", status=status, channel=channel
        )
        wanted = int(status != "new" and channel != "chat")
        assert found == {"assignment_group_id": "GROUP_001", "count": wanted}
    unknown = {"assignment_group_id": "GROUP_999"}
    assert Desk().refused("count_incident_for_assignment_group", **unknown)["kind"] == "not_found"
    assert Desk("parity").call("count_incident_for_assignment_group", **unknown)["count"] == 0


def test_the_annotations_say_what_the_tools_do() -> None:
    specs = world().registry
    assert specs["create_incident"].writes and not specs["create_incident"].idempotent
    assert specs["update_incident"].writes and specs["update_incident"].idempotent
    assert not specs["update_incident"].destructive


@pytest.mark.parametrize("kept", ["link", "draft", "password-reset", ""])
def test_an_incident_is_closed_with_knowledge_only_when_enforced(kept: str) -> None:
    desk = Desk("enforced")
    if kept == "link":
        desk.call("link_knowledge_to_incident", incident_id="INC_003", knowledge_id="KB_001")
    elif kept == "draft":
        desk.call("create_knowledge_article", title="What helped", body="It did.", owner_id=AGENT)
    elif kept:
        desk.call("update_incident", incident_id="INC_003", category=kept)
    closing = {"incident_id": "INC_003", "status": "closed"}
    if kept:
        desk.call("update_incident", **closing)
    else:
        assert "an article is linked" in desk.refused("update_incident", **closing)["message"]
        for level in ("permissive", "parity"):
            Desk(level).call("update_incident", **closing)
