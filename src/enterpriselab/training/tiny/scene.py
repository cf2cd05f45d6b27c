"""One imagined service of the corpus: kinds of things, their tools, and the steps played so far.

A scene fixes a naming style, then plans (plans.py) call `search`, `get` and `act` on it; each adds a tool to the offer
and a step with its observation. Tools are invented per scene; none is a tool of this project.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

from enterpriselab.training.tiny import values, words
from enterpriselab.training.tiny.values import Field, Make

Record = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """A kind of thing: how it is called, how its ids look, what it has."""

    noun: str
    plural: str
    id_key: str
    id_schema: dict[str, Any]
    make_id: Make
    label: str
    make_label: Make
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Step:
    """One call and what came back; `trained` is False for deliberate mistakes, `thought` precedes the call."""

    tool: str
    arguments: dict[str, Any]
    observation: Any
    thought: str = ""
    trained: bool = True


@dataclass
class Scene:
    """A service in the making."""

    rng: Random
    tools: dict[str, dict[str, Any]] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    nouns: set[str] = field(default_factory=set)
    choices: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        rng = self.rng
        self.naming = rng.choices(("verb_noun", "noun_verb", "camel", "dotted", "prefixed"), (10, 2, 1, 1, 4))[0]
        self.prefix = rng.choice(words.THINGS) if rng.random() < 0.5 else values.invented(rng)
        self.list_key = rng.choice(("items", "items", "items", "results", "", "rows", "data"))
        self.id_style = rng.choice(("id", "noun_id", "noun_id", "name", "noun"))
        self.thinks = rng.random() < 0.12
        self.errors = rng.random() < 0.12
        self.today = values.iso_date(rng)
        self.read = rng.choice(("get", "get", "read", "show", "fetch"))
        self.camel = rng.random() < 0.15
        pages: tuple[tuple[str, ...], ...] = (
            (),
            (),
            ("page", "per_page"),
            ("limit", "offset"),
            ("max_results", "page"),
        )
        self.paging = [(p, {"type": "integer"}, False) for p in rng.choice(pages)]
        self.find = rng.choice(("search", "find", "list", "lookup", "query"))

    def tool_name(self, verb: str, noun: str) -> str:
        """The scene's way of naming a tool."""
        return {
            "verb_noun": f"{verb}_{noun}",
            "noun_verb": f"{noun}_{verb}",
            "camel": verb + "".join(p.capitalize() for p in noun.split("_")),
            "dotted": f"{noun}.{verb}",
            "prefixed": f"{self.prefix}_{verb}_{noun}",
        }[self.naming]

    def kind(self) -> Kind:
        """A new kind of thing that the scene does not have yet."""
        rng = self.rng
        noun = rng.choice(words.THINGS) if rng.random() < 0.75 else values.invented(rng)
        if rng.random() < 0.12:
            noun = f"{noun}_{rng.choice(words.THINGS)}"
        if noun in self.nouns:
            return self.kind()
        self.nouns.add(noun)
        make_id = values.id_maker(rng, noun)
        number = isinstance(make_id(Random(0)), int)
        label, make_label = rng.choice(
            (
                ("name", values.person),
                ("name", values.title),
                ("title", values.title),
                ("subject", values.title),
                ("full_name", values.person),
                ("label", lambda r: values.invented(r).capitalize()),
                (
                    f"{noun}_name",
                    lambda r: f"{r.choice(words.THINGS).capitalize()} {r.choice(words.THINGS).capitalize()}",
                ),
            )
        )
        id_key = {"id": "id", "noun_id": f"{noun}_id", "name": "name", "noun": noun}[self.id_style]
        fields: dict[str, Field] = {}
        for _ in range(rng.randint(2, 5)):
            item = values.random_field(rng)
            if item.name not in (id_key, label, "id", "name"):
                fields.setdefault(item.name, item)
        return Kind(
            noun=noun,
            plural=noun + "s",
            id_key=id_key if id_key != label else f"{noun}_id",
            id_schema={"type": "integer" if number else "string"},
            make_id=make_id,
            label=label,
            make_label=make_label,
            fields=tuple(fields.values()),
        )

    def record(self, kind: Kind) -> Record:
        """A row of a kind, id first, label second."""
        row: Record = {kind.id_key: kind.make_id(self.rng), kind.label: kind.make_label(self.rng)}
        for item in kind.fields:
            row[item.name] = item.make(self.rng)
        return row

    def offer(self, name: str, params: list[tuple[str, dict[str, Any], bool]]) -> str:
        """Adds a tool to the offer; `params` are (name, schema, required). The first offer of a name stays."""
        for _, schema, _ in params:
            self.choices.update(schema.get("enum", ()))
        if name not in self.tools:
            self.tools[name] = {
                "name": name,
                "description": "",
                "parameters": {
                    "type": "object",
                    "properties": {p: schema for p, schema, _ in params},
                    "required": [p for p, _, required in params if required],
                },
            }
        return name

    def key(self, name: str) -> str:
        """An argument or field name in the scene's style: as it is, or `due_date` as `dueDate`."""
        head, *tail = name.split("_")
        return head + "".join(p[:1].upper() + p[1:] for p in tail) if self.camel else name

    def styled(self, data: Any) -> Any:
        """Data with all keys in the scene's style."""
        if isinstance(data, dict):
            return {self.key(k): self.styled(v) for k, v in data.items()}
        return [self.styled(d) for d in data] if isinstance(data, list) else data

    def play(self, tool: str, arguments: Record, observation: Any, thought: str = "") -> None:
        """Adds a step; arguments follow the order of the signature. Sometimes a mistake and its error come first."""
        order = list(self.tools[tool]["parameters"]["properties"])
        required = self.tools[tool]["parameters"]["required"]
        ranked = sorted(arguments, key=lambda a: (a not in required, order.index(a)))
        ordered = {a: arguments[a] for a in ranked}
        shown = thought if self.thinks else ""
        if self.errors and self.rng.random() < 0.4:
            self.steps.append(self._mistake(tool, ordered, shown))
        self.steps.append(Step(tool, ordered, observation, shown))

    def _mistake(self, tool: str, arguments: Record, thought: str) -> Step:
        rng = self.rng
        if rng.random() < 0.3 or not arguments:
            kind = rng.choice(("timeout", "rate_limited", "unavailable"))
            text = rng.choice(("try again", "please retry", f"retry after {rng.randint(1, 60)} s"))
            return Step(tool, arguments, {"error": {"kind": kind, "message": text}}, thought)
        name = rng.choice(list(arguments))
        enum = self.tools[tool]["parameters"]["properties"][name].get("enum")
        wrong, said = dict(arguments), self.key(name)
        if enum:
            wrong[name] = rng.choice(words.OFFICE)
            error = ("invalid", f"{said} must be one of: {', '.join(enum)}")
        elif rng.random() < 0.5 and len(arguments) > 1:
            del wrong[name]
            error = ("invalid", rng.choice((f"field '{said}' is required", f"missing argument {said}")))
        elif rng.random() < 0.5:
            wrong = {(f"{rng.choice(words.OFFICE)}_{a}" if a == name else a): v for a, v in arguments.items()}
            error = ("invalid", f"unknown argument; did you mean '{said}'?")
        else:
            wrong[name] = values.title(rng)
            error = ("not_found", f"no entry with {said} '{wrong[name]}'; use {json.dumps(arguments[name])}")
        return Step(tool, wrong, {"error": {"kind": error[0], "message": error[1]}}, thought, trained=False)

    def wrap(self, rows: list[Record], kind: Kind, total: int | None = None) -> Any:
        """A list observation in the scene's style; a long one is sometimes cut, as an observation with a budget is."""
        hidden = self.rng.randint(1, 40) if rows and self.rng.random() < 0.25 else 0
        shown = [*rows, f"... {hidden} more ..."] if hidden else rows
        if not self.list_key:
            return shown
        key = kind.plural if self.list_key == "rows" else self.list_key
        paged: Record = {"page": 1, "per_page": self.rng.choice((10, 20, 50))} if self.paging else {}
        counted = {"total": total if total is not None else len(rows) + hidden}
        more: Record = {**paged, **counted} if self.rng.random() < 0.7 else {}
        return {key: shown, **more}
