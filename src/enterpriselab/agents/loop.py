"""The one loop: ask the model, run its calls, show it what came back, until it answers or a budget ends."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from enterpriselab.agents.dialects import Dialect
from enterpriselab.agents.models.base import Model, ModelError, ModelRequest, ModelTurn, Sampling
from enterpriselab.core.config import Config
from enterpriselab.core.errors import EpisodeError
from enterpriselab.core.hashing import canonical_json
from enterpriselab.core.seeds import derive_seed
from enterpriselab.core.tools import ToolSpec
from enterpriselab.core.traces import Ended, TokenTurn, TraceCall, Usage


class Limits(Config):
    """Budgets of one attempt."""

    turns: int = 12
    tokens: int = 32_000
    """Generated and read tokens of the longest single request; the context that may be used."""
    seconds: float = 300.0
    malformed: int = 3
    """Malformed turns in a row after which the attempt ends."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call gave: the observation as the model reads it, and what the trace keeps."""

    observation: str
    ok: bool
    error_kind: str | None = None
    changes: tuple[dict[str, Any], ...] = ()


CallFunction = Callable[[str, dict[str, Any]], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Agent:
    """A model with the way it is asked."""

    model: Model
    dialect: Dialect
    sampling: Sampling = field(default_factory=Sampling)
    limits: Limits = field(default_factory=Limits)

    @property
    def name(self) -> str:
        """Dialect and model."""
        return f"{self.dialect.name}:{self.model.name}"


@dataclass(slots=True)
class Attempt:
    """The growing record of one attempt."""

    messages: list[dict[str, Any]]
    calls: list[TraceCall] = field(default_factory=list)
    ended: Ended = Ended.MAX_TURNS
    error: str | None = None
    answer: str = ""
    malformed: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    tokens: list[TokenTurn] = field(default_factory=list)

    @property
    def usage(self) -> Usage:
        """Tokens over all turns."""
        return Usage(input_tokens=self.input_tokens, output_tokens=self.output_tokens)


async def run_agent(
    agent: Agent,
    tools: Sequence[ToolSpec],
    call: CallFunction,
    *,
    prompts: tuple[str, str],
    conversation: str,
    seed: int,
) -> Attempt:
    """One attempt. Never raises for what the model or the world does: `ended` and `error` say it.

    Args:
        agent: model, dialect, sampling, budgets.
        tools: what the model may call; anything else is answered by a typed error.
        call: runs a call and gives the observation.
        prompts: (system, user).
        conversation: unique name of this attempt.
        seed: of this attempt; each turn derives its own.
    """
    attempt = Attempt([{"role": "system", "content": prompts[0]}, {"role": "user", "content": prompts[1]}])
    deadline = time.monotonic() + agent.limits.seconds
    try:
        async with asyncio.timeout(agent.limits.seconds):
            await _turns(agent, tools, call, attempt, (conversation, seed, deadline))
    except TimeoutError:
        attempt.ended = Ended.TIMEOUT
    except ModelError as error:
        attempt.ended, attempt.error = Ended.MODEL_ERROR, str(error)
    except EpisodeError as error:
        attempt.ended, attempt.error = Ended.EPISODE_ERROR, str(error)
    finally:
        agent.model.forget(conversation)
    return attempt


async def _turns(
    agent: Agent, tools: Sequence[ToolSpec], call: CallFunction, attempt: Attempt, names: tuple[str, int, float]
) -> None:
    conversation, seed, _ = names
    known, in_a_row = {tool.name for tool in tools}, 0
    offered = agent.dialect.tools(tools)
    for number in range(agent.limits.turns):
        request = ModelRequest(
            agent.dialect.outgoing(attempt.messages), offered, agent.sampling, derive_seed(seed, number), conversation
        )
        turn = agent.dialect.incoming(await agent.model.generate(request))
        _count(attempt, turn)
        if turn.malformed is not None:
            in_a_row += 1
            _answer_malformed(attempt, turn)
            if in_a_row >= agent.limits.malformed:
                attempt.ended = Ended.MALFORMED
                return
        elif turn.calls:
            in_a_row = 0
            await _run_calls(attempt, turn, number, known, call)
        else:
            _finish(attempt, turn)
            return
        if turn.usage.input_tokens + turn.usage.output_tokens > agent.limits.tokens:
            attempt.ended = Ended.MAX_TOKENS
            return


def _count(attempt: Attempt, turn: ModelTurn) -> None:
    attempt.input_tokens += turn.usage.input_tokens
    attempt.output_tokens += turn.usage.output_tokens
    if turn.tokens is not None:
        attempt.tokens.append(turn.tokens)


def _finish(attempt: Attempt, turn: ModelTurn) -> None:
    attempt.messages.append({"role": "assistant", "content": turn.text})
    attempt.answer = turn.text
    attempt.ended = Ended.ANSWERED if turn.finish == "stop" else Ended.MAX_TOKENS


def _answer_malformed(attempt: Attempt, turn: ModelTurn) -> None:
    attempt.malformed += 1
    error = {"error": {"kind": "invalid", "message": f"This turn could not be read: {turn.malformed}"}}
    attempt.messages.append({"role": "assistant", "content": turn.text})
    attempt.messages.append({"role": "user", "content": canonical_json(error)})


async def _run_calls(attempt: Attempt, turn: ModelTurn, number: int, known: set[str], call: CallFunction) -> None:
    first = len(attempt.calls)
    ids = [made.id or f"call_{first + index}" for index, made in enumerate(turn.calls)]
    written = [
        {"id": ids[i], "type": "function", "function": {"name": made.name, "arguments": made.arguments}}
        for i, made in enumerate(turn.calls)
    ]
    attempt.messages.append({"role": "assistant", "content": turn.text, "tool_calls": written})
    for identity, made in zip(ids, turn.calls, strict=True):
        outcome = await call(made.name, made.arguments) if made.name in known else _unknown(made.name, known)
        attempt.calls.append(
            TraceCall(
                turn=number,
                tool=made.name,
                arguments=made.arguments,
                ok=outcome.ok,
                error_kind=outcome.error_kind,
                observation=outcome.observation,
                changes=list(outcome.changes),
            )
        )
        reply = {"role": "tool", "tool_call_id": identity, "name": made.name, "content": outcome.observation}
        attempt.messages.append(reply)


def _unknown(name: str, known: set[str]) -> Outcome:
    error = {"kind": "not_found", "message": f"There is no tool {name!r}.", "accepted": sorted(known)}
    return Outcome(canonical_json({"error": error}), False, "not_found")
