"""Model: something that generates the next assistant turn, and the records that go in and out."""

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from enterpriselab.core.errors import EnterpriseLabError
from enterpriselab.core.traces import TokenTurn, Usage


class ModelError(EnterpriseLabError):
    """The model could not be reached or answered nonsense at the protocol level: an error of the trace, not a zero."""


Thinking = Literal["low", "medium", "high"]
THINKING_ROOM: dict[Thinking, int] = {"low": 1024, "medium": 4096, "high": 16_384}
"""Tokens of a turn that may go into thinking, beside those of the turn itself."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How a turn is sampled. Temperature 0 is greedy."""

    temperature: float = 0.0
    top_p: float = 1.0
    max_tokens: int = 512
    thinking: Thinking | None = None
    """How much a model that thinks may think; None leaves it to the model."""

    @property
    def room(self) -> int:
        """Tokens of a turn, thinking included."""
        return self.max_tokens + (THINKING_ROOM[self.thinking] if self.thinking else 0)


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One turn to generate.

    `conversation` names the attempt, so that a local model can continue its own tokens; `seed` depends on run, task,
    attempt and turn, never on scheduling.
    """

    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]]
    sampling: Sampling
    seed: int
    conversation: str


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One tool call as the model wrote it."""

    name: str
    arguments: dict[str, Any]
    id: str = ""


@dataclass(frozen=True, slots=True)
class ModelTurn:
    """What came back: text, calls, or text that tried to be a call and is not (`malformed` says why)."""

    text: str = ""
    calls: tuple[ModelCall, ...] = ()
    malformed: str | None = None
    thinking: str = ""
    """What the model thought, where the endpoint shows it; it is kept in the trace and not sent again as text."""
    finish: Literal["stop", "length"] = "stop"
    refused: bool = False
    """An endpoint refused the request, for it does not fit the model's context; then finish is "length"."""
    waited: float = 0.0
    """Seconds that went by until the request that was answered: failed ones before it, and waiting to ask again."""
    usage: Usage = field(default_factory=Usage)
    tokens: TokenTurn | None = None


class Model(Protocol):
    """Anything that plays an assistant."""

    name: str

    async def generate(self, request: ModelRequest) -> ModelTurn:
        """The next turn. Raises ModelError when none can be had."""
        ...

    def forget(self, conversation: str) -> None:
        """The attempt is over; what was kept for it can go."""
        ...

    async def close(self) -> None:
        """The event loop that it was used in ends; connections can go."""
        ...
