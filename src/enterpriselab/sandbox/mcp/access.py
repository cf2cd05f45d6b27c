"""Who may reach an HTTP server of ours: hosts and origins by name, tokens compared in constant time."""

import hmac
from collections.abc import Mapping, Sequence

from mcp.server.transport_security import TransportSecurityMiddleware, TransportSecuritySettings
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class HostCheck:
    """Refuses requests with a foreign Host or Origin on every route: protection against DNS rebinding.

    Args:
        app: what is protected.
        names: values of the Host header to accept beside loopback.
    """

    def __init__(self, app: ASGIApp, names: Sequence[str] = ()) -> None:
        self._app = app
        hosts = [f"{'[::1]' if name == '::1' else name}:*" for name in LOOPBACK] + list(names)
        origins = [f"{scheme}://{host}" for scheme in ("http", "https") for host in hosts]
        self._check = TransportSecurityMiddleware(
            TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=origins)
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = await self._check.validate_request(Request(scope)) if scope["type"] == "http" else None
        await (refused or self._app)(scope, receive, send)


def bearer(headers: Mapping[str, str]) -> str | None:
    """The bearer token of a request."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def same_token(given: str | None, token: str | None) -> bool:
    """Are both there and equal? Takes as long whatever differs."""
    return given is not None and token is not None and hmac.compare_digest(given.encode(), token.encode())
