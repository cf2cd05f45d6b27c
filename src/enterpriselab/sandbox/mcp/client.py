"""Connection: one MCP server of an mcp.json, started or reached, spoken to on either wire, within time limits."""

import asyncio
import os
import shutil
import sys
from collections import deque
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlsplit, urlunsplit

import httpx2
import mcp_types as types
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

from enterpriselab.core.errors import EpisodeError, ToolError, UsageError
from enterpriselab.sandbox.mcp.results import protocol_refusal
from enterpriselab.sandbox.mcp.servers_file import ServerPlan, filled

INSTALL = {
    "mcp-server-filesystem": "npm install -g @modelcontextprotocol/server-filesystem",
    "mcp-server-memory": "npm install -g @modelcontextprotocol/server-memory",
    "mcp-server-everything": "npm install -g @modelcontextprotocol/server-everything",
    "mcp-server-sequential-thinking": "npm install -g @modelcontextprotocol/server-sequential-thinking",
    "playwright-mcp": "npm install -g @playwright/mcp",
    "mongodb-mcp-server": "npm install -g mongodb-mcp-server",
    "mcp-server-git": "pip install mcp-server-git",
    "mcp-server-time": "pip install mcp-server-time",
    "mcp-server-fetch": "pip install mcp-server-fetch",
    "mcp-server-sqlite": 'pip install mcp-server-sqlite "mcp<2" in its own virtual environment',
    "npx": "install Node.js 20 or later (it brings npx)",
    "uvx": "pip install uv",
    "docker": "install Docker and start its service",
}
"""Command -> how to get it, for the message when it is not there."""

LISTING_PAGES = 50
TAIL_BYTES = 4000
CLOSE_S = 8.0


class Connection:
    """One live client. Made with `await Connection.open(...)` on the loop; calls may overlap; `close` is idempotent."""

    def __init__(self, plan: ServerPlan, *, connect_s: float, call_s: float) -> None:
        self.plan = plan
        self._call_s = call_s
        self._request_s = max(connect_s, call_s)
        self._client: Client | None = None
        self._task: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()
        self._tail: deque[bytes] = deque()

    @classmethod
    async def open(cls, plan: ServerPlan, folder: Path | None, *, connect_s: float, call_s: float) -> "Connection":
        """Start or reach the server.

        Args:
            plan: which server.
            folder: what EPISODE_DIR stands for.
            connect_s: seconds to wait for the server to be ready.
            call_s: seconds that one call may take.

        Raises:
            UsageError: the command is missing, the server ended or cannot be reached; says why and what to install.
        """
        connection = cls(plan, connect_s=connect_s, call_s=call_s)
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        connection._task = asyncio.create_task(connection._live(folder, ready))
        done, _ = await asyncio.wait({ready, connection._task}, timeout=connect_s, return_when=asyncio.FIRST_COMPLETED)
        if ready in done:
            return connection
        reason = f"it was not ready within {connect_s:g} s"
        if connection._task in done:
            error = connection._task.exception()
            reason = _reason(error) if error is not None else "it went away at once"
        await connection.close()
        raise _unreachable(plan, reason, connection.tail())

    async def _live(self, folder: Path | None, ready: "asyncio.Future[None]") -> None:
        """Owns the client for its whole life: the SDK's scopes must be entered and left by one task."""
        async with AsyncExitStack() as stack:
            transport: Any = await self._over_http(stack) if self.plan.entry.url else self._over_stdio(stack, folder)
            client = Client(transport, mode="auto", read_timeout_seconds=self._request_s)
            self._client = await stack.enter_async_context(client)
            ready.set_result(None)
            await self._stop.wait()

    async def _over_http(self, stack: AsyncExitStack) -> Any:
        timeout = httpx2.Timeout(self._call_s, connect=10.0)
        web = await stack.enter_async_context(httpx2.AsyncClient(headers=self.plan.entry.headers, timeout=timeout))
        return streamable_http_client(self.plan.entry.url or "", http_client=web)

    def _over_stdio(self, stack: AsyncExitStack, folder: Path | None) -> Any:
        entry = self.plan.entry
        path = search_path(self.plan.home)
        command = filled(entry.command, folder)
        found = shutil.which(command, path=path)
        if found is None:
            raise FileNotFoundError(command)
        env = {"PATH": path, **filled(entry.env, folder)}
        cwd = filled(entry.cwd, folder) or (folder if folder is not None else self.plan.home)
        parameters = StdioServerParameters(command=found, args=filled(list(entry.args), folder), env=env, cwd=cwd)
        return stdio_client(parameters, errlog=self._watched_stderr(stack))

    def _watched_stderr(self, stack: AsyncExitStack) -> TextIO:
        """A pipe for the server's stderr that is always drained; only its last bytes are kept."""
        loop = asyncio.get_running_loop()
        reading, writing = os.pipe()
        os.set_blocking(reading, False)

        def drain() -> None:
            with suppress(BlockingIOError):
                chunk = os.read(reading, 65536)
                if not chunk:
                    loop.remove_reader(reading)
                self._tail.append(chunk[-TAIL_BYTES:])
                while sum(map(len, self._tail)) - len(self._tail[0]) >= TAIL_BYTES:
                    self._tail.popleft()

        def end() -> None:
            drain()
            loop.remove_reader(reading)
            os.close(reading)

        loop.add_reader(reading, drain)
        stack.callback(end)
        return stack.enter_context(os.fdopen(writing, "w", encoding="utf-8"))

    def tail(self) -> str:
        """The last lines that the server wrote to stderr."""
        return b"".join(self._tail).decode("utf-8", errors="replace").strip()[-600:]

    async def tools(self) -> list[types.Tool]:
        """All tools in the server's order. Raises EpisodeError."""
        found: list[types.Tool] = []
        cursor: str | None = None
        try:
            for _ in range(LISTING_PAGES):
                page = await asyncio.wait_for(self._live_client().list_tools(cursor=cursor), self._call_s)
                found += page.tools
                cursor = page.next_cursor
                if cursor is None:
                    return found
        except (MCPError, TimeoutError, ValueError) as error:
            raise self._gone(f"does not list its tools: {_reason(error)}") from error
        raise self._gone(f"lists its tools on more than {LISTING_PAGES} pages")

    async def call(self, tool: str, arguments: dict[str, Any]) -> types.CallToolResult:
        """Call a tool. Raises ToolError where other arguments may help or it took too long, else EpisodeError."""
        try:
            return await self._live_client().call_tool(tool, arguments, read_timeout_seconds=self._call_s)
        except MCPError as error:
            refused = protocol_refusal(error)
            if refused is not None:
                raise refused from error
            raise self._gone(f"failed at {tool}: {error.message}") from error
        except TimeoutError as error:
            raise ToolError("timeout", f"{tool} did not answer within {self._call_s:g} s.") from error
        except (RuntimeError, ValueError, OSError, httpx2.HTTPError) as error:
            raise self._gone(f"failed at {tool}: {_reason(error)}") from error

    def _live_client(self) -> Client:
        if self._client is None or self._task is None or self._task.done():
            raise self._gone("is no longer connected")
        return self._client

    def _gone(self, what: str) -> EpisodeError:
        tail = self.tail()
        return EpisodeError(f"server {self.plan.name} {what}" + (f"; it said: {tail}" if tail else ""))

    async def close(self) -> None:
        """End the connection, and the process if it is ours."""
        self._stop.set()
        task = self._task
        if task is None:
            return
        if self._client is None:
            task.cancel()
        done, pending = await asyncio.wait({task}, timeout=CLOSE_S)
        for late in pending:
            late.cancel()
            await asyncio.wait({late}, timeout=CLOSE_S)
        for ended in done:
            if not ended.cancelled():
                ended.exception()


