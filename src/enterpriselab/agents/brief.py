"""Brief: what an agent is told of a task, and nothing by which it is judged."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """A demonstration of another task: its messages from the user's request to the closing answer."""

    task_id: str
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """What is asked, on whose behalf, under which rules, and what is given beside it."""

    prompt: str
    policy: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    """user and today."""
    plan: str = ""
    """A plan that was made before, by a person or by another model; empty when there is none."""
    examples: Sequence[Example] = ()

    def with_policy(self, instructions: str) -> str:
        """Instructions with the rules below them."""
        return f"{instructions}\n\n{self.policy}" if self.policy else instructions
