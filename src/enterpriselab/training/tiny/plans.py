"""Plans of the corpus: small goals that play steps on a scene and return the request and the final answer.

Each plan is `plan(scene) -> (request clause, final answer)`. Values needed by calls are in the clause, in the system
text or in an earlier observation, never out of thin air.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from enterpriselab.training.tiny import values
from enterpriselab.training.tiny.scene import Kind, Record, Scene
from enterpriselab.training.tiny.values import Field
from enterpriselab.training.tiny.wording import ACTIONS, CREATES, LINKS, joined, phrase, said, spoken

Plan = Callable[[Scene], tuple[str, str]]


def fill(scene: Scene, fields: list[Field]) -> Record:
    """Fresh values for fields; a date is sometimes today."""
    out = {}
    for item in fields:
        value = item.make(scene.rng)
        if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-" and scene.rng.random() < 0.15:
            value = scene.today
        out[item.name] = value
    return out


def some(scene: Scene, kind: Kind, low: int, high: int) -> list[Field]:
    """Between `low` and `high` fields of a kind."""
    return scene.rng.sample(list(kind.fields), min(len(kind.fields), scene.rng.randint(low, high)))


def id_arg(scene: Scene, kind: Kind) -> str:
    """How tools call the id of a kind."""
    return kind.id_key if kind.id_key != "id" or scene.rng.random() < 0.6 else f"{kind.noun}_id"


def search(scene: Scene, kind: Kind, target: Record, *, by: str | None = None) -> None:
    """Plays a search that finds `target`, by label or by the field `by`, among similar rows."""
    rng = scene.rng
    key, shown = by or kind.label, [f.name for f in kind.fields if f.name == by or rng.random() < 0.45]
    rows = [scene.record(kind) for _ in range(rng.choice((0, 0, 1, 1, 2, 2, 3, 4, 5)))]
    for row in rows:
        while row[key] == target[key] or row[kind.id_key] == target[kind.id_key]:
            row |= scene.record(kind)
            if isinstance(row[key], bool) or rng.random() < 0.1:
                rows = []
                break
    rows = [*(r for r in rows if r[key] != target[key]), target]
    rng.shuffle(rows)
    filters = [(f.name, f.schema, False) for f in some(scene, kind, 0, 2)]
    extra = filters + [p for p in scene.paging if p[0] not in (f.name for f in kind.fields)]
    verb, style = scene.find, rng.random()
    thought = f"I look for {target[key]}."
    view = [{k: r[k] for k in (kind.id_key, kind.label, *shown)} for r in rows]
    if verb == "list" or (by and style < 0.4):
        tool = scene.offer(scene.tool_name(verb, kind.plural), extra)
        hit = by is not None and any(n == by for n, _, _ in filters) and rng.random() < 0.7
        scene.play(tool, {by: target[key]} if hit and by else {}, scene.wrap(view, kind), thought)
    elif by or style < 0.55:
        word = rng.choice(("query", "query", "q", "text", "search"))
        tool = scene.offer(scene.tool_name(verb, kind.plural), [(word, {"type": "string"}, True), *extra])
        scene.play(tool, {word: str(target[key])}, scene.wrap(view, kind), thought)
    else:
        one = style > 0.85
        tool = scene.offer(
            scene.tool_name(verb, kind.noun if one else kind.plural), [(kind.label, {"type": "string"}, True), *extra]
        )
        own = next(v for v in view if v[kind.id_key] == target[kind.id_key])
        scene.play(tool, {kind.label: target[key]}, own if one else scene.wrap(view, kind), thought)


def get(scene: Scene, kind: Kind, target: Record) -> None:
    """Plays a read of one row by id."""
    arg = id_arg(scene, kind)
    tool = scene.offer(scene.tool_name(scene.read, kind.noun), [(arg, kind.id_schema, True)])
    full = dict(target)
    if scene.rng.random() < 0.3:
        full["created_at"] = values.iso_time(scene.rng)
    if scene.rng.random() < 0.15:
        full["created_by"] = {"id": kind.make_id(scene.rng), "name": values.person(scene.rng)}
    if scene.rng.random() < 0.15:
        full[scene.rng.choice(("parent", "closed_on", "remarks"))] = None
    scene.play(tool, {arg: target[kind.id_key]}, full, f"I read {target[kind.label]}.")


def outcome(scene: Scene, kind: Kind, row: Record) -> Record:
    """What a write returns."""
    rng = scene.rng
    return rng.choice(
        (
            {"ok": True},
            {kind.id_key: row[kind.id_key], "ok": True},
            {
                kind.id_key: row[kind.id_key],
                rng.choice(("status", "result")): rng.choice(("ok", "updated", "success")),
            },
            dict(row),
            {"success": True, kind.noun: row},
        )
    )


def done(scene: Scene, verb: str, what: str) -> str:
    """A short final answer after a write."""
    return scene.rng.choice(("Done.", "Done.", "Done.", f"Done: {verb} {what}."))


def fetch(scene: Scene, kind: Kind, target: Record) -> str:
    """Makes the target's id known (said, or searched by label or attribute); returns how the request names it."""
    rng, noun = scene.rng, spoken(kind.noun)
    style = rng.random()
    if style < 0.25:
        ident = target[kind.id_key]
        return rng.choice((f"{noun} {ident}", f"the {noun} {ident}", f"{noun} '{ident}'"))
    usable = [f.name for f in kind.fields if not isinstance(target[f.name], (bool, list))]
    if style < 0.42 and usable:
        by = rng.choice(usable)
        search(scene, kind, target, by=by)
        return f"the {noun} {rng.choice(('whose', 'where', 'with the'))} {phrase(scene, by, target[by])}"
    search(scene, kind, target)
    name, label = said(scene, target[kind.label]), spoken(kind.label)
    return rng.choice(
        (f"the {noun} {name}", f"{noun} {name}", f"the {noun} {label} {name}", f"the {noun} called {name}")
    )


