"""`enterpriselab apps`: what worlds and applications there are."""

from typing import Any

from enterpriselab.cli.options import Json


def apps(json: Json = False) -> None:
    """List worlds and applications.

    Each app with its domain and its counts of tools, tables, foreign keys and seeded rows.

    Example: enterpriselab apps --json
    """
    from enterpriselab.apps import world_names
    from enterpriselab.cli.describe import describe_apps
    from enterpriselab.cli.output import print_json, print_rows
    from enterpriselab.cli.worlds import open_world

    found: list[dict[str, Any]] = [{"world": name, "apps": describe_apps(open_world(name))} for name in world_names()]
    for world in found:
        world["total"] = {k: sum(a[k] for a in world["apps"]) for k in ("tools", "tables", "foreign_keys", "rows")}
    if json:
        print_json(found)
        return
    for world in found:
        columns = ("key", "title", "domain", "tools", "tables", "foreign_keys", "rows")
        rows = [*world["apps"], {"key": "total", "title": "", "domain": "", **world["total"]}]
        print_rows(rows, title=f"World {world['world']}", columns=columns)
