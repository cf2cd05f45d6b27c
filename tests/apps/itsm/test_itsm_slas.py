"""SLA definitions at the three levels: terms, names, sums and means."""

from typing import Any

import pytest
from itsm_desk import ADMIN, AGENT, LEVELS, MANAGER, REPORTER, Desk

DEFINITION = {"name": "Answer high", "metric": "response", "target_mins": 30, "pause_on_pending": False, "active": True}


@pytest.mark.parametrize("level", LEVELS)
def test_a_definition_is_added_and_changed(level: str) -> None:
    desk = Desk(level)
    made = desk.call("add_new_sla_definition", **DEFINITION, applies_to_priority="high")["sla_definition"]
    assert (DEFINITION | {"sla_def_id": "SLA_005", "applies_to_priority": "high"}).items() <= made.items()
    changed = desk.call("update_sla_definition", sla_def_id="SLA_005", target_mins=45, active=False)["sla_definition"]
    assert (changed["target_mins"], changed["active"], changed["metric"]) == (45, False, "response")
    assert set(desk.last_changes()[0].after or {}) == {"target_mins", "active", "updated_on"}
    for nothing in ({}, {"target_mins": 45}, {"schedule": ""}):
        error = desk.refused("update_sla_definition", sla_def_id="SLA_005", **nothing)
        assert "NO_CHANGES_DETECTED" in error["message"]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ({"name": "RESOLVE high"}, "conflict"),
        ({"name": ""}, "invalid"),
        ({"target_mins": 0}, "invalid"),
        ({"metric": "repair"}, "invalid"),
        ({"applies_to_priority": "planning"}, "invalid"),
        ({"schedule": "x" * 33}, "invalid"),
    ],
)
def test_a_definition_that_does_not_fit_is_refused(level: str, wrong: dict[str, Any], kind: str) -> None:
    assert Desk(level).refused("add_new_sla_definition", **(DEFINITION | wrong))["kind"] == kind
    if wrong != {"name": ""}:
        assert Desk(level).refused("update_sla_definition", sla_def_id="SLA_001", **wrong)["kind"] == kind


def test_definitions_belong_to_admins_when_enforced() -> None:
    for user in (MANAGER, AGENT, REPORTER):
        assert Desk("enforced", user).refused("add_new_sla_definition", **DEFINITION)["kind"] == "forbidden"
        change = {"sla_def_id": "SLA_001", "active": False}
        assert Desk("enforced", user).refused("update_sla_definition", **change)["kind"] == "forbidden"
        Desk("permissive", user).call("update_sla_definition", **change)
    Desk("enforced", ADMIN).call("add_new_sla_definition", **DEFINITION)


def test_definitions_are_found_and_listed() -> None:
    desk = Desk()
    assert desk.call("find_sla_definition_by_name", name="resolve HIGH")["sla_definition"]["sla_def_id"] == "SLA_002"
    assert desk.refused("find_sla_definition_by_name", name="resolve")["kind"] == "not_found"
    assert Desk("parity").call("find_sla_definition_by_name", name="resolve") == {}
    for filters, ids in (
        ({}, "4 3 2 1"),
        ({"name": "solve h"}, "2"),
        ({"target_mins": 480}, "3"),
        ({"applies_to_priority": "low", "metric": "resolution"}, "4"),
        ({"metric": "response"}, ""),
        ({"active": False}, ""),
        ({"pause_on_pending": True, "sla_def_id": "SLA_001"}, "1"),
        ({"created_before": "2026-02-01"}, ""),
    ):
        found = desk.call("find_sla_definitions", **filters)["items"]
        assert [row["sla_def_id"] for row in found] == [f"SLA_00{number}" for number in ids.split()]


def test_target_minutes_are_added_up_and_averaged_per_priority() -> None:
    desk = Desk()
    desk.call("add_new_sla_definition", **DEFINITION, applies_to_priority="high")
    sums = desk.call("total_sum_of_target_mins_per_priority")
    assert {each["priority"]: each["total_target_mins"] for each in sums["sums"]} == {
        "critical": 60,
        "high": 270,
        "moderate": 480,
        "low": 1440,
    }
    assert sums["total"] == 2250
    averages = desk.call("average_target_mins_per_priority", priority=["low", "high"])["averages"]
    assert averages == [
        {"priority": "low", "average_target_mins": 1440.0},
        {"priority": "high", "average_target_mins": 135.0},
    ]
    desk.call("update_sla_definition", sla_def_id="SLA_001", applies_to_priority="high")
    only = {"priority": ["critical"]}
    empty = desk.call("total_sum_of_target_mins_per_priority", **only)["sums"]
    assert empty == [{"priority": "critical", "total_target_mins": 0}]
    empty = desk.call("average_target_mins_per_priority", **only)["averages"]
    assert empty == [{"priority": "critical", "average_target_mins": None}]


def test_target_minutes_beyond_64_bits_together_are_still_added_up() -> None:
    desk = Desk()
    for name in ("Never", "Not ever"):
        desk.call("add_new_sla_definition", **{**DEFINITION, "name": name, "target_mins": 2**63 - 1})
    for sla_def_id in ("SLA_005", "SLA_006"):
        desk.call("update_sla_definition", sla_def_id=sla_def_id, applies_to_priority="low")
    assert desk.call("total_sum_of_target_mins_per_priority", priority=["low"])["total"] > 2**62
