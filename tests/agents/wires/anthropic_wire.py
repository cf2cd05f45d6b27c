"""The messages wire: the rules of a request, the form of an answer, whole or as events, and its prompt cache."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from tests.agents.wires.asked import Asked, Tokens, refuse_twin_calls, refuse_unknown, refuse_unless

BODY = set("model messages system tools max_tokens temperature top_p stream thinking output_config top_k".split())
KEYS = {
    "text": {"type", "text", "cache_control"},
    "tool_use": {"type", "id", "name", "input", "cache_control"},
    "tool_result": {"type", "tool_use_id", "content", "is_error", "cache_control"},
    "thinking": {"type", "thinking", "signature"},
}
MAX_BREAKPOINTS = 4


def read(body: dict[str, Any], number: int) -> Asked:
    """The request, held against the rules. Raises Refusal."""
    refuse_unknown(body, BODY, "body")
    refuse_unless(isinstance(body.get("max_tokens"), int) and body.get("messages"), "max_tokens and messages")
    thinks = _thinks(body)
    for tool in body.get("tools", ()):
        refuse_unknown(tool, {"type", "name", "description", "input_schema", "cache_control"}, "tool")
        refuse_unless(tool.get("type", "custom") == "custom", "type of a tool")
        refuse_unless(tool["input_schema"].get("type") == "object", "input_schema must be an object")
    marked = sum("cache_control" in block for block in _blocks(body))
    refuse_unless(marked <= MAX_BREAKPOINTS, f"{marked} cache breakpoints")
    found: list[dict[str, Any]] = []
    waiting: list[str] = []
    for position, message in enumerate(body["messages"]):
        refuse_unknown(message, {"role", "content"}, "message")
        refuse_unless(message["role"] == ("assistant" if position % 2 else "user"), "roles must alternate")
        blocks = message["content"]
        refuse_unless(isinstance(blocks, list) and blocks, "content must not be empty")
        for block in blocks:
            refuse_unless(block["type"] in KEYS, f"block {block['type']}")
            refuse_unknown(block, KEYS[block["type"]], block["type"])
            refuse_unless(block["type"] != "text" or block["text"].strip(), "text must not be empty")
        if message["role"] == "assistant":
            waiting = [block["id"] for block in blocks if block["type"] == "tool_use"]
            _check_thinking(blocks, thinks and bool(waiting))
            found.append(_assistant(blocks))
        else:
            results = [block for block in blocks if block["type"] == "tool_result"]
            given = [block["tool_use_id"] for block in results]
            refuse_unless(given == waiting, f"calls {waiting} need results at once and in order, got {given}")
            refuse_unless(blocks[: len(results)] == results, "tool results come first in a message")
            found += _user(blocks)
            waiting = []
    refuse_unless(not waiting, f"calls without a result: {waiting}")
    refuse_twin_calls(found)
    system = body.get("system", "")
    system = system if isinstance(system, str) else "\n".join(block["text"] for block in system)
    return Asked(number, system, found, [tool["name"] for tool in body.get("tools", ())], body)


def _thinks(body: dict[str, Any]) -> bool:
    thinking = body.get("thinking", {"type": "disabled"})
    if thinking["type"] == "enabled":
        refuse_unless(1024 <= thinking["budget_tokens"] < body["max_tokens"], "budget_tokens")
        refuse_unless("output_config" not in body, "effort and a budget")
    if thinking["type"] == "adaptive":
        refuse_unless(body["output_config"]["effort"] in ("low", "medium", "high"), "effort")
    thinks: bool = thinking["type"] != "disabled"
    refuse_unless(not thinks or body.get("temperature", 1.0) == 1.0, "temperature must be 1 when thinking")
    return thinks


def _check_thinking(blocks: list[dict[str, Any]], needed: bool) -> None:
    for block in blocks:
        if block["type"] == "thinking":
            refuse_unless(block["signature"] == _signature(block["thinking"]), "the thinking block was changed")
    refuse_unless(not needed or blocks[0]["type"] == "thinking", "a turn with calls must begin with its thinking")


def _assistant(blocks: list[dict[str, Any]]) -> dict[str, Any]:
    text = "".join(block["text"] for block in blocks if block["type"] == "text")
    calls = [(block["id"], block["name"], block["input"]) for block in blocks if block["type"] == "tool_use"]
    return {"role": "assistant", "content": text, "calls": calls}


def _user(blocks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for block in blocks:
        if block["type"] == "tool_result":
            yield {"role": "tool", "id": block["tool_use_id"], "content": block["content"]}
        else:
            yield {"role": "user", "content": block["text"]}


def _blocks(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Everything that may be cached, in the order of the cache."""
    yield from body.get("tools", ())
    system = body.get("system", "")
    yield from [{"type": "text", "text": system}] if isinstance(system, str) else system
    for message in body["messages"]:
        yield from message["content"]


