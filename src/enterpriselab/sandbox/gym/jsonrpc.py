"""JSON-RPC for clients of the handshake versions, 2024-11-05 to 2025-11-25: plain JSON, no sessions, no streams.

Written by hand, because such a client may call tools without a handshake and gets one JSON object whatever it accepts.
A client that names 2025-06-18 or later in its header knows structured content and gets it; others get the public form.
"""

import json
import math
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, NamedTuple

from enterpriselab import __version__
from enterpriselab.core.errors import EpisodeError
from enterpriselab.core.tools import ToolSpec
from enterpriselab.sandbox.gym.calls import Answer, Headers
from enterpriselab.sandbox.mcp.handler import as_mcp_tool

VERSION_HEADER = "mcp-protocol-version"
HANDSHAKE_VERSIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
_WITHOUT_BATCHES = HANDSHAKE_VERSIONS[2:]
"""From the third on there are structured results as well."""
MAX_BATCH = 100
PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS, INTERNAL_ERROR = -32700, -32600, -32601, -32602, -32603
CallTool = Callable[[Headers, str, dict[str, Any]], Awaitable[Answer]]


class Reply(NamedTuple):
    """Status and body of an HTTP answer; no body where there is nothing to say."""

    status: int
    body: bytes = b""


class Refused(Exception):
    """A request that is answered by an error of the protocol."""

    def __init__(self, code: int, message: str, data: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.data = data


class JsonRpc:
    """Answers the bodies of POST requests.

    Args:
        name: what the server calls itself.
        specs: the tools, in listing order.
        call: runs a tool.
    """

    def __init__(self, name: str, specs: Iterable[ToolSpec], call: CallTool) -> None:
        self._name = name
        self._call = call
        listed = list(specs)
        self._plain_list = encoded({"tools": [_public_tool(spec) for spec in listed]})
        self._rich_list = encoded({"tools": [_rich_tool(spec) for spec in listed]})

    async def answer(self, body: bytes, headers: Headers) -> Reply:
        """The reply to one body: a message, or, in the versions that have them, a batch."""
        try:
            message = json.loads(body, parse_constant=_number, parse_float=_number)
        except (ValueError, RecursionError) as error:  # text that is no UTF-8 is a ValueError
            return Reply(400, _failure(None, PARSE_ERROR, f"The body is not JSON: {error}"))
        if not isinstance(message, list):
            reply = await self._one(message, headers)
            return Reply(202) if reply is None else Reply(200 if _has_id(message) else 400, reply)
        if not 0 < len(message) <= MAX_BATCH or headers.get(VERSION_HEADER, "") in _WITHOUT_BATCHES:
            text = f"A batch has 1 to {MAX_BATCH} messages, and from {_WITHOUT_BATCHES[0]} on there is none."
            return Reply(400, _failure(None, INVALID_REQUEST, text))
        replies = [await self._one(part, headers, in_batch=True) for part in message]
        given = [reply for reply in replies if reply is not None]
        return Reply(200, b"[" + b",".join(given) + b"]") if given else Reply(202)

    async def _one(self, message: Any, headers: Headers, *, in_batch: bool = False) -> bytes | None:
        """The answer to one message; None for notifications and for answers to what was never asked."""
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
            return _failure(None, INVALID_REQUEST, 'A message is a JSON object with "jsonrpc": "2.0".')
        method = message.get("method")
        if method is None and ("result" in message or "error" in message):
            return None
        if not isinstance(method, str):
            return _failure(None, INVALID_REQUEST, '"method" must be a text.')
        if "id" not in message:
            return None
        if not _has_id(message):
            return _failure(None, INVALID_REQUEST, '"id" must be a text or a number.')
        try:
            params = message.get("params", {})
            if not isinstance(params, dict):
                raise Refused(INVALID_PARAMS, '"params" must be an object.')
            if in_batch and method == "initialize":
                raise Refused(INVALID_REQUEST, "initialize cannot be part of a batch.")
            result = await self._result(method, params, headers)
        except Refused as error:
            return _failure(message["id"], error.code, str(error), error.data)
        return b'{"jsonrpc":"2.0","id":' + encoded(message["id"]) + b',"result":' + result + b"}"

    async def _result(self, method: str, params: dict[str, Any], headers: Headers) -> bytes:
        rich = headers.get(VERSION_HEADER, "") in _WITHOUT_BATCHES
        if method == "initialize":
            return encoded(self._hello(params.get("protocolVersion")))
        if method == "ping":
            return b"{}"
        if method == "tools/list":
            return self._rich_list if rich else self._plain_list
        if method != "tools/call":
            raise Refused(METHOD_NOT_FOUND, f"There is no method {method[:100]!a}.")
        answer = await self._call_tool(params, headers)
        return encoded(_rich_result(answer) if rich else _public_result(answer))

    def _hello(self, asked: Any) -> dict[str, Any]:
        version = asked if asked in HANDSHAKE_VERSIONS else HANDSHAKE_VERSIONS[-1]
        server = {"name": self._name, "version": __version__}
        return {"protocolVersion": version, "capabilities": {"tools": {"listChanged": False}}, "serverInfo": server}

    async def _call_tool(self, params: dict[str, Any], headers: Headers) -> Answer:
        name, arguments = params.get("name"), params.get("arguments")
        if not isinstance(name, str):
            raise Refused(INVALID_PARAMS, '"name" must be the name of a tool.')
        if not isinstance(arguments, (dict, type(None))):
            raise Refused(INVALID_PARAMS, '"arguments" must be an object.')
        try:
            return await self._call(headers, name, arguments or {})
        except EpisodeError as error:
            raise Refused(INTERNAL_ERROR, str(error), {"kind": "episode_error"}) from error


def _public_tool(spec: ToolSpec) -> dict[str, Any]:
    return {"name": spec.name, "description": spec.description, "inputSchema": spec.input_schema}


def _rich_tool(spec: ToolSpec) -> dict[str, Any]:
    listed: dict[str, Any] = as_mcp_tool(spec).model_dump(mode="json", by_alias=True, exclude_none=True)
    return listed


def _public_result(answer: Answer) -> dict[str, Any]:
    text = {"type": "text", "text": answer.text, "annotations": None, "meta": None}
    return {"meta": None, "content": [text], "structuredContent": None, "isError": answer.is_error}


def _rich_result(answer: Answer) -> dict[str, Any]:
    found: dict[str, Any] = {"content": [{"type": "text", "text": answer.text}], "isError": answer.is_error}
    return found if answer.result is None else {**found, "structuredContent": answer.result}


def _has_id(message: Any) -> bool:
    number = message.get("id") if isinstance(message, dict) else None
    return isinstance(number, (str, int, float)) and not isinstance(number, bool)


def _failure(number: Any, code: int, message: str, data: dict[str, Any] | None = None) -> bytes:
    error = {"code": code, "message": message, **({"data": data} if data else {})}
    return encoded({"jsonrpc": "2.0", "id": number, "error": error})


def encoded(value: Any) -> bytes:
    """Compact JSON in ASCII, which can carry every text that JSON can, lone surrogates too."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii")


def _number(text: str) -> float:
    """Raises ValueError for what JSON cannot say: NaN, and numbers that are too large for a float."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:40]} is no number here")
    return number
