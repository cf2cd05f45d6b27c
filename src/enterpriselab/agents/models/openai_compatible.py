"""Any endpoint that speaks the OpenAI chat protocol: tool calls, retries with back-off, tokens counted."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any, Literal

import openai

from enterpriselab.agents.models.base import ModelCall, ModelError, ModelRequest, ModelTurn, Sampling
from enterpriselab.core.traces import Usage


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the model is. The key comes from the environment, never from a config that is stored."""

    model: str
    base_url: str | None = None
    api_key: str = "none"
    retries: int = 4
    timeout: float = 120.0


class OpenAICompatible:
    """Chat completions with tools, not streamed."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.name = endpoint.model
        self._endpoint = endpoint
        self._client = self._connect()

    async def generate(self, request: ModelRequest) -> ModelTurn:
        """One completion. Rate limits, time-outs and 5xx are retried by the client; what is left is a ModelError."""
        return await self._ask(self._client, request)

    async def _ask(self, client: openai.AsyncOpenAI, request: ModelRequest) -> ModelTurn:
        try:
            reply = await client.chat.completions.create(**self._body(request))
        except openai.APIError as error:
            raise ModelError(f"{self.name}: {error.message}") from error
        except ValueError as error:
            raise ModelError(f"{self.name}: the answer is not JSON: {error}") from error
        if not reply.choices:
            raise ModelError(f"{self.name}: the endpoint gave no choice")
        return _turn(reply)

    def chat(self, messages: list[dict[str, Any]]) -> str:
        """The text of one completion without tools, for writers. Raises ModelError."""
        request = ModelRequest(messages, [], Sampling(temperature=0.7), 0, "chat")
        return asyncio.run(self._once(request)).text

    async def _once(self, request: ModelRequest) -> ModelTurn:
        async with self._connect() as fresh:  # a client's connections belong to one event loop
            return await self._ask(fresh, request)

    def _connect(self) -> openai.AsyncOpenAI:
        there = self._endpoint
        return openai.AsyncOpenAI(
            base_url=there.base_url, api_key=there.api_key, max_retries=there.retries, timeout=there.timeout
        )

    def _body(self, request: ModelRequest) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self.name,
            "messages": [_message(message) for message in request.messages],
            "temperature": request.sampling.temperature,
            "top_p": request.sampling.top_p,
            "max_tokens": request.sampling.max_tokens,
            "seed": request.seed % 2**31,
        }
        if request.tools:
            body["tools"] = request.tools
        return body

    def forget(self, conversation: str) -> None:
        """Nothing is kept between turns."""


def _message(message: dict[str, Any]) -> dict[str, Any]:
    """The wire wants call arguments as JSON text."""
    if not message.get("tool_calls"):
        return message
    calls = [
        {**call, "function": {**call["function"], "arguments": json.dumps(call["function"]["arguments"])}}
        for call in message["tool_calls"]
    ]
    return {**message, "tool_calls": calls}


def _turn(reply: Any) -> ModelTurn:
    choice = reply.choices[0]
    usage = Usage(
        input_tokens=reply.usage.prompt_tokens if reply.usage else 0,
        output_tokens=reply.usage.completion_tokens if reply.usage else 0,
    )
    finish: Literal["stop", "length"] = "length" if choice.finish_reason == "length" else "stop"
    text = choice.message.content or ""
    calls: list[ModelCall] = []
    for made in choice.message.tool_calls or ():
        try:
            arguments = json.loads(made.function.arguments or "{}")
        except ValueError as error:
            why = f"the arguments of {made.function.name} are not valid JSON: {error}"
            return ModelTurn(text=text, malformed=why, finish=finish, usage=usage)
        if not isinstance(arguments, dict):
            why = f"the arguments of {made.function.name} must be one JSON object"
            return ModelTurn(text=text, malformed=why, finish=finish, usage=usage)
        calls.append(ModelCall(made.function.name, arguments, made.id))
    return ModelTurn(text=text, calls=tuple(calls), finish=finish, usage=usage)
