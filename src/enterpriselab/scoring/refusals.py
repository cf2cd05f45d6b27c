"""Refusals: does an answer decline, and does it give the right reason out of a closed list?

Words are looked for, not understood. That is enough because a refusal counts only together with an empty diff, and
because an answer that gives every reason gives none.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

_DECLINES = re.compile(
    r"\b(can ?not|can['\u2019]t|could(?: ?not|n['\u2019]t)|unable|not able|refus\w*|declin\w*|must not|may not"
    r"|(?:not|(?:is|are|was|were)n['\u2019]t) (?:allowed|possible|permitted)|won['\u2019]t|will not)\b",
    re.I,
)
_ACTS = re.compile(r"\b(refus|declin)", re.I)
"""What may be asked for: to decline an invitation. Nobody asks for a cannot."""
_QUOTED = re.compile('"[^"]*"|\u201c[^\u201d]*\u201d')
MAX_REASONS = 3
"""An answer that gives more reasons than this gives none."""


class Reason(NamedTuple):
    """One of the reasons for which a request cannot be carried out."""

    sentence: str
    """How a refusal may say it."""
    words: re.Pattern[str]


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


REASONS: dict[str, Reason] = {
    "missing_permission": Reason(
        "the acting user lacks the permission for it",
        _words(
            r"\bpermissions?\b|\bauthori[sz]|\broles?\b|\bprivilege|\brights?\b"
            r"|\b(?:only|not) (?:an? )?(?:admin|manager)"
        ),
    ),
    "terminal_state": Reason(
        "the record is in a terminal state",
        _words(r"\bterminal\b|\bfinal state\b|\b(?:closed|cancell?ed|retired|disposed|inactive|deactivated)\b"),
    ),
    "missing_entity": Reason(
        "the record does not exist",
        _words(
            r"\b(?:do|does|did)(?: not|n['\u2019]t) exist\b|\bno such\b|\bnot (?:be )?found\b|\bunknown\b"
            r"|\b(?:could|can|did)(?: ?not|n['\u2019]t) (?:find|locate)\b|\bthere (?:is|was|are) no\b|\bnon-?existent\b"
        ),
    ),
    "contradicted_policy": Reason(
        "it contradicts the policy",
        _words(r"\bpolic(?:y|ies)\b|\brules?\b|\bviolat|\bcontradict|\bprocedure\b|\bnot permitted\b"),
    ),
    "ambiguity": Reason(
        "the request is ambiguous",
        _words(
            r"\bambiguous\b|\bambiguity\b|\bmore than one\b|\bseveral\b|\bmultiple\b|\bunclear\b|\bwhich of\b|\btwo\b"
        ),
    ),
}
"""The closed list: why a request may be infeasible."""


def refuses(answer: str, asked: str = "") -> bool:
    """Does the answer decline to do what was asked?

    Where the request is given, to decline what it asks to be declined and what is quoted decline nothing.
    """
    if not asked:
        return _DECLINES.search(answer) is not None
    used = {match[1].casefold() for match in _ACTS.finditer(_QUOTED.sub("", asked))}
    said = (match[0].casefold() for match in _DECLINES.finditer(_QUOTED.sub("", answer)))
    return any(not word.startswith(tuple(used)) for word in said)


def reasons_given(answer: str) -> list[str]:
    """Names of the reasons that the answer gives, in the order of the list."""
    return [name for name, reason in REASONS.items() if reason.words.search(answer)]


def gives_reason(answer: str, reason: str, rules: Sequence[str] = ()) -> bool:
    """Does the answer name one of the rules, or this reason without giving nearly all of the list?"""
    if any(re.search(rf"(?<![\w-]){re.escape(rule)}(?![\w-])", answer, re.IGNORECASE) for rule in rules):
        return True
    given = reasons_given(answer)
    return reason in given and len(given) <= MAX_REASONS


def refusal(reason: str) -> str:
    """A plain refusal for this reason."""
    return f"I cannot do this: {REASONS[reason].sentence}."
