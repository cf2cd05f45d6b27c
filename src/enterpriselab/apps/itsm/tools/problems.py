"""Problems: the causes behind incidents, their workarounds and their fixes."""

from typing import NotRequired

from typing_extensions import TypedDict

from enterpriselab.apps.itsm import access, filters, rows
from enterpriselab.apps.itsm.arguments import Instant, Maybe
from enterpriselab.apps.itsm.filters import Listing
from enterpriselab.apps.itsm.ids import (
    GroupId,
    IncidentId,
    ItemId,
    OfferingId,
    OrganizationId,
    ProblemId,
    ProblemNumber,
    ServiceId,
    UserId,
    next_number,
)
from enterpriselab.apps.itsm.priorities import DECIDING, with_priority
from enterpriselab.apps.itsm.rules.enums import Impact, Priority, ProblemCategory, ProblemStatus, Urgency
from enterpriselab.apps.itsm.rules.tables import accepted
from enterpriselab.toolkit import Context, Row, tool


class Problem(TypedDict):
    """A problem."""

    problem_id: ProblemId
    number: ProblemNumber
    problem_statement: str
    short_description: str | None
    opened_by: UserId
    service: ServiceId | None
    service_offering: OfferingId | None
    configuration_item: ItemId | None
    assigned_to: UserId | None
    assignment_group: GroupId | None
    original_task: IncidentId | None
    org_id: OrganizationId
    status: ProblemStatus
    category: ProblemCategory | None
    worknotes: str | None
    workaround: str | None
    fix_notes: str | None
    impact: Impact
    urgency: Urgency
    priority: Priority
    created_on: str | None
    updated_on: str | None


class FoundProblem(TypedDict):
    """The problem, where there is one."""

    problem: NotRequired[Problem]


class WrittenProblem(TypedDict):
    """The problem as it is after the call."""

    problem: Problem


@tool(writes=True)
def create_problem(
    ctx: Context,
    *,
    problem_statement: str,
    status: str,
    impact: str,
    urgency: str,
    priority: str,
    short_description: Maybe[str] = None,
    service: Maybe[ServiceId] = None,
    service_offering: Maybe[OfferingId] = None,
    configuration_item: Maybe[ItemId] = None,
    assigned_to: Maybe[UserId] = None,
    assignment_group: Maybe[GroupId] = None,
    original_task: Maybe[IncidentId] = None,
    category: Maybe[str] = None,
    worknotes: Maybe[str] = None,
    workaround: Maybe[str] = None,
    fix_notes: Maybe[str] = None,
) -> WrittenProblem:
    """Open a problem in the name of the acting user.

    An empty status means new, an empty impact or urgency low, an empty priority the one that follows from both.

    Args:
        problem_statement: What goes wrong, and what is known about it.
        status: new for a problem that begins; else assess, root_cause, fix_in_progress, resolved or closed.
        impact: high, medium or low.
        urgency: high, medium or low.
        priority: critical, high, moderate, low or planning, as the matrix of impact and urgency says.
        short_description: The problem in one line.
        service: Service that suffers.
        service_offering: Offering that suffers.
        configuration_item: Item that is at fault.
        assigned_to: Who works on it: an active agent or manager of the assignment group.
        assignment_group: Group that works on it.
        original_task: Incident that it began with.
        category: software, hardware, database or network.
        worknotes: Notes of those who work on it.
        workaround: How to live with it until it is fixed.
        fix_notes: How it was fixed.
    """
    columns = rows.with_defaults(ctx, "problem", rows.given_of(locals()))
    columns = _prioritised(ctx, columns)
    number = next_number(ctx, "problem")
    problem = rows.add(ctx, "problem", number=number, opened_by=ctx.me.id, **columns)
    access.check_references(ctx, columns, problem)
    return {"problem": rows.shown("problem", problem)}


