"""Stock clients on the port of the public harness: SDK 2.x on both wires, SDK 1.30, the public client in between."""

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from depot_gym import depot_app, depot_running
from httpx2 import AsyncClient
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from public_client import PublicClient

from enterpriselab.sandbox.gym.serving import Running

OLD_PYTHON = Path(__file__).parents[3] / ".cache" / "tests" / "venv-mcp-1.30" / "bin" / "python"
TOOLS = [tool.name for tool in depot_app().tools]


async def seen(url: str, mode: str, headers: dict[str, str]) -> list[Any]:
    async with AsyncClient(headers=headers) as web:
        transport = streamable_http_client(f"{url}/mcp", http_client=web)
        async with Client(transport, mode=mode, read_timeout_seconds=20) as client:
            tools = (await client.list_tools()).tools
            good = await client.call_tool("store_parcel", {"title": "From a client"})
            bad = await client.call_tool("get_parcel", {"parcel_id": "PAR_9"})
            with pytest.raises(MCPError, match="break_down failed") as broken:
                await client.call_tool("break_down", {})
            names = [tool.name for tool in tools]
            assert all(tool.output_schema and tool.annotations for tool in tools)
            return [
                names,
                good.structured_content,
                bad.is_error,
                json.loads(bad.content[0].text),
                broken.value.error.data,
            ]


def expected(running: Running) -> list[Any]:
    """What the same calls give in process."""
    key, _ = running.gyms[0].databases.create(image="small")
    with running.gyms[0].databases.episode(key) as episode:
        good = episode.call("store_parcel", {"title": "From a client"}, principal="bo").result
        bad = episode.call("get_parcel", {"parcel_id": "PAR_9"}).payload
    return [TOOLS, good, True, bad, {"kind": "episode_error"}]


def test_every_stock_client_sees_the_same_and_the_public_client_its_plain_json() -> None:
    with depot_running() as running:
        url, databases = running.urls["gym-depot-mcp"], running.gyms[0].databases
        for mode in ("legacy", "2026-07-28", "auto"):
            key, _ = databases.create(image="small")
            headers = {"x-database-id": key, "x-depot-token": "bo"}
            assert asyncio.run(seen(url, mode, headers)) == expected(running), mode
            public = PublicClient(url)
            assert [tool["name"] for tool in public.connect()] == TOOLS
            public.database = key
            assert public.call("list_parcels")["total"] == 2


def test_clients_of_both_wires_work_on_one_database_at_once() -> None:
    with depot_running() as running:
        url = running.urls["gym-depot-mcp"]
        running.gyms[0].databases.create("shared", image="small")

        async def work(mode: str) -> list[str]:
            async with AsyncClient(headers={"x-database-id": "shared"}) as web:
                transport = streamable_http_client(f"{url}/mcp", http_client=web)
                async with Client(transport, mode=mode, read_timeout_seconds=20) as client:
                    results = [await client.call_tool("store_parcel", {"title": mode}) for _ in range(5)]
                    return [result.structured_content["parcel_id"] for result in results]

        async def together() -> list[list[str]]:
            return await asyncio.gather(*(work(mode) for mode in ("legacy", "2026-07-28", "legacy", "2026-07-28")))

        ids = sorted(number for made in asyncio.run(together()) for number in made)
        assert ids == [f"PAR_{number:03d}" for number in range(2, 22)]


def test_a_client_without_a_database_is_told_the_header_on_the_modern_wire_too() -> None:
    async def ask(url: str) -> Any:
        async with Client(f"{url}/mcp", mode="2026-07-28", read_timeout_seconds=20) as client:
            return await client.call_tool("list_parcels", {})

    with depot_running() as running:
        result = asyncio.run(ask(running.urls["gym-depot-mcp"]))
        assert result.is_error and result.content[0].text.startswith("Error: x-database-id header is required")


@pytest.mark.slow
@pytest.mark.skipif(
    not OLD_PYTHON.exists(), reason="tests/sandbox/mcp/test_old_client.py makes the environment of 1.30"
)
def test_the_previous_sdk_lists_and_calls_without_a_session() -> None:
    with depot_running() as running:
        url = running.urls["gym-depot-mcp"]
        running.gyms[0].databases.create("old", image="small")
        script = Path(__file__).parent / "old_gym_client.py"
        command = [str(OLD_PYTHON), str(script), f"{url}/mcp", "old"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        answered = json.loads(done.stdout)
        parcel = {"parcel_id": "PAR_002", "title": "From an old client", "state": "stored", "owner": "USER_002"}
        assert (answered["version"], answered["session"], answered["tools"]) == ("2025-11-25", None, TOOLS)
        assert answered["good"] == parcel
        assert answered["bad"][0] is True and answered["bad"][1]["error"]["kind"] == "not_found"
