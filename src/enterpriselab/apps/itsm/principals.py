"""Who may act at the desk: users by id, e-mail or token, with the roles that two tables give them."""

import apsw

from enterpriselab.toolkit import Context, Principal

DEFAULT_PRINCIPAL = "USER_001"
PEOPLE_TABLES = frozenset({"users", "user_role", "role"})
ACTORS = "SELECT min(user_id) FROM users WHERE active = 1 GROUP BY org_id, role ORDER BY 1"
"""One active user of each role in each organization."""
_ROLES = """SELECT role FROM users WHERE user_id = :user
UNION SELECT r.name FROM user_role u JOIN role r ON r.role_id = u.role_id WHERE u.user_id = :user"""


def find_principal(connection: apsw.Connection, wanted: str) -> Principal | None:
    """The active user with that id, e-mail (case ignored) or static token; None when there is none."""
    query = """SELECT user_id, email, first_name || ' ' || last_name FROM users
        WHERE active = 1 AND (user_id = :wanted OR lower(email) = lower(:wanted) OR static_token = :wanted)
        ORDER BY user_id <> :wanted, user_id"""
    found = connection.execute(query, {"wanted": wanted.strip()}).fetchone()
    if found is None:
        return None
    user_id, email, name = found
    return Principal(user_id, email, name, _roles(connection, user_id))


def roles_of(ctx: Context, user_id: str) -> frozenset[str]:
    """Every role that a user holds, active or not."""
    return _roles(ctx.db.connection, user_id)


def organization_of(ctx: Context, user_id: str = "") -> str:
    """The organization of a user, by default of the acting one."""
    return str(ctx.db.value("SELECT org_id FROM users WHERE user_id = ?", user_id or ctx.me.id))


def _roles(connection: apsw.Connection, user_id: str) -> frozenset[str]:
    return frozenset(role for (role,) in connection.execute(_ROLES, {"user": user_id}))
