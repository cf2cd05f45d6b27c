"""mcp.json: which servers to connect, how each is isolated per episode. Parsed strictly; variables expanded.

`mcpServers` is the form that MCP clients share. The section `enterpriselab` beside it is ours and optional.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from enterpriselab.core.config import Config, load_config
from enterpriselab.core.errors import UsageError

EPISODE_DIR = "${EPISODE_DIR}"
"""Stands for the server's own folder of the episode; filled in when an episode starts."""
IsolationKind = Literal["files", "restart", "none", "reset"]
_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


class ServerEntry(Config):
    """One entry of `mcpServers`; fields of other clients that do not matter here are accepted and ignored."""

    type: Literal["stdio", "http", "streamable-http"] | None = None
    command: str | None = None
    args: tuple[str, ...] = ()
    env: dict[str, str] = {}
    cwd: str | None = None
    url: str | None = None
    headers: dict[str, str] = {}
    disabled: bool = False
    description: str | None = None
    autoApprove: tuple[str, ...] = ()
    alwaysAllow: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _says_how_to_reach_it(self) -> "ServerEntry":
        if self.type in ("http", "streamable-http"):
            if not self.url or self.command:
                raise ValueError('an HTTP server needs "url" and no "command"')
        elif self.type == "stdio" or self.command:
            if not self.command or self.url:
                raise ValueError('a stdio server needs "command" and no "url"')
        elif not self.url:
            raise ValueError('a server needs "command" (stdio) or "url" (HTTP)')
        return self


