"""The HTTP surface: MCP at /mcp and /episodes/{id}/mcp for both wires, and the admin endpoints for episodes.

An episode is addressed by URL path or by bearer token. Listening beyond loopback takes named hosts and an admin token.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

from mcp.server.context import ServerRequestContext
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import DEFAULT_MAX_REQUEST_BODY_SIZE, RequestBodyLimitMiddleware
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from enterpriselab.core.errors import UsageError
from enterpriselab.sandbox.mcp.access import LOOPBACK, HostCheck, bearer, same_token
from enterpriselab.sandbox.mcp.handler import Acting, build_server
from enterpriselab.sandbox.mcp.hosting import DEFAULT_ID, EpisodeHost, HostFull

_KEY = "enterpriselab.episode"
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """Where and how to listen."""

    host: str = "127.0.0.1"
    port: int = 8000
    """0 takes any free port."""
    names: tuple[str, ...] = ()
    """Values of the Host header to accept beside loopback, for example 'lab.example:8000' or 'lab.example:*'."""
    admin_token: str | None = None
    """Bearer token that the admin endpoints demand; None leaves them open, which only loopback may."""
    max_body_bytes: int = DEFAULT_MAX_REQUEST_BODY_SIZE


def check_options(options: HttpOptions) -> None:
    """Raises UsageError when others could reach the server without names and token being set."""
    if options.host in LOOPBACK:
        return
    if not options.names:
        raise UsageError(
            f"Listening on {options.host} opens the worlds to the network; name the hosts they are reached by.",
            hint="--allow-host lab.example:8000",
        )
    if not options.admin_token:
        raise UsageError(f"Listening on {options.host} needs an admin token.", hint="--admin-token-env NAME")


def build_http_app(host: EpisodeHost, options: HttpOptions | None = None) -> Starlette:
    """The ASGI application of a host. Raises UsageError for options that would leave it open to the network."""
    chosen = options or HttpOptions()
    check_options(chosen)
    name = f"enterpriselab-{host.world.name}"
    server = build_server(name, host.specs, _resolver(host), hidden=host.hidden, threads=True)
    manager = StreamableHTTPSessionManager(server, json_response=True, max_request_body_size=chosen.max_body_bytes)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with manager.run():
            yield

    gate = _McpGate(host, manager.handle_request, chosen.admin_token)
    routes = [
        Route("/mcp", gate),
        Route("/episodes/{id}/mcp", gate),
        *admin_routes(host, chosen.admin_token),
    ]
    middleware = [
        Middleware(HostCheck, names=chosen.names),
        Middleware(RequestBodyLimitMiddleware, max_body_size=chosen.max_body_bytes),
    ]
    return Starlette(routes=routes, middleware=middleware, lifespan=lifespan)


class _McpGate:
    """Finds the episode of an MCP request before the SDK sees it."""

    def __init__(self, host: EpisodeHost, serve: ASGIApp, admin_token: str | None) -> None:
        self._host = host
        self._serve = serve
        self._admin_token = admin_token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        key, refused = self._key(request.path_params.get("id"), bearer(request.headers))
        if refused is None:
            scope[_KEY] = key
            await self._serve(scope, receive, send)
        else:
            await refused(scope, receive, send)

    def _key(self, asked: str | None, token: str | None) -> tuple[str, Response | None]:
        opened = None if token is None or same_token(token, self._admin_token) else self._host.key_of_token(token)
        if token is not None and opened is None and not same_token(token, self._admin_token):
            return "", _problem(401, "This bearer token opens no episode of this server.")
        if asked is None:
            return opened or DEFAULT_ID, None
        if opened is not None and opened != asked:
            return "", _problem(403, "This bearer token belongs to another episode.")
        if asked not in self._host:
            return "", _no_episode(asked)
        return asked, None


def _resolver(host: EpisodeHost) -> Callable[[ServerRequestContext[Any, Any]], Acting]:
    def resolve(context: ServerRequestContext[Any, Any]) -> Acting:
        request = cast(Request, context.request)
        principal = request.headers.get("x-principal") if host.options.principal_header else None
        return Acting(host.episode(request.scope[_KEY]), principal)

    return resolve


def admin_routes(host: EpisodeHost, admin_token: str | None) -> list[Route]:
    """JSON endpoints that make, show, fork, reset and drop episodes."""

    async def create(request: Request) -> Response:
        asked = await _body(request)
        return _made(request, *host.create(asked.get("principal"), asked.get("seed")))

    async def listing(_: Request) -> Response:
        return JSONResponse({"episodes": host.ids(), "limit": host.options.limit})

    async def show(request: Request) -> Response:
        return JSONResponse(host.facts(request.path_params["id"]))

    async def diff(request: Request) -> Response:
        changes = host.episode(request.path_params["id"]).diff()
        return JSONResponse({"changes": [_plain(change.to_json()) for change in changes]})

    async def fork(request: Request) -> Response:
        return _made(request, *host.fork(request.path_params["id"]))

    async def reset(request: Request) -> Response:
        host.reset(request.path_params["id"])
        return JSONResponse(host.facts(request.path_params["id"]))

    async def drop(request: Request) -> Response:
        host.drop(request.path_params["id"])
        return Response(status_code=204)

    table: tuple[tuple[str, str, Endpoint], ...] = (
        ("/episodes", "POST", create),
        ("/episodes", "GET", listing),
        ("/episodes/{id}", "GET", show),
        ("/episodes/{id}", "DELETE", drop),
        ("/episodes/{id}/diff", "GET", diff),
        ("/episodes/{id}/fork", "POST", fork),
        ("/episodes/{id}/reset", "POST", reset),
    )
    return [Route(path, _guarded(endpoint, admin_token), methods=[method]) for path, method, endpoint in table]


def _guarded(endpoint: Endpoint, admin_token: str | None) -> Endpoint:
    """The endpoint behind the admin token, its errors as JSON."""

    async def guarded(request: Request) -> Response:
        if admin_token is not None and not same_token(bearer(request.headers), admin_token):
            return _problem(401, "This endpoint needs the admin token as a bearer token.")
        try:
            return await endpoint(request)
        except KeyError:
            return _no_episode(request.path_params["id"])
        except HostFull as error:
            return _problem(429, error.message, hint=error.hint)
        except UsageError as error:
            return _problem(400, error.message, hint=error.hint)

    return guarded


async def _body(request: Request) -> dict[str, Any]:
    """The request's JSON object, {} when there is none. Raises UsageError for wrong fields."""
    text = await request.body()
    try:
        asked = json.loads(text or b"{}")
    except ValueError as error:
        raise UsageError(f"The body is not JSON: {error}.") from None
    if not isinstance(asked, dict) or set(asked) - {"principal", "seed"}:
        raise UsageError('The body must be a JSON object with at most "principal" (text) and "seed" (whole number).')
    if not isinstance(asked.get("principal"), (str, type(None))):
        raise UsageError('"principal" must be the id or e-mail address of a person.')
    if not isinstance(asked.get("seed"), (int, type(None))) or isinstance(asked.get("seed"), bool):
        raise UsageError('"seed" must be a whole number.')
    return asked


def _made(request: Request, key: str, token: str) -> Response:
    url = str(request.base_url).rstrip("/") + f"/episodes/{key}/mcp"
    return JSONResponse({"id": key, "url": url, "token": token}, status_code=201)


def _no_episode(key: str) -> Response:
    return _problem(404, f"There is no episode {key[:64]!r} on this server.", hint="POST /episodes")


def _problem(status: int, message: str, *, hint: str | None = None) -> Response:
    body = {"error": {"message": message, **({"hint": hint} if hint else {})}}
    return JSONResponse(body, status_code=status)


def _plain(value: Any) -> Any:
    """Blobs as {"$bytes": hex}."""
    if isinstance(value, bytes):
        return {"$bytes": value.hex()}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value
