"""From the name of a world to its gym servers, in the foreground or on their own."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import typer

from enterpriselab.apps import catalogue, standalone_spec
from enterpriselab.core.errors import UsageError
from enterpriselab.toolkit import App, WorldSpec

if TYPE_CHECKING:
    from enterpriselab.sandbox.gym.instances import Note
    from enterpriselab.sandbox.gym.serving import GymOptions

GYM_WORLD = "opsgym"
START_S = 60.0
SpecOf = Callable[[str, str], WorldSpec]


def gym_apps(world: str = GYM_WORLD, *, image: str = "", level: str = "") -> list[tuple[App, SpecOf]]:
    """The apps of a world that are gym servers. Raises UsageError for an image or level that none of them has."""
    apps = [app for app in catalogue().values() if app.world == world and app.standalone and app.standalone.gym]
    if not apps:
        raise UsageError(f"World {world!r} has no gym servers.", hint="enterpriselab gym up")
    holders = [app for app in apps if app.standalone and (not image or image in app.standalone.images)]
    standalone_spec((holders or apps)[0], image=image, level=level)  # says which there are
    return [(app, partial(_spec, app)) for app in apps]


def _spec(app: App, image: str, level: str) -> WorldSpec:
    return standalone_spec(app, image=image, level=level)


def is_gym_world(title: str) -> bool:
    """Is the world made of gym servers?"""
    return any(app.world == title and app.standalone and app.standalone.gym for app in catalogue().values())


def serve_gyms(apps: Sequence[tuple[App, SpecOf]], options: "GymOptions") -> NoReturn:
    """Serve until interrupted or told to end."""
    from enterpriselab.sandbox.gym.instances import noted
    from enterpriselab.sandbox.gym.serving import running_gyms

    signal.signal(signal.SIGTERM, _end)
    with running_gyms(apps, options) as running, noted(running, options.port_base) as note:
        announce(note)
        typer.echo("Stop with Ctrl-C or: enterpriselab gym down", err=True)
        threading.Event().wait()
    raise SystemExit(0)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def announce(note: "Note") -> None:
    """Tell where the servers are."""
    for server, url in note.urls.items():
        apart = note.admin_urls[server]
        typer.echo(f"{server} at {url}/mcp" + (f", /api at {apart}" if apart != url else ""), err=True)


def start_detached(arguments: Sequence[str]) -> "Note":
    """Start `enterpriselab gym up` with these arguments as a process of its own; returns when it serves.

    Raises:
        UsageError: it ended, or did not serve in time; with its last words.
    """
    from enterpriselab.sandbox.gym.instances import notes, notes_folder

    notes_folder().mkdir(parents=True, exist_ok=True)
    log = notes_folder() / "last.log"
    command = [sys.executable, "-m", "enterpriselab", "gym", "up", *arguments]
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, start_new_session=True
        )
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        found = [note for note in notes() if note.pid == process.pid]
        if found:
            return found[0]
        time.sleep(0.02)
    process.kill()
    process.wait()
    raise UsageError(f"The servers did not start: {_last_words(log)}", hint=f"read {log}")


def _last_words(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return " ".join(line.removeprefix("Error: ") for line in lines[-3:]) or "it said nothing"
