"""The firm is deterministic, whole and believable."""

import hashlib
from collections import Counter
from datetime import date

import pytest

from enterpriselab.company import FIRM_DOMAIN, NOW, ROLES, SHARED_MAILBOXES, TODAY, Firm, Person, build_firm
from enterpriselab.company.market import LEGACY, RUNS
from enterpriselab.company.names import LOOKALIKES
from enterpriselab.company.organisation import UNITS
from enterpriselab.core.errors import UsageError

FIRM = build_firm()
DIGEST_OF_SEED_7 = "6e7e183a4fcf394b"
"""Of the repr of the default firm. It changes with the data, never with the Python version or the machine."""


def digest(firm: Firm) -> str:
    return hashlib.sha256(repr(firm).encode("utf-8")).hexdigest()[:16]


def chain(firm: Firm, person: Person) -> list[Person]:
    """The person's managers up to the root; at most as many as there are people."""
    found: list[Person] = []
    boss = firm.manager_of(person)
    while boss is not None and len(found) <= len(firm.people):
        found.append(boss)
        boss = firm.manager_of(boss)
    return found


def test_same_seed_gives_the_same_firm_and_another_seed_another() -> None:
    again = build_firm.__wrapped__(7, 320)
    assert again == FIRM
    assert again is not FIRM
    assert digest(FIRM) == DIGEST_OF_SEED_7, "if the data was changed on purpose, put the new digest here"
    assert digest(build_firm(8)) != digest(FIRM)


def test_the_clock_starts_on_a_monday_that_is_no_holiday() -> None:
    assert NOW.startswith(TODAY)
    assert date.fromisoformat(TODAY).weekday() == 0
    assert TODAY not in {holiday.day for holiday in FIRM.holidays}


def test_the_firm_has_the_promised_size() -> None:
    sizes = (len(FIRM.people), len(FIRM.departments), len(FIRM.sites), len(FIRM.customers), len(FIRM.products))
    assert sizes == (320, 14, 5, 60, 40)
    assert len(FIRM.projects) == 30
    assert {len(FIRM.contacts_of(customer)) for customer in FIRM.customers} == {2, 3, 4}


@pytest.mark.parametrize(("seed", "headcount"), [(1, 283), (2, 320), (3, 443)])
def test_the_organisation_is_one_tree_with_spans_a_person_can_lead(seed: int, headcount: int) -> None:
    firm = build_firm(seed, headcount)
    assert len(firm.people) == headcount
    roots = [person for person in firm.people if person.manager_id is None]
    assert [root.title for root in roots] == ["Chief Executive Officer"]
    assert all(chain(firm, person)[-1] == roots[0] for person in firm.people if person not in roots)
    spans = Counter(len(firm.reports_of(person)) for person in firm.people if firm.reports_of(person))
    assert min(spans) >= 4
    assert max(spans) <= 9


def test_a_headcount_without_sound_teams_is_refused_with_the_accepted_range() -> None:
    with pytest.raises(UsageError, match="accepted: 283 to 443"):
        build_firm(7, 40)


def test_departments_form_one_tree_with_heads_who_belong_to_them() -> None:
    assert [d.id for d in FIRM.departments if d.parent_id is None] == ["exec"]
    seen: set[str] = set()
    for department, head in zip(FIRM.departments, FIRM.heads(), strict=True):
        assert department.parent_id is None or department.parent_id in seen
        assert head.department_id == department.id
        seen.add(department.id)


def test_every_manager_is_active_and_of_the_same_or_the_parent_department() -> None:
    for person in FIRM.people:
        boss = FIRM.manager_of(person)
        if boss is not None:
            own = FIRM.department(person.department_id)
            assert boss.status == "active"
            assert boss.department_id in (own.id, own.parent_id)
            assert "Manager" in boss.roles


def test_addresses_and_names_of_accounts_are_unique() -> None:
    emails = [p.email for p in FIRM.people] + [c.email for c in FIRM.contacts] + [v.contact_email for v in FIRM.vendors]
    emails += [email for email, _ in SHARED_MAILBOXES]
    assert len(set(emails)) == len(emails)
    assert len({person.username for person in FIRM.people}) == len(FIRM.people)
    domains = [FIRM_DOMAIN] + [c.domain for c in FIRM.customers] + [v.domain for v in FIRM.vendors]
    assert len(set(domains)) == len(domains)


def test_everything_is_ascii_and_every_domain_is_reserved_for_examples() -> None:
    assert repr(FIRM).isascii()
    domains = [FIRM_DOMAIN] + [c.domain for c in FIRM.customers] + [v.domain for v in FIRM.vendors]
    assert all(domain.endswith(".example") for domain in domains)
    assert all(contact.email.endswith(f"@{FIRM.customer(contact.customer_id).domain}") for contact in FIRM.contacts)


