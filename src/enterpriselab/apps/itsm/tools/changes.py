"""Changes: what is altered, how it is prepared and tested, who approved it."""

from typing import NotRequired

from typing_extensions import TypedDict

from enterpriselab.apps.itsm import access, filters, rows
from enterpriselab.apps.itsm.arguments import Instant, Maybe
from enterpriselab.apps.itsm.filters import Listing
from enterpriselab.apps.itsm.ids import (
    ChangeId,
    ChangeNumber,
    GroupId,
    ItemId,
    OfferingId,
    OrganizationId,
    ServiceId,
    UserId,
    next_number,
)
from enterpriselab.apps.itsm.rules.changes import BOARD
from enterpriselab.apps.itsm.rules.enums import ChangeCategory, ChangeStatus, CloseCode, Impact, Priority, Risk
from enterpriselab.toolkit import Context, Row, ToolError, tool


class Change(TypedDict):
    """A change."""

    change_id: ChangeId
    number: ChangeNumber
    short_description: str
    requested_by: UserId
    service: ServiceId | None
    service_offering: OfferingId | None
    configuration_item: ItemId | None
    assigned_to: UserId | None
    assignment_group: GroupId | None
    org_id: OrganizationId
    status: ChangeStatus
    category: ChangeCategory
    description: str | None
    implementation_plan: str | None
    testing_plan: str | None
    close_notes: str | None
    cab_required: bool | None
    impact: Impact
    priority: Priority
    risk: Risk
    close_code: CloseCode | None
    created_on: str | None
    updated_on: str | None


class FoundChange(TypedDict):
    """The change, where there is one."""

    change: NotRequired[Change]


class WrittenChange(TypedDict):
    """The change as it is after the call."""

    change: Change


@tool(writes=True)
def create_change(
    ctx: Context,
    *,
    short_description: str,
    status: str,
    impact: str,
    risk: str,
    priority: str,
    service: Maybe[ServiceId] = None,
    service_offering: Maybe[OfferingId] = None,
    configuration_item: Maybe[ItemId] = None,
    category: Maybe[str] = None,
    description: Maybe[str] = None,
    implementation_plan: Maybe[str] = None,
    testing_plan: Maybe[str] = None,
    cab_required: Maybe[bool] = None,
    assigned_to: Maybe[UserId] = None,
    assignment_group: Maybe[GroupId] = None,
    close_code: Maybe[str] = None,
    close_notes: Maybe[str] = None,
) -> WrittenChange:
    """Request a change in the name of the acting user; texts take at most 120 characters.

    An empty status means new, and a change is a normal one unless its category says otherwise.

    Args:
        short_description: What is to be changed, in one line.
        status: new for a change that begins; else assess, authorize, scheduled, implement, review, closed or canceled.
        impact: high, medium or low.
        risk: high, medium or low.
        priority: critical, high, moderate, low or planning.
        service: Service that is changed.
        service_offering: Offering that is changed.
        configuration_item: Item that is changed.
        category: standard (approved in advance), normal or emergency.
        description: What is to be changed, in full.
        implementation_plan: How it is done.
        testing_plan: How it is tested.
        cab_required: Whether the advisory board decides; left out, it does on normal and emergency changes.
        assigned_to: Who carries it out: an active agent or manager of the assignment group.
        assignment_group: Group that carries it out.
        close_code: How it ended: successful, successful_issues or unsuccessful.
        close_notes: How it ended, in words.
    """
    given = rows.with_defaults(ctx, "change", rows.given_of(locals()))
    columns = _boarded(ctx, given, given)
    number = next_number(ctx, "change")
    change = rows.add(ctx, "change", number=number, requested_by=ctx.me.id, **columns)
    access.check_references(ctx, columns, change)
    return {"change": rows.shown("change", change)}


