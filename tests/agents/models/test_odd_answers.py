"""Answers that no wire promises and endpoints give: each is read, or a malformed turn, or an error of that attempt."""

import asyncio
import json
import math
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from enterpriselab.agents.dialects import Dialect, FunctionCalling, ReAct
from enterpriselab.agents.loop import Agent, Limits
from enterpriselab.agents.models.base import ModelError, ModelRequest, ModelTurn, Sampling
from enterpriselab.agents.models.endpoint import asked_to_wait, for_good, too_long
from enterpriselab.agents.models.plain import MAX_DEPTH
from enterpriselab.agents.models.retrying import Retry
from enterpriselab.agents.strategies import read_subtasks
from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import Ended, Trace
from enterpriselab.rollouts.rollout import rollout
from tests.agents.models.test_remote_models import TALK, ask, model_at
from tests.agents.wires.asked import Asked
from tests.agents.wires.server import Fail, Player, Raw, Reply, Say, serving
from tests.workshop import workshop_world

wires = pytest.mark.parametrize("wire", ["openai", "anthropic"])
STREAM = "text/event-stream"


def made(name: Any = "a", arguments: Any = "{}", identity: Any = "c1") -> dict[str, Any]:
    return {"id": identity, "type": "function", "function": {"name": name, "arguments": arguments}}


def chat(*calls: Any, finish: str = "stop", **message: Any) -> Raw:
    """A chat completion as it comes, whatever is in it."""
    said = {"role": "assistant", "content": None, **message, **({"tool_calls": list(calls)} if calls else {})}
    usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    choice = {"index": 0, "message": said, "finish_reason": finish}
    return Raw(json.dumps({"id": "x", "object": "chat.completion", "choices": [choice], "usage": usage}).encode())


def blocks(*content: Any, usage: Any = None, stop: str = "end_turn") -> Raw:
    """A message of Anthropic's wire as it comes."""
    head = {"id": "m", "type": "message", "role": "assistant", "model": "m", "stop_reason": stop}
    return Raw(json.dumps({**head, "content": list(content), "usage": usage}).encode())


def used(given: Any, **more: Any) -> Raw:
    return blocks({"type": "tool_use", "id": "t", "name": "a", "input": given, **more}, stop="tool_use")


DEEP = '{"a":' * (MAX_DEPTH + 1) + "1" + "}" * (MAX_DEPTH + 1)
ENDLESS = '{"a":' * 100_000 + "1" + "}" * 100_000


@pytest.mark.parametrize(
    ("wire", "reply", "why"),
    [
        ("openai", chat(made(arguments=[1])), "must be one JSON object"),
        ("openai", chat(made(arguments=3)), "must be one JSON object"),
        ("openai", chat(made(arguments='{"x": NaN}')), "must be finite"),
        ("openai", chat(made(arguments='{"x": 1e999}')), "must be finite"),
        ("openai", chat(made(arguments=DEEP)), "nested more than"),
        ("openai", chat(made(arguments=ENDLESS)), "not valid JSON"),
        ("openai", chat(made(name=None)), "names no function"),
        ("openai", chat({"id": "x", "type": "function"}), "names no function"),
        ("openai", chat({"id": "x", "type": "custom", "custom": {"name": "a", "input": "b"}}), "names no function"),
        ("openai", chat(None), "names no function"),
        ("openai", chat(tool_calls="abc"), "names no function"),
        ("anthropic", used([1]), "must be one JSON object"),
        ("anthropic", used(7), "must be one JSON object"),
        ("anthropic", used(math.nan), "must be finite"),
        ("anthropic", used({"x": math.inf}), "must be finite"),
        ("anthropic", used({}, name=None), "names no tool"),
    ],
)
def test_a_call_that_cannot_be_run_is_a_malformed_turn(wire: str, reply: Reply, why: str) -> None:
    turn, _ = ask(wire, [reply])
    assert why in (turn.malformed or "") and not turn.calls


@pytest.mark.parametrize(
    ("wire", "body"),
    [
        *[(wire, body) for wire in ("openai", "anthropic") for body in (b"[]", b"null", b"3", b"", b"{")],
        ("openai", b'{"choices": [{"index": 0, "message": null}]}'),
        ("anthropic", b'{"type": "message", "content": null}'),
        ("anthropic", b'{"type": "message", "content": "words"}'),
        ("anthropic", b'{"type": "message", "content": ["words"]}'),
    ],
)
def test_what_is_no_answer_of_the_wire_is_an_error_of_the_attempt(wire: str, body: bytes) -> None:
    with pytest.raises(ModelError, match="m: the answer cannot be read"):
        ask(wire, [Raw(body)])


@wires
@pytest.mark.parametrize("kind", ["text/html", "application/json"])
def test_a_page_in_place_of_an_answer_is_shown_and_the_endpoint_doubted(wire: str, kind: str) -> None:
    with pytest.raises(ModelError, match="begins with '<html> Welcome</html>'; is the endpoint right"):
        ask(wire, [Raw(b"<html>\nWelcome</html>", kind)])


