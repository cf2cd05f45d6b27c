"""Worlds: what databases are made from. One world for each image and level, shared by all databases made from it.

An image is one of the app's own, by name, or comes from an SQL text; such an image is kept on disk under the hash of
the text, so that a text that was seen before costs its hash.
"""

import hashlib
import json
import os
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import apsw

from enterpriselab.core.errors import UsageError
from enterpriselab.core.runs import write_whole
from enterpriselab.sandbox.gym.loading import load_text
from enterpriselab.sandbox.pages import Image, ImageError
from enterpriselab.sandbox.world import World
from enterpriselab.toolkit import App, WorldSpec

SpecOf = Callable[[str, str], WorldSpec]
"""(image, level) -> the world of one app; empty names mean the default. Raises UsageError for unknown ones."""
KEPT = 32
"""Worlds kept though no database that is awake uses them."""
LOADING = 4
"""Texts that are run at once; each may take as much memory as `scratch` allows."""
CACHE_BYTES = 4 * 2**30
_LOADER = "1"
"""Changes when a text would become other rows than before."""


class Source(NamedTuple):
    """Where the rows of a database came from."""

    kind: str
    """'image' or 'text'."""
    name: str
    """Of the image; or the hash of the text."""


class Worlds:
    """Thread-safe. `folder` holds the images of texts."""

    def __init__(self, app: App, spec_of: SpecOf, folder: Path) -> None:
        if app.standalone is None:
            raise UsageError(f"{app.key} has no database of its own.", hint="enterpriselab apps")
        self.app = app
        self._default = next(iter(app.standalone.images))
        self._spec_of = spec_of
        self._folder = folder
        self._schema = app.schema_sql
        self._salt = hashlib.sha256(f"{_LOADER}:{apsw.sqlite_lib_version()}:{self._schema}".encode()).hexdigest()[:8]
        self._used: weakref.WeakValueDictionary[tuple[Source, str], World] = weakref.WeakValueDictionary()
        self._reports: dict[Source, dict[str, Any]] = {}
        self._recent: OrderedDict[tuple[Source, str], World] = OrderedDict()
        self._lock = threading.RLock()
        self._texts: weakref.WeakValueDictionary[Source, Any] = weakref.WeakValueDictionary()
        self._loading = threading.BoundedSemaphore(LOADING)

    def default(self, level: str = "") -> World:
        """The world of the app's default image. Raises UsageError for an unknown level."""
        return self.of_image("", level)[1]

    def of_image(self, name: str, level: str) -> tuple[Source, World]:
        """The world of a named image. Raises UsageError when image or level does not exist."""
        spec = self._spec_of(name, level)
        source = Source("image", name or self._default)
        return source, self._get(source, spec.level, lambda: World(spec))

    def of_text(self, text: str, level: str) -> tuple[Source, World, dict[str, Any]]:
        """The world of an SQL text, and the report of its loading. Raises UsageError as `load_text`."""
        spec = self._spec_of("", level)
        digest = hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()[:40]
        source = Source("text", f"{digest}-{self._salt}")
        if not self._path(source).is_file():
            with self._lock:
                once = self._texts.setdefault(source, threading.Lock())
            with once, self._loading:
                if not self._path(source).is_file():
                    self._load(source, text, spec.clock_start)
        return source, self._again(source, spec), self._report(source)

    def again(self, source: Source, level: str) -> World:
        """The world that a database was made from. Raises UsageError when its image is gone."""
        if source.kind == "image":
            return self.of_image(source.name, level)[1]
        return self._again(source, self._spec_of("", level))

    def prune(self, needed: Collection[Source], limit: int = CACHE_BYTES) -> None:
        """Remove images of texts that no database needs, the longest unused first, until `limit` bytes are left."""
        needed_paths = {self._path(source) for source in needed}
        files = sorted((path.stat().st_mtime, path) for path in self._folder.glob("*.sqlite"))
        size = sum(path.stat().st_size for _, path in files)
        for _, path in files:
            if size > limit and path not in needed_paths:
                size -= path.stat().st_size
                path.unlink(missing_ok=True)
                path.with_suffix(".json").unlink(missing_ok=True)

    def _load(self, source: Source, text: str, now: str) -> None:
        data, report = load_text(text, self._schema, now)
        path = self._path(source)
        write_whole(path.with_suffix(".json"), json.dumps(report.to_json()))
        write_whole(path, data)

    def _again(self, source: Source, spec: WorldSpec) -> World:
        def build() -> World:
            path = self._path(source)
            try:
                image = Image.from_bytes(path.read_bytes())
                os.utime(path)
            except (OSError, ImageError):
                text = f"The image of this database is gone: {path} cannot be read."
                raise UsageError(text, hint="seed the database again") from None
            name = f"{self.app.world}/sql-{source.name[:12]}" + (f"@{spec.level}" if spec.level else "")
            return World(replace(spec, name=name), image=image)

        return self._get(source, spec.level, build)

    def _get(self, source: Source, level: str, build: Callable[[], World]) -> World:
        key = (source, level)
        with self._lock:
            world = self._used.get(key) or build()
            self._used[key] = self._recent[key] = world
            self._recent.move_to_end(key)
            if len(self._recent) > KEPT:
                self._recent.popitem(last=False)
            return world

    def _report(self, source: Source) -> dict[str, Any]:
        report = self._reports.get(source)
        if report is None:
            try:
                report = dict(json.loads(self._path(source).with_suffix(".json").read_bytes()))
            except (OSError, ValueError):
                report = {}
            self._reports[source] = report
        return report

    def _path(self, source: Source) -> Path:
        return self._folder / f"{source.name}.sqlite"
