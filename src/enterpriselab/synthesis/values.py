"""Typed values that a user could say: enums, flags, numbers, dates around the world's today, names, short texts."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from enterpriselab.synthesis.fields import concrete
from enterpriselab.synthesis.grammar import table

NOTHING = object()
"""No value can be made up for this parameter."""
_SLOT = re.compile(r"\{(\w+)\}")


class ValueMaker:
    """Makes values by schema, tool name and parameter name from the pools in grammar/values.toml."""

    def __init__(self, today: str) -> None:
        self.today = date.fromisoformat(today)

    def make(self, tool: str, name: str, schema: dict[str, Any], rng: Random, *, chosen: Mapping[str, Any]) -> Any:
        """A value for the parameter, or NOTHING.

        Args:
            tool: the tool's name, which picks the pool.
            name: the parameter.
            schema: its JSON Schema.
            rng: where chance comes from.
            chosen: values that other parameters already have (an end comes after its start).
        """
        schema = concrete(schema)
        if "x-examples" in schema:
            fresh = [value for value in schema["x-examples"] if value not in chosen.values()]
            return rng.choice(fresh) if fresh else NOTHING
        if "enum" in schema:
            return rng.choice([item for item in schema["enum"] if item is not None])
        kind = schema.get("type")
        if kind == "boolean":
            return not schema["default"] if isinstance(schema.get("default"), bool) else rng.random() < 0.7
        if kind in ("integer", "number"):
            return self._number(tool, name, schema, rng)
        if kind != "string":
            return NOTHING
        if schema.get("format") == "date" or re.search(r"(^|_)date$", name):
            return self._date(tool, name, rng, chosen).isoformat()
        if schema.get("format") == "date-time":
            return self._instant(tool, name, rng, chosen)
        if schema.get("format") == "email":
            names = [str(value) for other, value in chosen.items() if "name" in other.lower()]
            words = re.findall(r"[a-z]+", " ".join(names).lower()) or [_pick("first", rng), _pick("last", rng)]
            return f"{'.'.join(words[:2])}@post.example".lower()
        return self._text(tool, name, schema, rng)

    def _number(self, tool: str, name: str, schema: dict[str, Any], rng: Random) -> int | float:
        rule = _rule("number", tool, name)
        low = max(rule["low"], schema.get("minimum", schema.get("exclusiveMinimum", rule["low"])))
        high = min(rule["high"], schema.get("maximum", schema.get("exclusiveMaximum", rule["high"])))
        step = rule["step"]
        steps = int((max(high, low) - low) / step)
        value = low + step * rng.randint(0, max(0, steps))
        return int(value) if schema["type"] == "integer" or float(value).is_integer() else round(float(value), 2)

    def _date(self, tool: str, name: str, rng: Random, chosen: Mapping[str, Any]) -> date:
        for rule in table("values")["date"]:
            if not _applies(rule, tool, name):
                continue
            start = self.today
            if "after" in rule:
                earlier = [value for other, value in chosen.items() if re.search(rule["after"], other)]
                if not earlier:
                    continue
                start = date.fromisoformat(str(earlier[0])[:10])
            day = start + timedelta(days=rng.randint(rule["low"], rule["high"]))
            while (rule.get("workday") or "after" in rule) and day.weekday() > 4:
                day += timedelta(days=1)
            return day
        raise KeyError(name)

    def _instant(self, tool: str, name: str, rng: Random, chosen: Mapping[str, Any]) -> str:
        rule = next(rule for rule in table("values")["date"] if _applies(rule, tool, name))
        earlier = [str(v) for other, v in chosen.items() if "after" in rule and re.search(rule["after"], other)]
        if earlier and "T" in earlier[0]:
            hour = min(23, int(earlier[0][11:13]) + rng.randint(1, 3))
            return f"{earlier[0][:11]}{hour:02d}:{earlier[0][14:16]}:00Z"
        day = self._date(tool, name, rng, chosen)
        return f"{day.isoformat()}T{rng.randint(8, 16):02d}:{rng.choice(('00', '15', '30'))}:00Z"

    def _text(self, tool: str, name: str, schema: dict[str, Any], rng: Random) -> Any:
        rule = next((rule for rule in table("values")["text"] if _applies(rule, tool, name)), None)
        if rule is None or ("pattern" in schema and "patterned" not in rule):
            return NOTHING
        text = _SLOT.sub(lambda slot: _pick(slot[1], rng), rng.choice(rule["values"]))
        if not rule.get("as_is"):
            text = text[0].upper() + text[1:] if not re.search("tag", name) else text.lower()
        fits = schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", 10_000)
        return text if fits else NOTHING


def _pick(slot: str, rng: Random) -> str:
    return str(rng.choice(table("values")["fill"][slot]))


def _rule(kind: str, tool: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(rule for rule in table("values")[kind] if _applies(rule, tool, name))
    return found


def _applies(rule: dict[str, Any], tool: str, name: str) -> bool:
    return bool(re.search(rule.get("tool", ""), tool)) and bool(re.search(rule.get("parameter", ""), name))
