"""What a foreign server answers, as our records have it: a JSON object, or a typed error that the model can act on."""

import json
import re
from typing import Any

import mcp_types as types
from mcp.shared.exceptions import MCPError

from enterpriselab.core.errors import ErrorKind, ToolError

_KINDS: tuple[tuple[ErrorKind, re.Pattern[str]], ...] = (
    ("timeout", re.compile(r"timed? ?out|timeout", re.I)),
    ("rate_limited", re.compile(r"rate.?limit|too many requests", re.I)),
    (
        "forbidden",
        re.compile(r"denied|forbidden|not allowed|outside (the )?allowed|EACCES|EPERM|unauthori[sz]ed", re.I),
    ),
    ("conflict", re.compile(r"already exists|EEXIST|conflict", re.I)),
    ("not_found", re.compile(r"not found|no such|ENOENT|does not exist|did not resolve|unknown (tool|id)", re.I)),
)
_PREFIX = re.compile(r"^(Error executing tool \S+:|MCP error -?\d+:|Error:)\s*")
MODEL_CAN_MEND = {types.INVALID_PARAMS, types.INVALID_REQUEST, types.INTERNAL_ERROR}
"""JSON-RPC codes by which servers also report what other arguments would mend."""


def payload_of(result: types.CallToolResult) -> dict[str, Any]:
    """The result as a JSON object: structured content, else JSON text, else {"lines": [...]} or {"blocks": [...]}."""
    structured = result.structured_content
    if structured is not None:
        return structured if isinstance(structured, dict) else {"result": structured}
    texts = [block.text for block in result.content if isinstance(block, types.TextContent)]
    if len(texts) < len(result.content):
        return {"blocks": [_block(block) for block in result.content]}
    values = [_parsed(text) for text in texts]
    if len(values) == 1:
        return values[0] if isinstance(values[0], dict) else {"result": values[0]}
    return {"result": values}


def _parsed(text: str) -> Any:
    """JSON texts as values; plain text always as lines, so that one tool's results have one shape."""
    try:
        value = json.loads(text)
    except ValueError:
        return {"lines": text.splitlines()}
    return value if isinstance(value, (dict, list)) else {"lines": text.splitlines()}


def _block(block: types.ContentBlock) -> dict[str, Any]:
    if isinstance(block, types.TextContent):
        return {"type": "text", "text": block.text}
    if isinstance(block, (types.ImageContent, types.AudioContent)):
        return {"type": block.type, "media_type": block.mime_type, "size": len(block.data)}
    return block.model_dump(mode="json", by_alias=True, exclude_none=True)


def error_of(result: types.CallToolResult) -> ToolError:
    """The typed error of a result with isError; our own servers' errors keep kind, field and accepted values."""
    text = "\n".join(block.text for block in result.content if isinstance(block, types.TextContent)).strip()
    try:
        body = json.loads(text)["error"]
        return ToolError(body["kind"], body["message"], field=body.get("field"), accepted=body.get("accepted"))
    except (ValueError, KeyError, TypeError):
        return refusal(text)


def refusal(text: str) -> ToolError:
    """A foreign server's words as a typed error; the kind is read from the words, `invalid` if they do not tell."""
    message = _PREFIX.sub("", _PREFIX.sub("", text)) or "The server refused the call without a word."
    kind = next((kind for kind, words in _KINDS if words.search(message)), None)
    return ToolError(kind or "invalid", message)


def protocol_refusal(error: MCPError) -> ToolError | None:
    """A JSON-RPC error that the model can act on; None when the server itself is in trouble."""
    if error.code == types.REQUEST_TIMEOUT:
        return ToolError("timeout", "The server did not answer in time; the call may or may not have taken effect.")
    return refusal(error.message) if error.code in MODEL_CAN_MEND and not _our_episode_error(error) else None


def _our_episode_error(error: MCPError) -> bool:
    return isinstance(error.data, dict) and error.data.get("kind") == "episode_error"