@tool(writes=True, idempotent=True)
def update_change(
    ctx: Context,
    *,
    change_id: ChangeId,
    number: Maybe[ChangeNumber] = None,
    requested_by: Maybe[UserId] = None,
    short_description: Maybe[str] = None,
    service: Maybe[ServiceId] = None,
    service_offering: Maybe[OfferingId] = None,
    configuration_item: Maybe[ItemId] = None,
    category: Maybe[str] = None,
    description: Maybe[str] = None,
    implementation_plan: Maybe[str] = None,
    testing_plan: Maybe[str] = None,
    cab_required: Maybe[bool] = None,
    assigned_to: Maybe[UserId] = None,
    assignment_group: Maybe[GroupId] = None,
    close_code: Maybe[str] = None,
    close_notes: Maybe[str] = None,
    status: Maybe[str] = None,
    impact: Maybe[str] = None,
    risk: Maybe[str] = None,
    priority: Maybe[str] = None,
) -> WrittenChange:
    """Change a change; what is not given stays as it is, and texts take at most 120 characters.

    A new category says anew whether the advisory board decides, unless `cab_required` is given.

    Args:
        change_id: The change.
        number: New number, which no other change has.
        requested_by: Who asks for it.
        short_description: What is to be changed, in one line.
        service: Service that is changed.
        service_offering: Offering that is changed.
        configuration_item: Item that is changed.
        category: standard (approved in advance), normal or emergency.
        description: What is to be changed, in full.
        implementation_plan: How it is done.
        testing_plan: How it is tested.
        cab_required: Whether the advisory board decides.
        assigned_to: Who carries it out: an active agent or manager of the assignment group.
        assignment_group: Group that carries it out.
        close_code: How it ended: successful, successful_issues or unsuccessful.
        close_notes: How it ended, in words.
        status: new, assess, authorize, scheduled, implement, review, closed or canceled.
        impact: high, medium or low.
        risk: high, medium or low.
        priority: critical, high, moderate, low or planning.
    """
    given = rows.given_of(locals(), "change_id")
    row = rows.need(ctx, "change", change_id)
    changes = rows.differing(row, given)
    changes = _boarded(ctx, changes, row | changes) if changes else given
    rows.refuse_taken(ctx, "change", "DUPLICATE_NUMBER", but=row, number=changes.get("number"), org_id=row["org_id"])
    change = rows.revise(ctx, "change", row, changes)
    access.check_references(ctx, changes, change)
    return {"change": rows.shown("change", change)}


@tool()
def find_change_by_number(ctx: Context, *, number: ChangeNumber) -> FoundChange:
    """Find a change by its number; of several the one with the lowest id.

    Args:
        number: Number of the change.
    """
    return rows.find_one(ctx, "change", "change", number=number)  # type: ignore[no-any-return]


@tool()
def list_changes(
    ctx: Context,
    *,
    change_id: Maybe[ChangeId] = None,
    number: Maybe[str] = None,
    service: Maybe[ServiceId] = None,
    service_offering: Maybe[OfferingId] = None,
    configuration_item: Maybe[ItemId] = None,
    requested_by: Maybe[UserId] = None,
    assigned_to: Maybe[UserId] = None,
    assignment_group: Maybe[GroupId] = None,
    status: Maybe[str] = None,
    category: Maybe[str] = None,
    impact: Maybe[str] = None,
    risk: Maybe[str] = None,
    priority: Maybe[str] = None,
    close_code: Maybe[str] = None,
    short_description: Maybe[str] = None,
    description: Maybe[str] = None,
    implementation_plan: Maybe[str] = None,
    testing_plan: Maybe[str] = None,
    close_notes: Maybe[str] = None,
    created_after: Maybe[Instant] = None,
    created_before: Maybe[Instant] = None,
) -> Listing[Change]:
    """List changes, newest first.

    Args:
        change_id: One change.
        number: Part of the number.
        service: Changes of this service.
        service_offering: Changes of this offering.
        configuration_item: Changes of this item.
        requested_by: Changes that this user asked for.
        assigned_to: Changes that this user carries out.
        assignment_group: Changes that this group carries out.
        status: new, assess, authorize, scheduled, implement, review, closed or canceled.
        category: standard, normal or emergency.
        impact: high, medium or low.
        risk: high, medium or low.
        priority: critical, high, moderate, low or planning.
        close_code: successful, successful_issues or unsuccessful.
        short_description: Part of the short description.
        description: Part of the description.
        implementation_plan: Part of the implementation plan.
        testing_plan: Part of the testing plan.
        close_notes: Part of the close notes.
        created_after: Created at this day or time, or later.
        created_before: Created at this day or time, or earlier.
    """
    filter_by = rows.given_of(locals(), "created_after", "created_before")
    texts = ("number", "short_description", "description", "implementation_plan", "testing_plan", "close_notes")
    like = {name: filter_by.pop(name, None) for name in texts}
    created = (created_after, created_before)
    return filters.listing(ctx, "change", like=like, equal=filter_by, created=created)  # type: ignore[no-any-return]


@tool()
def get_changes_assigned_to(
    ctx: Context, *, assignment_group: Maybe[GroupId] = None, assigned_to: Maybe[UserId] = None
) -> Listing[Change]:
    """List the changes of a group, of a person, or of the person within the group, newest first.

    Args:
        assignment_group: Group that carries them out.
        assigned_to: Who carries them out.
    """
    return filters.assigned(ctx, "change", assignment_group, assigned_to)  # type: ignore[no-any-return]


def _boarded(ctx: Context, columns: Row, after: Row) -> Row:
    """The new columns with what the category says about the advisory board, where the author says nothing.

    Raises:
        ToolError: `conflict` at level enforced, the board is left out of a change that it must see.
    """
    if access.is_parity(ctx) or not {"category", "cab_required"} & columns.keys():
        return columns
    must = after["category"] in BOARD
    if "cab_required" not in columns:
        return columns | {"cab_required": must}
    if must and not columns["cab_required"] and access.enforces(ctx):
        message = f"POLICY_VIOLATION: the advisory board decides on every {after['category']} change."
        raise ToolError("conflict", message, field="cab_required", accepted=[True])
    return columns
