"""Interviews of the applicants who came that far, in every state, and offers."""

from collections import defaultdict
from dataclasses import dataclass, field

from enterpriselab.apps.hr.naming import document_id
from enterpriselab.apps.hr.seeding.base import Seeding, days_from_today, employee_id

_SCENES: tuple[tuple[tuple[str, str, int], ...], ...] = (
    (("Screening", "Cleared", -12), ("Technical", "Pending", 2)),
    (("Screening", "Cleared", -11), ("Technical", "Cleared", -5)),
    (("Screening", "Under Review", -4),),
    (("Screening", "Pending", -3),),
    (("Screening", "Pending", 3),),
)
"""The interviews of an applicant as (round, status, days from today); applicants take the scenes in turn."""
_OFFERED_SCENE = 1
_START_DAYS_AHEAD = 60


@dataclass(frozen=True, slots=True)
class _Applicant:
    """An applicant with what matters of the opening."""

    id: str
    status: str
    department_id: str
    hiring_manager_id: str
    site_id: str
    applied_on: str


@dataclass(slots=True)
class _Book:
    """What is drawn so far; interviews and offers get their numbers at the end."""

    interviews: list[tuple[str, ...]] = field(default_factory=list)
    """(applicant, round, start, end, status)."""
    panels: list[list[tuple[object, ...]]] = field(default_factory=list)
    """Columns of hr_interviewer after the interview, for each interview."""
    offers: list[tuple[object, ...]] = field(default_factory=list)
    """Columns of hr_job_offer after the id."""


def seed_interviews(seeding: Seeding, hired: dict[str, str]) -> None:
    """Insert interviews and offers; applicants with an offer that waits become Offered."""
    book, offered = _Book(), []
    joined = {applicant: seeding.firm.by_id(person).hired_on for person, applicant in hired.items()}
    for number, applicant in enumerate(_applicants(seeding)):
        if applicant.status == "Accepted":
            _interview(seeding, book, applicant, "Screening", "Cleared", applicant.applied_on)
            book.offers.append(_offer(seeding, applicant, "Accepted", joined[applicant.id]))
            continue
        scene = number % len(_SCENES)
        for interview_round, status, offset in _SCENES[scene]:
            _interview(seeding, book, applicant, interview_round, status, days_from_today(offset))
        if scene == _OFFERED_SCENE and number % 2:
            book.offers.append(_offer(seeding, applicant, "Awaiting Response", days_from_today(_START_DAYS_AHEAD)))
            offered.append((applicant.id,))
    _insert(seeding, book)
    seeding.connection.executemany("UPDATE hr_job_applicant SET status = 'Offered' WHERE id = ?", offered)


def _applicants(seeding: Seeding) -> list[_Applicant]:
    sql = (
        "SELECT a.id, a.status, o.department_id, o.hiring_manager_id, o.site_id, a.applied_on FROM hr_job_applicant a"
        " JOIN hr_job_opening o ON o.id = a.job_opening_id WHERE a.status IN ('Interview', 'Accepted') ORDER BY a.id"
    )
    return [_Applicant(*map(str, row)) for row in seeding.connection.execute(sql)]


def _interview(
    seeding: Seeding, book: _Book, applicant: _Applicant, interview_round: str, status: str, day: str
) -> None:
    """One interview with the hiring manager and somebody of the department."""
    dice, head = seeding.dice, applicant.hiring_manager_id
    day = seeding.working_days(seeding.firm.by_id(head).site_id, day, "2026-12-31")[0]
    hour = 8 + len(book.interviews) % 8  # one after the other, so that nobody is booked twice at the same time
    start, end = (f"{day}T{hour:02d}:{minute:02d}:00Z" for minute in (0, 45))
    book.interviews.append((applicant.id, interview_round, start, end, status))
    people = seeding.firm.people_in(applicant.department_id)
    free = [person.id for person in people if person.status == "active" and person.id != head and not person.left_on]
    panel: list[tuple[object, ...]] = []
    for number, person_id in enumerate((head, dice.one(free))):
        spoken = status == "Cleared" or (status == "Under Review" and number == 1)
        verdict = ("Cleared", dice.between(3, 5), "Clear answers, good examples.", day) if spoken else (None,) * 4
        panel.append((employee_id(person_id), *verdict))
    book.panels.append(panel)


def _offer(seeding: Seeding, applicant: _Applicant, status: str, start: str) -> tuple[object, ...]:
    salary = seeding.dice.between(48, 82) * 100_000
    made = days_from_today(-4) if status == "Awaiting Response" else min(start, days_from_today(-30))
    currency = seeding.firm.site(applicant.site_id).currency
    return (applicant.id, status, made, start, salary, currency, "")


def _insert(seeding: Seeding, book: _Book) -> None:
    counts: defaultdict[str, int] = defaultdict(int)

    def numbered(table: str, day: str) -> str:
        key = f"{table}:{day[:4]}"
        counts[key] += 1
        return document_id(table, day[:4], counts[key])

    order = sorted(range(len(book.interviews)), key=lambda n: (book.interviews[n][2], n))
    names = {n: numbered("hr_interview", book.interviews[n][2]) for n in order}
    seeding.insert("hr_interview", [(names[n], *book.interviews[n]) for n in order])
    seeding.insert("hr_interviewer", [(names[n], *member) for n in order for member in book.panels[n]])
    offers = sorted(book.offers, key=lambda offer: (str(offer[2]), str(offer[0])))
    seeding.insert("hr_job_offer", [(numbered("hr_job_offer", str(offer[2])), *offer) for offer in offers])
