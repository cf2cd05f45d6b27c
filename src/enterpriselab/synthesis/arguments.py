"""Filling the arguments of one call: from the path so far, from what the principal has seen, from typed generators."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from enterpriselab.synthesis import lexicon
from enterpriselab.synthesis.fields import Field, concrete
from enterpriselab.synthesis.graph import Link, ToolGraph
from enterpriselab.synthesis.links import binds, is_date, is_default, is_identity, origin, read_link, type_of, undoes
from enterpriselab.synthesis.memory import Memory
from enterpriselab.synthesis.paths import Argument, Bound, Done, Filling, Many, Said, parts
from enterpriselab.synthesis.phrased import fill_by_phrase
from enterpriselab.synthesis.picks import opaque
from enterpriselab.synthesis.searches import Searcher
from enterpriselab.synthesis.shape import MECHANICS, QUERY, Shape, is_id_name
from enterpriselab.synthesis.values import NOTHING, ValueMaker

_CREATES = re.compile(r"^(\w+_)?(create|add|new|register|upload|write|make|insert)(_|$)")
_MAX_OPTIONAL = 2
_DESCRIBED = frozenset({"email_address", "email", "file_path", "path"})
"""Values that can be said, but that people rather describe by whose or which they are."""
_LOOKED_UP = 0.5
"""How often an address is looked up by a name instead of being said."""
_RELATED = 0.6
"""How often a usual relation is followed: 'the manager of'. Unusual ones ('the employee of the pay slip') never are."""


@dataclass(slots=True)
class Filler:
    """Fills calls for one principal."""

    graph: ToolGraph
    memory: Memory
    values: ValueMaker
    principal: str
    rng: Random
    optional_share: float = 0.35
    thread_share: float = 0.0
    lacking: str = ""
    """After `fill` gave None: the parameter for which something must be looked up first."""
    _path: Sequence[Done] = ()

    def fill(self, shape: Shape, steps: Sequence[Done], *, must_bind: bool) -> Filling | None:
        """Arguments that satisfy the schema, or None when something required cannot be had.

        Args:
            shape: the tool.
            steps: the path so far.
            must_bind: at least one argument must come from the path.
        """
        self.lacking = ""
        self._path = steps
        if lexicon.is_phrased(shape):
            return fill_by_phrase(self, shape, steps, must_bind=must_bind)
        bound = self._bound(shape, steps)
        if must_bind and not bound:
            return None
        if shape.kind == "list" and not bound:
            return self.search(shape)
        arguments = dict(bound)
        for name in shape.spec.required:
            if name not in arguments and name not in MECHANICS:
                said = None if self._better_looked_up(shape, name, steps) else self.said(shape, name, arguments)
                if said is None:
                    self.lacking = name if self.can_be_found(shape, name) else ""
                    return None
                arguments[name] = said
        self._add_optional(shape, arguments, steps[-1].pick.row if steps and steps[-1].pick else {})
        return Filling({name: arguments[name] for name in shape.spec.parameters if name in arguments})

    def search(self, shape: Shape) -> Filling | None:
        """Filters that find a row that this tool has shown before; without one, only what is required."""
        wanted, filters = Searcher(self.memory, self.principal, self.rng, self.optional_share).search(shape)
        arguments: dict[str, Argument] = {name: Said(value) for name, value in filters.items()}
        for name in shape.spec.required:
            if name not in arguments:
                said = self.said(shape, name, arguments)
                if said is None:
                    return None
                arguments[name] = said
        return Filling({name: arguments[name] for name in shape.spec.parameters if name in arguments}, wanted)

    def with_argument(self, shape: Shape, filling: Filling, name: str) -> Filling | None:
        """The filling with one more said argument; None when it is there already or cannot be said."""
        if name not in shape.inputs or name in filling.arguments or not lexicon.sayable_argument(shape, name):
            return None
        if lexicon.is_phrased(shape):
            return None
        said = self.said(shape, name, filling.arguments)
        if said is None:
            return None
        arguments = {**filling.arguments, name: said}
        return Filling({key: arguments[key] for key in shape.spec.parameters if key in arguments}, filling.wanted)

    def can_be_found(self, shape: Shape, name: str) -> bool:
        """Is it the kind of value that is looked up, rather than made up?"""
        place = shape.inputs.get(name)
        wanted = place is not None and (place.entity is not None or is_id_name(name))
        return wanted and not self._is_new_name(shape, name)

    def _better_looked_up(self, shape: Shape, name: str, steps: Sequence[Done]) -> bool:
        """An address is often not said: the person is, and the address is looked up."""
        place = shape.inputs.get(name)
        looked = any(step.tool in self.producers(shape, name) for step in steps)
        return (
            shape.writes
            and place is not None
            and place.entity == "email_address"
            and not looked
            and not self._is_new_name(shape, name)
            and self.rng.random() < _LOOKED_UP
        )

    def producers(self, shape: Shape, name: str) -> list[str]:
        """Lists and finders that can be called with words alone and that show what the parameter wants."""
        found: dict[str, None] = {}
        for link in self.graph.into(shape.name, name):
            source = self.graph.shapes[link.source]
            last = link.field.rsplit(".", 1)[-1]
            own = last == source.identity or (last == "email" and lexicon.is_person(source.entity))
            searched = "[]" in link.field if source.kind == "list" else bool(lexicon.subject_of(link.source))
            if searched and own:
                found.setdefault(link.source)
        return list(found)

    def _bound(self, shape: Shape, steps: Sequence[Done]) -> dict[str, Argument]:
        """Parameters that the path can fill: all required ones, optional ones often; each value at most once."""
        found: dict[str, Argument] = {}
        if not steps:
            return found
        values: list[Any] = []
        required = shape.spec.required
        for name in sorted(shape.inputs, key=lambda item: item not in required):
            if name in MECHANICS or QUERY.match(name) or self._is_new_name(shape, name):
                continue
            if name not in required and (shape.kind == "write" and found and self.rng.random() > self.optional_share):
                continue
            source = None if undoes(name, found) else self.from_path(shape, name, steps, values)
            if source is not None:
                values.append(source.value)
                many = shape.inputs[name].path.endswith("[]")
                found[name] = Many((source,)) if many else source
        if len(
            {
                (part.step, part.path.rsplit(".", 1)[0])
                for value in found.values()
                for part in parts(value)
                if isinstance(part, Bound)
            }
        ) < len(found):
            return {}  # two arguments from one and the same row say nothing new
        if shape.kind == "list" and len(found) > 1:
            kept = self.rng.choice([name for name in found if name in required] or list(found))
            found = {name: value for name, value in found.items() if name == kept or name in required}
        return found

    def from_path(self, shape: Shape, name: str, steps: Sequence[Done], taken: list[Any]) -> Bound | None:
        """The latest value of the path that a parameter takes and that somebody would describe; none of `taken`."""
        links = self.graph.into(shape.name, name)
        for index in range(len(steps) - 1, -1, -1):
            options = [link for link in links if link.source == steps[index].tool]
            options.sort(key=lambda link: (not link.proven, not is_identity(self.graph, link)))
            for link in options:
                bound = read_link(link, index, steps[index])
                if bound is None or bound.value in taken or type_of(bound.value) != shape.inputs[name].type:
                    continue
                source = origin(steps, bound)
                if source is not None and self._natural(shape, name, link, steps[index], bound.value):
                    return source
        return None

    def _natural(self, shape: Shape, name: str, link: Link, step: Done, value: Any) -> bool:
        """Would somebody describe the value by the step, instead of saying it or meaning themselves?"""
        place, source = shape.inputs[name], self.graph.shapes[link.source]
        field_name = link.field.rsplit(".", 1)[-1]
        described = place.entity in _DESCRIBED or field_name in _DESCRIBED
        if not described and not opaque(value, place) and (place.entity or not is_id_name(name)):
            return False
        if source.list_path and "[]" not in link.field:
            return False
        if step.writes and field_name not in (source.identity, "email"):
            return False
        if step.writes and name.startswith("remove"):
            return False
        own = source.kind == "detail" and not binds(step) and not self._about_somebody(step, source)
        if own and not source.own:
            return False
        if own and (field_name == "email" or (field_name == source.identity and name not in shape.spec.required)):
            return False
        if field_name == source.identity or described:
            return True
        return field_name in lexicon.relations_from(source.entity) and self.rng.random() < _RELATED

    def _about_somebody(self, step: Done, source: Shape) -> bool:
        """Does the call name whom it is about, rather than show the caller's own?"""
        return lexicon.subject_of(source.name) is not None or any(
            source.inputs[name].entity == source.entity for name in step.arguments if name in source.inputs
        )

    def said(self, shape: Shape, name: str, chosen: Mapping[str, Argument]) -> Argument | None:
        """A value that the user says, or None where none can be said."""
        schema = concrete(shape.spec.parameters[name])
        if schema.get("type") == "object" or "properties" in concrete(schema.get("items", {})):
            made = self._made_object(shape, name, schema)
            return Said(made) if made is not None else None
        if schema.get("type") == "array":
            item = self._said_scalar(shape, name, schema.get("items", {}), chosen)
            return Many((Said(item),)) if item is not NOTHING else None
        value = self._said_scalar(shape, name, schema, chosen)
        return Said(value) if value is not NOTHING else None

    def _made_object(self, shape: Shape, name: str, schema: dict[str, Any]) -> Any:
        """An object (or a list of one) with the parts that its phrase mentions; None when no phrase knows it."""
        phrase = lexicon.object_phrase(shape.name, name)
        items = concrete(schema.get("items", {})) if schema.get("type") == "array" else schema
        if phrase is None:
            return None
        made: dict[str, Any] = {}
        for key in lexicon.phrase_slots(phrase):
            part = concrete(items.get("properties", {}).get(key, {}))
            inner = concrete(part.get("items", {})) if part.get("type") == "array" else part
            place = Field(key, key, str(inner.get("type")), inner.get("x-entity"), None, inner.get("format"))
            typed = place.entity and "x-examples" not in inner
            value = self.memory.sayable(self.principal, place, self.rng) if typed else None
            if value is None and not typed:
                value = self.values.make(shape.name, key, inner, self.rng, chosen=made)
            if value is None or value is NOTHING or (place.entity and value in made.values()):
                return None
            made[key] = [value] if part.get("type") == "array" else value
        return [made] if schema.get("type") == "array" else made

    def _said_scalar(self, shape: Shape, name: str, schema: dict[str, Any], chosen: Mapping[str, Argument]) -> Any:
        plain = {key: argument.value for key, argument in chosen.items()}
        place = shape.inputs.get(name)
        again = self._said_before(place)
        if again is not None and again not in plain.values():
            return again
        exemplified = "x-examples" in concrete(schema)
        typed = place is not None and (place.entity is not None or is_id_name(name)) and not exemplified
        if typed and place is not None and "enum" not in concrete(schema):
            fresh = self._is_new_name(shape, name)
            value = None if fresh else self.memory.sayable(self.principal, place, self.rng)
            if value is not None and value not in plain.values():
                return value
            if place.format == "email" and not fresh:
                return NOTHING
            if place.type != "string" or not fresh:
                return NOTHING
        return self.values.make(shape.name, name, schema, self.rng, chosen=plain)

    def _said_before(self, place: Field | None) -> Any:
        """A value of this entity that an earlier write of the path was given, as often as `thread_share` says."""
        if not self.thread_share or place is None or not place.entity or self.rng.random() >= self.thread_share:
            return None
        shapes, found = self.graph.shapes, []
        for step in self._path:
            for name, argument in step.arguments.items() if step.writes else ():
                given = shapes[step.tool].inputs.get(name)
                if given is not None and given.entity == place.entity:
                    found += [part.value for part in parts(argument) if isinstance(part, Said)]
        return found[-1] if found else None

    def _is_new_name(self, shape: Shape, name: str) -> bool:
        """Does the parameter name the thing that the tool makes, so that a known value would clash?"""
        place = shape.inputs.get(name)
        if place is None or not _CREATES.search(shape.name):
            return False
        named = any(other.endswith("name") for other in shape.inputs)
        return (place.entity is not None and place.entity == shape.entity and not is_id_name(name)) or (
            name == "email" and named
        )

    def _add_optional(self, shape: Shape, arguments: dict[str, Argument], present: Mapping[str, Any]) -> None:
        optional = [name for name in shape.filters() if name not in shape.spec.required and name not in arguments]
        self.rng.shuffle(optional)
        changes = shape.writes and not _CREATES.search(shape.name)
        bare = changes and all(not isinstance(argument, Said) for argument in arguments.values())
        added = 0
        for name in optional:
            eager = bare and not added
            if added >= _MAX_OPTIONAL or not (eager or self.rng.random() < self.optional_share):
                continue
            if shape.kind == "list" and (QUERY.match(name) or is_date(shape, name)):
                continue
            if not lexicon.sayable_argument(shape, name) or undoes(name, arguments):
                continue
            said = self.said(shape, name, arguments)
            changes_nothing = said is not None and present.get(name) == said.value
            if said is not None and not changes_nothing and not is_default(shape, name, said.value):
                arguments[name] = said
                added += 1
