"""The one loop: ask the model, run its calls, show it what came back, until it answers or a budget ends."""

import asyncio
import difflib
import itertools
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field

from enterpriselab.agents.brief import Brief
from enterpriselab.agents.dialects import Dialect, FunctionCalling
from enterpriselab.agents.models.base import Model, ModelError, ModelRequest, ModelTurn, Sampling
from enterpriselab.agents.models.retrying import failure_behind
from enterpriselab.agents.prompts import prompt
from enterpriselab.core.config import Config
from enterpriselab.core.errors import EnterpriseLabError, EpisodeError
from enterpriselab.core.hashing import canonical_json
from enterpriselab.core.seeds import derive_seed
from enterpriselab.core.tools import ToolSpec
from enterpriselab.core.traces import Ended, Phase, TokenTurn, TraceCall, Usage


class Limits(Config):
    """Budgets of one attempt."""

    turns: int = Field(default=12, gt=0)
    """Turns in which the model may call tools, over all sub-tasks; planning and summing up are not counted."""
    tokens: int = Field(default=32_000, gt=0)
    """Generated and read tokens of the longest single request; the context that may be used."""
    seconds: float = Field(default=300.0, gt=0)
    """Of the whole attempt, without what an endpoint took by failing and being asked again."""
    malformed: int = Field(default=3, gt=0)
    """Malformed turns in a row after which the attempt ends."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call gave: the observation as the model reads it, and what the trace keeps."""

    observation: str
    ok: bool
    error_kind: str | None = None
    changes: tuple[dict[str, Any], ...] = ()

    def traced(self, turn: int, tool: str, arguments: dict[str, Any]) -> TraceCall:
        """The call that gave it, as the trace keeps it."""
        return TraceCall(
            turn=turn,
            tool=tool,
            arguments=arguments,
            ok=self.ok,
            error_kind=self.error_kind,
            observation=self.observation,
            changes=list(self.changes),
        )


NAMED = 10
"""Tools that an unknown name is answered with, the nearest of many."""
CallFunction = Callable[[str, dict[str, Any]], Awaitable[Outcome]]
Check = Callable[[str], str | None]
"""What is wrong with a closing text, or None."""


class AttemptOver(EnterpriseLabError):
    """A budget ended the attempt."""

    def __init__(self, ended: Ended) -> None:
        super().__init__(str(ended))
        self.ended = ended


@dataclass(frozen=True, slots=True)
class Strategy:
    """Which conversations an attempt consists of; each is one run of the loop."""

    name: str
    play: "Callable[[Play], Awaitable[None]]"


async def _direct(play: "Play") -> None:
    text = play.brief.prompt
    if play.brief.plan:
        text = prompt("plan").format(task=text, plan=play.brief.plan)
    await play.act("act", text)


DIRECT = Strategy("direct", _direct)
"""One conversation; a plan that is given stands below the request."""


@dataclass(frozen=True, slots=True)
class Agent:
    """A model with the way it is asked."""

    model: Model
    dialect: Dialect
    sampling: Sampling = field(default_factory=Sampling)
    limits: Limits = field(default_factory=Limits)
    strategy: Strategy = DIRECT

    @property
    def name(self) -> str:
        """Dialect, and strategy where there is more than one conversation: "react", "function_calling+planner"."""
        plain = self.strategy is DIRECT
        return self.dialect.name if plain else f"{self.dialect.name}+{self.strategy.name}"


