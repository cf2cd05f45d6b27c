"""The one handler behind every MCP surface: tools/list and tools/call of the low-level SDK server, onto an episode.

What better arguments could mend is a result with isError that the model reads; what they cannot is an MCPError.
"""

import difflib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import anyio.to_thread
import mcp_types as types
from mcp.server.caching import CacheHint
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError

from enterpriselab import __version__
from enterpriselab.core.errors import EpisodeError, ToolError, UsageError
from enterpriselab.core.tools import ToolSpec
from enterpriselab.sandbox.environment import EpisodeLike

LISTING_FRESH_MS = 3_600_000
"""A listing never changes while a server lives; clients may keep it for an hour."""


@dataclass(frozen=True, slots=True)
class Acting:
    """Whose state a request works on, and as whom; None means the episode's own principal."""

    episode: EpisodeLike
    principal: str | None = None


Resolver = Callable[[ServerRequestContext[Any, Any]], Acting]
"""Which episode a request belongs to; told by the transport (URL path, token), never by an argument."""


def build_server(
    name: str,
    specs: Mapping[str, ToolSpec],
    resolve: Resolver,
    *,
    hidden: Collection[str] = (),
    threads: bool = False,
) -> Server[Any]:
    """An MCP server that lists `specs` in their order and runs them on the episode that `resolve` gives.

    Args:
        name: what the server calls itself.
        specs: the tools on offer.
        hidden: tools that the episode has but this server does not offer.
        resolve: from the request to the episode.
        threads: run calls on worker threads, so that a slow tool of one episode does not hold up the others.
    """
    listing = [as_mcp_tool(spec) for spec in specs.values()]

    async def list_tools(_: ServerRequestContext[Any, Any], params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=listing)

    async def call_tool(
        context: ServerRequestContext[Any, Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        acting = resolve(context)
        if params.name in hidden:
            return error_result(_unknown(params.name, specs).to_json())
        run = partial(call, acting, params.name, params.arguments or {})
        return await anyio.to_thread.run_sync(run) if threads else run()

    return Server(
        name,
        version=__version__,
        cache_hints={"tools/list": CacheHint(LISTING_FRESH_MS, "public")},
        get_tool_input_schema=lambda tool: specs[tool].input_schema if tool in specs else None,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def episode_server(
    episode: EpisodeLike, registry: Mapping[str, ToolSpec], *, apps: Collection[str] = (), name: str = "enterpriselab"
) -> Server[Any]:
    """A server of one episode, for `mcp.Client(server)` in memory and for stdio; `apps` keeps only some tools."""
    acting = Acting(episode)
    specs = specs_of(registry, apps)
    return build_server(name, specs, lambda _: acting, hidden=registry.keys() - specs.keys())


def specs_of(registry: Mapping[str, ToolSpec], apps: Collection[str]) -> dict[str, ToolSpec]:
    """The tools of these apps (all if none is named), in registry order. Raises UsageError for an unknown app."""
    known = sorted({spec.app for spec in registry.values()})
    strangers = sorted(set(apps) - set(known))
    if strangers:
        raise UsageError(f"There is no app {strangers[0]!r} in this world; there are: {', '.join(known)}.")
    return {name: spec for name, spec in registry.items() if not apps or spec.app in apps}


def as_mcp_tool(spec: ToolSpec) -> types.Tool:
    """The tool as MCP lists it. Worlds are closed, so no tool touches an open world."""
    return types.Tool(
        name=spec.name,
        title=spec.title or None,
        description=spec.description,
        input_schema=spec.input_schema,
        output_schema=spec.output_schema,
        annotations=types.ToolAnnotations(
            read_only_hint=not spec.writes,
            destructive_hint=spec.destructive,
            idempotent_hint=spec.idempotent,
            open_world_hint=False,
        ),
    )


def call(acting: Acting, name: str, arguments: dict[str, Any]) -> types.CallToolResult:
    """Run a call and put its outcome into MCP words.

    Raises:
        MCPError: the episode cannot go on; no arguments would help.
    """
    try:
        record = acting.episode.call(name, arguments, principal=acting.principal)
    except EpisodeError as error:
        raise MCPError(types.INTERNAL_ERROR, str(error), {"kind": "episode_error"}) from error
    if record.error is not None:
        return error_result(record.payload)
    text = types.TextContent(type="text", text=as_text(record.payload))
    return types.CallToolResult(content=[text], structured_content=record.payload, is_error=False)


def error_result(payload: dict[str, Any]) -> types.CallToolResult:
    """A refusal as text only: some clients check structured content against the output schema even then."""
    return types.CallToolResult(content=[types.TextContent(type="text", text=as_text(payload))], is_error=True)


def as_text(payload: dict[str, Any]) -> str:
    """The payload as compact JSON, keys in given order."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


def _unknown(name: str, specs: Mapping[str, ToolSpec]) -> ToolError:
    near = difflib.get_close_matches(name, list(specs), n=3)
    return ToolError("not_found", f"There is no tool {name!r}.", field="name", accepted=near or None)
