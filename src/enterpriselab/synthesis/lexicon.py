"""The words of a world: phrases of tools, nouns of entities, fields, arguments. From data files, else derived."""

import re
from typing import Any

from enterpriselab.synthesis.fields import Field, name_words
from enterpriselab.synthesis.grammar import table
from enterpriselab.synthesis.shape import Shape, plural

_IRREGULAR = dict(
    pair.split(":")
    for pair in (
        "send:sent put:put take:took give:gave make:made write:wrote tell:told find:found set:set read:read pay:paid "
        "let:let log:logged tag:tagged untag:untagged submit:submitted stop:stopped drop:dropped lend:lent "
        "bring:brought hold:held withdraw:withdrew begin:began leave:left get:got cut:cut undo:undid shut:shut "
        "cancel:cancelled commit:committed plan:planned transfer:transferred refer:referred keep:kept star:starred "
        "run:ran go:went map:mapped"
    ).split()
)

OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
SLOT = re.compile(r"\{([?!]?)(\w+)(?:=([^{}]*))?\}")
"""{x} an argument, {!x} the same without quotes, {?x} nothing: the words around it say it; {?x=v} says which value."""


def past(clause: str) -> str:
    """'approve the claim' -> 'approved the claim'."""
    verb, _, rest = clause.partition(" ")
    if verb in _IRREGULAR:
        done = _IRREGULAR[verb]
    elif verb.endswith("e"):
        done = verb + "d"
    elif re.search(r"[^aeiou]y$", verb):
        done = verb[:-1] + "ied"
    else:
        done = verb + "ed"
    return f"{done} {rest}".strip()


def entity_words(entity: str | None) -> dict[str, Any]:
    """What the word list says of an entity."""
    found: dict[str, Any] = table("words")["entity"].get(entity or "", {})
    return found


def noun_of(entity: str | None, fallback: str) -> str:
    """'leave_application' -> 'leave application'."""
    return str(entity_words(entity).get("noun") or (entity.replace("_", " ") if entity else fallback))


def nouns_of(entity: str | None, fallback: str) -> str:
    """The plural."""
    return str(entity_words(entity).get("plural") or plural(noun_of(entity, fallback)))


def is_person(entity: str | None) -> bool:
    """Are things of this kind called by name alone?"""
    return bool(entity_words(entity).get("person"))


WHOLE_NAME = "full_name"
"""Column of a row that is made from the parts of a name."""


def name_parts(entity: str | None) -> list[str]:
    """Fields that make the name of a thing together: first and last name."""
    return list(entity_words(entity).get("name_parts", []))


def called_by(entity: str | None) -> str | None:
    """The field by which things of this kind are called, where the word list says so."""
    found = WHOLE_NAME if name_parts(entity) else entity_words(entity).get("called")
    return str(found) if found else None


def marks_of(entity: str | None) -> list[str] | None:
    """The only fields by which people tell things of this kind apart; None: any."""
    called, others = called_by(entity), entity_words(entity).get("marks")
    return [*([called] if called else []), *(others or [])] if called or others is not None else None


def relations_from(entity: str | None) -> list[str]:
    """Fields of a thing by which others are described: 'the manager of the group'."""
    found: list[str] = entity_words(entity).get("relations", table("words")["relation"]["fields"])
    return found


def field_words(name: str) -> str:
    """'total_leave_days' -> 'total leave days'."""
    known = table("words")["field"].get(name)
    return str(known) if known else " ".join(name_words(name))


def attribute_phrase(name: str, shown: str, entity: str | None = None) -> str:
    """An attribute after the noun: 'starting on 2026-03-09'; a kind of thing may have its own words for it."""
    known = entity_words(entity).get("attribute", {}).get(name) or table("words")["attribute"].get(name)
    return known.replace("{}", shown) if known else f"with {field_words(name)} {shown}"


def argument_phrase(name: str, shown: str, value: Any) -> str:
    """An argument that the tool's phrase has no place for."""
    known = table("words")["argument"].get(name)
    words = " ".join(word for word in name_words(name) if word not in ("id", "ids"))
    if isinstance(value, bool):
        return (str(known) if known else f"with {words} on") if value else f"with {words} off"
    return known.replace("{}", shown) if known else f"with {words} {shown}"


def sayable_argument(shape: Shape, name: str) -> bool:
    """Can an optional argument be said well? Flags only when a phrase knows them; lists of objects never."""
    if any(re.search(rf"\{{[?!]?{name}\}}", phrase) for phrase in phrases_of(shape)):
        return True
    if name not in shape.inputs or name in table("words")["silent"]["arguments"]:
        return False
    return shape.inputs[name].type != "boolean" or name in table("words")["argument"]


def is_phrased(shape: Shape) -> bool:
    """Has the tool's app a phrase for all that people ask of it, so that nothing is said but by these?"""
    return bool(table("words")["app"].get(shape.spec.app, {}).get("phrased"))


def filters_of(shape: Shape) -> list[str] | None:
    """The filters by which people search with the tool; None where nothing is written and any may be."""
    found = table("tools").get(shape.name, {}).get("filters", [] if is_phrased(shape) else None)
    return list(found) if found is not None else None


def relations_of(tool: str) -> list[str]:
    """Parameters that are written to say to what the rows or the number belong."""
    return list(table("tools").get(tool, {}).get("relation", {}))


