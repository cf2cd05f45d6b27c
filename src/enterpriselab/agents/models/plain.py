"""What a model wrote as data that can be stored, sent on and run: whole text, arguments as one JSON object."""

import json
import math
import re
from typing import Any

MAX_DEPTH = 50
"""Objects and lists within each other; records and requests cannot hold much more."""
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def whole(text: str) -> str:
    """The text with halves of characters joined, as a stream may cut them, and lone ones replaced by U+FFFD."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def text_of(content: Any) -> str:
    """The words in a content, which is text or, at some endpoints, a list of parts."""
    if isinstance(content, str):
        return whole(content)
    parts = content if isinstance(content, list) else ()
    return "".join(text_of(part.get("text")) for part in parts if isinstance(part, dict))


def parsed(name: str, given: Any) -> dict[str, Any] | str:
    """Arguments of a call from their text, or as an endpoint gave them; else what is wrong with them."""
    try:
        arguments = plain(json.loads(given or "{}") if given is None or isinstance(given, str) else given)
    except (ValueError, RecursionError) as error:
        return f"the arguments of {name} are not valid JSON: {error}"
    return arguments if isinstance(arguments, dict) else f"the arguments of {name} must be one JSON object"


def plain(value: Any, depth: int = 0) -> Any:
    """The value with whole texts. Raises ValueError for NaN, Infinity and what is nested too deep."""
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("numbers must be finite")
    if not isinstance(value, (dict, list)):
        return value
    if depth == MAX_DEPTH:
        raise ValueError(f"nested more than {MAX_DEPTH} deep")
    if isinstance(value, list):
        return [plain(item, depth + 1) for item in value]
    return {whole(name): plain(item, depth + 1) for name, item in value.items()}


def sendable(name: str, known: frozenset[str]) -> str:
    """The name of a called tool as every wire takes it back; one that was not offered may be any text."""
    return name if name in known or _NAME.fullmatch(name) else re.sub(r"[^a-zA-Z0-9_-]", "_", name)[:64]


def count(value: Any) -> int:
    """A number of tokens; 0 for what is none."""
    return value if isinstance(value, int) and value > 0 else 0
