"""The SLAs of incidents at the three levels: deadlines, pauses, breaches, stages."""

from itertools import permutations
from typing import Any

import pytest
from itsm_desk import AGENT, LEVELS, MANAGER, REPORTER, Desk, context

from enterpriselab.apps.itsm.rules.enums import ENUMS
from enterpriselab.apps.itsm.rules.machines import INCIDENT_SLA
from enterpriselab.apps.itsm.tools.incident_slas import update_incident_sla_details

STRICT = ("permissive", "enforced")
DEFINITION = {"name": "Answer high", "metric": "response", "target_mins": 30, "pause_on_pending": False, "active": True}
ENDED = {"resolution_code": "User error", "resolution_notes": "The plug was out."}
HOLD = {"status": "on_hold", "on_hold_reason": "Awaiting Caller"}
CLOCK = "SELECT stage, has_breached, breach_time, completed_time FROM incident_sla WHERE incident_sla_id = ?"
DUE = "2026-03-03 06:00:00"
"""Deadline of the SLA TSLA_001 of INC_001, a resolution within a day that pauses."""
LINK = {"incident_id": "INC_002", "sla_def_id": "SLA_004", "start_time": "2026-03-02T08:00:00Z"}


def clock(desk: Desk, key: str = "TSLA_001") -> tuple[Any, ...]:
    return tuple(desk.row(CLOCK, key).values())


def set_status(desk: Desk, status: str, **more: str) -> None:
    extra = HOLD if status == "on_hold" else ENDED if status == "resolved" else {}
    desk.call("update_incident", incident_id="INC_001", **{**extra, "status": status, **more})


def test_a_linked_sla_gets_its_deadline_but_not_at_parity() -> None:
    for level, due in (("permissive", "2026-03-03 08:00:00"), ("enforced", "2026-03-03 08:00:00"), ("parity", None)):
        desk = Desk(level, AGENT)
        sla = desk.call("link_new_incident_sla", **LINK)["incident_sla"]
        assert (sla["incident_sla_id"], sla["stage"], sla["has_breached"]) == ("TSLA_002", "in_progress", False)
        assert (sla["start_time"], sla["breach_time"], sla["completed_time"]) == ("2026-03-02 08:00:00", due, None)
        assert [(change.table, change.op) for change in desk.last_changes()] == [("incident_sla", "insert")]


def test_a_deadline_may_lie_anywhere_in_the_calendar() -> None:
    for start, due in (("0001-01-01", "0001-01-02 00:00:00"), ("9999-12-30", "9999-12-31 00:00:00")):
        sla = Desk().call("link_new_incident_sla", **(LINK | {"start_time": start}))["incident_sla"]
        assert (sla["start_time"], sla["breach_time"]) == (f"{start} 00:00:00", due)
    error = Desk().refused("link_new_incident_sla", **(LINK | {"start_time": "9999-12-31"}))
    assert (error["kind"], error["field"]) == ("invalid", "start_time")


def test_a_deadline_in_the_past_is_a_breach_but_not_at_parity() -> None:
    for level in LEVELS:
        late = LINK | {"start_time": "2026-02-27"}
        assert Desk(level).call("link_new_incident_sla", **late)["incident_sla"]["has_breached"] is (level != "parity")


def test_an_sla_of_a_waiting_incident_starts_paused_but_not_at_parity() -> None:
    for level, stage in (("permissive", "paused"), ("enforced", "paused"), ("parity", "in_progress")):
        desk = Desk(level)
        desk.call("update_incident", incident_id="INC_002", **HOLD)
        assert desk.call("link_new_incident_sla", **LINK)["incident_sla"]["stage"] == stage


def test_a_completed_sla_may_be_recorded() -> None:
    sla = Desk().call("link_new_incident_sla", **LINK, completed_time="2026-03-02 08:30:00")["incident_sla"]
    assert (sla["stage"], sla["has_breached"], sla["completed_time"]) == ("completed", False, "2026-03-02 08:30:00")
    sla = Desk().call("link_new_incident_sla", **LINK, stage="completed")["incident_sla"]
    assert sla["completed_time"] == "2026-03-02 09:00:00"


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("wrong", "kind", "word"),
    [
        ({"incident_id": "INC_001"}, "conflict", "DUPLICATE_INCIDENT_SLA"),
        ({"incident_id": "INC_999"}, "not_found", "INC_999"),
        ({"sla_def_id": "SLA_999"}, "not_found", "SLA_999"),
        ({"stage": "running"}, "invalid", "INVALID_ENUM_VALUE"),
        ({"start_time": "now"}, "invalid", "INVALID_DATE"),
        ({"start_time": ""}, "invalid", "INVALID_DATE"),
        ({"start_time": "0001-01-01T00:00:00+05:00"}, "invalid", "INVALID_DATE"),
        ({"breach_time": "2026-03-01"}, "invalid", "INVALID_DATE_RANGE"),
    ],
)
def test_a_link_that_does_not_fit_is_refused(level: str, wrong: dict[str, str], kind: str, word: str) -> None:
    error = Desk(level).refused("link_new_incident_sla", **(LINK | wrong))
    assert error["kind"] == kind and word in error["message"]