def act(scene: Scene) -> tuple[str, str]:
    """Find one thing and do something to it."""
    kind = scene.kind()
    target = scene.record(kind)
    ref = fetch(scene, kind, target)
    return _act_on(scene, kind, target, ref)


def _act_on(scene: Scene, kind: Kind, target: Record, ref: str) -> tuple[str, str]:
    rng, verb = scene.rng, scene.rng.choice(list(ACTIONS))
    fields = some(scene, kind, 1, 2) if verb == "update" or rng.random() < 0.4 else []
    arg, used = id_arg(scene, kind), fill(scene, fields)
    optional = [(f.name, f.schema, False) for f in kind.fields if f not in fields and rng.random() < 0.3]
    tool = scene.offer(
        scene.tool_name(verb, kind.noun),
        [(arg, kind.id_schema, True), *((f.name, f.schema, verb != "update") for f in fields), *optional],
    )
    known = scene.tools[tool]["parameters"]["properties"]
    arguments = {k: v for k, v in {arg: target[kind.id_key], **used}.items() if k in known}
    scene.play(tool, arguments, outcome(scene, kind, target | used), f"Now I {verb} {target[kind.id_key]}.")
    word = rng.choice(ACTIONS[verb]) if rng.random() < 0.4 else verb
    parts = [phrase(scene, k, v) for k, v in used.items() if k in known]
    if verb == "update" and len(parts) == 1 and rng.random() < 0.6:
        name, value = next(iter(used.items()))
        return f"set the {spoken(name)} of {ref} to {said(scene, value)}", done(scene, verb, str(target[kind.id_key]))
    return f"{word} {ref}{joined(scene, parts)}", done(scene, verb, str(target[kind.id_key]))


def create(scene: Scene) -> tuple[str, str]:
    """Make a new thing from what the request says."""
    clause, answer, _, _ = _create(scene)
    return clause, answer


def _create(scene: Scene, extra: tuple[str, Kind, Any] | None = None) -> tuple[str, str, Kind, Record]:
    """Creates; with `extra` = (argument, kind, id) the new thing also points at an earlier one."""
    rng, kind = scene.rng, scene.kind()
    verb, fields = rng.choice(CREATES), some(scene, kind, 0, 3)
    row = scene.record(kind)
    used = {**_naming(scene, kind, row), **fill(scene, fields)}
    optional = [(f.name, f.schema, False) for f in kind.fields if f not in fields and rng.random() < 0.5]
    chosen = [(f.name, f.schema, rng.random() < 0.6) for f in fields]
    params = [*((n, {"type": "string"}, True) for n in used if n not in (f.name for f in fields)), *chosen, *optional]
    arguments: Record = dict(used)
    if extra:
        params.insert(rng.randint(0, 1), (extra[0], extra[1].id_schema, True))
        arguments[extra[0]] = extra[2]
    tool = scene.offer(scene.tool_name(verb, kind.noun), params)
    result = outcome(scene, kind, row | used) | {kind.id_key: row[kind.id_key]}
    scene.play(tool, arguments, result, f"Now I {verb} it.")
    label = said(scene, row[kind.label])
    naming = rng.choice((f" {label}", f" called {label}", f" named {label}", f" with {spoken(kind.label)} {label}"))
    parts = [phrase(scene, f.name, used[f.name]) for f in fields]
    word = verb if verb != "new" else "create"
    clause = f"{word} {rng.choice(('a ', 'a new ', 'the '))}{spoken(kind.noun)}{naming}{joined(scene, parts)}"
    return clause, done(scene, verb, str(row[kind.id_key])), kind, row


