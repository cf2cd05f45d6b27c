import pytest
from hr_office import Office

SOON = "2026-03-04T13:00:00Z"


def showcase(office: Office) -> str:
    found = office.call("get_job_openings", query="Software Engineer", status="Open", department="Platform Engineering")
    return next(row["job_opening_id"] for row in found["items"] if row["site"] == "HAM")


def applicant(office: Office, name: str) -> dict[str, object]:
    found = office.call("get_job_applicants", job_opening=showcase(office), query=name)
    return found["items"][0]


def panel(office: Office) -> list[str]:
    """Two engineers in Hamburg without interviews and leave."""
    rows = office.episode.sql(
        "SELECT employee_id FROM hr_staff WHERE site_id = 'HAM' AND department_id = 'eng-platform'"
        " AND status = 'Active' AND left_on IS NULL AND employee_id NOT IN (SELECT employee_id FROM hr_interviewer)"
        " AND employee_id NOT IN (SELECT employee_id FROM hr_leave_application WHERE status = 'Approved'"
        " AND '2026-03-04' BETWEEN from_date AND to_date) ORDER BY 1 LIMIT 2"
    )
    return [row["employee_id"] for row in rows]


def shortlist(office: Office, name: str) -> str:
    key = str(applicant(office, name)["job_applicant_id"])
    office.call("update_applicant_status", job_applicant_id=key, status="Shortlisted", rating=5)
    return key


def interviewed(office: Office, name: str) -> str:
    """An applicant whose only interview is cleared."""
    key = shortlist(office, name)
    people = panel(office)
    args = {"job_applicant_id": key, "interview_round": "Technical", "start": SOON, "interviewer_ids": people}
    interview = office.call("schedule_interview", **args)["interview_id"]
    office.episode.clock.advance(3 * 86400)
    for employee in people:
        who = office.staff("employee_id = ?", employee)["person_id"]
        done = office.call("submit_interview_feedback", who=who, interview_id=interview, result="Cleared", rating=4)
    assert done["status"] == "Cleared"
    return key


def test_the_showcase_opening_has_a_dozen_comparable_applicants(office: Office) -> None:
    key = showcase(office)
    opening = office.call("get_job_opening_details", job_opening_id=key)
    assert opening["required_skills"] == ["Java", "PostgreSQL", "REST APIs"] and len(opening["description"]) > 200
    field = office.call("get_job_applicants", job_opening=key, per_page=50)
    assert field["total"] == opening["applicants"] == sum(opening["applicants_by_status"].values()) == 12
    assert [row["rating"] for row in field["items"][:4]] == [5, 5, 4, 3]
    assert {row["applicant_name"] for row in field["items"][:3]} == {"Svenja Albers", "Tomasz Nowicki", "Ngozi Eze"}
    assert len({tuple(row["skills"]) for row in field["items"]}) == 12
    best = office.call("get_job_applicant", job_applicant_id=field["items"][0]["job_applicant_id"])
    assert best["resume_text"] and best["skills"][0]["level"] == 5
    skilled = office.call("get_job_applicants", job_opening=key, skill="postgresql", min_rating=4)
    assert skilled["total"] == 3


def test_namesakes_apply_elsewhere(office: Office) -> None:
    twins = office.call("get_job_applicants", query="Nowicki")["items"]
    assert len({row["email"] for row in twins}) == len({row["job_opening_id"] for row in twins}) == 2


def test_an_opening_is_published_filled_and_closed(office: Office) -> None:
    args = {
        "job_title": "Release Engineer",
        "designation": "release engineer",
        "department": "Engineering",
        "site": "Leeds",
    }
    made = office.call(
        "create_job_opening", **args, no_of_positions=2, required_skills=["Helm"], preferred_skills=["Helm", "Go"]
    )
    assert (made["status"], made["site"], made["required_skills"], made["preferred_skills"]) == (
        "Open",
        "LDS",
        ["Helm"],
        ["Go"],
    )
    head = office.staff("person_id = ?", office.firm.department("eng").head_id)
    assert made["hiring_manager"] == head["employee_id"]
    assert made["job_opening_id"] in office.refused("create_job_opening", "conflict", **args)
    who = {"job_opening": made["job_opening_id"], "applicant_name": "Greta Kamp", "email": "Greta.Kamp@Inbox.example"}
    new = office.call("add_job_applicant", **who, skills=[{"skill": "Helm", "level": 4}], years_experience=3)
    assert (new["email"], new["status"], new["skills"]) == (
        "greta.kamp@inbox.example",
        "Open",
        [{"skill": "Helm", "level": 4}],
    )
    assert new["job_applicant_id"] in office.refused("add_job_applicant", "conflict", **who)
    closed = office.call("close_job_opening", job_opening_id=made["job_opening_id"], reject_applicants=True)
    assert closed["rejected_applicants"] == [new["job_applicant_id"]]
    assert "Closed" in office.refused("close_job_opening", "conflict", job_opening_id=made["job_opening_id"])
    assert "Closed" in office.refused("add_job_applicant", "conflict", **{**who, "email": "other@inbox.example"})


