"""A ticket's life in the seed: steps at given instants, run through the same SLA clock as the tools use."""

from dataclasses import dataclass, field
from typing import Any

from enterpriselab.apps.zammad import clock
from enterpriselab.apps.zammad.creation import number_of
from enterpriselab.apps.zammad.seed_people import Account
from enterpriselab.apps.zammad.states import PENDING, PRIORITIES, STATE_ID


@dataclass(slots=True)
class Story:
    """Columns of zammad_ticket and the rows that hang on them; ids are given when all stories are in order."""

    title: str
    group: str
    group_id: int
    priority: int
    customer: Account
    created_at: str
    created_by: int | None
    policy: clock.Policy | None
    tags: tuple[str, ...] = ()
    state: str = "new"
    owner: Account | None = None
    columns: dict[str, Any] = field(default_factory=dict)
    articles: list[dict[str, Any]] = field(default_factory=list)
    history: list[tuple[str, str, str, str, int | None, str]] = field(default_factory=list)
    """(action, attribute, from, to, user, at)"""
    checklist: list[tuple[str, bool]] = field(default_factory=list)
    times: list[tuple[int, int, str, str, str]] = field(default_factory=list)
    """(user, minutes, activity, day, note)"""
    merged_into: "Story | None" = None
    id: int = 0

    def begin(self) -> "Story":
        """The first history line and the clock at its start."""
        names = ("first_response_at", "agent_contact_at", "customer_contact_at", "clock_stopped_at", "close_at")
        self.columns = dict.fromkeys((*names, "pending_time", "first_response_in_time", "solution_in_time"))
        self.columns |= {"created_at": self.created_at, "clock_stopped_min": 0, "update_stopped_min": 0}
        self.log("created", "ticket", "", self.title, self.created_by, self.created_at)
        return self

    def log(self, action: str, attribute: str, before: str, after: str, user: int | None, at: str) -> None:
        """One line of history."""
        self.history.append((action, attribute, before, after, user, at))
        self.columns["updated_at"] = at

    def write(
        self, at: str, kind: str, sender: str, user: int | None, body: str, *, internal: bool = False
    ) -> dict[str, Any]:
        """Add an article with what it does to the clock and the state."""
        to_email = self.customer.email if kind == "email" and sender == "agent" else None
        article: dict[str, Any] = {"type": kind, "sender": sender, "user_id": user, "to_email": to_email, "body": body}
        article |= {"internal": int(internal), "created_at": at, "files": []}
        self.articles.append(article)
        self.columns["updated_at"] = at
        if kind != "note" and sender == "customer":
            self.columns |= clock.on_customer_contact(at)
            if self.state in PENDING or self.state == "closed":
                self.become(at, "open", user)
        elif kind != "note" and sender == "agent":
            self.columns |= clock.on_agent_contact(self.columns, at, self.policy)
            if self.state == "new":
                self.become(at, "open", user)
        return article

    def become(self, at: str, state: str, user: int | None, pending_time: str | None = None) -> None:
        """Go to a state."""
        if state == self.state:
            return
        self.log("updated", "state", self.state, state, user, at)
        self.columns |= clock.on_state(self.columns, state, at, self.policy)
        if pending_time != self.columns["pending_time"]:
            self.log("updated", "pending_time", self.columns["pending_time"] or "", pending_time or "", user, at)
        self.columns["pending_time"] = pending_time
        self.state = state

    def own(self, at: str, owner: Account, user: int | None) -> None:
        """Give the ticket to an agent."""
        before = self.owner.email if self.owner else ""
        self.log("updated", "owner", before, owner.email, user, at)
        self.owner = owner

    def row(self) -> dict[str, Any]:
        """The columns of zammad_ticket."""
        due = clock.deadlines(self.policy, self.columns)
        if self.state == "merged":
            due["escalation_at"] = None
        return {
            "id": self.id,
            "number": number_of(self.id),
            "title": self.title,
            "group_id": self.group_id,
            "state_id": STATE_ID[self.state],
            "priority_id": self.priority,
            "customer_id": self.customer.id,
            "organization_id": self.customer.organization_id,
            "owner_id": self.owner.id if self.owner else None,
            "created_by": self.created_by,
            "merged_into": self.merged_into.id if self.merged_into else None,
            **self.columns,
            **due,
        }

    @property
    def priority_name(self) -> str:
        """The priority as people read it."""
        return PRIORITIES[self.priority - 1]
