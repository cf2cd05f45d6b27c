"""Stage: the folders and the running servers of one episode of a connected environment."""

import asyncio
import shutil
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import mcp_types as types

from enterpriselab.core.errors import EpisodeError, ToolError, UsageError
from enterpriselab.sandbox.mcp.client import Connection
from enterpriselab.sandbox.mcp.event_loop import EventLoop
from enterpriselab.sandbox.mcp.file_state import FolderReader, Rows, records_of
from enterpriselab.sandbox.mcp.folders import Folders
from enterpriselab.sandbox.mcp.results import error_of, payload_of
from enterpriselab.sandbox.mcp.servers_file import Lab, ServerPlan

SHARED = ("none", "reset")
"""Isolation of servers that run once for all episodes."""


class Stage:
    """Servers of isolation `none` and `reset` are shared with all other stages and survive this one."""

    def __init__(
        self, loop: EventLoop, plans: tuple[ServerPlan, ...], folders: Folders, connections: Mapping[str, Connection]
    ) -> None:
        self.folders = folders
        self._loop = loop
        self._plans = {plan.name: plan for plan in plans}
        self._connections = dict(connections)
        self._reader = FolderReader(folders)
        self._observed: Rows = {}
        self._closed = False

    def call(self, server: str, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The result as a JSON object. Raises ToolError (the server refused) or EpisodeError (it is gone)."""
        if self._closed:
            raise EpisodeError("the episode is closed")
        try:
            result = self._loop.run(self._connections[server].call(tool, self.folders.real(arguments)))
        except ToolError as error:
            raise self._shown(error) from error
        if result.is_error:
            raise self._shown(error_of(result))
        payload: dict[str, Any] = self.folders.shown(payload_of(result))
        return payload

    def _shown(self, error: ToolError) -> ToolError:
        message = self.folders.shown(error.message)
        return ToolError(error.kind, message, field=error.field, accepted=self.folders.shown(error.accepted))

    def listing(self, server: str) -> list[types.Tool]:
        """The tools of one server. Raises EpisodeError."""
        return self._loop.run(self._connections[server].tools())

    def rows(self, *, observe: bool) -> Rows:
        """The state as rows; `observe` asks the tools that stand for state in no file again. Raises EpisodeError."""
        if observe:
            self._observed = self._ask()
        return {**self._reader.rows(), **self._observed}

    def _ask(self) -> Rows:
        found: Rows = {}
        for plan in self._plans.values():
            for tool, arguments in plan.observe.items():
                try:
                    payload = self.call(plan.name, tool, arguments)
                except ToolError as error:
                    raise EpisodeError(f"the state of {plan.name} cannot be read with {tool}: {error}") from error
                for name, columns in records_of(payload).items():
                    key = (plan.name, tool, name)
                    found["observed", key] = {"server": plan.name, "tool": tool, "record": name, **columns}
        return found

    def shared(self) -> dict[str, Connection]:
        """Connections that a further stage may use as well."""
        return {name: live for name, live in self._connections.items() if self._plans[name].isolation in SHARED}

    def close(self) -> "Future[None] | None":
        """Stop this stage's own servers and delete its folders, in the background; None when that was done before."""
        if self._closed:
            return None
        self._closed = True
        own = [live for name, live in self._connections.items() if self._plans[name].isolation not in SHARED]
        return self._loop.submit(_end(own, self.folders.root))


async def _end(connections: list[Connection], root: Path) -> None:
    await asyncio.gather(*(connection.close() for connection in connections))
    await asyncio.to_thread(shutil.rmtree, root, ignore_errors=True)


def open_stage(
    loop: EventLoop, plans: tuple[ServerPlan, ...], folders: Folders, lab: Lab, shared: Mapping[str, Connection]
) -> Stage:
    """Start the servers of one episode side by side. Raises UsageError when one of them cannot be connected."""
    missing = [plan for plan in plans if plan.name not in shared]
    opened = loop.run(_open_all(missing, folders, lab))
    return Stage(loop, plans, folders, {**shared, **opened})


async def _open_all(plans: list[ServerPlan], folders: Folders, lab: Lab) -> dict[str, Connection]:
    async def one(plan: ServerPlan) -> Connection:
        place = folders.place(plan.folder) if plan.isolation == "files" else None
        return await Connection.open(plan, place, connect_s=lab.connect_s, call_s=lab.call_s)

    outcomes = await asyncio.gather(*(one(plan) for plan in plans), return_exceptions=True)
    failed = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    opened = [outcome for outcome in outcomes if isinstance(outcome, Connection)]
    if failed:
        await asyncio.gather(*(connection.close() for connection in opened))
        told = [str(error) for error in failed if isinstance(error, UsageError)]
        raise UsageError(" ".join(told)) if len(told) == len(failed) else failed[0]
    return {plan.name: connection for plan, connection in zip(plans, opened, strict=True)}
