"""mcp.json is read strictly: what is wrong is named, with what would be right."""

import json
from pathlib import Path
from typing import Any

import pytest

from enterpriselab.core.errors import UsageError
from enterpriselab.sandbox.mcp.servers_file import read_servers

OWN = Path(__file__).parents[3] / "configs" / "own-servers" / "mcp.json"


def written(folder: Path, data: Any) -> Path:
    path = folder / "mcp.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def test_the_example_is_read_and_its_isolation_decided() -> None:
    plan = read_servers(OWN, {})
    assert {s.name: (s.isolation, s.folder) for s in plan.servers} == {
        "filesystem": ("files", "workspace"),
        "git": ("files", "workspace"),
        "memory": ("files", "memory"),
    }


def test_isolation_is_decided_by_what_the_server_uses(tmp_path: Path) -> None:
    servers = {
        "files": {"command": "a", "env": {"HERE": "${EPISODE_DIR}"}},
        "mind": {"command": "a"},
        "web": {"url": "http://localhost:1/mcp"},
        "off": {"command": "x", "disabled": True},
    }
    plan = read_servers(written(tmp_path, {"mcpServers": servers}), {})
    assert [(s.name, s.isolation) for s in plan.servers] == [("files", "files"), ("mind", "restart"), ("web", "none")]


def test_variables_are_filled_in_and_defaults_taken(tmp_path: Path) -> None:
    entry = {"command": "${TOOL:-tool}", "args": ["--key=${KEY}", "${EPISODE_DIR}/x", "${CONFIG_DIR}"]}
    [server] = read_servers(written(tmp_path, {"mcpServers": {"a": entry}}), {"KEY": "k1"}).servers
    assert server.entry.command == "tool"
    assert server.entry.args == ("--key=k1", "${EPISODE_DIR}/x", str(tmp_path.resolve()))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("{", "not valid JSON"),
        ({}, "mcpServers"),
        ({"mcpServers": {}}, "no active server"),
        ({"mcpServers": {"a": {}}}, '"command" (stdio) or "url" (HTTP)'),
        ({"mcpServers": {"a": {"comand": "x"}}}, "unknown key 'mcpServers.a.comand'"),
        ({"mcpServers": {"a": {"type": "http"}}}, 'needs "url"'),
        ({"mcpServers": {"a": {"type": "sse", "url": "http://x"}}}, "stdio"),
        ({"mcpServers": {"a": {"command": "x", "url": "http://x"}}}, 'no "url"'),
        ({"mcpServers": {"a": {"command": "x", "env": {"T": "${TOKEN}"}}}}, "TOKEN, which is not set"),
        ({"mcpServers": {"a b": {"command": "x"}}}, "server name 'a b'"),
        ({"mcpServers": {"a": {"command": "x"}}, "enterpriselab": {"servers": {"b": {}}}}, "'b'"),
        (
            {"mcpServers": {"a": {"command": "x"}}, "enterpriselab": {"servers": {"a": {"seed": "no"}}}},
            "does not exist",
        ),
        (
            {"mcpServers": {"a": {"command": "x"}}, "enterpriselab": {"servers": {"a": {"isolation": "reset"}}}},
            "go together",
        ),
        (
            {"mcpServers": {"a": {"command": "x"}}, "enterpriselab": {"servers": {"a": {"seed": "."}}}},
            'must be "files", not restart',
        ),
        (
            {"mcpServers": {"a": {"url": "http://x"}}, "enterpriselab": {"servers": {"a": {"isolation": "restart"}}}},
            "cannot be started per episode",
        ),
        (
            {
                "mcpServers": {n: {"command": "x", "cwd": "${EPISODE_DIR}"} for n in "ab"},
                "enterpriselab": {"servers": {n: {"folder": "f", "seed": "."} for n in "ab"}},
            },
            "both seed the folder 'f'",
        ),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, data: Any, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_servers(written(tmp_path, data), {})
    assert words in caught.value.message


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Cannot read"):
        read_servers(tmp_path / "none.json", {})
