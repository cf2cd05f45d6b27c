"""The chat-completions wire without a network: our messages to a request body, an answer or its events to a turn."""

import json
from collections.abc import AsyncIterator
from typing import Any, Literal

from enterpriselab.agents.models.base import ModelCall, ModelRequest, ModelTurn
from enterpriselab.agents.models.retrying import Transient
from enterpriselab.core.traces import Usage

_SENT = ("role", "content", "tool_calls", "tool_call_id", "name")


def body_of(request: ModelRequest, model: str) -> dict[str, Any]:
    """The request; a thinking budget goes as reasoning_effort, and such models sample as they do."""
    sampling = request.sampling
    body: dict[str, Any] = {
        "model": model,
        "messages": [_message(message) for message in request.messages],
        "seed": request.seed % 2**31,
    }
    if sampling.thinking is None:
        body |= {"temperature": sampling.temperature, "top_p": sampling.top_p, "max_tokens": sampling.max_tokens}
    else:
        body |= {"reasoning_effort": sampling.thinking, "max_completion_tokens": sampling.room}
    if request.tools:
        body["tools"] = request.tools
    return body


def _message(message: dict[str, Any]) -> dict[str, Any]:
    """Only what the wire knows, with call arguments as JSON text."""
    sent = {name: message[name] for name in _SENT if name in message}
    if not sent.get("tool_calls"):
        sent.pop("tool_calls", None)
        return sent
    sent["tool_calls"] = [
        {**call, "function": {**call["function"], "arguments": json.dumps(call["function"]["arguments"])}}
        for call in sent["tool_calls"]
    ]
    return sent


def turn_of(message: dict[str, Any], finish_reason: str | None, usage: Usage) -> ModelTurn:
    """The turn; a call whose arguments are no JSON object makes it malformed."""
    finish: Literal["stop", "length"] = "length" if finish_reason == "length" else "stop"
    text = message.get("content") or message.get("refusal") or ""
    thinking = message.get("reasoning_content") or message.get("reasoning") or ""
    thought = thinking if isinstance(thinking, str) else ""
    calls: list[ModelCall] = []
    for made in message.get("tool_calls") or ():
        name, given = made["function"]["name"], made["function"]["arguments"]
        arguments = parsed(name, given)
        if isinstance(arguments, str):
            return ModelTurn(text=text, malformed=arguments, thinking=thought, finish=finish, usage=usage)
        calls.append(ModelCall(name, arguments, made["id"]))
    return ModelTurn(text=text, calls=tuple(calls), thinking=thought, finish=finish, usage=usage)


def parsed(name: str, given: str | None) -> dict[str, Any] | str:
    """Arguments of a call from their text, or what is wrong with it."""
    try:
        arguments = json.loads(given or "{}")
    except ValueError as error:
        return f"the arguments of {name} are not valid JSON: {error}"
    return arguments if isinstance(arguments, dict) else f"the arguments of {name} must be one JSON object"


def usage_of(usage: Any) -> Usage:
    """Tokens of one answer; an endpoint that counts nothing gives zeros."""
    if usage is None:
        return Usage()
    read = getattr(usage, "prompt_tokens_details", None)
    written = getattr(usage, "completion_tokens_details", None)
    return Usage(
        input_tokens=usage.prompt_tokens or 0,
        cached_tokens=getattr(read, "cached_tokens", None) or 0,
        output_tokens=usage.completion_tokens or 0,
        thinking_tokens=getattr(written, "reasoning_tokens", None) or 0,
    )


async def gathered(chunks: AsyncIterator[Any]) -> tuple[dict[str, Any], str, Usage]:
    """(message, finish reason, usage) of a streamed answer. Raises Transient when it was cut before its end."""
    message: dict[str, Any] = {"content": "", "reasoning_content": "", "tool_calls": []}
    finish: str | None = None
    usage = Usage()
    async for chunk in chunks:
        if getattr(chunk, "usage", None) is not None:
            usage = usage_of(chunk.usage)
        for choice in chunk.choices:
            _add(message, choice.delta)
            finish = choice.finish_reason or finish
    if finish is None:
        raise Transient("the stream was cut before its end")
    return message, finish, usage


def _add(message: dict[str, Any], delta: Any) -> None:
    message["content"] += getattr(delta, "content", None) or getattr(delta, "refusal", None) or ""
    thinking = getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None) or ""
    message["reasoning_content"] += thinking if isinstance(thinking, str) else ""
    calls: list[dict[str, Any]] = message["tool_calls"]
    for part in delta.tool_calls or ():
        while len(calls) <= part.index:
            calls.append({"id": "", "function": {"name": "", "arguments": ""}})
        made = calls[part.index]
        made["id"] = part.id or made["id"]
        if part.function is not None:
            made["function"]["name"] += part.function.name or ""
            made["function"]["arguments"] += part.function.arguments or ""
