"""The procedural corpus: seeded, valid, solvable from what was seen, and free of office tools."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema

from enterpriselab.training.tiny import words
from enterpriselab.training.tiny.corpus import Dialogue, dialogue

SEEDS = range(400)


def _turns(made: Dialogue) -> list[tuple[int, dict[str, Any], str]]:
    """(message index, call, text seen before) of every trained call."""
    out, spoken = [], -1
    for index, message in enumerate(made.messages):
        if message["role"] != "assistant":
            continue
        spoken += 1
        if message.get("tool_calls") and spoken not in made.untrained:
            seen = json.dumps(made.tools) + "\n".join(m["content"] or "" for m in made.messages[:index])
            out.append((index, message["tool_calls"][0]["function"], seen))
    return out


def test_a_seed_gives_the_same_dialogue_and_seeds_differ() -> None:
    assert dialogue(7) == dialogue(7)
    assert len({json.dumps(dialogue(s).messages) for s in SEEDS}) == len(SEEDS)


def test_every_trained_call_fits_the_schema_of_an_offered_tool() -> None:
    for seed in SEEDS:
        made = dialogue(seed)
        offered = {t["function"]["name"]: t["function"]["parameters"] for t in made.tools}
        for _, call, _ in _turns(made):
            jsonschema.validate(call["arguments"], {**offered[call["name"]], "additionalProperties": False})


def test_every_value_of_a_trained_call_was_seen_before() -> None:
    for seed in SEEDS:
        for _, call, seen in _turns(dialogue(seed)):
            for value in call["arguments"].values():
                for item in value if isinstance(value, list) else [value]:
                    written = json.dumps(item, ensure_ascii=False).strip('"')
                    assert written in seen or str(item) in seen, (seed, call)


def test_a_deliberate_mistake_is_answered_by_an_error_and_not_trained() -> None:
    mistakes = 0
    for seed in range(1500):
        made = dialogue(seed)
        turns = [i for i, m in enumerate(made.messages) if m["role"] == "assistant"]
        for position in made.untrained:
            mistakes += 1
            assert '"error"' in made.messages[turns[position] + 1]["content"]
    assert mistakes > 30


def test_dialogues_cover_one_to_several_calls_and_three_or_more_tools() -> None:
    made = [dialogue(s) for s in SEEDS]
    calls = [len(_turns(d)) for d in made]
    assert {1, 2, 3, 4} <= set(calls)
    assert sum(len(d.tools) >= 3 for d in made) > len(made) // 2


def test_no_tool_is_named_after_an_office_thing() -> None:
    """The base must know nothing of the tools that it is later measured on: nouns are everyday or invented words."""
    office = {
        "employee",
        "ticket",
        "invoice",
        "leave",
        "message",
        "folder",
        "customer",
        "case",
        "email",
        "channel",
        "file",
    }
    assert not office & set(words.THINGS)
    for seed in SEEDS:
        for tool in dialogue(seed).tools:
            parts = set(re.split(r"[._]|(?=[A-Z])", tool["function"]["name"].lower()))
            assert not parts & (office | {f"{w}s" for w in office}), tool["function"]["name"]
