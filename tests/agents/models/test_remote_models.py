"""Both remote models against a real server on loopback that speaks their wire, its errors, cuts and hangs included."""

import asyncio
import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from enterpriselab.agents.models.anthropic import Anthropic
from enterpriselab.agents.models.base import ModelError, ModelRequest, ModelTurn, Sampling
from enterpriselab.agents.models.endpoint import Endpoint
from enterpriselab.agents.models.openai_compatible import OpenAICompatible
from enterpriselab.agents.models.remote import RemoteModel
from enterpriselab.agents.models.retrying import Retry
from tests.agents.wires.asked import Asked
from tests.agents.wires.server import Cut, Fail, Hang, Player, Raw, Reply, Say, WireServer, serving

KINDS: dict[str, type[RemoteModel]] = {"openai": OpenAICompatible, "anthropic": Anthropic}
TOOL = {"name": "a", "description": "does a", "parameters": {"type": "object", "properties": {"k": {}}}}
TOOLS = [{"type": "function", "function": TOOL}]
MADE = [
    {"id": name, "type": "function", "function": {"name": "a", "arguments": {"k": number}}}
    for number, name in enumerate(("x", "y"))
]
TALK: list[dict[str, Any]] = [
    {"role": "system", "content": "be brief"},
    {"role": "user", "content": "hi"},
    {"role": "assistant", "content": "", "thinking": "not to be sent", "tool_calls": MADE},
    {"role": "tool", "tool_call_id": "x", "name": "a", "content": "{}"},
    {"role": "tool", "tool_call_id": "y", "name": "a", "content": "[]"},
    {"role": "user", "content": "go on"},
]

wires = pytest.mark.parametrize("wire", KINDS)
streams = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])


