import pytest
from hr_office import Office


def apply(office: Office, worker: dict[str, str], first: str, last: str, **more: object) -> dict[str, object]:
    wish = {"leave_type": "Annual Leave", "from_date": first, "to_date": last} | more
    return office.call("apply_leave", who=worker["person_id"], **wish)


def balance(office: Office, worker: dict[str, str], kind: str = "Annual Leave") -> dict[str, float]:
    found = office.call("get_leave_balance", employee_id=worker["employee_id"], leave_type=kind)
    return found["balances"][0]


def test_leave_costs_working_days_without_weekend_and_site_holidays(office: Office) -> None:
    made = apply(office, office.worker("HAM"), "2026-04-02", "2026-04-08")  # Good Friday, weekend, Easter Monday
    assert (made["days"], made["status"]) == (3.0, "Open")
    made = apply(office, office.worker("PNQ"), "2026-03-16", "2026-03-20")  # Gudi Padwa on the 19th
    assert made["days"] == 4.0


def test_a_half_day_costs_half_and_stays_on_one_day(office: Office) -> None:
    worker = office.worker()
    assert apply(office, worker, "2026-03-10", "2026-03-10", half_day=True)["days"] == 0.5
    wish = {"leave_type": "Annual Leave", "from_date": "2026-03-12", "to_date": "2026-03-13", "half_day": True}
    assert "half_day" in office.refused("apply_leave", "invalid", who=worker["person_id"], **wish)
    wish = {"leave_type": "Leave Without Pay", "from_date": "2026-04-14", "to_date": "2026-04-14", "half_day": True}
    assert "whole days" in office.refused("apply_leave", "invalid", who=worker["person_id"], **wish)


@pytest.mark.parametrize(
    ("wish", "kind", "words"),
    [
        ({"from_date": "2026-03-12", "to_date": "2026-03-10"}, "invalid", "before it begins"),
        ({"from_date": "2026-03-07", "to_date": "2026-03-08"}, "invalid", "Saturday"),
        ({"from_date": "2026-05-01", "to_date": "2026-05-01"}, "invalid", "Labour Day"),
        ({"from_date": "2026-03-02", "to_date": "2026-03-02"}, "invalid", "notice"),
        ({"from_date": "2026-12-28", "to_date": "2027-01-05"}, "invalid", "calendar year"),
        ({"from_date": "2026-06-01", "to_date": "2026-08-28"}, "invalid", "at most 25"),
        ({"leave_type": "Sick Leave", "from_date": "2026-02-02", "to_date": "2026-02-02"}, "invalid", "2026-02-16"),
        ({"leave_type": "Holiday", "from_date": "2026-03-09", "to_date": "2026-03-09"}, "not_found", "Annual Leave"),
        ({"leave_type": "Study Leave", "from_date": "2026-04-14", "to_date": "2026-04-14"}, "conflict", "0 free"),
        ({"from_date": "2026-02-30", "to_date": "2026-03-09"}, "invalid", "from_date"),
    ],
)
def test_wishes_that_break_a_rule_are_refused(office: Office, wish: dict[str, str], kind: str, words: str) -> None:
    worker = office.worker()
    assert words in office.refused(
        "apply_leave", kind, who=worker["person_id"], **{"leave_type": "Annual Leave", **wish}
    )


def test_a_second_application_may_not_overlap_and_pending_days_count(office: Office) -> None:
    worker = office.worker("AUS")
    first = apply(office, worker, "2026-06-01", "2026-06-12")
    wish = {"leave_type": "Sick Leave", "from_date": "2026-06-12", "to_date": "2026-06-15"}
    message = office.refused("apply_leave", "conflict", who=worker["person_id"], **wish)
    assert str(first["leave_application_id"]) in message
    assert balance(office, worker)["pending"] == 10.0
    wish = {"leave_type": "Annual Leave", "from_date": "2026-07-06", "to_date": "2026-07-20"}
    assert "10 waiting" in office.refused("apply_leave", "conflict", who=worker["person_id"], **wish)


