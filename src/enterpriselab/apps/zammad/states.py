"""States and priorities of a ticket, and which state may follow which. Data and two questions on it; no database."""

from typing import NamedTuple

from enterpriselab.toolkit import ToolError


class State(NamedTuple):
    """One row of zammad_state."""

    id: int
    name: str
    type: str
    sla_runs: bool
    note: str


STATES: tuple[State, ...] = (
    State(1, "new", "new", True, "Nobody has answered yet."),
    State(2, "open", "open", True, "Somebody works on it."),
    State(3, "pending reminder", "pending reminder", False, "Waits until pending_time, then reminds the owner."),
    State(4, "pending close", "pending action", False, "Is to be closed at pending_time unless the customer answers."),
    State(5, "closed", "closed", False, "Solved; an answer of the customer reopens it."),
    State(6, "merged", "merged", False, "Its articles are in another ticket; final."),
)
STATE_ID: dict[str, int] = {state.name: state.id for state in STATES}
STATE_NAME: dict[int, str] = {state.id: state.name for state in STATES}
PENDING = frozenset({"pending reminder", "pending close"})
RUNNING = frozenset(state.name for state in STATES if state.sla_runs)
"""States in which the SLA clock runs."""

PRIORITIES: tuple[str, ...] = ("1 low", "2 normal", "3 high")
PRIORITY_ID: dict[str, int] = {name: number for number, name in enumerate(PRIORITIES, start=1)}
PRIORITY_NAME: dict[int, str] = {number: name for name, number in PRIORITY_ID.items()}
DEFAULT_PRIORITY = "2 normal"

TRANSITIONS: dict[str, tuple[str, ...]] = {
    "new": ("open", "pending reminder", "pending close", "closed"),
    "open": ("pending reminder", "pending close", "closed"),
    "pending reminder": ("open", "pending close", "closed"),
    "pending close": ("open", "pending reminder", "closed"),
    "closed": ("open",),
    "merged": (),
}
"""State -> states that an agent may set next. All but closed and merged ones may also be merged."""


def check_transition(before: str, after: str) -> None:
    """Raise `conflict` when a ticket in state `before` may not go to `after`."""
    if after == before or after in TRANSITIONS[before]:
        return
    allowed = TRANSITIONS[before]
    may = f"From there it may go to: {', '.join(allowed)}." if allowed else "A merged ticket is final."
    raise ToolError(
        "conflict", f"The ticket is '{before}' and cannot become '{after}'. {may}", field="state", accepted=allowed
    )


def check_pending_time(state: str, pending_time: str | None, now: str) -> None:
    """Raise `invalid` unless exactly the pending states have a pending time, and it lies in the future."""
    if state in PENDING:
        if pending_time is None:
            text = f"State '{state}' needs pending_time, an instant after {now}."
            raise ToolError("invalid", text, field="pending_time", accepted="ISO 8601 instant in the future")
        if pending_time <= now:
            text = f"pending_time {pending_time} is not in the future; it is now {now}."
            raise ToolError("invalid", text, field="pending_time", accepted=f"an instant after {now}")
    elif pending_time is not None:
        text = f"pending_time only goes with a pending state, and the state would be '{state}'."
        raise ToolError("invalid", text, field="pending_time", accepted=sorted(PENDING))
