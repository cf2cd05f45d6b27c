"""Which fields of a row single it out among the other rows, so that a reader can find it."""

import re
from collections.abc import Sequence
from itertools import combinations
from typing import Any

from enterpriselab.synthesis import lexicon
from enterpriselab.synthesis.fields import Field, name_words

_NAME = re.compile(r"(^|_)(name|title|subject|label|summary|number|full_name|display_name|designation)$", re.I)
_DATE = re.compile(r"(^|_)(date|on|day|start|end|due|from|to|joining|until)(_|$)|_date$", re.IGNORECASE)
_OPAQUE = re.compile(r"\d{3,}|[0-9a-f]{8,}|[_-]\d+$|^[a-z]+_[0-9a-f]{6,}$", re.IGNORECASE)
_ISO_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
MAX_WORDS = 9
MAX_MARKS = 2


def opaque(value: Any, field: Field | None = None) -> bool:
    """Is this an identifier that people do not say?"""
    if field is not None and lexicon.entity_words(field.entity).get("spoken"):
        return False
    typed = field is not None and (field.entity is not None or set(field.words[-1:]) & {"id", "iid", "uuid"})
    if isinstance(value, (int, float)):
        return bool(typed)
    if not isinstance(value, str) or not typed:
        return False
    if value.startswith("/") or ("@" in value and "<" not in value):
        return False
    return bool(_OPAQUE.search(value))


def is_name(name: str, field: Field | None = None) -> bool:
    """Is this the field by which people call the thing?"""
    return bool(_NAME.search(name)) or bool(field is not None and field.meaning)


def title_of(row: dict[str, Any], fields: dict[str, Field], entity: str | None) -> str | None:
    """The field by which people call the thing itself; the name of another thing in the row is none."""
    if lexicon.marks_of(entity) is not None:
        called = lexicon.called_by(entity)
        return called if called and isinstance(row.get(called), str) and row[called] else None
    others = {word for field in fields.values() if field.entity and field.entity != entity for word in
              (*field.entity.split("_"), *field.words)} - set((entity or "").split("_"))  # fmt: skip
    for name, value in row.items():
        field = fields.get(name)
        if not isinstance(value, str) or not value or not is_name(name, field) or opaque(value, field):
            continue
        if field is not None and field.entity is not None and field.entity != entity:
            continue
        if len(name_words(name)) == 1 or not set(name_words(name)[:-1]) & others:
            return name
    return None


def readable(row: dict[str, Any], fields: dict[str, Field], entity: str | None = None) -> list[str]:
    """Fields of a row that can be said, best first: names, dates, words, numbers; only its marks where it has any."""
    ranked: list[tuple[int, int, str]] = []
    silent, marks = lexicon.silent_fields(), lexicon.marks_of(entity)
    for order, (name, value) in enumerate(row.items()):
        unsaid = name in silent if marks is None else name not in marks
        rank = None if unsaid else _rank(name, value, fields.get(name))
        if rank is not None:
            ranked.append((rank, order, name))
    return [name for _, _, name in sorted(ranked)]


def _rank(name: str, value: Any, field: Field | None) -> int | None:
    words = name_words(name)
    if value is None or isinstance(value, (bool, dict, list)) or opaque(value, field) or not words:
        return None
    if isinstance(value, str):
        if not value.strip() or len(value.split()) > MAX_WORDS or "\n" in value or '"' in value or "..." in value:
            return None
        if is_name(name, field) and not _ISO_DATE.match(value):
            return 0
        if _ISO_DATE.match(value):
            return 1 if _DATE.search(name) else 2
        if re.match(r"^\d{4}-\d{2}-\d{2}T", value):
            return 5 if words[0] == "start" else None  # nobody knows a mail by its second
        return 3 if field is None or field.entity is None else 4
    return 6 if words[-1] not in ("id", "iid", "size", "count", "page") else None


def single_out(
    rows: Sequence[dict[str, Any]],
    index: int,
    fields: dict[str, Field],
    *,
    taken: Sequence[str] = (),
    entity: str | None = None,
) -> tuple[str, ...] | None:
    """The smallest best set of fields whose values no other row has; None when there is none.

    Args:
        rows: all rows that the filters found.
        index: of the wanted row.
        fields: of a row, by name.
        taken: fields that filters already fix for every row.
        entity: of which the rows are.
    """
    row = rows[index]
    usable = [name for name in readable(row, fields, entity) if name not in taken][:8]
    others = [other for place, other in enumerate(rows) if place != index]
    worded = [(name,) for name in usable if isinstance(row[name], str)]
    pairs = list(combinations(usable, MAX_MARKS))
    numbers = [(name,) for name in usable if not isinstance(row[name], str)]
    for names in [*worded, *pairs, *numbers]:
        if not any(all(_same(other.get(name), row[name]) for name in names) for other in others):
            return names
    return None


def _same(first: Any, second: Any) -> bool:
    """Equal for a reader: whatever the case, and a text that contains the other is no distinction."""
    if isinstance(first, str) and isinstance(second, str):
        return second.casefold() in first.casefold()
    return bool(first == second)


def rows_at(result: dict[str, Any], path: str) -> list[dict[str, Any]]:
    """The rows at a top-level key; rows that are no objects do not count."""
    found = result.get(path)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def named_rows(result: dict[str, Any], path: str, entity: str | None) -> list[dict[str, Any]]:
    """The rows with the whole name of each, where the entity's name is kept in parts."""
    parts = lexicon.name_parts(entity)
    rows = rows_at(result, path)
    return [{**row, lexicon.WHOLE_NAME: " ".join(str(row[p]) for p in parts)} for row in rows] if parts else rows
