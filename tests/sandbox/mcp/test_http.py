"""The HTTP server: episodes by path and token, admin endpoints, sleep, limits, and who is kept out."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from help_desk import desk_world
from httpx2 import AsyncClient
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from enterpriselab.core.errors import UsageError
from enterpriselab.sandbox.mcp.hosting import EpisodeHost, HostFull, HostOptions
from enterpriselab.sandbox.mcp.http_app import HttpOptions, build_http_app
from enterpriselab.sandbox.mcp.serving import http_in_background

ADMIN = "an admin token of this test"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with http_in_background(EpisodeHost(desk_world())) as base:
        yield base


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    options = HttpOptions(port=0, admin_token=ADMIN, max_body_bytes=2000)
    host = EpisodeHost(desk_world(), HostOptions(limit=3, principal_header=True))
    with http_in_background(host, options) as base:
        yield base


async def call(target: str, name: str, arguments: dict[str, Any], *, headers: dict[str, str] | None = None) -> Any:
    async with AsyncClient(headers=headers or {}) as web:
        transport = streamable_http_client(target, http_client=web)
        async with Client(transport, mode="2026-07-28", read_timeout_seconds=20) as client:
            return (await client.call_tool(name, arguments)).structured_content


def test_two_episodes_of_one_server_never_see_each_others_writes(url: str) -> None:
    one, other = (httpx.post(f"{url}/episodes").json() for _ in range(2))
    asyncio.run(call(one["url"], "open_case", {"title": "Only in one"}))
    seen = [asyncio.run(call(made["url"], "list_cases", {}))["total"] for made in (one, other)]
    assert seen == [4, 3]
    assert httpx.get(f"{url}/episodes/{other['id']}/diff").json() == {"changes": []}
    [change] = httpx.get(f"{url}/episodes/{one['id']}/diff").json()["changes"]
    assert (change["table"], change["op"], change["after"]["title"]) == ("desk_case", "insert", "Only in one")


def test_many_clients_at_once_each_find_their_own_episode(url: str) -> None:
    made = [httpx.post(f"{url}/episodes", json={"seed": number}).json() for number in range(8)]

    async def work(number: int, target: str) -> list[str]:
        mode = "legacy" if number % 2 else "2026-07-28"
        async with Client(target, mode=mode, read_timeout_seconds=20) as client:
            for step in range(4):
                await client.call_tool("open_case", {"title": f"{number}/{step}"})
            listed = await client.call_tool("list_cases", {})
            return [case["title"] for case in listed.structured_content["items"]]

    async def together() -> list[list[str]]:
        return await asyncio.gather(*(work(number, answer["url"]) for number, answer in enumerate(made)))

    for number, titles in enumerate(asyncio.run(together())):
        assert {title for title in titles if "/" in title} == {f"{number}/{step}" for step in range(4)}
        assert len(titles) == 7


@pytest.mark.parametrize("version", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
def test_hand_written_clients_of_every_handshake_version_are_served(url: str, version: str) -> None:
    target = httpx.post(f"{url}/episodes").json()["url"]
    headers = {"Accept": "application/json, text/event-stream"}

    def ask(number: int, method: str, params: dict[str, Any]) -> httpx.Response:
        body = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        return httpx.post(target, json=body, headers=headers)

    client = {"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "hand", "version": "1"}}
    hello = ask(1, "initialize", client)
    assert hello.json()["result"]["protocolVersion"] == version
    headers["Mcp-Session-Id"] = hello.headers["mcp-session-id"]
    headers["MCP-Protocol-Version"] = version
    ready = httpx.post(target, json={"jsonrpc": "2.0", "method": "notifications/initialized"}, headers=headers)
    assert ready.status_code == 202
    listed = ask(2, "tools/list", {}).json()["result"]["tools"]
    assert [tool["name"] for tool in listed] == list(desk_world().registry)
    answer = ask(3, "tools/call", {"name": "get_case", "arguments": {"case_id": "case_1"}}).json()["result"]
    assert json.loads(answer["content"][0]["text"])["title"] == "Printer"
    assert httpx.delete(target, headers=headers).status_code == 200
    assert ask(4, "tools/list", {}).status_code == 404


def test_a_token_opens_its_episode_at_the_common_path(url: str) -> None:
    made = httpx.post(f"{url}/episodes", json={"seed": 5}).json()
    headers = {"Authorization": f"Bearer {made['token']}"}
    asyncio.run(call(f"{url}/mcp", "close_case", {"case_id": "case_1"}, headers=headers))
    assert httpx.get(f"{url}/episodes/{made['id']}").json()["calls"] == 1
    default = asyncio.run(call(f"{url}/mcp", "list_cases", {"state": "closed"}))
    assert default["total"] == 1


def test_a_fork_continues_and_a_reset_begins_again(url: str) -> None:
    made = httpx.post(f"{url}/episodes").json()
    asyncio.run(call(made["url"], "open_case", {"title": "Before the fork"}))
    fork = httpx.post(f"{url}/episodes/{made['id']}/fork").json()
    same = [httpx.get(f"{url}/episodes/{key}").json()["state_hash"] for key in (made["id"], fork["id"])]
    assert same[0] == same[1]
    asyncio.run(call(fork["url"], "open_case", {"title": "After it"}))
    after = httpx.post(f"{url}/episodes/{made['id']}/reset").json()
    assert after["calls"] == 0
    assert asyncio.run(call(made["url"], "list_cases", {}))["total"] == 3
    assert asyncio.run(call(fork["url"], "list_cases", {}))["total"] == 5


def test_a_dropped_episode_is_gone_with_its_token(url: str) -> None:
    made = httpx.post(f"{url}/episodes").json()
    assert httpx.delete(f"{url}/episodes/{made['id']}").status_code == 204
    assert httpx.get(f"{url}/episodes/{made['id']}").status_code == 404
    assert httpx.post(made["url"], json={}).status_code == 404
    assert httpx.post(f"{url}/mcp", json={}, headers={"Authorization": f"Bearer {made['token']}"}).status_code == 401


def test_a_token_does_not_open_another_episode(url: str) -> None:
    one, other = (httpx.post(f"{url}/episodes").json() for _ in range(2))
    refused = httpx.post(one["url"], json={}, headers={"Authorization": f"Bearer {other['token']}"})
    assert refused.status_code == 403


@pytest.mark.parametrize("body", ["[1]", '{"seed": "x"}', '{"principal": 3}', '{"speed": 1}', "{"])
def test_a_wrong_admin_request_says_what_is_wanted(url: str, body: str) -> None:
    answer = httpx.post(f"{url}/episodes", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
@pytest.mark.parametrize("path", ["/mcp", "/episodes"])
def test_foreign_hosts_and_origins_are_refused_everywhere(url: str, path: str, headers: dict[str, str]) -> None:
    assert httpx.post(f"{url}{path}", json={}, headers=headers).status_code in (403, 421)


def test_admin_endpoints_need_the_admin_token(guarded: str) -> None:
    assert httpx.get(f"{guarded}/episodes").status_code == 401
    assert httpx.get(f"{guarded}/episodes", headers={"Authorization": "Bearer no"}).status_code == 401
    assert httpx.get(f"{guarded}/episodes", headers={"Authorization": f"Bearer {ADMIN}"}).status_code == 200


def test_a_body_over_the_limit_is_refused(guarded: str) -> None:
    assert httpx.post(f"{guarded}/mcp", content=b"x" * 3000).status_code == 413
    assert httpx.post(f"{guarded}/episodes", content=b"x" * 3000).status_code == 413


def test_a_full_host_refuses_and_has_room_again_after_a_drop(guarded: str) -> None:
    web = httpx.Client(base_url=guarded, headers={"Authorization": f"Bearer {ADMIN}"})
    with web:
        made = [web.post("/episodes") for _ in range(4)]
        assert [answer.status_code for answer in made][-1] == 429
        first = next(answer.json() for answer in made if answer.status_code == 201)
        web.delete(f"/episodes/{first['id']}")
        assert web.post("/episodes").status_code == 201
        for key in web.get("/episodes").json()["episodes"]:
            web.delete(f"/episodes/{key}")


def test_the_principal_header_counts_only_where_the_host_allows_it(url: str, guarded: str) -> None:
    query = "SELECT email FROM company_person WHERE status = 'active' ORDER BY email LIMIT 1"
    email = desk_world().episode().sql(query)[0]["email"]
    admin = {"Authorization": f"Bearer {ADMIN}"}
    asyncio.run(call(f"{guarded}/mcp", "list_cases", {}, headers={"X-Principal": email}))
    assert httpx.get(f"{guarded}/episodes/default", headers=admin).json()["calls"] == 1
    plain = EpisodeHost(desk_world())
    trusting = EpisodeHost(desk_world(), HostOptions(principal_header=True))
    for host in (plain, trusting):
        with http_in_background(host) as base:
            asyncio.run(call(f"{base}/mcp", "list_cases", {}, headers={"X-Principal": email}))
    assert plain.episode("default").ledger[0].principal == desk_world().default_principal
    assert trusting.episode("default").ledger[0].principal == email


def test_listening_beyond_loopback_takes_names_and_a_token() -> None:
    host = EpisodeHost(desk_world())
    with pytest.raises(UsageError, match="name the hosts"):
        build_http_app(host, HttpOptions(host="0.0.0.0"))
    with pytest.raises(UsageError, match="admin token"):
        build_http_app(host, HttpOptions(host="0.0.0.0", names=("lab.example:8000",)))
    build_http_app(host, HttpOptions(host="0.0.0.0", names=("lab.example:8000",), admin_token=ADMIN))


def test_a_port_that_is_taken_is_told(url: str) -> None:
    port = int(url.rsplit(":", 1)[1])
    with (
        pytest.raises(UsageError, match=f"127.0.0.1:{port}"),
        http_in_background(EpisodeHost(desk_world()), HttpOptions(port=port)),
    ):
        pass


def test_an_idle_episode_sleeps_and_wakes_with_the_same_state() -> None:
    now = [0.0]
    host = EpisodeHost(desk_world(), HostOptions(idle_s=10), clock=lambda: now[0])
    key, token = host.create(seed=3)
    host.episode(key).call("open_case", {"title": "Remembered"})
    before = (host.episode(key).state_hash(), host.episode(key).ledger)
    now[0] = 11.0
    assert host.put_to_sleep() == 1
    assert host.sleeping(key)
    assert host.key_of_token(token) == key
    assert (host.episode(key).state_hash(), host.episode(key).ledger) == before
    assert not host.sleeping(key)


def test_an_app_filter_hides_tools_from_listing_and_calls() -> None:
    host = EpisodeHost(desk_world(), HostOptions(apps=("desk",)))
    assert list(host.specs) == list(desk_world().registry)
    with pytest.raises(UsageError, match="There is no app 'mail'"):
        EpisodeHost(desk_world(), HostOptions(apps=("mail",)))


def test_a_host_keeps_no_more_than_its_limit() -> None:
    host = EpisodeHost(desk_world(), HostOptions(limit=2))
    host.create()
    key, _ = host.create()
    with pytest.raises(HostFull):
        host.fork(key)
