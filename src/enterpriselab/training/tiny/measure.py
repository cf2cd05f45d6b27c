"""Measures a model on held-out dialogues of the corpus, generating every turn freely (greedy) after the true history.

    python -m enterpriselab.training.tiny.measure --model src/enterpriselab/training/tiny/checkpoint

A call counts when name and arguments are equal; a final answer counts when it makes no call and, where a value was
asked for, equals the true one; a dialogue counts when all its turns do. Deliberate mistakes are not asked for.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from enterpriselab.agents.models.engine import Engine, GenRequest
from enterpriselab.agents.models.renderer import ParsedTurn, Renderer
from enterpriselab.training.tiny.config import checkpoint_path
from enterpriselab.training.tiny.corpus import Dialogue, dialogue
from enterpriselab.training.tiny.pretrain import HELD_OUT


@dataclass(frozen=True)
class Turn:
    """One assistant turn to be generated: its dialogue, the ids before it, the true message."""

    number: int
    prompt: list[int]
    wanted: dict[str, Any]


def turns_of(renderer: Renderer, made: Dialogue, number: int) -> list[Turn]:
    """The trained assistant turns of a dialogue."""
    places = [i for i, m in enumerate(made.messages) if m["role"] == "assistant"]
    kept = [i for spoken, i in enumerate(places) if spoken not in made.untrained]
    return [Turn(number, renderer.prompt_ids(made.messages[:i], made.tools), made.messages[i]) for i in kept]


def verdict(wanted: dict[str, Any], got: ParsedTurn) -> str:
    """ "ok", or what is wrong."""
    if got.malformed:
        return "malformed"
    if not wanted.get("tool_calls"):
        if got.calls:
            return "call instead of answer"
        done = wanted["content"].startswith("Done")
        return "ok" if (got.text.startswith("Done") if done else got.text == wanted["content"]) else "wrong answer"
    if len(got.calls) != 1:
        return "answer instead of call" if not got.calls else "several calls"
    true, (name, arguments) = wanted["tool_calls"][0]["function"], got.calls[0]
    if name != true["name"]:
        return "wrong tool"
    if arguments.keys() != true["arguments"].keys():
        return "wrong argument names"
    return "ok" if arguments == true["arguments"] else "wrong values"


def measure(path: str, *, number: int = 200, threads: int = 1) -> dict[str, Any]:
    """Shares of right turns, calls and dialogues, and a count of what went wrong."""
    tokenizer = AutoTokenizer.from_pretrained(path)
    renderer = Renderer(tokenizer)
    engine = Engine(AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32), tokenizer, threads=threads)
    turns = [t for n in range(number) for t in turns_of(renderer, dialogue(HELD_OUT + n), n)]
    results = engine.generate([GenRequest(t.prompt, max_new_tokens=160, temperature=0.0) for t in turns])
    verdicts = [verdict(t.wanted, renderer.parse(r.token_ids)) for t, r in zip(turns, results, strict=True)]
    failed = {t.number for t, v in zip(turns, verdicts, strict=True) if v != "ok"}
    calls = [v for t, v in zip(turns, verdicts, strict=True) if t.wanted.get("tool_calls")]
    return {
        "dialogues": number,
        "dialogues_right": 1 - len(failed) / number,
        "calls": len(calls),
        "calls_right": calls.count("ok") / len(calls),
        "verdicts": dict(Counter(verdicts).most_common()),
    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=str(checkpoint_path()))
    parser.add_argument("--number", type=int, default=200)
    options = parser.parse_args()
    print(json.dumps(measure(options.model, number=options.number), indent=1))


if __name__ == "__main__":
    main()
