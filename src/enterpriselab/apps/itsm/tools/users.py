"""Users: look-up, directory, new accounts, changes and deactivation."""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.itsm import access, filters, people, rows
from enterpriselab.apps.itsm.arguments import Instant, MailAddress, Maybe, Nullable, Phone, truth
from enterpriselab.apps.itsm.filters import Listing
from enterpriselab.apps.itsm.ids import LocationId, OrganizationId, PersonName, UserId
from enterpriselab.apps.itsm.principals import organization_of
from enterpriselab.apps.itsm.rules.enums import Role
from enterpriselab.toolkit import Context, Row, ToolError, tool

NamePart = Annotated[str, Field(min_length=1, max_length=60)]


class User(TypedDict):
    """A person who can use the desk."""

    user_id: UserId
    user_name: str
    first_name: PersonName
    last_name: PersonName
    email: str
    phone: str
    role: Role
    active: bool
    org_id: OrganizationId
    location_id: LocationId | None
    created_on: str | None
    updated_on: str | None


class FoundUser(TypedDict):
    """The user, where there is one."""

    user: NotRequired[User]


class AddedUser(TypedDict):
    """The new user."""

    user: User


class ChangedUser(AddedUser):
    """The user after the change."""

    open_work: NotRequired[list[str]]
    """After a deactivation: unfinished incidents, problems and changes that are still assigned to the user."""


@tool()
def get_user_using_email(ctx: Context, *, email: MailAddress) -> FoundUser:
    """Get the user with an e-mail address.

    Args:
        email: The address, without regard to case.
    """
    return rows.find_one(ctx, "users", "user", email=email)  # type: ignore[no-any-return]


@tool()
def get_user(ctx: Context, *, user_id: UserId) -> FoundUser:
    """Get a user by id.

    Args:
        user_id: The user.
    """
    return rows.find_one(ctx, "users", "user", user_id=user_id)  # type: ignore[no-any-return]


@tool()
def get_user_using_name(ctx: Context, *, first_name: PersonName, last_name: PersonName) -> FoundUser:
    """Get a user by first and last name, without regard to case.

    Two people can share a name: the one with the lowest id is given. `list_users` shows them all.

    Args:
        first_name: Whole first name.
        last_name: Whole last name.
    """
    return rows.find_one(ctx, "users", "user", first_name=first_name, last_name=last_name)  # type: ignore[no-any-return]


@tool()
def list_users(
    ctx: Context,
    *,
    email: Nullable[str] = "",
    user_id: Nullable[UserId] = "",
    first_name: Nullable[str] = "",
    last_name: Nullable[str] = "",
    phone: Nullable[str] = "",
    role: Nullable[str] = "",
    active: Nullable[str] = "",
    created_after: Nullable[Instant] = "",
    created_before: Nullable[Instant] = "",
) -> Listing[User]:
    """List users, newest first.

    Args:
        email: Part of the e-mail address.
        user_id: One user.
        first_name: Part of the first name.
        last_name: Part of the last name.
        phone: Part of the phone number.
        role: admin, manager, agent or reporter.
        active: "true" for active users, "false" for deactivated ones; both when left out.
        created_after: Created at this day or time, or later.
        created_before: Created at this day or time, or earlier.
    """
    return filters.listing(  # type: ignore[no-any-return]
        ctx,
        "users",
        like={"email": email, "first_name": first_name, "last_name": last_name, "phone": phone},
        equal={"user_id": user_id, "role": role, "active": truth(active, field="active")},
        created=(created_after, created_before),
    )