def subject_of(tool: str) -> str | None:
    """How the thing is called that a look-up by name or number finds: 'the group {!name}'."""
    found = table("tools").get(tool, {}).get("of")
    return str(found) if found else None


def always_looked_up(tool: str) -> list[str]:
    """Parameters of the tool whose values cannot be made up."""
    return list(table("tools").get(tool, {}).get("looked_up", []))


def row_noun(tool: str) -> str | None:
    """What a list calls its rows when its name narrows them down: 'starred file'."""
    found = table("tools").get(tool, {}).get("noun")
    return str(found) if found else None


def row_context(tool: str) -> str:
    """Where the rows of a call without filters stand: 'in my team'."""
    return str(table("tools").get(tool, {}).get("context", ""))


def object_phrase(tool: str, parameter: str) -> str | None:
    """How an argument that is an object is said; None when it cannot be."""
    found = table("tools").get(tool, {}).get("object", {}).get(parameter)
    return str(found) if found else None


def phrase_slots(phrase: str) -> list[str]:
    """Names in braces, in order."""
    return [name for _, name, _ in SLOT.findall(phrase)]


def fixed_slots(phrase: str) -> dict[str, str]:
    """Parameter -> the value that the words of the phrase stand for: 'resolve ...{?status=resolved}'."""
    return {name: value for _, name, value in SLOT.findall(phrase) if value}


def shown_object(phrase: str, value: Any) -> str:
    """An object (or a list of one) in the words of its phrase."""
    parts = value[0] if isinstance(value, list) else value
    flat = {key: item[0] if isinstance(item, list) else item for key, item in parts.items()}
    return re.sub(r"\{(\w+)\}", lambda slot: shown_value(flat[slot[1]], None, quote=False), phrase)


def silent_fields() -> list[str]:
    """Fields that nobody asks for."""
    found: list[str] = table("words")["silent"]["fields"]
    return found


def stands_before(name: str, entity: str | None = None) -> bool:
    """Does the value of this field stand before the noun? Not where the kind of thing has its own words for it."""
    return name in table("words")["before"]["fields"] and name not in entity_words(entity).get("attribute", {})


def shown_value(value: Any, field: Field | None, schema: dict[str, Any] | None = None, *, quote: bool = True) -> str:
    """A value as it stands in a sentence: free text in quotes, choices in words, the rest as it is."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    text = str(value)
    if schema is not None and "enum" in schema:
        return choice_words(text)
    known = entity_words(field.entity).get("said") if field is not None else None
    if known:
        return str(known).replace("{}", text)
    plain = (field is not None and field.entity is not None) or re.fullmatch(r"[\d:TZ.+-]+", text) or "@" in text
    return text if plain or not quote else f'"{text}"'


def choice_words(text: str) -> str:
    """'3 high' -> 'high', 'ON_HOLD' -> 'on hold'."""
    words = re.sub(r"^\d+\s+", "", text.replace("_", " "))
    return words.lower() if words.isupper() and len(words) > 3 else words


def phrases_of(shape: Shape) -> list[str]:
    """Hand-written phrases of the tool, else one made from its name and parameters."""
    return written_phrases(shape.name) or [derived_phrase(shape)]


def written_phrases(tool: str) -> list[str]:
    """Hand-written phrases of the tool."""
    return list(table("tools").get(tool, {}).get("say", []))


def question_of(tool: str, field: str) -> str | None:
    """The hand-written question for a field of a tool's result; `count` for how many there are."""
    found = table("tools").get(tool, {}).get("ask", {}).get(field)
    return str(found) if found else None


def relation_of(tool: str, parameter: str) -> str:
    """How a row belongs to a bound argument: 'of {}' if nothing else is written."""
    return str(table("tools").get(tool, {}).get("relation", {}).get(parameter, "of {}"))


def derived_phrase(shape: Shape) -> str:
    """'extend_loan(loan_id, due_on)' -> 'extend {loan_id}'; 'create_request(...)' -> 'create a request'."""
    words = [word for word in name_words(shape.name) if word not in name_words(shape.spec.app)] or list(
        name_words(shape.name)
    )
    verb = words[0]
    target = _object_parameter(shape)
    if target is None:
        article = "an" if shape.noun[:1] in "aeiou" else "a"
        return f"{verb} {article} {shape.noun}" if len(words) > 1 else f"{verb} the {shape.noun}"
    rest = " ".join(words[1:])
    noun = noun_of(shape.inputs[target].entity, "")
    if (
        not rest
        or rest == noun
        or noun.endswith(rest)
        or (is_person(shape.inputs[target].entity) and rest in ("user", "member"))
    ):
        return f"{verb} {{{target}}}"
    part = rest.removeprefix(noun).strip() or rest
    new = next(
        (name for name in shape.spec.required if name != target and name_words(name)[-1] == part.split()[-1]), None
    )
    return f"{verb} the {part} of {{{target}}}" + (f" to {{{new}}}" if new else "")


def _object_parameter(shape: Shape) -> str | None:
    """The parameter that names what the call is about; none for calls that make something new."""
    first = name_words(shape.name)
    if set(first[:2]) & {"create", "add", "new", "register", "apply", "open", "submit", "log", "send", "draft", "hr"}:
        return None
    required = [name for name in shape.spec.required if name in shape.inputs]
    typed = [name for name in required if shape.inputs[name].entity or name_words(name)[-1] in ("id", "iid", "key")]
    return typed[0] if typed else None
