"""The chat-completions wire without a network: our messages to a request body, an answer or its events to a turn."""

import json
from collections.abc import AsyncIterator
from typing import Any, Literal

from enterpriselab.agents.models.base import ModelCall, ModelRequest, ModelTurn
from enterpriselab.agents.models.plain import count, parsed, sendable, text_of, whole
from enterpriselab.agents.models.retrying import Transient
from enterpriselab.core.traces import Usage

_SENT = ("role", "content", "tool_calls", "tool_call_id", "name")


def body_of(request: ModelRequest, model: str) -> dict[str, Any]:
    """The request; a thinking budget goes as reasoning_effort, and such models sample as they do."""
    sampling = request.sampling
    known = frozenset(tool["function"]["name"] for tool in request.tools)
    body: dict[str, Any] = {
        "model": model,
        "messages": [_message(message, known) for message in request.messages],
        "seed": request.seed % 2**31,
    }
    if sampling.thinking is None:
        body |= {"temperature": sampling.temperature, "top_p": sampling.top_p, "max_tokens": sampling.max_tokens}
    else:
        body |= {"reasoning_effort": sampling.thinking, "max_completion_tokens": sampling.room}
    if request.tools:
        body["tools"] = request.tools
    return body


def _message(message: dict[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """Only what the wire knows, with call arguments as JSON text."""
    sent = {name: message[name] for name in _SENT if name in message}
    if "name" in sent:
        sent["name"] = sendable(sent["name"], known)
    calls = sent.pop("tool_calls", None)
    return {**sent, "tool_calls": [_sent_call(call, known) for call in calls]} if calls else sent


def _sent_call(call: dict[str, Any], known: frozenset[str]) -> dict[str, Any]:
    made = call["function"]
    return {**call, "function": {"name": sendable(made["name"], known), "arguments": json.dumps(made["arguments"])}}


def turn_of(message: dict[str, Any], finish_reason: str | None, usage: Usage) -> ModelTurn:
    """The turn; a call without a name, or whose arguments are no JSON object, makes it malformed."""
    finish: Literal["stop", "length"] = "length" if finish_reason == "length" else "stop"
    text = text_of(message.get("content")) or text_of(message.get("refusal"))
    thinking = message.get("reasoning_content") or message.get("reasoning")
    thought = whole(thinking) if isinstance(thinking, str) else ""
    calls: list[ModelCall] = []
    for made in message.get("tool_calls") or ():
        call = _call(made)
        if isinstance(call, str):
            return ModelTurn(text=text, malformed=call, thinking=thought, finish=finish, usage=usage)
        calls.append(call)
    return ModelTurn(text=text, calls=tuple(calls), thinking=thought, finish=finish, usage=usage)


def _call(made: Any) -> ModelCall | str:
    """The call, or what is wrong with it."""
    function = made.get("function") if isinstance(made, dict) else None
    name = function.get("name") if isinstance(function, dict) else None
    if not isinstance(function, dict) or not isinstance(name, str) or not name:
        return "a call names no function"
    arguments = parsed(whole(name), function.get("arguments"))
    return arguments if isinstance(arguments, str) else ModelCall(whole(name), arguments, str(made.get("id") or ""))


def usage_of(usage: Any) -> Usage:
    """Tokens of one answer; an endpoint that counts nothing gives zeros."""
    if usage is None:
        return Usage()
    read = getattr(usage, "prompt_tokens_details", None)
    written = getattr(usage, "completion_tokens_details", None)
    return Usage(
        input_tokens=count(getattr(usage, "prompt_tokens", 0)),
        cached_tokens=count(getattr(read, "cached_tokens", 0)),
        output_tokens=count(getattr(usage, "completion_tokens", 0)),
        thinking_tokens=count(getattr(written, "reasoning_tokens", 0)),
    )


async def gathered(chunks: AsyncIterator[Any]) -> tuple[dict[str, Any], str, Usage]:
    """(message, finish reason, usage) of a streamed answer. Raises Transient when it was cut before its end."""
    message: dict[str, Any] = {"content": "", "reasoning_content": "", "tool_calls": []}
    finish: str | None = None
    usage = Usage()
    async for chunk in chunks:
        if getattr(chunk, "usage", None) is not None:
            usage = usage_of(chunk.usage)
        for choice in chunk.choices or ():
            if choice.delta is not None:
                _add(message, choice.delta)
            finish = choice.finish_reason or finish
    if finish is None:
        raise Transient("the stream was cut before its end")
    return message, finish, usage


def _add(message: dict[str, Any], delta: Any) -> None:
    message["content"] += getattr(delta, "content", None) or getattr(delta, "refusal", None) or ""
    thinking = getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None) or ""
    message["reasoning_content"] += thinking if isinstance(thinking, str) else ""
    for part in delta.tool_calls or ():
        made = _begun(message["tool_calls"], part)
        made["id"] = part.id or made["id"]
        if part.function is not None:
            made["function"]["name"] += part.function.name or ""
            made["function"]["arguments"] += part.function.arguments or ""


def _begun(calls: list[dict[str, Any]], part: Any) -> dict[str, Any]:
    """The call that a part belongs to. Some endpoints count all calls as number 0, or count none."""
    same = (call for call in reversed(calls) if part.index in (None, call["index"]))
    found = next(same, None)
    named = part.function is not None and part.function.name
    if found is None or (named and part.id and found["id"] not in ("", part.id)):
        found = {"index": part.index, "id": "", "function": {"name": "", "arguments": ""}}
        calls.append(found)
    return found
