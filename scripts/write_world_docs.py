"""Writes the table of apps in docs/worlds.md from the worlds themselves. Run it after an app changed."""

from pathlib import Path

from enterpriselab.apps import world_names
from enterpriselab.cli.describe import describe_apps
from enterpriselab.cli.worlds import open_world

TARGET = Path(__file__).parents[1] / "docs" / "worlds.md"
BEGIN, END = "<!-- apps:begin, written by scripts/write_world_docs.py -->", "<!-- apps:end -->"
COUNTS = ("tools", "tables", "foreign_keys", "rows")


def text() -> str:
    """The whole page with a fresh table."""
    page = TARGET.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{tables()}{END}{after}"


def tables() -> str:
    """One table for each world."""
    parts = []
    for name in world_names():
        apps = describe_apps(open_world(name))
        rows = [f"| {app['title']} | `{app['key']}` | {app['domain']} | {_counts(app)} |" for app in apps]
        total = {count: sum(app[count] for app in apps) for count in COUNTS}
        head = "| app | key | domain | tools | tables | foreign keys | seeded rows |\n|---|---|---|--:|--:|--:|--:|"
        parts.append(f"\n**{name}**\n\n{head}\n" + "\n".join(rows) + f"\n| total | | | {_counts(total)} |\n")
    return "\n".join(parts) + "\n"


def _counts(found: dict[str, int]) -> str:
    return " | ".join(f"{found[count]:,}" for count in COUNTS)


def main() -> None:
    """Write the page."""
    TARGET.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
