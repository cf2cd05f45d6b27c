"""The example in configs/own-servers with the three real servers; skipped where npm, pip or the packages are absent."""

import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from enterpriselab.sandbox.mcp.connected import ConnectedEnvironment
from enterpriselab.sandbox.mcp.file_state import FolderReader

ROOT = Path(__file__).parents[3]
CONFIG = ROOT / "configs" / "own-servers" / "mcp.json"
CACHE = Path(os.environ.get("ENTERPRISELAB_TEST_CACHE", ROOT / ".cache" / "tests"))
NPM = ("@modelcontextprotocol/server-filesystem@2026.8.31", "@modelcontextprotocol/server-memory@2026.8.31")
GIT = "mcp-server-git==2026.10.19"
WORK = "/episode/workspace"

pytestmark = pytest.mark.slow


def npm_folder() -> Path:
    folder = CACHE / "npm"
    if not (folder / "node_modules" / ".bin" / "mcp-server-memory").exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund", *NPM]
        run_or_skip(command, "npm cannot install the public MCP servers")
    return folder / "node_modules" / ".bin"


def git_folder() -> Path:
    folder = CACHE / "venv-git"
    if not (folder / "bin" / "mcp-server-git").exists():
        make_venv(folder, GIT)
    return folder / "bin"


def make_venv(folder: Path, package: str) -> None:
    """A virtual environment with one package and what it needs, filled by the pip that runs the tests."""
    venv.create(folder, clear=True)
    pip = [sys.executable, "-m", "pip", "--python", str(folder), "install", "-q", "--retries", "1", "--timeout", "15"]
    run_or_skip([*pip, package], f"pip cannot install {package}")


def run_or_skip(command: list[str], message: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"{message}: {error}")
    if done.returncode:
        pytest.skip(f"{message}: {done.stderr.strip()[-300:]}")


@pytest.fixture(scope="module")
def environment() -> Iterator[ConnectedEnvironment]:
    before = os.environ["PATH"]
    os.environ["PATH"] = os.pathsep.join([str(npm_folder()), str(git_folder()), before])
    try:
        with ConnectedEnvironment(CONFIG) as made:
            yield made
    finally:
        os.environ["PATH"] = before


def good(episode: Any, tool: str, **arguments: Any) -> Any:
    record = episode.call(tool, arguments)
    assert record.ok, record.error
    return record


def raise_tariff(episode: Any) -> None:
    good(episode, "git_create_branch", repo_path=WORK, branch_name="price-rise")
    good(episode, "git_checkout", repo_path=WORK, branch_name="price-rise")
    edit = {"oldText": '"base": 9.0', "newText": '"base": 9.5'}
    good(episode, "edit_file", path=f"{WORK}/tariffs.json", edits=[edit])
    good(episode, "git_add", repo_path=WORK, files=["tariffs.json"])
    good(episode, "git_commit", repo_path=WORK, message="Raise Europe to 9.50")
    good(episode, "add_observations", observations=[{"entityName": "Pricing team", "contents": ["Raised Europe"]}])


def test_the_three_servers_list_their_tools_with_entities(environment: ConnectedEnvironment) -> None:
    registry = environment.registry
    assert {spec.app for spec in registry.values()} == {"filesystem", "git", "memory"}
    assert len(registry) == 35
    assert registry["read_text_file"].parameters["path"]["x-entity"] == "file_path"
    assert registry["git_diff"].parameters["target"]["x-entity"] == "revision"
    assert registry["delete_entities"].parameters["entityNames"]["items"]["x-entity"] == "entity_name"
    assert not registry["git_log"].writes
    assert registry["git_reset"].destructive


def test_work_across_servers_shows_as_records_branches_and_graph(environment: ConnectedEnvironment) -> None:
    with environment.episode() as episode:
        raise_tariff(episode)
        diff = {(change.table, change.key[-1]): change for change in episode.diff()}
        assert set(diff) == {
            ("git", "price-rise"),
            ("git", "HEAD"),
            ("records", "europe"),
            ("records", "entity:Pricing team"),
        }
        assert diff["records", "europe"].before == {"base": 9.0}
        assert diff["records", "europe"].after == {"base": 9.5}
        assert diff["git", "price-rise"].after is not None
        assert diff["git", "price-rise"].after["message"] == "Raise Europe to 9.50"
        log = good(episode, "git_log", repo_path=WORK, max_count=1).result["lines"]
        assert "Message: Raise Europe to 9.50" in log


def test_two_episodes_and_a_fork_stay_apart_and_replay_to_one_state(environment: ConnectedEnvironment) -> None:
    with environment.episode() as one, environment.episode() as other:
        raise_tariff(one)
        assert other.diff() == []
        with one.fork() as child:
            assert child.state_hash() == one.state_hash()
            good(child, "git_checkout", repo_path=WORK, branch_name="main")
            good(child, "write_file", path=f"{WORK}/notes.txt", content="only here")
            assert child.state_hash() != one.state_hash()
        assert not one.call("read_text_file", {"path": f"{WORK}/notes.txt"}).ok
        for record in one.ledger:
            other.call(record.tool, record.arguments)
        assert other.state_hash() == one.state_hash()
        assert [record.result for record in other.ledger] == [record.result for record in one.ledger]


def test_reading_tools_of_all_servers_leave_no_trace(environment: ConnectedEnvironment) -> None:
    with environment.episode() as episode:
        for tool, arguments in {
            "list_directory": {"path": WORK},
            "read_text_file": {"path": f"{WORK}/README.md"},
            "git_status": {"repo_path": WORK},
            "git_branch": {"repo_path": WORK, "branch_type": "all"},
            "git_show": {"repo_path": WORK, "revision": "HEAD"},
            "read_graph": {},
            "search_nodes": {"query": "tariff"},
        }.items():
            assert good(episode, tool, **arguments).changes == ()


def test_paths_outside_the_episode_are_refused(environment: ConnectedEnvironment) -> None:
    with environment.episode() as episode:
        error = episode.call("read_text_file", {"path": str(CONFIG)}).error
        assert error is not None and error["kind"] == "forbidden"
        assert WORK in error["message"]
        error = episode.call("git_log", {"repo_path": str(ROOT)}).error
        assert error is not None and error["kind"] == "forbidden"


def test_the_start_state_depends_on_the_seed_alone(environment: ConnectedEnvironment) -> None:
    with environment.episode() as one, environment.episode() as other:
        assert FolderReader(one._stage.folders).rows() == FolderReader(other._stage.folders).rows()