def test_approval_takes_days_blocks_attendance_and_tells_others(office: Office) -> None:
    worker = office.worker()
    key = apply(office, worker, "2026-03-12", "2026-03-16")["leave_application_id"]
    before = balance(office, worker)
    done = office.call("approve_leave", who=worker["manager_id"], leave_application_id=key)
    after = balance(office, worker)
    assert done["status"] == "Approved"
    assert (after["taken"] - before["taken"], after["pending"], after["available"]) == (3.0, 0.0, before["available"])
    days = office.episode.sql(
        "SELECT attendance_date, status FROM hr_attendance WHERE leave_application_id = ? ORDER BY 1", key
    )
    assert [(d["attendance_date"], d["status"]) for d in days] == [(f"2026-03-{n}", "On Leave") for n in (12, 13, 16)]
    assert office.heard("LeaveApproved")[0] == {
        "application_id": key,
        "person_id": worker["person_id"],
        "from_date": "2026-03-12",
        "to_date": "2026-03-16",
        "half_day": False,
        "leave_type": "Annual Leave",
    }
    mail = office.heard("NotificationRequested")[-1]
    assert mail["to_emails"] == [worker["email"]] and mail["kind"] == "leave_approved" and str(key) in mail["body"]


def test_nobody_decides_their_own_and_strangers_decide_nothing(office: Office) -> None:
    worker, stranger = office.worker("HAM"), office.worker("LDS")
    key = apply(office, worker, "2026-03-12", "2026-03-12")["leave_application_id"]
    own = office.refused("approve_leave", "forbidden", who=worker["person_id"], leave_application_id=key)
    assert "own" in own
    other = office.refused("approve_leave", "forbidden", who=stranger["person_id"], leave_application_id=key)
    assert "manager above" in other
    message = office.refused(
        "get_leave_balance", "forbidden", who=stranger["person_id"], employee_id=worker["employee_id"]
    )
    assert "manager above" in message
    top = office.firm.department(worker["department_id"]).head_id
    assert office.call("approve_leave", who=top, leave_application_id=key)["status"] == "Approved"


def test_hr_cannot_approve_their_own_leave_either(office: Office) -> None:
    manager = office.picks["HR Manager"]
    key = office.call("apply_leave", leave_type="Annual Leave", from_date="2026-07-06", to_date="2026-07-06")
    message = office.refused(
        "approve_leave", "forbidden", who=manager.id, leave_application_id=key["leave_application_id"]
    )
    assert "Nobody" in message


def test_states_follow_the_machine(office: Office) -> None:
    worker = office.worker()
    key = str(apply(office, worker, "2026-03-12", "2026-03-12")["leave_application_id"])
    assert "reason" in office.refused("reject_leave", "invalid", leave_application_id=key)
    assert (
        office.call("reject_leave", leave_application_id=key, reason="Release week")["decision_note"] == "Release week"
    )
    for tool, more in (("approve_leave", {}), ("reject_leave", {"reason": "again"}), ("cancel_leave", {})):
        assert "Rejected" in office.refused(tool, "conflict", leave_application_id=key, **more)
    assert "get_leave_applications" in office.refused(
        "approve_leave", "not_found", leave_application_id="HR-LAP-2026-99999"
    )


def test_cancelling_gives_days_back_and_frees_the_calendar(office: Office) -> None:
    worker = office.worker()
    before = balance(office, worker)
    key = str(apply(office, worker, "2026-03-12", "2026-03-13")["leave_application_id"])
    office.call("approve_leave", leave_application_id=key)
    done = office.call("cancel_leave", who=worker["person_id"], leave_application_id=key, reason="Trip is off")
    assert done["status"] == "Cancelled"
    assert balance(office, worker) == before
    assert office.value("SELECT count(*) FROM hr_attendance WHERE leave_application_id = ?", key) == 0
    assert office.heard("LeaveCancelled")[0]["application_id"] == key
    assert "nothing" in office.refused("cancel_leave", "conflict", leave_application_id=key)


def test_leave_that_has_begun_is_cancelled_by_others_only(office: Office) -> None:
    running = office.row(
        "SELECT a.id, s.person_id FROM hr_leave_application a JOIN hr_staff s USING (employee_id)"
        " WHERE a.status = 'Approved' AND s.status = 'On Leave' AND '2026-03-02' BETWEEN a.from_date AND a.to_date"
    )
    message = office.refused("cancel_leave", "forbidden", who=running["person_id"], leave_application_id=running["id"])
    assert "began" in message
    assert office.call("cancel_leave", leave_application_id=running["id"])["status"] == "Cancelled"