@pytest.mark.parametrize("end", ["2026-03-02 07:00:00", "2026-03-02 10:00:00"])
def test_a_promise_is_kept_between_start_and_now_but_not_at_parity(end: str) -> None:
    for level in STRICT:
        error = Desk(level).refused("link_new_incident_sla", **LINK, completed_time=end)
        assert (error["kind"], error["field"]) == ("invalid", "completed_time")
    Desk("parity").call("link_new_incident_sla", **LINK, completed_time=end)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"sla_def_id": "SLA_002"}, "sla_def_id"),
        ({"breach_time": "2026-03-04"}, "breach_time"),
        ({"stage": "paused"}, "stage"),
        ({"stage": "completed"}, "stage"),
        ({"has_breached": True}, "has_breached"),
    ],
)
def test_a_link_against_the_rules_is_refused_only_when_enforced(wrong: dict[str, Any], field: str) -> None:
    error = Desk("enforced").refused("link_new_incident_sla", **(LINK | wrong))
    assert (error["kind"], error["field"]) == ("conflict", field) and error["accepted"]
    for level in ("permissive", "parity"):
        sla = Desk(level).call("link_new_incident_sla", **(LINK | wrong))["incident_sla"]
        assert sla[field] == (f"{wrong[field]} 00:00:00" if field == "breach_time" else wrong[field])


def test_an_inactive_definition_is_linked_only_where_rules_are_not_enforced() -> None:
    for level in LEVELS:
        desk = Desk(level)
        desk.call("update_sla_definition", sla_def_id="SLA_004", active=False)
        if level == "enforced":
            assert desk.refused("link_new_incident_sla", **LINK)["field"] == "sla_def_id"
        else:
            desk.call("link_new_incident_sla", **LINK)


@pytest.mark.parametrize("level", STRICT)
def test_a_hold_stops_the_clock_for_as_long_as_it_lasts(level: str) -> None:
    desk = Desk(level)
    set_status(desk, "on_hold")
    assert clock(desk) == ("paused", 0, DUE, None)
    desk.episode.clock.advance(3 * 86400 - 1)
    set_status(desk, "in_progress")
    assert clock(desk) == ("in_progress", 0, "2026-03-06 06:00:00", None)


@pytest.mark.parametrize("level", STRICT)
def test_a_change_during_the_hold_does_not_lose_the_pause(level: str) -> None:
    desk = Desk(level)
    set_status(desk, "on_hold")
    desk.episode.clock.advance(3599)
    desk.call("update_incident_sla_details", incident_sla_id="TSLA_001", start_time="2026-03-02 06:30:00")
    assert clock(desk) == ("paused", 0, "2026-03-03 06:30:00", None)
    desk.episode.clock.advance(3599)
    set_status(desk, "in_progress")
    assert clock(desk) == ("in_progress", 0, "2026-03-03 07:30:00", None)


@pytest.mark.parametrize("level", STRICT)
def test_resolving_completes_the_clock_and_reopening_starts_it_again(level: str) -> None:
    desk = Desk(level)
    set_status(desk, "resolved", resolved="2026-03-02 08:59:00")
    assert clock(desk) == ("completed", 0, DUE, "2026-03-02 08:59:00")
    desk.episode.clock.advance(2 * 86400)
    set_status(desk, "in_progress")
    assert clock(desk) == ("in_progress", 1, DUE, None)


@pytest.mark.parametrize("level", STRICT)
def test_resolving_after_the_deadline_is_a_breach(level: str) -> None:
    desk = Desk(level)
    desk.episode.clock.advance(86400)
    set_status(desk, "resolved")
    assert clock(desk) == ("completed", 1, DUE, "2026-03-03 09:00:00")


@pytest.mark.parametrize("level", STRICT)
def test_a_canceled_incident_cancels_its_clocks(level: str) -> None:
    desk = Desk(level)
    set_status(desk, "canceled")
    assert clock(desk) == ("canceled", 0, DUE, None)


