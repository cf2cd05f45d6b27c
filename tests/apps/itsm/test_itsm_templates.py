"""Incident templates at the three levels: values, derived priority, service and offering."""

from typing import Any

import pytest
from itsm_desk import AGENT, LEVELS, MANAGER, REPORTER, Desk, context

from enterpriselab.apps.itsm.tools.templates import create_new_incident_template
from enterpriselab.toolkit import ToolError

VALUES = {"caller_id": REPORTER, "short_description": "Printer out of toner"}
KEY = {"incident_template_id": "TMPL_001"}


@pytest.mark.parametrize("level", LEVELS)
def test_a_new_template_gets_an_id_and_the_defaults(level: str) -> None:
    desk = Desk(level, MANAGER)
    made = desk.call("create_new_incident_template", name="Toner", change_request_values=VALUES)
    filled = {name: value for name, value in made["incident_template"].items() if value is not None}
    assert filled == VALUES | {
        "incident_template_id": "TMPL_002",
        "name": "Toner",
        "active": True,
        "impact": "low",
        "urgency": "low",
        "priority": "planning",
        "org_id": "ORG_001",
        "created_at": "2026-03-02 09:00:00",
        "updated_at": "2026-03-02 09:00:00",
    }
    assert [(change.table, change.op) for change in desk.last_changes()] == [("incident_template", "insert")]


@pytest.mark.parametrize(("level", "priority"), [("permissive", "high"), ("enforced", "high"), ("parity", "planning")])
def test_the_priority_follows_but_not_at_parity(level: str, priority: str) -> None:
    values = VALUES | {"impact": "high", "urgency": "medium"}
    made = Desk(level).call("create_new_incident_template", name="Crane", change_request_values=values)
    assert made["incident_template"]["priority"] == priority


@pytest.mark.parametrize(("level", "priority"), [("permissive", "high"), ("enforced", "high"), ("parity", "low")])
def test_a_new_impact_gives_a_new_priority_but_not_at_parity(level: str, priority: str) -> None:
    desk = Desk(level)
    changed = desk.call("update_incident_template", **KEY, change_request_values={"impact": "high", "channel": ""})
    template = changed["incident_template"]
    assert (template["impact"], template["priority"], template["channel"]) == ("high", priority, "phone")


@pytest.mark.parametrize("level", LEVELS)
def test_a_template_is_renamed_and_retired(level: str) -> None:
    desk = Desk(level)
    template = desk.call("update_incident_template", **KEY, name="Locked out", active=False)["incident_template"]
    assert (template["name"], template["active"], template["urgency"]) == ("Locked out", False, "medium")
    assert set(desk.last_changes()[0].after or {}) == {"name", "active", "updated_at"}
    for nothing in ({}, {"name": ""}, {"active": False}, {"change_request_values": {"urgency": "medium"}}):
        assert "NO_CHANGES_DETECTED" in desk.refused("update_incident_template", **KEY, **nothing)["message"]


def test_no_incident_is_made_from_a_retired_template_when_enforced() -> None:
    for level in LEVELS:
        desk = Desk(level)
        desk.call("update_incident_template", **KEY, active=False)
        report = {**VALUES, "incident_template": "TMPL_001"}
        if level == "enforced":
            error = desk.refused("create_incident", **report)
            assert (error["kind"], error["field"]) == ("conflict", "incident_template")
        else:
            assert desk.call("create_incident", **report)["incident"]["incident_template"] == "TMPL_001"


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"caller_id": "USER_999"}, "not_found"),
        ({"caller_id": ""}, "invalid"),
        ({"short_description": "x" * 121}, "invalid"),
        ({"category": "network"}, "invalid"),
        ({"colour": "red"}, "invalid"),
        ({"impact": 1}, "invalid"),
        ({"service_offering": "SVCOFF_999"}, "not_found"),
    ],
)
def test_values_that_do_not_fit_are_refused(level: str, values: dict[str, Any], kind: str) -> None:
    error = Desk(level).refused("create_new_incident_template", name="Toner", change_request_values=VALUES | values)
    assert error["kind"] == kind


