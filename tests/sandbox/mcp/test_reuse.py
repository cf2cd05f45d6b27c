"""Reused servers: one process serves all episodes, which never see each other's files; servers start when needed."""

import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from enterpriselab.core.errors import EpisodeError, UsageError
from enterpriselab.sandbox.mcp.connected import ConnectedEnvironment
from enterpriselab.sandbox.mcp.file_state import FolderReader
from enterpriselab.sandbox.mcp.servers_file import read_servers

SERVER = str(Path(__file__).parent / "notes_server.py")
FILED = {"command": sys.executable, "args": [SERVER, "${EPISODE_DIR}"]}


def config(folder: Path, isolation: dict[str, Any], **entries: Any) -> Path:
    (folder / "seed" / "sub").mkdir(parents=True)
    (folder / "seed" / "first.txt").write_text("hello", encoding="utf-8")
    path = folder / "mcp.json"
    lab = {"servers": isolation, "call_s": 1}
    path.write_text(json.dumps({"mcpServers": entries or {"filed": FILED}, "enterpriselab": lab}), encoding="utf-8")
    return path


@pytest.fixture
def reused(tmp_path: Path) -> Iterator[ConnectedEnvironment]:
    path = config(tmp_path, {"filed": {"seed": "seed", "reuse": True}})
    with ConnectedEnvironment(path) as made:
        yield made


def texts(episode: Any) -> list[str]:
    return list(episode.call("list_notes", {}).result["lines"])


def children() -> set[str]:
    tasks = Path("/proc/self/task").iterdir()
    return {pid for task in tasks for pid in (task / "children").read_text(encoding="utf-8").split()}


def test_episodes_that_take_turns_never_see_each_others_writes(reused: ConnectedEnvironment) -> None:
    with reused.episode() as one, reused.episode() as other:
        for number in range(3):
            assert one.call("add_note", {"note_name": f"one{number}", "text": "1"}).ok
            assert other.call("add_note", {"note_name": f"other{number}", "text": "2"}).ok
        assert texts(one) == ["first.txt", "one0", "one1", "one2", "sub"]
        assert texts(other) == ["first.txt", "other0", "other1", "other2", "sub"]
        assert [change.key[1] for change in one.diff()] == ["one0", "one1", "one2"]
        assert other.call("read_note", {"path": "/episode/filed/other1"}).result == {"lines": ["2"]}
        error = other.call("read_note", {"path": "/episode/filed/one1"}).error
        assert error is not None and error["message"] == "no such file: /episode/filed/one1"


def test_a_fork_starts_with_its_parents_files_and_goes_its_own_way(reused: ConnectedEnvironment) -> None:
    with reused.episode() as parent:
        parent.call("add_note", {"note_name": "a", "text": "1"})
        with parent.fork() as child, child.fork() as grandchild:
            assert child.state_hash() == parent.state_hash()
            child.call("add_note", {"note_name": "b", "text": "1"})
            grandchild.call("add_note", {"note_name": "b", "text": "2"})
            assert texts(parent) == ["a", "first.txt", "sub"]
            assert [change.key[1] for change in child.diff()] == ["a", "b"]
            assert child.state_hash() != grandchild.state_hash()
            assert child.diff() != grandchild.diff()


def test_episodes_in_many_threads_stay_apart(reused: ConnectedEnvironment) -> None:
    def play(name: str) -> list[str]:
        with reused.episode() as episode:
            for number in range(5):
                assert episode.call("add_note", {"note_name": f"{name}{number}", "text": name}).ok
            return texts(episode)

    with ThreadPoolExecutor(4) as pool:
        for name, found in zip("abcdef", pool.map(play, "abcdef"), strict=True):
            assert found == sorted(["first.txt", "sub", *(f"{name}{number}" for number in range(5))])


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts processes in /proc")
def test_one_process_serves_all_episodes_and_ends_with_the_environment(tmp_path: Path) -> None:
    path, before = config(tmp_path, {"filed": {"seed": "seed", "reuse": True}}), children()
    with ConnectedEnvironment(path) as environment:
        [server] = children() - before
        for _ in range(3):
            with environment.episode() as episode, episode.fork() as child:
                assert texts(child) == ["first.txt", "sub"]
        assert children() - before == {server}
        root = environment._root
    assert children() - before == set()
    assert not root.exists()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts processes in /proc")
def test_an_episode_that_calls_nothing_starts_no_process(tmp_path: Path) -> None:
    before = children()
    with ConnectedEnvironment(config(tmp_path, {"filed": {"seed": "seed"}})) as environment:
        environment.episode().close()
        for pending in list(environment._ending):
            pending.result(30)
        assert children() - before == set()
        with environment.episode() as episode, episode.fork() as child:
            assert episode.diff() == child.diff() == []
            assert children() - before == set()
            assert texts(child) == ["first.txt", "sub"]
            assert len(children() - before) == 1


def test_after_a_call_that_hung_or_died_the_next_one_gets_a_new_process(reused: ConnectedEnvironment) -> None:
    with reused.episode() as one, reused.episode() as other:
        one.call("add_note", {"note_name": "a", "text": "1"})
        error = one.call("hang", {}).error
        assert error is not None and error["kind"] == "timeout"
        assert texts(other) == ["first.txt", "sub"]
        with pytest.raises(EpisodeError, match="dying as told"):
            other.call("die", {})
        assert texts(one) == ["a", "first.txt", "sub"]


def test_a_closed_episode_leaves_the_seat_clean(reused: ConnectedEnvironment) -> None:
    episode = reused.episode()
    episode.call("add_note", {"note_name": "a", "text": "1"})
    episode.close()
    for pending in list(reused._ending):
        pending.result(30)
    assert list((reused._root / "seat" / "filed").iterdir()) == []
    with pytest.raises(EpisodeError, match="closed"):
        episode.fork()


def test_a_copy_of_a_reader_knows_what_is_the_same_and_reads_what_is_not(reused: ConnectedEnvironment) -> None:
    with reused.episode() as episode:
        reader = FolderReader(episode._stage.folders)
        with reused._house.seat.held(episode._stage.folders.root):
            rows = reader.rows()
            copy = episode._stage.folders.copy_to(reused._root / "copy")
        (copy.root / "filed" / "first.txt").write_text("HELLO", encoding="utf-8")
        os.utime(copy.root / "filed" / "first.txt", ns=(1, 1))
        knows = reader.copied(copy)
        with reused._house.seat.held(copy.root):
            found = knows.rows()
        assert found["files", ("filed", "first.txt")]["text"] == "HELLO"
        assert found["files", ("filed", "sub")] is rows["files", ("filed", "sub")]


@pytest.mark.parametrize(
    ("isolation", "message"),
    [
        ({"mind": {"reuse": True}}, 'Server mind is to be reused, so its isolation must be "files", not restart.'),
        ({"filed": {"folder": "x", "reuse": True}, "more": {"folder": "x"}}, "so both or none may be reused"),
    ],
)
def test_reuse_that_cannot_be_right_is_refused(isolation: dict[str, Any], message: str, tmp_path: Path) -> None:
    mind = {"command": sys.executable, "args": [SERVER]}
    path = config(tmp_path, isolation, filed=FILED, more=FILED, mind=mind)
    with pytest.raises(UsageError) as told:
        read_servers(path)
    assert message in str(told.value)
