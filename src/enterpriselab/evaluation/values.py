"""Values of arguments: when two are the same, what the reference takes from a result, what a text says."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from enterpriselab.core.hashing import canonical_json

_CUT = re.compile(r"^\.\.\. \d+ more \.\.\.$")
UNKNOWN = object()
"""A value that an observation does not tell."""


def same(expected: Any, given: Any) -> bool:
    """Equal as an argument: 25 is 25.0, texts without regard to case and accidental space."""
    if isinstance(expected, bool) or isinstance(given, bool):
        return expected is given
    if isinstance(expected, (int, float)) and isinstance(given, (int, float)):
        return expected == given
    if isinstance(expected, str) and isinstance(given, str):
        return flat(expected) == flat(given)
    if isinstance(expected, list) and isinstance(given, list):
        return len(expected) == len(given) and all(map(same, expected, given))
    if isinstance(expected, dict) and isinstance(given, dict):
        return expected.keys() == given.keys() and all(same(value, given[name]) for name, value in expected.items())
    return canonical_json(expected) == canonical_json(given)


def likeness(wanted: Mapping[str, Any], given: Mapping[str, Any]) -> float:
    """|equal arguments| / |wanted or given arguments|, those left out that are UNKNOWN; 1 when there is none."""
    names = {name for name in wanted.keys() | given.keys() if wanted.get(name) is not UNKNOWN}
    hits = sum(name in wanted and name in given and same(wanted[name], given[name]) for name in names)
    return hits / len(names) if names else 1.0


def read(value: Any, path: str) -> Any:
    """The value at a dotted path of an observation; UNKNOWN when it is not there or was cut away."""
    for part in path.split("."):
        try:
            value = _row(value, part) if isinstance(value, list) else value[part]
        except (KeyError, IndexError, ValueError, TypeError):
            return UNKNOWN
    return value


def _row(rows: list[Any], part: str) -> Any:
    """By a field ('number=T-7'), or by its number as long as nothing was cut away. Raises IndexError, ValueError."""
    name, equals, wanted = part.partition("=")
    if equals:
        return next((row for row in rows if isinstance(row, dict) and str(row.get(name)) == wanted), UNKNOWN)
    if any(isinstance(item, str) and _CUT.match(item) for item in rows):
        raise IndexError("the list was cut")
    return rows[int(part)]


def leaves(value: Any) -> Iterator[Any]:
    """The texts and numbers in a value."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, (str, int, float)) and not isinstance(value, bool):
        yield value


def said(text: str, leaf: Any) -> bool:
    """Does a text or number stand in a flat text, as whole words and whatever the case?"""
    shown = {str(leaf), json.dumps(leaf, ensure_ascii=False).strip('"')}
    if isinstance(leaf, (int, float)):
        shown.add(f"{leaf:,}")
    if isinstance(leaf, float):
        shown |= {f"{leaf:g}", *((str(int(leaf)), f"{int(leaf):,}") if leaf.is_integer() else ())}
    return any(_stands_in(text, word) for word in map(flat, shown))


def _stands_in(text: str, word: str) -> bool:
    return not word or (word in text and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None)


def flat(text: str) -> str:
    """Without case and accidental space."""
    return " ".join(text.split()).casefold()
