"""Clauses: one call as something that a person asks for, and questions for a value of the last result."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from enterpriselab.synthesis import lexicon
from enterpriselab.synthesis.explore import fields_at
from enterpriselab.synthesis.fields import Field, name_words
from enterpriselab.synthesis.nouns import ME, Referrer
from enterpriselab.synthesis.paths import Done, Path, bounds
from enterpriselab.synthesis.picks import opaque
from enterpriselab.synthesis.shape import MECHANICS, QUERY, Shape

_LONG_TEXT = 4
"""Words from which a text is left out of short clauses."""
_LEADS = (
    r"(?:,|:| and| with| because of) ?(?:saying|with|and|because of)? ?"
    r"(?:the )?(?:subject|text|reason|note|description|feedback|terms|comment)? ?"
)
_DANGLING = re.compile(r"[\s,:]*\b(to|with|and|of|as|on)?\s*[,:]?$")
_MAX_ANSWER_WORDS = 9
_WRITTEN_SHARE = 0.85
"""How often a question with words of its own is preferred to one made from a field's name."""
_INSTANT = re.compile(r"^\d{4}-\d{2}-\d{2}T")


def clause(step: Done, shape: Shape, referrer: Referrer, rng: Random, *, brief: bool = False) -> str:
    """'approve the leave application of Nadia Weiss starting on 2026-03-09', in base form, without a full stop."""
    pattern = rng.choice(_fitting(lexicon.phrases_of(shape), step))
    given = set(step.arguments)
    pattern = lexicon.OPTIONAL.sub(lambda part: part[1] if slots(part[1]) <= given and not brief else "", pattern)
    if brief:
        pattern = _without_long_texts(pattern, step, shape) or pattern
    text = lexicon.SLOT.sub(lambda slot: _filled(slot, step, referrer, brief), pattern)
    if brief:
        return tidy(_DANGLING.sub("", text))
    extra = [
        lexicon.argument_phrase(name, referrer.argument(step, name), step.arguments[name].value)
        for name in step.arguments
        if name not in slots(pattern)
    ]
    return tidy(" ".join([text, _listed(extra)]))


def _without_long_texts(pattern: str, step: Done, shape: Shape) -> str:
    """The pattern without slots for whole sentences and the words that lead to them; empty if little is left."""
    for name in sorted(slots(pattern)):
        value = step.arguments[name].value if name in step.arguments else None
        free = name in shape.inputs and shape.inputs[name].entity is None
        if free and isinstance(value, str) and len(value.split()) >= _LONG_TEXT:
            pattern = re.sub(rf"{_LEADS}[{{!]*{{{name}}}", "", pattern)
            pattern = re.sub(rf"\b(note|text|comment) {{{{!?{name}}}}}", r"\1", pattern)
            pattern = re.sub(rf"{{{{!?{name}}}}}", "the text", pattern)
    return pattern if len(pattern.split()) > 1 else ""


def slots(pattern: str) -> set[str]:
    """Names of the arguments that a pattern mentions."""
    return set(lexicon.phrase_slots(pattern))


def _filled(slot: re.Match[str], step: Done, referrer: Referrer, brief: bool) -> str:
    if slot[1] == "?" or slot[2] not in step.arguments:
        return "" if slot[1] == "?" else "it"
    text = referrer.argument(step, slot[2], brief=brief)
    return text.strip('"') if slot[1] == "!" else text


def _fitting(patterns: list[str], step: Done) -> list[str]:
    """Patterns whose demanded arguments are given, those that place the most arguments."""
    given = set(step.arguments)
    usable = [p for p in patterns if slots(lexicon.OPTIONAL.sub("", p)) <= given and _stands_for(p, step)]
    if not usable:
        return patterns[:1]
    most = max(len(slots(pattern) & given) for pattern in usable)
    return [pattern for pattern in usable if len(slots(pattern) & given) == most]


def _stands_for(pattern: str, step: Done) -> bool:
    """Are the values that the pattern's words stand for the given ones?"""
    fixed = lexicon.fixed_slots(pattern).items()
    return all(str(step.arguments[name].value).lower() == value for name, value in fixed if name in step.arguments)


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
    searched = any(QUERY.match(name) for name in step.arguments)
    countable = shape.entity is not None or lexicon.question_of(step.tool, "count") is not None
    if countable and step.total is not None and step.total > 1 and step.arguments and not searched:
        options.append(_count(path, referrer))
    fields = _askable(path, shape)
    written = [entry for entry in fields if lexicon.question_of(step.tool, entry[0])]
    if written or (fields and shape.identity is not None and not lexicon.is_phrased(shape)):
        only_written = lexicon.is_phrased(shape) or (written and rng.random() < _WRITTEN_SHARE)
        name, field, value = rng.choice(written if only_written else fields)
        referrer.forget()
        options.append(_field_question(path, shape, (name, field, value), referrer))
    return rng.choice(options[::-1]) if options else None


