"""A plain-HTTP client that does what the public harness does: a connection for each request, no retry, initialize and
tools/list before the database exists, one JSON body for every answer. Not a test."""

import json
import secrets
import ssl
import time
from typing import Any

import httpx

_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
WEB = httpx.Client(verify=_NO_TLS, trust_env=False)
"""For tests that need no fresh connection."""


class PublicClient:
    """One attempt at one task."""

    def __init__(self, url: str, context: dict[str, str] | None = None) -> None:
        self.url = url
        self.database = ""
        self.counter = 1
        self.context = {
            name if name.startswith("x-") else f"x-{name.lower().replace('_', '-')}": value
            for name, value in (context or {}).items()
        }

    def send(self, method: str, path: str, body: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
        with httpx.Client(timeout=30.0, verify=_NO_TLS, trust_env=False) as client:
            sent = {"Content-Type": "application/json", **headers}
            answer = client.request(method, self.url + path, content=json.dumps(body), headers=sent)
            assert answer.status_code in (200, 202), (answer.status_code, answer.text)
            return answer

    def rpc(self, method: str, params: dict[str, Any]) -> Any:
        self.counter += 1
        headers = {"Accept": "application/json, text/event-stream", **self.context}
        if self.database:
            headers["x-database-id"] = self.database
        message = {"jsonrpc": "2.0", "id": self.counter, "method": method, "params": params}
        answer = self.send("POST", "/mcp", message, headers)
        assert answer.headers["content-type"].startswith("application/json")
        assert "mcp-session-id" not in answer.headers
        reply = answer.json()
        assert reply["id"] == self.counter
        return reply.get("result")

    def connect(self) -> list[dict[str, Any]]:
        client = {"name": "standalone-benchmark-executor", "version": "1.0.0"}
        self.rpc("initialize", {"protocolVersion": "2024-11-05", "capabilities": {"tools": {}}, "clientInfo": client})
        message = {"jsonrpc": "2.0", "method": "notifications/initialized", "params": {}}
        self.send("POST", "/mcp", message, {"Accept": "application/json, text/event-stream"})
        tools: list[dict[str, Any]] = self.rpc("tools/list", {})["tools"]
        return tools

    def seed(self, sql: str) -> dict[str, Any]:
        alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
        key = f"db_{time.time_ns() // 10**6}_{''.join(secrets.choice(alphabet) for _ in range(9))}"
        about = {"name": "Auto DB", "description": "Auto-created from seed.sql"}
        answer = self.send("POST", "/api/seed-database", {"database_id": key, **about, "sql_content": sql}, {})
        self.database = key
        return dict(answer.json())

    def call(self, tool: str, /, **arguments: Any) -> Any:
        """The parsed text of a tool's answer."""
        result = self.rpc("tools/call", {"name": tool, "arguments": arguments})
        assert list(result) == ["meta", "content", "structuredContent", "isError"]
        return json.loads(result["content"][0]["text"])

    def query(self, sql: str) -> Any:
        """The result as the public verifier reads it: a scalar, a row, or rows."""
        headers = {"x-database-id": self.database, **self.context}
        answer = self.send("POST", "/api/sql-runner", {"query": sql, "database_id": self.database}, headers)
        rows = answer.json()["data"]
        if len(rows) != 1:
            return rows
        return next(iter(rows[0].values())) if len(rows[0]) == 1 else rows[0]

    def delete(self) -> None:
        self.send("DELETE", "/api/delete-database", {"database_id": self.database}, {})
