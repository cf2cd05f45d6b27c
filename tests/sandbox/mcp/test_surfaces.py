"""One handler, three surfaces: equal results, equal diffs, whatever is called and however it arrives."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from help_desk import desk_world
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mcp import Client, MCPError, StdioServerParameters

from enterpriselab.core.errors import EpisodeError
from enterpriselab.sandbox.mcp.handler import episode_server
from enterpriselab.sandbox.mcp.hosting import EpisodeHost
from enterpriselab.sandbox.mcp.serving import http_in_background

Call = tuple[str, dict[str, Any]]
STDIO = StdioServerParameters(command=sys.executable, args=[str(Path(__file__).parent / "help_desk.py")])
MODES = ("auto", "legacy", "2026-07-28")

_case = st.sampled_from(["case_1", "case_2", "case_3", "case_9", 7])
_title = st.sampled_from(["Printer", "Chair", "L\u00f6we \u4e2d", "", "Chair 2"])
_calls = st.one_of(
    st.tuples(st.just("list_cases"), st.fixed_dictionaries({}, optional={"state": st.sampled_from(["open", "no"])})),
    st.tuples(st.just("get_case"), st.fixed_dictionaries({"case_id": _case})),
    st.tuples(st.just("get_case"), st.fixed_dictionaries({"case": _case})),
    st.tuples(
        st.just("open_case"),
        st.fixed_dictionaries({"title": _title}, optional={"hours": st.sampled_from([1.5, 2, "two"])}),
    ),
    st.tuples(st.just("close_case"), st.fixed_dictionaries({"case_id": _case})),
    st.tuples(st.just("purge_closed"), st.fixed_dictionaries({"confirm": st.booleans()})),
    st.tuples(st.sampled_from(["break_down", "no_such_tool", "get_casse"]), st.just({})),
)


@pytest.fixture(scope="module")
def host() -> EpisodeHost:
    return EpisodeHost(desk_world())


@pytest.fixture(scope="module")
def url(host: EpisodeHost) -> Iterator[str]:
    with http_in_background(host) as base:
        yield base


async def through(client: Client, calls: list[Call]) -> list[Any]:
    """What a model sees of each call: (refused, payload), or the protocol error's words."""
    seen: list[Any] = []
    for name, arguments in calls:
        try:
            result = await client.call_tool(name, arguments)
        except MCPError as error:
            seen.append(("protocol error", error.message))
            continue
        [block] = result.content
        payload = json.loads(block.text)
        assert result.is_error or result.structured_content == payload
        seen.append((bool(result.is_error), payload))
    return seen


def directly(episode: Any, calls: list[Call]) -> list[Any]:
    seen: list[Any] = []
    for name, arguments in calls:
        try:
            record = episode.call(name, arguments)
        except EpisodeError as error:
            seen.append(("protocol error", str(error)))
            continue
        seen.append((not record.ok, json.loads(json.dumps(record.payload))))
    return seen


async def connected(target: Any, mode: str, work: Callable[[Client], Awaitable[Any]]) -> Any:
    async with Client(target, mode=mode, read_timeout_seconds=20) as client:
        return await work(client)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_calls, max_size=8), st.integers(0, 3))
def test_every_surface_gives_the_same_results_and_the_same_state(
    host: EpisodeHost, url: str, calls: list[Call], seed: int
) -> None:
    world = desk_world()
    plain, in_memory, framed = (world.episode(seed=seed) for _ in range(3))
    key, _ = host.create(seed=seed)
    old_key, _ = host.create(seed=seed)

    async def everywhere() -> list[list[Any]]:
        return [
            await connected(episode_server(in_memory, world.registry), "auto", lambda c: through(c, calls)),
            await connected(episode_server(framed, world.registry), "legacy", lambda c: through(c, calls)),
            await connected(f"{url}/episodes/{key}/mcp", "2026-07-28", lambda c: through(c, calls)),
            await connected(f"{url}/episodes/{old_key}/mcp", "legacy", lambda c: through(c, calls)),
        ]

    expected = directly(plain, calls)
    assert asyncio.run(everywhere()) == [expected] * 4
    for episode in (in_memory, framed, host.episode(key), host.episode(old_key)):
        assert episode.diff() == plain.diff()
        assert episode.state_hash() == plain.state_hash()
        assert episode.ledger == plain.ledger
    host.drop(key)
    host.drop(old_key)


async def _list_and_call(client: Client) -> tuple[list[str], Any, str]:
    listing = await client.list_tools()
    seen = await through(client, [("open_case", {"title": "Chair"}), ("get_case", {"case": "case_9"})])
    return [tool.name for tool in listing.tools], seen, client.protocol_version


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("transport", ["http", "stdio"])
def test_a_stock_client_lists_and_calls_in_every_mode(url: str, host: EpisodeHost, mode: str, transport: str) -> None:
    key, _ = host.create()
    target = f"{url}/episodes/{key}/mcp" if transport == "http" else STDIO
    names, seen, version = asyncio.run(connected(target, mode, _list_and_call))
    host.drop(key)
    assert names == list(desk_world().registry)
    assert version == ("2025-11-25" if mode == "legacy" else "2026-07-28")
    assert seen == directly(
        desk_world().episode(), [("open_case", {"title": "Chair"}), ("get_case", {"case": "case_9"})]
    )


def test_the_listing_says_what_each_tool_does_and_keeps_its_order() -> None:
    world = desk_world()
    server = episode_server(world.episode(), world.registry)

    async def listed(client: Client) -> Any:
        return (await client.list_tools()).tools

    tools = asyncio.run(connected(server, "legacy", listed))
    assert [tool.name for tool in tools] == list(world.registry)
    hints = {t.name: (t.annotations.read_only_hint, t.annotations.destructive_hint) for t in tools}
    assert hints["get_case"] == (True, False)
    assert hints["open_case"] == (False, False)
    assert hints["purge_closed"] == (False, True)
    by_name = {tool.name: tool for tool in tools}
    assert by_name["close_case"].annotations.idempotent_hint
    assert not any(tool.annotations.open_world_hint for tool in tools)
    assert by_name["get_case"].input_schema["properties"]["case_id"]["x-entity"] == "case"
    assert by_name["get_case"].output_schema == world.registry["get_case"].output_schema


def test_an_error_is_text_that_the_model_reads_and_no_structured_content() -> None:
    world = desk_world()

    async def ask(client: Client) -> Any:
        return await client.call_tool("close_case", {"case_id": "case_9"})

    result = asyncio.run(connected(episode_server(world.episode(), world.registry), "auto", ask))
    assert result.is_error
    assert result.structured_content is None
    assert json.loads(result.content[0].text)["error"] == {
        "kind": "not_found",
        "message": "No case 'case_9'.",
        "field": "case_id",
    }
