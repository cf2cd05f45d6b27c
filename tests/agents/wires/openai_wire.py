"""Chat completions: the rules of a request, the form of an answer, whole or as events."""

import json
from typing import Any

from tests.agents.wires.asked import Asked, Tokens, refuse_twin_calls, refuse_unknown, refuse_unless

BODY = set(
    "model messages tools temperature top_p max_tokens max_completion_tokens seed stream stream_options "
    "reasoning_effort chat_template_kwargs top_k parallel_tool_calls".split()
)
KEYS = {
    "system": {"role", "content"},
    "user": {"role", "content"},
    "assistant": {"role", "content", "tool_calls"},
    "tool": {"role", "content", "tool_call_id", "name"},
}
BLOCK = 8
"""Words; a cached prefix is a whole number of blocks."""


def read(body: dict[str, Any], number: int) -> Asked:
    """The request, held against the rules. Raises Refusal."""
    refuse_unknown(body, BODY, "body")
    refuse_unless(isinstance(body.get("model"), str) and body.get("messages"), "model and messages are required")
    refuse_unless(not ("max_tokens" in body and "max_completion_tokens" in body), "two limits")
    waiting: set[str] = set()
    found = []
    for message in body["messages"]:
        role = message["role"]
        refuse_unless(role in KEYS, f"role {role}")
        refuse_unknown(message, KEYS[role], role)
        if role == "tool":
            refuse_unless(message["tool_call_id"] in waiting, f"no call {message['tool_call_id']} waits for a result")
            waiting.remove(message["tool_call_id"])
            found.append({"role": "tool", "id": message["tool_call_id"], "content": message["content"]})
            continue
        refuse_unless(not waiting, f"calls without a result: {sorted(waiting)}")
        if role == "assistant":
            calls = [_call(made) for made in message.get("tool_calls", ())]
            refuse_unless(message.get("content") is not None or calls, "an assistant message without content")
            refuse_unless("tool_calls" not in message or calls, "tool_calls must not be empty")
            waiting = {made[0] for made in calls}
            refuse_unless(len(waiting) == len(calls), "two calls with one id")
            found.append({"role": role, "content": message.get("content") or "", "calls": calls})
        else:
            refuse_unless(isinstance(message["content"], str), f"content of {role}")
            found.append(dict(message))
    refuse_unless(not waiting, f"calls without a result: {sorted(waiting)}")
    refuse_twin_calls(found)
    system = "\n".join(message["content"] for message in found if message["role"] == "system")
    rest = [message for message in found if message["role"] != "system"]
    return Asked(number, system, rest, [tool["function"]["name"] for tool in body.get("tools", ())], body)


def _call(made: dict[str, Any]) -> tuple[str, str, Any]:
    refuse_unless(set(made) == {"id", "type", "function"} and made["type"] == "function", f"call {made}")
    refuse_unless(isinstance(made["function"]["arguments"], str), "the arguments of a call must be a string")
    return made["id"], made["function"]["name"], json.loads(made["function"]["arguments"])


def bill(body: dict[str, Any], say: Any, cache: set[tuple[Any, ...]]) -> Tokens:
    """Words read and written; a prefix that was read before is cached, block by block, without being asked."""
    words = json.dumps([body.get("tools"), body["messages"]]).split()
    prefixes: list[tuple[int, int]] = []  # (words, hash of all of them), so that long conversations stay cheap
    for end in range(BLOCK, len(words) + 1, BLOCK):
        before = prefixes[-1][1] if prefixes else 0
        prefixes.append((end, hash((before, *words[end - BLOCK : end]))))
    cached = max((prefix[0] for prefix in prefixes if prefix in cache), default=0)
    cache.update(prefixes)
    thought = len(say.thinking.split())
    return Tokens(len(words), cached, 0, thought + len(json.dumps([say.text, list(say.calls)]).split()), thought)


def error(status: int, message: str, more: dict[str, Any]) -> dict[str, Any]:
    """The body of a refusal."""
    return {"error": {"message": message, "type": "error", "code": status, "param": None, **more}}


def whole(body: dict[str, Any], say: Any, tokens: Tokens) -> dict[str, Any]:
    """The answer in one piece."""
    message: dict[str, Any] = {"role": "assistant", "content": say.text or None}
    if say.thinking:
        message["reasoning_content"] = say.thinking
    if say.calls:
        message["tool_calls"] = _made(body, say)
    choice = {"index": 0, "message": message, "finish_reason": _finish(say)}
    return {**_head(body, "chat.completion"), "choices": [choice], "usage": _usage(tokens)}


def events(body: dict[str, Any], say: Any, tokens: Tokens) -> list[bytes]:
    """The answer as server-sent events: text in two pieces, arguments in two pieces, usage only when asked for."""
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    if say.thinking:
        deltas.append({"reasoning_content": say.thinking})
    half = len(say.text) // 2
    deltas += [{"content": part} for part in (say.text[:half], say.text[half:]) if part]
    for index, made in enumerate(_made(body, say)):
        name, arguments = made["function"]["name"], made["function"]["arguments"]
        cut = len(arguments) // 2
        opening = {"index": index, "id": made["id"], "type": "function", "function": {"name": name, "arguments": ""}}
        deltas.append({"tool_calls": [opening]})
        deltas += [
            {"tool_calls": [{"index": index, "function": {"arguments": part}}]}
            for part in (arguments[:cut], arguments[cut:])
        ]
    head = _head(body, "chat.completion.chunk")
    chunks = [{**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    chunks.append({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": _finish(say)}]})
    if body.get("stream_options", {}).get("include_usage"):
        chunks.append({**head, "choices": [], "usage": _usage(tokens)})
    return [f"data: {json.dumps(chunk)}\n\n".encode() for chunk in chunks] + [b"data: [DONE]\n\n"]


def _made(body: dict[str, Any], say: Any) -> list[dict[str, Any]]:
    turn = len(body["messages"])
    texts = [(name, given if isinstance(given, str) else json.dumps(given)) for name, given in say.calls]
    return [
        {"id": f"call-{turn}-{number}", "type": "function", "function": {"name": name, "arguments": text}}
        for number, (name, text) in enumerate(texts)
    ]


def _finish(say: Any) -> str:
    return say.finish or ("tool_calls" if say.calls else "stop")


def _head(body: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"id": "x", "object": kind, "created": 0, "model": body["model"]}


def _usage(tokens: Tokens) -> dict[str, Any]:
    return {
        "prompt_tokens": tokens.read,
        "completion_tokens": tokens.written,
        "total_tokens": tokens.read + tokens.written,
        "prompt_tokens_details": {"cached_tokens": tokens.cached},
        "completion_tokens_details": {"reasoning_tokens": tokens.thought},
    }
