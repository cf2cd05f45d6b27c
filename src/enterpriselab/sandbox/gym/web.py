"""The HTTP application of a gym server: /mcp for clients of every age, /api for whoever prepares databases, /health.

The /api endpoints can be behind a token, or on another port, so that an agent cannot reach them.
"""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import anyio
from anyio.to_thread import run_sync
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import RequestBodyLimitMiddleware
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from enterpriselab import __version__
from enterpriselab.core.errors import UsageError
from enterpriselab.sandbox.gym.admin import ENDPOINTS, Admin, Endpoint, Fields
from enterpriselab.sandbox.gym.calls import DATABASE_HEADER, Answer, run_call
from enterpriselab.sandbox.gym.calls import Headers as CallHeaders
from enterpriselab.sandbox.gym.databases import DatabaseLost, Databases, TooMuch, UnknownDatabase
from enterpriselab.sandbox.gym.jsonrpc import HANDSHAKE_VERSIONS, VERSION_HEADER, JsonRpc, encoded
from enterpriselab.sandbox.gym.modern import modern_server
from enterpriselab.sandbox.gym.openapi import openapi
from enterpriselab.sandbox.mcp.access import HostCheck, bearer, same_token
from enterpriselab.toolkit import GymProfile

MAX_CALL_BODY = 4 * 2**20
MAX_SEED_BODY = 72 * 2**20
"""A seed of the largest size with the escapes of JSON."""
SWEEP_S = 30.0
_STATUS: tuple[tuple[type[UsageError], int], ...] = ((UnknownDatabase, 404), (DatabaseLost, 410), (TooMuch, 429))
Lifespan = AbstractAsyncContextManager[None]


class Gym:
    """One server: an app's databases and how they are reached.

    Args:
        profile: its name, port and headers.
        admin: the databases, and what new ones are made from.
        instance: names this start of the server, so that a process can be told from another on the same port.
    """

    def __init__(self, profile: GymProfile, admin: Admin, instance: str = "") -> None:
        self.profile = profile
        self.admin = admin
        self.instance = instance
        specs = self.databases.worlds.default(admin.level).registry
        self.rpc = JsonRpc(profile.server, specs.values(), self.call)
        self.modern = modern_server(profile.server, specs, self.call)

    @property
    def databases(self) -> Databases:
        """What it keeps."""
        return self.admin.databases

    async def call(self, headers: CallHeaders, name: str, arguments: dict[str, Any]) -> Answer:
        """Run a tool on a worker thread, so that a slow one holds up no other database."""
        return await run_sync(run_call, self.databases, self.profile, headers, name, arguments)

    def health(self) -> dict[str, Any]:
        """What anybody may know."""
        about = {"status": "healthy", "server": self.profile.server, "version": __version__, "instance": self.instance}
        return {**about, **self.databases.stats()}


def agent_app(gym: Gym, *, admin: bool = True, token: str | None = None, names: Sequence[str] = ()) -> Starlette:
    """The application that agents reach.

    Args:
        gym: the server.
        admin: whether the /api endpoints are here too.
        token: bearer token that they demand.
        names: values of the Host header to accept beside loopback.
    """
    manager = StreamableHTTPSessionManager(gym.modern, json_response=True, max_request_body_size=MAX_CALL_BODY)
    gate = RequestBodyLimitMiddleware(_McpGate(gym, manager.handle_request), MAX_CALL_BODY)
    routes = [Route("/mcp", gate), *_public_routes(gym), *(_admin_routes(gym, token) if admin else [])]
    return _application(routes, names, [manager.run(), _sweeping(gym.databases)])


def admin_app(gyms: Sequence[Gym], *, token: str | None = None, names: Sequence[str] = ()) -> Starlette:
    """The /api endpoints of several servers, each under /<server>."""
    mounts = [
        Mount(f"/{gym.profile.server}", routes=[*_public_routes(gym), *_admin_routes(gym, token)]) for gym in gyms
    ]
    return _application(mounts, names, [])


def _application(routes: Sequence[BaseRoute], names: Sequence[str], contexts: Sequence[Lifespan]) -> Starlette:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for context in contexts:
                await stack.enter_async_context(context)
            yield

    return Starlette(
        routes=routes,
        middleware=[Middleware(HostCheck, names=names)],
        lifespan=lifespan,
        exception_handlers={HTTPException: _http_problem, Exception: _internal_problem},
    )