def test_a_response_is_given_when_work_begins_and_stays_given() -> None:
    desk = Desk()
    desk.call("add_new_sla_definition", **DEFINITION)
    desk.call("link_new_incident_sla", **(LINK | {"sla_def_id": "SLA_005"}))
    desk.call("update_incident", incident_id="INC_002", status="in_progress")
    given = ("completed", 1, "2026-03-02 08:30:00", "2026-03-02 09:00:02")
    assert clock(desk, "TSLA_002") == given
    desk.call("update_incident", incident_id="INC_002", **HOLD)
    desk.call("update_incident", incident_id="INC_002", status="canceled")
    assert clock(desk, "TSLA_002") == given


def test_a_definition_that_does_not_pause_goes_on_during_a_hold() -> None:
    desk = Desk()
    desk.call("update_sla_definition", sla_def_id="SLA_004", pause_on_pending=False)
    set_status(desk, "on_hold")
    assert clock(desk) == ("in_progress", 0, DUE, None)


def test_a_breach_on_record_stays_until_the_deadline_is_moved() -> None:
    desk, key = Desk(), {"incident_sla_id": "TSLA_001"}
    desk.call("update_incident_sla_details", **key, has_breached=True)
    set_status(desk, "on_hold")
    set_status(desk, "in_progress")
    set_status(desk, "resolved")
    assert clock(desk)[:2] == ("completed", 1)
    desk.call("update_incident_sla_details", **key, start_time="2026-03-02 08:00:00")
    assert clock(desk)[:3] == ("completed", 0, "2026-03-03 08:00:00")


def test_what_was_completed_by_hand_starts_again_only_with_a_reopening() -> None:
    desk = Desk()
    desk.call("update_incident_sla_details", incident_sla_id="TSLA_001", stage="completed")
    for status in ("on_hold", "in_progress", "resolved"):
        set_status(desk, status)
        assert clock(desk) == ("completed", 0, DUE, "2026-03-02 09:00:00")
    set_status(desk, "in_progress")
    assert clock(desk) == ("in_progress", 0, DUE, None)


def test_an_old_record_that_does_not_add_up_can_still_be_changed() -> None:
    ctx = context()
    ctx.db.execute("UPDATE incident_sla SET stage = 'completed', completed_time = '2026-04-01 00:00:00'")
    changed = update_incident_sla_details.run(ctx, {"incident_sla_id": "TSLA_001", "has_breached": True})
    assert changed["incident_sla"]["completed_time"] == "2026-04-01 00:00:00"


def test_at_parity_no_clock_follows_its_incident() -> None:
    desk = Desk("parity")
    for status in ("on_hold", "in_progress", "resolved", "canceled"):
        set_status(desk, status)
        assert [change.table for change in desk.last_changes()] == ["incident"]


def in_stage(level: str, stage: str) -> Desk:
    """A desk where TSLA_001 is in the stage; its incident is on hold where the clock is paused."""
    desk = Desk(level)
    if stage == "paused":
        set_status(desk, "on_hold")
    if stage != "in_progress" and clock(desk)[0] != stage:
        desk.call("update_incident_sla_details", incident_sla_id="TSLA_001", stage=stage)
    return desk


@pytest.mark.parametrize(("old", "new"), list(permutations(ENUMS["incident_sla.stage"], 2)))
def test_a_stage_follows_another_when_the_rules_say_so(old: str, new: str) -> None:
    change = {"incident_sla_id": "TSLA_001", "stage": new}
    for level in LEVELS:
        desk = in_stage(level, old)
        if level != "enforced" or (new in INCIDENT_SLA.moves[old] and new != "paused"):
            sla = desk.call("update_incident_sla_details", **change)["incident_sla"]
            stamped = new == "completed" and level != "parity"
            assert sla["stage"] == new and (sla["completed_time"] is not None) == stamped
        else:
            error = desk.refused("update_incident_sla_details", **change)
            assert (error["kind"], error["field"]) == ("conflict", "stage")
            assert set(error["accepted"]) == set(INCIDENT_SLA.moves[old]) - {new}


def test_a_clock_is_paused_by_hand_while_its_incident_waits() -> None:
    desk = Desk("enforced")
    set_status(desk, "on_hold")
    for stage in ("in_progress", "paused"):
        desk.call("update_incident_sla_details", incident_sla_id="TSLA_001", stage=stage)
        assert clock(desk)[0] == stage


def test_a_canceled_clock_is_not_changed_any_more_when_enforced() -> None:
    change = {"incident_sla_id": "TSLA_001", "start_time": "2026-03-02 07:00:00"}
    assert in_stage("enforced", "canceled").refused("update_incident_sla_details", **change)["kind"] == "conflict"
    in_stage("permissive", "canceled").call("update_incident_sla_details", **change)