class ServerIsolation(Config):
    """How episodes of one server are kept apart."""

    isolation: IsolationKind | None = None
    """Default: files if EPISODE_DIR is used, reset if there is a reset command, else restart (stdio) or none (HTTP)."""
    folder: str | None = Field(default=None, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")
    """Servers with one folder name share it; default: a folder of the server's own."""
    seed: str | None = None
    """Folder, relative to mcp.json, whose content every episode starts with."""
    git: bool = False
    """Make the seeded folder a git repository with one commit on `main`; author and date are fixed."""
    reuse: bool = False
    """One process serves all episodes in turn: for servers that keep nothing in memory and have finished when they have
    answered, so that their whole state lies in their folder."""
    reset: tuple[str, ...] = ()
    """Command that brings the server's outside state back to the start; then episodes run one after the other."""
    observe: dict[str, dict[str, Any]] = {}
    """Reading tools (name -> arguments) whose results stand for state that lies in no file."""


class Lab(Config):
    """The section `enterpriselab`."""

    servers: dict[str, ServerIsolation] = {}
    overlay: str | None = None
    """TOML or JSON file, relative to mcp.json, that corrects inferred entities and annotations."""
    volatile: tuple[str, ...] = ()
    """'table.column' of the state that verifiers and the state hash ignore, for example 'records.updated_at'."""
    warm: int = Field(default=0, ge=0, le=16)
    """Episodes whose servers are started ahead of need."""
    connect_s: float = Field(default=30.0, gt=0)
    call_s: float = Field(default=60.0, gt=0)


class ServersFile(Config):
    """The whole mcp.json."""

    mcpServers: dict[str, ServerEntry]
    enterpriselab: Lab = Lab()


@dataclass(frozen=True, slots=True)
class ServerPlan:
    """One server with every default decided and every variable but EPISODE_DIR expanded."""

    name: str
    entry: ServerEntry
    isolation: IsolationKind
    folder: str
    seed: Path | None
    git: bool
    reuse: bool
    reset: tuple[str, ...]
    observe: dict[str, dict[str, Any]]
    home: Path
    """The folder of mcp.json."""


@dataclass(frozen=True, slots=True)
class ServersPlan:
    """A read mcp.json."""

    path: Path
    servers: tuple[ServerPlan, ...]
    lab: Lab
    overlay: Path | None


def read_servers(path: Path, environ: Mapping[str, str] | None = None) -> ServersPlan:
    """Read an mcp.json.

    Raises:
        UsageError: unreadable, not JSON, unknown or missing keys, an unset variable, a seed folder that is not there.
    """
    file = load_config(ServersFile, path)
    home = path.resolve().parent
    active = {name: entry for name, entry in file.mcpServers.items() if not entry.disabled}
    if not active:
        raise UsageError(f"{path} names no active server under mcpServers.")
    strangers = sorted(set(file.enterpriselab.servers) - set(file.mcpServers))
    if strangers:
        raise UsageError(f"{path}: enterpriselab.servers has {strangers[0]!r}, which mcpServers does not have.")
    known = {**(os.environ if environ is None else environ), "CONFIG_DIR": str(home)}
    servers = tuple(
        _plan(name, entry, file.enterpriselab.servers.get(name, ServerIsolation()), home, known)
        for name, entry in active.items()
    )
    _one_seed_for_each_folder(path, servers)
    _one_reuse_for_each_folder(path, servers)
    overlay = file.enterpriselab.overlay
    return ServersPlan(path, servers, file.enterpriselab, home / overlay if overlay else None)


def _plan(name: str, entry: ServerEntry, lab: ServerIsolation, home: Path, known: Mapping[str, str]) -> ServerPlan:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", name):
        raise UsageError(f"The server name {name!r} must be letters, digits, '.', '_' and '-'.")
    plain = entry.model_copy(
        update={
            "command": entry.command and expand(entry.command, known, f"{name}.command"),
            "args": tuple(expand(text, known, f"{name}.args") for text in entry.args),
            "env": {key: expand(text, known, f"{name}.env.{key}") for key, text in entry.env.items()},
            "cwd": entry.cwd and expand(entry.cwd, known, f"{name}.cwd"),
            "url": entry.url and expand(entry.url, known, f"{name}.url"),
            "headers": {key: expand(text, known, f"{name}.headers.{key}") for key, text in entry.headers.items()},
        }
    )
    uses_folder = any(EPISODE_DIR in text for text in texts_of(plain))
    reset = tuple(expand(text, known, f"{name}.reset") for text in lab.reset)
    isolation = lab.isolation or _usual_isolation(plain, uses_folder=uses_folder, reset=bool(reset))
    seed = (home / lab.seed).resolve() if lab.seed else None
    if seed is not None and not seed.is_dir():
        raise UsageError(f"The seed folder of server {name} does not exist: {seed}.")
    if isolation != "files" and (uses_folder or seed or lab.git or lab.folder):
        raise UsageError(f'Server {name} uses a folder per episode, so its isolation must be "files", not {isolation}.')
    if (isolation == "reset") != bool(reset):
        raise UsageError(f'Server {name}: "isolation": "reset" and a "reset" command go together.')
    if isolation in ("files", "restart") and plain.url:
        raise UsageError(
            f"Server {name} is reached by URL and cannot be started per episode.", hint='"isolation": "none"'
        )
    if lab.reuse and isolation != "files":
        raise UsageError(
            f'Server {name} is to be reused, so its isolation must be "files", not {isolation}.',
            hint="let its command, arguments or environment say ${EPISODE_DIR}",
        )
    return ServerPlan(name, plain, isolation, lab.folder or name, seed, lab.git, lab.reuse, reset, lab.observe, home)


def _usual_isolation(entry: ServerEntry, *, uses_folder: bool, reset: bool) -> IsolationKind:
    """The first that applies."""
    if uses_folder:
        return "files"
    if reset:
        return "reset"
    return "restart" if entry.command else "none"


def texts_of(entry: ServerEntry) -> Iterator[str]:
    """Every text of an entry in which a placeholder may stand."""
    yield from (entry.command or "", *entry.args, *entry.env.values(), entry.cwd or "")


def expand(text: str, known: Mapping[str, str], where: str) -> str:
    """`${NAME}` and `${NAME:-default}` replaced, EPISODE_DIR kept. Raises UsageError for a variable not set."""

    def value(match: re.Match[str]) -> str:
        name, default = match[1], match[2]
        if name == "EPISODE_DIR":
            return match[0]
        found = known.get(name, default)
        if found is None:
            raise UsageError(
                f"{where} needs the environment variable {name}, which is not set.", hint=f"export {name}=..."
            )
        return found

    return _VARIABLE.sub(value, text)


def _one_seed_for_each_folder(path: Path, servers: tuple[ServerPlan, ...]) -> None:
    seeded: dict[str, str] = {}
    for plan in servers:
        if plan.seed is not None or plan.git:
            if plan.folder in seeded:
                raise UsageError(f"{path}: {seeded[plan.folder]} and {plan.name} both seed the folder {plan.folder!r}.")
            seeded[plan.folder] = plan.name


def _one_reuse_for_each_folder(path: Path, servers: tuple[ServerPlan, ...]) -> None:
    """A reused process works at a fixed place, a process of an episode's own at the episode's: both cannot be."""
    first: dict[str, ServerPlan] = {}
    for plan in servers:
        other = first.setdefault(plan.folder, plan)
        if plan.isolation == "files" and other.reuse != plan.reuse:
            raise UsageError(
                f"{path}: {other.name} and {plan.name} share the folder {plan.folder!r}, so both or none may be reused."
            )


def filled(value: Any, folder: Path | None) -> Any:
    """The value with EPISODE_DIR replaced by a folder."""
    if isinstance(value, str):
        return value.replace(EPISODE_DIR, str(folder)) if folder is not None else value
    if isinstance(value, dict):
        return {key: filled(item, folder) for key, item in value.items()}
    return [filled(item, folder) for item in value] if isinstance(value, list) else value