def test_applicants_are_for_hr_the_hiring_manager_and_interviewers(office: Office) -> None:
    key = str(applicant(office, "Albers")["job_applicant_id"])
    stranger, user = office.worker("LDS")["person_id"], office.picks["HR User"].id
    boss = office.firm.department("eng-platform").head_id
    assert "interviewer" in office.refused("get_job_applicant", "forbidden", who=stranger, job_applicant_id=key)
    assert office.call("get_job_applicants", who=stranger)["total"] == 0
    assert office.call("get_job_openings", who=stranger)["total"] == 12
    assert office.call("get_job_applicants", who=boss, job_opening=showcase(office))["total"] == 12
    assert office.call("get_job_applicant", who=user, job_applicant_id=key)["applicant_name"] == "Svenja Albers"
    for who in (stranger, user):
        assert "Recruiter" in office.refused(
            "update_applicant_status", "forbidden", who=who, job_applicant_id=key, status="Hold"
        )
    assert (
        office.call("update_applicant_status", who=boss, job_applicant_id=key, status="Hold", note="Later")[
            "status_note"
        ]
        == "Later"
    )


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("Albers", "Interview", "Shortlisted"),
        ("Albers", "Offered", "from there"),
        ("Albers", "Accepted", "from there"),
        ("Montoya", "Replied", "Interview"),
        ("Haddad", "Shortlisted", "Open"),
        ("Zhao", "Interview", "Shortlisted"),
    ],
)
def test_the_pipeline_refuses_jumps(office: Office, name: str, status: str, words: str) -> None:
    key = applicant(office, name)["job_applicant_id"]
    assert words in office.refused("update_applicant_status", "conflict", job_applicant_id=key, status=status)


def test_an_interview_moves_the_applicant_and_tells_calendar_and_people(office: Office) -> None:
    key, people = shortlist(office, "Albers"), panel(office)
    args = {"job_applicant_id": key, "interview_round": "Technical", "interviewer_ids": people}
    made = office.call("schedule_interview", **args, start="2026-03-04T14:00:00+01:00", duration_minutes=45)
    assert (made["start"], made["end"], made["status"]) == (SOON, "2026-03-04T13:45:00Z", "Pending")
    assert [row["employee_id"] for row in made["interviewers"]] == people
    assert office.call("get_job_applicant", job_applicant_id=key)["status"] == "Interview"
    event = office.heard("InterviewScheduled")[0]
    assert event["applicant_email"] == "svenja.albers@postfach.example" and len(event["interviewer_ids"]) == 2
    assert office.heard("NotificationRequested")[-1]["kind"] == "interview_scheduled"
    assert made["interview_id"] in office.refused(
        "schedule_interview", "conflict", **args, start="2026-03-05T13:00:00Z"
    )
    other = {**args, "interview_round": "Final", "start": "2026-03-04T13:30:00Z"}
    assert "Svenja Albers has" in office.refused("schedule_interview", "conflict", **other)
    second = {**other, "job_applicant_id": shortlist(office, "Nowicki")}
    assert "is booked" in office.refused("schedule_interview", "conflict", **second)
    who = office.staff("employee_id = ?", people[0])["person_id"]
    assert office.call("list_interviews", who=who)["items"][0]["interview_id"] == made["interview_id"]


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"start": "2026-03-01T10:00:00Z"}, "invalid", "past"),
        ({"start": "2026-03-07T10:00:00Z"}, "conflict", "Saturday"),
        ({"start": "2026-04-03T10:00:00Z"}, "conflict", "Good Friday"),
        ({"interviewer_ids": []}, "invalid", "interviewer_ids"),
        ({"interviewer_ids": ["HR-EMP-99999"]}, "not_found", "search_employees"),
        ({"interview_round": "Lunch"}, "invalid", "Technical"),
        ({"job_applicant_id": "HR-APP-2026-09999"}, "not_found", "get_job_applicants"),
    ],
)
def test_interviews_that_cannot_be_are_refused(
    office: Office, change: dict[str, object], kind: str, words: str
) -> None:
    key = shortlist(office, "Albers")
    args = {"job_applicant_id": key, "interview_round": "Technical", "start": SOON, "interviewer_ids": panel(office)}
    assert words in office.refused("schedule_interview", kind, **{**args, **change})


