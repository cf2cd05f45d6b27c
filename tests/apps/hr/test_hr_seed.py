import random

import apsw
import pytest
from hr_office import Office

from enterpriselab.apps.hr import APP
from enterpriselab.company import build_firm, schema_sql, seed_company


def _seeded(number: int) -> bytes:
    connection = apsw.Connection(":memory:")
    connection.pragma("foreign_keys", True)
    connection.execute(schema_sql() + APP.schema_sql)
    firm = build_firm(7)
    seed_company(connection, firm)
    with connection:
        APP.seed(connection, firm, random.Random(number))
    return bytes(connection.serialize("main"))


def test_the_same_generator_gives_the_same_rows_and_another_gives_others() -> None:
    first = _seeded(5)
    assert first == _seeded(5)
    assert first != _seeded(6)


def test_every_person_has_an_employee_and_every_title_a_designation(office: Office) -> None:
    assert office.value("SELECT count(*) FROM hr_employee") == len(office.firm.people)
    assert (
        office.episode.sql("SELECT title FROM company_person WHERE title NOT IN (SELECT name FROM hr_designation)")
        == []
    )
    assert office.row("SELECT employee_id FROM hr_staff WHERE person_id = 'p0042'") == {"employee_id": "HR-EMP-00042"}


@pytest.mark.parametrize(
    ("table", "states"),
    [
        ("hr_leave_application", "Approved Cancelled Open Rejected"),
        ("hr_expense_claim", "Approved Draft Paid Rejected Submitted"),
        ("hr_job_applicant", "Accepted Hold Interview Offered Open Rejected Replied Shortlisted"),
        ("hr_timesheet", "Draft Submitted"),
        ("hr_payroll_entry", "Cancelled Draft Submitted"),
    ],
)
def test_records_are_in_every_state(office: Office, table: str, states: str) -> None:
    found = office.episode.sql(f"SELECT DISTINCT status FROM {table} ORDER BY 1")
    assert [row["status"] for row in found] == states.split()


def test_leave_of_the_seed_keeps_the_rules(office: Office) -> None:
    overlap = """
    SELECT a.id FROM hr_leave_application a JOIN hr_leave_application b ON b.employee_id = a.employee_id AND b.id > a.id
    AND a.from_date <= b.to_date AND a.to_date >= b.from_date
    WHERE a.status IN ('Open', 'Approved') AND b.status IN ('Open', 'Approved')"""
    assert office.episode.sql(overlap) == []
    overdrawn = """
    SELECT a.employee_id FROM hr_leave_application a JOIN hr_leave_type t ON t.name = a.leave_type
    WHERE t.needs_allocation AND a.status = 'Approved' GROUP BY a.employee_id, a.leave_type, substr(a.from_date, 1, 4)
    HAVING sum(a.days) > (SELECT coalesce(sum(l.days), 0) FROM hr_leave_allocation l WHERE l.employee_id = a.employee_id
        AND l.leave_type = a.leave_type AND substr(l.from_date, 1, 4) = substr(a.from_date, 1, 4))"""
    assert office.episode.sql(overdrawn) == []
    own = "SELECT a.id FROM hr_leave_application a JOIN hr_employee e ON e.id = a.employee_id"
    assert office.episode.sql(f"{own} WHERE a.decided_by = e.person_id AND a.status IN ('Approved', 'Rejected')") == []
    away = "SELECT employee_id FROM hr_staff WHERE status = 'On Leave' AND employee_id NOT IN"
    today = "(SELECT employee_id FROM hr_attendance WHERE attendance_date = '2026-03-02' AND status = 'On Leave')"
    assert office.episode.sql(f"{away} {today}") == []


def test_logs_of_the_seed_agree_with_attendance(office: Office) -> None:
    wrong = """
    SELECT a.id FROM hr_attendance a JOIN hr_checkin c ON c.attendance_id = a.id
    GROUP BY a.id HAVING count(*) <> 2 OR min(c.employee_id) <> a.employee_id
    OR a.in_time IS NULL OR a.out_time IS NULL"""
    assert office.episode.sql(wrong) == []
    assert office.value("SELECT count(*) FROM hr_checkin") > 40