@pytest.mark.parametrize("values", [{"caller_id": REPORTER}, {"short_description": "Toner"}])
def test_caller_and_short_description_are_needed(values: dict[str, str]) -> None:
    for name in ("Toner", ""):
        arguments = {"name": name, "change_request_values": values}
        assert Desk().refused("create_new_incident_template", **arguments)["kind"] == "invalid"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"priority": "high"}, "priority"),
        ({"configuration_item": "CI_002"}, "configuration_item"),
        ({"service": "SVC_002", "service_offering": "SVCOFF_001"}, "service"),
    ],
)
def test_what_the_rules_forbid_is_refused_only_when_enforced(values: dict[str, str], field: str) -> None:
    for tool, start in (("create_new_incident_template", {"name": "Toner"}), ("update_incident_template", KEY)):
        arguments = start | {"change_request_values": VALUES | values}
        error = Desk("enforced").refused(tool, **arguments)
        assert (error["kind"], error["field"]) == ("conflict", field)
        for level in ("permissive", "parity"):
            template = Desk(level).call(tool, **arguments)["incident_template"]
            assert values.items() <= template.items()


def test_an_offering_of_another_service_is_refused_only_when_enforced() -> None:
    second = {"name": "Gate Control", "owned_by": MANAGER}
    for level in LEVELS:
        desk = Desk(level)
        desk.call("add_new_service", **second)
        values = VALUES | {"service": "SVC_003", "service_offering": "SVCOFF_001"}
        arguments = {"name": "Gate", "change_request_values": values}
        if level == "enforced":
            error = desk.refused("create_new_incident_template", **arguments)
            assert (error["field"], error["accepted"]) == ("service_offering", ["SVC_001"])
        else:
            desk.call("create_new_incident_template", **arguments)


@pytest.mark.parametrize("level", ["permissive", "parity"])
def test_an_offering_of_another_organization_is_refused_at_every_level(level: str) -> None:
    ctx = context(level)
    ctx.db.execute("INSERT INTO service SELECT 'SVC_009', name, 'USER_007', 'ORG_002', used_for, status,"
                   " service_classification, business_criticality, description, created_on, updated_on"
                   " FROM service WHERE service_id = 'SVC_001'")  # fmt: skip
    values = VALUES | {"service": "SVC_009", "service_offering": "SVCOFF_001"}
    with pytest.raises(ToolError, match="CROSS_ORGANIZATION_ACCESS") as caught:
        create_new_incident_template.run(ctx, {"name": "Toner", "change_request_values": values})
    assert caught.value.kind == "forbidden"


def test_agents_read_templates_and_reporters_do_not_when_enforced() -> None:
    new = {"name": "Toner", "change_request_values": VALUES}
    assert Desk("enforced", AGENT).refused("create_new_incident_template", **new)["kind"] == "forbidden"
    assert Desk("enforced", AGENT).refused("update_incident_template", **KEY, active=False)["kind"] == "forbidden"
    assert Desk("enforced", AGENT).call("get_incident_templates")["total"] == 1
    assert Desk("enforced", REPORTER).refused("get_incident_templates")["kind"] == "forbidden"
    Desk("permissive", REPORTER).call("create_new_incident_template", **new)


def test_templates_are_found_by_name_and_listed() -> None:
    desk = Desk()
    assert desk.call("get_incident_template_by_name", name="LOCKED account")["incident_template"]["active"] is True
    assert desk.refused("get_incident_template_by_name", name="Locked%")["kind"] == "not_found"
    assert Desk("parity").call("get_incident_template_by_name", name="Locked") == {}
    asked = ({}, {"name": "lock"}, {"name": "_ocked"}, {"active": False}, {**KEY}, {"created_after": "2026-02-03"})
    assert [desk.call("get_incident_templates", **filters)["total"] for filters in asked] == [1, 1, 0, 0, 1, 0]