def _count(path: Path, referrer: Referrer) -> Question:
    step = path.steps[-1]
    written = lexicon.question_of(step.tool, "count")
    if written and slots(written) == set(step.arguments):
        text = lexicon.SLOT.sub(lambda slot: referrer.argument(step, slot[2]), written)
        return Question(tidy(text), f"It is {step.total}.", step.total, "?total")
    nouns, relation = referrer.listing(len(path.steps) - 1)
    if relation == f"of {ME}":
        text, answer = f"how many {nouns} do I have", f"You have {step.total} {nouns}."
    else:
        text, answer = tidy(f"how many {nouns} {relation} are there"), f"There are {step.total}."
    return Question(text, answer, step.total, "?total")


def _field_question(path: Path, shape: Shape, asked: tuple[str, Field | None, Any], referrer: Referrer) -> Question:
    name, field, value = asked
    index = len(path.steps) - 1
    step = path.steps[-1]
    inner = step.pick is not None and step.pick.path != shape.list_path and name.startswith(f"{step.pick.path}.")
    whose = referrer.row(index) if shape.kind == "list" else referrer.inner(index) if inner else referrer.subject(index)
    words = lexicon.field_words(name.rsplit(".", 1)[-1])
    written = lexicon.question_of(step.tool, name)
    if written:
        row = step.pick.row if step.pick is not None else {}
        text = written.replace("{of}", referrer.subject(index) if inner else whose)
        text = lexicon.SLOT.sub(lambda slot: _from_row_or_call(slot, row, step, referrer), text)
        if whose == ME or (inner and referrer.subject(index) == ME):
            text = text.replace(f"does {ME} have", "do I have").replace(f"did {ME} ", "did I ")
    else:
        text = f"what {'are' if words.endswith('fees') else 'is'} the {words} of {whose}"
        if "{}" in words:
            text, words = f"what is the address of {words.replace('{}', whose)}", "address"
    shown = lexicon.shown_value(value, field, quote=False)
    verb = "are" if words.endswith("fees") else "is"
    answer = f"It is {shown}." if written else f"The {words} {verb} {shown}."
    return Question(tidy(_possessive(text)), answer, value, f"?{name}")


def _from_row_or_call(slot: re.Match[str], row: Mapping[str, Any], step: Done, referrer: Referrer) -> str:
    name = slot[2]
    return str(row[name]) if name in row or name not in step.arguments else referrer.argument(step, name)


def _possessive(text: str) -> str:
    return re.sub(r"\bof me\b", "of mine", re.sub(r"\bthe ([\w -]{2,40}?) of me\b", r"my \1", text))


def _askable(path: Path, shape: Shape) -> list[tuple[str, Field | None, Any]]:
    """Fields of the last result whose value is short, new on this path, and no identifier."""
    step = path.steps[-1]
    fields = shape.row_fields() if shape.kind == "list" else {f.path: f for f in shape.outputs if "[]" not in f.path}
    if shape.kind == "list":
        source = step.pick.row if step.pick is not None and step.pick.path == shape.list_path else {}
    else:
        fields |= shape.row_fields()
        source = dict(shape.thing(step.result))
    if step.pick is not None and step.pick.path != shape.list_path and (step.pick.marks or step.pick.alone):
        inner = fields_at(shape, step.pick.path)
        source |= {f"{step.pick.path}.{name}": value for name, value in step.pick.row.items()}
        fields |= {f"{step.pick.path}.{name}": field for name, field in inner.items()}
    own = shape.kind == "detail" and not any(True for _ in bounds(step))
    known = _known_texts(path)
    found: list[tuple[str, Field | None, Any]] = []
    for name, value in source.items():
        last = name.rsplit(".", 1)[-1]
        unasked = (*MECHANICS, *lexicon.silent_fields()) if not lexicon.is_phrased(shape) else ()
        if last in unasked or not _short(value) or opaque(value, fields.get(name)):
            continue
        text = str(value).casefold()
        if (own or _INSTANT.match(str(value))) and not lexicon.question_of(step.tool, name):
            continue
        if name == shape.identity or name_words(last)[-1:] in (("id",), ("at",)) or text in known[0]:
            continue
        if len(text) > 2 and text in known[1]:
            continue
        found.append((name, fields.get(name), value))
    return found


def _known_texts(path: Path) -> tuple[str, str]:
    """What the request will say, and what earlier results have shown."""
    said = [str(value) for step in path.steps for value in step.raw().values()]
    marked = [str(step.pick.row[mark]) for step in path.steps if step.pick for mark in step.pick.marks]
    earlier = [str(step.result) for step in path.steps[:-1]]
    return " ".join(said + marked).casefold(), " ".join(earlier).casefold()


def _short(value: Any) -> bool:
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, str):
        return 0 < len(value.split()) <= _MAX_ANSWER_WORDS and "\n" not in value and len(value) <= 80
    return isinstance(value, (int, float))