@dataclass(slots=True)
class Attempt:
    """The growing record of one attempt."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    calls: list[TraceCall] = field(default_factory=list)
    phases: list[Phase] = field(default_factory=list)
    ended: Ended = Ended.MAX_TURNS
    error: str | None = None
    answer: str = ""
    malformed: int = 0
    tokens: list[TokenTurn] = field(default_factory=list)

    @property
    def uses(self) -> list[Usage]:
        """One for each turn of the model, over all phases."""
        return [use for phase in self.phases for use in phase.uses]

    @property
    def usage(self) -> Usage:
        """All turns together."""
        return Usage.total(self.uses)


async def run_agent(
    agent: Agent, tools: Sequence[ToolSpec], call: CallFunction, *, brief: Brief, conversation: str, seed: int
) -> Attempt:
    """One attempt. Never raises for what the model or the world does: `ended` and `error` say it.

    Args:
        agent: model, dialect, sampling, budgets, strategy.
        tools: what the model may call; anything else is answered by a typed error.
        call: runs a call and gives the observation.
        brief: what the agent is told.
        conversation: unique name of this attempt.
        seed: of this attempt; each turn derives its own.
    """
    play = Play(agent, tools, call, brief, conversation, seed)
    attempt = play.attempt
    try:
        async with asyncio.timeout(agent.limits.seconds) as play.budget:
            await agent.strategy.play(play)
        attempt.ended = Ended.ANSWERED
    except AttemptOver as over:
        attempt.ended = over.ended
    except TimeoutError as late:
        failure = failure_behind(late)
        attempt.ended = Ended.MODEL_ERROR if failure else Ended.TIMEOUT
        attempt.error = f"{failure} (until the time of the attempt was over)" if failure else None
    except ModelError as error:
        attempt.ended, attempt.error = Ended.MODEL_ERROR, str(error)
    except EpisodeError as error:
        attempt.ended, attempt.error = Ended.EPISODE_ERROR, str(error)
    finally:
        play.forget()
    return attempt


class Play:
    """An attempt being made: what a strategy speaks through."""

    def __init__(
        self, agent: Agent, tools: Sequence[ToolSpec], call: CallFunction, brief: Brief, conversation: str, seed: int
    ) -> None:
        self.agent = agent
        self.tools = tools
        self.call = call
        self.brief = brief
        self.seed = seed
        self.attempt = Attempt()
        self.acted = 0
        """Turns so far in which the model could call tools."""
        self.budget: asyncio.Timeout | None = None
        """When the time of the attempt is over."""
        self._conversation = conversation

    async def act(self, phase: str, text: str, *, title: str = "") -> str:
        """A conversation with the tools, opened by `text`, up to the model's closing words. Raises AttemptOver."""
        instructions = self.agent.dialect.system(self.tools, self.brief.facts)
        self._open(phase, title, instructions, text)
        return await Talk(self, self.agent.dialect, tools=self.tools).run()

    async def say(self, phase: str, instructions: str, text: str, *, check: Check = lambda _: None) -> str:
        """A conversation without tools, up to words in which `check` finds nothing wrong. Raises AttemptOver.

        Words in which it finds something are answered with what it is and count as a malformed turn.
        """
        self._open(phase, "", instructions, text)
        return await Talk(self, FunctionCalling(), check=check).run()

    def _open(self, phase: str, title: str, instructions: str, text: str) -> None:
        attempt, system = self.attempt, self.brief.with_policy(instructions)
        attempt.phases.append(Phase(name=phase, title=title, first_message=len(attempt.messages)))
        attempt.messages += [{"role": "system", "content": system}, {"role": "user", "content": text}]
        attempt.answer = ""

    def prolong(self, seconds: float) -> None:
        """Give back what an endpoint took by failing: it is no time of the agent."""
        if self.budget is None or self.budget.expired() or not seconds:
            return
        end = self.budget.when()
        self.budget.reschedule(end + seconds if end is not None else None)

    def conversation(self, phase: int) -> str:
        """The name of a conversation; the first has the name of the attempt."""
        return f"{self._conversation}#{phase}" if phase else self._conversation

    def forget(self) -> None:
        """Let the model drop what it kept for the conversations."""
        for phase in range(len(self.attempt.phases)):
            self.agent.model.forget(self.conversation(phase))


