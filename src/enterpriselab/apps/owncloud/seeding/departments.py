"""Seeds what every department keeps: minutes, budget, goals, the list of its people; and the projects of its people."""

from datetime import date, timedelta

from enterpriselab.apps.owncloud.seeding.cabinet import Cabinet
from enterpriselab.company.records import Department, Person, Project

TOPICS = (
    "Laptop refresh: list of old devices", "Open vacancies and who covers", "Numbers of the last month",
    "Move of the shared calendar", "Feedback from the customer survey", "Holiday plan until June",
    "Budget: what can wait", "Findings of the security audit", "Trade fair: who travels", "New onboarding plan",
    "Flow 9: questions that come up", "Noise in the open office", "Backlog older than 60 days", "Training budget",
)  # fmt: skip
DECISIONS = (
    "wait for the numbers of March", "a pilot with two teams first", "agreed as proposed", "not this quarter",
    "a second quote is needed", "the head of department decides by Friday", "moved to the next meeting",
)  # fmt: skip
ACTIONS = (
    "sends the list to IT", "asks Finance for the account", "writes a one-page summary", "updates the plan",
    "talks to the vendor", "books a room", "collects examples", "closes the old folder", "checks the contract",
)  # fmt: skip
GOALS = (
    "Answer internal requests within two working days", "Half of the manual reports run by themselves",
    "One documented deputy for each task", "No finding older than 90 days", "Two people trained per quarter",
    "Travel cost 10 per cent below 2025", "Onboarding plan for every new colleague", "All documents have an owner",
)  # fmt: skip
LINES = (
    ("Salaries", 62), ("Training", 3), ("Travel", 6), ("Software", 9), ("Hardware", 7), ("External services", 11),
    ("Other", 2),
)  # fmt: skip
"""Budget line, share of the whole in per cent."""
RISKS = (
    "Key person leaves", "Supplier delivers late", "Interface is not documented", "Test data is missing",
    "Scope grows", "Customer has no time for training", "Security review takes longer", "Hardware is out of stock",
)  # fmt: skip


