import pytest
from hr_office import Office


def test_employees_mark_themselves_today_and_once(office: Office) -> None:
    worker = office.worker()
    made = office.call("mark_attendance", who=worker["person_id"], status="Work From Home")
    assert (made["attendance_date"], made["status"]) == ("2026-03-02", "Work From Home")
    again = office.call("mark_attendance", who=worker["person_id"], status="Work From Home")
    assert again["attendance_id"] == made["attendance_id"]
    assert "marked Work From Home" in office.refused(
        "mark_attendance", "conflict", who=worker["person_id"], status="Present"
    )
    for args in ({"status": "Absent"}, {"status": "Present", "attendance_date": "2026-02-27"}):
        assert "manager" in office.refused("mark_attendance", "forbidden", who=worker["person_id"], **args)
    done = office.call("mark_attendance", who=worker["manager_id"], employee_id=worker["employee_id"], status="Absent")
    assert done["status"] == "Absent"


@pytest.mark.parametrize(
    ("day", "words"),
    [("2026-03-03", "future"), ("2026-02-28", "Saturday"), ("2026-01-01", "New Year"), ("2025-12-15", "closed")],
)
def test_only_past_working_days_are_marked(office: Office, day: str, words: str) -> None:
    args = {"status": "Present", "employee_id": office.worker()["employee_id"], "attendance_date": day}
    assert words in office.refused("mark_attendance", "invalid", **args)


def test_leave_is_not_overwritten_by_a_mark(office: Office) -> None:
    row = office.row(
        "SELECT * FROM hr_attendance WHERE status = 'On Leave'"
        " AND attendance_date BETWEEN '2026-02-02' AND '2026-03-02'"
    )
    args = {"status": "Present", "employee_id": row["employee_id"], "attendance_date": row["attendance_date"]}
    assert row["leave_application_id"] in office.refused("mark_attendance", "conflict", **args)
    assert "On Leave" in office.refused("mark_attendance", "invalid", **{**args, "status": "On Leave"})


def test_in_and_out_alternate_and_make_the_days_row(office: Office) -> None:
    worker = office.worker("HAM")  # 09:00 UTC is 10:00 in Hamburg
    who = worker["person_id"]
    assert "not checked in" in office.refused("checkin", "conflict", who=who, log_type="OUT")
    made = office.call("checkin", who=who, log_type="IN", time="2026-03-02T08:05:00Z")
    assert made["attendance"]["in_time"] == "09:05" and "late_entry" not in made["attendance"]
    assert "OUT" in office.refused("checkin", "conflict", who=who, log_type="IN")
    assert "not after" in office.refused("checkin", "conflict", who=who, log_type="OUT", time="2026-03-02T08:00:00Z")
    done = office.call("checkin", who=who, log_type="OUT", time="2026-03-02T08:59:00+00:00")
    assert done["attendance"]["out_time"] == "09:59" and done["attendance"]["early_exit"] is True
    assert done["attendance"]["attendance_id"] == made["attendance"]["attendance_id"]


def test_a_late_entry_depends_on_shift_grace_and_local_time(office: Office) -> None:
    late, leeds = office.worker("HAM"), office.worker("LDS")
    assert office.call("checkin", who=late["person_id"], log_type="IN")["attendance"]["late_entry"] is True
    assert "late_entry" not in office.call("checkin", who=leeds["person_id"], log_type="IN")["attendance"]
    pune = office.worker("PNQ")
    shift = {
        "employee_id": pune["employee_id"],
        "shift_type": "Late Shift",
        "start_date": "2026-03-02",
        "end_date": "2026-03-06",
    }
    office.call("assign_shift", **shift)
    made = office.call("checkin", who=pune["person_id"], log_type="IN", time="2026-03-02T08:45:00Z")  # 14:15 in Pune
    assert made["attendance"]["late_entry"] is True
    assert office.call("get_attendance", from_date="2026-03-02", late_only=True)["total"] == 2


