import pytest
from hr_office import Office

NEW = {
    "first_name": "Ida",
    "last_name": "Feldhaus",
    "designation": "Software Engineer",
    "department": "Platform Engineering",
    "site": "Hamburg",
    "date_of_joining": "2026-04-01",
}


def test_a_hire_creates_person_employee_roles_and_tells_the_other_apps(office: Office) -> None:
    made = office.call("create_employee", **NEW)
    person = office.row("SELECT * FROM company_person WHERE id = ?", made["person_id"])
    assert made["employee_id"] == "HR-EMP-00321" and person["employee_number"] == "NV-1321"
    assert made["email"] == "ida.feldhaus@norrvane.example"
    assert (person["title"], person["department_id"], person["site_id"]) == ("Software Engineer", "eng-platform", "HAM")
    assert person["manager_id"] == office.firm.department("eng-platform").head_id
    roles = office.episode.sql("SELECT role FROM company_role WHERE person_id = ? ORDER BY 1", made["person_id"])
    assert [row["role"] for row in roles] == ["Employee", "Engineer"]
    assert office.heard("PersonHired") == [{"person_id": made["person_id"]}]
    assert office.call("get_my_profile", who=made["person_id"])["reports_to"] == made["reports_to"]
    assert "already hired" in office.refused("create_employee", "conflict", **NEW)


def test_namesakes_get_different_addresses(office: Office) -> None:
    first = office.call("create_employee", **NEW)
    second = office.call("create_employee", **{**NEW, "department": "Sales", "designation": "Account Executive"})
    assert second["email"] == "ida.feldhaus2@norrvane.example"
    found = office.call("search_employees", query="Ida Feldhaus")
    assert {row["employee_id"] for row in found["items"]} == {first["employee_id"], second["employee_id"]}


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"department": "Platform"}, "not_found", "Platform Engineering"),
        ({"designation": "Sofware Engineer"}, "not_found", "Software Engineer"),
        ({"site": "Berlin"}, "not_found", "HAM (Hamburg)"),
        ({"date_of_joining": "2025-12-01"}, "invalid", "2026-01-31"),
        ({"date_of_birth": "2015-01-01"}, "invalid", "younger"),
        ({"reports_to": "HR-EMP-99999"}, "not_found", "reports_to"),
        ({"job_applicant_id": "HR-APP-2026-00001"}, "conflict", "Accepted"),
    ],
)
def test_hires_that_break_a_rule_are_refused(office: Office, change: dict[str, str], kind: str, words: str) -> None:
    assert words in office.refused("create_employee", kind, **{**NEW, **change})


def test_only_hr_hires_and_only_hr_managers_terminate(office: Office) -> None:
    worker, user = office.worker(), office.picks["HR User"].id
    assert "HR Manager" in office.refused("create_employee", "forbidden", who=worker["person_id"], **NEW)
    office.call("create_employee", who=user, **NEW)
    args = {"employee_id": worker["employee_id"], "last_day": "2026-03-31", "reason": "Resigned"}
    assert "HR Manager" in office.refused("terminate_employee", "forbidden", who=user, **args)


def test_a_transfer_moves_department_and_manager_and_is_remembered(office: Office) -> None:
    worker = office.worker()
    target = "Sales" if worker["department"] != "Sales" else "Marketing"
    made = office.call("update_employee", employee_id=worker["employee_id"], department=target)
    head = office.value(
        "SELECT e.id FROM company_department d JOIN hr_employee e ON e.person_id = d.head_id WHERE d.name = ?", target
    )
    assert (made["department"], made["reports_to"], made["changed"]) == (target, head, ["department", "reports_to"])
    kinds = office.episode.sql(
        "SELECT kind FROM hr_employee_change WHERE employee_id = ? AND effective_on = '2026-03-02' ORDER BY id",
        worker["employee_id"],
    )
    assert [row["kind"] for row in kinds] == ["Transfer", "Manager Change"]
    assert office.heard("PersonChanged")[0]["fields"] == ["department_id", "team", "manager_id"]


def test_asking_twice_for_the_same_transfer_changes_nothing_more(office: Office) -> None:
    args = {"employee_id": office.worker()["employee_id"], "department": "Marketing", "designation": "Brand Manager"}
    office.call("update_employee", **args)
    before = office.episode.state_hash()
    assert office.call("update_employee", **args)["changed"] == []
    assert office.episode.state_hash() == before


def test_a_manager_may_not_end_up_below_themselves(office: Office) -> None:
    worker = office.worker()
    boss = office.staff("person_id = ?", worker["manager_id"])
    args = {"employee_id": boss["employee_id"], "reports_to": worker["employee_id"]}
    assert "circle" in office.refused("update_employee", "conflict", **args)
    assert "Nothing to change" in office.refused("update_employee", "invalid", employee_id=worker["employee_id"])
    own = office.call("get_my_profile")["employee_id"]
    assert "own" in office.refused("update_employee", "forbidden", employee_id=own, designation="Chief People Officer")


