"""The state of an episode's folders as rows: files, records of JSON and JSONL files, git repositories. And its diff."""

import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from enterpriselab.core.changes import Change
from enterpriselab.core.errors import EpisodeError
from enterpriselab.core.hashing import content_hash
from enterpriselab.sandbox.mcp.folders import Folders
from enterpriselab.sandbox.mcp.git_state import Stamp, facts_of, git_folder, read_git, signature
from enterpriselab.sandbox.tables import Table

MAX_ENTRIES = 20_000
MAX_TEXT_BYTES = 16_000
"""Longer and binary files are known by their hash only."""
MAX_RECORD_BYTES = 4_000_000
MAX_RECORDS = 20_000
RACY_NS = 50_000_000
"""A file changed this shortly before it was read may change again without a new time stamp: it is read again."""

Key = tuple[str, ...]
Rows = dict[tuple[str, Key], dict[str, Any]]
"""(table, key) -> columns."""

TABLES = {
    "files": Table("files", ("folder", "path", "kind", "text", "sha256"), ("folder", "path"), (), False),
    "records": Table("records", ("folder", "path", "record"), ("folder", "path", "record"), (), False),
    "git": Table("git", ("folder", "path", "kind", "name"), ("folder", "path", "kind", "name"), (), False),
    "observed": Table("observed", ("server", "tool", "record"), ("server", "tool", "record"), (), False),
}
"""What is known of the tables; records and git rows have further columns of their own."""


@dataclass(frozen=True, slots=True)
class _Seen:
    stamp: Stamp
    racy: bool
    rows: Rows


class FolderReader:
    """Reads the rows of an episode's folders; what has not changed is not read again and keeps its row objects."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._seen: dict[tuple[str, str], _Seen] = {}

    def rows(self) -> Rows:
        """All rows as they are now. Raises EpisodeError when there are too many files or git cannot read its own."""
        found: Rows = {}
        seen: dict[tuple[str, str], _Seen] = {}
        for name in self._folders.names:
            root = str(self._folders.place(name))
            for entry in _walk(root):
                path = entry.path[len(root) + 1 :]
                try:
                    one = self._entry(name, entry, path)
                except FileNotFoundError:
                    continue  # a server removed its temporary file meanwhile
                seen[name, path] = one
                found.update(one.rows)
                if len(seen) > MAX_ENTRIES:
                    raise EpisodeError(f"the episode's folders hold more than {MAX_ENTRIES:,} files")
        self._seen = seen
        return found

    def copied(self, folders: Folders) -> "FolderReader":
        """A reader of a fresh copy at `folders.root`: it knows what this one has read and what is still the same."""
        copy, now = FolderReader(folders), time.time_ns()
        for (name, path), one in self._seen.items():
            try:
                stamp = _stamp(folders.root / name / path)
            except FileNotFoundError:
                continue  # removed since it was read
            if [facts[:-1] for facts in stamp] == [facts[:-1] for facts in one.stamp]:
                racy = one.racy or now - max((facts.mtime_ns for facts in stamp), default=0) < RACY_NS
                copy._seen[name, path] = _Seen(stamp, racy, one.rows)
        return copy

    def _entry(self, folder: str, entry: "os.DirEntry[str]", path: str) -> _Seen:
        known = self._seen.get((folder, path))
        repository = Path(entry.path).parent if entry.name == ".git" else None
        stamp = _stamp(Path(entry.path))
        changed_ns = max((facts.mtime_ns for facts in stamp), default=0)
        if known is not None and known.stamp == stamp and not known.racy:
            return known
        racy = time.time_ns() - changed_ns < RACY_NS
        rows = file_rows(folder, path, Path(entry.path)) if repository is None else git_rows(folder, path, repository)
        shown: Rows = {place: self._folders.shown(columns) for place, columns in rows.items()}
        if known is not None:
            shown = {place: _same_object(known.rows.get(place), columns) for place, columns in shown.items()}
        return _Seen(stamp, racy, shown)


def _stamp(place: Path) -> Stamp:
    """Changes whenever the file, or what belongs to the repository whose `.git` this is, may have changed."""
    if place.name == ".git":
        return signature(git_folder(place.parent))
    return (facts_of(place, ""),)


def _same_object(old: dict[str, Any] | None, new: dict[str, Any]) -> dict[str, Any]:
    return old if old is not None and old == new else new


def _walk(root: str) -> Iterator["os.DirEntry[str]"]:
    """Every file, link and directory below; a repository's `.git` as one entry."""
    waiting = [root]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as listed:
                entries = list(listed)
        except FileNotFoundError:
            continue  # a server removed its temporary folder meanwhile
        yield from entries
        waiting += [e.path for e in entries if e.name != ".git" and e.is_dir(follow_symlinks=False)]


