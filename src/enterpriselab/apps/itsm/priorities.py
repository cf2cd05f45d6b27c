"""The priority of an incident, problem or template: given by its author, else by the matrix of impact and urgency."""

from enterpriselab.apps.itsm import access, rows
from enterpriselab.apps.itsm.rules.priority import derive
from enterpriselab.toolkit import Context, Row, ToolError

DECIDING = frozenset({"impact", "urgency", "priority"})


def with_priority(ctx: Context, given: Row, before: Row | None = None) -> Row:
    """The given columns, with the priority that follows from them where their author names none.

    Level parity derives nothing. A change that leaves the three columns as they are does so with the priority.

    Args:
        ctx: the call.
        given: columns of a new row, defaults filled in, or what a change was given.
        before: the stored row of a change.

    Raises:
        ToolError: `conflict` at level enforced, the matrix gives another priority.
    """
    changing = rows.differing(before, given) if before else given
    if access.is_parity(ctx) or DECIDING.isdisjoint(changing):
        return given
    after = (before or {}) | given
    right = derive(after["impact"], after["urgency"])
    if "priority" not in given:
        return given | {"priority": right}
    if access.enforces(ctx) and given["priority"] != right:
        message = (
            f"POLICY_VIOLATION: impact {after['impact']!r} and urgency {after['urgency']!r} give priority {right!r}, "
            f"not {given['priority']!r}."
        )
        raise ToolError("conflict", message, field="priority", accepted=[right])
    return given
