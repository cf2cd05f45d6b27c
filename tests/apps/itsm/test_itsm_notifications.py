"""Notifications and their numbers at the three levels."""

import itertools
from typing import Any

import pytest
from itsm_desk import ADMIN, AGENT, LEVELS, MANAGER, REPORTER, STRANGER, Desk, context

from enterpriselab.apps.itsm.rules.enums import ENUMS
from enterpriselab.apps.itsm.rules.machines import NOTIFICATION
from enterpriselab.apps.itsm.tools import notification_counts, notifications
from enterpriselab.toolkit import Context, ToolError

GRETA, INES, OLOF, NGOZI = (
    f"{name}@{firm}.example"
    for name, firm in (
        ("greta.nyman", "lindqvist"),
        ("ines.falk", "lindqvist"),
        ("olof.strand", "lindqvist"),
        ("ngozi.okafor", "okafor"),
    )
)
NEW = {"incident_id": "INC_002", "email": GRETA}
KEY = {"notification_id": "NOTIF_001"}
WRITING: list[tuple[str, dict[str, str]]] = [("send_notification", NEW), ("update_notification", KEY)]
NOW = "2026-03-02 09:00:00"
STATUSES = sorted(NOTIFICATION.moves)


def made(desk: Desk) -> list[tuple[str, str]]:
    return [(change.op, change.table) for change in desk.last_changes()]


def stored(level: str, status: str, user: str = ADMIN) -> Context:
    """A desk whose only notification has the status."""
    ctx = context(level, user)
    ctx.db.update("notification", KEY, status=status)
    return ctx


def refusal(ctx: Context, **changes: Any) -> ToolError:
    with pytest.raises(ToolError) as caught:
        notifications.update_notification.run(ctx, KEY | changes)
    return caught.value


@pytest.mark.parametrize("level", LEVELS)
def test_a_new_notification_is_a_queued_update(level: str) -> None:
    desk = Desk(level, AGENT)
    notice = desk.call("send_notification", **NEW)["notification"]
    assert made(desk) == [("insert", "notification")]
    assert desk.row("SELECT * FROM notification WHERE notification_id = 'NOTIF_002'") == notice
    texts = {"type": "update", "status": "queued", "subject": None, "message": None}
    stamps = {"org_id": "ORG_001", "created_on": NOW, "updated_on": NOW}
    assert notice == NEW | {"notification_id": "NOTIF_002"} | texts | stamps
    said = {"type": "alert", "status": "queued", "subject": "S", "message": "M"}
    notice = desk.call("send_notification", **NEW, **said)["notification"]
    assert notice == notice | said | {"notification_id": "NOTIF_003"}


@pytest.mark.parametrize("status", STATUSES)
def test_only_at_enforced_a_new_notification_is_queued_in_any_case(status: str) -> None:
    for level in LEVELS:
        if level == "enforced" and status != "queued":
            error = Desk(level).refused("send_notification", **NEW, status=status)
            assert (error["kind"], error["field"], error["accepted"]) == ("conflict", "status", ["queued"])
        else:
            assert Desk(level).call("send_notification", **NEW, status=status)["notification"]["status"] == status


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("tool", "arguments"), WRITING)
def test_an_address_is_that_of_a_user(level: str, tool: str, arguments: dict[str, str]) -> None:
    queued = stored(level, "queued")
    run = {
        "send_notification": notifications.send_notification,
        "update_notification": notifications.update_notification,
    }
    for address in ("nobody@lindqvist.example", "greta", "%@lindqvist.example", "x' OR 1=1 --"):
        with pytest.raises(ToolError, match="USER_EMAIL_NOT_FOUND") as caught:
            run[tool].run(queued, arguments | {"email": address})
        assert (caught.value.kind, caught.value.field) == ("not_found", "email")
    notice = run[tool].run(queued, arguments | {"email": " INES.Falk@lindqvist.EXAMPLE"})["notification"]
    assert notice["email"] == INES


