"""Random values of the corpus: identifiers, dates, people, titles, amounts, and the fields that hold them.

Everything is drawn from a `random.Random`, so a seed gives the same bytes. Knows nothing of tools or dialogues.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from enterpriselab.training.tiny import words

Make = Callable[[Random], Any]


@dataclass(frozen=True)
class Field:
    """A named attribute: JSON Schema and a source of values."""

    name: str
    schema: dict[str, Any]
    make: Make


def invented(rng: Random) -> str:
    """A word that is in no list: two or three syllables."""
    return "".join(rng.choice(words.SYLLABLES) for _ in range(rng.choice((2, 2, 3))))


def person(rng: Random) -> str:
    """First and last name; one in five has an invented last name."""
    last = invented(rng).capitalize() if rng.random() < 0.2 else rng.choice(words.LAST)
    return f"{rng.choice(words.FIRST)} {last}"


def email(rng: Random) -> str:
    """An address such as nadia.weiss@velomo.example."""
    first, last = person(rng).lower().split()
    local = rng.choice((f"{first}.{last}", first, f"{first[0]}{last}", f"{first}_{last}", rng.choice(words.OFFICE)))
    return f"{local}@{invented(rng)}.{rng.choice(('example', 'com', 'org', 'net', 'io'))}"


def title(rng: Random) -> str:
    """One to five words, sometimes with a number or an invented word."""
    parts = [rng.choice(words.OFFICE if rng.random() < 0.8 else words.THINGS) for _ in range(rng.randint(1, 4))]
    if rng.random() < 0.25:
        parts.append(invented(rng))
    if rng.random() < 0.2:
        parts.append(str(rng.choice((rng.randint(1, 99), rng.randint(2019, 2029)))))
    style = rng.random()
    if style < 0.4:
        return " ".join(p.capitalize() for p in parts)
    return " ".join(parts).capitalize() if style < 0.8 else " ".join(parts)


def sentence(rng: Random) -> str:
    """Four to nine words, for notes and bodies."""
    return " ".join(rng.choice(words.OFFICE) for _ in range(rng.randint(4, 9))).capitalize() + rng.choice(
        (".", "", "!")
    )


def iso_date(rng: Random) -> str:
    """A date between 2023 and 2028."""
    return f"{rng.randint(2023, 2028)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"


def iso_time(rng: Random) -> str:
    """A timestamp, with T and sometimes a zone."""
    clock = f"{rng.randint(0, 23):02d}:{rng.choice((0, 15, 30, 45)):02d}"
    return f"{iso_date(rng)}{rng.choice('TTT ')}{clock}{rng.choice((':00', ':00Z', '', ':00+00:00'))}"


def amount(rng: Random) -> float | int:
    """A price or a quantity."""
    kind = rng.random()
    if kind < 0.4:
        return rng.randint(1, 40)
    return (
        round(rng.uniform(1, 9000), rng.choice((1, 2))) if kind < 0.6 else rng.randint(1, 400) * rng.choice((1, 5, 25))
    )


def path(rng: Random) -> str:
    """A file path such as /Harbor/Plan 2026.xlsx."""
    folders = "/".join(title(rng).split(" ")[0] for _ in range(rng.randint(1, 2)))
    ending = rng.choice(("", f"/{title(rng)}.{rng.choice(('xlsx', 'docx', 'pdf', 'md', 'txt', 'csv'))}"))
    return f"/{folders}{ending}"


def hexa(rng: Random, size: int) -> str:
    """`size` hexadecimal digits."""
    return "".join(rng.choice("0123456789abcdef") for _ in range(size))


def _upper(rng: Random, size: int) -> str:
    return "".join(rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(size))


def id_maker(rng: Random, noun: str) -> Make:
    """One identifier format for one kind of entity; the format is fixed, the values vary."""
    width, prefix, two = rng.randint(3, 5), _upper(rng, rng.randint(1, 4)), _upper(rng, rng.randint(2, 4))
    year, host, base = rng.randint(2022, 2027), invented(rng), rng.choice((0, 0, 100, 1000, 40000))

    def near(r: Random) -> int:
        return base + r.randint(1, 99 if r.random() < 0.5 else 999)

    formats: list[Make] = [
        lambda r: f"{prefix}-{near(r):0{width}d}",
        lambda r: f"{two}-{prefix}-{near(r):05d}",
        lambda r: f"{prefix}-{year}-{near(r):0{width}d}",
        lambda r: f"{prefix}{r.randint(10, 99999)}",
        lambda r: near(r),
        lambda r: r.randint(1, 9999999),
        lambda r: f"{noun}_{hexa(r, r.choice((4, 6, 8)))}",
        lambda r: f"{noun.capitalize()}_{hexa(r, 6)}",
        lambda r: f"{noun}-{near(r)}",
        lambda r: hexa(r, 8),
        lambda r: f"{hexa(r, 8)}-{hexa(r, 4)}",
        lambda r: f"{hexa(r, 4)}-{hexa(r, 4)}-{hexa(r, 4)}",
        lambda r: f"<{hexa(r, 6)}.{near(r)}@{host}.example>",
        lambda r: f"#{near(r)}",
        lambda r: f"{r.choice(words.THINGS)}-{r.choice(words.THINGS)}",
        lambda r: f"{r.choice(words.FIRST).lower()}.{r.choice(words.LAST).lower()}",
        email,
        path,
        lambda r: f"{prefix}/{year}/{near(r):04d}",
        lambda r: _upper(r, 1) + "".join(r.choice("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(8)),
    ]
    weights = [6, 5, 3, 3, 3, 2, 3, 2, 2, 2, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1]
    return rng.choices(formats, weights)[0]


def enum_field(rng: Random) -> Field:
    """A field with a closed set of values."""
    name = rng.choice(("status", "priority", "state", "type", "level", "category", "mode", rng.choice(words.OFFICE)))
    common = (
        ("low", "medium", "high"),
        ("open", "closed", "pending"),
        ("active", "inactive"),
        ("draft", "sent", "paid"),
    )
    random = tuple(dict.fromkeys(rng.choice(words.OFFICE) for _ in range(rng.randint(2, 5))))
    values = list(rng.choice(common) if rng.random() < 0.35 else random)
    if rng.random() < 0.2:
        values = [" ".join((v, rng.choice(words.OFFICE))).title() if rng.random() < 0.6 else v.title() for v in values]
        return Field(name, {"type": "string", "enum": values}, lambda r: r.choice(values))
    if rng.random() < 0.3:
        values = [v.capitalize() for v in values]
    elif rng.random() < 0.2:
        values = [f"{v}_{rng.choice(words.OFFICE)}" if rng.random() < 0.5 else v for v in values]
    return Field(name, {"type": "string", "enum": values}, lambda r: r.choice(values))


def list_field(rng: Random) -> Field:
    """A field that holds one to three values."""
    name = rng.choice(("tags", "labels", "members", "attendees", "to", "cc", f"{rng.choice(words.OFFICE)}s"))
    inner: list[Make] = [lambda r: r.choice(words.OFFICE), email, person, id_maker(rng, rng.choice(words.THINGS))]
    make = rng.choice(inner)

    def several(r: Random) -> list[Any]:
        return [make(r) for _ in range(r.choice((1, 1, 2, 2, 3)))]

    kind = "integer" if isinstance(make(Random(0)), int) else "string"
    return Field(name, {"type": "array", "items": {"type": kind}}, several)


_TEXT = {"type": "string"}


def random_field(rng: Random) -> Field:
    """Any field."""
    word = rng.choice(words.OFFICE)
    options: list[Callable[[], Field]] = [
        lambda: enum_field(rng),
        lambda: Field(
            rng.choice(("due_date", "start_date", "end_date", "date", f"{word}_date", "due", f"{word}_on")),
            _TEXT,
            iso_date,
        ),
        lambda: Field(
            rng.choice(("start_time", "end_time", "start", "end", "scheduled_at", f"{word}_at")), _TEXT, iso_time
        ),
        lambda: Field(rng.choice(("amount", "quantity", "price", "total", word)), {"type": "number"}, amount),
        lambda: Field(
            rng.choice(("count", "days", "size", "hours", word)), {"type": "integer"}, lambda r: r.randint(1, 300)
        ),
        lambda: Field(rng.choice(("email", "contact_email", f"{word}_email", "to")), _TEXT, email),
        lambda: Field(rng.choice(("owner", "assignee", "manager", "contact", word)), _TEXT, person),
        lambda: Field(rng.choice(("subject", "description", "label", "topic", word)), _TEXT, title),
        lambda: Field(rng.choice(("note", "comment", "reason", "message", "body")), _TEXT, sentence),
        lambda: Field(word, _TEXT, lambda r: r.choice(words.OFFICE)),
        lambda: Field(rng.choice(("color", "city", "zone", word)), _TEXT, lambda r: invented(r).capitalize()),
        lambda: Field(rng.choice(("path", "file", "folder")), _TEXT, path),
        lambda: list_field(rng),
        lambda: Field(rng.choice(("enabled", "urgent", f"is_{word}")), {"type": "boolean"}, lambda r: r.random() < 0.5),
    ]
    weights = [5, 3, 1.5, 2, 2, 2, 2, 3, 1.5, 2, 1.5, 0.7, 1.2, 0.7]
    return rng.choices(options, weights)[0]()
