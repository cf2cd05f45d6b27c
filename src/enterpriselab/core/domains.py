"""Which apps a task is about, and which domain: by its tags, else by the tools that its reference uses."""

from collections.abc import Iterable, Mapping
from typing import Any

UNKNOWN = "unknown"


def apps_of(tags: Mapping[str, Any], used: Iterable[str]) -> list[str]:
    """Apps of a task by its tags, else `used`, the apps of the tools of its reference; each once, in order."""
    tagged = tags.get("apps")
    found = tagged if isinstance(tagged, (list, tuple)) else used
    return list(dict.fromkeys(str(app) for app in found if app))


def domain_of(tags: Mapping[str, Any], apps: Iterable[str]) -> str:
    """Domain of a task by its tags, else its first app."""
    return str(tags.get("domain") or next(iter(apps), UNKNOWN))