@pytest.mark.parametrize(("tool", "arguments"), WRITING)
def test_at_enforced_the_user_is_active_and_of_the_organization(tool: str, arguments: dict[str, str]) -> None:
    run = {
        "send_notification": notifications.send_notification,
        "update_notification": notifications.update_notification,
    }
    for address, kind, word in ((OLOF, "conflict", "INACTIVE_USER"), (NGOZI, "not_found", "USER_EMAIL_NOT_FOUND")):
        with pytest.raises(ToolError, match=word) as caught:
            run[tool].run(stored("enforced", "queued"), arguments | {"email": address})
        assert (caught.value.kind, caught.value.field) == (kind, "email")
        for level in ("permissive", "parity"):
            notice = run[tool].run(stored(level, "queued"), arguments | {"email": address})["notification"]
            assert notice["email"] == address


def test_of_two_users_with_one_address_the_active_one_counts() -> None:
    ctx = context("enforced")
    ctx.db.update("users", {"user_id": "USER_007"}, email=OLOF.upper(), org_id="ORG_001")
    assert notifications.send_notification.run(ctx, NEW | {"email": OLOF})["notification"]["email"] == OLOF.upper()


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("tool", "arguments"), WRITING)
def test_a_value_that_cannot_be_is_refused_at_every_level(level: str, tool: str, arguments: dict[str, str]) -> None:
    for column, value, kind in (
        ("incident_id", "INC_999", "not_found"),
        ("type", "Update", "invalid"),
        ("status", "success", "invalid"),
        ("subject", "x" * 256, "invalid"),
        ("message", "x" * 2001, "invalid"),
    ):
        error = Desk(level).refused(tool, **{**arguments, column: value})
        assert (error["kind"], error["field"]) == (kind, column)


def test_an_update_changes_what_is_given() -> None:
    desk = Desk(user=AGENT)
    before = desk.row("SELECT * FROM notification")
    wish = {
        "incident_id": "INC_002",
        "email": INES,
        "type": "report",
        "status": "opened",
        "subject": "S",
        "message": "M",
    }
    assert desk.call("update_notification", **KEY, **wish)["notification"] == before | wish | {"updated_on": NOW}
    assert made(desk) == [("update", "notification")]
    nothing: dict[str, str]
    for nothing in ({}, {"subject": ""}, {"email": INES.upper()}, {"status": "opened"}):
        error = desk.refused("update_notification", **KEY, **nothing)
        assert error["kind"] == "invalid" and "NO_CHANGES_DETECTED" in error["message"]
    assert desk.refused("update_notification", notification_id="NOTIF_999", subject="S")["kind"] == "not_found"


@pytest.mark.parametrize("level", LEVELS)
def test_a_notification_takes_the_steps_that_its_level_allows(level: str) -> None:
    for old, new in itertools.permutations(STATUSES, 2):
        ctx = stored(level, old, AGENT)
        if level == "enforced" and new not in NOTIFICATION.moves[old]:
            error = refusal(ctx, status=new)
            assert (error.kind, error.accepted) == ("conflict", list(NOTIFICATION.moves[old]))
        else:
            assert notifications.update_notification.run(ctx, KEY | {"status": new})["notification"]["status"] == new


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("status", STATUSES)
def test_at_enforced_a_notification_is_corrected_only_while_queued(level: str, status: str) -> None:
    step = {"status": NOTIFICATION.moves[status][0]} if NOTIFICATION.moves[status] else {}
    for wish in ({"message": "M"}, {"message": "M", **step}):
        ctx = stored(level, status)
        if level == "enforced" and status != "queued":
            assert refusal(ctx, **wish).kind == "conflict"
        else:
            assert notifications.update_notification.run(ctx, KEY | wish)["notification"]["message"] == "M"


