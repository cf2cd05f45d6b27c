"""The search language of Mail as a syntax tree: operators, quoted phrases, negation, OR, parentheses. Knows no SQL."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn

from enterpriselab.toolkit import ToolError

MAX_LENGTH = 500
MAX_TOKENS = 60
MAX_DEPTH = 8
OPERATORS = (
    "from", "to", "cc", "bcc", "subject", "label", "in", "is", "has", "filename", "before", "after", "newer_than",
    "older_than",
)  # fmt: skip
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<open>\()|(?P<close>\))|(?P<minus>-(?=\S))
        |(?P<bare>[A-Za-z_]+):(?=\s|\)|$)
        |(?:(?P<field>[A-Za-z_]+):(?!//))?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s()"]+))
        |(?P<bad>\S)
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Term:
    """`field:value`; a free word or phrase has the field 'text'."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Not:
    """What its operand does not match."""

    operand: "Node"


@dataclass(frozen=True, slots=True)
class All:
    """What every part matches; no parts match everything."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """What at least one part matches."""

    parts: tuple["Node", ...]


Node = Term | Not | All | AnyOf


def refuse(message: str, *, field: str = "query", accepted: object = None) -> NoReturn:
    """Raise the typed error of a query that cannot be understood."""
    raise ToolError("invalid", message, field=field, accepted=accepted)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # 'open', 'close', 'minus', 'or', 'term'
    term: Term | None = None


@lru_cache(maxsize=512)
def parse(text: str, *, field: str = "query") -> Node:
    """The tree of a query. OR joins its two neighbours, everything else is joined by AND. Raises ToolError."""
    if len(text) > MAX_LENGTH:
        refuse(f"The query has {len(text)} characters; at most {MAX_LENGTH} are read.", field=field)
    tokens = _tokens(text, field)
    if len(tokens) > MAX_TOKENS:
        refuse(f"The query has {len(tokens)} parts; at most {MAX_TOKENS} are read.", field=field)
    node, rest = _sequence(tokens, 0, field=field, depth=0)
    if rest < len(tokens):
        refuse("The query has a ')' without a '(' before it.", field=field)
    return node


def terms(node: Node) -> list[Term]:
    """Every term of the tree, from left to right."""
    if isinstance(node, Term):
        return [node]
    if isinstance(node, Not):
        return terms(node.operand)
    return [term for part in node.parts for term in terms(part)]


def _tokens(text: str, field: str) -> list[_Token]:
    found: list[_Token] = []
    position = 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None or match["bad"] is not None:
            refuse(f"The query has an unclosed quote near {text[position:].strip()[:20]!r}.", field=field)
        found.append(_token(match, field))
        position = match.end()
    return found


def _token(match: re.Match[str], field: str) -> _Token:
    for kind in ("open", "close", "minus"):
        if match[kind] is not None:
            return _Token(kind)
    if match["word"] == "OR" and match["field"] is None:
        return _Token("or")
    name = (match["field"] or match["bare"] or "").lower()
    value = match["phrase"] if match["phrase"] is not None else match["word"] or ""
    if not name:
        return _Token("term", Term("text", value))
    if match["bare"] is not None and name not in OPERATORS:
        return _Token("term", Term("text", f"{match['bare']}:"))
    if name not in OPERATORS:
        said = f"There is no search operator '{name}:'. To search for these words put them in double quotes."
        refuse(said, field=field, accepted=[f"{operator}:" for operator in OPERATORS])
    if not value.strip():
        refuse(f"The operator '{name}:' needs a value right after the colon.", field=field)
    return _Token("term", Term(name, value.strip()))


def _sequence(tokens: list[_Token], start: int, *, field: str, depth: int) -> tuple[Node, int]:
    """Parts joined by AND up to the end or a ')'."""
    if depth > MAX_DEPTH:
        refuse(f"The query nests parentheses deeper than {MAX_DEPTH}.", field=field)
    parts: list[Node] = []
    place = start
    while place < len(tokens) and tokens[place].kind != "close":
        group: list[Node] = []
        while True:
            node, place = _single(tokens, place, field=field, depth=depth)
            group.append(node)
            if place >= len(tokens) or tokens[place].kind != "or":
                break
            place += 1
        parts.append(group[0] if len(group) == 1 else AnyOf(tuple(group)))
    return (parts[0] if len(parts) == 1 else All(tuple(parts))), place


def _single(tokens: list[_Token], place: int, *, field: str, depth: int) -> tuple[Node, int]:
    """One term, a negated one, or what stands in parentheses."""
    token = tokens[place] if place < len(tokens) else None
    if token is None or token.kind in ("or", "close"):
        refuse("OR must stand between two search terms.", field=field, accepted="from:a@x.example OR from:b@x.example")
    if token.kind == "minus":
        if depth >= MAX_DEPTH:
            refuse(f"The query nests deeper than {MAX_DEPTH}.", field=field)
        node, after = _single(tokens, place + 1, field=field, depth=depth + 1)
        return Not(node), after
    if token.kind == "open":
        node, after = _sequence(tokens, place + 1, field=field, depth=depth + 1)
        if after >= len(tokens):
            refuse("The query has a '(' without a ')' after it.", field=field)
        if after == place + 1:
            refuse("The query has empty parentheses.", field=field)
        return node, after + 1
    if token.term is None:
        raise AssertionError("a token of kind 'term' carries its term")
    return token.term, place + 1
