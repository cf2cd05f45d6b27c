"""How a page is made: templates that escape every text by default, style and script in the page, a policy for them."""

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from enterpriselab.report import formats

_TEMPLATES = Path(__file__).parent / "templates"


def source(*names: str) -> Markup:
    """Files of ours, one after the other, as they are."""
    return Markup("").join(Markup((_TEMPLATES / name).read_text(encoding="utf-8")) for name in names)


@cache
def environment() -> jinja2.Environment:
    """The templates with the filters that they use."""
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ("percent", "count", "amount", "duration", "plain", "clipped", "titled"):
        found.filters[name] = getattr(formats, name)
    found.filters["tojson_plain"] = _compact_json
    return found


def _compact_json(value: Any) -> str:
    """JSON for an attribute; unlike Jinja's own filter it is escaped like any text."""
    return json.dumps(value, separators=(",", ":"))


def csp_hash(text: str) -> str:
    """The hash by which the page's policy lets this one style sheet or script run, and no other."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
