"""Against a real HTTP server on loopback that speaks the chat-completions protocol, its errors included."""

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from enterpriselab.agents.models.base import ModelError, ModelRequest, ModelTurn, Sampling
from enterpriselab.agents.models.openai_compatible import Endpoint, OpenAICompatible


class Server:
    """Answers each request with the next of the given (status, body) pairs and keeps what it was asked."""

    def __init__(self) -> None:
        self.replies: list[tuple[int, Any]] = []
        self.seen: list[dict[str, Any]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.seen.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                status, body = outer.replies.pop(0)
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("retry-after-ms", "1")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.stop()


def completion(message: dict[str, Any], finish: str = "stop") -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": None, **message}, "finish_reason": finish}
    usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
    return {"id": "c", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice], "usage": usage}


def calls(*pairs: tuple[str, str]) -> dict[str, Any]:
    made = [
        {"id": f"id{n}", "type": "function", "function": {"name": a, "arguments": b}} for n, (a, b) in enumerate(pairs)
    ]
    return completion({"tool_calls": made}, "tool_calls")


def ask(server: Server, *replies: tuple[int, Any], retries: int = 2) -> ModelTurn:
    server.replies = list(replies)

    async def once() -> ModelTurn:
        model = OpenAICompatible(Endpoint("m", server.url, retries=retries, timeout=5))
        tool = {"type": "function", "function": {"name": "a", "description": "", "parameters": {"type": "object"}}}
        earlier = {"id": "x", "type": "function", "function": {"name": "a", "arguments": {"k": 1}}}
        messages = [
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": "", "tool_calls": [earlier]},
            {"role": "tool", "tool_call_id": "x", "name": "a", "content": "{}"},
        ]
        return await model.generate(ModelRequest(messages, [tool], Sampling(), 5, "c"))

    return asyncio.run(once())


def test_text_and_token_counts_come_back(server: Server) -> None:
    turn = ask(server, (200, completion({"content": "hello"})))
    assert turn.text == "hello" and (turn.usage.input_tokens, turn.usage.output_tokens) == (11, 7)
    sent = server.seen[0]
    assert sent["messages"][1]["tool_calls"][0]["function"]["arguments"] == '{"k": 1}' and sent["tools"]


def test_parallel_calls_keep_their_ids_and_order(server: Server) -> None:
    turn = ask(server, (200, calls(("a", '{"x": 1}'), ("b", ""))))
    assert [(made.name, made.arguments, made.id) for made in turn.calls] == [("a", {"x": 1}, "id0"), ("b", {}, "id1")]


@pytest.mark.parametrize(("arguments", "reason"), [('{"x": ', "not valid JSON"), ("[1]", "one JSON object")])
def test_broken_arguments_are_a_malformed_turn(server: Server, arguments: str, reason: str) -> None:
    assert reason in (ask(server, (200, calls(("a", arguments)))).malformed or "")


def test_rate_limits_and_server_errors_are_retried(server: Server) -> None:
    turn = ask(server, (429, {"error": {"message": "slow down"}}), (500, {}), (200, completion({"content": "ok"})))
    assert turn.text == "ok" and len(server.seen) == 3


@pytest.mark.parametrize(
    "reply",
    [
        (429, {"error": {"message": "slow down"}}),
        (401, {"error": {"message": "who?"}}),
        (200, b"{"),
        (200, {"choices": []}),
    ],
)
def test_what_cannot_be_mended_is_a_model_error(server: Server, reply: tuple[int, Any]) -> None:
    with pytest.raises(ModelError):
        ask(server, reply, retries=0)


def test_a_writer_can_chat_more_than_once(server: Server) -> None:
    server.replies = [(200, completion({"content": "one"})), (200, completion({"content": "two"}))]
    model = OpenAICompatible(Endpoint("m", server.url))
    assert [model.chat([{"role": "user", "content": "x"}]) for _ in range(2)] == ["one", "two"]


def test_an_unreachable_endpoint_is_a_model_error() -> None:
    model = OpenAICompatible(Endpoint("m", "http://127.0.0.1:9/v1", retries=0, timeout=1))
    with pytest.raises(ModelError):
        asyncio.run(model.generate(ModelRequest([{"role": "user", "content": "x"}], [], Sampling(), 0, "c")))
