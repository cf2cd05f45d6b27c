"""What services, offerings and configuration items have in common: a value of their own, owners, the end of life."""

from enterpriselab.apps.itsm import access, people, rows
from enterpriselab.apps.itsm.rules.catalogue import ENDED, OWNERS, UNIQUE
from enterpriselab.apps.itsm.rules.people import OPEN_WORK
from enterpriselab.toolkit import Context, Row


def check_entry(ctx: Context, table: str, columns: Row, after: Row) -> None:
    """Hold the new columns of a stored entry against the others of its organization.

    Args:
        ctx: the call.
        table: service, service_offering or configuration_item.
        columns: those that were given.
        after: the row as stored.

    Raises:
        ToolError: `conflict`, another entry has the value that only one may have (not at level parity), or the new
            owner is inactive (at level enforced).
    """
    unique = UNIQUE[table]
    if unique in columns and not access.is_parity(ctx):
        match = {unique: after[unique], "org_id": after["org_id"]}
        rows.refuse_taken(ctx, table, f"DUPLICATE_{unique.upper()}", but=after, **match)
    check_owner(ctx, table, columns)


def check_owner(ctx: Context, table: str, columns: Row) -> None:
    """Level enforced: refuse (`conflict`) an inactive user as the new owner of an entry or article."""
    owner = OWNERS[table]
    if owner in columns and access.enforces(ctx):
        rows.need_active_user(ctx, columns[owner], field=owner)


def aftermath(ctx: Context, table: str, before: Row, after: Row) -> dict[str, list[str]]:
    """What the end of an entry's life leads to: `retired_offerings` of a service, `open_work` that still names it.

    Lists that would be empty are left out; so is everything for a change that ends nothing.
    """
    if before["status"] in ENDED or after["status"] not in ENDED:
        return {}
    key = after[f"{table}_id"]
    found = {"open_work": _open_work(ctx, table, key)}
    if table == "service" and not access.is_parity(ctx):
        found["retired_offerings"] = _retire_offerings(ctx, key)
    return {name: ids for name, ids in found.items() if ids}


def _retire_offerings(ctx: Context, service_id: str) -> list[str]:
    query = "SELECT * FROM service_offering WHERE business_service = ? AND status <> 'retired'"
    offerings = ctx.db.rows(f"{query} ORDER BY service_offering_id", service_id)
    for offering in offerings:
        rows.revise(ctx, "service_offering", offering, {"status": "retired"}, by_rule=True)
    return [offering["service_offering_id"] for offering in offerings]


def _open_work(ctx: Context, table: str, key: str) -> list[str]:
    """Ids of the unfinished incidents, problems and changes that name the entry, or are said to affect it."""
    found = people.open_work(ctx, table, key)
    if table == "configuration_item":
        marks = ", ".join("?" * len(OPEN_WORK["incident"]))
        query = f"""SELECT a.incident_id FROM incident_affected_cis a JOIN incident i USING (incident_id)
            WHERE a.configuration_item = ? AND i.status IN ({marks}) ORDER BY a.incident_id"""
        found += [key for key in ctx.db.values(query, key, *OPEN_WORK["incident"]) if key not in found]
    return found