class Waits:
    """Keeps how long it was told to wait, and waits for nothing."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def model_at(wire: str, address: str, **settings: Any) -> RemoteModel:
    retry = settings.pop("retry", Retry(times=2, pause=Waits()))
    url = f"{address}/v1" if wire == "openai" else address
    settings = {"model": "m", "timeout": 5, **settings}
    return KINDS[wire](Endpoint(base_url=url, retry=retry, **settings))


def ask(wire: str, replies: Sequence[Reply] | Player, **settings: Any) -> tuple[ModelTurn, WireServer]:
    """What one request comes to, and the server that answered it."""
    sampling = settings.pop("sampling", Sampling(max_tokens=99))
    messages = settings.pop("messages", TALK)

    async def once() -> ModelTurn:
        model = model_at(wire, address, **settings)
        try:
            return await model.generate(ModelRequest(messages, TOOLS, sampling, 5, "c"))
        finally:
            await model.close()

    with serving(replies) as (server, address):
        return asyncio.run(once()), server


@wires
@streams
def test_text_thinking_calls_and_every_token_come_back(wire: str, stream: bool) -> None:
    say = Say("two calls", [("a", {"k": "v w"}), ("b", {})], thinking="first one then the other")
    turn, server = ask(wire, [say], stream=stream)
    assert not server.refused
    assert [(made.name, made.arguments) for made in turn.calls] == [("a", {"k": "v w"}), ("b", {})]
    assert len({made.id for made in turn.calls}) == 2
    assert (turn.text, turn.thinking, turn.finish) == ("two calls", "first one then the other", "stop")
    [billed] = server.billed
    used = turn.usage
    assert used.thinking_tokens == 5
    assert (used.input_tokens, used.output_tokens) == (billed.read, billed.written)
    assert (used.cached_tokens, used.cache_write_tokens) == (billed.cached, billed.cache_written)


@wires
def test_messages_keep_their_order_and_say_nothing_that_the_wire_does_not_know(wire: str) -> None:
    _, server = ask(wire, [Say("ok")])
    assert not server.refused
    sent = server.bodies[0]
    assert "not to be sent" not in json.dumps(sent)
    if wire == "openai":
        assert [message["role"] for message in sent["messages"]] == "system user assistant tool tool user".split()
    else:
        assert [block["type"] for block in sent["messages"][-1]["content"]] == ["tool_result", "tool_result", "text"]


@wires
@streams
@pytest.mark.parametrize(("arguments", "reason"), [('{"x": ', "not valid JSON"), ("[1]", "one JSON object")])
def test_broken_arguments_are_a_malformed_turn_that_is_paid_for(
    wire: str, stream: bool, arguments: str, reason: str
) -> None:
    turn, server = ask(wire, [Say("t", [("a", {}), ("b", arguments)])], stream=stream)
    assert reason in (turn.malformed or "") and "of b " in (turn.malformed or "") and not turn.calls
    assert turn.usage.output_tokens == server.billed[0].written


@wires
def test_a_call_that_the_token_limit_cut_off_is_malformed(wire: str) -> None:
    turn, _ = ask(wire, [Say("", [("a", '{"k": "lo')], finish="length")])
    assert turn.finish == "length" and turn.malformed and not turn.calls


@wires
@streams
def test_rate_limits_overload_server_errors_and_cuts_are_asked_again(wire: str, stream: bool) -> None:
    waits = Waits()
    replies = [Fail(429, "slow", {"retry-after": "7"}), Fail(529), Fail(500), Cut(Say("lost", [("a", {})])), Say("ok")]
    turn, server = ask(wire, replies, stream=stream, retry=Retry(times=4, first_wait=1.0, pause=waits))
    assert turn.text == "ok" and turn.usage.retries == 4 and len(server.bodies) == 5
    assert turn.usage.input_tokens == server.billed[0].read
    bounds = [(7, 8.75), (2, 2.5), (4, 5), (8, 10)]
    assert all(low <= waited <= high for waited, (low, high) in zip(waits.seconds, bounds, strict=True))


@wires
@pytest.mark.parametrize(
    ("reply", "asked"),
    [
        (Fail(429, "slow down"), 3),
        (Fail(503, "down"), 3),
        (Cut(Say("half an answer")), 3),
        (Fail(401, "who?"), 1),
        (Fail(404, "no such model"), 1),
        (Fail(400, "something is wrong"), 1),
        (Fail(429, "insufficient_quota: pay first"), 1),
        (Raw(b"{"), 1),
    ],
    ids=lambda value: (
        str(getattr(value, "status", value)) if not isinstance(value, (Raw, Cut)) else type(value).__name__
    ),
)
def test_what_cannot_be_mended_is_a_model_error_that_says_why(wire: str, reply: Reply, asked: int) -> None:
    numbers: list[int] = []

    def player(request: Asked) -> Reply:
        numbers.append(request.number)
        return reply

    with pytest.raises(ModelError) as failed:
        ask(wire, player)
    assert numbers == list(range(asked)) and "m: " in str(failed.value)
    if isinstance(reply, Fail):
        assert reply.message in str(failed.value)


@wires
@streams
def test_a_server_that_hangs_is_given_up_at_the_time_limit_of_the_request(wire: str, stream: bool) -> None:
    replies = [Hang(Say("never")), *[Say("ok")] * 9]  # a slow machine may give up an answer that comes too late
    turn, _ = ask(wire, replies, stream=stream, timeout=0.1, retry=Retry(times=9, pause=Waits()))
    assert turn.text == "ok" and turn.usage.retries >= 1


@wires
def test_a_parameter_that_a_model_does_not_take_is_left_out_and_said(wire: str) -> None:
    def picky(asked: Asked) -> Reply:
        return Fail(400, "temperature is not supported by this model") if "temperature" in asked.body else Say("ok")

    turn, server = ask(wire, picky)
    assert turn.text == "ok" and len(server.bodies) == 2 and turn.usage.retries == 0
    with pytest.raises(ModelError, match="temperature"):
        ask(wire, picky, sampling=Sampling(temperature=0.7))


@wires
def test_requests_that_are_refused_together_are_all_asked_again(wire: str) -> None:
    gate = threading.Barrier(4)

    def picky(asked: Asked) -> Reply:
        return Fail(400, "temperature: Extra inputs are not permitted") if "temperature" in asked.body else Say("ok")

    async def four() -> list[str]:
        model = model_at(wire, address)
        request = ModelRequest(TALK, TOOLS, Sampling(), 5, "c")
        try:
            return [turn.text for turn in await asyncio.gather(*(model.generate(request) for _ in range(4)))]
        finally:
            await model.close()

    with serving(picky) as (server, address):
        server.before = lambda number: gate.wait(timeout=20) if number < 4 else None
        assert asyncio.run(four()) == ["ok"] * 4 and len(server.bodies) == 8


def test_the_newer_name_of_the_token_limit_is_used_where_the_old_one_is_refused() -> None:
    def picky(asked: Asked) -> Reply:
        if "max_tokens" in asked.body:
            return Fail(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
        return Say(str(asked.body["max_completion_tokens"]))

    assert ask("openai", picky)[0].text == "99"


@wires
def test_a_conversation_that_is_too_long_ends_for_want_of_room(wire: str) -> None:
    turn, _ = ask(wire, [Fail(400, "prompt is too long: 9 tokens > 8 maximum context length")])
    assert turn.finish == "length" and turn.usage.price_usd == 0


@pytest.mark.parametrize("level", ["low", "medium", "high"])
def test_a_thinking_budget_goes_over_each_wire_in_its_own_words(level: Any) -> None:
    sampling = Sampling(max_tokens=100, thinking=level)
    room = {"low": 1024, "medium": 4096, "high": 16384}[level]
    body = ask("openai", [Say("ok")], sampling=sampling)[1].bodies[0]
    assert body["reasoning_effort"] == level and body["max_completion_tokens"] == 100 + room
    assert "temperature" not in body and "max_tokens" not in body
    fresh = TALK[:2]
    body = ask("anthropic", [Say("ok")], sampling=sampling, model="claude-opus-5", messages=fresh)[1].bodies[0]
    assert body["thinking"] == {"type": "adaptive"} and body["output_config"] == {"effort": level}
    body = ask("anthropic", [Say("ok")], sampling=sampling, model="claude-haiku-4-5", messages=fresh)[1].bodies[0]
    assert body["thinking"] == {"type": "enabled", "budget_tokens": room}
    assert body["max_tokens"] == 100 + room and "temperature" not in body


@wires
def test_more_keys_go_into_the_body(wire: str) -> None:
    assert ask(wire, [Say("ok")], extra={"top_k": 20})[1].bodies[0]["top_k"] == 20


@wires
def test_the_price_is_that_of_the_table_and_unknown_where_there_is_none(wire: str, tmp_path: Path) -> None:
    table = tmp_path / "prices.toml"
    row = "m = { input = 2.0, cached = 0.5, cache_write = 4.0, output = 8.0 }"
    table.write_text(f'date = "2026-01-01"\nsource = "a test"\n[models]\n{row}\n', encoding="utf-8")
    turn, server = ask(wire, [Say("a few words")], prices=table)
    [billed] = server.billed
    plain = billed.read - billed.cached - billed.cache_written
    expected = (plain * 2.0 + billed.cached * 0.5 + billed.cache_written * 4.0 + billed.written * 8.0) / 1e6
    assert turn.usage.price_usd == pytest.approx(expected) and expected > 0
    assert ask(wire, [Say("ok")], prices=table, model="other")[0].usage.price_usd is None
    assert ask(wire, [Say("ok")], prices=None)[0].usage.price_usd is None
    notes = [model_at(wire, "http://x", model=name, prices=table).notes for name in ("m", "provider/m-2026-01-31", "o")]
    assert notes[:2] == [[], []] and "no known price" in notes[2][0] and "2026-01-01" in notes[2][0]


def test_a_writer_can_chat_more_than_once() -> None:
    with serving([Say("one"), Say("two")]) as (_, address):
        model = OpenAICompatible(Endpoint("m", f"{address}/v1"))
        assert [model.chat([{"role": "user", "content": "x"}]) for _ in range(2)] == ["one", "two"]


@wires
def test_an_unreachable_endpoint_is_a_model_error(wire: str) -> None:
    async def once() -> None:
        model = model_at(wire, "http://127.0.0.1:9", retry=Retry(0))
        try:
            await model.generate(ModelRequest(TALK, TOOLS, Sampling(), 0, "c"))
        finally:
            await model.close()

    with pytest.raises(ModelError):
        asyncio.run(once())