def test_what_endpoints_say_in_other_ways_is_read() -> None:
    turn, _ = ask("openai", [chat(made(arguments={"k": 1}, identity=None))])
    assert [(call.name, call.arguments, call.id) for call in turn.calls] == [("a", {"k": 1}, "")]
    turn, _ = ask(
        "openai", [chat(content=[{"type": "text", "text": "o"}, {"type": "x"}, {"type": "text", "text": "k"}])]
    )
    assert turn.text == "ok" and turn.usage.input_tokens == 3
    turn, _ = ask(
        "anthropic", [blocks({"type": "text", "text": None}, {"type": "new"}, {"type": "text", "text": "ok"})]
    )
    assert turn.text == "ok" and turn.usage.input_tokens == 0 and turn.usage.price_usd is None
    odd = {"input_tokens": "many", "output_tokens": None}
    turn, _ = ask("anthropic", [blocks({"type": "text", "text": "ok"}, usage=odd)])
    assert turn.text == "ok" and turn.usage.output_tokens == 0


def test_lone_halves_of_characters_are_replaced_and_halves_of_one_joined() -> None:
    turn, _ = ask(
        "openai", [chat(made(name="a\ud800", arguments='{"k": ["\\ud800x"]}'), content="\ud83d and \ud83d\ude00")]
    )
    assert turn.text == "\ufffd and \U0001f600"
    assert [(call.name, call.arguments) for call in turn.calls] == [("a\ufffd", {"k": ["\ufffdx"]})]


def test_no_choice_is_asked_again_unless_what_failed_is_for_good() -> None:
    busy = Raw(b'{"error": {"message": "upstream is busy", "code": 502}}')
    turn, _ = ask("openai", [busy, Raw(b'{"choices": []}'), Say("ok")])
    assert turn.text == "ok" and turn.usage.retries == 2
    with pytest.raises(ModelError, match=r"no choice: no such key$"):
        ask("openai", [Raw(b'{"error": {"message": "no such key", "code": 401}}')])


def events(*parts: dict[str, Any], name: str = "") -> Raw:
    head = f"event: {name}\n" if name else ""
    return Raw("".join(f"{head}data: {json.dumps(part)}\n\n" for part in parts).encode(), STREAM)


@pytest.mark.parametrize(
    ("wire", "broken", "hopeless"),
    [
        ("openai", {"error": {"message": "engine died", "code": 500}}, {"error": {"message": "who?", "code": 401}}),
        (
            "anthropic",
            {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
            {"type": "error", "error": {"type": "invalid_request_error", "message": "who?"}},
        ),
    ],
)
def test_an_error_in_the_middle_of_a_stream_is_asked_again_if_that_may_help(
    wire: str, broken: dict[str, Any], hopeless: dict[str, Any]
) -> None:
    name = "error" if wire == "anthropic" else ""
    turn, _ = ask(wire, [events(broken, name=name), Say("ok")], stream=True)
    assert turn.text == "ok" and turn.usage.retries == 1
    with pytest.raises(ModelError, match="who") as failed:
        ask(wire, [events(hopeless, name=name)], stream=True)
    assert "asked" not in str(failed.value)


@pytest.mark.parametrize("number", [0, None, 10**9])
def test_streamed_calls_that_are_counted_in_odd_ways_are_kept_apart(number: int | None) -> None:
    def part(**call: Any) -> dict[str, Any]:
        delta = {"tool_calls": [{"index": number, **call}]}
        return {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]}

    said = [
        part(id="x", function={"name": "a", "arguments": '{"k"'}),
        part(function={"arguments": ": 1}"}),
        part(id="y", function={"name": "b", "arguments": "{}"}),
        {"choices": None},
        {"choices": [{"index": 0, "delta": None, "finish_reason": "tool_calls"}]},
    ]
    turn, _ = ask("openai", [events(*said)], stream=True)
    assert [(call.name, call.arguments, call.id) for call in turn.calls] == [("a", {"k": 1}, "x"), ("b", {}, "y")]


