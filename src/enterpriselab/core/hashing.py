"""Canonical JSON and content hashes: the identity of tasks, images and records."""

import hashlib
import json
from typing import Any


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no spaces; equal values give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"$bytes": value.hex()}
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no canonical JSON form")


def without_bytes(value: Any) -> Any:
    """The value with blobs as {"$bytes": hex}, the form that they have in all JSON of ours."""
    if isinstance(value, bytes):
        return _plain(value)
    if isinstance(value, dict):
        return {key: without_bytes(item) for key, item in value.items()}
    return [without_bytes(item) for item in value] if isinstance(value, (list, tuple)) else value


def content_hash(value: Any, *, length: int = 16) -> str:
    """First `length` hex digits of the SHA-256 of the canonical JSON of `value`.

    A lone surrogate, which a model may write and UTF-8 cannot hold, counts as the code point that it is.
    """
    data = canonical_json(value).encode("utf-8", errors="surrogatepass")
    return hashlib.sha256(data).hexdigest()[:length]
