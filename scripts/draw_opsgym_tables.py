"""Draws docs/opsgym-itsm.svg, the tables of the ITSM server, from its schema. Run it after the schema changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

import apsw

from enterpriselab.apps import load_app

TARGET = Path(__file__).parents[1] / "docs" / "opsgym-itsm.svg"
COLUMNS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("People", "#e8f0ea", ("organization", "users", "role", "permission", "role_permission", "user_role")),
    ("Groups and places", "#e8f0ea", ("location", "user_group", "user_group_member", "knowledge", "sla_definition")),
    ("Catalogue", "#eef3f8", ("service", "service_offering", "configuration_item", "incident_template")),
    ("Work", "#fbf3e2", ("incident", "problem", "change")),
    (
        "Around the work",
        "#f4edf6",
        (
            "child_incident",
            "incident_affected_cis",
            "incident_knowledge",
            "change_request_mapping",
            "incident_sla",
            "notification",
        ),
    ),
)
"""Heading, colour and tables of each column, from left to right."""
EVERYWHERE = ("organization", "users")
"""Tables that nearly all others refer to: named in the boxes, without a line."""
WIDTH, GAP, LINE, PAD, TOP = 208, 46, 17, 9, 58
STYLE = """
    text { font: 12px system-ui, sans-serif; fill: #1f2933; }
    .head { font-weight: 600; font-size: 13px; }
    .group { font-weight: 600; font-size: 13px; fill: #52606d; }
    .small { fill: #52606d; font-size: 11px; }
    .box { stroke: #9aa5b1; }
    .line { fill: none; stroke: #7b8794; stroke-width: 1.1; opacity: 0.75; }
    .back { fill: #ffffff; }
"""


@dataclass(frozen=True)
class Table:
    """What is drawn of one table."""

    name: str
    key: str
    references: tuple[tuple[str, str], ...]
    """(column, table that it refers to)."""
    others: int
    """Columns that are not shown."""
    of_organization: bool
    """Does each row say to which organization it belongs?"""

    @property
    def height(self) -> int:
        return LINE * (3 + len(self.references)) + PAD


@dataclass(frozen=True)
class Box:
    """A table with its place."""

    table: Table
    column: int
    y: int

    @property
    def x(self) -> int:
        return PAD + self.column * (WIDTH + GAP)

    def row(self, index: int) -> float:
        """The middle of a line of text; 0 is the name."""
        return self.y + PAD + LINE * (index + 0.5)


def read_tables() -> Mapping[str, Table]:
    """The tables of the schema by name."""
    connection = apsw.Connection(":memory:")
    connection.execute(load_app("itsm").schema_sql)
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return {name: _read(connection, name) for name in names}


def _read(connection: apsw.Connection, name: str) -> Table:
    columns = list(connection.execute("SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", (name,)))
    query = 'SELECT "from", "table" FROM pragma_foreign_key_list(?) ORDER BY id DESC'
    every = list(connection.execute(query, (name,)))
    found = [(column, other) for column, other in every if other != "organization"]
    order = [column for column, _ in columns]
    references = tuple(sorted(found, key=lambda item: order.index(item[0])))
    key = ", ".join(column for column, place in columns if place)
    shown = {column for column, _ in references} | {column for column, place in columns if place}
    return Table(name, key, references, len(order) - len(shown), len(every) > len(found))


def placed(tables: Mapping[str, Table]) -> dict[str, Box]:
    """Every table in its column, one below the other."""
    boxes: dict[str, Box] = {}
    for index, (_, _, names) in enumerate(COLUMNS):
        y = TOP
        for name in names:
            boxes[name] = Box(tables[name], index, y)
            y += tables[name].height + GAP // 2
    missing = set(tables) - set(boxes)
    if missing:
        raise SystemExit(f"COLUMNS has no place for {', '.join(sorted(missing))}")
    return boxes


def text() -> str:
    """The drawing."""
    boxes = placed(read_tables())
    height = max(box.y + box.table.height for box in boxes.values()) + PAD
    width = 2 * PAD + len(COLUMNS) * WIDTH + (len(COLUMNS) - 1) * GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-labelledby="t d">',
        '  <title id="t">Tables of the ITSM server</title>',
        f'  <desc id="d">{escape(_description(boxes))}</desc>',
        f"  <style>{STYLE}  </style>",
        f'  <rect class="back" width="{width}" height="{height}"/>',
        f'  <text class="small" x="{PAD}" y="20">{_note(boxes)}</text>',
        *(f'  <text class="group" x="{_x(i)}" y="{TOP - 12}">{name}</text>' for i, (name, _, _) in enumerate(COLUMNS)),
        *(line for box in boxes.values() for line in _lines(box, boxes)),
        *(line for box in boxes.values() for line in _box(box)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _note(boxes: Mapping[str, Box]) -> str:
    without = [name for name, box in boxes.items() if not box.table.of_organization and name != "organization"]
    return (
        f"Every table but {', '.join(without[:-1])} and {without[-1]} also refers to organization (org_id). "
        "Lines to users are left out. Written by scripts/draw_opsgym_tables.py."
    )


def _x(column: int) -> int:
    return PAD + column * (WIDTH + GAP)


def _description(boxes: Mapping[str, Box]) -> str:
    told = [
        f"{name} refers to {', '.join(dict.fromkeys(t for _, t in box.table.references))}"
        for name, box in boxes.items()
        if box.table.references
    ]
    return f"{len(boxes)} tables. {'; '.join(told)}."


def _box(box: Box) -> Iterator[str]:
    table, colour = box.table, COLUMNS[box.column][1]
    size = f'x="{box.x}" y="{box.y}" width="{WIDTH}" height="{table.height}"'
    yield f'  <rect class="box" {size} rx="5" fill="{colour}"/>'
    yield _words(box, 0, table.name, "head")
    yield _words(box, 1, table.key, "small")
    for index, (column, other) in enumerate(table.references):
        yield _words(box, index + 2, f"\u2192 {other}" if column == other else f"{column} \u2192 {other}", "")
    rest = f"{table.others} more column{'s' * (table.others > 1)}" if table.others else "no other column"
    yield _words(box, len(table.references) + 2, rest, "small")


def _words(box: Box, line: int, words: str, kind: str) -> str:
    mark = f' class="{kind}"' if kind else ""
    return f'  <text{mark} x="{box.x + PAD}" y="{box.row(line) + 4:.0f}">{escape(words)}</text>'


def _lines(box: Box, boxes: Mapping[str, Box]) -> Iterator[str]:
    """A curve from each referring column to the name of the table, but for those that are referred to everywhere."""
    for index, (_, other) in enumerate(box.table.references):
        if other in EVERYWHERE:
            continue
        target = boxes[other]
        y, to = box.row(index + 2), target.row(0)
        if target.column == box.column:
            x = box.x + WIDTH
            yield f'  <path class="line" d="M {x} {y:.0f} C {x + 30} {y:.0f}, {x + 30} {to:.0f}, {x} {to:.0f}"/>'
            continue
        left = target.column < box.column
        start, end = (box.x, target.x + WIDTH) if left else (box.x + WIDTH, target.x)
        bend = (end - start) / 2 if abs(target.column - box.column) == 1 else (-GAP if left else GAP)
        yield (
            f'  <path class="line" d="M {start} {y:.0f} C {start + bend:.0f} {y:.0f}, {end - bend:.0f} {to:.0f}, '
            f'{end} {to:.0f}"/>'
        )


def main() -> None:
    """Write the drawing."""
    TARGET.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
