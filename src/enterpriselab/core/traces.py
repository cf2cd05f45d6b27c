"""Trace: one attempt at a task, with everything needed to judge, replay and train on it. A bad rollout is data."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Self

from pydantic import field_serializer

from enterpriselab.core.hashing import without_bytes
from enterpriselab.core.tasks import Category, Record

REFERENCE = "reference"
"""Label of the evaluation in which the tasks' own solutions are replayed."""
BASELINES = (REFERENCE, "do_nothing", "refuse_always", "random_calls", "name_match")
"""Labels of evaluations that no model plays; every model's result is shown beside theirs."""


class Ended(StrEnum):
    """Why an attempt ended."""

    ANSWERED = "answered"
    """The agent gave a final answer."""
    MAX_TURNS = "max_turns"
    """The turn budget ran out."""
    MAX_TOKENS = "max_tokens"
    """The token budget or the context ran out."""
    TIMEOUT = "timeout"
    """The time budget ran out."""
    MALFORMED = "malformed"
    """The model produced unusable turns several times in a row."""
    MODEL_ERROR = "model_error"
    """The model could not be reached or failed: an error, never a zero."""
    EPISODE_ERROR = "episode_error"
    """The world or a server failed: an error, never a zero."""

    @property
    def is_error(self) -> bool:
        """True when the attempt must not be counted as a failure of the agent."""
        return self in (Ended.MODEL_ERROR, Ended.EPISODE_ERROR)


class TokenTurn(Record):
    """The exact tokens of one model turn, where a local model played."""

    prompt_ids: list[int]
    sampled_ids: list[int]
    logprobs: list[float]


class Usage(Record):
    """What one call of a model took, or all calls of a trace together."""

    input_tokens: int = 0
    """Everything read, what came from a prompt cache included."""
    cached_tokens: int = 0
    """Of the input: read from a prompt cache."""
    cache_write_tokens: int = 0
    """Of the input: written to a prompt cache, where that has a price of its own."""
    output_tokens: int = 0
    """Everything written, thinking included."""
    thinking_tokens: int = 0
    """Of the output: thinking, where the endpoint says how much it was."""
    retries: int = 0
    """Requests that were refused or cut and made again."""
    seconds: float = 0.0
    """Waiting for the model, retries included."""
    price_usd: float | None = None
    """None: the price is not known, which is not the same as free."""

    @classmethod
    def total(cls, uses: "Iterable[Usage]") -> Self:
        """The sum; its price is known when there are calls and the price of each is."""
        each = list(uses)
        counted = {name: sum(getattr(use, name) for use in each) for name in cls.model_fields if name != "price_usd"}
        prices = [use.price_usd for use in each if use.price_usd is not None]
        return cls(**counted, price_usd=sum(prices) if each and len(prices) == len(each) else None)


class Phase(Record):
    """One conversation of an attempt: planning, acting, one sub-task."""

    name: str
    """plan, decompose, act, subtask or answer."""
    title: str = ""
    first_message: int
    """Index of its first message in the messages of the trace."""
    uses: list[Usage] = []
    """One for each turn of the model, in order."""


class Verdict(Record):
    """The judgement of one verifier. `passed` is None when the check itself failed (then `detail` says why)."""

    name: str
    category: Category
    passed: bool | None
    detail: str = ""


class Score(Record):
    """All verdicts and reward parts of an attempt. `success` is None when it could not be judged."""

    success: bool | None
    parity: bool | None = None
    """Success as the public harness would count it; None where the task has no SQL verifier."""
    verdicts: tuple[Verdict, ...] = ()
    rewards: dict[str, float] = {}
    """r1 tool selection, r2 execution, r3 outcome, r4 format, each in [0, 1]; `total` is their weighted mean."""


class TraceCall(Record):
    """One call as the agent made it and saw it."""

    turn: int
    tool: str
    arguments: dict[str, Any]
    ok: bool
    error_kind: str | None = None
    observation: str
    changes: list[dict[str, Any]] = []

    @field_serializer("changes", when_used="json")
    def _as_json(self, changes: list[dict[str, Any]]) -> Any:
        return without_bytes(changes)


class Trace(Record):
    """One attempt: messages in OpenAI chat form (tool-call arguments as objects), calls, tokens, score.

    The n-th assistant message is turn n; the messages of all phases follow each other.
    """

    task_id: str
    template: str
    agent: str
    model: str
    seed: int
    version: str = ""
    """Of this package when the attempt was made."""
    world: str = ""
    """Name of the environment, with the first digits of its image's hash where it has one: "arena#a2fe0b646f19"."""
    tools: tuple[str, ...]
    """What was offered."""
    messages: list[dict[str, Any]]
    calls: list[TraceCall]
    ended: Ended
    error: str | None = None
    answer: str = ""
    malformed_turns: int = 0
    usage: Usage = Usage()
    """Of all phases together."""
    phases: list[Phase] = []
    examples: tuple[str, ...] = ()
    """Task ids of the demonstrations that were shown before the task."""
    tokens: list[TokenTurn] = []
    seconds: float = 0.0
    state_hash: str = ""
    score: Score | None = None
