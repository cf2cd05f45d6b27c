"""A second opinion on closing words: a model says whether they say what is demanded. It never changes a score."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from enterpriselab.agents.models.base import Model, ModelError, ModelRequest, Sampling
from enterpriselab.agents.prompts import prompt
from enterpriselab.core.traces import Usage

SAMPLING = Sampling(temperature=0.0, max_tokens=1024)
_VERDICTS = {"yes": True, "no": False}
_SHOWN = 120
"""Characters of an unreadable reply that are quoted."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about the closing words of one attempt."""

    request: str
    demanded: str
    words: str

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The rules, and the question as one JSON object, so that no part of it can pass for another."""
        asked = {"request": self.request, "demanded": self.demanded, "words": self.words}
        return [
            {"role": "system", "content": prompt("judge")},
            {"role": "user", "content": json.dumps(asked, ensure_ascii=False)},
        ]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the model said. `says` is None when it gave no verdict; then `error` says why."""

    says: bool | None
    why: str = ""
    error: str | None = None
    usage: Usage = field(default_factory=Usage)


async def second_opinion(model: Model, question: Question, *, name: str, seed: int) -> Opinion:
    """Ask once. Never raises for what the model does.

    Args:
        model: that is asked.
        question: about one attempt.
        name: unique, of this conversation.
        seed: of the answer.
    """
    try:
        turn = await model.generate(ModelRequest(question.messages, [], SAMPLING, seed, name))
    except ModelError as error:
        return Opinion(None, error=str(error))
    finally:
        model.forget(name)
    if turn.finish == "length":
        return Opinion(None, error="the reply was cut", usage=turn.usage)
    return read_opinion(turn.text, turn.usage)


def read_opinion(text: str, usage: Usage) -> Opinion:
    """The verdict in a reply: one JSON object with "verdict", whatever stands around it."""
    found = list(_replies(text))
    verdicts = {verdict for verdict, _ in found}
    if len(verdicts) == 1:
        return Opinion(verdicts.pop(), found[-1][1], usage=usage)
    what = "two verdicts" if verdicts else "no verdict"
    shown = " ".join(text.split())[:_SHOWN]
    return Opinion(None, error=f"the reply holds {what}: {shown!r}", usage=usage)


def _replies(text: str) -> Iterator[tuple[bool, str]]:
    """(verdict, why) of each JSON object that has a verdict."""
    decoder = json.JSONDecoder()
    start = text.find("{")
    while start >= 0:
        try:
            found, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            said = str(found.get("verdict")).strip().lower()
            if said in _VERDICTS:
                yield _VERDICTS[said], str(found.get("why", ""))
        start = text.find("{", end)
