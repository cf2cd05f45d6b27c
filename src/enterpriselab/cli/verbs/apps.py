"""`enterpriselab apps`: what worlds and applications there are."""

from typing import Annotated

import typer

from enterpriselab.apps import world_names
from enterpriselab.cli.describe import describe_apps
from enterpriselab.cli.output import print_json, print_rows
from enterpriselab.cli.worlds import open_world


def apps(json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List worlds and applications with their counts of tools, tables, foreign keys and rows.

    Example: enterpriselab apps --json
    """
    found = [{"world": name, "apps": describe_apps(open_world(name))} for name in world_names()]
    for world in found:
        world["total"] = {k: sum(a[k] for a in world["apps"]) for k in ("tools", "tables", "foreign_keys", "rows")}
    if json:
        print_json(found)
        return
    for world in found:
        columns = ("key", "title", "domain", "tools", "tables", "foreign_keys", "rows")
        rows = [*world["apps"], {"key": "total", "title": "", "domain": "", **world["total"]}]
        print_rows(rows, title=f"World {world['world']}", columns=columns)