def seed_departments(cabinet: Cabinet) -> dict[str, int]:
    """Minutes, budgets, goals and lists; returns department id -> id of the file with the budget of 2026."""
    budgets: dict[str, int] = {}
    for department in cabinet.firm.departments:
        people = cabinet.firm.people_in(department.id)
        root_id, head = cabinet.departments[department.id], department.head_id
        for weeks in (1, 3, 5, 9):
            day = (date(2026, 2, 26) - timedelta(weeks=weeks)).isoformat()
            writer = cabinet.dice.one(people).id
            folder_id = cabinet.folder(root_id, "Minutes", head, "2025-03-03T08:00:00Z")
            text = _minutes(cabinet, department, people, day)
            cabinet.file(folder_id, f"{day} Team Meeting.md", text, writer, f"{day}T14:{10 + weeks}:00Z")
        folder_id = cabinet.folder(root_id, "Budget", head, "2024-11-04T08:00:00Z")
        total = (12_000 + 84_000 * len(people)) * 97 // 100
        cabinet.file(folder_id, "Budget 2025.csv", _budget(cabinet, department, total), head, "2024-11-18T10:00:00Z")
        budgets[department.id] = cabinet.file(
            folder_id, "Budget 2026.csv", _budget(cabinet, department, total * 104 // 100), head, "2025-11-17T10:00:00Z"
        )
        text = f"# Goals 2026: {department.name}\n" + "".join(f"- [ ] {goal}\n" for goal in cabinet.dice.some(GOALS, 3))
        cabinet.file(root_id, "Goals 2026.md", text, head, cabinet.before(30, 60))
        cabinet.file(root_id, "Team.csv", _team(people), cabinet.dice.one(people).id, cabinet.before(5, 90))
    return budgets


def _minutes(cabinet: Cabinet, department: Department, people: tuple[Person, ...], day: str) -> str:
    dice = cabinet.dice
    present = dice.some(people, 5)
    text = f"# {department.name}, team meeting {day}\nPresent: {', '.join(p.full_name for p in present)}\n\n"
    for topic in dice.some(TOPICS, 3):
        text += f"- {topic}: {dice.one(DECISIONS)}.\n"
    text += "\n## Actions\n"
    for person in present[:2]:
        due = (date.fromisoformat(day) + timedelta(days=dice.between(5, 30))).isoformat()
        text += f"- {person.full_name} {dice.one(ACTIONS)} by {due}\n"
    return text


def _budget(cabinet: Cabinet, department: Department, total: int) -> str:
    rows = [f"{department.cost_center},{line},{total * share // 100}" for line, share in LINES]
    return "cost_center,line,amount_eur\n" + "\n".join(rows) + "\n"


def _team(people: tuple[Person, ...]) -> str:
    rows = [f"{p.full_name},{p.title},{p.team},{p.site_id},{p.email}" for p in people]
    return "name,title,team,site,email\n" + "\n".join(rows) + "\n"


def seed_projects(cabinet: Cabinet) -> dict[str, dict[str, int]]:
    """Charter, status and risks of each project; returns code -> {"charter", "status", "risks", "folder"} ids."""
    made: dict[str, dict[str, int]] = {}
    for project in cabinet.firm.projects:
        lead = cabinet.firm.by_id(project.lead_id)
        start = f"{project.started_on}T09:00:00Z" if project.started_on < "2026-02" else cabinet.before(3, 20)
        root_id = cabinet.departments[lead.department_id]
        folder_id = cabinet.folder(root_id, f"Projects/{project.name}", lead.id, start)
        charter = cabinet.file(folder_id, "Project Charter.md", _charter(cabinet, project), lead.id, start)
        made[project.code] = {"folder": folder_id, "charter": charter}
        made[project.code]["risks"] = cabinet.file(
            folder_id, "Risks.csv", _risks(cabinet, project), lead.id, cabinet.before(5, 30)
        )
        if project.status in ("active", "on_hold"):
            for month in ("2026-01", "2026-02"):
                text, name = _status(cabinet, project, month), f"Status Report {month}.md"
                at = f"{month}-{20 + cabinet.dice.below(7)}T15:30:00Z"
                made[project.code]["status"] = cabinet.file(folder_id, name, text, lead.id, at)
        for tag in ("project", project.code.lower()):
            cabinet.add("owncloud_file_tag", node_id=charter, tag=tag)
    return made


def _charter(cabinet: Cabinet, project: Project) -> str:
    people = [(part, cabinet.firm.by_id(person_id)) for person_id, part in project.members]
    customer = cabinet.firm.customer(project.customer_id).name if project.customer_id else "internal"
    text = f"# Project charter: {project.name} ({project.code})\n{project.summary}\n\n- Customer: {customer}\n"
    text += f"- From {project.started_on} to {project.due_on}, state: {project.status}\n"
    text += f"- Budget: {project.budget_cents // 100:,} EUR\n\n## People\n"
    return text + "".join(f"- {part}: {person.full_name}, {person.title}\n" for part, person in people)


def _status(cabinet: Cabinet, project: Project, month: str) -> str:
    dice = cabinet.dice
    light, spent = dice.one(("green", "green", "yellow", "red")), dice.between(20, 95)
    return (
        f"# {project.code}: status {month}\nTraffic light: {light}. Budget spent: {spent} per cent. "
        f"Due: {project.due_on}.\n\n"
        f"- Done: {dice.one(TOPICS).lower()}\n- Next: {dice.one(GOALS).lower()}\n- Risk: {dice.one(RISKS).lower()}\n"
    )


def _risks(cabinet: Cabinet, project: Project) -> str:
    dice = cabinet.dice
    rows = []
    for number, risk in enumerate(dice.some(RISKS, 3), start=1):
        owner = cabinet.firm.by_id(dice.one(project.members)[0])
        rows.append(f"R{number},{risk},{dice.between(1, 5)},{dice.between(1, 5)},{owner.full_name}")
    return "id,risk,probability,impact,owner\n" + "\n".join(rows) + "\n"
