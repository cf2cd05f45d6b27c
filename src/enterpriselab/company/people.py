"""Fills the seats of organisation.py with people: names, addresses, managers, dates, status, skills, roles."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from enterpriselab.company.dice import Dice
from enterpriselab.company.names import LOCAL, LOOKALIKES, NAMES
from enterpriselab.company.organisation import EXTRA_ROLES, UNITS
from enterpriselab.company.records import ROLES, Department, Person
from enterpriselab.company.seats import Seat, Team, Unit
from enterpriselab.company.sites import LANGUAGES, PHONE, SITE_LANGUAGE, SITES
from enterpriselab.core.clock import CLOCK_START
from enterpriselab.core.errors import UsageError

FIRM_DOMAIN = "norrvane.example"
YEARS = 12
"""Hire dates reach back this many years."""
LEAST_TEAM, LARGEST_TEAM = 4, 9
NAMESAKES, NEAR_NAMESAKES = 5, 3
LEAVERS, ON_LEAVE, ON_NOTICE = 14, 9, 3
_COUNTRY = {site.id: site.country_code for site in SITES}
_ENGINEERLIKE = ("Engineer", "Scientist", "Consultant", "Architect")


@dataclass(slots=True)
class Draft:
    """A person while the organisation is being filled."""

    title: str
    grade: str
    unit: Unit
    team: str
    site: str
    boss: "Draft | None"
    skills: list[str]
    roles: set[str]
    first: str = ""
    last: str = ""
    hired: date = date.min
    left: date | None = None
    status: str = "active"
    leads: bool = False
    team_size: int = 0
    id: str = field(default="", repr=False)


def build_people(dice: Dice, headcount: int) -> tuple[tuple[Department, ...], tuple[Person, ...]]:
    """Departments (parents first) and people (longest tenure first, which is the order of their ids)."""
    sizes = team_sizes(headcount)
    drafts, heads = _fill_units(dice, sizes)
    _name(dice, drafts)
    _hire(dice, drafts)
    _change_status(dice, drafts)
    drafts.sort(key=lambda draft: draft.hired)  # stable: equal days keep the order of the organisation
    for number, draft in enumerate(drafts, start=1):
        draft.id = f"p{number:04d}"
    _plant_namesakes(dice, drafts)
    departments = tuple(Department(u.id, u.name, u.parent, heads[u.id].id, u.cost_center) for u in UNITS)
    return departments, _finish(dice, drafts)


def team_sizes(headcount: int) -> dict[str, int]:
    """Members of each team: every team gets the least, the rest goes by weight (D'Hondt).

    Raises:
        UsageError: teams would have fewer than 5 or more than 9 members on average.
    """
    teams = [team for unit in UNITS for team in unit.teams]
    fixed = sum(1 + len(unit.seats) for unit in UNITS) + len(teams)
    least, most = fixed + (LEAST_TEAM + 1) * len(teams), fixed + LARGEST_TEAM * len(teams)  # some must be able to leave
    if not least <= headcount <= most:
        raise UsageError(f"A headcount of {headcount} gives no sound teams; accepted: {least} to {most}.")
    sizes = {team.name: LEAST_TEAM for team in teams}
    for _ in range(headcount - fixed - LEAST_TEAM * len(teams)):
        open_teams = [team for team in teams if sizes[team.name] < LARGEST_TEAM]
        sizes[max(open_teams, key=lambda team: team.weight / (sizes[team.name] + 1)).name] += 1
    return sizes


def _fill_units(dice: Dice, sizes: dict[str, int]) -> tuple[list[Draft], dict[str, Draft]]:
    drafts: list[Draft] = []
    heads: dict[str, Draft] = {}
    for unit in UNITS:
        boss = heads.get(unit.parent or "")
        if unit.under:
            boss = next(draft for draft in drafts if draft.title == unit.under)
        head = heads[unit.id] = _seated(unit.head, unit, unit.name, boss)
        drafts.append(head)
        drafts += [_seated(seat, unit, unit.name, head) for seat in unit.seats]
        for team in unit.teams:
            drafts += _fill_team(dice, team, unit, head, sizes[team.name])
    for draft in drafts:
        if draft.boss:
            draft.boss.leads = True
    for draft in drafts:
        draft.roles |= {"Employee"} | ({"Manager"} if draft.leads else set())
    return drafts, heads


def _seated(seat: Seat, unit: Unit, team: str, boss: Draft | None) -> Draft:
    return Draft(seat.title, seat.grade, unit, team, unit.site, boss, seat.skills.split(","), set(seat.roles))


def _fill_team(dice: Dice, team: Team, unit: Unit, head: Draft, size: int) -> list[Draft]:
    sites, titles, pool = team.sites.split(), team.titles.split(","), team.skills.split(",")
    lead_skills = ["People Management", *dice.some(pool, 3)]
    lead = Draft(team.lead_title, "M1", unit, team.name, sites[0], head, lead_skills, set(team.lead_roles))
    found = [lead]
    for number in range(size):
        base = titles[number % len(titles)]
        grade, title = _seniority(dice, base)
        roles = set(team.roles) | {role for name, role in EXTRA_ROLES if name == base}
        skills = dice.some(pool, 2 + min(3, int(grade[-1])))
        site = sites[number % len(sites)]
        found.append(Draft(title, grade, unit, team.name, site, lead, skills, roles, team_size=size))
    return found


def _seniority(dice: Dice, base: str) -> tuple[str, str]:
    """A grade, and the base title with what that grade puts in front."""
    draw = dice.unit()
    if draw < 0.16:
        return "IC1", f"Junior {base}"
    if draw < 0.57:
        return "IC2", base
    if draw < 0.9 or not base.endswith(_ENGINEERLIKE):
        return "IC3", f"Senior {base}"
    return "IC4", f"Principal {base}"


def draw_name(dice: Dice, country_code: str) -> tuple[str, str]:
    """Given and family name of somebody who works in that country."""
    given, family = NAMES[dice.one(LOCAL[country_code].split())]
    return dice.one(given.split()), dice.one(family.split()).replace("-", " ")


def _name(dice: Dice, drafts: list[Draft]) -> None:
    taken: set[tuple[str, str]] = set()
    for draft in drafts:
        name = draw_name(dice, _COUNTRY[draft.site])
        while name in taken:
            name = draw_name(dice, _COUNTRY[draft.site])
        taken.add(name)
        draft.first, draft.last = name


def today() -> date:
    """The day on which the world's clock starts."""
    return date.fromisoformat(CLOCK_START[:10])


def _hire(dice: Dice, drafts: list[Draft]) -> None:
    """Contracts start on the 1st or 15th; the higher the grade, the longer ago; nobody precedes the chief executive."""
    windows = {"IC1": (1, 24), "IC2": (4, 80), "IC3": (18, 120), "IC4": (40, 143), "IC5": (60, 143)}
    for draft in drafts:
        low, high = windows.get(draft.grade, (30, 140))
        if draft.boss is None:
            low, high = YEARS * 12 - 1, YEARS * 12 - 1
        months = today().year * 12 + today().month - 1 - dice.between(low, high)
        draft.hired = date(months // 12, months % 12 + 1, dice.one((1, 1, 15)) if draft.boss else 1)


def _change_status(dice: Dice, drafts: list[Draft]) -> None:
    """Some left, some are on leave, some gave notice: only people who lead nobody, at most one leaver a team."""
    staff = [draft for draft in drafts if not draft.leads and draft.team_size > LEAST_TEAM]
    old = [draft for draft in staff if (today() - draft.hired).days > 400]
    for draft in _one_a_team(dice, old, LEAVERS):
        gone = 3 + int(min(600, (today() - draft.hired).days - 200) * dice.unit() ** 2)  # more of late than long ago
        draft.status, draft.left = "left", _weekday(today() - timedelta(days=gone))
        draft.roles = set()
    stayed = [draft for draft in old if draft.status == "active"]
    for draft in _one_a_team(dice, stayed, ON_LEAVE):
        draft.status = "on_leave"
    rest = [draft for draft in stayed if draft.status == "active"]
    for draft in _one_a_team(dice, rest, ON_NOTICE):
        draft.left = _weekday(today() + timedelta(days=dice.between(20, 80)))


def _one_a_team(dice: Dice, drafts: Sequence[Draft], count: int) -> list[Draft]:
    by_team: dict[str, list[Draft]] = {}
    for draft in drafts:
        by_team.setdefault(draft.team, []).append(draft)
    return [dice.one(by_team[team]) for team in dice.some(list(by_team), count)]


def _weekday(day: date) -> date:
    """The day itself, or the Friday before when it falls on a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def _plant_namesakes(dice: Dice, drafts: list[Draft]) -> None:
    """Give some people the name of a colleague in another department of the same site, and some nearly that name."""
    free = [draft for draft in drafts if not draft.leads and draft.status == "active"]
    for model, other in _pairs(dice, free, NAMESAKES, lambda draft: True):
        other.first, other.last = model.first, model.last
    for model, other in _pairs(dice, free, NEAR_NAMESAKES, lambda draft: draft.first in LOOKALIKES):
        other.first, other.last = LOOKALIKES[model.first], model.last


def _pairs(dice: Dice, free: list[Draft], count: int, fits: Callable[[Draft], bool]) -> list[tuple[Draft, Draft]]:
    """Up to `count` pairs of a model that fits and somebody elsewhere; whoever is drawn is taken out of `free`."""
    found: list[tuple[Draft, Draft]] = []
    for _ in range(count):
        models = [draft for draft in free if fits(draft)]
        if not models:
            break
        model = dice.one(models)
        others = [draft for draft in free if draft.site == model.site and draft.unit is not model.unit]
        found.append((model, dice.one(others)))
        free[:] = [draft for draft in free if draft is not model and draft is not found[-1][1]]
    return found


def slug(text: str) -> str:
    """Lower-case letters of a name, for addresses."""
    return "".join(letter for letter in text.lower() if letter.isalpha())


def unique(wanted: str, taken: set[str]) -> str:
    """`wanted`, or with the first number from 2 that is free; the result is taken from then on."""
    chosen, number = wanted, 1
    while chosen in taken:
        number += 1
        chosen = f"{wanted}{number}"
    taken.add(chosen)
    return chosen


def _languages(dice: Dice, site: str) -> list[str]:
    """Languages beside English: often the one of the site, now and then another."""
    local = SITE_LANGUAGE.get(site)
    found = [local] if local and dice.unit() < 0.7 else []
    other = dice.one(LANGUAGES)
    return [*found, other] if dice.unit() < 0.2 and other != local else found


def _finish(dice: Dice, drafts: list[Draft]) -> tuple[Person, ...]:
    mailboxes: set[str] = set()
    usernames: set[str] = set()
    found: list[Person] = []
    for number, draft in enumerate(drafts, start=1):
        mailbox = unique(f"{slug(draft.first)}.{slug(draft.last)}", mailboxes)
        draft.skills += _languages(dice, draft.site)
        found.append(
            Person(
                id=draft.id,
                employee_number=f"NV-{1000 + number}",
                first_name=draft.first,
                last_name=draft.last,
                full_name=f"{draft.first} {draft.last}",
                email=f"{mailbox}@{FIRM_DOMAIN}",
                username=unique(slug(draft.first)[0] + slug(draft.last), usernames),
                phone=PHONE[_COUNTRY[draft.site]].format(number),
                title=draft.title,
                grade=draft.grade,
                department_id=draft.unit.id,
                team=draft.team,
                site_id=draft.site,
                manager_id=draft.boss.id if draft.boss else None,
                hired_on=draft.hired.isoformat(),
                left_on=draft.left.isoformat() if draft.left else None,
                status=draft.status,
                skills=tuple(draft.skills),
                roles=tuple(role for role in ROLES if role in draft.roles),
            )
        )
    return tuple(found)
