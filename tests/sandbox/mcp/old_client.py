"""A client on the previous SDK (mcp 1.30), run with the Python of its own environment. Not a test.

Usage: old_client.py http URL | old_client.py stdio PYTHON SCRIPT. Prints one JSON line.
"""

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from typing import Any

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamablehttp_client


async def main() -> dict[str, Any]:
    async with AsyncExitStack() as stack:
        if sys.argv[1] == "http":
            read, write, _ = await stack.enter_async_context(streamablehttp_client(sys.argv[2]))
        else:
            parameters = StdioServerParameters(command=sys.argv[2], args=sys.argv[3:])
            read, write = await stack.enter_async_context(stdio_client(parameters))
        session = await stack.enter_async_context(ClientSession(read, write))
        hello = await session.initialize()
        tools = await session.list_tools()
        good = await session.call_tool("open_case", {"title": "From an old client"})
        bad = await session.call_tool("get_case", {"case_id": "case_9"})
        return {
            "version": hello.protocolVersion,
            "tools": [tool.name for tool in tools.tools],
            "good": good.structuredContent,
            "bad": [bad.isError, json.loads(bad.content[0].text)],
        }


print(json.dumps(asyncio.run(main())))