@tool(writes=True)
def add_new_user(
    ctx: Context,
    *,
    first_name: NamePart,
    last_name: NamePart,
    email: MailAddress,
    phone: Phone,
    role: Role,
    active: bool,
    user_name: Maybe[str] = None,
    location_id: Maybe[LocationId] = "",
) -> AddedUser:
    """Add a user to the acting user's organization.

    Args:
        first_name: First name.
        last_name: Last name.
        email: Address that no other user has.
        phone: Number that no other user has, as +1-555-010-1234.
        role: What the user may do: admin, manager, agent or reporter.
        active: Whether the account can be used at once.
        user_name: Name to sign in with; first.last when left out.
        location_id: Where the user sits, a location of the same organization.
    """
    org_id = organization_of(ctx)
    people.check_same_organization(ctx, location_id, org_id)
    rows.refuse_taken(ctx, "users", "DUPLICATE_EMAIL", email=email)
    rows.refuse_taken(ctx, "users", "DUPLICATE_PHONE", phone=phone)
    user = rows.add(
        ctx,
        "users",
        user_name=user_name or f"{first_name}.{last_name}".lower().replace(" ", "."),
        first_name=first_name,
        last_name=last_name,
        email=email,
        phone=phone,
        role=role,
        active=active,
        static_token=f"{role}_token_{ctx.ids.token('itsm_user', 24)}",
        location_id=location_id,
    )
    people.set_role(ctx, user["user_id"], role, org_id)
    return {"user": rows.shown("users", user)}


@tool(writes=True)
def update_user_details(
    ctx: Context,
    *,
    user_id: UserId,
    email: Nullable[MailAddress] = None,
    first_name: Nullable[NamePart] = None,
    last_name: Nullable[NamePart] = None,
    active: Nullable[bool] = None,
    phone: Nullable[Phone] = None,
    role: Nullable[Role] = None,
    user_name: Nullable[str] = "",
    company_id: Nullable[OrganizationId] = "",
    location_id: Nullable[LocationId] = "",
) -> ChangedUser:
    """Change a user; what is not given stays as it is. `active` false deactivates the account.

    Args:
        user_id: The user.
        email: New address, which no other user has.
        first_name: New first name.
        last_name: New last name.
        active: False takes the access away, true gives it back.
        phone: New number, which no other user has, as +1-555-010-1234.
        role: New role: admin, manager, agent or reporter.
        user_name: New name to sign in with.
        company_id: Organization that the user moves to.
        location_id: Where the user sits, a location of the user's organization.
    """
    row = rows.need(ctx, "users", user_id)
    names = {"email": email, "first_name": first_name, "last_name": last_name, "user_name": user_name, "phone": phone}
    changes = rows.given(**names, active=active, role=role, org_id=company_id, location_id=location_id)
    if company_id or location_id:
        people.check_same_organization(ctx, location_id or row["location_id"], company_id or row["org_id"])
    rows.refuse_taken(ctx, "users", "DUPLICATE_EMAIL", but=row, email=email)
    rows.refuse_taken(ctx, "users", "DUPLICATE_PHONE", but=row, phone=phone)
    _check_own_account(ctx, row, changes)
    leaves = active is False and bool(row["active"])
    work = people.open_work(ctx, "assigned_to", user_id) if leaves else []
    user = rows.revise(ctx, "users", row, changes)
    people.refuse_unfinished(ctx, user_id, work)
    if leaves:
        people.refuse_leading(ctx, user_id)
    if (user["role"], user["org_id"]) != (row["role"], row["org_id"]):
        people.set_role(ctx, user_id, user["role"], user["org_id"], instead_of=row["role"])
    shown: ChangedUser = {"user": rows.shown("users", user)}
    return {**shown, "open_work": work} if work else shown


def _check_own_account(ctx: Context, row: Row, changes: Row) -> None:
    """Level enforced: nobody takes away their own access or changes their own role."""
    changed = [name for name in ("role", "active") if name in changes and changes[name] != row[name]]
    if access.enforces(ctx) and row["user_id"] == ctx.me.id and changed:
        raise ToolError(
            "forbidden", f"POLICY_VIOLATION: {ctx.me.name} may not change this for themselves.", field=changed[0]
        )
