"""Whatever is sent to runner, seeder and JSON-RPC layer: typed answers, no crash, no row, nothing outside."""

import asyncio
import json
import os
from pathlib import Path

import pytest
from depot_gym import SCHEMA, SEED, depot_app, depot_databases
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from enterpriselab.core.errors import UsageError
from enterpriselab.sandbox.gym.admin import ENDPOINTS, Admin
from enterpriselab.sandbox.gym.databases import Databases
from enterpriselab.sandbox.gym.loading import load_text
from enterpriselab.sandbox.gym.runner import run_query
from enterpriselab.sandbox.gym.web import Gym, agent_app
from enterpriselab.toolkit import GymProfile

NOW = "2026-03-02T09:00:00Z"
PARTS = st.sampled_from(
    """SELECT INSERT INTO UPDATE DELETE FROM WHERE VALUES WITH RECURSIVE AS CREATE DROP ALTER TABLE VIEW INDEX TRIGGER
    TEMP VIRTUAL USING ATTACH DETACH PRAGMA VACUUM REINDEX ANALYZE EXPLAIN BEGIN COMMIT ROLLBACK SAVEPOINT RELEASE a
    LIMIT ORDER BY GROUP HAVING UNION ALL CASE WHEN THEN END CAST NULL NOT EXISTS IN LIKE GLOB COLLATE NOCASE ON SET
    users parcel sqlite_master sqlite_schema sqlite_sequence pragma_table_info main. temp. name title state * ( ) , ; .
    = ' " ` [ ] -- /* */ x'ff' 'now' 1 -1 9e999 ? :a @b 0x10 count(*) datetime('now') printf('%.*c',99999,'x') rowid
    load_extension('x') readfile('/etc/passwd') randomblob(9) zeroblob(99) json_each('[1]') 'token-ada' writable_schema
    foreign_keys STRICT WITHOUT ROWID PRIMARY KEY REFERENCES DEFAULT CURRENT_TIMESTAMP GENERATED ALWAYS CHECK
    UNIQUE""".split()
)
SQL = st.one_of(
    st.lists(PARTS, max_size=14).map(" ".join),
    st.builds("SELECT {} FROM parcel {}".format, st.lists(PARTS, max_size=5).map(" ".join), PARTS),
    st.text(max_size=40),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture
def databases(tmp_path: Path) -> Databases:
    found = depot_databases(tmp_path)
    found.create("db", sql=SEED)
    return found


def state(databases: Databases) -> tuple[str, int]:
    with databases.episode("db") as episode:
        return episode.state_hash(), len(os.listdir("/dev/fd"))


def test_the_runner_answers_every_text_with_rows_or_a_typed_refusal(databases: Databases, tmp_path: Path) -> None:
    before = state(databases)
    files = sorted(tmp_path.rglob("*"))

    @settings(max_examples=100)
    @given(query=SQL)
    def run(query: str) -> None:
        try:
            json.dumps(run_query(databases, "db", query), allow_nan=False)
        except UsageError as refused:
            assert refused.message

    run()
    assert state(databases) == before and sorted(tmp_path.rglob("*")) == files


@settings(max_examples=100)
@given(parts=st.lists(st.one_of(SQL, st.just("INSERT INTO users VALUES ('U', 'n', 't', 1)")), max_size=4))
def test_the_seeder_takes_every_text_whole_or_refuses_it_whole(parts: list[str]) -> None:
    try:
        data, report = load_text(";".join(parts), SCHEMA, NOW)
    except UsageError as refused:
        assert refused.message
    else:
        assert data.startswith(b"SQLite format 3") and json.dumps(report.to_json())


@pytest.fixture
def gym(databases: Databases) -> Gym:
    own = depot_app().standalone
    assert own is not None
    profile = own.gym
    assert isinstance(profile, GymProfile)
    return Gym(profile, Admin("depot", databases))


METHODS = st.sampled_from(
    ["initialize", "ping", "tools/list", "tools/call", "notifications/initialized", "resources/list"]
)
TOOLS = st.sampled_from(["list_parcels", "get_parcel", "store_parcel", "send_parcel", "break_down", "nothing"])
ARGUMENTS = st.dictionaries(st.sampled_from(["title", "weight", "parcel_id", "state", "x"]), JSON, max_size=3)
PARAMS = st.one_of(JSON, st.fixed_dictionaries({"name": TOOLS, "arguments": ARGUMENTS}))
MESSAGES = st.one_of(
    JSON, st.fixed_dictionaries({"jsonrpc": st.just("2.0"), "method": METHODS, "params": PARAMS}, optional={"id": JSON})
)
BODIES = st.one_of(
    st.binary(max_size=60),
    st.one_of(MESSAGES, st.lists(MESSAGES, max_size=3)).map(lambda message: json.dumps(message).encode()),
)


def test_json_rpc_answers_every_body_and_a_failed_call_leaves_no_row(gym: Gym) -> None:
    databases = gym.databases

    @settings(max_examples=100)
    @given(body=BODIES, version=st.sampled_from(["", "2025-03-26", "2025-11-25"]))
    def run(body: bytes, version: str) -> None:
        before = state(databases)[0]
        headers = {"x-database-id": "db", "mcp-protocol-version": version}
        reply = asyncio.run(gym.rpc.answer(body, headers))
        assert reply.status in (200, 202, 400) and (reply.status == 202) == (not reply.body)
        answers = json.loads(reply.body) if reply.body else []
        for answer in answers if isinstance(answers, list) else [answers]:
            assert answer["jsonrpc"] == "2.0" and ("result" in answer) != ("error" in answer)
        if b'"result"' not in reply.body or (b'"isError":true' in reply.body and b'"isError":false' not in reply.body):
            assert state(databases)[0] == before

    run()


PATHS = st.sampled_from([*(endpoint.path for endpoint in ENDPOINTS), "/mcp", "/mcp", "/health", "/openapi.json", "/x"])
FIELDS = st.dictionaries(
    st.sampled_from(["database_id", "sql_content", "query", "image", "level", "name", "rows", "new_database_id"]),
    st.one_of(JSON, SQL, st.sampled_from(["db", "other", "small", "parity"])),
    max_size=4,
)
HTTP_METHODS = st.sampled_from(["POST", "POST", "POST", "GET", "DELETE", "PUT"])
HTTP_BODIES = st.one_of(BODIES, FIELDS.map(lambda fields: json.dumps(fields).encode()))
VERSIONS = st.sampled_from(["", "2025-06-18", "2026-07-28", "2099-01-01", "x" * 50])


def test_over_http_every_request_gets_a_typed_answer(gym: Gym) -> None:
    with TestClient(agent_app(gym), base_url="http://127.0.0.1:8006") as web:  # raises what the server does not catch

        @settings(max_examples=100)
        @given(method=HTTP_METHODS, path=PATHS, body=HTTP_BODIES, version=VERSIONS)
        def run(method: str, path: str, body: bytes, version: str) -> None:
            headers = {"x-database-id": "db", "mcp-protocol-version": version, "accept": "application/json"}
            answer = web.request(method, path, content=body, headers=headers)
            assert answer.status_code < 500
            if "json" in answer.headers.get("content-type", ""):
                answer.json()
            elif path.startswith("/api") and path != "/api/download-db-file":
                raise AssertionError(f"{method} {path}: {answer.status_code} without JSON")

        run()
