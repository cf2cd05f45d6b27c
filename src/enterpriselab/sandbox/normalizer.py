"""Observation normalizer: any tool output becomes JSON text within a token budget, deterministically.

What survives first: errors, then ids and other identifying fields, then head and tail of lists, with counts of what
was dropped. Normalizing a normalized text changes nothing.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

Counter = Callable[[str], int]
DEFAULT_BUDGET = 600
MIN_BUDGET = 24
CHARACTERS_PER_TOKEN = 4

_FIRST = re.compile(r"^(error|errors|kind|message|field|accepted|isError)$")
_IDENTIFYING = re.compile(
    r"(^|_)(id|ids|iid|uuid|key|number|name|title|path|email|status|state|total|result|ok)$", re.I
)
_FAULT_LINE = re.compile(r"\b(error|fail(ed|ure)?|exception|traceback|denied|fatal|not found)\b", re.IGNORECASE)
_DROPPED = re.compile(r"^\.\.\. (\d+) more \.\.\.$")
_LEVELS = ((24, 600), (16, 300), (10, 160), (8, 100), (6, 80), (4, 60), (3, 40), (2, 32), (1, 24))
"""(items kept of each list, characters kept of each text), tried in turn."""


def estimate_tokens(text: str) -> int:
    """Tokens of a text where no tokenizer is at hand: one for each four characters, rounded up."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def normalize(payload: Any, *, budget: int = DEFAULT_BUDGET, count: Counter = estimate_tokens) -> str:
    """The payload as compact JSON of at most `budget` tokens.

    Args:
        payload: a JSON value, a text (JSON or log), or a list of MCP content blocks.
        budget: in tokens of `count`, at least 24.
        count: tokens of a text.
    """
    if budget < MIN_BUDGET:
        raise ValueError(f"a budget of {budget} tokens is below the least useful one, {MIN_BUDGET}")
    value = to_value(payload)
    text = dump(value)
    if count(text) <= budget:
        return text
    for items, characters in _LEVELS:
        text = dump(shrink(value, items, characters))
        if count(text) <= budget:
            return text
    return _last_resort(value, budget, count)


def dump(value: Any) -> str:
    """Compact JSON with the keys in given order."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    return str(value)


def to_value(payload: Any) -> Any:
    """A JSON value: texts are parsed when they are JSON, content blocks become their content."""
    if isinstance(payload, str):
        try:
            return json.loads(payload)
        except ValueError:
            return {"text": payload}
    if (
        isinstance(payload, list)
        and payload
        and all(isinstance(block, Mapping) and "type" in block for block in payload)
    ):
        blocks = [_block(block) for block in payload]
        return blocks[0] if len(blocks) == 1 else blocks
    return payload


def _block(block: Mapping[str, Any]) -> Any:
    if block["type"] == "text" and isinstance(block.get("text"), str):
        return to_value(block["text"])
    if block["type"] in ("image", "audio"):
        return {"type": block["type"], "media_type": block.get("mimeType"), "size": len(str(block.get("data", "")))}
    return dict(block)


def shrink(value: Any, items: int, characters: int) -> Any:
    """The value with at most `items` entries of each list and `characters` of each text."""
    if isinstance(value, Mapping):
        return {key: shrink(item, items, characters) for key, item in sorted(value.items(), key=_rank)}
    if isinstance(value, (list, tuple)):
        return _shrink_list(list(value), items, characters)
    if isinstance(value, str):
        return _shrink_text(value, characters)
    return value


def _rank(entry: tuple[Any, Any]) -> int:
    key = str(entry[0])
    return 0 if _FIRST.match(key) else 1 if _IDENTIFYING.search(key) else 2


def _shrink_list(values: list[Any], items: int, characters: int) -> list[Any]:
    if len(values) <= items:
        return [shrink(item, items, characters) for item in values]
    tail = items // 4
    head = items - tail
    dropped = sum(_already_dropped(item) for item in values[head : len(values) - tail])
    kept_tail = values[len(values) - tail :] if tail else []
    note = f"... {dropped} more ..."
    return [shrink(item, items, characters) for item in values[:head]] + [
        note,
        *(shrink(i, items, characters) for i in kept_tail),
    ]


def _already_dropped(item: Any) -> int:
    match = _DROPPED.match(item) if isinstance(item, str) else None
    return int(match[1]) if match else 1


def _shrink_text(text: str, characters: int) -> str:
    if len(text) <= characters:
        return text
    lines = text.splitlines()
    faults = [line for line in lines if _FAULT_LINE.search(line)] if len(lines) > 1 else []
    head = "\n".join(faults)[: characters // 2] if faults else ""
    room = characters - len(head)
    start = text[: room - room // 4].rstrip()
    end = text[len(text) - room // 4 :].lstrip() if room >= 4 else ""
    cut = len(text) - len(start) - len(end)
    return "\n".join(part for part in (head, f"{start} [{cut} characters cut] {end}") if part)


def _last_resort(value: Any, budget: int, count: Counter) -> str:
    """Only errors and identifying fields, as many as fit; at the very least a note of the size."""
    kept: dict[str, Any] = {"cut": len(dump(value))}
    for key, item in _leaves(value):
        trial = {**kept, key: item}
        if key not in kept and count(dump(trial)) <= budget:
            kept = trial
    text = dump(kept)
    return text if count(text) <= budget else '{"cut":1}'


def _leaves(value: Any) -> list[tuple[str, Any]]:
    """Scalar fields by importance: errors, identifying fields, the rest."""
    found: list[tuple[int, str, Any]] = []
    _gather(shrink(value, 4, 40), "", 0, found)
    return [(key, item) for _, key, item in sorted(found, key=lambda leaf: leaf[0])]


def _gather(value: Any, path: str, rank: int, found: list[tuple[int, str, Any]]) -> None:
    if isinstance(value, Mapping):
        for key, item in value.items():
            inner = rank if path and rank == 0 else _rank((key, item))
            _gather(item, f"{path}.{key}" if path else str(key), inner, found)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _gather(item, f"{path}.{index}" if path else str(index), 2, found)
    elif path:
        found.append((rank, path, value))
