"""The wire of 2026-07-28 for a gym server, through the official SDK; the answers are those of the other wire."""

from typing import Any

import mcp_types as types
from mcp.server.caching import CacheHint
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError

from enterpriselab import __version__
from enterpriselab.core.errors import EpisodeError
from enterpriselab.core.tools import ToolSpec
from enterpriselab.sandbox.gym.calls import Answer
from enterpriselab.sandbox.gym.jsonrpc import CallTool
from enterpriselab.sandbox.mcp.handler import LISTING_FRESH_MS, as_mcp_tool


def modern_server(name: str, specs: dict[str, ToolSpec], call: CallTool) -> Server[Any]:
    """The SDK's server over the tools; `call` is told the headers of each request."""
    listing = [as_mcp_tool(spec) for spec in specs.values()]

    async def list_tools(_: ServerRequestContext[Any, Any], params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=listing)

    async def call_tool(
        context: ServerRequestContext[Any, Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        headers: Any = getattr(context.request, "headers", {})
        try:
            return _result(await call(headers, params.name, params.arguments or {}))
        except EpisodeError as error:
            raise MCPError(types.INTERNAL_ERROR, str(error), {"kind": "episode_error"}) from error

    return Server(
        name,
        version=__version__,
        cache_hints={"tools/list": CacheHint(LISTING_FRESH_MS, "public")},
        get_tool_input_schema=lambda tool: specs[tool].input_schema if tool in specs else None,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _result(answer: Answer) -> types.CallToolResult:
    text = types.TextContent(type="text", text=answer.text)
    return types.CallToolResult(content=[text], structured_content=answer.result, is_error=answer.is_error)