def search_path(home: Path) -> str:
    """Where commands are looked up: PATH, npm packages beside mcp.json, programs beside this Python."""
    return os.pathsep.join(
        (os.environ.get("PATH", os.defpath), str(home / "node_modules" / ".bin"), str(Path(sys.executable).parent))
    )


def _reason(error: BaseException) -> str:
    """The innermost error of a group, in words."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, FileNotFoundError) and error.errno is None:
        return f"the command {error.args[0]} was not found"
    return str(error) or type(error).__name__


def _unreachable(plan: ServerPlan, reason: str, tail: str) -> UsageError:
    command = Path(plan.entry.command or "").name
    where = f"at {_public(plan.entry.url)}" if plan.entry.url else f"({command})"
    if plan.entry.url:
        reason = reason.replace(plan.entry.url, _public(plan.entry.url))
    said = f" It said: {tail}" if tail else ""
    missing = "not found" in reason or "No module named" in tail
    wanted = (INSTALL.get(command) or _python_module(plan)) if missing else None
    if "'node'" in tail or "node: not found" in tail:
        wanted = INSTALL["npx"]
    return UsageError(f"The MCP server {plan.name} {where} could not be connected: {reason}.{said}", hint=wanted)


def together(errors: Sequence[UsageError]) -> UsageError:
    """One error for several servers, with one hint for all that is to be installed."""
    wanted = list(dict.fromkeys(error.hint for error in errors if error.hint))
    needs_npm = any(hint.startswith("npm ") for hint in wanted) and shutil.which("npm") is None
    first = ["install Node.js 20 or later (it brings npm)"] if needs_npm else []
    return UsageError(" ".join(error.message for error in errors), hint="; then ".join(first + wanted) or None)


def _public(url: str) -> str:
    """The URL without user, password, query and fragment, which may hold secrets."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit((parts.scheme, f"{parts.hostname or ''}{port}", parts.path, "", ""))


def _python_module(plan: ServerPlan) -> str | None:
    """For `python -m mcp_server_x`: how to get the package."""
    args = plan.entry.args
    return f"pip install {args[1].replace('_', '-')}" if len(args) > 1 and args[0] == "-m" else None
