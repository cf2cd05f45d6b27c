"""The logical state of a git repository: branches, HEAD, staged changes, stashes, tags. Without authors, times, ids.

Read with git itself, so packed and loose, however stored, look the same; a commit is what its tree, its message and its
parents are.
"""

import os
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from enterpriselab.core.errors import EpisodeError
from enterpriselab.core.hashing import content_hash
from enterpriselab.sandbox.mcp.folders import GIT_LIMIT_S, git_environment

MAX_COMMITS = 5000
_OPERATIONS = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply", "BISECT_LOG")
_SAFE = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "safe.directory=*")
"""An agent may write the repository's settings; nothing in them may make our reading run a program."""
GitRows = dict[tuple[str, str], dict[str, Any]]
"""(kind, name) -> columns; kinds are branch, tag, head, staged, stash, operation."""


def git_folder(repository: Path) -> Path:
    """Where the repository's data lies: `.git`, or the folder that the file `.git` names."""
    marker = repository / ".git"
    if marker.is_dir():
        return marker
    named = marker.read_text(encoding="utf-8").removeprefix("gitdir:").strip()
    return Path(os.path.normpath(repository / named))


class Facts(NamedTuple):
    """What the file system tells of a file; the inode last, since a copy has another one."""

    name: str
    mode: int
    mtime_ns: int
    size: int
    inode: int


Stamp = tuple[Facts, ...]


def facts_of(place: str | Path, name: str) -> Facts:
    """Facts of a file, link or directory under a name. Raises FileNotFoundError."""
    entry = os.lstat(place)
    return Facts(name, entry.st_mode, entry.st_mtime_ns, entry.st_size, entry.st_ino)


def signature(folder: Path) -> Stamp:
    """Changes whenever something of the logical state may have changed; objects are left out, they follow."""
    found: list[Facts] = []
    for place, folders, files in os.walk(folder):
        if place == str(folder):
            folders[:] = [name for name in folders if name not in ("objects", "hooks", "info", "branches")]
        for name in files:
            whole = os.path.join(place, name)
            found.append(facts_of(whole, os.path.relpath(whole, folder)))
    return tuple(sorted(found))


def read_git(repository: Path) -> GitRows:
    """Rows of one repository. Raises EpisodeError when git cannot read it."""
    folder = git_folder(repository)
    commits = _commits(repository)
    rows: GitRows = {}
    listed = _git(repository, "for-each-ref", "--format=%(refname)%00%(objectname)%00%(*objectname)").splitlines()
    references = [line.split("\0") for line in listed]
    for name, target, peeled in references:
        kind, short = _kind(name)
        if kind is not None:
            rows[kind, short] = commits.get(peeled or target, {"tree": peeled or target, "message": "", "history": ""})
    rows["head", "HEAD"] = _head(folder, commits)
    born = rows["head", "HEAD"]["branch"] is None or ("branch", rows["head", "HEAD"]["branch"]) in rows
    rows.update(_staged(repository, born=born))
    if any(name == "refs/stash" for name, _, _ in references):
        for number, tree in enumerate(_git(repository, "log", "-g", "--format=%T", "refs/stash").splitlines()):
            rows["stash", str(number)] = {"tree": tree}
    rows.update({("operation", name): {"value": "under way"} for name in _OPERATIONS if (folder / name).exists()})
    return rows


def _kind(reference: str) -> tuple[str | None, str]:
    for prefix, kind in (("refs/heads/", "branch"), ("refs/tags/", "tag")):
        if reference.startswith(prefix):
            return kind, reference.removeprefix(prefix)
    return None, reference


def _commits(repository: Path) -> dict[str, dict[str, Any]]:
    """Commit id -> tree, message, and a hash of both and of the parents' hashes."""
    form = "--format=%H%x00%P%x00%T%x00%B%x01"
    text = _git(repository, "log", "--all", "--reverse", "--topo-order", f"-n{MAX_COMMITS}", form)
    known: dict[str, dict[str, Any]] = {}
    for entry in text.split("\x01"):
        if entry.strip():
            name, parents, tree, message = entry.strip("\n").split("\0")
            before = [known.get(parent, {}).get("history", "") for parent in parents.split()]
            history = content_hash([tree, message.strip(), before])
            known[name] = {"tree": tree, "message": message.strip(), "history": history}
    return known


def _head(folder: Path, commits: dict[str, dict[str, Any]]) -> dict[str, Any]:
    text = (folder / "HEAD").read_text(encoding="utf-8").strip()
    if text.startswith("ref: "):
        return {"branch": text.removeprefix("ref: refs/heads/"), "detached": None}
    return {"branch": None, "detached": commits.get(text, {}).get("history", text)}


def _staged(repository: Path, *, born: bool) -> GitRows:
    """Staged paths and the blobs they would have; None for a removal."""
    rows: GitRows = {}
    if not born:
        for entry in _git(repository, "ls-files", "--stage", "-z").split("\0")[:-1]:
            facts, path = entry.split("\t", 1)
            rows["staged", path] = {"blob": facts.split()[1]}
        return rows
    parts = _git(repository, "diff-index", "--cached", "--raw", "-z", "--no-renames", "--abbrev=64", "HEAD").split("\0")
    for facts, path in zip(parts[0::2], parts[1::2], strict=False):
        blob = facts.split()[3]
        rows["staged", path] = {"blob": None if set(blob) == {"0"} else blob}
    return rows


def _git(repository: Path, *arguments: str) -> str:
    command = ["git", "--no-optional-locks", *_SAFE, *arguments]
    try:
        done = subprocess.run(
            command, cwd=repository, env=git_environment(), capture_output=True, timeout=GIT_LIMIT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EpisodeError(f"git cannot read {repository.name}: {error}") from error
    if done.returncode:
        text = done.stderr.decode("utf-8", errors="replace").strip()
        raise EpisodeError(f"git {arguments[0]} cannot read {repository.name}: {text}")
    return done.stdout.decode("utf-8", errors="replace")
