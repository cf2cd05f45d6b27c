"""The wire of a gym server as the public harness speaks it, and as hand-written clients of every version do."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from depot_gym import SEED, depot_app, depot_running
from public_client import WEB, PublicClient

from enterpriselab.sandbox.gym.jsonrpc import HANDSHAKE_VERSIONS

CALL = {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {"name": "list_parcels", "arguments": {}}}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with depot_running() as running:
        yield running.urls["gym-depot-mcp"]


def post(url: str, message: Any, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return WEB.post(f"{url}/mcp", content=body, headers=named)


def made(url: str, **fields: str) -> str:
    answer = WEB.post(f"{url}/api/seed-database", json={"image": "small", **fields})
    return str(answer.json()["database_id"])


def attempt(url: str, number: int) -> list[Any]:
    """One attempt of the public harness; its reference binds arguments to what earlier calls gave."""
    client = PublicClient(url, {"depot_token": "token-bo"} if number % 2 else {})
    assert [tool["name"] for tool in client.connect()] == [tool.name for tool in depot_app().tools]
    assert client.seed(SEED)["success"]
    stored = client.call("store_parcel", title=f"Parcel of {number}")
    client.call("send_parcel", parcel_id=stored["parcel_id"])
    found = [
        client.query(f"SELECT title, state, owner FROM parcel WHERE parcel_id = '{stored['parcel_id']}'"),
        client.query("SELECT count(*) FROM parcel"),
        client.query("SELECT title FROM parcel WHERE title LIKE 'Parcel of%' AND fragile = 0"),
    ]
    client.delete()
    return found


def test_the_public_client_plays_references_on_fifty_databases_at_once(url: str) -> None:
    with ThreadPoolExecutor(50) as pool:
        results = list(pool.map(lambda number: attempt(url, number), range(50)))
    for number, (row, count, title) in enumerate(results):
        owner = "USER_002" if number % 2 else "USER_001"
        assert row == {"title": f"Parcel of {number}", "state": "sent", "owner": owner}
        assert (count, title) == (3, f"Parcel of {number}")
    stats = WEB.get(f"{url}/api/databases").json()["stats"]
    assert stats["databases"] == stats["awake"] == 0


def test_a_listing_in_the_public_form_has_three_keys_and_no_pages(url: str) -> None:
    listed = post(url, {**CALL, "method": "tools/list", "params": {"cursor": "x"}}).json()["result"]
    assert list(listed) == ["tools"]
    assert all(list(tool) == ["name", "description", "inputSchema"] for tool in listed["tools"])


@pytest.mark.parametrize("asked", [*HANDSHAKE_VERSIONS, "1999-01-01", None])
def test_initialize_echoes_a_version_that_it_knows(url: str, asked: Any) -> None:
    params = {"protocolVersion": asked, "capabilities": {}, "clientInfo": {"name": "hand", "version": "1"}}
    answer = post(url, {**CALL, "method": "initialize", "params": params})
    result = answer.json()["result"]
    assert result["protocolVersion"] == (asked if asked in HANDSHAKE_VERSIONS else HANDSHAKE_VERSIONS[-1])
    assert result["serverInfo"]["name"] == "gym-depot-mcp" and "mcp-session-id" not in answer.headers


@pytest.mark.parametrize("version", HANDSHAKE_VERSIONS)
def test_structured_content_goes_to_those_who_name_a_version_that_has_it(url: str, version: str) -> None:
    key = made(url)
    structured = version >= "2025-06-18"
    tools = post(url, {**CALL, "method": "tools/list"}, mcp_protocol_version=version).json()["result"]["tools"]
    result = post(url, CALL, mcp_protocol_version=version, x_database_id=key).json()["result"]
    assert all(("outputSchema" in tool and "annotations" in tool) == structured for tool in tools)
    assert (result["structuredContent"] if structured else json.loads(result["content"][0]["text"]))["total"] == 1
    assert ("meta" in result) != structured


def test_a_result_has_the_public_shape_to_the_last_key(url: str) -> None:
    answer = post(url, CALL, x_database_id=made(url))
    parcel = '{"parcel_id":"PAR_001","title":"Parcel 1","state":"stored","owner":"USER_001"}'
    text = {"type": "text", "text": f'{{"items":[{parcel}],"total":1}}', "annotations": None, "meta": None}
    result = {"meta": None, "content": [text], "structuredContent": None, "isError": False}
    assert answer.json() == {"jsonrpc": "2.0", "id": 7, "result": result}
    assert answer.headers["content-type"] == "application/json"


def text_of(answer: httpx.Response) -> str:
    result = answer.json()["result"]
    assert result["isError"]
    return str(result["content"][0]["text"])


def test_a_call_without_a_database_is_told_which_header_is_missing(url: str) -> None:
    wanted = "Error: x-database-id header is required for database isolation"
    assert text_of(post(url, CALL)) == text_of(post(url, CALL, x_database_id="")) == wanted
    assert text_of(post(url, CALL, x_database_id="db_none")) == "Error: There is no database 'db_none'."


def test_the_headers_say_who_acts(url: str) -> None:
    key = made(url)
    store = {**CALL, "params": {"name": "store_parcel", "arguments": {"title": "x"}}}

    def owner(**headers: str) -> Any:
        result = post(url, store, x_database_id=key, **headers).json()["result"]
        return json.loads(result["content"][0]["text"])

    assert owner()["owner"] == "USER_001"
    assert owner(x_depot_token="bo")["owner"] == "USER_002"
    assert owner(x_depot_token="", x_depot_user="USER_002")["owner"] == "USER_002"
    assert owner(x_depot_token="token-ada", x_depot_user="USER_002")["owner"] == "USER_001"
    assert owner(x_depot_token="master")["owner"] == "USER_002"
    assert owner(authorization="Bearer bo")["owner"] == "USER_002"
    assert owner(x_user_id="USER_002")["owner"] == "USER_001"
    assert owner(x_depot_token="stolen")["error"]["kind"] == "forbidden"


@pytest.mark.parametrize("level", ["permissive", "enforced", "parity"])
def test_an_error_has_the_shape_of_the_level(url: str, level: str) -> None:
    key = made(url, level=level)

    def refused(name: str, **arguments: Any) -> str:
        message = {**CALL, "params": {"name": name, "arguments": arguments}}
        return text_of(post(url, message, x_database_id=key))

    plain, coded = refused("get_parcel", parcel_id="PAR_9"), refused("store_parcel", title="x", weight=-1)
    if level == "parity":
        assert plain == "API Error [get_parcel]: No parcel 'PAR_9'. list_parcels shows all."
        detail = json.loads(coded.removeprefix("API Error [store_parcel]: "))["detail"]
        assert detail["error"] is True and detail["error_code"] == "VALIDATION_ERROR"
        assert detail["details"][0]["code"] == "INVALID_WEIGHT"
    else:
        assert json.loads(plain)["error"]["kind"] == "not_found"
        assert json.loads(coded)["error"]["field"] == "weight"
    count = WEB.post(f"{url}/api/sql-runner", json={"query": "SELECT count(*) n FROM parcel", "database_id": key})
    assert count.json()["data"] == [{"n": 1}], "the failed call left no row"


def test_an_unknown_tool_and_wrong_arguments_are_errors_that_the_model_reads(url: str) -> None:
    key = made(url)
    for params in (
        {"name": "list_parcel"},
        {"name": "get_parcel"},
        {"name": "get_parcel", "arguments": {"parcel_id": 3}},
    ):
        assert json.loads(text_of(post(url, {**CALL, "params": params}, x_database_id=key)))["error"]["message"]


def test_a_broken_tool_is_an_error_of_the_protocol(url: str) -> None:
    answer = post(url, {**CALL, "params": {"name": "break_down"}}, x_database_id=made(url))
    assert answer.status_code == 200
    assert answer.json()["error"]["code"] == -32603 and "break_down failed" in answer.json()["error"]["message"]


def test_a_notification_is_accepted_and_runs_nothing(url: str) -> None:
    key = made(url)
    store = {"jsonrpc": "2.0", "method": "tools/call", "params": {"name": "store_parcel", "arguments": {"title": "x"}}}
    for message in (
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        store,
        {"jsonrpc": "2.0", "id": 1, "result": {}},
    ):
        answer = post(url, message, x_database_id=key)
        assert (answer.status_code, answer.content) == (202, b"")
    assert WEB.get(f"{url}/api/database-state", params={"database_id": key}).json()["table_counts"]["parcel"] == 1


def test_batches_are_answered_in_the_versions_that_have_them(url: str) -> None:
    ping, note = {"jsonrpc": "2.0", "id": "a", "method": "ping"}, {"jsonrpc": "2.0", "method": "notifications/x"}
    hello = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {}}
    answer = post(url, [ping, note, CALL, hello, 3], x_database_id=made(url)).json()
    assert answer[0] == {"jsonrpc": "2.0", "id": "a", "result": {}}
    assert [part["id"] for part in answer] == ["a", 7, 1, None]
    assert [part["error"]["code"] for part in answer[2:]] == [-32600, -32600]
    assert post(url, [note]).status_code == 202
    for refused in (post(url, []), post(url, [ping] * 101), post(url, [ping], mcp_protocol_version="2025-06-18")):
        assert refused.status_code == 400 and refused.json()["error"]["code"] == -32600


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, -32700),
        (b"\xff", 400, -32700),
        (b"", 400, -32700),
        (b'{"jsonrpc": "2.0", "id": NaN, "method": "ping"}', 400, -32700),
        (b'{"jsonrpc": "2.0", "id": 1e999, "method": "ping"}', 400, -32700),
        (b"[" * 100_000, 400, -32700),
        (b"3", 400, -32600),
        (b'{"id": 1, "method": "ping"}', 200, -32600),
        (b'{"jsonrpc": "2.0", "id": null, "method": "ping"}', 400, -32600),
        (b'{"jsonrpc": "2.0", "id": true, "method": "ping"}', 400, -32600),
        (b'{"jsonrpc": "2.0", "id": 1, "method": 3}', 200, -32600),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "resources/list"}', 200, -32601),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": []}', 200, -32602),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {}}', 200, -32602),
        (
            b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "x", "arguments": [1]}}',
            200,
            -32602,
        ),
    ],
)
def test_what_is_no_request_gets_the_error_of_the_protocol(url: str, body: bytes, status: int, code: int) -> None:
    answer = post(url, body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_sessions_and_streams_are_refused_and_so_are_foreign_hosts(url: str) -> None:
    assert WEB.get(f"{url}/mcp").status_code == WEB.delete(f"{url}/mcp").status_code == 405
    assert WEB.post(f"{url}/mcp", content=b"x" * (5 * 2**20)).status_code == 413
    for path in ("/mcp", "/api/databases", "/health"):
        assert WEB.get(f"{url}{path}", headers={"Host": "evil.example"}).status_code == 421
        assert WEB.get(f"{url}{path}", headers={"Origin": "http://evil.example"}).status_code == 403


def test_the_runner_cuts_results_silently_at_parity_only(url: str) -> None:
    counts = {}
    for level in ("permissive", "parity"):
        key = made(url, image="large", level=level)
        for query in (
            "SELECT * FROM parcel;",
            "SELECT * FROM parcel -- all",
            "WITH p AS (SELECT 1) SELECT * FROM parcel LIMIT 120",
        ):
            answer = WEB.post(f"{url}/api/sql-runner", json={"query": query, "database_id": key}).json()
            counts[level, query[:6], query[-3:]] = answer["row_count"]
            assert len(answer["data"]) == answer["row_count"]
    assert list(counts.values()) == [150, 150, 120, 100, 100, 120]
