"""ConnectedEnvironment: other people's MCP servers as an environment of isolated episodes.

Isolation per episode by the first that applies: files copied per episode, a restart per episode, a reset command before
each episode (then one episode at a time), none. State is what lies in the episode's folders, and what the tools named
under `observe` report.
"""

import difflib
import tempfile
import threading
import weakref
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from enterpriselab.core.changes import CallRecord
from enterpriselab.core.errors import UsageError
from enterpriselab.core.tools import ToolSpec
from enterpriselab.sandbox.mcp.client import Connection
from enterpriselab.sandbox.mcp.connected_episode import ConnectedEpisode
from enterpriselab.sandbox.mcp.event_loop import EventLoop
from enterpriselab.sandbox.mcp.file_state import TABLES, FolderReader, Rows
from enterpriselab.sandbox.mcp.folders import SHOWN_ROOT, Folders, seeded
from enterpriselab.sandbox.mcp.infer import spec_of, values_by_entity, with_observed
from enterpriselab.sandbox.mcp.known import known_values
from enterpriselab.sandbox.mcp.overlay import Overlay, read_overlay, with_examples, with_overlay
from enterpriselab.sandbox.mcp.seat import Seat
from enterpriselab.sandbox.mcp.servers_file import ServersPlan, read_servers
from enterpriselab.sandbox.mcp.stage import House, Stage
from enterpriselab.sandbox.mcp.turns import Turns
from enterpriselab.sandbox.registry import Entry, merge
from enterpriselab.sandbox.tables import Table

CLOSE_S = 20.0


