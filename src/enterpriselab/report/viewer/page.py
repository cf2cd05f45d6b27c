"""The page's own files, and the form in which records travel to it. Both are closed: no name reaches the disk."""

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

from enterpriselab.report.formats import made_visible

_FOLDER = Path(__file__).parent / "assets"
_TOKENS = Path(__file__).parents[1] / "templates" / "tokens.css"
"""Colours and fonts, which are those of the report."""
_MEDIA = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}
PAGE = "index.html"
MAX_EXACT = 2**53
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Of every answer: the page runs its own scripts only, makes no markup from texts, and speaks to nobody else."""


@cache
def assets() -> dict[str, tuple[bytes, str]]:
    """Name -> content and media type of every file of the page."""
    return {path.name: (path.read_bytes(), _MEDIA[path.suffix]) for path in (*sorted(_FOLDER.iterdir()), _TOKENS)}


def encoded(value: Any) -> bytes:
    """JSON that a page can show: hidden characters spelled out, numbers that JavaScript would round as texts."""
    return json.dumps(_shown(value), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8")


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() and value.isprintable() else made_visible(value)
    if isinstance(value, (int, float)) and not (math.isfinite(value) and abs(value) <= MAX_EXACT):
        return str(value)
    if isinstance(value, dict):
        return {_shown(str(key)): _shown(item) for key, item in value.items()}
    return [_shown(item) for item in value] if isinstance(value, (list, tuple)) else value
