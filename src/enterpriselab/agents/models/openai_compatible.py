"""Any endpoint that speaks the OpenAI chat protocol, a vLLM server among them."""

import asyncio
from typing import Any, ClassVar

import openai

from enterpriselab.agents.models.base import ModelError, ModelRequest, ModelTurn, Sampling
from enterpriselab.agents.models.chat_wire import body_of, gathered, turn_of, usage_of
from enterpriselab.agents.models.endpoint import Endpoint, for_good
from enterpriselab.agents.models.remote import RemoteModel, read, untyped
from enterpriselab.agents.models.retrying import Transient


class OpenAICompatible(RemoteModel):
    """Chat completions with tools. Prompt caching is the endpoint's own; what it saved is in the usage."""

    sdk: ClassVar[Any] = openai
    limit: ClassVar[str] = "max_completion_tokens"

    async def ask(self, request: ModelRequest) -> ModelTurn:
        """One completion, whole or gathered from its stream."""
        body = self.accepted.apply(body_of(request, self.name))
        if self.endpoint.stream:
            options = {"include_usage": True}
            return turn_of(*await gathered(await self.create({**body, "stream": True, "stream_options": options})))
        reply = read(await self.create(body))
        if not reply.choices:
            raise self._no_choice(getattr(reply, "error", None))
        choice = reply.choices[0]
        return turn_of(choice.message.model_dump(warnings=False), choice.finish_reason, usage_of(reply.usage))

    def _no_choice(self, error: Any) -> Transient | ModelError:
        """Some endpoints report what failed behind them with status 200."""
        told = error if isinstance(error, dict) else {}
        text = f"{self.name}: the endpoint gave no choice" + (f": {told.get('message', error)}" if error else "")
        code = told.get("code")
        return ModelError(text) if isinstance(code, int) and for_good(code, text) else Transient(text)

    async def create(self, body: dict[str, Any]) -> Any:
        """Send a request body."""
        sent = untyped({**body, **self.endpoint.extra}, "model", "stream")
        return await self.client().chat.completions.create(messages=[], **sent)

    def chat(self, messages: list[dict[str, Any]]) -> str:
        """The text of one completion without tools, for writers. Raises ModelError."""
        return asyncio.run(self._said(ModelRequest(messages, [], Sampling(temperature=0.7), 0, "chat"))).text

    async def _said(self, request: ModelRequest) -> ModelTurn:
        try:
            return await self.generate(request)
        finally:
            await self.close()

    def connect(self) -> openai.AsyncOpenAI:
        """A client without retries of its own."""
        there: Endpoint = self.endpoint
        return openai.AsyncOpenAI(base_url=there.base_url, api_key=there.api_key, max_retries=0, timeout=there.timeout)
