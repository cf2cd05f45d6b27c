"""Writes the tables of images and tools in docs/opsgym.md from the ITSM server. Run it after the server changed."""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

from enterpriselab.apps import load_app, world_spec
from enterpriselab.sandbox.world import World

TARGET = Path(__file__).parents[1] / "docs" / "opsgym.md"
MARK = "<!-- {name}:begin, written by scripts/write_opsgym_docs.py -->", "<!-- {name}:end -->"
COUNTED = ("organization", "users", "user_group", "configuration_item", "incident", "problem", "change", "knowledge")


def text() -> str:
    """The whole page with fresh tables."""
    page = TARGET.read_text(encoding="utf-8")
    for name, rows in (("images", images()), ("tools", tools())):
        begin, end = (mark.format(name=name) for mark in MARK)
        before, _, rest = page.partition(begin)
        _, _, after = rest.partition(end)
        page = "".join([before, begin, "\n\n", "\n".join(rows), "\n\n", end, after]) if rest else page
    return page


def images() -> Iterator[str]:
    """How much is in each image."""
    own = load_app("itsm").standalone
    assert own is not None
    names = [f"`{name}`" for name in COUNTED]
    yield f"| image | rows | {' | '.join(names)} |"
    yield "|---|--:" + "|--:" * len(names) + "|"
    for image in own.images:
        episode = World(world_spec(f"opsgym/{image}")).episode()
        counts = {name: episode.sql(f'SELECT count(*) AS n FROM "{name}"')[0]["n"] for name in episode.world.tables}
        yield f"| `{image}` | {sum(counts.values())} | {' | '.join(str(counts[name]) for name in COUNTED)} |"


def tools() -> Iterator[str]:
    """The tools of each module, and what the module is about."""
    yield "| what for | tools |"
    yield "|---|---|"
    by_module: dict[str, list[str]] = {}
    for tool in load_app("itsm").tools:
        name = f"`{tool.name}`" if not tool.spec.writes else f"**`{tool.name}`**"
        by_module.setdefault(tool.function.__module__, []).append(name)
    for module, names in by_module.items():
        about = (inspect.getdoc(sys.modules[module]) or "").split("\n")[0].rstrip(".")
        yield f"| {about} | {', '.join(names)} |"


def main() -> None:
    """Write the page."""
    TARGET.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
