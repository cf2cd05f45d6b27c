import pytest
from hr_office import Office


def claim(office: Office, worker: dict[str, str], **more: object) -> dict[str, object]:
    args = {"expense_type": "Travel", "amount": 182.4, "description": "Train to Lyon"} | more
    return office.call("create_expense_claim", who=worker["person_id"], **args)


def test_a_claim_holds_several_lines_and_goes_to_the_manager(office: Office) -> None:
    worker = office.worker()
    lines = [
        {"expense_type": "accommodation", "amount": 1020, "expense_date": "2026-02-20"},
        {"expense_type": "Meals", "amount": 31.95, "description": "Dinner"},
    ]
    made = claim(office, worker, more_lines=lines)
    assert (made["status"], made["total_claimed"]) == ("Submitted", 1234.35)
    assert [(line["line_no"], line["expense_type"], line["amount"]) for line in made["lines"]] == [
        (1, "Travel", 182.4),
        (2, "Accommodation", 1020.0),
        (3, "Meals", 31.95),
    ]
    boss = office.value("SELECT email FROM company_person WHERE id = ?", worker["manager_id"])
    assert office.heard("NotificationRequested")[-1]["to_emails"] == [boss]


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"amount": 12.345}, "invalid", "two decimals"),
        ({"amount": -5}, "invalid", "amount"),
        ({"expense_type": "Golf"}, "not_found", "Client Entertainment"),
        ({"expense_date": "2026-03-03"}, "invalid", "2026-03-02"),
        ({"expense_date": "2025-11-01"}, "invalid", "90 days"),
        ({"more_lines": [{"expense_type": "Golf", "amount": 3.0}]}, "not_found", "more_lines.0.expense_type"),
    ],
)
def test_lines_that_break_a_rule_are_refused(office: Office, change: dict[str, object], kind: str, words: str) -> None:
    args = {"expense_type": "Travel", "amount": 10.0} | change
    assert words in office.refused("create_expense_claim", kind, who=office.worker()["person_id"], **args)


def test_approval_grants_up_to_the_limit_and_payment_closes(office: Office) -> None:
    worker = office.worker()
    made = claim(office, worker, amount=60.0, more_lines=[{"expense_type": "Meals", "amount": 84.0}])
    key = {"expense_claim_id": made["expense_claim_id"]}
    done = office.call("decide_expense_claim", who=worker["manager_id"], **key, decision="approve")
    assert (done["status"], done["total_sanctioned"]) == ("Approved", 120.0)
    assert [line["sanctioned_amount"] for line in done["lines"]] == [60.0, 60.0]
    assert "Approved" in office.refused("decide_expense_claim", "conflict", **key, decision="reject", note="Too late")
    assert "Finance" in office.refused("pay_expense_claim", "forbidden", who=worker["manager_id"], **key)
    paid = office.call("pay_expense_claim", who=office.picks["Finance"].id, **key)
    assert (paid["status"], paid["paid_on"]) == ("Paid", "2026-03-02")
    assert office.heard("NotificationRequested")[-1]["kind"] == "expense_paid"
    assert "nothing" in office.refused("pay_expense_claim", "conflict", who=office.picks["Payroll"].id, **key)


def test_amounts_can_be_cut_line_by_line(office: Office) -> None:
    worker = office.worker()
    made = claim(office, worker, amount=60.0, more_lines=[{"expense_type": "Meals", "amount": 30.0}])
    args = {"expense_claim_id": made["expense_claim_id"], "decision": "approve"}
    assert "60.00 EUR" in office.refused(
        "decide_expense_claim", "invalid", **args, sanctioned=[{"line_no": 1, "amount": 61.0}]
    )
    assert "no line 3" in office.refused(
        "decide_expense_claim", "not_found", **args, sanctioned=[{"line_no": 3, "amount": 1.0}]
    )
    nothing = [{"line_no": 1, "amount": 0}, {"line_no": 2, "amount": 0}]
    assert "reject" in office.refused("decide_expense_claim", "invalid", **args, sanctioned=nothing)
    done = office.call(
        "decide_expense_claim", **args, sanctioned=[{"line_no": 1, "amount": 25.5}], note="Second class only"
    )
    assert (done["total_sanctioned"], done["decision_note"]) == (55.5, "Second class only")


def test_managers_decide_to_a_limit_and_nobody_their_own(office: Office) -> None:
    worker = office.worker()
    made = claim(office, worker, amount=1000.01)
    args = {"expense_claim_id": made["expense_claim_id"], "decision": "approve"}
    assert "1,000.00 EUR" in office.refused("decide_expense_claim", "forbidden", who=worker["manager_id"], **args)
    assert "own" in office.refused("decide_expense_claim", "forbidden", who=worker["person_id"], **args)
    assert "Finance" in office.refused(
        "decide_expense_claim", "forbidden", who=office.worker("LDS")["person_id"], **args
    )
    assert office.call("decide_expense_claim", who=office.picks["Finance"].id, **args)["status"] == "Approved"


