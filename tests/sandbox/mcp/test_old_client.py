"""A client on SDK 1.30 lists and calls over stdio and HTTP; skipped where pip cannot install that version."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from help_desk import desk_world
from test_own_servers import CACHE, make_venv

from enterpriselab.sandbox.mcp.hosting import EpisodeHost
from enterpriselab.sandbox.mcp.serving import http_in_background

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent
OLD = "mcp==1.30.0"


@pytest.fixture(scope="module")
def old_python() -> Path:
    folder = CACHE / "venv-mcp-1.30"
    done = folder / "complete"
    if not done.exists():
        make_venv(folder, OLD)
        done.write_text(OLD, encoding="utf-8")
    return folder / "bin" / "python"


@pytest.mark.parametrize("transport", ["http", "stdio"])
def test_the_previous_sdk_lists_and_calls(old_python: Path, transport: str) -> None:
    client = [str(old_python), str(HERE / "old_client.py"), transport]
    if transport == "stdio":
        answered = run_client([*client, sys.executable, str(HERE / "help_desk.py")])
    else:
        with http_in_background(EpisodeHost(desk_world())) as base:
            answered = run_client([*client, f"{base}/mcp"])
    direct = desk_world().episode()
    assert answered == {
        "version": "2025-11-25",
        "tools": list(desk_world().registry),
        "good": direct.call("open_case", {"title": "From an old client"}).result,
        "bad": [True, direct.call("get_case", {"case_id": "case_9"}).payload],
    }


def run_client(command: list[str]) -> object:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
