"""Run folders: resolved config, records appended as JSONL, finished stages. A killed run resumes from them."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from enterpriselab.core.errors import UsageError
from enterpriselab.core.hashing import content_hash

CONFIG_FILE = "config.json"
_STAGES = "stages.jsonl"


class RunFolder:
    """One folder per run. Everything in it is written whole or appended line by line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def open(cls, path: Path, config: BaseModel) -> "RunFolder":
        """Create the folder, or continue one whose config is the same.

        Raises:
            UsageError: the folder holds another run, is damaged, or cannot be written.
        """
        run = cls(path)
        resolved = config.model_dump(mode="json")
        stored = path / CONFIG_FILE
        if stored.exists():
            if run.config() != resolved:
                raise UsageError(
                    f"{path} holds a run with another config.",
                    hint=f"choose another name, or delete {path} to start anew",
                )
            return run
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"Cannot create the run folder {path}: {error.strerror}.") from None
        if any(path.iterdir()):
            raise UsageError(f"{path} is not empty and is not a run folder.", hint="choose another name")
        run.write_json(CONFIG_FILE, resolved)
        return run

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
        """Append one record as a line; it is on disk when this returns."""
        data = record.model_dump(mode="json") if isinstance(record, BaseModel) else record
        line = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=_bytes) + "\n"
        with self.file(name).open("a", encoding="utf-8") as stream:
            stream.write(line)
            stream.flush()
            os.fsync(stream.fileno())

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
        return {record["stage"]: record for record in self.records(_STAGES)}

    def finish(self, stage: str, **facts: Any) -> None:
        """Mark a stage as finished; a second start skips it."""
        self.append(_STAGES, {"stage": stage, **facts})

    def digest(self) -> str:
        """Hash of the resolved config."""
        return content_hash(self.config())


def write_whole(path: Path, text: str) -> None:
    """Write a text file that appears whole or not at all. Raises UsageError when the disk refuses."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise UsageError(f"Cannot write {path}: {error.strerror}.") from None


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


def _bytes(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"$bytes": value.hex()}
    raise TypeError(f"{type(value).__name__} cannot be recorded")