class Talk:
    """One conversation, the last phase of an attempt; without tools only words are expected."""

    def __init__(
        self,
        play: Play,
        dialect: Dialect,
        *,
        tools: Sequence[ToolSpec] | None = None,
        check: Check = lambda _: None,
    ) -> None:
        self._play = play
        self._attempt = play.attempt
        self._phase = play.attempt.phases[-1]
        self._dialect = dialect
        self._acts = tools is not None
        self._known = {tool.name for tool in tools or ()}
        self._offered = dialect.tools(tools or ())
        self._check = check
        examples = play.brief.examples if self._acts else ()
        self._examples = [message for example in examples for message in example.messages]
        self._ids: set[str] = set()
        """Of the calls so far; wires refuse a conversation in which two calls share one."""

    async def run(self) -> str:
        """Turn after turn; the closing words. Raises AttemptOver."""
        limits, in_a_row = self._play.agent.limits, 0
        while True:
            if self._acts and self._play.acted >= limits.turns:
                raise AttemptOver(Ended.MAX_TURNS)
            self._play.acted += self._acts
            turn = await self._ask()
            if turn.refused:
                return self._full(turn)
            wrong = self._wrong(turn)
            if wrong is not None:
                in_a_row += 1
                self._answer_malformed(turn, wrong)
                if in_a_row >= limits.malformed:
                    raise AttemptOver(Ended.MALFORMED)
            elif turn.calls:
                in_a_row = 0
                await self._run_calls(turn)
            else:
                return self._finish(turn)
            if turn.usage.input_tokens + turn.usage.output_tokens > limits.tokens:
                raise AttemptOver(Ended.MAX_TOKENS)

    async def _ask(self) -> ModelTurn:
        play, messages = self._play, self._attempt.messages[self._phase.first_message :]
        request = ModelRequest(
            self._dialect.outgoing([messages[0], *self._examples, *messages[1:]]),
            self._offered,
            play.agent.sampling,
            derive_seed(play.seed, self._number),
            play.conversation(len(self._attempt.phases) - 1),
        )
        started = time.perf_counter()
        turn = await play.agent.model.generate(request)
        play.prolong(turn.waited)
        taken = {"seconds": round(time.perf_counter() - started, 4)}
        self._phase.uses.append(turn.usage.model_copy(update=taken))
        if turn.tokens is not None:
            self._attempt.tokens.append(turn.tokens)
        return self._dialect.incoming(turn)

    @property
    def _number(self) -> int:
        """Of the turn to come, over all phases."""
        return sum(len(phase.uses) for phase in self._attempt.phases)

    def _wrong(self, turn: ModelTurn) -> str | None:
        if turn.malformed is not None or (turn.calls and self._acts):
            return turn.malformed
        if turn.calls:
            return "no tool can be called now; answer in words"
        return None if turn.finish == "length" else self._check(turn.text)

    def _add(self, turn: ModelTurn, **more: Any) -> None:
        thought = {"thinking": turn.thinking} if turn.thinking else {}
        self._attempt.messages.append({"role": "assistant", "content": turn.text, **thought, **more})

    def _finish(self, turn: ModelTurn) -> str:
        self._add(turn)
        self._attempt.answer = turn.text
        if turn.finish != "stop":
            raise AttemptOver(Ended.MAX_TOKENS)
        return turn.text

    def _full(self, turn: ModelTurn) -> str:
        """No room: the end of an attempt; where nothing was said yet, whoever set it up asks for too much."""
        if self._number == 1:
            text = "the first request does not fit the model's context: lower agent.max_tokens or offer fewer tools"
            raise ModelError(f"{self._play.agent.model.name}: {text}")
        return self._finish(turn)

    def _answer_malformed(self, turn: ModelTurn, wrong: str) -> None:
        self._attempt.malformed += 1
        error = {"error": {"kind": "invalid", "message": f"This turn could not be read: {wrong}"}}
        self._add(turn)
        self._attempt.messages.append({"role": "user", "content": canonical_json(error)})

    async def _run_calls(self, turn: ModelTurn) -> None:
        number = self._number - 1
        ids = [self._identity(made.id) for made in turn.calls]
        written = [
            {"id": ids[i], "type": "function", "function": {"name": made.name, "arguments": made.arguments}}
            for i, made in enumerate(turn.calls)
        ]
        self._add(turn, tool_calls=written)
        for identity, made in zip(ids, turn.calls, strict=True):
            known = made.name in self._known
            outcome = await self._play.call(made.name, made.arguments) if known else self._unknown(made.name)
            self._attempt.calls.append(outcome.traced(number, made.name, made.arguments))
            reply = {"role": "tool", "tool_call_id": identity, "name": made.name, "content": outcome.observation}
            self._attempt.messages.append(reply)

    def _identity(self, given: str) -> str:
        """The id that the model gave, or another one where it gave none or one that is taken."""
        numbers = itertools.count(len(self._attempt.calls))
        found = given
        while not found or found in self._ids:
            found = f"call_{next(numbers)}"
        self._ids.add(found)
        return found

    def _unknown(self, name: str) -> Outcome:
        known = sorted(self._known)
        near = known if len(known) <= NAMED else difflib.get_close_matches(name, known, n=NAMED, cutoff=0.0)
        error = {"kind": "not_found", "message": f"There is no tool {name!r}.", "accepted": near}
        return Outcome(canonical_json({"error": error}), False, "not_found")
