"""The procedural corpus: generic tool-use dialogues over invented services, endless and seeded.

Nothing here knows the applications, tools, tasks or policies of this project: nouns are everyday or invented words, so
a model trained on it knows how calls are written and how values are copied, and nothing about any enterprise tool.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from enterpriselab.training.tiny import plans, values, wording, words
from enterpriselab.training.tiny.scene import Scene, Step


@dataclass(frozen=True)
class Dialogue:
    """Messages and tools in OpenAI chat format; `untrained` are positions among the assistant turns to leave out."""

    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]]
    untrained: frozenset[int]


def dialogue(seed: int, *, level: float = 1.0) -> Dialogue:
    """One dialogue. `level` in [0, 1] scales how often plans are long, rows many and distractors present."""
    rng = Random(f"tiny-{seed}")
    scene = Scene(rng)
    short = rng.random() > level
    goals = 1 if short or rng.random() < 0.85 else 2
    turns: list[tuple[str, list[Step], str]] = []
    for _ in range(goals):
        plan = (
            rng.choices([p for p, _ in plans.PLANS], [w for _, w in plans.PLANS])[0]
            if not short
            else rng.choice((plans.act, plans.create, plans.twice))
        )
        scene.steps = []
        clause, answer = plan(scene)
        turns.append((_request(rng, clause), scene.steps, answer))
    _distract(scene, 1 if short else rng.randint(1, 6) if rng.random() < 0.8 else rng.randint(6, 12))
    tools = [{"type": "function", "function": _styled_tool(scene, t)} for t in scene.tools.values()]
    rng.shuffle(tools)
    return _assemble(scene, turns, tools)


def texts(*, seed: int = 0) -> Iterator[str]:
    """Endless plain text in the corpus's words, to train a tokenizer on."""
    index = seed * 1_000_003
    while True:
        made = dialogue(index)
        for message in made.messages:
            yield message["content"] or json.dumps(message.get("tool_calls"))
        yield json.dumps(made.tools)
        index += 1


def _request(rng: Random, clause: str) -> str:
    opening = rng.choice(("", "", "Please ", "Can you ", "I need you to ", "Could you ", "Hi, please ", "We need to "))
    text = opening + clause
    text = text[0].upper() + text[1:] if rng.random() < 0.9 else text
    end = "?" if opening in ("Can you ", "Could you ") else rng.choice((".", ".", "", " now.", ", thanks."))
    tail = (
        rng.choice(("", "", "", "", f" {values.sentence(rng)}", " This is urgent.", " Thank you."))
        if rng.random() < 0.5
        else ""
    )
    return text.rstrip("?") + ("?" if text.endswith("?") else end) + tail


def _distract(scene: Scene, number: int) -> None:
    """Tools that are offered and not needed: other verbs on the same nouns, the same verbs on other nouns."""
    rng = scene.rng
    nouns = sorted(scene.nouns)
    for _ in range(number):
        known = rng.random() < 0.6
        noun = rng.choice(nouns) if known else rng.choice(words.THINGS)
        verb = rng.choice((*wording.ACTIONS, *wording.CREATES, scene.find, scene.read))
        fields = [values.random_field(rng) for _ in range(rng.randint(0, 3))]
        params = [(f.name, f.schema, rng.random() < 0.6) for f in {f.name: f for f in fields}.values()]
        own = [] if rng.random() < 0.1 else [(f"{noun}_id", {"type": "string"}, True)]
        paging = scene.paging if verb == scene.find else []
        scene.offer(scene.tool_name(verb, noun), [*own, *params, *(p for p in paging if p not in params)])


def _styled_tool(scene: Scene, tool: dict[str, Any]) -> dict[str, Any]:
    shape = tool["parameters"]
    properties = {scene.key(p): schema for p, schema in shape["properties"].items()}
    return {**tool, "parameters": {**shape, "properties": properties, "required": [*map(scene.key, shape["required"])]}}


def _system(scene: Scene) -> str:
    rng = scene.rng
    parts = [
        rng.choice(
            (
                "You are a helpful assistant.",
                f"You work at {values.invented(rng).capitalize()}.",
                "Use the tools.",
                f"You are {values.person(rng)}, {rng.choice(words.OFFICE)} of the {rng.choice(words.OFFICE)} team.",
            )
        )
    ]
    parts.append(rng.choice((f"Today is {scene.today}.", f"today: {scene.today}", f"Current date {scene.today}.")))
    for _ in range(rng.choice((0, 0, 0, 1, 1, 2, 4))):
        parts.append(values.sentence(rng).rstrip(".!") + ".")
    return " ".join(parts)


def _assemble(scene: Scene, turns: list[tuple[str, list[Step], str]], tools: list[dict[str, Any]]) -> Dialogue:
    messages: list[dict[str, Any]] = [{"role": "system", "content": _system(scene)}]
    tight = (",", ":") if scene.rng.random() < 0.7 else (", ", ": ")
    untrained, spoken = [], 0
    for request, steps, answer in turns:
        messages.append({"role": "user", "content": request})
        for step in steps:
            call = {
                "id": f"call_{spoken}",
                "type": "function",
                "function": {"name": step.tool, "arguments": scene.styled(step.arguments)},
            }
            messages.append({"role": "assistant", "content": step.thought or None, "tool_calls": [call]})
            observed = json.dumps(scene.styled(step.observation), ensure_ascii=False, separators=tight)
            messages.append({"role": "tool", "tool_call_id": call["id"], "name": step.tool, "content": observed})
            if not step.trained:
                untrained.append(spoken)
            spoken += 1
        messages.append({"role": "assistant", "content": answer})
        spoken += 1
    return Dialogue(messages, tools, frozenset(untrained))
