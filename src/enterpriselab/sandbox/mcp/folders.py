"""The folders of an episode: seeded once, copied for every episode and every fork, shown under stable paths."""

import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from enterpriselab.core.clock import CLOCK_START
from enterpriselab.core.errors import UsageError
from enterpriselab.sandbox.mcp.servers_file import ServerPlan

SHOWN_ROOT = "/episode"
"""Agents and records see `/episode/<folder>/...`, so that calls and results do not depend on where an episode lies."""
MAX_SEED_BYTES = 500_000_000
GIT_LIMIT_S = 60
GIT_PERSON = "Seed"
GIT_ADDRESS = "seed@localhost"


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of one episode: name -> place on this machine, all under `root`."""

    root: Path
    names: tuple[str, ...]
    seat: Path | None = None
    """Where the processes run that serve several episodes."""
    seated: frozenset[str] = frozenset()
    """Folders in which such processes work: their content lies under `seat` while the episode has its turn."""

    def place(self, name: str) -> Path:
        """Where this folder lies when its servers work in it."""
        return (self.seat if self.seat is not None and name in self.seated else self.root) / name

    def shown(self, value: Any) -> Any:
        """A result in which places on this machine are replaced by what agents see."""
        roots = [str(root) for root in (self.root, self.seat) if root is not None]
        return _each_text(value, lambda text: _replaced(text, roots)) if self.names else value

    def real(self, value: Any) -> Any:
        """Arguments in which paths that agents see are replaced by the places on this machine."""
        return _each_text(value, self._real_path) if self.names else value

    def _real_path(self, text: str) -> str:
        scheme = "file://" if text.startswith("file://") else ""
        path = text.removeprefix(scheme)
        if path == SHOWN_ROOT or path.startswith(SHOWN_ROOT + "/"):
            name = path[len(SHOWN_ROOT) + 1 :].partition("/")[0]
            known = name if name in self.names else self.names[0]
            return scheme + str(self.place(known).parent) + path[len(SHOWN_ROOT) :]
        return text

    def copy_to(self, root: Path) -> "Folders":
        """An independent copy, links kept as links."""
        root.mkdir(parents=True)
        for name in self.names:
            for part in parts_of(name):
                source = self.place(name).parent / part
                if source.is_dir():
                    shutil.copytree(source, root / part, symlinks=True)
        return replace(self, root=root)

    def remove(self) -> None:
        """Delete everything."""
        shutil.rmtree(self.root, ignore_errors=True)


def parts_of(name: str) -> tuple[str, str]:
    """What belongs to a folder: itself and, beside it, the data of its repository."""
    return name, f".git-{name}"


def seeded(plans: Iterable[ServerPlan], root: Path) -> Folders:
    """Fresh folders for all servers that keep files. Raises UsageError (seed too large, git missing)."""
    with_files = [plan for plan in plans if plan.isolation == "files"]
    for plan in with_files:
        place = root / plan.folder
        if plan.seed is not None:
            _check_size(plan.seed)
            shutil.copytree(plan.seed, place, symlinks=True, dirs_exist_ok=True)
        place.mkdir(parents=True, exist_ok=True)
    for plan in with_files:
        if plan.git:
            make_repository(root / plan.folder)
    root.mkdir(parents=True, exist_ok=True)
    return Folders(root, tuple(sorted({plan.folder for plan in with_files})))


def _check_size(seed: Path) -> None:
    total = 0
    for folder, _, files in os.walk(seed):
        total += sum(os.lstat(os.path.join(folder, name)).st_size for name in files)
        if total > MAX_SEED_BYTES:
            raise UsageError(
                f"The seed folder {seed} has more than {MAX_SEED_BYTES // 1_000_000} MB; episodes copy it."
            )


def make_repository(place: Path) -> None:
    """Turn a folder into a git repository whose one commit holds its content; same content, same commit.

    The repository's data lies beside the folder, in `.git-<folder>`, out of reach of servers that only see the folder.
    """
    store = f"../{parts_of(place.name)[1]}"
    _git(place, "init", "-q", "-b", "main", "--template=", f"--separate-git-dir={store}", ".")
    (place / ".git").write_text(f"gitdir: {store}\n", encoding="utf-8")
    for key, value in (("user.name", GIT_PERSON), ("user.email", GIT_ADDRESS), ("commit.gpgsign", "false")):
        _git(place, "config", key, value)
    _git(place, "add", "-A")
    _git(place, "commit", "-q", "--allow-empty", "-m", "Start")


def git_environment() -> dict[str, str]:
    """Environment for git that depends neither on the user's settings nor on the time."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_DATE": CLOCK_START,
        "GIT_COMMITTER_DATE": CLOCK_START,
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }


def _git(place: Path, *arguments: str) -> None:
    command = ["git", *arguments]
    try:
        subprocess.run(
            command, cwd=place, env=git_environment(), check=True, capture_output=True, text=True, timeout=GIT_LIMIT_S
        )
    except FileNotFoundError:
        raise UsageError("A seeded folder is to be a git repository, but git is not installed.") from None
    except subprocess.CalledProcessError as error:
        raise UsageError(f"git {arguments[0]} failed in {place}: {error.stderr.strip()}") from None


def _replaced(text: str, roots: list[str]) -> str:
    for root in roots:
        text = text.replace(root, SHOWN_ROOT)
    return text


def _each_text(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _each_text(item, change) for key, item in value.items()}
    return [_each_text(item, change) for item in value] if isinstance(value, (list, tuple)) else value
