"""The words of the seeded mails, read from seed_words.txt.

A section is a kind of conversation; a line is one template, 'subject ~ first mail ~ answer ~ ...'; '|' breaks the line.
{to} and {me} are the first names of the reader and the writer of that mail; seed_threads.py fills the other places.
"""

from functools import cache
from pathlib import Path


@cache
def words(section: str) -> tuple[str, ...]:
    """The lines of a section. Raises KeyError."""
    return _sections()[section]


@cache
def parts(section: str) -> tuple[tuple[str, ...], ...]:
    """The lines of a section, split into subject and mails, line breaks put in."""
    return tuple(tuple(part.replace("|", "\n") for part in line.split("~")) for line in words(section))


@cache
def _sections() -> dict[str, tuple[str, ...]]:
    text = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for block in text.split("\n["):
        name, _, body = block.lstrip("[").partition("]\n")
        found[name] = tuple(line for line in body.splitlines() if line)
    return found
