"""Connected servers as an environment: isolation, forks, diffs, errors, and what is learnt from watching."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from help_desk import desk_world

from enterpriselab.core.errors import EpisodeError, UsageError
from enterpriselab.sandbox.mcp.connected import ConnectedEnvironment
from enterpriselab.sandbox.mcp.hosting import EpisodeHost
from enterpriselab.sandbox.mcp.serving import http_in_background
from enterpriselab.scoring.canonical import canonical_rows

SERVER = str(Path(__file__).parent / "notes_server.py")


def write_config(folder: Path, entries: dict[str, Any], **lab: Any) -> Path:
    (folder / "seed").mkdir()
    (folder / "seed" / "first.txt").write_text("hello", encoding="utf-8")
    (folder / "seed" / "table.json").write_text('[{"id": 1, "price": 2}, {"id": 2, "price": 3}]', encoding="utf-8")
    path = folder / "mcp.json"
    path.write_text(json.dumps({"mcpServers": entries, "enterpriselab": lab}), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConnectedEnvironment]:
    filed = {"command": sys.executable, "args": [SERVER, "${EPISODE_DIR}"], "env": {"KIND": "files"}}
    in_memory = {"command": sys.executable, "args": [SERVER]}
    servers = {"filed": filed, "mind": in_memory}
    path = write_config(
        tmp_path_factory.mktemp("lab"),
        servers,
        servers={"filed": {"seed": "seed"}, "mind": {"isolation": "restart"}},
        call_s=1,
    )
    with ConnectedEnvironment(path) as made:
        yield made


def test_tools_of_two_servers_with_one_name_are_prefixed(environment: ConnectedEnvironment) -> None:
    assert {"filed_add_note", "mind_add_note"} <= set(environment.registry)
    assert "add_note" not in environment.registry
    assert environment.registry["filed_add_note"].app == "filed"


def test_calls_change_files_and_are_attributed(environment: ConnectedEnvironment) -> None:
    with environment.episode() as episode:
        record = episode.call("filed_add_note", {"note_name": "a.txt", "text": "one"})
        [change] = record.changes
        assert (change.table, change.op, change.key) == ("files", "insert", ("filed", "a.txt"))
        assert change.after is not None and change.after["text"] == "one"
        assert record.result == {"lines": ["Added a.txt in /episode/filed"]}  # where it lies is nobody's business
        assert episode.call("filed_list_notes", {}).result == {"lines": ["a.txt", "first.txt", "table.json"]}
        assert episode.call("filed_note_facts", {}).result == {"count": 3, "environment": "files"}
        assert episode.call("filed_read_note", {"path": "/episode/filed/first.txt"}).result == {"lines": ["hello"]}
        assert episode.clock.elapsed == 1


def test_where_something_was_written_counts_when_diffs_are_compared(environment: ConnectedEnvironment) -> None:
    rows = []
    for name in ("right.txt", "wrong.txt"):
        with environment.episode() as episode:
            episode.call("filed_add_note", {"note_name": name, "text": "one"})
            rows.append(canonical_rows(environment, episode.diff()))
    assert rows[0] != rows[1]


def test_episodes_do_not_see_each_other_and_equal_ones_have_equal_hashes(environment: ConnectedEnvironment) -> None:
    with environment.episode() as one, environment.episode() as other:
        assert one.state_hash() == other.state_hash()
        one.call("filed_add_note", {"note_name": "a.txt", "text": "one"})
        one.call("mind_add_note", {"note_name": "thought", "text": "one"})
        assert other.diff() == []
        assert other.call("filed_list_notes", {}).result == {"lines": ["first.txt", "table.json"]}
        assert other.call("mind_list_notes", {}).result == {"lines": []}
        assert one.state_hash() != other.state_hash()
        for record in one.ledger:
            other.call(record.tool, record.arguments)
        assert one.state_hash() == other.state_hash()
        assert one.diff() == other.diff()


def test_a_fork_continues_from_files_and_from_memory(environment: ConnectedEnvironment) -> None:
    with environment.episode() as parent:
        parent.call("filed_add_note", {"note_name": "a.txt", "text": "one"})
        parent.call("mind_add_note", {"note_name": "thought", "text": "one"})
        with parent.fork() as child:
            assert child.state_hash() == parent.state_hash()
            assert child.call("mind_list_notes", {}).result == {"lines": ["thought"]}
            child.call("filed_add_note", {"note_name": "b.txt", "text": "two"})
            assert [change.key for change in child.diff()] == [("filed", "a.txt"), ("filed", "b.txt")]
            assert [change.key for change in parent.diff()] == [("filed", "a.txt")]


def test_refusals_are_typed_and_leave_the_episode_going(environment: ConnectedEnvironment) -> None:
    with environment.episode() as episode:
        wrong = [
            episode.call("filed_add_note", {"note_name": "first.txt", "text": "x"}),
            episode.call("filed_read_note", {"path": "/episode/filed/none"}),
            episode.call("filed_add_note", {"note_name": "x"}),
            episode.call("filed_add_note", {"note_name": 7, "text": "x"}),
            episode.call("filed_add_note", {"note_nam": "x", "text": "x"}),
            episode.call("filed_add_not", {}),
        ]
        assert [record.error["kind"] for record in wrong if record.error] == [
            "conflict",
            "not_found",
            "invalid",
            "invalid",
            "invalid",
            "not_found",
        ]
        assert wrong[1].error["message"] == "no such file: /episode/filed/none"
        assert wrong[2].error["field"] == "text"
        assert "did you mean 'note_name'" in wrong[4].error["message"]
        assert wrong[5].error["accepted"][0] == "filed_add_note"
        assert episode.diff() == []
        assert (
            episode.call("filed_add_note", {"note": "x.txt", "text": "x"}).ok is False
        )  # note is no stem of note_name
        assert episode.call("filed_add_note", {"noteName": "x.txt", "body": "x"}).ok


def test_a_call_that_takes_too_long_is_a_timeout(environment: ConnectedEnvironment) -> None:
    with environment.episode() as episode:
        error = episode.call("mind_hang", {}).error
        assert error is not None and error["kind"] == "timeout"


def test_a_server_that_dies_ends_the_attempt_with_its_last_words(environment: ConnectedEnvironment) -> None:
    with environment.episode() as episode:
        with pytest.raises(EpisodeError, match="dying as told"):
            episode.call("filed_die", {})
        with pytest.raises(EpisodeError, match="server filed"):
            episode.call("filed_list_notes", {})


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts what the process holds in /proc")
def test_episodes_leave_no_process_no_file_and_no_descriptor_behind(environment: ConnectedEnvironment) -> None:
    def held() -> tuple[int, int, int]:
        for pending in list(environment._ending):
            pending.result(30)
        children = [task / "children" for task in Path("/proc/self/task").iterdir()]
        processes = sum(len(listed.read_text(encoding="utf-8").split()) for listed in children if listed.exists())
        return processes, len(os.listdir("/proc/self/fd")), len(os.listdir(environment._root))

    environment.episode().close()
    before = held()
    for _ in range(5):
        with environment.episode() as episode, episode.fork() as child:
            child.call("filed_list_notes", {})
    assert held() == before


def test_a_closed_episode_refuses_and_sql_is_told_to_be_unavailable(environment: ConnectedEnvironment) -> None:
    episode = environment.episode()
    with pytest.raises(UsageError, match="cannot be asked in SQL"):
        episode.sql("SELECT 1")
    episode.close()
    episode.close()
    with pytest.raises(EpisodeError, match="closed"):
        episode.call("filed_list_notes", {})


def test_watching_calls_teaches_result_shapes_entities_and_hidden_writes(environment: ConnectedEnvironment) -> None:
    assert not environment.registry["filed_peek"].writes  # as it claims
    assert not environment.registry["filed_list_notes"].writes  # by its verb
    assert environment.registry["filed_add_note"].writes
    assert environment.registry["filed_add_note"].parameters["note_name"]["x-entity"] == "note_name"
    with environment.episode() as episode:
        episode.call("filed_add_note", {"note_name": "a.txt", "text": "one"})
        episode.call("filed_list_notes", {})
        episode.call("filed_peek", {"note_name": "a.txt"})
        environment.learn(episode.ledger)
    assert environment.registry["filed_peek"].writes
    assert not environment.registry["filed_list_notes"].writes
    schema = environment.registry["filed_list_notes"].output_schema
    assert schema is not None
    assert schema["properties"]["lines"]["items"] == {"type": "string", "x-entity": "note_name"}


def test_our_own_world_over_http_keeps_its_typed_errors(tmp_path: Path) -> None:
    with http_in_background(EpisodeHost(desk_world())) as base:
        path = write_config(tmp_path, {"desk": {"type": "http", "url": f"{base}/mcp"}})
        with ConnectedEnvironment(path) as environment, environment.episode() as episode:
            assert environment.registry["get_case"].parameters["case_id"]["x-entity"] == "case"
            assert episode.call("get_case", {"case_id": "case_1"}).result == {
                "case_id": "case_1",
                "title": "Printer",
                "state": "open",
                "hours": 1.0,
            }
            error = episode.call("get_case", {"case_id": "case_9"}).error
            assert error is not None and (error["kind"], error["field"]) == ("not_found", "case_id")
            with pytest.raises(EpisodeError, match="the tool itself is broken"):
                episode.call("break_down", {})


def test_state_in_no_file_is_seen_through_observing_tools(tmp_path: Path) -> None:
    server = {"command": sys.executable, "args": [SERVER]}
    path = write_config(tmp_path, {"mind": server}, servers={"mind": {"observe": {"note_facts": {}}}})
    with ConnectedEnvironment(path, warm=1) as environment:
        root = environment._root
        with environment.episode() as first, environment.episode() as warmed:
            record = first.call("add_note", {"note_name": "a", "text": "b"})
            [change] = record.changes
            assert (change.table, change.key) == ("observed", ("mind", "note_facts", "count"))
            assert (change.before, change.after) == ({"value": 0}, {"value": 1})
            assert warmed.diff() == []
        assert root.is_dir()
    assert not root.exists()


def test_a_server_with_a_reset_command_serves_one_episode_after_the_other(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    reset = [
        sys.executable,
        "-c",
        "import shutil, sys; shutil.rmtree(sys.argv[1]); __import__('os').mkdir(sys.argv[1])",
    ]
    path = write_config(
        tmp_path,
        {"far": {"command": sys.executable, "args": [SERVER, str(outside)]}},
        servers={"far": {"reset": [*reset, str(outside)], "observe": {"note_facts": {}}}},
    )
    with ConnectedEnvironment(path) as environment:
        with environment.episode() as first:
            first.call("add_note", {"note_name": "a", "text": "b"})
            assert len(first.diff()) == 1
            with pytest.raises(UsageError, match="cannot fork"):
                first.fork()
            with pytest.raises(EpisodeError, match="one at a time"):
                environment._turns.take(wait_s=0.01)
        with environment.episode() as second:
            assert second.diff() == []
            assert second.call("list_notes", {}).result == {"lines": []}


def test_a_reset_command_that_fails_is_told_and_gives_the_turn_back(tmp_path: Path) -> None:
    marker = tmp_path / "broken"
    code = f"import pathlib, sys; sys.exit('no database' if pathlib.Path({str(marker)!r}).exists() else 0)"
    entry = {"command": sys.executable, "args": [SERVER]}
    path = write_config(tmp_path, {"far": entry}, servers={"far": {"reset": [sys.executable, "-c", code]}})
    with ConnectedEnvironment(path) as environment:
        marker.touch()
        with pytest.raises(UsageError, match="no database"):
            environment.episode()
        marker.unlink()
        environment.episode().close()


def test_secrets_in_a_url_stay_out_of_messages(tmp_path: Path) -> None:
    path = write_config(tmp_path, {"it": {"url": "http://me:hush@127.0.0.1:9/mcp?key=hush"}})
    with pytest.raises(UsageError) as caught:
        ConnectedEnvironment(path)
    assert "http://127.0.0.1:9/mcp" in caught.value.message
    assert "hush" not in caught.value.message


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"command": "mcp-server-memory-x"}, "the command mcp-server-memory-x was not found"),
        ({"command": sys.executable, "args": ["-m", "mcp_server_never"]}, "pip install mcp-server-never"),
        ({"command": sys.executable, "args": ["-c", "import sys; sys.exit('no licence')"]}, "no licence"),
        ({"url": "http://127.0.0.1:9/mcp"}, "at http://127.0.0.1:9/mcp could not be connected"),
    ],
)
def test_a_server_that_cannot_be_connected_says_why_and_what_to_install(
    tmp_path: Path, entry: dict[str, Any], words: str
) -> None:
    path = write_config(tmp_path, {"it": entry}, connect_s=15)
    with pytest.raises(UsageError) as caught:
        ConnectedEnvironment(path)
    assert words in f"{caught.value.message} {caught.value.hint}"


def test_a_known_command_that_is_missing_names_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    path = write_config(tmp_path, {"files": {"command": "mcp-server-filesystem", "args": ["${EPISODE_DIR}"]}})
    with pytest.raises(UsageError, match="the command mcp-server-filesystem was not found") as caught:
        ConnectedEnvironment(path)
    wanted = "install Node.js 20 or later (it brings npm); then npm install -g @modelcontextprotocol/server-filesystem"
    assert caught.value.hint == wanted


def test_an_overlay_corrects_entities_and_flags_and_names_what_it_cannot_find(tmp_path: Path) -> None:
    path = write_config(tmp_path, {"mind": {"command": sys.executable, "args": [SERVER]}})
    overlay = tmp_path / "overlay.toml"
    overlay.write_text(
        '["mind.add_note"]\nnote_name = "page"\ntext = ""\n[writes]\n"mind.hang" = false\n', encoding="utf-8"
    )
    with ConnectedEnvironment(path, overlay=overlay) as environment:
        parameters = environment.registry["add_note"].parameters
        assert parameters["note_name"]["x-entity"] == "page"
        assert not {"x-entity", "x-meaning"} & set(parameters["text"])
        assert not environment.registry["hang"].writes
    overlay.write_text('["mind.add_notes"]\nnote_name = "page"\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"did you mean 'mind\.add_note'"):
        ConnectedEnvironment(path, overlay=overlay)


def test_examples_of_an_overlay_are_for_who_writes_tasks_and_not_for_agents(tmp_path: Path) -> None:
    path = write_config(tmp_path, {"mind": {"command": sys.executable, "args": [SERVER]}})
    overlay = tmp_path / "overlay.toml"
    overlay.write_text('[examples."mind.add_note"]\nnote_name = ["plan", "list"]\n', encoding="utf-8")
    with ConnectedEnvironment(path, overlay=overlay) as environment:
        assert environment.spoken["add_note"].parameters["note_name"]["x-examples"] == ["plan", "list"]
        assert "x-examples" not in environment.registry["add_note"].parameters["note_name"]
    for text, message in (
        ('[examples."mind.add_note"]\nnote_name = "plan"\n', r"`parameter = \[values\]`"),
        ('[examples."mind.add_note"]\nnote = ["plan"]\n', "mind.add_note: note, which does not exist"),
        ('[examples."mind.add_notes"]\nnote_name = ["plan"]\n', r"did you mean 'mind\.add_note'"),
    ):
        overlay.write_text(text, encoding="utf-8")
        with pytest.raises(UsageError, match=message):
            ConnectedEnvironment(path, overlay=overlay)


def test_what_lies_in_folders_of_servers_that_take_paths_is_known(tmp_path: Path) -> None:
    filed = {"command": sys.executable, "args": [SERVER, "${EPISODE_DIR}"]}
    path = write_config(tmp_path, {"filed": filed}, servers={"filed": {"seed": "seed", "git": True}})
    with ConnectedEnvironment(path) as environment:
        assert environment.known == {
            "directory_path": ("/episode/filed",),
            "file_path": ("/episode/filed/first.txt", "/episode/filed/table.json"),
            "repository_path": ("/episode/filed",),
            "branch": ("main",),
            "revision": ("main", "HEAD"),
        }