def test_a_notification_is_deleted_alone() -> None:
    desk = Desk("enforced", MANAGER)
    gone = desk.call("delete_notifications", **KEY)
    assert made(desk) == [("delete", "notification")]
    assert [notice["notification_id"] for notice in gone["removed"]] == ["NOTIF_001"] and gone["total"] == 1
    assert desk.refused("delete_notifications", **KEY)["kind"] == "not_found"
    assert Desk("parity").call("delete_notifications", notification_id="NOTIF_999")["total"] == 0
    assert "MISSING_FILTER" in Desk("parity").refused("delete_notifications", notification_id="")["message"]


def test_who_may_do_what_with_notifications_at_enforced() -> None:
    for tool, arguments in (("send_notification", NEW), ("update_notification", KEY | {"status": "delivered"})):
        assert Desk("enforced", REPORTER).refused(tool, **arguments)["kind"] == "forbidden"
        assert Desk("enforced", AGENT).call(tool, **arguments)
    for user in (AGENT, REPORTER):
        assert Desk("enforced", user).refused("delete_notifications", **KEY)["kind"] == "forbidden"
        assert Desk("permissive", user).call("delete_notifications", **KEY)
    assert Desk("enforced", STRANGER).refused("update_notification", **KEY, status="opened")["kind"] == "not_found"
    foreign = Desk("enforced").refused("send_notification", **NEW | {"incident_id": "INC_004"})
    assert (foreign["kind"], foreign["field"]) == ("not_found", "incident_id")
    assert Desk("parity").call("send_notification", **NEW | {"incident_id": "INC_004"})


@pytest.mark.parametrize(("user", "total"), [(AGENT, 1), (REPORTER, 0), (STRANGER, 0)])
def test_at_enforced_reporters_see_what_is_about_their_own_incidents(user: str, total: int) -> None:
    ctx = context("enforced", user)
    ctx.db.update("incident", {"incident_id": "INC_001"}, caller_id=ADMIN)
    assert notifications.find_notifications.run(ctx, {})["total"] == total
    assert notification_counts.count_notifications_by_status.run(ctx, {})["total"] == total
    assert Desk("enforced", REPORTER).call("find_notifications")["total"] == 1
    if user == REPORTER:
        assert notification_counts.average_notifications_by_incident.run(ctx, {})["incidents"] == 2
        for count in (
            notification_counts.count_notifications_by_incident,
            notification_counts.average_notifications_by_incident,
        ):
            with pytest.raises(ToolError) as caught:
                count.run(ctx, {"incident_id": ["INC_001"]})
            assert caught.value.kind == "forbidden"


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["NOTIF_002", "NOTIF_001"]),
        ({"email": "GRETA"}, ["NOTIF_001"]),
        ({"email": "_"}, []),
        ({"email": "x' OR 1=1 --"}, []),
        ({"notification_id": "NOTIF_001", "incident_id": ""}, ["NOTIF_001"]),
        ({"incident_id": "INC_002", "type": "alert", "status": "queued"}, ["NOTIF_002"]),
        ({"type": None, "status": "failed"}, []),
        ({"created_before": "2026-02-02"}, ["NOTIF_001"]),
        ({"created_after": NOW}, ["NOTIF_002"]),
    ],
)
def test_notifications_are_listed_by_text_value_and_time(filters: dict[str, Any], found: list[str]) -> None:
    desk = Desk()
    desk.call("send_notification", incident_id="INC_002", email=INES, type="alert")
    listed = desk.call("find_notifications", **filters)
    assert [notice["notification_id"] for notice in listed["items"]] == found


@pytest.mark.parametrize("level", LEVELS)
def test_notifications_are_found_by_address_and_by_incident(level: str) -> None:
    desk = Desk(level)
    desk.call("send_notification", incident_id="INC_002", email=INES)
    for tool, wish, found in (
        ("find_notifications_for_email", {"email": GRETA.upper()}, ["NOTIF_001"]),
        ("find_notifications_for_email", {"email": OLOF}, []),
        ("find_notifications_sent_for_incident", {"incident_id": "INC_002"}, ["NOTIF_002"]),
        ("find_notifications_sent_for_incident", {"incident_id": "INC_003"}, []),
    ):
        listed = desk.call(tool, **wish)
        assert [notice["notification_id"] for notice in listed["items"]] == found


