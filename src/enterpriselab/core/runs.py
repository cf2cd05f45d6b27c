"""Run folders: resolved config, records appended as JSONL, finished stages. A killed run resumes from them."""

import errno
import fcntl
import json
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from enterpriselab.core.errors import UsageError
from enterpriselab.core.hashing import content_hash

CONFIG_FILE = "config.json"
STAGES_FILE = "stages.jsonl"
_LOCK_FILE = ".lock"
_ESCAPED = "backslashreplace"
"""Lone surrogates, which models do write, become JSON escapes."""
_AGAIN = "make room or permission there, then start the same command again"


class RunFolder:
    """One folder per run. Everything in it is written whole or appended line by line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._whole: set[str] = set()

    @classmethod
    def open(cls, path: Path, config: BaseModel, *, free: Collection[str] = ()) -> "RunFolder":
        """Create the folder, or continue one whose config is the same.

        Args:
            path: of the folder.
            config: of the run.
            free: keys (section.key) that may differ from what is stored; what that means is up to the caller.

        Raises:
            UsageError: the folder holds another run, is damaged, or cannot be written.
        """
        run = cls(path)
        resolved = config.model_dump(mode="json")
        stored = path / CONFIG_FILE
        if stored.exists():
            found = _differences(run.config(), resolved)
            differences = [difference for place, difference in found if place not in free]
            if differences:
                raise UsageError(
                    f"{path} holds a run with another config: {'; '.join(differences[:3])}.",
                    hint=f"choose another name (name=...), or delete {path} to start anew",
                )
            return run
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            text = f"Cannot create the run folder {path}: {error.strerror}."
            raise UsageError(text, hint="choose a folder that you can write to") from None
        if any(path.iterdir()):
            raise UsageError(f"{path} is not empty and is not a run folder.", hint="choose another name")
        run.write_json(CONFIG_FILE, resolved)
        return run

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from writing for the length of a with-block; a killed process keeps nobody out.

        Raises:
            UsageError: another process works in this folder.
        """
        with (self.path / _LOCK_FILE).open("w", encoding="utf-8") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                text = f"Another process is working in {self.path}."
                raise UsageError(text, hint="wait until it ends, or choose another name (name=...)") from None
            yield

    def config(self) -> dict[str, Any]:
        """The resolved config. Raises UsageError when this is no run folder."""
        if not (self.path / CONFIG_FILE).is_file():
            raise UsageError(f"{self.path} is not a run folder: it has no {CONFIG_FILE}.", hint="enterpriselab runs")
        data: dict[str, Any] = self.read_json(CONFIG_FILE)
        return data

    def file(self, name: str) -> Path:
        """Path of a file of the run; its folder exists afterwards."""
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def write_json(self, name: str, value: Any) -> None:
        """Write a JSON file that appears whole or not at all."""
        write_whole(self.file(name), json.dumps(value, indent=1, ensure_ascii=False))

    def read_json(self, name: str) -> Any:
        """A JSON file of the run. Raises UsageError when it is missing or damaged."""
        target = self.path / name
        try:
            return json.loads(target.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UsageError(f"{target} cannot be read: {error}.", hint=f"delete {self.path} and run again") from None

    def append(self, name: str, record: BaseModel | dict[str, Any]) -> None:
        """Append one record as a line; it is on disk when this returns. Raises UsageError when the disk refuses."""
        data = record.model_dump(mode="json") if isinstance(record, BaseModel) else record
        line = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=_bytes) + "\n"
        target = self.file(name)
        if name not in self._whole and target.exists():
            mend(target)
        self._whole.add(name)
        append_whole(target, line.encode("utf-8", errors=_ESCAPED))

    def records(self, name: str) -> Iterator[dict[str, Any]]:
        """The records of a JSONL file in order; a torn last line of a killed run is cut off and left out."""
        target = self.path / name
        if not target.exists():
            return
        mend(target)
        with target.open(encoding="utf-8") as stream:
            for number, line in enumerate(stream, start=1):
                try:
                    yield json.loads(line)
                except ValueError:
                    raise UsageError(
                        f"{target}, line {number}, is damaged.", hint=f"delete {target} and run again"
                    ) from None

    def finished(self) -> dict[str, dict[str, Any]]:
        """Finished stages -> what they recorded about themselves."""
        return {record["stage"]: record for record in self.records(STAGES_FILE)}

    def finish(self, stage: str, **facts: Any) -> None:
        """Mark a stage as finished; a second start skips it."""
        self.append(STAGES_FILE, {"stage": stage, **facts})

    def digest(self) -> str:
        """Hash of the resolved config."""
        return content_hash(self.config())


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file that appears whole or not at all. Raises UsageError when the disk refuses."""
    data = content if isinstance(content, bytes) else content.encode("utf-8", errors=_ESCAPED)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise UsageError(f"Cannot write {path}: {error.strerror}.", hint=_AGAIN) from None


def append_whole(path: Path, line: bytes) -> None:
    """Append a line that is on disk when this returns, or not at all. Raises UsageError when the disk refuses."""
    try:
        with path.open("ab", buffering=0) as stream:
            before = stream.tell()
            try:
                written = stream.write(line)
                if written != len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(stream.fileno())
            except OSError:
                stream.truncate(before)
                raise
    except OSError as error:
        raise UsageError(f"Cannot write {path}: {error.strerror}.", hint=_AGAIN) from None


def mend(path: Path) -> None:
    """Cut off a last line that a kill left without its end."""
    with path.open("rb+") as stream:
        stream.seek(0, os.SEEK_END)
        size = stream.tell()
        if size == 0:
            return
        stream.seek(size - 1)
        if stream.read(1) == b"\n":
            return
        stream.seek(0)
        data = stream.read()
        stream.truncate(data.rfind(b"\n") + 1)


def _differences(there: Any, here: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """('grpo.steps', 'grpo.steps is 24 there and 8 now') for every key that two configs do not share."""
    if not (isinstance(there, dict) and isinstance(here, dict)):
        if there != here:
            yield place, f"{place or 'config'} is {json.dumps(there)} there and {json.dumps(here)} now"
        return
    for key in dict.fromkeys((*here, *there)):
        yield from _differences(there.get(key), here.get(key), f"{place}.{key}" if place else key)


def _bytes(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"$bytes": value.hex()}
    raise TypeError(f"{type(value).__name__} cannot be recorded")