@asynccontextmanager
async def _sweeping(databases: Databases) -> AsyncIterator[None]:
    """Put idle databases to sleep now and then."""

    async def sweep() -> None:
        while True:
            await anyio.sleep(SWEEP_S)
            with suppress(UsageError):  # a full disk stops no server
                await run_sync(databases.sweep)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(sweep)
        yield
        tasks.cancel_scope.cancel()


class _McpGate:
    """Tells by the version header which wire a request is of."""

    def __init__(self, gym: Gym, modern: ASGIApp) -> None:
        self._gym = gym
        self._modern = modern

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if headers.get(VERSION_HEADER, HANDSHAKE_VERSIONS[0]) not in HANDSHAKE_VERSIONS:
            await self._modern(scope, receive, send)
            return
        if scope["method"] != "POST":
            response = problem(405, "This server keeps no sessions and opens no streams: POST one message.")
            response.headers["allow"] = "POST"
        else:
            reply = await self._gym.rpc.answer(await Request(scope, receive).body(), headers)
            response = Response(reply.body, reply.status, media_type="application/json" if reply.body else None)
        await response(scope, receive, send)


def _public_routes(gym: Gym) -> list[Route]:
    async def health(_: Request) -> Response:
        return answered(gym.health())

    return [Route("/health", health, methods=["GET"])]


def _admin_routes(gym: Gym, token: str | None) -> list[Route]:
    async def described(_: Request) -> Response:
        return answered(openapi(gym.profile.server, ENDPOINTS))

    routes = [Route(end.path, _AdminGate(gym.admin, end, token), methods=[end.method]) for end in ENDPOINTS]
    return [*routes, Route("/openapi.json", described, methods=["GET"])]


class _AdminGate:
    """One endpoint behind the token, its errors as JSON."""

    def __init__(self, admin: Admin, endpoint: Endpoint, token: str | None) -> None:
        self._admin = admin
        self._endpoint = endpoint
        self._token = token
        self._limited = RequestBodyLimitMiddleware(self._serve, MAX_SEED_BODY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._token is not None and not same_token(bearer(Headers(scope=scope)), self._token):
            await problem(401, "This endpoint needs the admin token as a bearer token.")(scope, receive, send)
        else:
            await self._limited(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (await self._answer(Request(scope, receive)))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            result = await run_sync(self._run, request, await request.body())
        except UsageError as error:
            status = next((number for kind, number in _STATUS if isinstance(error, kind)), 400)
            return problem(status, error.message, hint=error.hint)
        if isinstance(result, bytes):
            return Response(result, media_type="application/vnd.sqlite3")
        return answered(result)

    def _run(self, request: Request, body: bytes) -> dict[str, Any] | bytes:
        """On a worker thread: a seed is large."""
        return self._endpoint.run(self._admin, _fields(request, body, self._endpoint))


def _fields(request: Request, body: bytes, endpoint: Endpoint) -> Fields:
    """The request's fields as texts. Raises UsageError for a body that is no object, wrong types, missing fields."""
    try:
        asked = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise UsageError(f"The body is not JSON: {error}.") from None
    if not isinstance(asked, dict):
        raise UsageError("The body must be a JSON object.")
    header = {"database_id": request.headers[DATABASE_HEADER]} if DATABASE_HEADER in request.headers else {}
    given = {**header, **request.query_params, **{name: value for name, value in asked.items() if value is not None}}
    found: Fields = {}
    for field in endpoint.fields:
        value = given.get(field.name, "")
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise UsageError(f'"{field.name}" must be a text.')
        if field.required and not value.strip():
            raise UsageError(f'"{field.name}" is missing. {field.about}')
        if field.name in given:
            found[field.name] = value
    return found


def answered(value: dict[str, Any], status: int = 200) -> Response:
    """A JSON answer."""
    return Response(encoded(value), status, media_type="application/json")


def problem(status: int, message: str, *, hint: str | None = None) -> Response:
    """An error as JSON, its text where clients of the public servers look for it."""
    return answered({"success": False, "detail": message, **({"hint": hint} if hint else {})}, status)


async def _http_problem(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return problem(status, error.detail if isinstance(error, HTTPException) else "internal error")


async def _internal_problem(_: Request, __: Exception) -> Response:
    return problem(500, "The server itself failed; nothing was changed.")
