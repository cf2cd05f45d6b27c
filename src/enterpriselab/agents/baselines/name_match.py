"""Greedy name match: the tool whose name is nearest to the words of the request, its arguments picked by name and form.

Not a planner: it calls each tool at most once, the best first, and stops when no name fits or nothing can be filled in.
"""

import re
from typing import Any

from rapidfuzz import fuzz

from enterpriselab.agents.baselines.random_calls import ODD, fits
from enterpriselab.agents.baselines.seen import called, seen_values, task_text, values_for
from enterpriselab.agents.models.base import ModelCall, ModelRequest, ModelTurn

ENOUGH = 0.5
"""Share of a name's words that the request must have."""
SAME = 85
"""Likeness of two words, in percent, from which they are the same word."""
_WORD = re.compile(r"[A-Za-z][a-z]+")
_QUOTED = re.compile(r"[\"'\u201c\u2018]([^\"'\u201d\u2019]{2,})[\"'\u201d\u2019]")
_TOKEN = re.compile(r"[^\s,;()\"'?!]+")


class NoValue(Exception):
    """A required argument is not to be found."""


def name_match(request: ModelRequest, turn: int) -> ModelTurn:
    """The best tool that was not called yet, or the answer."""
    words = {word.lower() for word in _WORD.findall(task_text(request))}
    done = set(called(request))
    left = [tool["function"] for tool in request.tools if tool["function"]["name"] not in done]
    scored = [(_likeness(tool["name"], words), tool) for tool in left]
    for score, tool in sorted(scored, key=lambda pair: -pair[0]):
        if score < ENOUGH:
            break
        try:
            return ModelTurn(calls=(ModelCall(tool["name"], picked_arguments(tool["parameters"], request)),))
        except (NoValue, *ODD):
            continue
    return ModelTurn(text="Done.")


def _likeness(name: str, words: set[str]) -> float:
    """Share of the words of a name that are in the request, more words counting a little more."""
    parts = [part.lower() for part in _WORD.findall(name)]
    hits = sum(any(fuzz.ratio(part, word) >= SAME for word in words) for part in parts)
    return hits / len(parts) + hits / 100 if parts else 0.0


def picked_arguments(schema: dict[str, Any], request: ModelRequest) -> dict[str, Any]:
    """Required arguments, and optional ones whose choice the request names.

    Raises:
        NoValue: for a required argument there is nothing of its form in the request or in the results.
    """
    text, seen = task_text(request), seen_values(request)
    arguments: dict[str, Any] = {}
    for name, inner in schema.get("properties", {}).items():
        required = name in schema.get("required", ())
        inner = _filled(inner)
        found = _named_choice(inner, text)
        if found is None and required:
            found = _picked(name, inner, text, seen, list(arguments.values()))
        if found is not None:
            arguments[name] = found
        elif required:
            raise NoValue
    return arguments


def _filled(schema: dict[str, Any]) -> dict[str, Any]:
    """The first alternative that is not null."""
    options = [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]
    return options[0] if options else schema


def _named_choice(schema: dict[str, Any], text: str) -> Any:
    for choice in schema.get("enum", ()):
        if isinstance(choice, str) and re.search(rf"(?<!\w){re.escape(choice)}(?!\w)", text, re.IGNORECASE):
            return choice
    return None


def _picked(name: str, schema: dict[str, Any], text: str, seen: dict[str, list[Any]], taken: list[Any]) -> Any:
    if schema.get("type") == "array":
        item = _picked(name, _filled(schema.get("items", {})), text, seen, taken)
        return None if item is None else [item]
    candidates = [*_in_text(schema, text), *values_for(name, seen), *schema.get("enum", ())]
    fitting = [value for value in candidates if fits(schema, value)]
    return next((value for value in fitting if value not in taken), None)


def _in_text(schema: dict[str, Any], text: str) -> list[Any]:
    """Values in the request that have the form of the schema, the most telling first."""
    tokens = [token.strip(".:") for token in _TOKEN.findall(text)]
    kind = schema.get("type")
    if kind in ("integer", "number"):
        read = int if kind == "integer" else float
        return [read(token) for token in tokens if re.fullmatch(r"\d+" if kind == "integer" else r"\d+(\.\d+)?", token)]
    if kind == "boolean":
        return [True]
    if kind != "string":
        return []
    forms = {"date": r"\d{4}-\d{2}-\d{2}", "date-time": r"\d{4}-\d{2}-\d{2}T\S+", "email": r"[^@\s]+@[^@\s]+\.\w+"}
    form = forms.get(schema.get("format", "")) or _shape(schema)
    if form:
        return [token for token in tokens if re.fullmatch(form, token)]
    return [*_QUOTED.findall(text), text]


def _shape(schema: dict[str, Any]) -> str | None:
    """A pattern like the first example of an id: letters stay, digits may be others. None where there is no example."""
    examples = [example for example in schema.get("examples", ()) if isinstance(example, str)]
    if not examples or "x-entity" not in schema:
        return None
    return re.sub(r"\d+", r"\\d+", re.escape(examples[0]))