def test_nobody_on_leave_interviews_and_nobody_unlisted_is_interviewed(office: Office) -> None:
    away = office.staff("status = 'On Leave'")["employee_id"]
    args = {"interview_round": "Technical", "start": SOON, "interviewer_ids": [away]}
    key = shortlist(office, "Albers")
    assert "on leave" in office.refused("schedule_interview", "conflict", job_applicant_id=key, **args)
    raw = applicant(office, "Okabe")["job_applicant_id"]
    assert "Shortlisted" in office.refused("schedule_interview", "conflict", job_applicant_id=raw, **args)


def test_feedback_comes_from_interviewers_after_the_start_and_decides(office: Office) -> None:
    key, people = shortlist(office, "Albers"), panel(office)
    first, second = (office.staff("employee_id = ?", employee)["person_id"] for employee in people)
    args = {"job_applicant_id": key, "interview_round": "Technical", "start": SOON, "interviewer_ids": people}
    name = {"interview_id": office.call("schedule_interview", **args)["interview_id"], "rating": 4}
    assert people[0] in office.refused("submit_interview_feedback", "forbidden", **name, result="Cleared")
    assert "after that" in office.refused("submit_interview_feedback", "conflict", who=first, **name, result="Cleared")
    office.episode.clock.advance(3 * 86400)
    assert office.call("submit_interview_feedback", who=first, **name, result="Cleared")["status"] == "Under Review"
    assert "already" in office.refused("submit_interview_feedback", "conflict", who=first, **name, result="Rejected")
    done = office.call("submit_interview_feedback", who=second, **name, result="Rejected", feedback="No depth in SQL")
    assert done["status"] == "Rejected"
    offer = {"job_applicant_id": key, "annual_salary": 70000.0, "start_date": "2026-05-01"}
    assert "Cleared" in office.refused("make_job_offer", "conflict", **offer)
    assert "Pending" in office.refused("cancel_interview", "conflict", interview_id=name["interview_id"])


def test_a_rejection_cancels_what_waits(office: Office) -> None:
    key = shortlist(office, "Albers")
    args = {"job_applicant_id": key, "interview_round": "Technical", "start": SOON, "interviewer_ids": panel(office)}
    made = office.call("schedule_interview", **args)
    office.call("update_applicant_status", job_applicant_id=key, status="Rejected", note="Took another job")
    assert office.value("SELECT status FROM hr_interview WHERE id = ?", made["interview_id"]) == "Cancelled"
    assert office.heard("InterviewCancelled")[0]["starts_at"] == SOON
    pending = office.call("list_interviews", status="Pending", from_date="2026-03-02")["items"][0]
    assert office.call("cancel_interview", interview_id=pending["interview_id"])["status"] == "Cancelled"
    assert len(office.heard("InterviewCancelled")) == 2


