"""Running the viewer: on a port of the loopback address, until Ctrl-C."""

import os
import secrets
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path

from enterpriselab.cli.viewing.shelf import Shelf
from enterpriselab.cli.viewing.web import build_viewer
from enterpriselab.report.viewer.index import check_evaluated
from enterpriselab.sandbox.http_server import HttpServer, listening

HOST = "127.0.0.1"


def has_display() -> bool:
    """Would a browser get a window of its own? Without one, a text browser would take the terminal."""
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def serve_viewer(run: Path, *, port: int, announce: Callable[[str], None], show: bool) -> None:
    """Serve a run folder until interrupted.

    Args:
        run: the folder.
        port: 0 takes any free one.
        announce: is told the address once the port is taken.
        show: open the address in the browser of this machine.

    Raises:
        UsageError: it is no run folder, nothing was evaluated in it, or the port is taken.
    """
    check_evaluated(run)
    token = secrets.token_urlsafe(24)
    with listening(HOST, port) as listener:
        address = f"http://{HOST}:{listener.getsockname()[1]}/{token}/"
        announce(address)
        if show:
            webbrowser.open(address)
        HttpServer(build_viewer(Shelf(run), token)).run(sockets=[listener])