def test_a_day_at_work_refuses_leave_and_an_absent_day_becomes_leave(office: Office) -> None:
    sick = office.row(
        "SELECT * FROM hr_leave_application WHERE status = 'Open' AND leave_type = 'Sick Leave'"
        " AND to_date < '2026-03-02'"
    )
    day = "SELECT status FROM hr_attendance WHERE employee_id = ? AND attendance_date = ?"
    place = (sick["employee_id"], sick["from_date"])
    assert office.value(day, *place) == "Absent"
    office.call("mark_attendance", status="Present", employee_id=place[0], attendance_date=place[1])
    assert "marked Present" in office.refused("approve_leave", "conflict", leave_application_id=sick["id"])
    office.call("mark_attendance", status="Absent", employee_id=place[0], attendance_date=place[1])
    office.call("approve_leave", leave_application_id=sick["id"])
    assert office.value(day, *place) == "On Leave"


def test_open_applications_hold_traps_that_an_approver_must_see(office: Office) -> None:
    sql = (
        "SELECT a.id FROM hr_leave_application a JOIN hr_staff s USING (employee_id)"
        " WHERE a.status = 'Open' AND s.left_on < a.to_date"
    )
    beyond = office.episode.sql(sql)
    assert len(beyond) == 3
    assert "leaves on" in office.refused("approve_leave", "conflict", leave_application_id=beyond[0]["id"])
    cut = office.episode.sql(
        "SELECT a.id FROM hr_leave_application a JOIN hr_leave_allocation l ON l.employee_id = a.employee_id"
        " AND l.leave_type = a.leave_type WHERE a.status = 'Open' AND a.days >= 2 AND l.note LIKE 'Corrected%'"
    )
    assert len(cut) == 3
    for row in cut:
        assert "free in 2026" in office.refused("approve_leave", "conflict", leave_application_id=row["id"])


def test_allocation_adds_days_that_can_be_taken(office: Office) -> None:
    worker = office.worker()
    made = office.call(
        "allocate_leave", employee_id=worker["employee_id"], leave_type="study leave", days=2.5, note="Exam"
    )
    assert (made["leave_type"], made["days"], made["available"]) == ("Study Leave", 2.5, 2.5)
    assert apply(office, worker, "2026-04-14", "2026-04-15", leave_type="Study Leave")["days"] == 2.0
    args = {"employee_id": worker["employee_id"], "leave_type": "Annual Leave", "days": 0.3}
    assert "half a day" in office.refused("allocate_leave", "invalid", **args)
    assert "no allocation" in office.refused("allocate_leave", "invalid", **{**args, "leave_type": "Bereavement Leave"})
    assert "HR User" in office.refused("allocate_leave", "forbidden", who=worker["person_id"], **{**args, "days": 1.0})
    own = office.call("get_my_profile")["employee_id"]
    assert "themselves" in office.refused("allocate_leave", "forbidden", **{**args, "employee_id": own, "days": 1.0})


def test_hr_applies_for_others_and_for_past_days(office: Office) -> None:
    worker = office.worker()
    args = {"leave_type": "Annual Leave", "from_date": "2026-02-16", "to_date": "2026-02-16"}
    assert "notice" in office.refused("apply_leave", "invalid", who=worker["person_id"], **args)
    made = office.call("apply_leave", employee_id=worker["employee_id"], **args)
    assert made["employee_id"] == worker["employee_id"]
    stranger = office.worker("LDS")
    message = office.refused(
        "apply_leave", "forbidden", who=stranger["person_id"], employee_id=worker["employee_id"], **args
    )
    assert "HR User" in message


def test_lists_show_only_what_the_caller_may_see(office: Office) -> None:
    worker = office.worker()
    boss = worker["manager_id"]
    everything = office.call("get_leave_applications")["total"]
    team = office.call("get_leave_applications", who=boss)
    own = office.call("get_leave_applications", who=worker["person_id"])
    assert everything > team["total"] > 0
    assert {row["employee_id"] for row in own["items"]} <= {worker["employee_id"]}
    waiting = office.call(
        "get_leave_applications", status="Open", from_date="2026-03-01", to_date="2026-03-31", per_page=100
    )
    assert waiting["total"] > 5
    assert all(
        r["status"] == "Open" and r["from_date"] <= "2026-03-31" and r["to_date"] >= "2026-03-01"
        for r in waiting["items"]
    )
    assert office.call("list_leave_types")["total"] == 8