def test_a_night_shift_counts_for_the_day_on_which_it_began(office: Office) -> None:
    worker = office.worker("LDS")
    office.call("assign_shift", employee_id=worker["employee_id"], shift_type="Night Shift", start_date="2026-03-02")
    made = office.call("checkin", employee_id=worker["employee_id"], log_type="IN", time="2026-02-26T22:05:00Z")
    assert made["attendance"]["attendance_date"] == "2026-02-26"  # no night shift yet: late for the day shift
    office.episode.clock.advance(13 * 3600 + 300)
    late = office.call("checkin", who=worker["person_id"], log_type="IN", time="2026-03-02T22:05:00Z")["attendance"]
    assert late["attendance_date"] == "2026-03-02" and "late_entry" not in late
    office.episode.clock.advance(8 * 3600)
    done = office.call("checkin", who=worker["person_id"], log_type="OUT", time="2026-03-03T06:01:00Z")["attendance"]
    assert (done["attendance_date"], done["out_time"], "early_exit" in done) == ("2026-03-02", "06:01", False)


def test_logs_stay_in_reach_and_own(office: Office) -> None:
    worker, stranger = office.worker("HAM"), office.worker("LDS")
    args = {"log_type": "IN", "employee_id": worker["employee_id"]}
    assert "HR User" in office.refused("checkin", "forbidden", who=stranger["person_id"], **args)
    assert "future" in office.refused(
        "checkin", "invalid", who=worker["person_id"], log_type="IN", time="2026-03-02T10:00:00Z"
    )
    assert "24 hours" in office.refused(
        "checkin", "invalid", who=worker["person_id"], log_type="IN", time="2026-02-28T10:00:00Z"
    )
    away = office.row(
        "SELECT s.person_id FROM hr_attendance a JOIN hr_staff s USING (employee_id)"
        " WHERE a.status = 'On Leave' AND a.attendance_date = '2026-03-02'"
    )
    assert "on leave" in office.refused("checkin", "conflict", who=away["person_id"], log_type="IN")


def test_attendance_is_listed_up_to_today_and_only_for_those_who_may(office: Office) -> None:
    worker, stranger = office.worker("HAM"), office.worker("LDS")
    everything = office.call("get_attendance")
    assert everything["items"][0]["attendance_date"] <= "2026-03-02" and everything["total"] > 1000
    own = office.call("get_attendance", who=worker["person_id"], per_page=100)
    assert {row["employee_id"] for row in own["items"]} == {worker["employee_id"]}
    args = {"employee_id": worker["employee_id"]}
    assert "manager" in office.refused("get_attendance", "forbidden", who=stranger["person_id"], **args)
    assert office.call("get_attendance", status="Absent", from_date="2026-02-23", to_date="2026-02-27")["total"] > 5


LOGS = [
    {"work_date": "2026-02-27", "activity_type": "Development", "hours": 6.5, "project_code": "FLOW9"},
    {"work_date": "2026-02-26", "activity_type": "Meetings", "hours": 1, "description": "Planning"},
]


def test_a_timesheet_is_written_as_a_draft_and_handed_in_once(office: Office) -> None:
    worker = office.staff(
        "status = 'Active' AND employee_id NOT IN (SELECT employee_id FROM hr_timesheet) AND left_on IS NULL"
    )
    made = office.call("create_timesheet", who=worker["person_id"], time_logs=LOGS)
    assert (made["start_date"], made["end_date"], made["total_hours"], made["status"]) == (
        "2026-02-26",
        "2026-02-27",
        7.5,
        "Draft",
    )
    assert [log["work_date"] for log in made["time_logs"]] == ["2026-02-26", "2026-02-27"]
    done = office.call("submit_timesheet", who=worker["person_id"], timesheet_id=made["timesheet_id"])
    assert done["status"] == "Submitted"
    assert "Submitted already" in office.refused("submit_timesheet", "conflict", timesheet_id=made["timesheet_id"])
    assert office.call("hr_get_timesheets", employee_id=worker["employee_id"])["items"] == [done]
    many = [{"work_date": "2026-02-27", "activity_type": "Testing", "hours": 12}]
    assert "18.5 hours" in office.refused("create_timesheet", "conflict", who=worker["person_id"], time_logs=many)


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"hours": 0.3}, "invalid", "quarter"),
        ({"hours": 17}, "invalid", "hours"),
        ({"project_code": "OPCSEC"}, "not_found", "FLOW9"),
        ({"work_date": "2026-03-03"}, "invalid", "future"),
        ({"work_date": "2026-02-10"}, "invalid", "7 days"),
        ({"activity_type": "Sleeping"}, "invalid", "Development"),
        ({"hourz": 3}, "invalid", "hourz"),
    ],
)
def test_lines_of_a_timesheet_are_checked(office: Office, change: dict[str, object], kind: str, words: str) -> None:
    worker = office.worker()
    logs = [LOGS[0] | change, LOGS[1]]
    assert words in office.refused("create_timesheet", kind, who=worker["person_id"], time_logs=logs)


