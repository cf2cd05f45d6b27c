"""Noun phrases: how a value that comes from an earlier result is described to somebody who can only read."""

import re
from collections.abc import Mapping
from random import Random
from typing import Any

from enterpriselab.synthesis import lexicon
from enterpriselab.synthesis.explore import fields_at
from enterpriselab.synthesis.fields import Field, concrete
from enterpriselab.synthesis.paths import Argument, Bound, Done, Many, Path, Pick, Said, parts
from enterpriselab.synthesis.picks import opaque, title_of
from enterpriselab.synthesis.shape import QUERY, Shape

ME = "me"
_SHORT_NAME = 3
"""Words up to which a phrase takes a possessive: Nadia Weiss's leave application."""


class Referrer:
    """Describes the values of one path. `describe` gives the full phrase, `brief` a short one for thoughts."""

    def __init__(self, path: Path, shapes: Mapping[str, Shape], rng: Random) -> None:
        self._steps = path.steps
        self._shapes = shapes
        self._possessive = rng.random() < 0.5
        self._mentioned: set[tuple[int, str]] = set()

    def argument(self, step: Done, name: str, *, brief: bool = False) -> str:
        """An argument in words."""
        shown = [self._part(part, step, name, brief) for part in parts(step.arguments[name])]
        return _listed(shown)

    def _part(self, part: Said | Bound, step: Done, name: str, brief: bool) -> str:
        shape = self._shapes[step.tool]
        if isinstance(part, Bound):
            return self.brief(part) if brief else self.describe(part)
        schema = concrete(shape.spec.parameters[name])
        phrase = lexicon.object_phrase(step.tool, name) if isinstance(part.value, (dict, list)) else None
        if phrase is not None:
            return lexicon.shown_object(phrase, part.value)
        items = concrete(schema.get("items", {})) if schema.get("type") == "array" else schema
        return lexicon.shown_value(part.value, shape.inputs.get(name), items)

    def describe(self, bound: Bound) -> str:
        """The full noun phrase; a thing that was described before in the same text gets a short one."""
        place = self._place(bound)
        if place in self._mentioned:
            return self.brief(bound, again=True)
        self._mentioned.add(place)
        return self._phrase(bound, brief=False)

    def brief(self, bound: Bound, *, again: bool = False) -> str:
        """A name, or the noun alone."""
        return self._phrase(bound, brief=True, again=again)

    def forget(self) -> None:
        """Start a new text."""
        self._mentioned.clear()

    def _place(self, bound: Bound) -> tuple[int, str]:
        match = re.match(r"(.+?\.\d+)\.", bound.path)
        name = bound.path.rsplit(".", 1)[-1]
        kept = self._is_identity(bound.step, name)
        return bound.step, (match[1] if match else "") if kept else bound.path

    def _is_identity(self, index: int, name: str) -> bool:
        shape = self._shapes[self._steps[index].tool]
        return name == shape.identity or (name == "email" and lexicon.is_person(shape.entity))

    def _phrase(self, bound: Bound, *, brief: bool, again: bool = False) -> str:
        step = self._steps[bound.step]
        shape = self._shapes[step.tool]
        name = bound.path.rsplit(".", 1)[-1]
        if step.pick is not None and bound.path.startswith(f"{step.pick.path}."):
            if step.pick.path != shape.list_path:
                return self._inner(step, shape, step.pick, name, brief)
            known = (bound.step, "row") in self._mentioned
            whole = self.short_row(step, shape, again=again) if brief or known else self.row(bound.step)
            if not brief:
                self._mentioned.add((bound.step, "row"))
            return whole if self._is_identity(bound.step, name) else _of(_plain_field(name, shape.row_fields()), whole)
        made = step.writes and shape.thing(step.result).get(shape.identity or "") not in step.raw().values()
        subject = (
            f"the new {lexicon.noun_of(shape.entity, shape.noun)}" if made else self.subject(bound.step, brief=brief)
        )
        if name == shape.identity or (name == "email" and (subject == ME or lexicon.is_person(shape.entity))):
            return subject
        return _of(_plain_field(name, {field.path: field for field in shape.outputs} | shape.row_fields()), subject)

    def subject(self, index: int, *, brief: bool = False) -> str:
        """Whom or what a detail is about: its bound argument, a said one of its own kind, or the caller."""
        step = self._steps[index]
        shape = self._shapes[step.tool]
        written = lexicon.subject_of(step.tool)
        if written is not None:
            return lexicon.SLOT.sub(lambda slot: self._in_subject(slot, step), written)
        for argument in step.arguments.values():
            first = parts(argument)[0]
            if isinstance(first, Bound):
                return self.brief(first) if brief else self.describe(first)
        for name in step.arguments:
            place = shape.inputs.get(name)
            if place is not None and place.entity is not None and place.entity == shape.entity:
                return self.argument(step, name)
        return ME

    def _in_subject(self, slot: re.Match[str], step: Done) -> str:
        text = self.argument(step, slot[2])
        return text.strip('"') if slot[1] == "!" else text

    def _inner(self, step: Done, shape: Shape, pick: Pick, name: str, brief: bool) -> str:
        """A row of a list inside a detail: 'the article "..." of the ticket ...'."""
        fields = fields_at(shape, pick.path)
        entity = next((field.entity for field in fields.values() if field.entity), None)
        noun = lexicon.noun_of(entity, pick.path.rstrip("s").replace("_", " "))
        title = title_of(pick.row, fields, entity)
        if title and lexicon.is_person(entity):
            person = f"{pick.row[title]} of {self.subject(self._steps.index(step), brief=brief)}"
            own = next(key for key, field in fields.items() if field.entity)
            return person if name in ("", own, "email") else _of(lexicon.field_words(name), person)
        marks = [] if brief or pick.alone else [_mark(mark, pick.row[mark], fields.get(mark)) for mark in pick.marks]
        whole = " ".join([f"the {noun}", *marks, f"of {self.subject(self._steps.index(step), brief=brief)}"])
        own = next((key for key, field in fields.items() if field.entity), "")
        return whole if name in ("", own) else _of(lexicon.field_words(name), whole)

    def inner(self, index: int) -> str:
        """The picked row of a list inside a detail."""
        step = self._steps[index]
        assert step.pick is not None
        return self._inner(step, self._shapes[step.tool], step.pick, "", False)

    def short_row(self, step: Done, shape: Shape, *, again: bool = False) -> str:
        """'Nadia Weiss', 'the ticket "VPN"', 'the leave application'."""
        assert step.pick is not None
        fields, row = shape.row_fields(), step.pick.row
        title = title_of(row, fields, shape.entity)
        if title and lexicon.is_person(shape.entity):
            return str(row[title])
        if title is None and shape.identity in row and not opaque(row[shape.identity], fields.get(shape.identity)):
            title = shape.identity
        noun = _noun(shape, row)
        if title and len(str(row[title]).split()) <= _SHORT_NAME + 1:
            return _named(noun, title, row[title], fields.get(title))
        return f"the {noun}" if not again else f"this {noun}"

    def row(self, index: int) -> str:
        """The full description of the picked row of a list."""
        step = self._steps[index]
        shape = self._shapes[step.tool]
        assert step.pick is not None
        fields, row = shape.row_fields(), step.pick.row
        noun = _noun(shape, row)
        said = {name: a.value for name, a in step.arguments.items() if isinstance(a, Said)}
        title = title_of(row, fields, shape.entity)
        named = title is None and shape.identity in row and not opaque(row[shape.identity], fields.get(shape.identity))
        title = shape.identity if named else title
        before, after = self._filters(step, shape, fields, said, row[title] if title else None)
        person = bool(title) and lexicon.is_person(shape.entity)
        uses_title = (
            person or named or any(QUERY.match(name) for name in said) or bool(title and title in step.pick.marks)
        )
        relation = self._relation(step)
        enough = named or (step.pick.alone and (said or relation))
        marks = [mark for mark in step.pick.marks if mark != title and not enough]
        before += [_adjective(row[mark]) for mark in marks if lexicon.stands_before(mark, shape.entity)]
        after += [
            _mark(mark, row[mark], fields.get(mark), shape.entity)
            for mark in marks
            if not lexicon.stands_before(mark, shape.entity)
        ]
        if person and title:
            return (
                " ".join([str(row[title]), *before_as_after(before), relation.strip(), *after])
                .replace("  ", " ")
                .strip()
            )
        head = " ".join([*before, noun])
        full = _named(head, title, row[title], fields.get(title)) if uses_title and title else f"the {head}"
        return _joined(full, relation, after)

    def _filters(
        self, step: Done, shape: Shape, fields: Mapping[str, Field], said: Mapping[str, Any], title: Any
    ) -> tuple[list[str], list[str]]:
        """Said filters as adjectives and as phrases; a query that the name already contains is not said twice."""
        before: list[str] = []
        after: list[str] = []
        for name, value in said.items():
            if title is not None and (
                name in lexicon.name_parts(shape.entity) or name == lexicon.called_by(shape.entity)
            ):
                continue
            schema = concrete(shape.spec.parameters[name])
            if QUERY.match(name):
                if title is None or str(value).casefold() not in str(title).casefold():
                    after.append(f'found under "{value}"')
            elif lexicon.stands_before(name, shape.entity):
                before.append(_adjective(value))
            else:
                shown = lexicon.shown_value(value, shape.inputs.get(name), schema, quote=not _word(value))
                after.append(lexicon.attribute_phrase(name, shown, shape.entity))
        return before, after

    def _relation(self, step: Done) -> str:
        """Bound filters: 'of Nadia Weiss'; the possessive is made later."""
        phrases = []
        for name, argument in step.arguments.items():
            for part in parts(argument):
                if isinstance(part, Bound):
                    phrases.append(lexicon.relation_of(step.tool, name).replace("{}", self.describe(part)))
        return " ".join(phrases) or ("" if step.arguments else lexicon.row_context(step.tool))

    def listing(self, index: int) -> tuple[str, str]:
        """(plural noun with filters, relation) of a list as a whole: ('open leave applications', 'of Nadia Weiss')."""
        step = self._steps[index]
        shape = self._shapes[step.tool]
        said = {name: a.value for name, a in step.arguments.items() if isinstance(a, Said)}
        before, after = self._filters(step, shape, shape.row_fields(), said, None)
        nouns = " ".join([*before, lexicon.nouns_of(shape.entity, shape.noun)])
        return nouns, " ".join([self._relation(step), *after]).strip()


