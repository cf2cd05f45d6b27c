"""Arguments spoilt on purpose: what must be refused, and what a fuzzer may throw in. Knows no app."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalogue_schemas import Schema, branches, concrete, entity_of
from hypothesis import strategies as st

from enterpriselab.core.tools import ToolSpec

Arguments = dict[str, Any]
SQL = ("'; DROP TABLE company_person; --", "' OR '1'='1", 'x" UNION SELECT * FROM company_role --', "%", "_", "*", "\\")
UNICODE = ("\u202ereversed", "\U0001f4a5", "e\u0301", "\u0000", "\u0007\u001b[31m", "\ufeff", "\ud800", "a\u2028b")
_HOSTILE = ("'; DROP TABLE company_person; --\"\\%_", "\u0000\u202e\U0001f4a5\u2028{}", "", "   ")
_WRONG: dict[str, tuple[Any, ...]] = {
    "string": (7, ["x"], {"a": 1}, True),
    "integer": ("seven", 1.5, [1], True, 10**30),
    "number": ("seven", [1.0], True),
    "boolean": ("perhaps", 2, [True]),
    "array": ("x", 3, {"a": 1}),
    "object": ("x", 3, ["a"]),
}


@dataclass(frozen=True)
class Spoilt:
    """Arguments with one fault, and the parameter that the refusal must name."""

    fault: str
    field: str
    arguments: Arguments


def certain(spec: ToolSpec, good: Mapping[str, Any]) -> Iterator[Spoilt]:
    """Faults that the schema alone forbids."""
    yield Spoilt("unknown", "qqqq", {**good, "qqqq": 1})
    for name, schema in spec.parameters.items():
        if name in spec.required:
            yield Spoilt("missing", name, {key: value for key, value in good.items() if key != name})
            yield Spoilt("null", name, {**good, name: None})
        kinds = [branch.get("type", "any") for branch in branches(schema)]
        if len(kinds) != 1 or kinds[0] not in _WRONG:
            continue
        for wrong in _WRONG[kinds[0]]:
            yield Spoilt("type", name, {**good, name: wrong})
        for wrong in _beyond(concrete(schema)):
            yield Spoilt("range", name, {**good, name: wrong})


def _beyond(schema: Schema) -> Iterator[Any]:
    if "enum" in schema:
        yield "no such choice"
    if "minimum" in schema:
        yield schema["minimum"] - 1
    if "exclusiveMinimum" in schema:
        yield schema["exclusiveMinimum"]
    if "maximum" in schema:
        yield schema["maximum"] + 1
    if "maxLength" in schema:
        yield "x" * (schema["maxLength"] + 1)
    if schema.get("minLength"):
        yield ""
    if schema.get("format") in ("date", "date-time"):
        yield from ("2026-02-30", "tomorrow", "")


def strangers(spec: ToolSpec, good: Mapping[str, Any]) -> Iterator[Spoilt]:
    """Ids that are well-formed and name nothing."""
    for name, schema in spec.parameters.items():
        entity, kind = entity_of(schema), concrete(schema)
        if entity is None or "enum" in kind or kind.get("type") == "object":
            continue
        many = kind.get("type") == "array"
        plain = concrete(kind["items"]) if many else kind
        if "properties" in plain or "enum" in plain:
            continue
        value: Any = 987654321 if plain.get("type") == "integer" else _stranger(plain, good.get(name))
        yield Spoilt(entity, name, {**good, name: [value] if many else value})


def _stranger(schema: Schema, known: Any) -> str:
    if schema.get("format") == "email":
        return "nobody.at.all@nowhere.example"
    example = known if isinstance(known, str) else next(iter(schema.get("examples", ())), "")
    return "".join("9" if letter.isdigit() else letter for letter in str(example)) + "-zz"


def hostile(spec: ToolSpec, good: Mapping[str, Any]) -> Iterator[Arguments]:
    """Text that breaks careless SQL, JSON or layout, in each place that takes text."""
    for name, schema in spec.parameters.items():
        kind = concrete(schema)
        many = kind.get("type") == "array"
        plain = concrete(kind.get("items", {})) if many else kind
        if plain.get("type") != "string" or "enum" in plain:
            continue
        for text in _HOSTILE:
            text = text[: plain.get("maxLength", 200)]
            yield {**good, name: [text] if many else text}
        longest = "x" * plain.get("maxLength", 60_000)  # SQLite searches for 50,000 bytes at most
        yield {**good, name: [longest] if many else longest}


JUNK = st.one_of(
    st.text(max_size=12),
    st.sampled_from((*SQL, *UNICODE)),
    st.sampled_from(("", " ", "x" * 5000, "\n" * 40)),
    st.sampled_from((0, -1, 2**31, 2**63, -(10**30), 1e308, -0.0)),
    st.none(),
    st.booleans(),
    st.lists(st.sampled_from((*SQL, "a", 1)), max_size=3),
    st.dictionaries(st.sampled_from(("query", "from", "a")), st.sampled_from((*SQL, 1)), max_size=2),
)


@st.composite
def spoilt(draw: st.DrawFn, spec: ToolSpec, good: Mapping[str, Any]) -> Arguments:
    """The arguments with one to three of them dropped or replaced."""
    names = list(spec.parameters) or ["qqqq"]
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
    made = dict(good)
    for name in chosen:
        if draw(st.integers(0, 5)) == 0:
            made.pop(name, None)
        else:
            made[name] = draw(_worse(spec.parameters.get(name, {})))
    return made


def _worse(schema: Schema) -> st.SearchStrategy[Any]:
    """Junk, oftener of the right type, which gets further."""
    kind = concrete(schema).get("type") if schema else None
    text = st.one_of(st.sampled_from((*SQL, *UNICODE, "")), st.text(min_size=1, max_size=20))
    if kind == "string":
        return st.one_of(text, JUNK)
    if kind in ("integer", "number"):
        return st.one_of(st.integers(-(2**70), 2**70), st.integers(-5, 400), JUNK)
    if kind == "array" and concrete(concrete(schema).get("items", {})).get("type") == "string":
        return st.one_of(st.lists(text, max_size=3), JUNK)
    return JUNK
