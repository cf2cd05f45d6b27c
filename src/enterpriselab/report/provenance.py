"""Where the numbers come from: config, seeds, versions, hashes of the records, the command that makes them again."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from enterpriselab.core.hashing import content_hash
from enterpriselab.core.runs import CONFIG_FILE
from enterpriselab.report import formats
from enterpriselab.report.folder import Run

HASHED = (
    CONFIG_FILE,
    "world.json",
    "tools.json",
    "synthesis/graph.json",
    "synthesis/card.json",
    "synthesis/tasks.jsonl",
    "synthesis/split.json",
    "synthesis/trajectories.jsonl",
    "sft/log.jsonl",
    "grpo/log.jsonl",
    "eval/summary.json",
    "eval/*/traces.jsonl",
)
HIDDEN = "[hidden]"
_SECRET = re.compile(r"(key|secret|password|passwd|token|credential|authorization)$", re.IGNORECASE)
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A record file with the first 16 hex digits of its SHA-256."""

    name: str
    size: str
    digest: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """Everything in the section."""

    facts: list[tuple[str, str]]
    packages: list[tuple[str, str]]
    files: list[FileRecord]
    config: str
    command: str
    notes: tuple[str, ...]


def provenance(run: Run) -> Provenance:
    """The provenance of a run."""
    packages = run.environment.get("packages")
    known = packages if isinstance(packages, dict) else {}
    return Provenance(
        facts=list(_facts(run)),
        packages=sorted((str(name), str(version)) for name, version in known.items()),
        files=[_file(run.path, path) for pattern in HASHED for path in sorted(run.path.glob(pattern))],
        config=json.dumps(without_secrets(run.config), indent=2, ensure_ascii=False),
        command=f"enterpriselab run {run.path.name}/{CONFIG_FILE}",
        notes=run.notes,
    )


def without_secrets(value: Any) -> Any:
    """The value with the texts of keys that name a secret replaced by [hidden]; names of environment variables stay."""
    if isinstance(value, dict):
        return {
            name: HIDDEN if isinstance(item, str) and item and _SECRET.search(str(name)) else without_secrets(item)
            for name, item in value.items()
        }
    return [without_secrets(item) for item in value] if isinstance(value, list) else value


def _facts(run: Run) -> Iterator[tuple[str, str]]:
    yield "Run", run.name
    yield "Config hash", content_hash(run.config)
    if "seed" in run.config:
        yield "Seed", formats.plain(run.config["seed"])
    for name in ("started", "python", "platform", "cores"):
        if name in run.environment:
            yield formats.titled(name), formats.plain(run.environment[name])
    accelerators = run.environment.get("accelerators")
    if isinstance(accelerators, list):
        yield "Accelerators", ", ".join(formats.plain(one) for one in accelerators) or "none"
    if "seconds" in run.environment:
        yield "Wall time", formats.duration(run.environment["seconds"])


def _file(root: Path, path: Path) -> FileRecord:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return FileRecord(path.relative_to(root).as_posix(), formats.size(path.stat().st_size), digest.hexdigest()[:16])
