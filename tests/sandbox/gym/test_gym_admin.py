"""The /api endpoints: what they give, what they refuse, and that an agent can be kept from them."""

import json
from collections.abc import Iterator
from typing import Any

import apsw
import httpx
import pytest
from depot_gym import SEED, depot_running
from public_client import WEB

ADMIN = "the admin token of this test"
BEARER = {"Authorization": f"Bearer {ADMIN}"}
PATHS = (
    ("POST", "/api/seed-database"),
    ("DELETE", "/api/delete-database"),
    ("POST", "/api/clone-database"),
    ("POST", "/api/reset-database"),
    ("POST", "/api/sql-runner"),
    ("GET", "/api/database-state"),
    ("GET", "/api/schema"),
    ("GET", "/api/download-db-file"),
    ("GET", "/api/databases"),
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with depot_running() as running:
        yield running.urls["gym-depot-mcp"]


def ask(url: str, path: str, **fields: Any) -> httpx.Response:
    methods = {known: method for method, known in PATHS}
    if methods[path] == "GET":
        return WEB.get(url + path, params=fields)
    return WEB.request(methods[path], url + path, json=fields)


def test_the_life_of_a_database(url: str) -> None:
    seeded = ask(url, "/api/seed-database", database_id="life", sql_content=SEED, name="N", description="D").json()
    assert (seeded["success"], seeded["message"]) == (True, "Database seeded successfully")
    assert (seeded["database_id"], seeded["report"]["tables"]) == ("life", {"parcel": 2, "users": 2})
    send = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
    send["params"] = {"name": "send_parcel", "arguments": {"parcel_id": "PAR_001"}}
    WEB.post(f"{url}/mcp", json=send, headers={"x-database-id": "life"})
    assert ask(url, "/api/clone-database", database_id="life", new_database_id="twin").json()["database_id"] == "twin"
    assert ask(url, "/api/reset-database", database_id="life").json()["success"]
    sent = "SELECT count(*) AS n FROM parcel WHERE state = 'sent'"
    counts = [ask(url, "/api/sql-runner", database_id=key, query=sent).json()["data"] for key in ("life", "twin")]
    assert counts == [[{"n": 1}], [{"n": 2}]]
    listed = ask(url, "/api/databases").json()
    assert [one["database_id"] for one in listed["databases"]] == ["life", "twin"]
    assert listed["databases"][0]["name"] == "N" and listed["images"] == ["small", "large"]
    for key in ("life", "twin"):
        assert ask(url, "/api/delete-database", database_id=key).json()["success"]
    assert ask(url, "/api/delete-database", database_id="life").status_code == 404


def test_the_state_has_counts_rows_and_the_public_path(url: str) -> None:
    key = ask(url, "/api/seed-database", image="large", level="parity").json()["database_id"]
    state = ask(url, "/api/database-state", database_id=key, rows=3).json()
    assert state["table_counts"] == {"parcel": 150, "users": 2}
    assert [len(rows) for rows in state["table_data"].values()] == [3, 2]
    assert state["database_info"]["path"] == f"./mcp_databases/depot_{key}.sqlite"
    assert state["database_info"]["level"] == "parity" and state["database_info"]["now"] == "2026-03-02T09:00:00Z"
    for rows in ("-1", "x", "1001", "9" * 30, "\u0663"):
        assert ask(url, "/api/database-state", database_id=key, rows=rows).status_code == 400


def test_the_schema_is_told_without_a_database_and_of_one(url: str) -> None:
    key = ask(url, "/api/seed-database", sql_content=SEED + "CREATE TABLE more (x);").json()["database_id"]
    plain, more = ask(url, "/api/schema").json()["tables"], ask(url, "/api/schema", database_id=key).json()["tables"]
    assert set(more) - set(plain) == {"more"}
    assert plain["parcel"]["primary_key"] == ["parcel_id"] and plain["parcel"]["sql"].endswith("STRICT")
    assert plain["parcel"]["foreign_keys"] == [{"column": "owner", "table": "users", "target_column": "user_id"}]


def test_a_database_can_be_had_as_an_ordinary_file(url: str) -> None:
    key = ask(url, "/api/seed-database", sql_content=SEED).json()["database_id"]
    connection = apsw.Connection(":memory:")
    connection.deserialize("main", ask(url, "/api/download-db-file", database_id=key).content)
    assert connection.execute("SELECT count(*) FROM parcel").fetchall() == [(2,)]
    connection.close()


def test_the_id_may_stand_in_the_header_the_body_or_the_address(url: str) -> None:
    key = ask(url, "/api/seed-database", image="small").json()["database_id"]
    query = {"query": "SELECT 1 AS one"}
    by_header = WEB.post(f"{url}/api/sql-runner", json=query, headers={"x-database-id": key})
    by_address = WEB.post(f"{url}/api/sql-runner?database_id={key}", json=query, headers={"x-database-id": "other"})
    assert by_header.json() == by_address.json() == {"success": True, "data": [{"one": 1}], "row_count": 1, **query}


@pytest.mark.parametrize(
    "query",
    [
        "PRAGMA table_info(users)",
        "INSERT INTO users VALUES (1, 2, 3, 4)",
        "WITH x AS (SELECT 1) DELETE FROM parcel",
        "SELECT 1; DELETE FROM parcel",
        "/* SELECT */ DELETE FROM parcel",
        "EXPLAIN SELECT 1",
        "ATTACH '/tmp/x' AS y",
        "SELECT load_extension('x')",
        "SELECT * FROM pragma_database_list",
        "SELECT readfile('/etc/passwd')",
        "SELECT * FROM nowhere",
        "SELECT ?",
        "SELECT CAST(x'ff' AS TEXT)",
        "SELECT '\ud800'",
        "SELECT '\x00'",
        "-- nothing",
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c",
        "SELECT hex(zeroblob(100000000))",
        "SELECT a.*, b.*, c.*, d.* FROM parcel a, parcel b, parcel c, parcel d",
    ],
)
def test_the_runner_reads_one_select_within_limits_and_nothing_else(url: str, query: str) -> None:
    ask(url, "/api/seed-database", database_id="runner", image="large")
    before = ask(url, "/api/database-state", database_id="runner").json()["database_info"]["state_hash"]
    body = json.dumps({"query": query, "database_id": "runner"})
    answer = WEB.post(f"{url}/api/sql-runner", content=body)
    assert answer.status_code == 400 and answer.json()["detail"]
    assert ask(url, "/api/database-state", database_id="runner").json()["database_info"]["state_hash"] == before


def test_the_runner_gives_what_json_lacks_as_text_and_knows_the_schema_and_the_time(url: str) -> None:
    key = ask(url, "/api/seed-database", image="small").json()["database_id"]

    def run(query: str) -> Any:
        return ask(url, "/api/sql-runner", database_id=key, query=query).json()["data"]

    assert run("SELECT x'00ff' AS b, 9e999 AS i, NULL AS n, 1 AS one") == [
        {"b": {"$bytes": "00ff"}, "i": "inf", "n": None, "one": 1}
    ]
    assert run("SELECT count(*) AS n FROM sqlite_master WHERE type = 'table' AND name = 'parcel'") == [{"n": 1}]
    assert run("SELECT datetime('now') AS now") == [{"now": "2026-03-02 09:00:00"}]
    assert run("\n-- first\nSELECT name FROM users WHERE 1 = 0;") == []


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/seed-database", b"{", 400),
        ("/api/seed-database", b"\xff", 400),
        ("/api/seed-database", b"[]", 400),
        ("/api/seed-database", b"[" * 100_000, 400),
        ("/api/seed-database", b"{}", 400),
        ("/api/seed-database", b'{"image": "none"}', 400),
        ("/api/seed-database", b'{"image": "small", "level": "none"}', 400),
        ("/api/seed-database", b'{"image": "small", "sql_content": ""}', 400),
        ("/api/seed-database", b'{"image": "small", "database_id": "../x"}', 400),
        ("/api/seed-database", b'{"image": "small", "database_id": true}', 400),
        ("/api/seed-database", b'{"sql_content": "DROP"}', 400),
        ("/api/clone-database", b'{"database_id": "none"}', 404),
        ("/api/reset-database", b'{"database_id": "none"}', 404),
        ("/api/reset-database", b"", 400),
        ("/api/sql-runner", b'{"database_id": "none", "query": "SELECT 1"}', 404),
        ("/api/sql-runner", b'{"database_id": "none"}', 400),
        ("/api/sql-runner", b'{"database_id": "none", "query": ["SELECT 1"]}', 400),
        ("/api/nothing", b"{}", 404),
        ("/api/databases", b"{}", 405),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(url: str, path: str, body: bytes, status: int) -> None:
    answer = WEB.post(url + path, content=body)
    assert (answer.status_code, answer.json()["success"]) == (status, False)
    assert answer.json()["detail"]


def test_an_empty_text_is_a_database_without_rows(url: str) -> None:
    key = ask(url, "/api/seed-database", sql_content="").json()["database_id"]
    assert ask(url, "/api/database-state", database_id=key).json()["table_counts"] == {"parcel": 0, "users": 0}


def test_the_document_of_the_endpoints_names_all_of_them(url: str) -> None:
    paths = WEB.get(f"{url}/openapi.json").json()["paths"]
    assert {(method.upper(), path) for path, methods in paths.items() for method in methods} == set(PATHS)
    fields = paths["/api/sql-runner"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert fields["required"] == ["database_id", "query"]


def tries_of_an_agent(base: str, **headers: str) -> list[int]:
    """The status of every way in that somebody who knows the endpoints would try."""
    body = json.dumps({"database_id": "x", "image": "small", "query": "SELECT * FROM users", "new_database_id": "y"})
    found = [WEB.request(method, base + path, content=body, headers=headers).status_code for method, path in PATHS]
    for prefix in ("//api", "/API", "/mcp/../api", "/gym-depot-mcp/api", "/mcp/api", "/%61pi"):
        found.append(WEB.post(f"{base}{prefix}/seed-database", content=body, headers=headers).status_code)
    return found


def test_with_an_admin_port_an_agent_reaches_no_endpoint_at_all() -> None:
    with depot_running(admin_port=0) as running:
        agent, admin = running.urls["gym-depot-mcp"], running.admin_urls["gym-depot-mcp"]
        assert admin.endswith("/gym-depot-mcp") and not admin.startswith(agent)
        assert set(tries_of_an_agent(agent)) == {404}
        assert WEB.get(f"{agent}/openapi.json").status_code == 404
        assert ask(admin, "/api/seed-database", database_id="x", image="small").status_code == 200
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "list_parcels"}}
        assert not WEB.post(f"{agent}/mcp", json=call, headers={"x-database-id": "x"}).json()["result"]["isError"]
        assert WEB.get(f"{agent}/health").json()["status"] == WEB.get(f"{admin}/health").json()["status"] == "healthy"


def test_with_a_token_an_agent_is_refused_whatever_it_says() -> None:
    with depot_running(admin_token=ADMIN) as running:
        url = running.urls["gym-depot-mcp"]
        for headers in ({}, {"Authorization": "Bearer no"}, {"Authorization": ADMIN}, {"x-depot-token": ADMIN}):
            assert set(tries_of_an_agent(url, **headers)) <= {401, 404}
        assert not running.gyms[0].databases.listing()
        made = WEB.post(f"{url}/api/seed-database", json={"image": "small"}, headers=BEARER)
        assert made.status_code == 200


def test_a_server_may_have_an_image_and_a_level_for_those_who_do_not_say() -> None:
    with depot_running(image="large", level="parity") as running:
        url = running.urls["gym-depot-mcp"]
        key = ask(url, "/api/seed-database").json()["database_id"]
        state = ask(url, "/api/database-state", database_id=key).json()
        assert (state["table_counts"]["parcel"], state["database_info"]["level"]) == (150, "parity")
        key = ask(url, "/api/seed-database", sql_content=SEED, level="enforced").json()["database_id"]
        assert ask(url, "/api/database-state", database_id=key).json()["database_info"]["level"] == "enforced"