def _naming(scene: Scene, kind: Kind, row: Record) -> Record:
    """The arguments that name a new thing: its label, or first and last name apart."""
    parts = str(row[kind.label]).split()
    if kind.make_label is values.person and scene.rng.random() < 0.4:
        return {"first_name": parts[0], "last_name": parts[1]}
    return {kind.label: row[kind.label]}


def create_chain(scene: Scene) -> tuple[str, str]:
    """Make a thing, then make or do something with the id that came back."""
    clause, _, kind, row = _create(scene)
    if scene.rng.random() < 0.5:
        second, answer, _, _ = _create(scene, (f"{kind.noun}_id", kind, row[kind.id_key]))
        return f"{clause}; then {second} for it", answer
    second, answer = _act_on(scene, kind, row, "it")
    return f"{clause}, then {second}", answer


def ask(scene: Scene) -> tuple[str, str]:
    """Find out one or two values."""
    kind = scene.kind()
    target = scene.record(kind)
    names = [f.name for f in some(scene, kind, 1, 2)] or [kind.label]
    ref = fetch(scene, kind, target)
    seen = str(scene.steps[-1].observation) if scene.steps else ""
    if not scene.steps or any(f"'{n}'" not in seen for n in names) or scene.rng.random() < 0.4:
        get(scene, kind, target)
    what = " and ".join(f"the {spoken(n)}" for n in names)
    opening = scene.rng.choice(("what is", "tell me", "find out", "give me", "look up"))
    return f"{opening} {what} of {ref}", answer_of(names, target)


def answer_of(names: list[str], target: Record) -> str:
    """The asked-for values in one sentence."""
    return "The " + " and the ".join(f"{spoken(n)} is {shown(target[n])}" for n in names) + "."


