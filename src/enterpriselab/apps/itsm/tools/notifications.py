"""Notifications: what was told to whom about which incident."""

from typing_extensions import TypedDict

from enterpriselab.apps.itsm import access, addresses, filters, rows
from enterpriselab.apps.itsm.arguments import Instant, Maybe, Nullable
from enterpriselab.apps.itsm.filters import Listing, Removed
from enterpriselab.apps.itsm.ids import IncidentId, NotificationId, OrganizationId
from enterpriselab.apps.itsm.rules.enums import NotificationStatus, NotificationType
from enterpriselab.toolkit import Context, tool

TABLE = "notification"


class Notification(TypedDict):
    """A message about an incident to one user."""

    notification_id: NotificationId
    incident_id: IncidentId
    org_id: OrganizationId
    email: str
    subject: str | None
    message: str | None
    type: NotificationType | None
    status: NotificationStatus | None
    created_on: str | None
    updated_on: str | None


class WrittenNotification(TypedDict):
    """The notification as it is after the call."""

    notification: Notification


@tool()
def find_notifications_for_email(ctx: Context, *, email: str) -> Listing[Notification]:
    """List the notifications to an e-mail address, whatever their status, newest first.

    Args:
        email: The whole address, without regard to case.
    """
    allowed, named = access.visible(ctx, TABLE)
    condition = f"{allowed} AND email = :email COLLATE NOCASE"
    found = filters.listed(ctx, TABLE, condition, {**named, "email": email.strip()})
    if not found["total"] and not access.is_parity(ctx) and addresses.user_of(ctx, email) is None:
        raise addresses.unknown(email)
    return found  # type: ignore[no-any-return]


@tool()
def find_notifications_sent_for_incident(ctx: Context, *, incident_id: IncidentId) -> Listing[Notification]:
    """List the notifications about an incident, whatever their status, newest first.

    Args:
        incident_id: The incident.
    """
    if not access.is_parity(ctx):
        rows.need(ctx, "incident", incident_id)
    return filters.listing(ctx, TABLE, equal={"incident_id": incident_id})  # type: ignore[no-any-return]


@tool()
def find_notifications(
    ctx: Context,
    *,
    notification_id: Nullable[NotificationId] = None,
    incident_id: Nullable[IncidentId] = None,
    email: Nullable[str] = None,
    type: Nullable[NotificationType] = None,
    status: Nullable[NotificationStatus] = None,
    created_before: Nullable[Instant] = None,
    created_after: Nullable[Instant] = None,
) -> Listing[Notification]:
    """List notifications, newest first.

    Args:
        notification_id: One notification.
        incident_id: Those about this incident.
        email: Part of the address.
        type: Those of this type.
        status: Present status.
        created_before: Created at this day or time, or earlier.
        created_after: Created at this day or time, or later.
    """
    ids = {"notification_id": notification_id, "incident_id": incident_id}
    return filters.listing(  # type: ignore[no-any-return]
        ctx,
        TABLE,
        like={"email": email},
        equal={**ids, "type": type, "status": status},
        created=(created_after, created_before),
    )


@tool(writes=True)
def send_notification(
    ctx: Context,
    *,
    incident_id: IncidentId,
    email: str,
    type: Maybe[NotificationType] = None,
    status: Maybe[NotificationStatus] = "queued",
    subject: Maybe[str] = None,
    message: Maybe[str] = None,
) -> WrittenNotification:
    """Tell a user about an incident.

    Args:
        incident_id: The incident.
        email: Address of the user, who must have an account.
        type: What kind of message it is; an update when left out.
        status: How far it is; queued until it has been sent.
        subject: The message in one line, at most 255 characters.
        message: The message, at most 2000 characters.
    """
    access.check_right(ctx, TABLE, "create")
    columns = rows.given_of(locals()) | {"email": addresses.need_recipient(ctx, email)}
    notification = rows.add(ctx, TABLE, **rows.with_defaults(ctx, TABLE, columns))
    return {"notification": rows.shown(TABLE, notification)}


@tool(writes=True, idempotent=True)
def update_notification(
    ctx: Context,
    *,
    notification_id: NotificationId,
    incident_id: Maybe[IncidentId] = None,
    email: Maybe[str] = None,
    type: Maybe[NotificationType] = None,
    status: Maybe[NotificationStatus] = None,
    subject: Maybe[str] = None,
    message: Maybe[str] = None,
) -> WrittenNotification:
    """Change a notification; what is not given stays as it is.

    Args:
        notification_id: The notification.
        incident_id: The incident that it is about.
        email: Address of the user, who must have an account.
        type: What kind of message it is.
        status: How far it is.
        subject: The message in one line, at most 255 characters.
        message: The message, at most 2000 characters.
    """
    changes = rows.given_of(locals(), "notification_id")
    row = rows.need(ctx, TABLE, notification_id)
    access.check_right(ctx, TABLE, "update", row)
    if email and email != row["email"]:
        changes["email"] = addresses.need_recipient(ctx, email)
    return {"notification": rows.shown(TABLE, rows.revise(ctx, TABLE, row, changes))}


@tool(destructive=True, idempotent=True)
def delete_notifications(ctx: Context, *, notification_id: NotificationId) -> Removed[Notification]:
    """Delete a notification.

    Args:
        notification_id: The notification.
    """
    return filters.removal(ctx, TABLE, equal={"notification_id": notification_id})  # type: ignore[no-any-return]
