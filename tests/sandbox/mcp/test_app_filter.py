"""A server of some apps only: others are neither listed nor callable, on every surface."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from mcp import Client

from enterpriselab.sandbox.mcp.handler import episode_server
from enterpriselab.sandbox.mcp.hosting import EpisodeHost, HostOptions
from enterpriselab.sandbox.mcp.serving import http_in_background
from enterpriselab.sandbox.world import World


@pytest.mark.parametrize("surface", ["memory", "http"])
def test_hidden_tools_are_not_listed_and_answer_as_if_they_did_not_exist(
    world_with: Callable[..., World], surface: str
) -> None:
    world = world_with("hr", "mail")
    hidden = next(name for name, spec in world.registry.items() if spec.app == "hr" and not spec.required)

    async def ask(target: Any) -> tuple[list[str], Any]:
        async with Client(target, read_timeout_seconds=20) as client:
            names = [tool.name for tool in (await client.list_tools()).tools]
            return names, await client.call_tool(hidden, {})

    if surface == "memory":
        names, answer = asyncio.run(ask(episode_server(world.episode(), world.registry, apps=["mail"])))
    else:
        with http_in_background(EpisodeHost(world, HostOptions(apps=("mail",)))) as base:
            names, answer = asyncio.run(ask(f"{base}/mcp"))
    assert names == [name for name, spec in world.registry.items() if spec.app == "mail"]
    assert answer.is_error
    assert f"There is no tool '{hidden}'" in answer.content[0].text
