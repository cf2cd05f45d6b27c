"""The cabinet: collects the rows of spaces, folders, files and what hangs on them, and inserts them at the end."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import apsw

from enterpriselab.apps.owncloud.content import Content
from enterpriselab.apps.owncloud.paths import media_type_of
from enterpriselab.company.dice import Dice
from enterpriselab.company.firm import Firm
from enterpriselab.core.clock import CLOCK_START, format_instant, parse_instant

_COLUMNS = {
    "owncloud_space": "id kind person_id department_id quota_bytes readers links_allowed status opened_on closes_on",
    "owncloud_node": (
        "id space_id parent_id name kind media_type size version created_by created_at modified_by modified_at"
    ),
    "owncloud_version": "node_id number size text data author_id created_at",
    "owncloud_trash": "id node_id space_id from_parent_id from_path deleted_by deleted_at",
    "owncloud_share": (
        "id node_id kind owner_id person_id department_id token password_hash can_update can_create can_delete"
        " can_share expires_on created_at"
    ),
    "owncloud_share_answer": "share_id person_id answer mount_name answered_at",
    "owncloud_comment": "id node_id author_id text created_at",
    "owncloud_file_tag": "node_id tag",
    "owncloud_lock": "node_id person_id reason locked_at expires_at",
    "owncloud_star": "person_id node_id",
}
"""Tables in the order of their foreign keys, with their columns."""
_NOW = parse_instant(CLOCK_START)
Row = dict[str, Any]


class Cabinet:
    """Rows by table; ids are counted here. Names in a folder must be new, which the database checks at the end."""

    def __init__(self, firm: Firm, dice: Dice) -> None:
        self.firm = firm
        self.dice = dice
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.homes: dict[str, int] = {}
        """Person id -> id of the root of the home."""
        self.departments: dict[str, int] = {}
        """Department id -> id of the root of its folder."""
        self._folders: dict[tuple[int, str], int] = {}

    def add(self, table: str, **columns: Any) -> Row:
        """Append a row; `id` is counted when the table has one."""
        if _COLUMNS[table].startswith("id "):
            columns = {"id": len(self.rows[table]) + 1, **columns}
        self.rows[table].append(columns)
        return columns

    def space(self, created_at: str, by: str | None, **columns: Any) -> int:
        """A space with its root folder; returns the id of the root."""
        space = self.add("owncloud_space", **columns)
        return self._node(space["id"], None, "", (by, created_at))["id"]  # type: ignore[no-any-return]

    def _node(self, space_id: int, parent_id: int | None, name: str, made: tuple[str | None, str], **more: Any) -> Row:
        stamps = {"created_by": made[0], "created_at": made[1], "modified_by": made[0], "modified_at": made[1]}
        columns = {"space_id": space_id, "parent_id": parent_id, "name": name, "kind": "folder", **stamps, **more}
        return self.add("owncloud_node", size=columns.pop("size", 0), version=columns.pop("version", 0), **columns)

    def node(self, node_id: int) -> Row:
        """The row of a file or folder."""
        return self.rows["owncloud_node"][node_id - 1]

    def folder(self, root_id: int, path: str, by: str, at: str) -> int:
        """The folder at a path below a root, made where it is missing."""
        parent = root_id
        for name in filter(None, path.split("/")):
            known = self._folders.get((parent, name.lower()))
            if known is None:
                known = self._node(self.node(parent)["space_id"], parent, name, (by, at))["id"]
                self._folders[parent, name.lower()] = known
            parent = known
        return parent

    def file(self, folder_id: int, name: str, body: str | bytes, by: str, at: str) -> int:
        """A file with one version; returns its id."""
        content = _content(body)
        space_id = self.node(folder_id)["space_id"]
        more = {"kind": "file", "media_type": media_type_of(name), "size": content.size, "version": 1}
        node = self._node(space_id, folder_id, name, (by, at), **more)
        self._version(node["id"], 1, content, (by, at))
        return node["id"]  # type: ignore[no-any-return]

    def _version(self, node_id: int, number: int, content: Content, made: tuple[str, str]) -> None:
        text, data = content.text, content.data
        columns = {"size": content.size, "text": text, "data": data, "author_id": made[0], "created_at": made[1]}
        self.add("owncloud_version", node_id=node_id, number=number, **columns)

    def rewrite(self, node_id: int, body: str | bytes, by: str, at: str) -> None:
        """A further version of a file."""
        node, content = self.node(node_id), _content(body)
        node.update(version=node["version"] + 1, size=content.size, modified_by=by, modified_at=at)
        self._version(node_id, node["version"], content, (by, at))

    def text(self, node_id: int) -> str:
        """The present text of a text file."""
        found = [row["text"] for row in self.rows["owncloud_version"] if row["node_id"] == node_id]
        return str(found[-1])

    def path(self, node_id: int) -> str:
        """Path below the root of the space."""
        names: list[str] = []
        row: Row | None = self.node(node_id)
        while row is not None and row["name"]:
            names.append(row["name"])
            row = self.node(row["parent_id"]) if row["parent_id"] else None
        return "/" + "/".join(reversed(names))

    def discard(self, node_id: int, by: str, at: str) -> None:
        """Put a file or folder into the trash."""
        node = self.node(node_id)
        self.add(
            "owncloud_trash",
            node_id=node_id,
            space_id=node["space_id"],
            from_parent_id=node["parent_id"],
            from_path=self.path(node_id),
            deleted_by=by,
            deleted_at=at,
        )
        node["parent_id"] = None

    def before(self, least: int, most: int) -> str:
        """An instant between so many days ago, in working hours."""
        day = _NOW - timedelta(days=self.dice.between(least, most))
        return format_instant(day.replace(hour=7 + self.dice.below(10), minute=self.dice.below(60)))

    def flush(self, connection: apsw.Connection) -> None:
        """Insert all rows."""
        for table, names in _COLUMNS.items():
            columns = names.split()
            marks = ", ".join("?" * len(columns))
            rows: list[Sequence[Any]] = [[row.get(column) for column in columns] for row in self.rows[table]]
            connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)


def _content(body: str | bytes) -> Content:
    return Content(body, None) if isinstance(body, str) else Content(None, body)


def hours_ahead(hours: int) -> str:
    """An instant so many hours after the start of the world."""
    return format_instant(_NOW + timedelta(hours=hours))


def days_ahead(days: int) -> str:
    """The day so many days after the start of the world; negative for days before it."""
    return (_NOW + timedelta(days=days)).date().isoformat()
