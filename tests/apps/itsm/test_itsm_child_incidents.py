"""Child incidents: the mapping and the column agree, one parent, no circles; parity keeps the two apart."""

from typing import Any

import pytest
from itsm_desk import AGENT, LEVELS, REPORTER, Desk

STRICT = ("permissive", "enforced")
PARENTS = "SELECT coalesce(group_concat(child_incident || '<' || parent_incident, ' '), '') FROM child_incident"


def parent_of(desk: Desk, incident: str) -> str | None:
    found: str | None = desk.value("SELECT parent_incident FROM incident WHERE incident_id = ?", incident)
    return found


@pytest.mark.parametrize("level", LEVELS)
def test_an_incident_becomes_part_of_another(level: str) -> None:
    desk = Desk(level)
    mapping = desk.call("add_child_incident", parent_incident="INC_001", child_incident="INC_003")["mapping"]
    assert mapping["child_incident_mapping_id"] == "CINC_002"
    assert mapping["created_at"] == mapping["updated_at"] == "2026-03-02 09:00:00"
    tables = [(change.table, change.op) for change in desk.last_changes()]
    if level == "parity":
        assert tables == [("child_incident", "insert")] and parent_of(desk, "INC_003") is None
    else:
        assert sorted(tables) == [("child_incident", "insert"), ("incident", "update")]
        assert parent_of(desk, "INC_003") == "INC_001"
    listed = desk.call("list_child_incidents", parent_incident="INC_001")
    assert [row["child_incident"] for row in listed["items"]] == ["INC_003", "INC_002"]


def test_the_parent_is_found() -> None:
    found = Desk().call("find_parent_incident", child_incident="INC_002")
    assert found["parent"]["incident_id"] == "INC_001" and found["mapping"]["child_incident"] == "INC_002"
    for child in ("INC_001", "INC_999"):
        assert Desk().refused("find_parent_incident", child_incident=child)["kind"] == "not_found"
        assert Desk("parity").call("find_parent_incident", child_incident=child) == {}
    assert Desk().refused("list_child_incidents", parent_incident="INC_999")["kind"] == "not_found"
    assert Desk("parity").call("list_child_incidents", parent_incident="INC_999")["total"] == 0


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("parent", "child", "kind", "code"),
    [
        ("INC_001", "INC_999", "not_found", "INC_999"),
        ("INC_999", "INC_001", "not_found", "INC_999"),
        ("INC_003", "INC_003", "invalid", "SELF_REFERENCE"),
        ("INC_001", "INC_002", "conflict", "DUPLICATE_CHILD_INCIDENT"),
    ],
)
def test_a_pair_that_cannot_be_is_refused(level: str, parent: str, child: str, kind: str, code: str) -> None:
    error = Desk(level).refused("add_child_incident", parent_incident=parent, child_incident=child)
    assert error["kind"] == kind and code in error["message"]


@pytest.mark.parametrize(
    ("parent", "child", "code"),
    [("INC_003", "INC_002", "ALREADY_HAS_PARENT"), ("INC_002", "INC_001", "CIRCULAR_REFERENCE")],
)
def test_a_second_parent_or_a_circle_is_refused_but_not_at_parity(parent: str, child: str, code: str) -> None:
    pair = {"parent_incident": parent, "child_incident": child}
    for level in STRICT:
        error = Desk(level).refused("add_child_incident", **pair)
        assert error["kind"] == "conflict" and code in error["message"]
    assert Desk("parity").call("add_child_incident", **pair)["mapping"].items() >= pair.items()


def test_a_long_circle_is_seen() -> None:
    desk = Desk()
    desk.call("add_child_incident", parent_incident="INC_002", child_incident="INC_003")
    for tool, key in (("add_child_incident", "child_incident"), ("update_incident", "incident_id")):
        error = desk.refused(tool, **{key: "INC_001"}, parent_incident="INC_003")
        assert "CIRCULAR_REFERENCE" in error["message"]


@pytest.mark.parametrize("level", STRICT)
def test_several_children_come_together_or_not_at_all(level: str) -> None:
    desk = Desk(level)
    extra = [
        desk.call("create_incident", caller_id=REPORTER, short_description=text)["incident"]["incident_id"]
        for text in ("Gate stuck", "Barrier stuck")
    ]
    for wrong in ([*extra, "INC_002"], [*extra, "INC_999"], [*extra, extra[0]], []):
        assert desk.refused("add_child_incidents", parent_incident="INC_003", child_incidents=wrong)
    added = desk.call("add_child_incidents", parent_incident="INC_003", child_incidents=extra)
    assert [mapping["child_incident"] for mapping in added["mappings"]] == extra and added["total"] == 2
    assert {parent_of(desk, child) for child in extra} == {"INC_003"}