def test_a_rejection_needs_words(office: Office) -> None:
    made = claim(office, office.worker())
    args = {"expense_claim_id": made["expense_claim_id"], "decision": "reject"}
    assert "note" in office.refused("decide_expense_claim", "invalid", **args)
    done = office.call("decide_expense_claim", **args, note="Private trip")
    assert (done["status"], done["total_sanctioned"]) == ("Rejected", 0.0)


def test_drafts_are_submitted_or_deleted_by_their_employee(office: Office) -> None:
    worker = office.worker()
    made = claim(office, worker, submit=False)
    key = {"expense_claim_id": made["expense_claim_id"]}
    assert made["status"] == "Draft" and not office.heard("NotificationRequested")
    assert "Submitted" in office.refused("decide_expense_claim", "conflict", **key, decision="approve")
    assert office.call("submit_expense_claim", who=worker["person_id"], **key)["status"] == "Submitted"
    assert "Submitted" in office.refused("submit_expense_claim", "conflict", who=worker["person_id"], **key)
    assert "Only the employee" in office.refused("delete_expense_claim", "forbidden", **key)
    assert office.call("delete_expense_claim", who=worker["person_id"], **key)["deleted_lines"] == 1
    assert office.refused("get_expense_claim", "not_found", **key)
    old = office.row(
        "SELECT c.id, s.person_id FROM hr_expense_claim c JOIN hr_staff s USING (employee_id) WHERE c.status = 'Paid'"
        " AND s.status = 'Active'"
    )
    assert "Paid" in office.refused(
        "delete_expense_claim", "conflict", who=old["person_id"], expense_claim_id=old["id"]
    )


def test_claims_are_listed_for_those_who_may_see_them(office: Office) -> None:
    worker = office.worker()
    assert office.call("get_expense_claims", status="Submitted")["total"] >= 30
    assert office.call("get_expense_claims", who=office.picks["Finance"].id)["total"] == 170
    own = office.call("get_expense_claims", who=worker["person_id"], per_page=100)["items"]
    assert {row["employee_id"] for row in own} <= {worker["employee_id"]}
    other = office.value("SELECT id FROM hr_expense_claim WHERE employee_id <> ?", worker["employee_id"])
    assert office.refused("get_expense_claim", "forbidden", who=worker["person_id"], expense_claim_id=other)
    assert {
        "expense_type": "Meals",
        "limit": 60.0,
        "description": "Meals while travelling, one day in one line.",
    } in office.call("list_expense_types")["items"]


def test_salary_slips_are_for_oneself_payroll_and_hr_managers(office: Office) -> None:
    worker = office.worker()
    args = {"employee_id": worker["employee_id"], "month": "02-2026"}
    for who in (worker["person_id"], office.picks["Payroll"].id, None):
        slip = office.call("get_salary_slip", who=who, **args)["items"][0]
        assert slip["gross_pay"] == pytest.approx(sum(line["amount"] for line in slip["earnings"]))
        assert slip["net_pay"] == pytest.approx(slip["gross_pay"] - sum(line["amount"] for line in slip["deductions"]))
    for who in (worker["manager_id"], office.picks["HR User"].id):
        assert "Payroll" in office.refused("get_salary_slip", "forbidden", who=who, **args)
    assert "pattern" in office.refused("get_salary_slip", "invalid", month="2026-02")
    assert office.call("get_salary_slip", who=worker["person_id"])["total"] == 2


def test_every_slip_adds_up(office: Office) -> None:
    wrong = """SELECT s.id FROM hr_salary_slip s JOIN hr_salary_slip_line l ON l.salary_slip_id = s.id GROUP BY s.id
               HAVING sum(CASE l.kind WHEN 'Earning' THEN l.amount_cents ELSE -l.amount_cents END) <> s.net_cents"""
    assert office.episode.sql(wrong) == []
    lines = """SELECT c.id FROM hr_expense_claim c JOIN hr_expense_line l ON l.expense_claim_id = c.id GROUP BY c.id
               HAVING sum(l.amount_cents) <> c.claimed_cents
               OR coalesce(sum(l.sanctioned_cents), 0) <> coalesce(c.sanctioned_cents, 0)"""
    assert office.episode.sql(lines) == []


def test_payroll_runs_show_what_is_still_a_draft(office: Office) -> None:
    drafts = office.call("get_payroll_entry", status="Draft")
    assert {row["site"] for row in drafts["items"]} == {"PNQ", "AUS"}
    assert all(row["salary_slips"] > 10 and row["total_net_pay"] > 0 for row in drafts["items"])
    assert office.call("get_payroll_entry", payroll_frequency="Fortnightly")["items"][0]["status"] == "Cancelled"
    assert "Payroll" in office.refused("get_payroll_entry", "forbidden", who=office.worker()["person_id"])
