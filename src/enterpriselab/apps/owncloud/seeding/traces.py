"""Seeds what people leave on files: comments, tags, favourites, locks, further versions, and the trash."""

from enterpriselab.apps.owncloud.seeding.cabinet import Cabinet, hours_ahead

COMMENTS = (
    "The second paragraph needs a source.", "Looks good to me.", "Is this still valid?", "Numbers are fine.",
    "Please use the figures of February.", "Can we shorten this?", "I would move the date by a week.",
    "Who is the owner after the reorganisation?", "Approved from my side.", "Two typos corrected.",
    "This contradicts the plan in the project folder.", "Legal has to see this first.",
)  # fmt: skip
TAGS = ("draft", "review", "urgent", "to-sign", "personal", "archive")
LATER = "\nAdded later: the dates were confirmed.\n"
RUBBISH = (
    ("old notes.txt", "call back\nask for the second quote\n"), ("Plan draft.md", "# Plan\nfirst draft, do not use\n"),
    ("export.csv", "id,value\n1,20\n2,35\n"), ("screenshot notes.md", "# Screens\nsee the new board\n"),
)  # fmt: skip


def seed_traces(cabinet: Cabinet, homes: dict[str, list[int]], projects: dict[str, dict[str, int]]) -> None:
    """All of them."""
    _versions(cabinet, homes)
    _comments(cabinet, homes, projects)
    _marks(cabinet, homes, projects)
    _locks(cabinet, homes, projects)
    _trash(cabinet, homes, projects)


def _versions(cabinet: Cabinet, homes: dict[str, list[int]]) -> None:
    for owner, files in homes.items():
        for position, node_id in enumerate(files[:3]):
            text = cabinet.text(node_id)
            if text.endswith("}\n"):
                continue
            for number in range(1, position + 2):
                at = max(f"2026-02-{12 + 4 * position + number:02d}T16:00:00Z", cabinet.node(node_id)["modified_at"])
                cabinet.rewrite(node_id, text + LATER * number, owner, at)


def _comments(cabinet: Cabinet, homes: dict[str, list[int]], projects: dict[str, dict[str, int]]) -> None:
    for project in cabinet.firm.projects:
        writers = [person_id for person_id, _ in project.members if cabinet.firm.by_id(person_id).status != "left"]
        for node_id in (projects[project.code]["charter"], projects[project.code].get("status")):
            if node_id is not None:
                for writer in cabinet.dice.some(writers, 2):
                    _comment(cabinet, node_id, writer)
    for owner, files in homes.items():
        _comment(cabinet, files[4], owner)


def _comment(cabinet: Cabinet, node_id: int, writer: str) -> None:
    at = max(cabinet.before(1, 25), cabinet.node(node_id)["created_at"])
    cabinet.add("owncloud_comment", node_id=node_id, author_id=writer, text=cabinet.dice.one(COMMENTS), created_at=at)


def _marks(cabinet: Cabinet, homes: dict[str, list[int]], projects: dict[str, dict[str, int]]) -> None:
    codes = list(projects)
    for position, (owner, files) in enumerate(homes.items()):
        for node_id, tag in zip(files[1:5], cabinet.dice.some(TAGS, 4), strict=True):
            cabinet.add("owncloud_file_tag", node_id=node_id, tag=tag)
        starred = (files[2], files[5], projects[codes[position % len(codes)]]["charter"])
        for node_id in starred:
            cabinet.add("owncloud_star", person_id=owner, node_id=node_id)


def _locks(cabinet: Cabinet, homes: dict[str, list[int]], projects: dict[str, dict[str, int]]) -> None:
    for position, project in enumerate(cabinet.firm.projects[:12]):
        node_id = projects[project.code]["risks"]
        member = project.members[-1][0]
        holder = member if _may_lock(cabinet, member, node_id) else project.lead_id
        _lock(cabinet, node_id, holder, "Monthly review", 5 + 3 * position if position % 3 else -4)
    for owner, files in list(homes.items())[::4]:
        _lock(cabinet, files[0], owner, "I am writing on it", 8)


def _may_lock(cabinet: Cabinet, person_id: str, node_id: int) -> bool:
    space = cabinet.rows["owncloud_space"][cabinet.node(node_id)["space_id"] - 1]
    person = cabinet.firm.by_id(person_id)
    return person.department_id == space["department_id"] and person.status != "left"


def _lock(cabinet: Cabinet, node_id: int, holder: str, reason: str, hours: int) -> None:
    columns = {"locked_at": hours_ahead(-20), "expires_at": hours_ahead(hours)}
    cabinet.add("owncloud_lock", node_id=node_id, person_id=holder, reason=reason, **columns)


def _trash(cabinet: Cabinet, homes: dict[str, list[int]], projects: dict[str, dict[str, int]]) -> None:
    for position, (owner, files) in enumerate(homes.items()):
        for name, text in cabinet.dice.some(RUBBISH, 2):
            at = cabinet.before(20, 60)
            folder_id = cabinet.folder(cabinet.homes[owner], "Documents", owner, at)
            cabinet.discard(cabinet.file(folder_id, name, text, owner, at), owner, cabinet.before(1, 15))
        if position % 2 == 0:
            _replaced(cabinet, owner, files[6])
    for department in cabinet.firm.departments:
        root_id, head = cabinet.departments[department.id], department.head_id
        text = f"# Goals 2025: {department.name}\n"
        node_id = cabinet.file(root_id, "Goals 2025.md", text, head, "2025-01-15T09:00:00Z")
        cabinet.discard(node_id, head, cabinet.before(3, 20))
    code = next(iter(projects))
    lead = cabinet.firm.project(code).lead_id
    folder_id = cabinet.folder(projects[code]["folder"], "Workshop", lead, "2025-11-03T09:00:00Z")
    for number in (1, 2):
        cabinet.file(folder_id, f"Group {number}.md", f"# Results of group {number}\n", lead, "2025-11-04T15:00:00Z")
    cabinet.discard(folder_id, lead, cabinet.before(2, 4))


def _replaced(cabinet: Cabinet, owner: str, node_id: int) -> None:
    """A deleted file whose name has been taken by another since."""
    node = cabinet.node(node_id)
    if node["parent_id"] is None:
        return
    text = "This was the version before the new start.\n"
    gone = cabinet.file(node["parent_id"], node["name"], text, owner, node["created_at"])
    cabinet.discard(gone, owner, max(cabinet.before(1, 2), node["created_at"]))
