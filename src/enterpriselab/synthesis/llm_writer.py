"""The writer with a chat model behind a function: it rewords the grammar's draft, and its words are checked.

Slot recovery: every literal that the path needs must be in the new prompt, no bound identifier may be, and the words
must stay few. Whatever fails, or is not the demanded JSON, falls back to the grammar's own words and is counted.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Any

from enterpriselab.core.changes import CallRecord
from enterpriselab.core.tasks import Task
from enterpriselab.sandbox.environment import Environment
from enterpriselab.scoring.grounding import ungrounded
from enterpriselab.synthesis.compose import opaque_leaks
from enterpriselab.synthesis.filters import hidden_values
from enterpriselab.synthesis.paths import Path, reference
from enterpriselab.synthesis.shape import Shape
from enterpriselab.synthesis.words import Draft, GrammarWriter

Chat = Callable[[list[dict[str, str]]], str]

SYSTEM = (
    "You write requests that an office worker types to an assistant with tools. You get a plain request and the calls "
    "that fulfil it. Write the same request anew in other words: natural, 15 to 60 words, one to three sentences, "
    "complete and unambiguous. Keep every quoted text, name, date, number, address and path exactly as it stands. "
    "Never mention tools, and never add ids or facts. Also write one short thought for each call (first person, why "
    'this call now). Reply with JSON only: {"prompt": "...", "thoughts": ["...", ...]}'
)


class LLMWriter:
    """Rewords drafts. `counts` says how many were reworded and why others were not."""

    def __init__(
        self, environment: Environment, shapes: Mapping[str, Shape], chat: Chat, *, max_words: int = 70
    ) -> None:
        self._environment = environment
        self._grammar = GrammarWriter(shapes)
        self._chat = chat
        self._max_words = max_words
        self.counts: Counter[str] = Counter()

    def __call__(self, path: Path, rng: Random) -> Draft | None:
        """The reworded draft, or the grammar's draft when the model's words do not hold."""
        draft = self._grammar(path, rng)
        if draft is None:
            return None
        reply = _parsed(self._chat(self.messages(draft)))
        if reply is None:
            return self._fall_back(draft, "no valid JSON")
        prompt, thoughts = reply
        trouble = self._trouble(draft, prompt, thoughts)
        if trouble:
            return self._fall_back(draft, trouble)
        self.counts["reworded"] += 1
        return replace(draft, prompt=prompt, thoughts=tuple(thoughts), writer="model")

    def messages(self, draft: Draft) -> list[dict[str, str]]:
        """What the model is asked."""
        calls = [
            {"tool": step.tool, "purpose": thought}
            for step, thought in zip(draft.path.steps, draft.thoughts, strict=True)
        ]
        body = json.dumps({"request": draft.prompt, "calls": calls}, ensure_ascii=False)
        return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": body}]

    def _fall_back(self, draft: Draft, reason: str) -> Draft:
        self.counts[f"fallback: {reason}"] += 1
        return draft

    def _trouble(self, draft: Draft, prompt: str, thoughts: list[str]) -> str:
        if len(thoughts) != len(draft.path.steps):
            return "thoughts do not match the calls"
        if not prompt.strip() or len(prompt.split()) > self._max_words:
            return "too long or empty"
        if opaque_leaks(prompt, hidden_values(draft.path)):
            return "gives an id away"
        if missing_slots(self._environment, draft, prompt):
            return "a needed value is missing"
        return "" if all(name in prompt for name in described_names(draft)) else "a described thing is not named"


def missing_slots(environment: Environment, draft: Draft, prompt: str) -> list[str]:
    """Literals of the path that a reader of this prompt could not know."""
    steps = draft.path.steps
    task = Task(
        template="slot check",
        world=environment.name,
        principal=draft.path.principal,
        prompt=prompt,
        tools=(),
        reference=reference(draft.path, [""] * len(steps)),
        verifiers=(),
    )
    records = [
        CallRecord(i, step.tool, step.raw(), draft.path.principal, "", step.result, None)
        for i, step in enumerate(steps)
    ]
    return ungrounded(environment, task, records)


def described_names(draft: Draft) -> list[str]:
    """Texts by which the grammar's prompt singles rows out: they must survive rewording."""
    marks = [str(step.pick.row[mark]) for step in draft.path.steps if step.pick for mark in step.pick.marks]
    return [mark for mark in marks if mark in draft.prompt]


def _parsed(text: str) -> tuple[str, list[str]] | None:
    start, end = text.find("{"), text.rfind("}")
    try:
        data: Any = json.loads(text[start : end + 1])
        prompt, thoughts = data["prompt"], data["thoughts"]
    except (ValueError, KeyError, TypeError):
        return None
    if not isinstance(prompt, str) or not isinstance(thoughts, list):
        return None
    return " ".join(prompt.split()), [str(thought) for thought in thoughts]
