"""Stage "discover": learn the tools as a stranger would, over MCP, and hold the listing against the registry."""

from typing import Any

from mcp import Client

from enterpriselab.cli.stages.state import RunState, run_async
from enterpriselab.core.errors import EnterpriseLabError
from enterpriselab.sandbox.environment import Environment
from enterpriselab.sandbox.mcp.handler import episode_server
from enterpriselab.sandbox.world import World
from enterpriselab.sandbox.wrapped import unwrapped


def discover(state: RunState) -> dict[str, Any]:
    """Write tools.json."""
    with state.progress("Discover tools over MCP") as tick:
        registry = state.environment.registry
        tick(0, len(registry))
        if isinstance(unwrapped(state.environment), World):
            listed = run_async(_listed(state.environment))
            if listed != list(registry):
                raise EnterpriseLabError(f"the MCP listing differs from the registry: {set(listed) ^ set(registry)}")
        state.folder.write_json("tools.json", [spec.to_json() for spec in state.tools.values()])
        tick(len(registry), len(registry))
    return {"tools": len(registry)}


async def _listed(environment: Environment) -> list[str]:
    names: list[str] = []
    async with Client(episode_server(environment.episode(), environment.registry)) as client:
        cursor = None
        while True:
            page = await client.list_tools(cursor=cursor)
            names += [tool.name for tool in page.tools]
            cursor = page.next_cursor
            if cursor is None:
                return names