@tool(writes=True, idempotent=True)
def update_problem(
    ctx: Context,
    *,
    problem_id: Maybe[ProblemId] = None,
    number: Maybe[ProblemNumber] = None,
    opened_by: Maybe[UserId] = None,
    problem_statement: Maybe[str] = None,
    short_description: Maybe[str] = None,
    service: Maybe[ServiceId] = None,
    service_offering: Maybe[OfferingId] = None,
    configuration_item: Maybe[ItemId] = None,
    assigned_to: Maybe[UserId] = None,
    assignment_group: Maybe[GroupId] = None,
    original_task: Maybe[IncidentId] = None,
    status: Maybe[str] = None,
    category: Maybe[str] = None,
    worknotes: Maybe[str] = None,
    workaround: Maybe[str] = None,
    fix_notes: Maybe[str] = None,
    impact: Maybe[str] = None,
    urgency: Maybe[str] = None,
    priority: Maybe[str] = None,
) -> WrittenProblem:
    """Change a problem; what is not given stays as it is.

    A new impact or urgency gives a new priority, unless one is given.

    Args:
        problem_id: The problem.
        number: Without an id, the number of the problem; beside an id, its new number, which no other problem has.
        opened_by: Who opened it.
        problem_statement: What goes wrong, and what is known about it.
        short_description: The problem in one line.
        service: Service that suffers.
        service_offering: Offering that suffers.
        configuration_item: Item that is at fault.
        assigned_to: Who works on it: an active agent or manager of the assignment group.
        assignment_group: Group that works on it.
        original_task: Incident that it began with.
        status: new, assess, root_cause, fix_in_progress, resolved or closed.
        category: software, hardware, database or network.
        worknotes: Notes of those who work on it; they replace the present ones.
        workaround: How to live with it until it is fixed.
        fix_notes: How it was fixed.
        impact: high, medium or low.
        urgency: high, medium or low.
        priority: critical, high, moderate, low or planning.
    """
    given = rows.given_of(locals(), "problem_id", *(() if problem_id else ("number",)))
    row = rows.need_either(ctx, "problem", problem_id, number=number)
    changes = rows.differing(row, given)
    changes = _prioritised(ctx, changes, row) if changes else given
    rows.refuse_taken(ctx, "problem", "DUPLICATE_NUMBER", but=row, number=changes.get("number"), org_id=row["org_id"])
    problem = rows.revise(ctx, "problem", row, changes)
    access.check_references(ctx, changes, problem)
    return {"problem": rows.shown("problem", problem)}


@tool()
def find_problem_by_number(ctx: Context, *, number: ProblemNumber) -> FoundProblem:
    """Find a problem by its number; of several the one with the lowest id.

    Args:
        number: Number of the problem.
    """
    return rows.find_one(ctx, "problem", "problem", number=number)  # type: ignore[no-any-return]


@tool()
def list_problems(
    ctx: Context,
    *,
    problem_id: Maybe[ProblemId] = None,
    number: Maybe[str] = None,
    service: Maybe[ServiceId] = None,
    service_offering: Maybe[OfferingId] = None,
    configuration_item: Maybe[ItemId] = None,
    opened_by: Maybe[UserId] = None,
    status: Maybe[str] = None,
    category: Maybe[str] = None,
    problem_statement: Maybe[str] = None,
    short_description: Maybe[str] = None,
    impact: Maybe[str] = None,
    urgency: Maybe[str] = None,
    priority: Maybe[str] = None,
    assigned_to: Maybe[UserId] = None,
    assignment_group: Maybe[GroupId] = None,
    worknotes: Maybe[str] = None,
    workaround: Maybe[str] = None,
    fix_notes: Maybe[str] = None,
    original_task: Maybe[IncidentId] = None,
    created_after: Maybe[Instant] = None,
    created_before: Maybe[Instant] = None,
) -> Listing[Problem]:
    """List problems, newest first.

    Args:
        problem_id: One problem.
        number: Part of the number.
        service: Problems of this service.
        service_offering: Problems of this offering.
        configuration_item: Problems of this item.
        opened_by: Problems that this user opened.
        status: new, assess, root_cause, fix_in_progress, resolved or closed.
        category: software, hardware, database or network.
        problem_statement: Part of the statement.
        short_description: Part of the short description.
        impact: high, medium or low.
        urgency: high, medium or low.
        priority: critical, high, moderate, low or planning.
        assigned_to: Problems that this user works on.
        assignment_group: Problems that this group works on.
        worknotes: Part of the notes.
        workaround: Part of the workaround.
        fix_notes: Part of the notes on the fix.
        original_task: Problems that began with this incident.
        created_after: Created at this day or time, or later.
        created_before: Created at this day or time, or earlier.
    """
    filter_by = rows.given_of(locals(), "created_after", "created_before")
    texts = ("number", "problem_statement", "short_description", "worknotes", "workaround", "fix_notes")
    like = {name: filter_by.pop(name, None) for name in texts}
    created = (created_after, created_before)
    return filters.listing(ctx, "problem", like=like, equal=filter_by, created=created)  # type: ignore[no-any-return]


@tool()
def get_problems_assigned_to(
    ctx: Context, *, assignment_group: Maybe[GroupId] = None, assigned_to: Maybe[UserId] = None
) -> Listing[Problem]:
    """List the problems of a group, of a person, or of the person within the group, newest first.

    Args:
        assignment_group: Group that works on them.
        assigned_to: Who works on them.
    """
    return filters.assigned(ctx, "problem", assignment_group, assigned_to)  # type: ignore[no-any-return]


def _prioritised(ctx: Context, columns: Row, before: Row | None = None) -> Row:
    """The columns with the priority that follows from impact and urgency, which the signature leaves as free texts."""
    for name in sorted(DECIDING & columns.keys()):
        rows.one_of(name, columns[name], accepted("problem", name))
    return with_priority(ctx, columns, before)
