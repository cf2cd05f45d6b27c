"""Filling by phrase: where an app has a phrase for all that people ask, the phrase says which arguments go together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from enterpriselab.synthesis import lexicon
from enterpriselab.synthesis.fields import concrete
from enterpriselab.synthesis.paths import Argument, Bound, Done, Filling, Many, Said
from enterpriselab.synthesis.shape import Shape

if TYPE_CHECKING:
    from enterpriselab.synthesis.arguments import Filler

_LOOK_FURTHER = 0.6
"""How often a phrase that needs something else looked up is kept, rather than another one that has all it needs."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The arguments that one phrase of a tool speaks of."""

    demanded: tuple[str, ...]
    extras: tuple[tuple[str, ...], ...]
    """Groups that are given together or not at all."""
    fixed: dict[str, Any]


def fill_by_phrase(filler: "Filler", shape: Shape, steps: Sequence[Done], *, must_bind: bool) -> Filling | None:
    """Arguments that the app's phrases can say, or None; `filler.lacking` then names what must be looked up first."""
    if shape.kind == "write":
        return _change(filler, shape, steps, must_bind)
    if lexicon.subject_of(shape.name) is not None:
        return None if must_bind else _finder(filler, shape)
    bound = _related(filler, shape, steps)
    if bound is None or (must_bind and not bound):
        return None
    if not bound and shape.kind == "list":
        return filler.search(shape)
    return _ordered(shape, bound | (_narrowed(filler, shape) if shape.kind == "detail" else {}))


def plans_of(shape: Shape) -> list[Plan]:
    """One plan for each written phrase."""
    return [_plan(shape, phrase) for phrase in lexicon.written_phrases(shape.name)]


def _plan(shape: Shape, phrase: str) -> Plan:
    core, groups = lexicon.OPTIONAL.sub("", phrase), lexicon.OPTIONAL.findall(phrase)
    fixed = {name: _typed(shape, name, text) for name, text in lexicon.fixed_slots(phrase).items()}
    demanded = dict.fromkeys([*lexicon.phrase_slots(core), *shape.spec.required])
    return Plan(
        tuple(name for name in demanded if name not in fixed),
        tuple(tuple(lexicon.phrase_slots(group)) for group in groups),
        fixed,
    )


def _typed(shape: Shape, name: str, text: str) -> Any:
    kind = concrete(shape.spec.parameters[name]).get("type")
    return text == "true" if kind == "boolean" else int(text) if kind == "integer" else text


def _change(filler: "Filler", shape: Shape, steps: Sequence[Done], must_bind: bool) -> Filling | None:
    """A call as one of the tool's phrases has it, rather one that takes up more of the path."""
    ready = [(plan, _bound(filler, shape, plan.demanded, steps)) for plan in plans_of(shape)]
    filler.rng.shuffle(ready)
    ready.sort(key=lambda item: -len(item[1]))
    lacking = ""
    for plan, bound in ready:
        if must_bind and not bound:
            break
        made = _planned(filler, shape, plan, bound)
        if made is not None:
            return made
        lacking = lacking or filler.lacking
        if lacking and filler.rng.random() < _LOOK_FURTHER:
            break
    filler.lacking = lacking
    return None


def _planned(filler: "Filler", shape: Shape, plan: Plan, bound: Mapping[str, Argument]) -> Filling | None:
    arguments = dict(bound)
    filler.lacking = ""
    for name in plan.demanded:
        if name not in arguments:
            said = _said(filler, shape, name, arguments)
            if said is None:
                looked_up = name in lexicon.always_looked_up(shape.name) or filler.can_be_found(shape, name)
                filler.lacking = name if looked_up else ""
                return None
            arguments[name] = said
    for group in plan.extras:
        if filler.rng.random() < filler.optional_share:
            made = {name: _said(filler, shape, name, arguments) for name in group if name not in plan.fixed}
            if None not in made.values():
                arguments |= {name: value for name, value in made.items() if value is not None}
                arguments |= {name: Said(plan.fixed[name]) for name in group if name in plan.fixed}
    in_groups = {name for group in plan.extras for name in group}
    arguments |= {name: Said(value) for name, value in plan.fixed.items() if name not in in_groups}
    return _ordered(shape, arguments)


def _said(filler: "Filler", shape: Shape, name: str, chosen: Mapping[str, Argument]) -> Argument | None:
    return None if name in lexicon.always_looked_up(shape.name) else filler.said(shape, name, chosen)


def _bound(filler: "Filler", shape: Shape, names: Sequence[str], steps: Sequence[Done]) -> dict[str, Argument]:
    """What the path can fill; two values of one and the same row would say nothing new."""
    found: dict[str, Argument] = {}
    values: list[Any] = []
    rows: set[tuple[int, str]] = set()
    kept = (*lexicon.always_looked_up(shape.name), *lexicon.relations_of(shape.name))
    for name in names if steps else ():
        place = shape.inputs.get(name)
        described = place is not None and (place.entity is not None or name in kept)
        source = filler.from_path(shape, name, steps, values) if described else None
        if source is not None and _same_matter(filler, source, steps) and _row_of(source) not in rows:
            rows.add(_row_of(source))
            values.append(source.value)
            found[name] = Many((source,)) if shape.inputs[name].path.endswith("[]") else source
    return found


def _same_matter(filler: "Filler", source: Bound, steps: Sequence[Done]) -> bool:
    """After a change, only the thing itself is taken up again, not whatever it leads to."""
    tool = filler.graph.shapes[steps[source.step].tool]
    return not any(step.writes for step in steps) or source.path.rpartition(".")[2] == tool.identity


def _row_of(source: Bound) -> tuple[int, str]:
    return source.step, source.path.rpartition(".")[0]


def _related(filler: "Filler", shape: Shape, steps: Sequence[Done]) -> dict[str, Argument] | None:
    """What a read takes from the path: all that it requires and at most one more; None when it lacks something."""
    required = list(shape.spec.required)
    found = _bound(filler, shape, required, steps)
    missing = [name for name in required if name not in found]
    if missing:
        filler.lacking = missing[0] if filler.can_be_found(shape, missing[0]) else ""
        return None
    others = [name for name in lexicon.relations_of(shape.name) if name not in required]
    filler.rng.shuffle(others)
    for name in others if not found else ():
        if more := _bound(filler, shape, [name], steps):
            return more
    return found


def _narrowed(filler: "Filler", shape: Shape) -> dict[str, Argument]:
    """Said filters of a read that gives one number."""
    names = [name for name in lexicon.filters_of(shape) or () if filler.rng.random() < filler.optional_share]
    said = {name: filler.said(shape, name, {}) for name in names}
    return {name: value for name, value in said.items() if value is not None}


def _finder(filler: "Filler", shape: Shape) -> Filling | None:
    """The names or the number of something that was seen and that nothing else is called by."""
    names = list(shape.spec.required)
    rows = filler.memory.rows_like(filler.principal, shape.entity)
    keys = [tuple(str(row.get(name) or "").casefold() for name in names) for row in rows]
    single = [row for row, key in zip(rows, keys, strict=True) if all(key) and keys.count(key) == 1]
    if not single:
        return None
    row = filler.rng.choice(single)
    return _ordered(shape, {name: Said(row[name]) for name in names})


def _ordered(shape: Shape, arguments: Mapping[str, Argument]) -> Filling:
    return Filling({name: arguments[name] for name in shape.spec.parameters if name in arguments})
