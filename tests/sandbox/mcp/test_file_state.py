"""State of folders as rows: files, records, git; equal whatever git's ids and the clock were."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterpriselab.sandbox.mcp.file_state import (
    MAX_TEXT_BYTES,
    FolderReader,
    Rows,
    changes_between,
    hash_of,
    read_records,
    records_of,
)
from enterpriselab.sandbox.mcp.folders import Folders, git_environment, make_repository

SOMEBODY = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com")


def git(place: Path, *arguments: str, date: str = "2026-03-02T09:00:00Z") -> None:
    env = git_environment() | {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    subprocess.run(["git", *SOMEBODY, *arguments], cwd=place, env=env, check=True, capture_output=True)


def repository(root: Path) -> Folders:
    place = root / "work"
    place.mkdir(parents=True)
    (place / "a.txt").write_text("one\n", encoding="utf-8")
    make_repository(place)
    return Folders(root, ("work",))


def git_rows(rows: Rows) -> dict[tuple[str, str], dict[str, Any]]:
    return {(key[2], key[3]): columns for (table, key), columns in rows.items() if table == "git"}


def test_files_links_and_directories_are_rows(tmp_path: Path) -> None:
    place = tmp_path / "f"
    (place / "sub").mkdir(parents=True)
    (place / "sub" / "t.txt").write_text("text", encoding="utf-8")
    (place / "big.txt").write_text("x" * (MAX_TEXT_BYTES + 1), encoding="utf-8")
    (place / "b.bin").write_bytes(b"\0\1")
    (place / "broken.json").write_text("{", encoding="utf-8")
    (place / "link").symlink_to("sub/t.txt")
    rows = FolderReader(Folders(tmp_path, ("f",))).rows()
    kinds = {key[1]: columns["kind"] for (_, key), columns in rows.items()}
    assert kinds == {
        "sub": "directory",
        "sub/t.txt": "text",
        "big.txt": "data",
        "b.bin": "data",
        "broken.json": "text",
        "link": "link",
    }
    assert rows["files", ("f", "sub/t.txt")]["text"] == "text"
    assert len(rows["files", ("f", "big.txt")]["sha256"]) == 64


def test_a_file_changed_within_one_tick_of_the_clock_is_read_again(tmp_path: Path) -> None:
    place = tmp_path / "f"
    place.mkdir()
    reader = FolderReader(Folders(tmp_path, ("f",)))
    (place / "a").write_text("one", encoding="utf-8")
    stamp = (place / "a").stat()
    before = reader.rows()
    (place / "a").write_text("two", encoding="utf-8")
    os.utime(place / "a", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    [change] = changes_between(before, reader.rows())
    assert (change.op, change.before, change.after) == ("update", {"text": "one"}, {"text": "two"})


def test_records_of_json_and_jsonl_files_change_one_by_one(tmp_path: Path) -> None:
    place = tmp_path / "f"
    place.mkdir()
    reader = FolderReader(Folders(tmp_path, ("f",)))
    (place / "g.jsonl").write_text('{"type":"entity","name":"A","n":1}\n{"from":"A","to":"B"}\n', encoding="utf-8")
    before = reader.rows()
    (place / "g.jsonl").write_text('{"to":"B","from":"A"}\n{"type":"entity","name":"A","n":2}\n', encoding="utf-8")
    [change] = changes_between(before, reader.rows())
    assert (change.table, change.key, change.before, change.after) == (
        "records",
        ("f", "g.jsonl", "entity:A"),
        {"n": 1},
        {"n": 2},
    )


def test_records_keep_equal_entries_apart_and_free_the_names_of_the_key() -> None:
    assert list(records_of([{"id": 1}, {"id": 1}])) == ["1", "1 #2"]
    assert records_of({"items": [{"name": "x", "path": "p"}], "n": 3}) == {
        "items/x": {"name": "x", "path_": "p"},
        "n": {"value": 3},
    }
    assert read_records(b"\xff", lines=False) is None
    assert read_records(b"{", lines=True) is None


_values = st.recursive(st.none() | st.integers() | st.text(max_size=4), lambda v: st.lists(v, max_size=3), max_leaves=5)
_records = st.lists(st.dictionaries(st.sampled_from(["id", "name", "type", "x"]), _values, max_size=4), max_size=5)


@given(_records, _records)
def test_a_diff_is_empty_exactly_when_nothing_changed_and_leads_from_one_to_the_other(one: Any, other: Any) -> None:
    before: Rows = {("records", ("f", "p", n)): c for n, c in records_of(json.loads(json.dumps(one))).items()}
    after: Rows = {("records", ("f", "p", n)): c for n, c in records_of(json.loads(json.dumps(other))).items()}
    state = dict(before)
    for change in changes_between(before, after):
        place = (change.table, change.key)
        if change.after is None:
            del state[place]
        else:
            merged = {**(state.get(place, {}) if change.op == "update" else {}), **change.after}
            state[place] = merged
    none = frozenset[str]()
    filled = {place: {k: v for k, v in c.items() if v is not None} for place, c in state.items()}
    wanted = {place: {k: v for k, v in c.items() if v is not None} for place, c in after.items()}
    assert filled == wanted
    assert (changes_between(before, after) == []) == (hash_of(before, none) == hash_of(after, none))


def test_git_is_read_logically_and_not_by_its_files(tmp_path: Path) -> None:
    folders = repository(tmp_path)
    place = folders.place("work")
    reader = FolderReader(folders)
    start = git_rows(reader.rows())
    assert start["head", "HEAD"]["branch"] == "main"
    assert start["branch", "main"]["message"] == "Start"
    git(place, "checkout", "-q", "-b", "side")
    (place / "a.txt").write_text("two\n", encoding="utf-8")
    git(place, "add", "a.txt")
    staged = git_rows(reader.rows())
    assert staged["head", "HEAD"]["branch"] == "side"
    assert staged["staged", "a.txt"]["blob"]
    git(place, "commit", "-q", "-m", "Two")
    git(place, "tag", "v1")
    (place / "a.txt").write_text("three\n", encoding="utf-8")
    git(place, "stash")
    after = git_rows(reader.rows())
    assert ("staged", "a.txt") not in after
    assert after["branch", "side"]["message"] == "Two"
    assert after["tag", "v1"] == {**after["branch", "side"], "kind": "tag", "name": "v1"}
    assert after["stash", "0"]["tree"] != after["branch", "side"]["tree"]
    before_packing = reader.rows()
    git(place, "gc", "-q")
    git(place, "status")
    assert reader.rows() == before_packing
    git(place, "checkout", "-q", "--detach")
    assert git_rows(reader.rows())["head", "HEAD"]["detached"] == after["branch", "side"]["history"]


@pytest.mark.parametrize("second", ["2026-03-02T09:00:00Z", "2031-01-01T00:00:00Z"])
def test_two_histories_are_equal_whenever_they_were_made(tmp_path: Path, second: str) -> None:
    made = []
    for number, date in enumerate(("2026-03-02T09:00:00Z", second)):
        folders = repository(tmp_path / str(number))
        place = folders.place("work")
        (place / "b.txt").write_text("b", encoding="utf-8")
        git(place, "add", ".", date=date)
        git(place, "commit", "-q", "-m", "More", date=date)
        made.append(FolderReader(folders).rows())
    assert made[0] == made[1]


def test_a_copied_repository_is_independent_of_the_first(tmp_path: Path) -> None:
    first = repository(tmp_path / "one")
    copy = first.copy_to(tmp_path / "two")
    git(copy.place("work"), "branch", "only-here")
    assert ("branch", "only-here") in git_rows(FolderReader(copy).rows())
    assert ("branch", "only-here") not in git_rows(FolderReader(first).rows())


def test_settings_that_an_agent_wrote_into_a_repository_run_nothing(tmp_path: Path) -> None:
    folders = repository(tmp_path)
    place = folders.place("work")
    script = tmp_path / "hook.sh"
    script.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n", encoding="utf-8")
    script.chmod(0o755)
    git(place, "config", "core.fsmonitor", str(script))
    FolderReader(folders).rows()
    assert not (tmp_path / "ran").exists()


def test_a_repository_before_its_first_commit_is_read(tmp_path: Path) -> None:
    place = tmp_path / "work"
    place.mkdir()
    git(place, "init", "-q", "-b", "trunk")
    (place / "a").write_text("x", encoding="utf-8")
    git(place, "add", "a")
    rows = git_rows(FolderReader(Folders(tmp_path, ("work",))).rows())
    assert rows["head", "HEAD"]["branch"] == "trunk"
    assert ("staged", "a") in rows
