"""`enterpriselab serve` as an MCP client meets it: started over stdio, reached over HTTP."""

import signal
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from tests.cli.desk import command, environ, start

pytestmark = pytest.mark.slow


async def _seen_by(target: Any) -> tuple[set[str], bool]:
    """(names of the tools, whether a first call worked)."""
    async with Client(target) as client:
        names = {tool.name for tool in (await client.list_tools()).tools}
        result = await client.call_tool("get_mail_profile", {})
        return names, not result.is_error


def test_a_client_starts_the_world_over_stdio(tmp_path: Path) -> None:
    arguments = command("serve", "--app", "mail", "--stdio")[1:]
    server = StdioServerParameters(command=sys.executable, args=arguments, env=environ(), cwd=tmp_path)
    names, worked = anyio.run(_seen_by, stdio_client(server))
    assert worked and "send_email" in names and not any(name.startswith("ticket") for name in names)


def test_a_client_reaches_the_world_at_the_url_that_is_told(tmp_path: Path) -> None:
    process = start("serve", "--app", "mail", "--port", 0, cwd=tmp_path)
    assert process.stderr is not None
    try:
        told = process.stderr.readline()
        names, worked = anyio.run(_seen_by, told.split()[3].rstrip(";"))
        assert worked and "send_email" in names
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