def bill(body: dict[str, Any], say: Any, cache: set[tuple[Any, ...]]) -> Tokens:
    """Words; a prefix is written to the cache where a breakpoint stands, and read where one stood before."""
    prefix: tuple[str, ...] = ()
    read_up_to = write_up_to = 0
    new = []
    for block in _blocks(body):
        prefix += tuple(json.dumps({key: block[key] for key in block if key != "cache_control"}).split())
        if prefix in cache:
            read_up_to = len(prefix)
        if "cache_control" in block:
            write_up_to = len(prefix)
            new.append(prefix)
    cache.update(new)
    thought = len(say.thinking.split())
    written = thought + len(json.dumps([say.text, list(say.calls)]).split())
    read_up_to = read_up_to if new else 0
    return Tokens(len(prefix), read_up_to, max(0, write_up_to - read_up_to), written, thought)


def error(status: int, message: str, more: dict[str, Any]) -> dict[str, Any]:
    """The body of a refusal."""
    kinds = {
        400: "invalid_request_error",
        401: "authentication_error",
        429: "rate_limit_error",
        529: "overloaded_error",
    }
    return {"type": "error", "error": {"type": kinds.get(status, "api_error"), "message": message, **more}}


def whole(body: dict[str, Any], say: Any, tokens: Tokens) -> dict[str, Any]:
    """The answer in one piece."""
    return {**_head(body), "content": _content(body, say), "stop_reason": _stop(say), "usage": _usage(tokens)}


def events(body: dict[str, Any], say: Any, tokens: Tokens) -> list[bytes]:
    """The answer as events: usage of the input at the start, of the output at the end."""
    usage = _usage(tokens)
    opening = {**_head(body), "content": [], "stop_reason": None, "usage": {**usage, "output_tokens": 1}}
    sent: list[dict[str, Any]] = [{"type": "message_start", "message": opening}, {"type": "ping"}]
    for index, block in enumerate(_content(body, say)):
        sent += _block_events(index, block)
    ended = {"stop_reason": _stop(say), "stop_sequence": None}
    late = {name: usage[name] for name in ("output_tokens", "output_tokens_details")}
    sent += [{"type": "message_delta", "delta": ended, "usage": late}, {"type": "message_stop"}]
    return [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in sent]


def _block_events(index: int, block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    kind = block["type"]
    empty = {"text": {"text": ""}, "thinking": {"thinking": "", "signature": ""}, "tool_use": {"input": {}}}[kind]
    yield {"type": "content_block_start", "index": index, "content_block": {**block, **empty}}
    if kind == "text":
        deltas = [{"type": "text_delta", "text": part} for part in _halves(block["text"])]
    elif kind == "thinking":
        deltas = [{"type": "thinking_delta", "thinking": part} for part in _halves(block["thinking"])]
        deltas.append({"type": "signature_delta", "signature": block["signature"]})
    else:
        arguments = block["input"]
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        deltas = [{"type": "input_json_delta", "partial_json": part} for part in _halves(text)]
    for delta in deltas:
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def _halves(text: str) -> list[str]:
    return [text[: len(text) // 2], text[len(text) // 2 :]]


def _content(body: dict[str, Any], say: Any) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    if say.thinking:
        blocks.append({"type": "thinking", "thinking": say.thinking, "signature": _signature(say.thinking)})
    if say.text:
        blocks.append({"type": "text", "text": say.text})
    for number, (name, given) in enumerate(say.calls):
        blocks.append(
            {"type": "tool_use", "id": f"toolu_{len(body['messages'])}_{number}", "name": name, "input": given}
        )
    return blocks


def _signature(thinking: str) -> str:
    return hashlib.sha256(thinking.encode()).hexdigest()[:24]


def _stop(say: Any) -> str:
    return {"length": "max_tokens", "": "tool_use" if say.calls else "end_turn"}.get(say.finish, say.finish)


def _head(body: dict[str, Any]) -> dict[str, Any]:
    return {"id": "msg_x", "type": "message", "role": "assistant", "model": body["model"], "stop_sequence": None}


def _usage(tokens: Tokens) -> dict[str, Any]:
    """`input_tokens` of this wire counts only what was neither read from the cache nor written to it."""
    return {
        "input_tokens": tokens.read - tokens.cached - tokens.cache_written,
        "cache_read_input_tokens": tokens.cached,
        "cache_creation_input_tokens": tokens.cache_written,
        "output_tokens": tokens.written,
        "output_tokens_details": {"thinking_tokens": tokens.thought},
    }