def test_an_offer_leads_to_a_hire_through_the_applicant(office: Office) -> None:
    key = interviewed(office, "Albers")
    offer = {"job_applicant_id": key, "annual_salary": 72500.0, "start_date": "2026-05-04"}
    assert "Recruiter" in office.refused("make_job_offer", "forbidden", who=office.picks["HR User"].id, **offer)
    made = office.call("make_job_offer", **offer)
    assert (made["status"], made["applicant_status"], made["currency"]) == ("Awaiting Response", "Offered", "EUR")
    assert "Interview" in office.refused("make_job_offer", "conflict", **offer)
    message = office.refused("update_applicant_status", "conflict", job_applicant_id=key, status="Accepted")
    assert "update_job_offer" in message
    done = office.call("update_job_offer", job_offer_id=made["job_offer_id"], status="Accepted")
    assert done["applicant_status"] == "Accepted"
    assert "Accepted" in office.refused(
        "update_job_offer", "conflict", job_offer_id=made["job_offer_id"], status="Cancelled"
    )
    new = {
        "first_name": "Svenja",
        "last_name": "Albers",
        "designation": "Software Engineer",
        "department": "Platform Engineering",
    }
    hire = office.call("create_employee", **new, site="HAM", date_of_joining="2026-05-04", job_applicant_id=key)
    again = {
        **new,
        "last_name": "Albers-Kruse",
        "site": "HAM",
        "date_of_joining": "2026-05-04",
        "job_applicant_id": key,
    }
    assert hire["employee_id"] in office.refused("create_employee", "conflict", **again)


def test_offers_stop_at_the_number_of_positions_and_can_be_withdrawn(office: Office) -> None:
    keys = [interviewed(office, "Albers")]
    office.episode.clock.elapsed = 100
    keys.append(interviewed_other_day(office, "Nowicki", "2026-03-05T09:00:00Z"))
    keys.append(interviewed_other_day(office, "Ngozi", "2026-03-06T09:00:00Z"))
    made = [
        office.call("make_job_offer", job_applicant_id=key, annual_salary=70000.0, start_date="2026-06-01")
        for key in keys[:2]
    ]
    third = {"job_applicant_id": keys[2], "annual_salary": 70000.0, "start_date": "2026-06-01"}
    assert "2 position(s)" in office.refused("make_job_offer", "conflict", **third)
    back = office.call("update_job_offer", job_offer_id=made[0]["job_offer_id"], status="Cancelled")
    assert back["applicant_status"] == "Interview"
    assert office.call("make_job_offer", **third)["applicant_status"] == "Offered"
    gone = office.call("update_job_offer", job_offer_id=made[1]["job_offer_id"], status="Rejected")
    assert gone["applicant_status"] == "Rejected"


def interviewed_other_day(office: Office, name: str, start: str) -> str:
    key = shortlist(office, name)
    people = panel(office) or [office.worker("HAM")["employee_id"]]
    args = {"job_applicant_id": key, "interview_round": "Screening", "start": start, "interviewer_ids": people[:1]}
    made = office.call("schedule_interview", **args)["interview_id"]
    office.episode.clock.elapsed += 5 * 86400
    who = office.staff("employee_id = ?", people[0])["person_id"]
    office.call("submit_interview_feedback", who=who, interview_id=made, result="Cleared", rating=5)
    office.episode.clock.elapsed -= 5 * 86400
    return key


@pytest.mark.parametrize(
    ("name", "filters"),
    [
        ("Department Headcount", {"department": "Sales"}),
        ("Employee Leave Balance", {"leave_type": "Sick Leave", "department": "sales"}),
        ("Open Leave Applications", {}),
        ("Monthly Attendance", {"month": "02-2026"}),
        ("Expense Claim Summary", {}),
        ("Recruitment Pipeline", {"department": "Platform Engineering"}),
        ("Salary Register", {"month": "01-2026"}),
        ("Employees Leaving", {}),
    ],
)
def test_every_report_has_rows_and_refuses_those_without_the_permission(
    office: Office, name: str, filters: dict[str, str]
) -> None:
    assert office.call("get_hrms_report", report_name=name, filters=filters)["total"] > 0
    assert "role" in office.refused("get_hrms_report", "forbidden", who=office.worker()["person_id"], report_name=name)


def test_reports_agree_with_the_lists_and_refuse_filters_they_lack(office: Office) -> None:
    waiting = office.call("get_hrms_report", report_name="Open Leave Applications")["items"]
    assert sum(row["applications"] for row in waiting) == office.call("get_leave_applications", status="Open")["total"]
    people = office.call("get_hrms_report", report_name="Department Headcount", per_page=50)["items"]
    assert sum(row["employees"] for row in people) == 306
    args = {"report_name": "Open Leave Applications", "filters": {"month": "02-2026"}}
    assert "leave_type" in office.refused("get_hrms_report", "invalid", **args)
    assert "Salary Register" in office.refused("get_hrms_report", "invalid", report_name="Everything")
