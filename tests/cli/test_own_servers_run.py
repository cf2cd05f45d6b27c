"""`run` on the three public MCP servers, end to end with small budgets; skipped where npm or packages are absent."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
OWN = ROOT / "configs" / "own-servers"
CACHED = ROOT / ".cache" / "tests"
"""Where the tests of the sandbox install the packages."""
PLACES = (OWN / "node_modules" / ".bin", CACHED / "npm" / "node_modules" / ".bin", CACHED / "venv-git" / "bin")
PATH = os.pathsep.join([*map(str, PLACES), str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
COMMANDS = ("npm", "mcp-server-filesystem", "mcp-server-git", "mcp-server-memory")
ABSENT = [name for name in COMMANDS if shutil.which(name, path=PATH) is None]
SETTINGS = ("synthesis.tasks=20", "synthesis.rounds=4", "synthesis.prove_limit=20")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(ABSENT), reason=f"{', '.join(ABSENT)} not found: bash scripts/install-own-servers.sh"),
]


def command(runs: Path, *settings: str) -> list[str]:
    config = ROOT / "configs" / "own-servers.toml"
    return [sys.executable, "-m", "enterpriselab", "run", str(config), "--runs", str(runs), *SETTINGS, *settings]


def environ(folder: Path) -> dict[str, str]:
    """What is temporary lies in the test's own folder, so that what is left behind is seen."""
    (folder / "tmp").mkdir()
    return {**os.environ, "PATH": PATH, "TMPDIR": str(folder / "tmp")}


def test_the_example_gives_verified_tasks_trajectories_and_a_report(tmp_path: Path) -> None:
    env = environ(tmp_path)
    done = subprocess.run(
        command(tmp_path), cwd=ROOT, env=env, capture_output=True, encoding="utf-8", timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    run = tmp_path / "own-servers"
    tasks = [json.loads(line) for line in (run / "synthesis/tasks.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(tasks) == 20
    assert len({task["template"] for task in tasks}) >= 8
    assert len({step["tool"] for task in tasks for step in task["reference"]}) >= 6
    assert all(re.search(r"/episode/workspace|knowledge graph", task["prompt"]) for task in tasks)
    assert {app for task in tasks for app in task["tags"]["apps"]} == {"filesystem", "git", "memory"}
    assert any(says_again(task) for task in tasks)
    trajectories = (run / "synthesis/trajectories.jsonl").read_text(encoding="utf-8")
    assert trajectories.count("\n") >= 8
    assert "x-examples" not in trajectories
    assert "own-servers" in (run / "report.html").read_text(encoding="utf-8")
    assert list((tmp_path / "tmp").glob("enterpriselab-*")) == []


def says_again(task: dict[str, Any]) -> bool:
    """Does a later call take up the path or branch that an earlier one was given?"""
    values = [set(re.findall(r'"([\w/.-]{4,})"', json.dumps(step["arguments"]))) for step in task["reference"]]
    shared = {"path", "repo_path", "branch_name", "files", "/episode/workspace", "source", "destination"}
    return any(one & other - shared for one, other in combinations(values, 2))


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")
def test_a_stopped_run_leaves_no_server_and_no_folder_behind(tmp_path: Path) -> None:
    env = environ(tmp_path)
    process = subprocess.Popen(
        command(tmp_path, "synthesis.tasks=5000", "synthesis.rounds=500"),
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None
    while "Discover tools" not in (line := process.stdout.readline()):
        assert line, process.communicate()[1]
    servers = working_on(tmp_path)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.strip() == "Stopped. Start the same command again to go on where it was."
    assert len(servers) >= 2  # the third has no path among its arguments
    assert working_on(tmp_path) == set()
    assert list((tmp_path / "tmp").glob("enterpriselab-*")) == []


def working_on(folder: Path) -> set[str]:
    """Processes whose arguments name the temporary folder."""
    found = set()
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(folder / "tmp").encode() in place.read_bytes():
                found.add(place.parent.name)
        except OSError:
            continue  # it ended meanwhile
    return found
