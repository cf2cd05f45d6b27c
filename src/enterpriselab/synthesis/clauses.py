"""Clauses: one call as something that a person asks for, and questions for a value of the last result."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from enterpriselab.synthesis import lexicon
from enterpriselab.synthesis.fields import Field, name_words
from enterpriselab.synthesis.nouns import ME, Referrer
from enterpriselab.synthesis.paths import Done, Path
from enterpriselab.synthesis.picks import opaque
from enterpriselab.synthesis.shape import MECHANICS, Shape

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")
_MAX_ANSWER_WORDS = 9


def clause(step: Done, shape: Shape, referrer: Referrer, rng: Random, *, brief: bool = False) -> str:
    """'approve the leave application of Nadia Weiss starting on 2026-03-09', in base form, without a full stop."""
    pattern = rng.choice(_usable(lexicon.phrases_of(shape), step))
    given = set(step.arguments)
    pattern = _OPTIONAL.sub(lambda part: part[1] if set(_SLOT.findall(part[1])) <= given and not brief else "", pattern)
    named = set(_SLOT.findall(pattern))
    text = _SLOT.sub(lambda slot: referrer.argument(step, slot[1], brief=brief), pattern)
    if brief:
        return tidy(text)
    extra = [
        lexicon.argument_phrase(name, referrer.argument(step, name), step.arguments[name].value)
        for name in step.arguments
        if name not in named
    ]
    return tidy(" ".join([text, _listed(extra)]))


def _usable(patterns: list[str], step: Done) -> list[str]:
    """Patterns whose demanded arguments are given."""
    fitting = [p for p in patterns if set(_SLOT.findall(_OPTIONAL.sub("", p))) <= set(step.arguments)]
    return fitting or [_SLOT.sub("it", _OPTIONAL.sub("", patterns[0]))]


def _listed(phrases: list[str]) -> str:
    if len(phrases) < 2:
        return "".join(phrases)
    return f"{', '.join(phrases[:-1])} and {phrases[-1]}"


def tidy(text: str) -> str:
    """One space between words, none before commas; 'my' instead of 'of me'; possessive me is mine."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"\s+([,.?])", r"\1", text)
    text = re.sub(r"\bthe ([\w -]{2,40}?) of me\b", r"my \1", text)
    return re.sub(r"\bme's\b", "my", text)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about the last result: the words, and the value that the answer must say."""

    text: str
    """Without a question mark, first letter small."""
    answer: str
    value: Any
    ending: str
    """Marks the template: '?field' or '?total'."""


def questions(path: Path, shapes: Mapping[str, Shape], referrer: Referrer, rng: Random) -> Question | None:
    """A question that only the last step, a read, can answer; None when there is none."""
    step = path.steps[-1]
    shape = shapes[step.tool]
    options: list[Question] = []
    if shape.kind == "list" and step.total is not None and step.arguments and (step.total > 1 or rng.random() < 0.2):
        options.append(_count(path, referrer))
    fields = _askable(path, shape)
    if fields:
        name, field, value = fields[0] if rng.random() < 0.6 else rng.choice(fields)
        referrer.forget()
        options.append(_field_question(path, shape, name, field, value, referrer))
    return rng.choice(options[::-1]) if options else None


def _count(path: Path, referrer: Referrer) -> Question:
    step = path.steps[-1]
    nouns, relation = referrer.listing(len(path.steps) - 1)
    if relation == f"of {ME}":
        text, answer = f"how many {nouns} do I have", f"You have {step.total} {nouns}."
    else:
        text, answer = tidy(f"how many {nouns} {relation} are there"), f"There are {step.total}."
    return Question(text, answer, step.total, "?total")


def _field_question(
    path: Path, shape: Shape, name: str, field: Field | None, value: Any, referrer: Referrer
) -> Question:
    index = len(path.steps) - 1
    step = path.steps[-1]
    if shape.kind == "list":
        whose = referrer.row(index)
    else:
        whose = referrer.subject(index)
    shown = lexicon.shown_value(value, field, quote=False)
    written = lexicon.question_of(step.tool, name)
    words = lexicon.field_words(name)
    if written:
        text = tidy(written.replace("{of}", whose))
        short = words
    else:
        text, short = f"what is the {words} of {whose}", words
    text = tidy(_possessive(text))
    return Question(text, f"The {short} is {shown}.", value, f"?{name}")


def _possessive(text: str) -> str:
    return re.sub(r"\bof me\b", "of mine", re.sub(r"\bthe ([\w -]{2,40}?) of me\b", r"my \1", text))


def _askable(path: Path, shape: Shape) -> list[tuple[str, Field | None, Any]]:
    """Fields of the last result whose value is short, new on this path, and no identifier."""
    step = path.steps[-1]
    if shape.kind == "list":
        source = step.pick.row if step.pick is not None and step.pick.path == shape.list_path else {}
        hidden = set(step.pick.marks) if step.pick is not None else set()
    else:
        source, hidden = step.result, set()
    fields = shape.row_fields() if shape.kind == "list" else {f.path: f for f in shape.outputs if "[]" not in f.path}
    earlier = " ".join(str(other.result) for other in path.steps[:-1]).casefold()
    said = " ".join(str(value) for other in path.steps for value in other.raw().values()).casefold()
    marked = " ".join(str(s.pick.row[m]) for s in path.steps if s.pick for m in s.pick.marks).casefold()
    found: list[tuple[str, Field | None, Any]] = []
    for name, value in source.items():
        if name in hidden or name in MECHANICS or not _short(value) or opaque(value, fields.get(name)):
            continue
        if name == shape.identity or name_words(name)[-1:] in (("id",), ("at",)) or name in ("page", "total"):
            continue
        text = str(value).casefold()
        if text in said or text in marked or (len(text) > 2 and text in earlier):
            continue
        found.append((name, fields.get(name), value))
    return found


def _short(value: Any) -> bool:
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, str):
        return 0 < len(value.split()) <= _MAX_ANSWER_WORDS and "\n" not in value and len(value) <= 80
    return isinstance(value, (int, float))
