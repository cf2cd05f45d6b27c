"""The messages wire of Anthropic without a network: our messages to a request body, an answer or events to a turn."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Literal

from enterpriselab.agents.models.base import THINKING_ROOM, ModelCall, ModelRequest, ModelTurn
from enterpriselab.agents.models.plain import count, parsed, sendable, text_of, whole
from enterpriselab.agents.models.retrying import Transient
from enterpriselab.core.traces import Usage

Block = dict[str, Any]
_TAKES_BUDGET = re.compile(r"claude-(?:3|(?:opus|sonnet|haiku)-4(?:-[0-5])?(?:-\d{8})?$)")
"""Models up to 4.5 take a budget of tokens, the others the level itself."""
_CACHED = {"type": "ephemeral"}
_UNREADABLE = "(a turn that could not be read)"
_CUT = ("max_tokens", "model_context_window_exceeded")


def body_of(request: ModelRequest, model: str, kept: Mapping[int, list[Block]]) -> dict[str, Any]:
    """The request, with cache breakpoints after the instructions and at the end of the conversation.

    Args:
        request: the turn to generate.
        model: its name on the wire.
        kept: index of a message -> the blocks in which the model wrote it; thinking must come back as it was.
    """
    system = [message["content"] for message in request.messages if message["role"] == "system"]
    known = frozenset(tool["function"]["name"] for tool in request.tools)
    messages = _messages(request.messages, kept, known)
    messages[-1]["content"][-1] = {**messages[-1]["content"][-1], "cache_control": _CACHED}
    body: dict[str, Any] = {"model": model, "messages": messages, **_sampling(request, model)}
    if system:
        body["system"] = [{"type": "text", "text": "\n\n".join(system), "cache_control": _CACHED}]
    if request.tools:
        body["tools"] = [_tool(tool["function"]) for tool in request.tools]
    return body


def _tool(function: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": function["name"],
        "description": function["description"],
        "input_schema": function["parameters"],
    }


def _sampling(request: ModelRequest, model: str) -> dict[str, Any]:
    sampling = request.sampling
    if sampling.thinking is None:
        found: dict[str, Any] = {"max_tokens": sampling.max_tokens, "temperature": sampling.temperature}
        return found if sampling.top_p == 1.0 else {**found, "top_p": sampling.top_p}
    room = {"max_tokens": sampling.room}
    if _TAKES_BUDGET.match(model):
        return {**room, "thinking": {"type": "enabled", "budget_tokens": THINKING_ROOM[sampling.thinking]}}
    return {**room, "thinking": {"type": "adaptive"}, "output_config": {"effort": sampling.thinking}}


def _messages(
    messages: Sequence[dict[str, Any]], kept: Mapping[int, list[Block]], known: frozenset[str]
) -> list[dict[str, Any]]:
    """Alternating turns: results of parallel calls, and a user message after them, are one message."""
    found: list[dict[str, Any]] = []
    for index, message in enumerate(messages):
        if message["role"] == "system":
            continue
        role = "assistant" if message["role"] == "assistant" else "user"
        as_it_was = index in kept and message.get("tool_calls")
        blocks = _renamed(kept[index], message["tool_calls"], known) if as_it_was else _blocks(message, known)
        if found and found[-1]["role"] == role:
            found[-1]["content"] = [*found[-1]["content"], *blocks]
        else:
            found.append({"role": role, "content": list(blocks)})
    return found


def _renamed(blocks: Sequence[Block], calls: Sequence[dict[str, Any]], known: frozenset[str]) -> list[Block]:
    """The blocks of a turn, its calls by the ids that their results refer to."""
    made = iter(calls)
    return [
        {**block, "id": next(made)["id"], "name": sendable(block["name"], known)}
        if block["type"] == "tool_use"
        else block
        for block in blocks
    ]


def _blocks(message: dict[str, Any], known: frozenset[str]) -> list[Block]:
    text = message.get("content") or ""
    if message["role"] == "tool":
        return [{"type": "tool_result", "tool_use_id": message["tool_call_id"], "content": text}]
    blocks: list[Block] = [{"type": "text", "text": text}] if text.strip() else []
    for call in message.get("tool_calls", ()):
        made = call["function"]
        name = sendable(made["name"], known)
        blocks.append({"type": "tool_use", "id": call["id"], "name": name, "input": made["arguments"]})
    return blocks or [{"type": "text", "text": _UNREADABLE}]


def kept_of(blocks: Sequence[Block], turn: ModelTurn) -> list[Block]:
    """The blocks of a turn with calls as they can be sent again: whole texts, none empty, arguments as read."""
    made = iter(turn.calls)
    found: list[Block] = []
    for block in blocks:
        if block["type"] == "tool_use":
            call = next(made)
            found.append({**block, "name": call.name, "input": call.arguments})
        elif block["type"] != "text" or text_of(block.get("text")).strip():
            found.append({name: whole(value) if isinstance(value, str) else value for name, value in block.items()})
    return found


def turn_of(blocks: Sequence[Block], stop_reason: str | None, usage: Usage) -> ModelTurn:
    """The turn; arguments that are no object, or a call that was cut off, make it malformed."""
    text = "".join(text_of(block.get("text")) for block in blocks if block["type"] == "text")
    thought = "\n".join(text_of(block.get("thinking")) for block in blocks if block["type"] == "thinking")
    finish: Literal["stop", "length"] = "length" if stop_reason in _CUT else "stop"
    calls: list[ModelCall] = []
    malformed: str | None = None
    for block in blocks:
        if block["type"] != "tool_use":
            continue
        name = block.get("name")
        if not isinstance(name, str) or not name:
            malformed = "a call names no tool"
            break
        arguments = parsed(name, block.get("input"))
        if isinstance(arguments, str):
            malformed = arguments
            break
        calls.append(ModelCall(whole(name), arguments, str(block.get("id") or "")))
    if calls and finish == "length":
        malformed = f"the call of {calls[-1].name} was cut off: the turn had no more room"
    if malformed is not None:
        return ModelTurn(text=text, malformed=malformed, thinking=thought, finish=finish, usage=usage)
    return ModelTurn(text=text, calls=tuple(calls), thinking=thought, finish=finish, usage=usage)


def usage_of(usage: Any) -> Usage:
    """Tokens of one answer; what was read from the cache and written to it is part of the input here."""
    cached = count(getattr(usage, "cache_read_input_tokens", 0))
    written = count(getattr(usage, "cache_creation_input_tokens", 0))
    details = getattr(usage, "output_tokens_details", None)
    return Usage(
        input_tokens=count(getattr(usage, "input_tokens", 0)) + cached + written,
        cached_tokens=cached,
        cache_write_tokens=written,
        output_tokens=count(getattr(usage, "output_tokens", 0)),
        thinking_tokens=count(getattr(details, "thinking_tokens", 0)),
    )


async def gathered(events: AsyncIterator[Any]) -> tuple[list[Block], str, Usage]:
    """(blocks, stop reason, usage) of a streamed answer. Raises Transient when it was cut before its end."""
    blocks: list[Block] = []
    usage = Usage()
    stop_reason: str | None = None
    async for event in events:
        if event.type == "message_start":
            usage = usage_of(event.message.usage)
        elif event.type == "content_block_start":
            blocks.append(_opened(event.content_block.model_dump(exclude_none=True)))
        elif event.type == "content_block_delta":
            _add(blocks[-1], event.delta)
        elif event.type == "message_delta":
            stop_reason = event.delta.stop_reason
            written = event.usage.output_tokens_details
            late = {"output_tokens": event.usage.output_tokens}
            usage = usage.model_copy(update=late | ({"thinking_tokens": written.thinking_tokens} if written else {}))
    if stop_reason is None:
        raise Transient("the stream was cut before its end")
    return blocks, stop_reason, usage


def _opened(block: Block) -> Block:
    """A block whose content is still to come; the input of a call comes as text."""
    return {**block, "input": ""} if block["type"] == "tool_use" else block


def _add(block: Block, delta: Any) -> None:
    kinds = {"text_delta": "text", "thinking_delta": "thinking", "signature_delta": "signature"}
    if delta.type == "input_json_delta":
        block["input"] += delta.partial_json
    elif delta.type in kinds:
        name = kinds[delta.type]
        block[name] = block.get(name, "") + getattr(delta, name)