def test_a_new_start_or_definition_moves_the_deadline_but_not_at_parity() -> None:
    for level, due in (("permissive", "2026-03-02 04:00:00"), ("parity", DUE)):
        desk = Desk(level)
        change = {"sla_def_id": "SLA_002", "start_time": "2026-03-02"}
        sla = desk.call("update_incident_sla_details", incident_sla_id="TSLA_001", **change)["incident_sla"]
        assert (sla["breach_time"], sla["has_breached"]) == (due, level == "permissive")
    error = Desk("enforced").refused("update_incident_sla_details", incident_sla_id="TSLA_001", sla_def_id="SLA_002")
    assert (error["kind"], error["accepted"]) == ("conflict", ["SLA_004"])


def test_a_breach_may_be_said_but_not_invented_when_enforced() -> None:
    said = {"incident_sla_id": "TSLA_001", "has_breached": True}
    for level in ("permissive", "parity"):
        assert Desk(level).call("update_incident_sla_details", **said)["incident_sla"]["has_breached"] is True
    desk = Desk("enforced")
    error = desk.refused("update_incident_sla_details", **said)
    assert (error["field"], error["accepted"]) == ("has_breached", [False])
    desk.episode.clock.advance(86400)
    assert desk.call("update_incident_sla_details", **said)["incident_sla"]["has_breached"] is True


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({}, "invalid"),
        ({"stage": "in_progress", "has_breached": False}, "invalid"),
        ({"stage": "stopped"}, "invalid"),
        ({"breach_time": "2026-03-01"}, "invalid"),
        ({"incident_id": "INC_999"}, "not_found"),
        ({"incident_sla_id": "TSLA_999"}, "not_found"),
        ({"incident_id": "INC_002"}, "conflict"),
    ],
)
def test_a_change_that_does_not_fit_is_refused(level: str, change: dict[str, Any], kind: str) -> None:
    desk = Desk(level)
    desk.call("link_new_incident_sla", **LINK)
    assert desk.refused("update_incident_sla_details", **({"incident_sla_id": "TSLA_001"} | change))["kind"] == kind


def test_slas_are_listed_counted_and_deleted() -> None:
    desk = Desk()
    desk.call("link_new_incident_sla", **(LINK | {"start_time": "2026-02-27"}))
    for filters, ids in (
        ({}, "2 1"),
        ({"has_breached": True}, "2"),
        ({"has_breached": False, "stage": "in_progress"}, "1"),
        ({"incident_id": "INC_001", "sla_def_id": "SLA_004"}, "1"),
        ({"created_after": "2026-03-01"}, "2"),
        ({"created_before": "2026-03-01", "incident_sla_id": "TSLA_002"}, ""),
    ):
        found = desk.call("find_incident_slas", **filters)["items"]
        assert [row["incident_sla_id"] for row in found] == [f"TSLA_00{number}" for number in ids.split()]
    counts = desk.call("find_stage_wise_breached_incident_sla_counts")
    assert counts["counts"][0] == {"stage": "in_progress", "count": 1} and counts["total"] == 1
    counts = desk.call("find_stage_wise_breached_incident_sla_counts", stages=["paused"])
    assert counts == {"counts": [{"stage": "paused", "count": 0}], "total": 0}
    assert desk.refused("find_stage_wise_breached_incident_sla_counts", stages=["late"])["kind"] == "invalid"
    assert desk.refused("delete_incident_slas")["kind"] == "invalid"
    assert desk.refused("delete_incident_slas", incident_id="INC_003")["kind"] == "not_found"
    removed = desk.call("delete_incident_slas", has_breached=True)
    assert [row["incident_sla_id"] for row in removed["removed"]] == ["TSLA_002"]
    assert desk.value("SELECT group_concat(incident_sla_id) FROM incident_sla") == "TSLA_001"


def test_agents_link_slas_and_delete_none_and_reporters_do_neither_when_enforced() -> None:
    key = {"incident_sla_id": "TSLA_001"}
    assert Desk("enforced", AGENT).refused("delete_incident_slas", **key)["kind"] == "forbidden"
    assert Desk("enforced", MANAGER).call("delete_incident_slas", **key)["total"] == 1
    for tool, arguments in (
        ("link_new_incident_sla", LINK),
        ("update_incident_sla_details", key | {"stage": "completed"}),
        ("find_incident_slas", {}),
        ("delete_incident_slas", key),
    ):
        assert Desk("enforced", REPORTER).refused(tool, **arguments)["kind"] == "forbidden"
        Desk("permissive", REPORTER).call(tool, **arguments)
