"""Values of foreign SQL in the form of our tables: booleans 0 and 1, instants 'YYYY-MM-DD HH:MM:SS' in UTC, numbers.

A column is judged as a whole: one whose every value is an instant holds instants, whatever it is called.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

_BOOLEANS = {"true": 1, "t": 1, "yes": 1, "y": 1, "false": 0, "f": 0, "no": 0, "n": 0}
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s?(Z|UTC|[+-]\d\d(:?\d\d)?)?", re.ASCII | re.IGNORECASE
)
_WHOLE = re.compile(r"[+-]?\d{1,30}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d{1,300}\.?\d{0,300}|\.\d{1,300})(e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
Column = list[Any]


def normalised(values: Column, kind: str) -> Column:
    """The values of one column as a column of type `kind` (INTEGER, REAL, TEXT, ...) holds them.

    What cannot be brought into that form stays as it is.
    """
    if kind == "INTEGER":
        return [_whole(value) for value in values]
    if kind == "REAL":
        return [_number(value) for value in values]
    if kind == "TEXT":
        texts = [_text(value) for value in values]
        return [_instant(value) for value in texts] if _holds_instants(texts) else texts
    return values


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        word = value.strip().lower()
        if word in _BOOLEANS:
            return _BOOLEANS[word]
        value = _number(value)
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**63 else value


def _number(value: Any) -> Any:
    """A text that is a number as one."""
    text = value.strip() if isinstance(value, str) else ""
    if _WHOLE.fullmatch(text) and abs(int(text)) < 2**63:
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else value


def _text(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return str(value) if isinstance(value, (int, float)) else value


def _holds_instants(values: Iterable[Any]) -> bool:
    """Is every value an instant or a day, and one at least an instant?"""
    found = False
    for value in values:
        if value is None or value == "":
            continue
        if not isinstance(value, str):
            return False
        if _INSTANT.fullmatch(value):
            found = True
        elif not _DAY.fullmatch(value):
            return False
    return found


def _instant(value: Any) -> Any:
    if not value:
        return None
    text = re.sub(r"\s?(UTC|Z)$", "+00:00", value.upper())
    try:
        moment = datetime.fromisoformat(re.sub(r"\s([+-])", r"\1", text))
        return (moment.astimezone(UTC) if moment.tzinfo else moment).isoformat(" ", "seconds")[:19]
    except (ValueError, OverflowError):  # the 31st of February; an offset beyond the first year
        return value
