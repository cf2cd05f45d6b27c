"""Turns: servers whose outside state a command resets serve one episode after the other."""

import os
import subprocess
import threading

from enterpriselab.core.errors import EpisodeError, UsageError
from enterpriselab.sandbox.mcp.client import search_path
from enterpriselab.sandbox.mcp.servers_file import ServerPlan

TURN_S = 600
"""Seconds to wait until the episode before has ended."""


class Turns:
    """Does nothing where no server is reset."""

    def __init__(self, plans: tuple[ServerPlan, ...], limit_s: float) -> None:
        self.servers = tuple(plan for plan in plans if plan.isolation == "reset")
        self._limit_s = limit_s
        self._free = threading.Lock()

    def take(self, *, wait_s: float = TURN_S) -> None:
        """Wait until nobody else has the servers, then reset them.

        Raises:
            EpisodeError: the episode before did not end in time.
            UsageError: a reset command fails.
        """
        if not self.servers:
            return
        if not self._free.acquire(timeout=wait_s):
            raise EpisodeError(
                f"server {self.servers[0].name} is reset per episode and serves one at a time; "
                f"the episode before did not end within {wait_s:g} s"
            )
        try:
            self.reset()
        except UsageError:
            self.give_back()
            raise

    def reset(self) -> None:
        """Run every reset command. Raises UsageError."""
        for plan in self.servers:
            run_reset(plan, self._limit_s)

    def give_back(self) -> None:
        """The servers are free again; safe to call twice."""
        if self._free.locked():
            self._free.release()


def run_reset(plan: ServerPlan, limit_s: float) -> None:
    """Run a server's reset command. Raises UsageError when it fails or takes longer than `limit_s` seconds."""
    env = {**os.environ, **plan.entry.env, "PATH": search_path(plan.home)}
    try:
        done = subprocess.run(
            plan.reset, cwd=plan.home, env=env, capture_output=True, text=True, timeout=limit_s, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"The reset command of server {plan.name} does not work: {error}") from None
    if done.returncode:
        said = done.stderr.strip()[-300:]
        raise UsageError(f"The reset command of server {plan.name} ended with {done.returncode}: {said}")
