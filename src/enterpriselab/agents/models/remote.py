"""What models behind a network share: clients by event loop, errors by who can mend them, retries, price."""

import asyncio
import json
from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import httpx2

from enterpriselab.agents.models.base import ModelError, ModelRequest, ModelTurn
from enterpriselab.agents.models.endpoint import (
    NO_ROOM,
    Accepted,
    Endpoint,
    asked_to_wait,
    for_good,
    in_stream,
    public,
    too_long,
)
from enterpriselab.agents.models.prices import priced
from enterpriselab.agents.models.retrying import Transient, retried

UNEXPECTED = (AttributeError, LookupError, TypeError, RecursionError)
"""What reading an answer raises that is no answer of this wire: null, a list, a message without content."""


def _described(error: Exception) -> str:
    """One line; a page that is no JSON is most often that of another server."""
    if isinstance(error, json.JSONDecodeError):
        return _no_json(error.doc)
    named = f"{type(error).__name__}: {error}" if isinstance(error, UNEXPECTED) else str(error)
    return " ".join(named.split())


SHOWN = 60
"""Characters of an unreadable answer that are quoted."""


def _no_json(text: str) -> str:
    start = " ".join(text[:SHOWN].split())
    return f"it is not JSON and begins with {start!r}; is the endpoint right?" if start else "it is empty"


def read(answer: Any) -> Any:
    """The answer, unless the client took it for text because of its content type. Raises ValueError."""
    if isinstance(answer, str):
        raise ValueError(_no_json(answer))
    return answer


def untyped(body: dict[str, Any], *typed: str) -> dict[str, Any]:
    """A body of plain JSON as arguments of a client: what is not `typed` goes as `extra_body`.

    What goes so is not walked through and held against the client's types, which takes longer than all the rest of a
    request with a dozen tools.
    """
    return {
        **{name: body[name] for name in typed if name in body},
        "extra_body": {name: value for name, value in body.items() if name not in typed},
    }


class RemoteModel(ABC):
    """Asks an endpoint through an official client, whose own retries are off: here they are counted."""

    sdk: ClassVar[Any]
    """The client library; the ones in use name their errors alike."""
    limit: ClassVar[str] = ""
    """Another name that the wire has for max_tokens."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.name = endpoint.model
        self.endpoint = endpoint
        self.accepted = Accepted()
        self._prices = endpoint.price_table()
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, Any] = WeakKeyDictionary()

    @property
    def notes(self) -> list[str]:
        """What a reader of the result has to know: what the model refused and played without, and an unknown price."""
        found = self.accepted.notes(self.name)
        if self._prices is None:
            found.append(f"{self.name} is a server of one's own: its tokens have no price")
        elif self._prices.price(self.name) is None:
            found.append(f"{self.name} has no known price: it is not in the table of {self._prices.date} (--prices)")
        return found

    async def generate(self, request: ModelRequest) -> ModelTurn:
        """One turn. Rate limits, overload, 5xx and cut answers are asked again; what is left is a ModelError."""
        turn, retries, waited = await retried(lambda: self._once(request), self.endpoint.retry)
        return replace(priced(turn, self.name, self._prices, retries), waited=waited)

    async def _once(self, request: ModelRequest) -> ModelTurn:
        sdk = self.sdk
        while True:
            known = frozenset(self.accepted.refused)
            try:
                return await self.ask(request)
            except sdk.BadRequestError as error:
                if too_long(error.message):
                    return NO_ROOM
                if not self.accepted.learn(error.message, request.sampling, known=known, limit=self.limit):
                    raise ModelError(f"{self.name}: {error.message}") from error
            except sdk.APIStatusError as error:
                text = f"{self.name}: {error.message}"
                if for_good(error.status_code, error.message) and not in_stream(error.status_code, error.body):
                    raise ModelError(text) from error
                raise Transient(text, wait=asked_to_wait(error.response.headers)) from error
            except (sdk.APIConnectionError, httpx2.TransportError) as error:
                where = f" at {public(self.endpoint.base_url)}" if self.endpoint.base_url else ""
                said = str(error).rstrip(".") or type(error).__name__
                raise Transient(f"{self.name}: {said}{where}") from error
            except (sdk.APIError, ValueError, *UNEXPECTED) as error:
                if isinstance(error, sdk.APIError) and in_stream(200, error.body):
                    raise Transient(f"{self.name}: {error.message}") from error
                raise ModelError(f"{self.name}: the answer cannot be read: {_described(error)}") from error

    @abstractmethod
    async def ask(self, request: ModelRequest) -> ModelTurn:
        """One request as it is, with the errors of the client library."""

    @abstractmethod
    def connect(self) -> Any:
        """A fresh client."""

    def client(self) -> Any:
        """The client of the running event loop: connections belong to one."""
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            self._clients[loop] = self.connect()
        return self._clients[loop]

    async def close(self) -> None:
        """End the connections of the running event loop."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.close()

    def forget(self, conversation: str) -> None:  # noqa: B027 - not every wire has something to forget
        """Nothing is kept between turns unless a wire needs it."""