def git_rows(folder: str, path: str, repository: Path) -> Rows:
    """The rows of one repository; `path` is that of its `.git`."""
    place = path.rpartition("/")[0]
    return {
        ("git", (folder, place, kind, name)): {"folder": folder, "path": place, "kind": kind, "name": name, **columns}
        for (kind, name), columns in read_git(repository).items()
    }


def file_rows(folder: str, path: str, entry: Path) -> Rows:
    """The rows of one file, link or directory."""
    if entry.is_symlink():
        return _file_row(folder, path, "link", text=os.readlink(entry))
    if entry.is_dir():
        return _file_row(folder, path, "directory")
    if not entry.is_file():
        return _file_row(folder, path, "special")
    size = entry.stat().st_size
    if entry.suffix in (".json", ".jsonl", ".ndjson") and size <= MAX_RECORD_BYTES:
        records = read_records(entry.read_bytes(), lines=entry.suffix != ".json")
        if records is not None:
            return _file_row(folder, path, "records") | {
                ("records", (folder, path, name)): {"folder": folder, "path": path, "record": name, **columns}
                for name, columns in records.items()
            }
    return _content_row(folder, path, entry, size)


def _content_row(folder: str, path: str, entry: Path, size: int) -> Rows:
    if size <= MAX_TEXT_BYTES:
        data = entry.read_bytes()
        if b"\0" not in data:
            try:
                return _file_row(folder, path, "text", text=data.decode("utf-8"))
            except UnicodeDecodeError:
                pass  # not text: known by its hash below
    with entry.open("rb") as stream:
        return _file_row(folder, path, "data", sha256=hashlib.file_digest(stream, "sha256").hexdigest())


def _file_row(folder: str, path: str, kind: str, *, text: str | None = None, sha256: str | None = None) -> Rows:
    columns = {"folder": folder, "path": path, "kind": kind, "text": text, "sha256": sha256}
    return {("files", (folder, path)): columns}


def read_records(data: bytes, *, lines: bool) -> dict[str, dict[str, Any]] | None:
    """Name -> fields of the records of a JSON or JSONL text; None when it is neither or too many."""
    try:
        text = data.decode("utf-8")
        value = [json.loads(line) for line in text.split("\n") if line.strip()] if lines else json.loads(text)
    except ValueError:
        return None
    found = records_of(value)
    return found if len(found) <= MAX_RECORDS else None


def records_of(value: Any) -> dict[str, dict[str, Any]]:
    """A JSON value as named records: entries of a list, of the lists in an object, or the object's other fields."""
    named: list[tuple[str, Any]] = []
    if isinstance(value, list):
        named = [(_name(item), item) for item in value]
    elif isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, list) and item and all(isinstance(entry, dict) for entry in item):
                named += [(f"{key}/{_name(entry)}", entry) for entry in item]
            else:
                named.append((key, item))
    else:
        named = [("value", value)]
    found: dict[str, dict[str, Any]] = {}
    for name, item in named:
        count, unique = 1, name
        while unique in found:
            count += 1
            unique = f"{name} #{count}"
        found[unique] = _columns(item)
    return found


def _name(record: Any) -> str:
    """What identifies a record: its id, its type and name, its name or key; else its content."""
    if isinstance(record, dict):
        for fields in (("id",), ("uuid",), ("type", "name"), ("name",), ("key",)):
            values = [record.get(field) for field in fields]
            if all(isinstance(value, (str, int)) for value in values):
                return ":".join(str(value) for value in values)
    return content_hash(record)


def _columns(record: Any) -> dict[str, Any]:
    """The record's fields as columns; names that the key uses get an underscore."""
    if not isinstance(record, dict):
        return {"value": record}
    return {
        f"{name}_" if name in ("folder", "path", "record", "server", "tool") else name: v for name, v in record.items()
    }


def changes_between(before: Rows, after: Rows) -> list[Change]:
    """Net changes by table and key; updates hold only the columns that differ."""
    found: list[Change] = []
    differing = [place for place in before.keys() | after.keys() if _differ(before.get(place), after.get(place))]
    for table, key in sorted(differing):
        old, new = before.get((table, key)), after.get((table, key))
        if old is None or new is None:
            found.append(Change(table, "insert" if old is None else "delete", key, old, new))
            continue
        names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
        found.append(Change(table, "update", key, {n: old.get(n) for n in names}, {n: new.get(n) for n in names}))
    return found


def _differ(old: dict[str, Any] | None, new: dict[str, Any] | None) -> bool:
    """Rows that were not read again are the same object, which spares the comparison."""
    return old is not new and old != new


def hash_of(rows: Mapping[tuple[str, Key], dict[str, Any]], volatile: frozenset[str]) -> str:
    """Hash of the state; volatile columns are left out."""
    stable = [
        [table, list(key), {name: value for name, value in columns.items() if f"{table}.{name}" not in volatile}]
        for (table, key), columns in sorted(rows.items())
    ]
    return content_hash(stable)
