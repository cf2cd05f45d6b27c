"""Job openings with applicants; their interviews are in interviews.py, the words in the two data files."""

from dataclasses import dataclass

from enterpriselab.apps.hr.naming import document_id
from enterpriselab.apps.hr.seeding.base import Seeding, days_from_today
from enterpriselab.apps.hr.seeding.candidates_data import LOOKALIKES, SOFTWARE_ENGINEERS, Candidate
from enterpriselab.apps.hr.seeding.recruitment_data import (
    COUNTRIES,
    EXPERIENCE,
    MAIL_HOSTS,
    OPENINGS,
    OTHER_SKILLS,
    STRENGTHS,
    WISHES,
    OpeningPlan,
)
from enterpriselab.company import Person
from enterpriselab.company.people import draw_name, slug

_OPEN_FIELD = (
    "Open",
    "Interview",
    "Shortlisted",
    "Interview",
    "Open",
    "Replied",
    "Interview",
    "Shortlisted",
    "Rejected",
    "Hold",
)
_CLOSED_FIELD = ("Rejected",)
_SOURCES = ("Website", "Website", "Job Board", "Job Board", "Referral", "Agency", "Campus")


@dataclass(frozen=True, slots=True)
class _Application:
    """An applicant with the day of application, before the number."""

    day: str
    opening_id: str
    candidate: Candidate
    email: str
    person_id: str | None = None
    """Of the person who was hired."""


def seed_recruitment(seeding: Seeding) -> dict[str, str]:
    """Insert openings, applicants and skills; returns person -> applicant of those who were hired through them."""
    applications: list[_Application] = []
    openings: list[tuple[object, ...]] = []
    skills: list[tuple[object, ...]] = []
    plans = sorted(OPENINGS, key=lambda plan: -plan.posted_days_ago)
    counts: dict[str, int] = {}
    for plan in plans:
        posted = days_from_today(-plan.posted_days_ago)
        counts[posted[:4]] = counts.get(posted[:4], 0) + 1
        key = document_id("hr_job_opening", posted[:4], counts[posted[:4]])
        openings.append(_opening(seeding, key, plan, posted))
        skills += [(key, skill, "required") for skill in plan.required.split(",")]
        skills += [(key, skill, "preferred") for skill in plan.preferred.split(",")]
        applications += _applications(seeding, key, plan, posted)
    seeding.insert("hr_job_opening", openings)
    seeding.insert("hr_opening_skill", skills)
    return _insert_applications(seeding, applications)


def _opening(seeding: Seeding, key: str, plan: OpeningPlan, posted: str) -> tuple[object, ...]:
    head = seeding.firm.department(plan.department).head_id
    closed = None if plan.closed_days_ago is None else days_from_today(-plan.closed_days_ago)
    status = "Open" if closed is None else "Closed"
    place = (plan.department, plan.site, head)
    return (key, plan.title, plan.designation, *place, plan.summary, plan.positions, status, posted, closed)


def _applications(seeding: Seeding, key: str, plan: OpeningPlan, posted: str) -> list[_Application]:
    dice = seeding.dice
    showcase = plan.title == "Software Engineer" and plan.site == "HAM"
    field = (
        SOFTWARE_ENGINEERS
        if showcase
        else tuple(_candidate(seeding, plan, number) for number in range(plan.applicants))
    )
    newest = plan.closed_days_ago + 14 if plan.closed_days_ago else 1
    found = []
    for number, candidate in enumerate(field):
        day = days_from_today(-dice.between(newest, plan.posted_days_ago - 1))
        address = f"{'.'.join(slug(part) for part in candidate.name.split())}@{MAIL_HOSTS[number % len(MAIL_HOSTS)]}"
        found.append(_Application(max(day, posted), key, candidate, address))
    for title, site, address, candidate in LOOKALIKES:
        if (title, site) == (plan.title, plan.site):
            found.append(_Application(days_from_today(-2), key, candidate, address))
    if plan.closed_days_ago is not None:
        found[0] = _who_came(seeding, plan, found[0])
    return found


def _who_came(seeding: Seeding, plan: OpeningPlan, application: _Application) -> _Application:
    """The person of the firm who was hired last for such a position, as the applicant they were."""
    fits = [p for p in seeding.firm.staff if p.title == plan.designation and p.department_id == plan.department]
    person: Person = max(fits, key=lambda p: p.hired_on)
    seen = application.candidate
    candidate = Candidate(
        person.full_name, seen.country, seen.years, 5, "Accepted", seen.source, seen.skills, seen.resume
    )
    address = f"{slug(person.first_name)}.{slug(person.last_name)}@{MAIL_HOSTS[0]}"
    return _Application(application.day, application.opening_id, candidate, address, person.id)


def _candidate(seeding: Seeding, plan: OpeningPlan, number: int) -> Candidate:
    dice = seeding.dice
    country = dice.one(
        ("DE", "GB", "FR", "PL", "NL", "ES", "IT", "IE")
        if plan.site not in ("PNQ", "AUS")
        else (("IN",), ("US",))[plan.site == "AUS"]
    )
    first, last = draw_name(dice, country)
    years = dice.between(1, 14)
    known = dice.some(plan.required.split(","), dice.between(1, 3)) + dice.some(
        plan.preferred.split(","), dice.between(0, 2)
    )
    known += [skill for skill in dice.some(OTHER_SKILLS, 2) if skill not in known]
    levels = [(skill, max(1, min(5, years // 3 + dice.between(0, 2)))) for skill in known]
    resume = " ".join(
        (
            dice.one(EXPERIENCE).format(years=years),
            dice.one(STRENGTHS).format(first=known[0], second=known[1]),
            f"Further: {', '.join(known[2:])}." if known[2:] else "",
            dice.one(WISHES),
        )
    ).replace("  ", " ")
    status = _CLOSED_FIELD[0] if plan.closed_days_ago else _OPEN_FIELD[number % len(_OPEN_FIELD)]
    rating = (
        0
        if status == "Open" and dice.unit() < 0.6
        else dice.between(1, 5 if status in ("Shortlisted", "Interview") else 4)
    )
    text = ",".join(f"{skill} {level}" for skill, level in levels)
    return Candidate(f"{first} {last}", COUNTRIES[country], years, rating, status, dice.one(_SOURCES), text, resume)


def _insert_applications(seeding: Seeding, applications: list[_Application]) -> dict[str, str]:
    applications.sort(key=lambda item: (item.day, item.opening_id, item.email))
    counts: dict[str, int] = {}
    rows: list[tuple[object, ...]] = []
    skills: list[tuple[object, ...]] = []
    hired: dict[str, str] = {}
    taken: set[tuple[str, str]] = set()
    for item in applications:
        if (item.opening_id, item.email) in taken:
            continue
        taken.add((item.opening_id, item.email))
        counts[item.day[:4]] = counts.get(item.day[:4], 0) + 1
        key = document_id("hr_job_applicant", item.day[:4], counts[item.day[:4]])
        who = item.candidate
        contact = (who.name, item.email, "", who.country, who.source, who.years, who.rating, who.status)
        rows.append((key, item.opening_id, *contact, who.resume, "", item.day))
        for pair in who.skills.split(","):
            skill, level = pair.rsplit(" ", 1)
            skills.append((key, skill, int(level)))
        if item.person_id:
            hired[item.person_id] = key
    seeding.insert("hr_job_applicant", rows)
    seeding.insert("hr_applicant_skill", skills)
    return hired