class ConnectedEnvironment:
    """Servers of one mcp.json. Starting it lists their tools; `close` (or a with-block) ends everything it started."""

    def __init__(self, path: Path, *, overlay: Path | None = None, warm: int | None = None) -> None:
        """Connect.

        Args:
            path: the mcp.json.
            overlay: corrections of inferred schemas; instead of the one that mcp.json names.
            warm: episodes to start ahead; instead of the number in mcp.json.

        Raises:
            UsageError: a wrong file, or a server that cannot be connected.
        """
        self.plan: ServersPlan = read_servers(path)
        self.name = path.resolve().parent.name if path.stem in ("mcp", ".mcp") else path.stem
        self._warm = self.plan.lab.warm if warm is None else warm
        self._overlay = read_overlay(overlay or self.plan.overlay)
        self._root = Path(tempfile.mkdtemp(prefix="enterpriselab-")).resolve()
        self._remove = weakref.finalize(self, _remove_tree, str(self._root))
        self._loop = EventLoop(f"mcp {self.name}")
        self._starter = ThreadPoolExecutor(1, thread_name_prefix=f"mcp {self.name}")
        self._lock = threading.Lock()
        self._turns = Turns(self.plan.servers, self.plan.lab.connect_s)
        self._count = 0
        self._stages: set[Stage] = set()
        self._ending: set[Future[None]] = set()
        self._ready: deque[Future[Stage]] = deque()
        self._shared: dict[str, Connection] = {}
        seat = Seat(self._loop, self.plan.servers, self._root / "seat", self.plan.lab)
        self._house = House(self._loop, {plan.name: plan for plan in self.plan.servers}, self.plan.lab, seat)
        try:
            self._template = seeded(self.plan.servers, self._root / "template")
            self._template_reader = FolderReader(self._template)
            self._first: Stage | None = self._started_stage()
            self._shared = self._first.shared()
            self._template_reader.rows()
            self.entries = self._list_tools(self._first)
            self._turns.reset()
            self.start_rows: Rows = self._first.rows(observe=True)
        except BaseException:
            self.close()
            raise
        for _ in range(self._warm):
            self._ready.append(self._starter.submit(self._started_stage))

    @property
    def registry(self) -> dict[str, ToolSpec]:
        """Every tool by unified name."""
        return {name: entry.spec for name, entry in self.entries.items()}

    @property
    def tables(self) -> dict[str, Table]:
        """files, records, git, observed."""
        return TABLES

    @property
    def volatile(self) -> frozenset[str]:
        """Columns of the state that mcp.json declares volatile."""
        return frozenset(self.plan.lab.volatile)

    @property
    def in_memory(self) -> frozenset[str]:
        """Servers that are restarted per episode and brought forward by replay."""
        return frozenset(plan.name for plan in self.plan.servers if plan.isolation == "restart")

    @property
    def unseen(self) -> frozenset[str]:
        """Servers whose state shows neither in files nor through observing tools."""
        return frozenset(plan.name for plan in self.plan.servers if plan.isolation != "files" and not plan.observe)

    @property
    def facts(self) -> dict[str, str]:
        """What an agent should be told: folder name -> the path under which the servers know it."""
        return {name: f"{SHOWN_ROOT}/{name}" for name in self._template.names}

    @property
    def spoken(self) -> dict[str, ToolSpec]:
        """The registry for who writes tasks: with the overlay's examples of what people say."""
        return {name: with_examples(entry.spec, entry, self._overlay) for name, entry in self.entries.items()}

    @property
    def known(self) -> dict[str, tuple[str, ...]]:
        """Entity -> values of the start state that a person who asks for something may know."""
        return known_values(self.start_rows, self.plan.servers, self.registry)

    def episode(self, principal: str | None = None, *, seed: int = 0) -> ConnectedEpisode:
        """A fresh episode. Connected servers know no principals of ours: the name goes into the ledger."""
        self._turns.take()
        try:
            stage = self._next_stage()
        except UsageError:
            self._turns.give_back()
            raise
        return ConnectedEpisode(self, stage, principal or "user", seed=seed)

    def _next_stage(self) -> Stage:
        """The first one, one that is ready, or a new one; and one more is started for the next episode."""
        with self._lock:
            first, self._first = self._first, None
            waiting = self._ready.popleft() if first is None and self._ready else None
            if waiting is not None:
                self._ready.append(self._starter.submit(self._started_stage))
        return first or (waiting.result() if waiting is not None else self._fresh_stage())

    def learn(self, ledger: list[CallRecord]) -> None:
        """Take output schemas, entities and writes from what was observed, where servers do not tell them."""
        known = values_by_entity(self.registry, ledger)
        self.entries = {
            name: replace(entry, spec=with_overlay(with_observed(entry.spec, ledger, known), entry, self._overlay))
            for name, entry in self.entries.items()
        }

    def _list_tools(self, stage: Stage) -> dict[str, Entry]:
        sources = {
            plan.name: [spec_of(plan.name, tool, stage.folders) for tool in stage.listing(plan.name)]
            for plan in self.plan.servers
        }
        merged = merge(sources)
        _check_overlay(self._overlay, merged)
        for entry in merged.values():
            with_examples(entry.spec, entry, self._overlay)  # a parameter that does not exist is told now
        return {n: replace(e, spec=with_overlay(e.spec, e, self._overlay)) for n, e in merged.items()}

    def _fresh_stage(self) -> Stage:
        seat = self._house.seat
        folders = replace(self._template.copy_to(self._new_root()), seat=seat.root, seated=seat.folders)
        return self._known(Stage(self._house, folders, self._template_reader.copied(folders), self._shared))

    def _started_stage(self) -> Stage:
        stage = self._fresh_stage()
        stage.start()
        return stage

    def fork_stage(self, stage: Stage) -> Stage:
        """A stage whose folders are copies of another's. Raises UsageError, also where servers are reset."""
        if self._turns.servers:
            name = self._turns.servers[0].name
            raise UsageError(f"Server {name} is reset per episode: it has one state only and cannot fork.")
        return self._known(stage.copy_to(self._new_root()))

    def _new_root(self) -> Path:
        with self._lock:
            self._count += 1
            return self._root / f"e{self._count:06}"

    def _known(self, stage: Stage) -> Stage:
        """The stage, which `close` will end."""
        with self._lock:
            self._stages.add(stage)
        return stage

    def end(self, stage: Stage) -> None:
        """Close a stage in the background; safe to call twice."""
        ending = stage.close()
        with self._lock:
            self._stages.discard(stage)
            if ending is not None:
                self._turns.give_back()
                self._ending = {future for future in self._ending if not future.done()} | {ending}

    def close(self) -> None:
        """End all episodes, servers and the loop; delete all folders. Safe to call twice."""
        self._starter.shutdown(wait=True, cancel_futures=True)
        for stage in list(self._stages):
            self.end(stage)
        for future in self._ending:
            future.result(CLOSE_S)
        for connection in self._shared.values():
            self._loop.submit(connection.close()).result(CLOSE_S)
        self._shared = {}
        self._house.seat.close()
        self._ending = set()
        self._loop.close()
        self._remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _check_overlay(overlay: Overlay, entries: dict[str, Entry]) -> None:
    known = {f"{entry.source}.{entry.original}" for entry in entries.values()}
    for name in overlay.tools:
        if name not in known:
            near = difflib.get_close_matches(name, sorted(known), n=1)
            hint = f", did you mean {near[0]!r}?" if near else ""
            raise UsageError(f"The overlay corrects {name!r}, which no server has{hint}")


def _remove_tree(root: str) -> None:
    Folders(Path(root), ()).remove()