def test_a_waiting_time_may_be_a_date() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert 50 < (asked_to_wait({"retry-after": soon}) or 0) <= 60
    assert asked_to_wait({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0
    assert asked_to_wait({"retry-after": "7"}) == 7 and asked_to_wait({"retry-after-ms": "500"}) == 0.5
    assert [asked_to_wait({"retry-after": odd}) for odd in ("soon", "nan", "inf")] == [None] * 3


def test_an_ordinary_rate_limit_that_names_a_billing_page_passes_and_a_full_context_is_known() -> None:
    assert not for_good(429, "Rate limit reached. Add a payment method at https://platform.openai.com/account/billing.")
    assert for_good(429, "You exceeded your current quota, please check your plan and billing details.")
    assert too_long("the request exceeds the available context size, try increasing it")


def played(wire: str, player: Player | list[Reply], *, dialect: type[Dialect] = FunctionCalling, **more: Any) -> Trace:
    world = workshop_world()
    task = Task(
        template="t",
        world=world.name,
        principal=world.default_principal,
        prompt="Look.",
        tools=("get_item",),
        reference=(),
        verifiers=(),
    )
    with serving(player) as (there, address):
        limits = Limits(seconds=more.pop("seconds", 60))
        model = model_at(wire, address, **more)
        agent = Agent(model, dialect(), limits=limits)

        async def once() -> Trace:
            try:
                return await rollout(world, task, agent)
            finally:
                await model.close()

        trace = asyncio.run(once())
    assert not there.refused, there.refused
    return trace


@wires
def test_calls_with_one_id_or_none_and_names_that_no_wire_takes_go_on(wire: str) -> None:
    """The server refuses two calls with one id; a real one refuses names with blanks, too."""
    known = {"item_id": "IT-001"}

    def player(asked: Asked) -> Reply:
        turn = sum(message["role"] == "assistant" for message in asked.messages)
        if turn == 2:
            names = [call[1] for message in asked.messages for call in message.get("calls", ())]
            assert names == ["get_item", "get_item", "get_item", "get_item_now_"], names
            return Say("Done.")
        if wire == "openai":
            texts = json.dumps(known)
            return chat(
                made("get_item", texts, ["same", "call_0"][turn]),
                made(["get_item", "get item now!"][turn], texts, ["same", None][turn]),
            )
        use = {"type": "tool_use", "id": "same", "input": known}
        names = [("get_item", "get_item"), ("get_item", "get item now!")][turn]
        return blocks({"type": "text", "text": ""}, *[{**use, "name": name} for name in names], stop="tool_use")

    trace = played(wire, player)
    assert (trace.ended, trace.error) == (Ended.ANSWERED, None)
    assert [call.tool for call in trace.calls] == ["get_item"] * 3 + ["get item now!"]
    ids = [message["tool_call_id"] for message in trace.messages if message["role"] == "tool"]
    assert len(set(ids)) == 4 and "same" in ids


@wires
def test_time_that_an_endpoint_took_by_failing_is_an_error_and_not_a_failure_of_the_model(wire: str) -> None:
    trace = played(wire, lambda _: Fail(429, "slow down"), seconds=0.3, retry=Retry(times=4, first_wait=60.0))
    assert trace.ended is Ended.MODEL_ERROR and "slow down" in (trace.error or "")
    assert trace.score is not None and trace.score.success is None


def test_texts_of_many_blanks_are_read_at_once() -> None:
    blanks = " " * 300_000  # what takes time by the square of this does not end
    turn = ReAct().incoming(ModelTurn(text=f"Thought: t\nAction: a{blanks}b\nAction Input: {{}}"))
    assert [len(call.name) for call in turn.calls] == [300_002]
    with pytest.raises(ValueError, match="expected a JSON list"):
        read_subtasks(f"```{blanks}")


@pytest.mark.parametrize(("given", "why"), [(ENDLESS, "not valid JSON"), ('{"a": NaN}', "finite"), (DEEP, "nested")])
def test_react_reads_arguments_by_the_same_rules(given: str, why: str) -> None:
    turn = ReAct().incoming(ModelTurn(text=f"Thought: t\nAction: a\nAction Input: {given}"))
    assert why in (turn.malformed or "") and not turn.calls


@wires
def test_an_endpoint_that_is_not_there_is_named_without_its_secrets(wire: str) -> None:
    async def once() -> None:
        model = model_at(wire, "http://me:hush@127.0.0.1:9")
        try:
            await model.generate(ModelRequest(TALK, [], Sampling(), 5, "c"))
        finally:
            await model.close()

    with pytest.raises(ModelError, match=r"m: .* at http://127\.0\.0\.1:9[/v1]* \(asked 3 times\)") as failed:
        asyncio.run(once())
    assert "hush" not in str(failed.value)


@wires
@pytest.mark.parametrize("dialect", [FunctionCalling, ReAct])
def test_a_first_request_that_does_not_fit_is_an_error_a_later_one_an_end(wire: str, dialect: type[Dialect]) -> None:
    full = Fail(400, "This model's maximum context length is 4096 tokens, and 6000 were requested")
    trace = played(wire, [full], dialect=dialect)
    assert trace.ended is Ended.MODEL_ERROR and "lower agent.max_tokens" in (trace.error or "")
    looked = Say("", [("get_item", {"item_id": "IT-001"})])
    if dialect is ReAct:
        looked = Say('Thought: t\nAction: get_item\nAction Input: {"item_id": "IT-001"}')
    trace = played(wire, [looked, full], dialect=dialect)
    assert (trace.ended, trace.error, trace.malformed_turns) == (Ended.MAX_TOKENS, None, 0) and trace.calls[0].ok


def test_waiting_for_an_endpoint_that_was_busy_is_no_time_of_the_attempt() -> None:
    look = Say("", [("get_item", {"item_id": "IT-001"})])
    replies = [Fail(429), look, Fail(429), look, Fail(429), Say("Done.")]
    trace = played("openai", replies, seconds=1.5, retry=Retry(times=1, first_wait=0.7))
    assert (trace.ended, trace.usage.retries) == (Ended.ANSWERED, 3) and trace.usage.seconds > 1.5
