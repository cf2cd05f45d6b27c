"""A real HTTP server on loopback that speaks the OpenAI and the Anthropic wire, played by a script or by a function.

It holds what it is asked against the rules of the wire (see openai_wire, anthropic_wire) and refuses what a real
endpoint would refuse, counts tokens as words, keeps a prompt cache, and goes wrong in every way that it is told to.
"""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.agents.wires import anthropic_wire, openai_wire
from tests.agents.wires.asked import Asked, Refusal, Tokens


@dataclass(frozen=True)
class Say:
    """A turn of the model; the arguments of a call given as text are sent as that text, broken or not."""

    text: str = ""
    calls: Sequence[tuple[str, dict[str, Any] | str]] = ()
    thinking: str = ""
    finish: str = ""
    """"length" when the turn was cut at max_tokens."""


@dataclass(frozen=True)
class Fail:
    """An error status."""

    status: int
    message: str = "no"
    headers: dict[str, str] = field(default_factory=dict)
    error: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Cut:
    """The connection breaks in the middle of the answer; after the given number of events where it is streamed."""

    say: Say
    after: int = 2


@dataclass(frozen=True)
class Hang:
    """The first events come and then nothing more, until the client goes or the server stops."""

    say: Say
    after: int = 1


@dataclass(frozen=True)
class Raw:
    """These bytes as the body of a 200."""

    body: bytes
    kind: str = "application/json"


Reply = Say | Fail | Cut | Hang | Raw
Player = Callable[[Asked], Reply]
WIRES = {"/v1/chat/completions": openai_wire, "/v1/messages": anthropic_wire}


class WireServer:
    """Answers by `player`: a function of what is asked, or replies in order."""

    def __init__(self, player: Player | Sequence[Reply]) -> None:
        script = iter(()) if callable(player) else iter(player)
        self.player = player if callable(player) else lambda _: next(script, Fail(400, "the script has ended"))
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.refused: list[str] = []
        self.billed: list[Tokens] = []
        """What each answer that was sent to its end cost."""
        self.cache: set[tuple[Any, ...]] = set()
        self.before: Callable[[int], object] = lambda _: None
        """Called with the number of a request before it is answered, side by side with the others."""
        self.stopping = threading.Event()
        self._lock = threading.Lock()

    def answer(self, handler: "_Handler", wire: Any, body: dict[str, Any]) -> None:
        with self._lock:
            number = len(self.bodies)
            self.bodies.append(body)
            self.headers.append({name.lower(): value for name, value in handler.headers.items()})
        self.before(number)
        with self._lock:
            try:
                asked = wire.read(body, number)
            except Refusal as refusal:
                self.refused.append(str(refusal))
                reply: Reply = Fail(400, str(refusal))
            else:
                reply = self.player(asked)
        match reply:
            case Fail():
                handler.send_whole(reply.status, wire.error(reply.status, reply.message, reply.error), reply.headers)
            case Raw():
                handler.send_whole(200, reply.body, {"content-type": reply.kind})
            case _:
                self._say(handler, wire, body, reply)

    def _say(self, handler: "_Handler", wire: Any, body: dict[str, Any], reply: Say | Cut | Hang) -> None:
        say = reply if isinstance(reply, Say) else reply.say
        with self._lock:
            tokens = wire.bill(body, say, self.cache)
        if body.get("stream"):
            events = wire.events(body, say, tokens)
            handler.send_events(events, reply, self.stopping)
        elif isinstance(reply, Hang):
            self.stopping.wait()
        else:
            handler.send_whole(200, wire.whole(body, say, tokens), {}, broken=isinstance(reply, Cut))
        if isinstance(reply, Say):
            with self._lock:
                self.billed.append(tokens)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wires: WireServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        wire = WIRES.get(self.path)
        if wire is None:
            self.send_whole(404, {"error": {"message": f"no {self.path}"}}, {})
            return
        self.wires.answer(self, wire, body)

    def send_whole(self, status: int, value: Any, headers: dict[str, str], *, broken: bool = False) -> None:
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        for name, text in {"content-type": "application/json", "content-length": str(len(data)), **headers}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if broken else data)
        self.close_connection = broken

    def send_events(self, events: Sequence[bytes], reply: Reply, stopping: threading.Event) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for event in events if isinstance(reply, Say) else events[: reply.after]:  # type: ignore[union-attr]
            self.wfile.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")
            self.wfile.flush()
        if isinstance(reply, Hang):
            stopping.wait()
        if isinstance(reply, Say):
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Silent."""


@contextmanager
def serving(player: Player | Sequence[Reply]) -> Iterator[tuple[WireServer, str]]:
    """(server, its address without a path) for the length of a with-block."""
    wires = WireServer(player)
    handler = type("Handler", (_Handler,), {"wires": wires})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield wires, f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            wires.stopping.set()
            server.shutdown()
            thread.join()
