"""Builds the image of a world once and keeps it on disk under the hash of everything that it is made from."""

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw

import enterpriselab
from enterpriselab.core.errors import EnterpriseLabError
from enterpriselab.sandbox.pages import Image
from enterpriselab.toolkit import WorldSpec

_SHARED_ROOMS = ("company", "toolkit", "core")


def cache_folder() -> Path:
    """$ENTERPRISELAB_CACHE, else the XDG cache folder of the user."""
    chosen = os.environ.get("ENTERPRISELAB_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "enterpriselab"


def image_key(spec: WorldSpec) -> str:
    """SHA-256 over seed, SQLite version and every source file that takes part in building the world."""
    digest = hashlib.sha256(f"{spec.name}:{spec.seed}:{spec.clock_start}:{apsw.sqlite_lib_version()}".encode())
    for path in _sources(spec):
        digest.update(path.name.encode("utf-8"))
        digest.update(path.read_bytes())
    return digest.hexdigest()[:32]


def _sources(spec: WorldSpec) -> Iterator[Path]:
    package = Path(enterpriselab.__file__).parent
    folders = [package / room for room in _SHARED_ROOMS] + [app.folder for app in spec.apps]
    for folder in folders:
        yield from sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".sql", ".txt", ".json"))


def cached_image(spec: WorldSpec, build: Callable[[WorldSpec], bytes]) -> Image:
    """The image from the cache, else built and stored (a file that appears whole or not at all)."""
    path = cache_folder() / "images" / f"{image_key(spec)}.sqlite"
    if path.is_file():
        return Image.from_bytes(path.read_bytes())
    data = build(spec)
    _store(path, data)
    return Image.from_bytes(data)


def _store(path: Path, data: bytes) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError as error:  # a full or read-only disk costs only the cache
        temporary.unlink(missing_ok=True)
        sys.stderr.write(f"note: the world image was not cached: {error}\n")


def check_image(connection: apsw.Connection) -> None:
    """Refuse an image whose foreign keys do not hold or whose tables lack a key."""
    broken = list(connection.execute("PRAGMA foreign_key_check"))
    if broken:
        raise EnterpriseLabError(f"the seed breaks foreign keys: {broken[:3]}")
