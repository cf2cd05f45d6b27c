"""Whose e-mail address it is: notifications go to users, and to nobody else."""

from enterpriselab.apps.itsm import access, rows
from enterpriselab.apps.itsm.principals import organization_of
from enterpriselab.toolkit import Context, Row, ToolError


def user_of(ctx: Context, email: str) -> Row | None:
    """The user with the address, without regard to case; of several an active one, then the lowest id.

    At level enforced only users of the acting user's organization count.
    """
    inside = "org_id = :org" if access.enforces(ctx) else "1"
    query = f"""SELECT * FROM users WHERE email = :email COLLATE NOCASE AND {inside}
        ORDER BY active DESC, length(user_id), user_id LIMIT 1"""
    return rows.first(ctx, query, {"email": email.strip(), "org": organization_of(ctx)})


def need_recipient(ctx: Context, email: str) -> str:
    """The address as it stands in the account of its user.

    Raises:
        ToolError: `not_found` (USER_EMAIL_NOT_FOUND), nobody has it; `conflict` at level enforced: inactive.
    """
    user = user_of(ctx, email)
    if user is None:
        raise unknown(email)
    if access.enforces(ctx):
        rows.need_active_user(ctx, user["user_id"], field="email")
    return str(user["email"])


def unknown(email: str) -> ToolError:
    """What is said of an address that no user has."""
    return ToolError("not_found", f"USER_EMAIL_NOT_FOUND: no user has the address {email!r}.", field="email")
