"""Models of Anthropic over their own wire: tool use, thinking that comes back as it was, prompt caching."""

from typing import Any, ClassVar

import anthropic

from enterpriselab.agents.models.anthropic_wire import Block, body_of, gathered, kept_of, turn_of, usage_of
from enterpriselab.agents.models.base import ModelRequest, ModelTurn
from enterpriselab.agents.models.endpoint import Endpoint
from enterpriselab.agents.models.remote import RemoteModel, read, untyped


class Anthropic(RemoteModel):
    """Messages with tools. A turn with calls is sent back in the blocks in which it came, its thinking included."""

    sdk: ClassVar[Any] = anthropic

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        self._kept: dict[str, dict[int, list[Block]]] = {}

    async def ask(self, request: ModelRequest) -> ModelTurn:
        """One message, whole or gathered from its stream."""
        kept = self._kept.setdefault(request.conversation, {})
        body = {**self.accepted.apply(body_of(request, self.name, kept)), **self.endpoint.extra}
        sent = untyped(body, "model", "max_tokens")
        if self.endpoint.stream:
            events = await self.client().messages.create(messages=[], stream=True, **sent)
            blocks, stop_reason, usage = await gathered(events)
        else:
            reply: Any = read(await self.client().messages.create(messages=[], **sent))
            blocks = [block.model_dump(exclude_none=True, warnings=False) for block in reply.content]
            stop_reason, usage = reply.stop_reason, usage_of(reply.usage)
        turn = turn_of(blocks, stop_reason, usage)
        if turn.calls:
            kept[len(request.messages)] = kept_of(blocks, turn)
        return turn

    def connect(self) -> anthropic.AsyncAnthropic:
        """A client without retries of its own."""
        there = self.endpoint
        return anthropic.AsyncAnthropic(
            base_url=there.base_url, api_key=there.api_key, max_retries=0, timeout=there.timeout
        )

    def forget(self, conversation: str) -> None:
        """Drop the blocks of a finished attempt."""
        self._kept.pop(conversation, None)
