"""Groups that work is assigned to, and their members."""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.itsm import access, filters, people, rows
from enterpriselab.apps.itsm.arguments import Instant, MailAddress, Maybe
from enterpriselab.apps.itsm.filters import Listing, Removed
from enterpriselab.apps.itsm.ids import GroupId, GroupName, MemberId, OrganizationId, UserId
from enterpriselab.apps.itsm.rules.enums import GroupType
from enterpriselab.toolkit import Context, ToolError, not_found, tool

Title = Annotated[str, Field(min_length=1, max_length=80)]


class Group(TypedDict):
    """A group of people."""

    group_id: GroupId
    name: GroupName
    type: GroupType
    active: bool
    email: str | None
    description: str | None
    manager_id: UserId
    org_id: OrganizationId
    created_on: str | None
    updated_on: str | None


class Member(TypedDict):
    """One person's membership of one group."""

    member_id: MemberId
    group_id: GroupId
    user_id: UserId
    org_id: OrganizationId
    created_on: str | None
    updated_on: str | None


class FoundGroup(TypedDict):
    """The group, where there is one."""

    group: NotRequired[Group]


class AddedGroup(TypedDict):
    """The new group."""

    group: Group


class ChangedGroup(AddedGroup):
    """The group after the change."""

    open_work: NotRequired[list[str]]
    """After a deactivation: unfinished incidents, problems and changes that are still assigned to the group."""


class AddedMember(TypedDict):
    """The new membership."""

    member: Member


@tool()
def list_user_groups(
    ctx: Context,
    *,
    group_id: Maybe[GroupId] = "",
    name: Maybe[str] = "",
    active: Maybe[bool] = None,
    type: Maybe[GroupType] = None,
    created_after: Maybe[Instant] = "",
    created_before: Maybe[Instant] = "",
) -> Listing[Group]:
    """List groups, newest first.

    Args:
        group_id: One group.
        name: Part of the name.
        active: True for groups in use, false for closed ones; both when left out.
        type: What the group is for.
        created_after: Created at this day or time, or later.
        created_before: Created at this day or time, or earlier.
    """
    return filters.listing(  # type: ignore[no-any-return]
        ctx,
        "user_group",
        like={"name": name},
        equal={"group_id": group_id, "active": active, "type": type},
        created=(created_after, created_before),
    )


@tool()
def find_group_by_name(ctx: Context, *, name: GroupName) -> FoundGroup:
    """Find a group by its whole name, without regard to case; of several the one with the lowest id.

    Args:
        name: Name of the group.
    """
    return rows.find_one(ctx, "user_group", "group", name=name)  # type: ignore[no-any-return]


@tool(writes=True)
def add_new_user_group(
    ctx: Context,
    *,
    name: Title,
    type: GroupType,
    active: Maybe[bool] = True,
    email: Maybe[MailAddress] = "",
    description: Maybe[str] = "",
    manager_id: Maybe[UserId] = "",
) -> AddedGroup:
    """Add a group to the acting user's organization.

    Args:
        name: Name of the group.
        type: What the group is for.
        active: Whether work can be assigned to it.
        email: Address that no other group has.
        description: What the group does.
        manager_id: Who leads it; the acting user when left out.
    """
    leader = manager_id or ctx.me.id
    rows.need(ctx, "users", leader, field="manager_id")
    people.check_leader(ctx, leader, field="manager_id")
    rows.refuse_taken(ctx, "user_group", "DUPLICATE_EMAIL", email=email)
    group = rows.add(
        ctx,
        "user_group",
        name=name,
        type=type,
        active=active is not False,
        email=email,
        description=description,
        manager_id=leader,
    )
    return {"group": rows.shown("user_group", group)}


@tool(writes=True)
def update_user_group(
    ctx: Context,
    *,
    group_id: GroupId,
    name: Maybe[Title] = "",
    type: Maybe[GroupType] = None,
    active: Maybe[bool] = None,
) -> ChangedGroup:
    """Change a group; what is not given stays as it is.

    Args:
        group_id: The group.
        name: New name.
        type: New purpose.
        active: False closes the group, true opens it again.
    """
    row = rows.need(ctx, "user_group", group_id)
    work = people.open_work(ctx, "assignment_group", group_id) if active is False and row["active"] else []
    group = rows.revise(ctx, "user_group", row, rows.given(name=name, type=type, active=active))
    people.refuse_unfinished(ctx, group_id, work)
    shown: ChangedGroup = {"group": rows.shown("user_group", group)}
    return {**shown, "open_work": work} if work else shown


@tool(writes=True)
def add_new_group_member(ctx: Context, *, group_id: GroupId, user_id: UserId) -> AddedMember:
    """Make a user a member of a group.

    Args:
        group_id: The group.
        user_id: The user, who is no member yet.
    """
    group, user = rows.need(ctx, "user_group", group_id), rows.need(ctx, "users", user_id)
    if access.enforces(ctx):
        rows.need_active_user(ctx, user_id, field="user_id")
        if not group["active"]:
            raise ToolError("conflict", f"POLICY_VIOLATION: {group_id} is closed.", field="group_id")
    rows.refuse_taken(ctx, "user_group_member", "DUPLICATE_MEMBERSHIP", user_id=user["user_id"], group_id=group_id)
    member = rows.add(ctx, "user_group_member", group_id=group_id, user_id=user_id)
    return {"member": rows.shown("user_group_member", member)}


@tool(destructive=True)
def remove_group_membership(
    ctx: Context, *, group_id: GroupId, user_id: UserId, member_id: Maybe[MemberId] = ""
) -> Removed[Member]:
    """Take a user out of a group.

    Args:
        group_id: The group.
        user_id: The member.
        member_id: The membership, where it is known; it must be the one of this user in this group.
    """
    query = "SELECT * FROM user_group_member WHERE group_id = ? AND user_id = ?"
    found = ctx.db.row(query, group_id, user_id)
    if found is None or (member_id and found["member_id"] != member_id):
        what = member_id or f"{user_id} in {group_id}"
        raise not_found("group membership", what, field="member_id" if member_id else "user_id")
    rows.need(ctx, "user_group", group_id)
    rows.remove(ctx, "user_group_member", found)
    return {"removed": [rows.shown("user_group_member", found)], "total": 1}


@tool()
def list_group_members(
    ctx: Context,
    *,
    member_id: Maybe[MemberId] = "",
    group_id: Maybe[GroupId] = "",
    user_id: Maybe[UserId] = "",
    created_after: Maybe[Instant] = "",
    created_before: Maybe[Instant] = "",
) -> Listing[Member]:
    """List memberships, newest first: who is in a group, or in which groups a user is.

    Args:
        member_id: One membership.
        group_id: Members of this group.
        user_id: Memberships of this user.
        created_after: Created at this day or time, or later.
        created_before: Created at this day or time, or earlier.
    """
    return filters.listing(  # type: ignore[no-any-return]
        ctx,
        "user_group_member",
        equal={"member_id": member_id, "group_id": group_id, "user_id": user_id},
        created=(created_after, created_before),
    )