def test_a_new_manager_gets_the_role_and_may_decide(office: Office) -> None:
    worker, boss = office.worker("HAM"), office.worker("LDS")
    office.call("update_employee", employee_id=worker["employee_id"], reports_to=boss["employee_id"])
    assert "Manager" in office.call("get_my_profile", who=boss["person_id"])["roles"]
    assert office.call("get_team", who=boss["person_id"])["total"] == 1
    key = office.call(
        "apply_leave", who=worker["person_id"], leave_type="Annual Leave", from_date="2026-03-12", to_date="2026-03-12"
    )
    office.call("approve_leave", who=boss["person_id"], leave_application_id=key["leave_application_id"])


def test_notice_keeps_the_account_until_the_last_day_and_cancels_what_lies_after(office: Office) -> None:
    worker = office.worker()
    shift = {"employee_id": worker["employee_id"], "shift_type": "Early Shift"}
    office.call("assign_shift", **shift, start_date="2026-03-09")
    wish = {"leave_type": "Annual Leave", "from_date": "2026-06-01", "to_date": "2026-06-05"}
    leave = office.call("apply_leave", who=worker["person_id"], **wish)["leave_application_id"]
    office.call("approve_leave", leave_application_id=leave)
    args = {"employee_id": worker["employee_id"], "last_day": "2026-04-30", "reason": "Resigned"}
    done = office.call("terminate_employee", **args)
    assert (done["status"], done["cancelled_leave_applications"], done["ended_shift_assignments"]) == ("Active", 1, 1)
    assert office.heard("PersonTerminated") == [{"person_id": worker["person_id"], "last_day": "2026-04-30"}]
    assert office.heard("LeaveCancelled")[0]["application_id"] == leave
    assert (
        office.value("SELECT max(end_date) FROM hr_shift_assignment WHERE employee_id = ?", worker["employee_id"])
        == "2026-04-30"
    )
    assert "already" in office.refused("terminate_employee", "conflict", **args)
    assert "2026-04-30" in office.refused("apply_leave", "conflict", who=worker["person_id"], **wish)


def test_whoever_left_may_not_act_any_more(office: Office) -> None:
    worker = office.worker()
    args = {"employee_id": worker["employee_id"], "last_day": "2026-03-02", "reason": "Mutual agreement"}
    assert office.call("terminate_employee", **args)["status"] == "Left"
    assert "account" in office.refused("get_my_profile", "forbidden", who=worker["person_id"])
    assert "closed" in office.refused("update_employee", "conflict", employee_id=worker["employee_id"], site="LDS")


def test_managers_and_oneself_cannot_be_terminated(office: Office) -> None:
    worker = office.worker()
    boss = office.staff("person_id = ?", worker["manager_id"])
    args = {"last_day": "2026-03-31", "reason": "Reorganisation"}
    message = office.refused("terminate_employee", "conflict", employee_id=boss["employee_id"], **args)
    assert "report to" in message
    own = office.call("get_my_profile")["employee_id"]
    assert "own" in office.refused("terminate_employee", "forbidden", employee_id=own, **args)
    args["last_day"] = "2028-01-01"
    assert "2027" in office.refused("terminate_employee", "invalid", employee_id=worker["employee_id"], **args)


def test_private_fields_are_for_the_employee_managers_and_hr(office: Office) -> None:
    worker, stranger = office.worker("HAM"), office.worker("LDS")
    key = {"employee_id": worker["employee_id"]}
    for who in (worker["person_id"], worker["manager_id"], None):
        assert "date_of_birth" in office.call("get_employee", who=who, **key)
    seen = office.call("get_employee", who=stranger["person_id"], **key)
    assert "date_of_birth" not in seen and seen["email"] == worker["email"]
    assert "search_employees" in office.refused("get_employee", "not_found", employee_id="HR-EMP-99999")


def test_the_directory_filters_and_pages(office: Office) -> None:
    found = office.call(
        "search_employees",
        designation="software engineer",
        department="platform engineering",
        site="PNQ",
        status="Active",
    )
    assert found["total"] > 0
    assert all("Software Engineer" in row["designation"] and row["site"] == "PNQ" for row in found["items"])
    assert office.call("search_employees", status="Left")["total"] == 14
    assert office.call("search_employees", query="100%")["total"] == 0
    first, second = (office.call("search_employees", page=n, per_page=5)["items"] for n in (1, 2))
    assert len(first) == 5 and first[-1]["employee_id"] < second[0]["employee_id"]


def test_departments_designations_and_holidays_are_listed(office: Office) -> None:
    departments = office.call("list_departments")
    assert departments["total"] == len(office.firm.departments)
    assert any(
        row["designation"] == "Recruiter" for row in office.call("list_designations", query="recruiter")["items"]
    )
    holidays = office.call("list_site_holidays", site="Pune")
    assert {"site": "PNQ", "date": "2026-03-03", "name": "Holi"} in holidays["items"]
    assert office.call("list_site_holidays", year=2025)["items"][0]["site"] == "HAM"
