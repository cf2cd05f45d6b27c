"""Stage: the folders of one episode of a connected environment and its servers, which start when they are needed."""

import asyncio
import shutil
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mcp_types as types

from enterpriselab.core.errors import EpisodeError, ToolError, UsageError
from enterpriselab.sandbox.mcp.client import Connection, together
from enterpriselab.sandbox.mcp.event_loop import EventLoop
from enterpriselab.sandbox.mcp.file_state import FolderReader, Rows, records_of
from enterpriselab.sandbox.mcp.folders import Folders
from enterpriselab.sandbox.mcp.results import error_of, payload_of
from enterpriselab.sandbox.mcp.seat import Seat
from enterpriselab.sandbox.mcp.servers_file import Lab, ServerPlan

SHARED = ("none", "reset")
"""Isolation of servers that run once for all episodes."""


@dataclass(frozen=True, slots=True)
class House:
    """What all stages of an environment have in common."""

    loop: EventLoop
    plans: Mapping[str, ServerPlan]
    lab: Lab
    seat: Seat


class Stage:
    """Servers of isolation `none` and `reset` and reused ones survive this stage; the others are its own."""

    def __init__(
        self, house: House, folders: Folders, reader: FolderReader, shared: Mapping[str, Connection] | None = None
    ) -> None:
        self.folders = folders
        self._house = house
        self._reader = reader
        self._connections = dict(shared or {})
        self._observed: Rows = {}
        self._closed = False

    def call(self, server: str, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The result as a JSON object. Raises ToolError (the server refused) or EpisodeError (it is gone)."""
        if self._closed:
            raise EpisodeError("the episode is closed")
        try:
            with self._held(server):
                result = self._answer(server, tool, self.folders.real(arguments))
        except ToolError as error:
            raise self._shown(error) from error
        if result.is_error:
            raise self._shown(error_of(result))
        payload: dict[str, Any] = self.folders.shown(payload_of(result))
        return payload

    def _answer(self, server: str, tool: str, arguments: dict[str, Any]) -> types.CallToolResult:
        try:
            return self._house.loop.run(self._connection(server).call(tool, arguments))
        except (ToolError, EpisodeError) as error:
            if isinstance(error, EpisodeError) or error.kind == "timeout":
                self._house.seat.drop(server)
            raise

    def _connection(self, server: str) -> Connection:
        """The live server, started now if this is the first call. Raises EpisodeError."""
        try:
            return self._house.loop.run(self._connect(server))
        except UsageError as error:
            raise EpisodeError(f"{error.message} {error.hint or ''}".strip()) from error

    async def _connect(self, server: str) -> Connection:
        plan, lab = self._house.plans[server], self._house.lab
        if plan.reuse:
            return await self._house.seat.connect(server)
        if server not in self._connections:
            place = self.folders.place(plan.folder) if plan.isolation == "files" else None
            opened = await Connection.open(plan, place, connect_s=lab.connect_s, call_s=lab.call_s)
            self._connections[server] = opened
        return self._connections[server]

    def start(self) -> None:
        """Start all servers side by side, before they are needed. Raises UsageError where one cannot be connected."""
        with self._house.seat.held(self.folders.root):
            self._house.loop.run(self._start())

    async def _start(self) -> None:
        outcomes = await asyncio.gather(*(self._connect(name) for name in self._house.plans), return_exceptions=True)
        failed = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        if failed:
            told = [error for error in failed if isinstance(error, UsageError)]
            raise together(told) if len(told) == len(failed) else failed[0]

    def _held(self, server: str | None = None) -> AbstractContextManager[None]:
        """The seat with this stage's files, where the server (or, without one, any folder) needs it."""
        needed = self._house.plans[server].reuse if server is not None else bool(self.folders.seated)
        return self._house.seat.held(self.folders.root) if needed else nullcontext()

    def _shown(self, error: ToolError) -> ToolError:
        message = self.folders.shown(error.message)
        return ToolError(error.kind, message, field=error.field, accepted=self.folders.shown(error.accepted))

    def listing(self, server: str) -> list[types.Tool]:
        """The tools of one server. Raises EpisodeError."""
        with self._held(server):
            return self._house.loop.run(self._connection(server).tools())

    def rows(self, *, observe: bool) -> Rows:
        """The state as rows; `observe` asks the tools that stand for state in no file again. Raises EpisodeError."""
        if observe:
            self._observed = self._ask()
        with self._held():
            return {**self._reader.rows(), **self._observed}

    def _ask(self) -> Rows:
        found: Rows = {}
        for plan in self._house.plans.values():
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
        plans = self._house.plans
        return {name: live for name, live in self._connections.items() if plans[name].isolation in SHARED}

    def copy_to(self, root: Path) -> "Stage":
        """A stage whose folders are copies of this one's; no server is started. Raises EpisodeError once closed."""
        if self._closed:
            raise EpisodeError("the episode is closed")
        with self._held():
            folders = self.folders.copy_to(root)
        return Stage(self._house, folders, self._reader.copied(folders), self.shared())

    def close(self) -> "Future[None] | None":
        """Stop this stage's own servers and delete its folders, in the background; None when that was done before."""
        if self._closed:
            return None
        self._closed = True
        own = [live for name, live in self._connections.items() if self._house.plans[name].isolation not in SHARED]
        return self._house.loop.submit(self._end(own))

    async def _end(self, connections: list[Connection]) -> None:
        await asyncio.gather(*(connection.close() for connection in connections))
        await asyncio.to_thread(self._delete)

    def _delete(self) -> None:
        self._house.seat.leave(self.folders.root)
        shutil.rmtree(self.folders.root, ignore_errors=True)
