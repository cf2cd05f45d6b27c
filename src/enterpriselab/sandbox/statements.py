"""SQL text as its statements. Knows as much of the language as it takes to find their ends; SQLite judges the rest."""

import re

_TOKEN = re.compile(r"""'[^']*'?|"[^"]*"?|`[^`]*`?|\[[^\]]*\]?|--[^\n]*|/\*.*?(?:\*/|\Z)|;""", re.DOTALL)
"""A doubled quote inside of a string reads as two strings side by side, which ends at the same place."""
_FIRST_WORD = re.compile(r"(?:[\s\ufeff]|--[^\n]*(?:\n|\Z)|/\*.*?(?:\*/|\Z))*([A-Za-z_]*)(\S?)", re.DOTALL)


def split_statements(text: str) -> list[str]:
    """The statements of a text without their semicolons; what holds only space and comments is none."""
    found, start = [], 0
    for token in _TOKEN.finditer(text):
        if token[0] == ";":
            found.append(text[start : token.start()])
            start = token.end()
    found.append(text[start:])
    return [statement for statement in found if not is_blank(statement)]


def is_blank(statement: str) -> bool:
    """Is there nothing but space and comments?"""
    match = _FIRST_WORD.match(statement)
    return match is None or not (match[1] or match[2])


def first_word(statement: str) -> str:
    """The word that a statement begins with, in capitals; empty when it begins with none."""
    match = _FIRST_WORD.match(statement)
    return match[1].upper() if match else ""