def test_who_and_what_does_not_exist_has_no_notifications_at_parity_and_is_told_elsewhere() -> None:
    unknown = (
        ("find_notifications_for_email", {"email": "greta"}),
        ("find_notifications_sent_for_incident", {"incident_id": "INC_999"}),
        ("count_notifications_by_incident", {"incident_id": ["INC_999"]}),
        ("average_notifications_by_incident", {"incident_id": ["INC_999"]}),
    )
    for tool, wish in unknown:
        assert Desk().refused(tool, **wish)["kind"] == "not_found"
        assert Desk("parity").call(tool, **wish)
    ctx = context()
    ctx.db.update("users", {"user_id": "USER_005"}, email="greta@lindqvist.example")
    assert notifications.find_notifications_for_email.run(ctx, {"email": GRETA})["total"] == 1


def counts(desk: Desk, by: str, *wanted: str) -> dict[str, int]:
    """The numbers of a counting tool; their sum is its total."""
    found = desk.call(
        f"count_notifications_by_{by}", **({f"{'incident_id' if by == 'incident' else by}": list(wanted)})
    )
    numbers = {
        next(value for name, value in each.items() if name != "count"): each["count"] for each in found["counts"]
    }
    assert sum(numbers.values()) == found["total"] and len(numbers) == len(found["counts"])
    return numbers


@pytest.mark.parametrize("level", LEVELS)
def test_notifications_are_counted_by_status_type_and_incident(level: str) -> None:
    desk = Desk(level)
    for kind in ("alert", "update"):
        desk.call("send_notification", **NEW, type=kind)
    zeros = dict.fromkeys(ENUMS["notification.status"], 0)
    assert counts(desk, "status") == zeros | {"queued": 2, "sent": 1}
    assert counts(desk, "status", "failed", "sent", "failed") == {"failed": 0, "sent": 1}
    assert counts(desk, "type") == dict.fromkeys(ENUMS["notification.type"], 0) | {"alert": 1, "update": 2}
    assert counts(desk, "type", "other") == {"other": 0}
    assert counts(desk, "incident") == {"INC_001": 1, "INC_002": 2}
    assert counts(desk, "incident", "INC_003", "INC_002") == {"INC_003": 0, "INC_002": 2}
    for tool in ("status", "type"):
        assert desk.refused(f"count_notifications_by_{tool}", **{tool: ["Sent"]})["kind"] == "invalid"


@pytest.mark.parametrize("level", LEVELS)
def test_the_mean_counts_incidents_without_a_notification(level: str) -> None:
    desk = Desk(level)
    desk.call("send_notification", **NEW)
    every = 3 if level == "enforced" else 4
    for wanted, incidents, total, mean in (
        ({}, every, 2, 2 / every),
        ({"incident_id": []}, every, 2, 2 / every),
        ({"incident_id": ["INC_002", "INC_003"]}, 2, 1, 0.5),
        ({"incident_id": ["INC_001", "INC_001"]}, 1, 1, 1.0),
        ({"incident_id": ["INC_003"]}, 1, 0, 0.0),
    ):
        found = desk.call("average_notifications_by_incident", **wanted)
        assert found == {"incidents": incidents, "notifications": total, "average": mean}


def test_without_incidents_there_is_no_mean() -> None:
    ctx = context("enforced", REPORTER)
    ctx.db.execute("UPDATE incident SET caller_id = ?", ADMIN)
    nothing = {"incidents": 0, "notifications": 0, "average": None}
    assert notification_counts.average_notifications_by_incident.run(ctx, {}) == nothing
    assert notification_counts.count_notifications_by_incident.run(ctx, {}) == {"counts": [], "total": 0}
