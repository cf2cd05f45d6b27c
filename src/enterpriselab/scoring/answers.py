"""Checks on the closing words of an agent: values that must be said."""

import re
from typing import Any

MAX_ANSWER_WORDS = 80
"""A longer answer is no answer: it would pass by listing everything."""
_NUMBER = re.compile(r"(?<![\w.])(?<!\w-)-?\d+(?:\.\d+)?")
"""Digits of an id, as in USER_002 or T-7, are no number."""
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_WORD = re.compile(r"[\w.-]+(?:[@'\u2019][^\W\d][\w.-]*)*")
"""An address or a date is one word, a list is as many as it has items, with or without space."""


def says(answer: str, value: Any) -> bool:
    """Is the value said: a number as that number, a text as whole words, whatever the case?"""
    if isinstance(value, bool):
        return bool(re.search(r"\byes\b" if value else r"\bno\b", answer, re.IGNORECASE))
    if isinstance(value, (int, float)):
        return any(float(match) == float(value) for match in _NUMBER.findall(_THOUSANDS.sub("", answer)))
    text = re.escape(" ".join(str(value).casefold().split()))
    return re.search(rf"(?<![\w]){text}(?![\w])", " ".join(answer.casefold().split())) is not None


def missing_values(answer: str, values: list[Any]) -> list[Any]:
    """The values that the answer does not say."""
    return [value for value in values if not says(answer, value)]


def too_long(answer: str) -> bool:
    """More words than an answer may have."""
    return len(_WORD.findall(answer)) > MAX_ANSWER_WORDS