def test_namesakes_share_a_name_in_different_departments_and_nobody_else_does() -> None:
    groups: dict[str, list[Person]] = {}
    for person in FIRM.people:
        groups.setdefault(person.full_name, []).append(person)
    namesakes = [group for group in groups.values() if len(group) > 1]
    assert [len(group) for group in namesakes] == [2] * 5
    for first, second in namesakes:
        assert first.department_id != second.department_id
        assert second.email == first.email.replace("@", "2@")
    outside = {contact.full_name for contact in FIRM.contacts} | {vendor.contact_name for vendor in FIRM.vendors}
    assert outside.isdisjoint(groups)


def test_some_colleagues_differ_only_in_the_spelling_of_a_given_name() -> None:
    names = {person.full_name for person in FIRM.people}
    pairs = [(a, b) for a, b in LOOKALIKES.items() for n in names if n.startswith(f"{a} ") and n.replace(a, b) in names]
    assert len(pairs) >= 3


def test_every_role_is_held_and_nobody_who_left_holds_one() -> None:
    assert all(FIRM.with_role(role) for role in ROLES)
    assert {role for person in FIRM.people for role in person.roles} == set(ROLES)
    assert all(person.roles == () for person in FIRM.people if person.status == "left")
    assert all("Employee" in person.roles for person in FIRM.staff)


def test_dates_of_employment_agree_with_the_status() -> None:
    for person in FIRM.people:
        assert "2014-03" <= person.hired_on < TODAY
        if person.status == "left":
            assert person.left_on is not None
            assert person.hired_on < person.left_on < TODAY
        elif person.left_on is not None:
            assert person.status == "active"
            assert person.left_on > TODAY
    assert Counter(person.status for person in FIRM.people) == {"active": 297, "left": 14, "on_leave": 9}
    assert sum(1 for person in FIRM.staff if person.left_on) == 3


def test_ids_and_employee_numbers_follow_the_hire_date() -> None:
    assert [p.id for p in FIRM.people] == sorted(p.id for p in FIRM.people)
    assert [p.hired_on for p in FIRM.people] == sorted(p.hired_on for p in FIRM.people)
    assert [p.employee_number for p in FIRM.people] == sorted(p.employee_number for p in FIRM.people)


def test_members_of_a_team_have_skills_of_that_team() -> None:
    pools = {team.name: set(team.skills.split(",")) for unit in UNITS for team in unit.teams}
    for person in FIRM.people:
        if person.team in pools:
            assert len(pools[person.team] & set(person.skills)) >= 3


def test_people_below_counts_the_departments_under_a_department() -> None:
    engineering = [d.id for d in FIRM.departments if d.id.startswith("eng")]
    expected = sum(len(FIRM.people_in(department)) for department in engineering)
    assert len(FIRM.people_in("eng", below=True)) == expected > len(FIRM.people_in("eng"))
    assert FIRM.people_in("exec", below=True) == FIRM.staff


def test_accounts_are_owned_by_active_sales_people_and_projects_led_by_active_people() -> None:
    for customer in FIRM.customers:
        owner = FIRM.by_id(customer.account_owner_id)
        assert (owner.status, owner.left_on) == ("active", None)
        assert "Sales" in owner.roles
    for project in FIRM.projects:
        assert FIRM.by_id(project.lead_id).status == "active"
        assert project.members[0] == (project.lead_id, "lead")
        assert len({person for person, _ in project.members}) == len(project.members) >= 4


def test_projects_agree_with_the_calendar() -> None:
    for project in FIRM.projects:
        assert project.started_on < project.due_on
        if project.status == "planned":
            assert project.started_on > TODAY
        if project.status in ("active", "on_hold"):
            assert project.started_on < TODAY
        if project.status == "completed":
            assert project.due_on < TODAY
    assert [p.code for p in FIRM.projects if p.status == "active" and p.due_on < TODAY] == ["ERPFIN"]


def test_customers_run_what_their_projects_and_their_history_say() -> None:
    by_name = {customer.name: customer for customer in FIRM.customers}
    for name, skus in RUNS.items():
        assert set(skus) <= {item.sku for item in FIRM.subscriptions_of(by_name[name])}
    for customer in FIRM.customers:
        items = FIRM.subscriptions_of(customer)
        assert bool(items) == (customer.status != "prospect")
        assert all(item.started_on >= (customer.since or "") for item in items)
        assert all((item.renews_on > TODAY) == (customer.status == "active") for item in items)
        runs_legacy = any(item.sku == "NV-FLW-7LE" for item in items)
        assert runs_legacy == (customer.name in LEGACY)
        assert not runs_legacy or not any(i.sku.startswith("NV-FLW-") and i.sku != "NV-FLW-7LE" for i in items)