def test_the_column_of_an_incident_makes_and_moves_the_mapping_but_not_at_parity() -> None:
    for level in STRICT:
        desk = Desk(level)
        desk.call("create_incident", caller_id=REPORTER, short_description="Gate stuck", parent_incident="INC_001")
        assert desk.value(PARENTS) == "INC_002<INC_001 INC_005<INC_001"
        desk.call("update_incident", incident_id="INC_005", parent_incident="INC_003")
        assert desk.value(PARENTS) == "INC_002<INC_001 INC_005<INC_003"
        error = desk.refused("update_incident", incident_id="INC_003", parent_incident="INC_003")
        assert (error["kind"], error["field"]) == ("invalid", "parent_incident")
    desk = Desk("parity")
    desk.call("update_incident", incident_id="INC_003", parent_incident="INC_001")
    assert desk.value(PARENTS) == "INC_002<INC_001"


@pytest.mark.parametrize("level", STRICT)
def test_a_mapping_gets_another_parent_or_another_child(level: str) -> None:
    desk, key = Desk(level), {"child_incident_mapping_id": "CINC_001"}
    same = {"parent_incident": "INC_001", "child_incident": "INC_002"}
    assert "NO_CHANGES_DETECTED" in desk.refused("update_child_incident", **key, **same)["message"]
    desk.call("update_child_incident", **key, parent_incident="INC_003", child_incident="INC_002")
    assert (desk.value(PARENTS), parent_of(desk, "INC_002")) == ("INC_002<INC_003", "INC_003")
    desk.call("update_child_incident", **key, parent_incident="INC_003", child_incident="INC_001")
    assert desk.value(PARENTS) == "INC_001<INC_003"
    assert (parent_of(desk, "INC_001"), parent_of(desk, "INC_002")) == ("INC_003", None)
    desk.call("update_child_incident", **key, parent_incident="INC_001", child_incident="INC_003")
    assert (desk.value(PARENTS), parent_of(desk, "INC_001")) == ("INC_003<INC_001", None)
    unknown = {"child_incident_mapping_id": "CINC_999", **same}
    assert desk.refused("update_child_incident", **unknown)["kind"] == "not_found"


@pytest.mark.parametrize(
    ("named", "left"),
    [
        ({"child_incident_mapping_id": "CINC_001"}, "INC_003<INC_001"),
        ({"child_incident": "INC_003"}, "INC_002<INC_001"),
        ({"parent_incident": "INC_001"}, ""),
        ({"parent_incident": "INC_001", "child_incident": "INC_002"}, "INC_003<INC_001"),
    ],
)
@pytest.mark.parametrize("level", LEVELS)
def test_children_stand_for_themselves_again(level: str, named: dict[str, str], left: str) -> None:
    desk = Desk(level)
    desk.call("add_child_incident", parent_incident="INC_001", child_incident="INC_003")
    removed = desk.call("remove_child_incident", **named)
    assert desk.value(PARENTS) == left and removed["total"] == 2 - len(left.split())
    for mapping in removed["removed"]:
        assert parent_of(desk, mapping["child_incident"]) is None


@pytest.mark.parametrize(
    ("named", "kind"),
    [
        ({}, "invalid"),
        ({"child_incident_mapping_id": "CINC_999"}, "not_found"),
        ({"parent_incident": "INC_002"}, "not_found"),
    ],
)
def test_a_removal_of_nothing_is_refused(named: dict[str, str], kind: str) -> None:
    for level in STRICT:
        assert Desk(level).refused("remove_child_incident", **named)["kind"] == kind


@pytest.mark.parametrize(
    ("tool", "more"),
    [
        ("list_child_incidents", {"parent_incident": "INC_001"}),
        ("find_parent_incident", {"child_incident": "INC_002"}),
        ("add_child_incident", {"parent_incident": "INC_001", "child_incident": "INC_003"}),
        ("remove_child_incident", {"child_incident_mapping_id": "CINC_001"}),
    ],
)
def test_reporters_keep_out_when_enforced(tool: str, more: dict[str, Any]) -> None:
    assert Desk("enforced", REPORTER).refused(tool, **more)["kind"] == "forbidden"
    for level in ("permissive", "parity"):
        Desk(level, REPORTER).call(tool, **more)


def test_another_organization_is_out_of_reach_when_enforced() -> None:
    foreign = {"parent_incident": "INC_001", "child_incident": "INC_004"}
    assert Desk("enforced", AGENT).refused("add_child_incident", **foreign)["kind"] == "not_found"
    assert Desk("permissive", AGENT).call("add_child_incident", **foreign)
    for tool, more in (("remove_child_incident", {}), ("update_child_incident", {"child_incident": "INC_003"})):
        arguments = {"child_incident_mapping_id": "CINC_001", "parent_incident": "INC_004"} | more
        assert Desk("enforced", AGENT).refused(tool, **arguments)["kind"] == "not_found"


def test_a_closed_incident_takes_no_parent_when_enforced() -> None:
    pair = {"parent_incident": "INC_001", "child_incident": "INC_003"}
    for level in LEVELS:
        desk = Desk(level)
        desk.close("INC_003")
        if level == "enforced":
            assert desk.refused("add_child_incident", **pair)["kind"] == "conflict"
        else:
            desk.call("add_child_incident", **pair)
