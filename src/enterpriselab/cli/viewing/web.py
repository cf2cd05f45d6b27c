"""The viewer over HTTP: the page and its questions, all of them below a path that nobody can guess.

Reads only. A request needs the token, a Host header that means this machine, and for a question no more than an id.
"""

import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from anyio.to_thread import run_sync
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from enterpriselab.cli.viewing.shelf import Shelf, View
from enterpriselab.core.errors import EnterpriseLabError, UsageError
from enterpriselab.report.viewer.page import HEADERS, PAGE, assets, encoded

if TYPE_CHECKING:
    from enterpriselab.cli.viewing.past import Past

HOSTS = ["127.0.0.1", "localhost", "[::1]"]
MAX_BODY = 100_000
"""Bytes of a query."""
JSON = "application/json"
Endpoint = Callable[[Request], Awaitable[Response]]


class Viewer:
    """What the page may ask of one run."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.open = True

    @cached_property
    def past(self) -> "Past":
        """Made when a state is first asked for: the worlds take longer to load than a list of traces may."""
        from enterpriselab.cli.viewing.past import Past

        return Past(self.shelf)

    def close(self) -> None:
        """End what was started; questions that are being answered end soon."""
        self.open = False
        if "past" in vars(self):
            self.past.close()

    def questions(self) -> dict[str, Callable[[View], View]]:
        """Path below api/ -> what answers it, given the fields of the request."""
        return {
            "run": lambda _: self.shelf.listing(),
            "trace": lambda asked: self.shelf.view(_text(asked, "id")),
            "compare": lambda asked: self.shelf.compared(_text(asked, "left"), _text(asked, "right")),
            "faults": lambda asked: {"faults": self.shelf.faults_of(_text(asked, "label"), go_on=lambda: self.open)},
            "search": lambda asked: {"ids": list(self.shelf.search(_text(asked, "text")))},
            "evidence": lambda asked: self.past.evidence(_text(asked, "id")),
            "tables": lambda asked: self.past.tables(_text(asked, "id")),
            "state": lambda asked: self.past.state(_text(asked, "id"), _number(asked, "step")),
            "sql": lambda asked: self.past.sql(_text(asked, "id"), _number(asked, "step"), _text(asked, "query")),
        }


def build_viewer(shelf: Shelf, token: str) -> Starlette:
    """The ASGI application of a run; everything is below /TOKEN/."""
    viewer = Viewer(shelf)
    questions = viewer.questions()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            viewer.close()

    async def page(request: Request) -> Response:
        found = assets().get(request.path_params.get("name") or PAGE)
        return Response(found[0], media_type=found[1], headers=HEADERS) if found else _nothing()

    async def api(request: Request) -> Response:
        question = questions.get(request.path_params["question"])
        if question is None:
            return _nothing()
        try:
            return _answer(await run_sync(question, await _asked(request)))
        except UsageError as error:
            return _problem(400, error.message, hint=error.hint)
        except EnterpriseLabError as error:
            return _problem(409, str(error))

    routes = [
        Route("/{token}/api/{question}", _behind(token, api), methods=["POST"]),
        Route("/{token}/{name}", _behind(token, page), methods=["GET"]),
        Route("/{token}/", _behind(token, page), methods=["GET"]),
    ]
    middleware = [Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS, www_redirect=False)]
    return Starlette(routes=routes, middleware=middleware, lifespan=lifespan)


def _behind(token: str, endpoint: Endpoint) -> Endpoint:
    async def guarded(request: Request) -> Response:
        same = hmac.compare_digest(request.path_params["token"].encode(), token.encode())
        return await endpoint(request) if same else _nothing()

    return guarded


async def _asked(request: Request) -> View:
    """The fields of a question. Raises UsageError."""
    if request.headers.get("content-type") != JSON:  # a form of another site can send any other type
        raise UsageError(f"A question is sent as {JSON}.")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY:
            raise UsageError(f"A question has at most {MAX_BODY:,} bytes.")
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict):
        raise UsageError("A question is a JSON object.")
    return asked


def _text(asked: View, name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str) or not value.strip():
        raise UsageError(f'"{name}" must be a text.')
    return value


def _number(asked: View, name: str) -> int:
    value = asked.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise UsageError(f'"{name}" must be a whole number.')
    return value


def _answer(value: View, status: int = 200) -> Response:
    return Response(encoded(value), status, media_type=JSON, headers=HEADERS)


def _problem(status: int, message: str, *, hint: str | None = None) -> Response:
    return _answer({"error": {"message": message, "hint": hint or ""}}, status)


def _nothing() -> Response:
    return _problem(404, "There is nothing here.", hint="open the address that the command printed")
