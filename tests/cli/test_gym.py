"""`enterpriselab gym` as an operator uses it: up, status, down; and `serve` with a world of the gym."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from enterpriselab.cli.gyms import gym_apps
from enterpriselab.core.errors import UsageError
from tests.cli.desk import Ended, lab, lab_alone, refused, start

pytestmark = pytest.mark.slow
SERVER = "gym-itsm-mcp"


class Operator:
    """Somebody at a terminal, with a cache folder of his own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.cache = {"ENTERPRISELAB_CACHE": str(home / "cache")}

    def gym(self, *arguments: object) -> Ended:
        return lab("gym", *arguments, cwd=self.home, **self.cache)

    def refused(self, *arguments: object) -> str:
        return refused("gym", *arguments, cwd=self.home, **self.cache)

    def servers(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.gym("status", "--json").out)
        return found


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    someone = Operator(tmp_path)
    yield someone
    for server in someone.servers():
        someone.gym("down", "--port-base", server["name"])


def call(url: str, tool: str, /, **arguments: Any) -> dict[str, Any]:
    params = {"name": tool, "arguments": arguments}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    result: dict[str, Any] = httpx.post(f"{url}/mcp", json=message, headers={"x-database-id": "mine"}).json()["result"]
    return result


def test_an_operator_starts_the_servers_looks_at_them_and_ends_them(operator: Operator) -> None:
    state = operator.home / "state"
    up = ("up", "--port-base", 0, "--admin-port", 0, "--state", state, "--level", "enforced", "--detach")
    ended = lab_alone("gym", *up, cwd=operator.home, **operator.cache)
    assert ended.code == 0 and f"{SERVER} at http://127.0.0.1:" in ended.err and ", /api at " in ended.err, ended
    [server] = operator.servers()
    assert server["serves"] and server["databases"] == 0 and server["memory_bytes"] != 0
    image = {"database_id": "mine", "image": "minimal"}
    assert httpx.post(f"{server['admin_url']}/api/seed-database", json=image).json()["success"]
    assert httpx.post(f"{server['url']}/api/seed-database", json=image).status_code == 404
    made = call(server["url"], "add_location", name="Annex", city="Oslo", country="Norway")
    assert not made["isError"], made
    [server] = operator.servers()
    assert (server["databases"], server["awake"]) == (1, 1)
    assert SERVER in operator.gym("status").out
    assert "Ended process" in operator.gym("down").out
    assert operator.servers() == [] and "No gym servers" in operator.gym("down").out
    assert "Annex" in (state / f"{SERVER}.jsonl").read_text(encoding="utf-8"), "the database is still there"


def test_an_operator_serves_the_world_in_the_foreground_until_ctrl_c(operator: Operator, tmp_path: Path) -> None:
    process = start("serve", "--world", "opsgym/minimal@parity", "--port-base", 0, cwd=tmp_path)
    assert process.stderr is not None
    try:
        url = process.stderr.readline().split()[2].removesuffix("/mcp")
        seeded = httpx.post(f"{url}/api/seed-database", json={"database_id": "mine"}).json()
        assert seeded["success"], "the name of the world says the image"
        text = call(url, "update_location", location_id="LOC_999", name="x")["content"][0]["text"]
        assert text.startswith("API Error [update_location]: "), "and the level"
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 130


def test_a_note_of_a_process_that_is_gone_ends_nobody_else(operator: Operator) -> None:
    folder = operator.home / "cache" / "gym" / "running"
    folder.mkdir(parents=True)
    url = {SERVER: "http://127.0.0.1:9"}
    note = {"name": "18000", "pid": 1, "instance": "x", "urls": url, "admin_urls": url}
    (folder / "18000.json").write_text(json.dumps(note), encoding="utf-8")
    (folder / "broken.json").write_text("{", encoding="utf-8")
    [server] = operator.servers()
    assert not server["serves"] and server["memory_bytes"] is None
    assert "gone already" in operator.gym("down").out
    assert operator.servers() == []


def test_what_does_not_exist_is_refused_before_anything_starts(operator: Operator) -> None:
    assert "no image 'none'" in operator.refused("up", "--image", "none")
    assert "no level 'none'" in operator.refused("up", "--level", "none")
    assert "variable NONE is not set" in operator.refused("up", "--admin-token-env", "NONE")
    with pytest.raises(UsageError, match="no gym servers"):
        gym_apps("arena")
    asked = ("serve", "--world", "opsgym", "--app", "itsm")
    assert "--app says nothing" in refused(*asked, cwd=operator.home, **operator.cache)