def test_shifts_do_not_overlap_and_change_by_their_state(office: Office) -> None:
    worker = office.worker()
    boss, key = worker["manager_id"], worker["employee_id"]
    week = {"employee_id": key, "start_date": "2026-03-09", "end_date": "2026-03-13"}
    made = office.call("assign_shift", who=boss, shift_type="early shift", **week)
    assert made["shift_type"] == "Early Shift"
    assert office.heard("NotificationRequested")[-1]["to_emails"] == [worker["email"]]
    message = office.refused(
        "assign_shift", "conflict", who=boss, shift_type="Late Shift", **{**week, "start_date": "2026-03-13"}
    )
    assert made["shift_assignment_id"] in message
    name = {"shift_assignment_id": made["shift_assignment_id"]}
    moved = office.call("update_shift_assignment", who=boss, **name, shift_type="Late Shift", end_date="2026-03-12")
    assert (moved["shift_type"], moved["end_date"]) == ("Late Shift", "2026-03-12")
    assert "own" in office.refused("cancel_shift_assignment", "forbidden", who=worker["person_id"], **name)
    assert office.call("cancel_shift_assignment", who=boss, **name)["status"] == "Cancelled"
    assert "Cancelled" in office.refused("update_shift_assignment", "conflict", who=boss, **name, end_date="2026-03-11")
    office.call("assign_shift", who=boss, shift_type="Late Shift", **week)


def test_shifts_that_began_only_end(office: Office) -> None:
    worker = office.worker()
    made = office.call(
        "assign_shift", employee_id=worker["employee_id"], shift_type="Day Shift", start_date="2026-03-02"
    )
    name = {"shift_assignment_id": made["shift_assignment_id"]}
    office.episode.clock.advance(3 * 86400)
    assert "end_date" in office.refused("update_shift_assignment", "conflict", **name, shift_type="Late Shift")
    assert "update_shift_assignment" in office.refused("cancel_shift_assignment", "conflict", **name)
    assert "past" in office.refused("update_shift_assignment", "invalid", **name, end_date="2026-03-03")
    assert office.call("update_shift_assignment", **name, end_date="2026-03-06")["end_date"] == "2026-03-06"
    old = office.value("SELECT id FROM hr_shift_assignment WHERE status = 'Active' AND end_date < '2026-03-02' LIMIT 1")
    assert "ended" in office.refused(
        "update_shift_assignment", "conflict", shift_assignment_id=old, end_date="2026-03-20"
    )


def test_shift_refusals_say_what_would_do(office: Office) -> None:
    args = {"employee_id": office.worker()["employee_id"], "shift_type": "Early Shift", "start_date": "2026-03-09"}
    assert "Night Shift" in office.refused("assign_shift", "not_found", **{**args, "shift_type": "Moon Shift"})
    assert "2026-03-02" in office.refused("assign_shift", "invalid", **{**args, "start_date": "2026-02-20"})
    assert "before it begins" in office.refused("assign_shift", "invalid", **args, end_date="2026-03-08")
    stranger = office.worker("LDS")["person_id"]
    assert "manager above" in office.refused("assign_shift", "forbidden", who=stranger, **args)
    assert office.call("list_shift_types")["total"] == 6
    assert office.call("get_shift_assignments", from_date="2026-03-09", status="Active")["total"] > 5
