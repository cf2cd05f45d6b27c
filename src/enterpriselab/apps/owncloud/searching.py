"""A search query as SQL: words and quoted phrases that must all occur, wildcards on names. Reads no rows."""

import re
from dataclasses import dataclass
from typing import Any

from enterpriselab.toolkit import ToolError

MAX_TERMS = 8
_SNIPPET = 120
"""Characters of text that a hit shows."""
_BEFORE = 40
_NAME = "instr(lower(n.name), ?) > 0"
_TEXT = "instr(lower(v.text), ?) > 0"


@dataclass(frozen=True, slots=True)
class Search:
    """Conditions over the node `n` and its text `v`, and the columns that rank and show a hit."""

    conditions: tuple[str, ...]
    params: tuple[Any, ...]
    rank: str = "0"
    snippet: str = "NULL"
    shown_params: tuple[Any, ...] = ()
    """Parameters of rank, then of snippet."""


def parse_query(query: str, scope: str) -> Search:
    """The query in SQL. Raises `invalid` for too many words."""
    terms = [quoted or word for quoted, word in re.findall(r'"([^"]+)"|(\S+)', query.lower())]
    if len(terms) > MAX_TERMS:
        raise ToolError("invalid", f"The query has {len(terms)} words; at most {MAX_TERMS}.", field="query")
    globs = [term for term in terms if "*" in term or "?" in term]
    words = [term for term in terms if term not in globs]
    conditions = ["lower(n.name) GLOB ?"] * len(globs)
    params = [glob.replace("[", "[[]") for glob in globs]
    for word in words:
        conditions.append({"name": _NAME, "content": _TEXT}.get(scope, f"({_NAME} OR {_TEXT})"))
        params += [word] * (1 if scope in ("name", "content") else 2)
    if not words or scope == "name":
        return Search(tuple(conditions), tuple(params))
    rank = f"NOT ({' AND '.join([_NAME] * len(words))})"
    at = "instr(lower(v.text), ?)"
    snippet = f"CASE WHEN {at} > 0 THEN substr(v.text, max(1, {at} - {_BEFORE}), {_SNIPPET}) END"
    return Search(tuple(conditions), tuple(params), rank, snippet, (*words, words[0], words[0]))