def _joined(full: str, relation: str, after: list[str]) -> str:
    owner = relation.removeprefix("of ")
    if owner == ME:
        return " ".join([full.replace("the ", "my ", 1), *after])
    if relation and re.fullmatch(r"[A-Z][\w.'-]*( [A-Z][\w.'-]*){0,2}", owner) and full.startswith("the "):
        return " ".join([f"{owner}'s {full.removeprefix('the ')}", *after])
    return " ".join(part for part in (full, relation, *after) if part)


def before_as_after(before: list[str]) -> list[str]:
    """'(active)' behind a name, where nothing can stand before it."""
    return [f"({', '.join(before)})"] if before else []


def _of(words: str, whole: str) -> str:
    if "{}" in words:
        return words.replace("{}", whole)
    return f"my {words}" if whole == ME else f"the {words} of {whole}"


def _plain_field(name: str, fields: Mapping[str, Field]) -> str:
    """'manager' for reports_to; 'book' for a book_id; else the words of the name."""
    field = fields.get(name)
    words = lexicon.field_words(name)
    if field is not None and field.entity and words == " ".join(field.words) and words.endswith(" id"):
        return lexicon.noun_of(field.entity, words)
    return words.removesuffix(" id")


def _named(noun: str, title: str, value: Any, field: Field | None) -> str:
    if re.search(r"number$", title):
        return f"{noun} {value}" if noun[0] == "#" else f"the {noun} {value}"
    plain = str(value).startswith("/") or "@" in str(value) or (field is not None and field.entity is not None)
    return f"the {noun} {value}" if plain else f'the {noun} "{value}"'


def _noun(shape: Shape, row: Mapping[str, Any]) -> str:
    """The noun of a row; files and folders say themselves what they are."""
    noun = lexicon.row_noun(shape.name) or lexicon.noun_of(shape.entity, shape.noun)
    return str(row["kind"]) if noun == "file" and row.get("kind") == "folder" else noun


def _adjective(value: Any) -> str:
    return lexicon.choice_words(str(value)).lower()


def _mark(name: str, value: Any, field: Field | None, entity: str | None = None) -> str:
    return lexicon.attribute_phrase(name, lexicon.shown_value(value, field, quote=not _word(value)), entity)


def _word(value: Any) -> bool:
    return isinstance(value, str) and len(value.split()) <= _SHORT_NAME


def _listed(shown: list[str]) -> str:
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def bound_arguments(step: Done) -> list[tuple[str, Argument]]:
    """Arguments of a step that come from earlier results."""
    return [
        (n, a)
        for n, a in step.arguments.items()
        if isinstance(a, (Bound, Many)) and any(isinstance(p, Bound) for p in parts(a))
    ]
