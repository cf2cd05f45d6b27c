"""Seeds shares in all states: pending, accepted, declined, expired; with people and departments; public links."""

import hashlib

from enterpriselab.apps.owncloud.paths import numbered
from enterpriselab.apps.owncloud.seeding.cabinet import Cabinet, Row, days_ahead
from enterpriselab.apps.owncloud.sharing import hash_of
from enterpriselab.company.principals import picks

RIGHTS: tuple[dict[str, int], ...] = ({}, {}, {"can_update": 1}, {"can_update": 1, "can_share": 1})
FOLDER_RIGHTS: tuple[dict[str, int], ...] = (
    {},
    {"can_update": 1, "can_create": 1},
    {"can_update": 1, "can_create": 1, "can_delete": 1},
)
STATES = ("pending", "accepted", "pending", "accepted", "declined", "accepted", "expired")

TO_DEPARTMENTS = (
    ("HR Manager", "hr"), ("Support Lead", "support"), ("Sales", "sales"), ("IT Admin", "it"), ("Manager", "services"),
    ("Engineer", "eng-platform"), ("Finance", "finance"), ("Employee", "marketing"),
)  # fmt: skip
"""Role of the giver, department that gets a file."""
LINKS = (
    ("Brand Guide.md", "marketing", 25),
    ("Roadmap 2026 customer version.md", "product", 12),
    ("Known Issues 2026.csv", "support", -3),
)
"""File of the library, its department, days until the public link ends."""


class Handshakes:
    """Gives shares and remembers which names the receivers have under /Shared."""

    def __init__(self, cabinet: Cabinet) -> None:
        self.cabinet = cabinet
        self._mounts: dict[str, set[str]] = {}
        self._given: set[tuple[int, str]] = set()

    def share(self, node_id: int, owner: str, receiver: str, state: str) -> None:
        """Share with a person, unless that was done."""
        if (node_id, receiver) in self._given or owner == receiver:
            return
        self._given.add((node_id, receiver))
        dice = self.cabinet.dice
        folder = self.cabinet.node(node_id)["kind"] == "folder"
        at = self.cabinet.before(40, 90) if state == "expired" else self.cabinet.before(1, 25)
        at = max(at, self.cabinet.node(node_id)["created_at"])
        expires = days_ahead(-dice.between(1, 12)) if state == "expired" else dice.one((None, None, days_ahead(30)))
        row = self._add(node_id, "user", owner, at, dice.one(FOLDER_RIGHTS if folder else RIGHTS),
                        person_id=receiver, expires_on=expires)  # fmt: skip
        if state in ("accepted", "declined"):
            self.answer(row, receiver, state)

    def answer(self, share: Row, receiver: str, answer: str) -> None:
        """What the receiver said."""
        name = self._mount(receiver, self.cabinet.node(share["node_id"])["name"]) if answer == "accepted" else None
        columns = {"share_id": share["id"], "person_id": receiver, "answer": answer, "mount_name": name}
        self.cabinet.add("owncloud_share_answer", **columns, answered_at=share["created_at"][:14] + "59:00Z")

    def _mount(self, receiver: str, name: str) -> str:
        taken = self._mounts.setdefault(receiver, set())
        names = [name, *(numbered(name, str(number)) for number in range(2, len(taken) + 3))]
        free = next(found for found in names if found.lower() not in taken)
        taken.add(free.lower())
        return free

    def with_department(self, node_id: int, owner: str, department: str, **flags: int) -> Row:
        """Share with a department."""
        at = max(self.cabinet.before(2, 30), self.cabinet.node(node_id)["created_at"])
        return self._add(node_id, "department", owner, at, flags, department_id=department)

    def link(self, node_id: int, owner: str, days: int, password: str | None = None) -> None:
        """A public link that ends so many days ahead; it was made 30 days before that, or on the last working day."""
        token = hashlib.sha256(f"link {node_id} {owner}".encode()).hexdigest()[:12]
        at = min(f"{days_ahead(days - 30)}T10:00:00Z", "2026-02-27T10:00:00Z")
        secret = hash_of(password)
        self._add(node_id, "link", owner, at, {}, token=token, password_hash=secret, expires_on=days_ahead(days))

    def _add(self, node_id: int, kind: str, owner: str, at: str, flags: dict[str, int], **more: object) -> Row:
        rights = {f"can_{right}": 0 for right in ("update", "create", "delete", "share")} | flags
        columns = {"node_id": node_id, "kind": kind, "owner_id": owner, "created_at": at}
        return self.cabinet.add("owncloud_share", **columns, **rights, **more)


def seed_shares(cabinet: Cabinet, homes: dict[str, list[int]], library: dict[str, int]) -> None:
    """Everybody with a rich home gives to others and gets from others, in each state; plus departments and links."""
    hands, ids = Handshakes(cabinet), list(homes)
    for position, owner in enumerate(ids):
        for step, state in enumerate(STATES):
            receiver = ids[(position + 1 + 3 * step) % len(ids)]
            node_id = homes[owner][step]
            folder = state == "accepted" and step == 3
            hands.share(cabinet.node(node_id)["parent_id"] if folder else node_id, owner, receiver, state)
        if position % 2 == 0:
            password = "Harbour-2026" if position % 4 else None
            hands.link(homes[owner][8], owner, (20, 75, -6, 3)[position // 2 % 4], password)
    _from_departments(cabinet, hands, homes, library)


def _from_departments(
    cabinet: Cabinet, hands: Handshakes, homes: dict[str, list[int]], library: dict[str, int]
) -> None:
    firm, roles = cabinet.firm, picks(cabinet.firm)
    manager, recruiter = roles["HR Manager"].id, roles["Recruiter"].id
    engineering = firm.department("eng-platform").head_id
    for name, owner, receiver, state in (
        ("Software Engineer 2026.md", recruiter, engineering, "accepted"),
        ("Software Engineer 2026.md", recruiter, roles["Engineer"].id, "pending"),
        ("Svenja Albers - CV.md", recruiter, engineering, "pending"),
        ("Tomasz Nowicki - CV.md", recruiter, engineering, "pending"),
        ("Salary Bands 2026.csv", manager, firm.department("finance").head_id, "accepted"),
        ("Forecast 2026.csv", firm.department("finance").head_id, firm.department("sales").head_id, "accepted"),
        ("Close Checklist 2026-02.md", roles["Finance"].id, roles["Payroll"].id, "pending"),
    ):
        hands.share(library[name], owner, receiver, state)
    for position, (owner, department) in enumerate(TO_DEPARTMENTS):
        node_id = homes[roles[owner].id][9]
        share = hands.with_department(node_id, roles[owner].id, department, can_update=position % 2)
        for person in cabinet.dice.some([p for p in firm.people_in(department) if p.id != roles[owner].id], 3):
            hands.answer(share, person.id, cabinet.dice.one(("accepted", "accepted", "declined")))
    for name, department, days in LINKS:
        hands.link(library[name], firm.department(department).head_id, days)
