"""LocalModel: weights in this process. Requests of all running conversations are gathered into one batch.

A conversation's tokens are kept as they were: the next prompt is the last prompt, the sampled tokens and the newly
rendered messages, so nothing that was sampled is ever encoded again.
"""

import asyncio
from dataclasses import dataclass, field

from enterpriselab.agents.models.base import ModelCall, ModelError, ModelRequest, ModelTurn
from enterpriselab.agents.models.engine import Engine, GenRequest, GenResult
from enterpriselab.agents.models.renderer import Renderer
from enterpriselab.core.traces import TokenTurn, Usage


@dataclass(slots=True)
class _Conversation:
    prompt_ids: list[int] = field(default_factory=list)
    sampled_ids: list[int] = field(default_factory=list)
    messages: int = 0
    """How many messages of the attempt the tokens above cover, the model's own turn included."""


class LocalModel:
    """Plays with an Engine. One asyncio loop at a time."""

    def __init__(self, engine: Engine, renderer: Renderer, *, name: str, context: int = 2048) -> None:
        self.name = name
        self.context = context
        self._engine = engine
        self._renderer = renderer
        self._conversations: dict[str, _Conversation] = {}
        self._waiting: list[tuple[GenRequest, asyncio.Future[GenResult]]] = []
        self._flusher: asyncio.Task[None] | None = None

    async def generate(self, request: ModelRequest) -> ModelTurn:
        """The next turn; a prompt that leaves no room in the context ends with finish = "length"."""
        prompt_ids = self._prompt(request)
        room = min(request.sampling.max_tokens, self.context - len(prompt_ids))
        usage = Usage(input_tokens=len(prompt_ids))
        if room <= 0:
            return ModelTurn(text="", finish="length", usage=usage)
        result = await self._submit(
            GenRequest(
                prompt_ids=prompt_ids,
                max_new_tokens=room,
                temperature=request.sampling.temperature,
                top_p=request.sampling.top_p,
                seed=request.seed,
                handle=request.conversation,
            )
        )
        self._conversations[request.conversation] = _Conversation(
            prompt_ids, result.token_ids, len(request.messages) + 1
        )
        parsed = self._renderer.parse(result.token_ids)
        return ModelTurn(
            text=parsed.text,
            calls=tuple(ModelCall(name, arguments) for name, arguments in parsed.calls),
            malformed=parsed.malformed,
            finish="length" if result.finish_reason == "length" else "stop",
            usage=Usage(input_tokens=len(prompt_ids), output_tokens=len(result.token_ids)),
            tokens=TokenTurn(prompt_ids=prompt_ids, sampled_ids=result.token_ids, logprobs=result.logprobs),
        )

    def _prompt(self, request: ModelRequest) -> list[int]:
        earlier = self._conversations.get(request.conversation)
        if earlier is None:
            return self._renderer.prompt_ids(request.messages, request.tools)
        fresh = request.messages[earlier.messages :]
        return self._renderer.bridge(earlier.prompt_ids, earlier.sampled_ids, fresh)

    async def _submit(self, request: GenRequest) -> GenResult:
        future: asyncio.Future[GenResult] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, future))
        if self._flusher is None or self._flusher.done():
            self._flusher = asyncio.create_task(self._flush())
        return await future

    async def _flush(self) -> None:
        """Run everything that waits, after letting the other conversations come to their next request."""
        while self._waiting:
            seen = -1
            while seen != len(self._waiting):
                seen = len(self._waiting)
                for _ in range(4):
                    await asyncio.sleep(0)
            batch, self._waiting = self._waiting, []
            try:
                results = self._engine.generate([request for request, _ in batch])
            except (RuntimeError, ValueError) as error:  # no memory, for one: an error of these attempts
                said = str(error).partition("\n")[0]
                for _, future in batch:
                    if not future.done():
                        future.set_exception(ModelError(f"{self.name}: {said}"))
                continue
            for (_, future), result in zip(batch, results, strict=True):
                if not future.done():
                    future.set_result(result)

    def forget(self, conversation: str) -> None:
        """Drop the tokens of a finished attempt."""
        self._conversations.pop(conversation, None)
        self._engine.forget(conversation)

    async def close(self) -> None:
        """The weights stay; there are no connections."""
