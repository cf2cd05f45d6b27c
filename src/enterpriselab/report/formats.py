"""Numbers and texts as a person reads them. Escaping is not done here: the templates escape everything."""

import json
import math
from typing import Any

NO_VALUE = "\u2013"
"""An en dash: nothing was recorded."""
_ACRONYMS = ("sft", "dpo", "grpo")
_LINE = 50
"""Characters of a line of pretty JSON, about what a column of the trace viewer holds."""
_UNITS = ("B", "kB", "MB", "GB", "TB")
_HIDDEN = (
    *range(0x09),
    *range(0x0B, 0x20),
    *range(0x7F, 0xA0),
    0x061C,
    0x200B,
    0x200E,
    0x200F,
    *range(0x2028, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xD800, 0xE000),
    0xFEFF,
    *range(0xFFF9, 0x10000),
    *range(0xE0000, 0xE0080),
)
_NAMED = {code: f"[U+{code:04X}]" for code in _HIDDEN}


def made_visible(text: str) -> str:
    """Text in which characters that hide or reorder what stands around them are written as [U+202E].

    Covers control characters, bidirectional overrides, zero-width spaces, tag characters, lone surrogates: a page made
    of world content and model output must show what it holds.
    """
    return text.replace("\r\n", "\n").translate(_NAMED)


def as_number(value: Any) -> float | None:
    """A finite number, or None for anything else (booleans, NaN, texts)."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return value


def measured(value: Any) -> float | None:
    """A stored measure: a number, or the value of an estimate."""
    return as_number(value.get("value") if isinstance(value, dict) else value)


def as_count(value: Any) -> float | None:
    """A number as it is; a list or an object by its length."""
    return len(value) if isinstance(value, (list, dict)) else as_number(value)


def percent(value: Any, digits: int = 1) -> str:
    """0.125 -> '12.5 %'."""
    number = as_number(value)
    return NO_VALUE if number is None else f"{100 * number:.{digits}f}\u00a0%"


def count(value: Any) -> str:
    """12345 -> '12,345'."""
    number = as_number(value)
    return NO_VALUE if number is None else f"{number:,.0f}"


def amount(value: Any) -> str:
    """A number with about four significant digits."""
    number = as_number(value)
    if number is None:
        return NO_VALUE
    if number == int(number) and abs(number) < 1e15:
        return f"{number:,.0f}"
    if abs(number) >= 1000:
        return f"{number:,.0f}"
    if abs(number) >= 100:
        return f"{number:,.1f}"
    return f"{number:.3g}" if abs(number) < 0.1 else f"{number:.4g}"


def mean(value: Any) -> str:
    """A mean of small counts: two digits after the point."""
    number = as_number(value)
    return NO_VALUE if number is None else f"{number:.2f}"


def dollars(value: Any) -> str:
    """A price in US dollars, below one with three significant digits: '$0.0123', '$0.90', '$0.00001'."""
    number = as_number(value)
    if number is None:
        return NO_VALUE
    if not 0 < number < 1:
        return f"${number:,.2f}" if number else "$0"
    digits = 2 - math.floor(math.log10(number))
    cents, _, rest = f"{number:.{digits}f}".partition(".")
    return f"${cents}.{rest.rstrip('0'):0<2}"


def duration(value: Any) -> str:
    """Seconds -> '340 ms', '12.3 s', '4 min 05 s', '3 h 12 min'."""
    seconds = as_number(value)
    if seconds is None:
        return NO_VALUE
    if seconds < 1:
        return f"{1000 * seconds:.0f}\u00a0ms"
    if seconds < 99.95:
        return f"{seconds:.1f}\u00a0s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}\u00a0min {rest:02d}\u00a0s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}\u00a0h {minutes:02d}\u00a0min"


def size(value: Any) -> str:
    """Bytes -> '3.4 MB' (decimal)."""
    number = as_number(value)
    if number is None:
        return NO_VALUE
    for unit in _UNITS:
        if number < 1000 or unit == _UNITS[-1]:
            return f"{number:.0f}\u00a0{unit}" if unit == "B" else f"{number:.1f}\u00a0{unit}"
        number /= 1000
    return NO_VALUE


def clipped(text: str, limit: int) -> str:
    """The first `limit` characters, with a count of what is left out."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\u2026 ({len(text) - limit:,} more characters)"


def plain(value: Any) -> str:
    """A cell or argument value: texts as they are, the rest as JSON, None as NULL."""
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def pretty(text: str) -> str:
    """JSON text with indentation, where what fits on a line stays on it; any other text unchanged."""
    if not text.lstrip().startswith(("{", "[")):
        return text
    try:
        return _indented(json.loads(text), "")
    except (ValueError, RecursionError):
        return text


def _indented(value: Any, margin: str) -> str:
    line = json.dumps(value, ensure_ascii=False)
    if len(margin) + len(line) <= _LINE or not isinstance(value, (dict, list)) or not value:
        return line
    inner = margin + "  "
    if isinstance(value, dict):
        parts = [
            f"{inner}{json.dumps(key, ensure_ascii=False)}: {_indented(item, inner)}" for key, item in value.items()
        ]
        return "{\n" + ",\n".join(parts) + f"\n{margin}}}"
    return "[\n" + ",\n".join(inner + _indented(item, inner) for item in value) + f"\n{margin}]"


def titled(name: str) -> str:
    """'tool_selection' -> 'Tool selection'."""
    words = name.replace("_", " ").strip()
    return words.upper() if words in _ACRONYMS else words[:1].upper() + words[1:]