def shown(value: Any) -> str:
    """A value as a final answer writes it."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def relay(scene: Scene) -> tuple[str, str]:
    """Find a thing, read one of its values, and use the value in another tool."""
    rng, kind = scene.rng, scene.kind()
    target = scene.record(kind)
    carried = rng.choice(kind.fields)
    ref = fetch(scene, kind, target)
    if not scene.steps or f"'{carried.name}'" not in str(scene.steps[-1].observation) or rng.random() < 0.3:
        get(scene, kind, target)
    generic = ("to", "target", "value", "recipient", f"{kind.noun}_{carried.name}")
    arg = carried.name if rng.random() < 0.6 else rng.choice(generic)
    other = scene.kind()
    verb, fields = rng.choice((*LINKS, *CREATES)), [f for f in some(scene, other, 0, 2) if f.name != arg]
    used = fill(scene, fields)
    params = [(arg, carried.schema, True), *((f.name, f.schema, True) for f in fields)]
    tool = scene.offer(scene.tool_name(verb, other.noun), params)
    result = outcome(scene, other, scene.record(other))
    scene.play(tool, {arg: target[carried.name], **used}, result, f"Now I {verb}.")
    parts = [phrase(scene, k, v) for k, v in used.items()]
    link_word = rng.choice(("to", "for", "with", "at", "using"))
    goal = f"{verb} a {spoken(other.noun)} {link_word} the {spoken(carried.name)} of {ref}"
    return goal + joined(scene, parts), done(scene, verb, spoken(other.noun))


def link(scene: Scene) -> tuple[str, str]:
    """Find two things and connect them."""
    rng, first, second = scene.rng, scene.kind(), scene.kind()
    a, b = scene.record(first), scene.record(second)
    ref_a, ref_b = fetch(scene, first, a), fetch(scene, second, b)
    verb = rng.choice(LINKS)
    key_a, key_b = f"{first.noun}_id", f"{second.noun}_id"
    if rng.random() < 0.3:
        key_a, key_b = first.noun, second.noun
    params = [(key_a, first.id_schema, True), (key_b, second.id_schema, True)]
    tool = scene.offer(scene.tool_name(verb, first.noun), params if rng.random() < 0.8 else params[::-1])
    arguments = {key_a: a[first.id_key], key_b: b[second.id_key]}
    scene.play(tool, arguments, outcome(scene, first, a), f"Now I {verb} them.")
    return f"{verb} {ref_a} {rng.choice(('to', 'with', 'to', 'into'))} {ref_b}", done(scene, verb, spoken(first.noun))


def follow(scene: Scene) -> tuple[str, str]:
    """Find a thing that points at another thing; then read or change that other one."""
    rng, first, second = scene.rng, scene.kind(), scene.kind()
    b = scene.record(second)
    pointer = rng.choice((f"{second.noun}_id", second.noun, f"{second.noun}_ref"))
    a = {**scene.record(first), pointer: b[second.id_key]}
    ref = fetch(scene, first, a)
    if not scene.steps or f"'{pointer}'" not in str(scene.steps[-1].observation):
        get(scene, first, a)
    if rng.random() < 0.5 and second.fields:
        names = [rng.choice(second.fields).name]
        get(scene, second, b)
        return f"what is the {spoken(names[0])} of the {spoken(second.noun)} of {ref}?", answer_of(names, b)
    return _act_on(scene, second, b, f"the {spoken(second.noun)} of {ref}")


def twice(scene: Scene) -> tuple[str, str]:
    """The same action on two or three things named in the request."""
    rng, kind = scene.rng, scene.kind()
    rows = [scene.record(kind) for _ in range(rng.choice((2, 2, 3)))]
    verb, arg = rng.choice(list(ACTIONS)), id_arg(scene, kind)
    fields = some(scene, kind, 0, 1)
    used = fill(scene, fields)
    params = [(arg, kind.id_schema, True), *((f.name, f.schema, True) for f in fields)]
    tool = scene.offer(scene.tool_name(verb, kind.noun), params)
    if arg in used:
        used = {}
    known = scene.tools[tool]["parameters"]["properties"]
    for row in rows:
        arguments = {arg: row[kind.id_key], **{k: v for k, v in used.items() if k in known}}
        scene.play(tool, arguments, outcome(scene, kind, row), f"Now {row[kind.id_key]}.")
    refs = [str(r[kind.id_key]) for r in rows]
    text = f"{verb} the {spoken(kind.plural)} {', '.join(refs[:-1])} and {refs[-1]}"
    parts = [phrase(scene, k, v) for k, v in used.items()]
    return text + joined(scene, parts), done(scene, verb, spoken(kind.plural))


def count(scene: Scene) -> tuple[str, str]:
    """How many rows match: the total of a list."""
    rng, kind = scene.rng, scene.kind()
    rows = [scene.record(kind) for _ in range(rng.randint(1, 4))]
    chosen = rng.choice(
        [f for f in kind.fields if f.schema["type"] != "array"] or [Field("city", {"type": "string"}, values.invented)]
    )
    for row in rows:
        row[chosen.name] = rows[0].setdefault(chosen.name, chosen.make(rng))
    total = len(rows) + (rng.randint(0, 90) if rng.random() < 0.5 else 0)
    params = [(chosen.name, chosen.schema, False), ("limit", {"type": "integer"}, False)]
    tool = scene.offer(scene.tool_name(scene.find, kind.plural), params)
    view = [{k: r[k] for k in (kind.id_key, kind.label, chosen.name)} for r in rows]
    scene.play(tool, {chosen.name: rows[0][chosen.name]}, {"items": view, "total": total}, "I list them.")
    condition = phrase(scene, chosen.name, rows[0][chosen.name])
    return f"how many {spoken(kind.plural)} have {condition}?", f"{total}."


def absent(scene: Scene) -> tuple[str, str]:
    """A search that finds nothing, which the answer says."""
    rng, kind = scene.rng, scene.kind()
    target = scene.record(kind)
    tool = scene.offer(scene.tool_name(scene.find, kind.plural), [(kind.label, {"type": "string"}, True)])
    scene.play(tool, {kind.label: target[kind.label]}, scene.wrap([], kind, 0), f"I look for {target[kind.label]}.")
    verb, noun = rng.choice(list(ACTIONS)), spoken(kind.noun)
    scene.offer(scene.tool_name(verb, kind.noun), [(id_arg(scene, kind), kind.id_schema, True)])
    request = f"{verb} the {noun} {said(scene, target[kind.label])}"
    return request, f"There is no {noun} {target[kind.label]}."


PLANS: tuple[tuple[Plan, float], ...] = (
    (act, 5),
    (create, 3),
    (create_chain, 2),
    (ask, 3),
    (relay, 2),
    (link, 2),
    (follow, 2),
    (twice, 1.2),
    (count, 0.6),
    (absent, 0.4),
)
