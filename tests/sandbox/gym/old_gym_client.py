"""A client on the previous SDK (mcp 1.30), run with the Python of its own environment. Not a test.

Usage: old_gym_client.py URL DATABASE. Prints one JSON line.
"""

import asyncio
import json
import sys
from typing import Any

from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client


async def main(url: str, database: str) -> dict[str, Any]:
    async with (
        streamablehttp_client(url, headers={"x-database-id": database, "x-depot-token": "bo"}) as (
            read,
            write,
            session_id,
        ),
        ClientSession(read, write) as session,
    ):
        hello = await session.initialize()
        tools = await session.list_tools()
        good = await session.call_tool("store_parcel", {"title": "From an old client"})
        bad = await session.call_tool("get_parcel", {"parcel_id": "PAR_9"})
        await session.send_ping()
        return {
            "version": hello.protocolVersion,
            "tools": [tool.name for tool in tools.tools],
            "good": good.structuredContent,
            "bad": [bad.isError, json.loads(bad.content[0].text)],
            "session": session_id(),
        }


print(json.dumps(asyncio.run(main(sys.argv[1], sys.argv[2]))))
