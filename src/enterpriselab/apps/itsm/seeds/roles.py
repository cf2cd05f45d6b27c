"""Rows of roles and permissions, as the rules grant them."""

from collections.abc import Mapping

from enterpriselab.apps.itsm.rules.rights import RIGHTS, permissions
from enterpriselab.apps.itsm.seeds.desk import Row
from enterpriselab.apps.itsm.seeds.story import Story

ROLE_IDS: Mapping[str, str] = {role: f"ROLE_{count:03d}" for count, role in enumerate(RIGHTS, 1)}


def role_tables() -> dict[str, list[Row]]:
    """Rows of `role`, `permission` and `role_permission`."""
    granted = {role: list(permissions(role)) for role in RIGHTS}
    pairs = dict.fromkeys(pair for role in RIGHTS for pair in granted[role])
    ids = {pair: f"PERM_{count:03d}" for count, pair in enumerate(pairs, 1)}
    return {
        "role": [{"role_id": key, "name": role} for role, key in ROLE_IDS.items()],
        "permission": [
            {"perm_id": key, "resource": resource, "action": action} for (resource, action), key in ids.items()
        ],
        "role_permission": [
            {"role_id": ROLE_IDS[role], "perm_id": ids[pair]} for role in RIGHTS for pair in granted[role]
        ],
    }


def roles_held(story: Story) -> list[tuple[str, str]]:
    """(person, role) for the main role and every further one of everybody."""
    return [(person.key, role) for person in story.people for role in (person.role, *person.also)]
