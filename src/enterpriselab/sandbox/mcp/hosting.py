"""EpisodeHost: the episodes of one world that a server keeps, by id and by token. Bounded; idle ones sleep."""

import hashlib
import secrets
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from enterpriselab.core.errors import UsageError
from enterpriselab.sandbox.episode import Episode, restore
from enterpriselab.sandbox.mcp.handler import specs_of
from enterpriselab.sandbox.world import World

DEFAULT_ID = "default"
"""The episode behind /mcp for clients that bring no token."""


@dataclass(frozen=True, slots=True)
class HostOptions:
    """What a host offers and how much it keeps."""

    apps: tuple[str, ...] = ()
    """Only tools of these apps are listed; empty means all."""
    principal: str | None = None
    """Who acts where nobody is named; None means the world's default."""
    seed: int = 0
    limit: int = 10_000
    """Episodes kept at once, sleeping ones included."""
    idle_s: float = 600.0
    """Seconds without a request after which an episode is kept as a compressed snapshot."""
    principal_header: bool = False
    """May a request name its principal in X-Principal?"""


class HostFull(UsageError):
    """The host keeps as many episodes as it may."""


class _Hosted:
    """One episode of a host: awake, or asleep as snapshot bytes."""

    __slots__ = ("asleep", "awake", "seen", "start", "token_digest")

    def __init__(self, episode: Episode, token_digest: str, seen: float) -> None:
        self.awake: Episode | None = episode
        self.asleep = b""
        self.start = (episode.principal, episode.seed)
        self.token_digest = token_digest
        self.seen = seen


class EpisodeHost:
    """Thread-safe. Ids and tokens have 128 random bits or more, so knowing one is the right to use that episode."""

    def __init__(
        self, world: World, options: HostOptions | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.world = world
        self.options = options or HostOptions()
        self.specs = specs_of(world.registry, self.options.apps)
        self.hidden = frozenset(world.registry.keys() - self.specs.keys())
        self._clock = clock
        self._kept: dict[str, _Hosted] = {}
        self._by_token: dict[str, str] = {}
        self._lock = threading.Lock()

    def create(self, principal: str | None = None, seed: int | None = None) -> tuple[str, str]:
        """(id, token) of a fresh episode. Raises HostFull."""
        return self._add(self._fresh(principal, seed))

    def fork(self, key: str) -> tuple[str, str]:
        """(id, token) of an independent episode that continues from where `key` is. Raises KeyError, HostFull."""
        return self._add(self.episode(key).fork())

    def episode(self, key: str) -> Episode:
        """The episode of that id, woken if it slept. Raises KeyError. `default` is made when first asked for."""
        with self._lock:
            if key == DEFAULT_ID and key not in self._kept:
                self._kept[key] = _Hosted(self._fresh(None, None), "", self._clock())
            hosted = self._kept[key]
            hosted.seen = self._clock()
            if hosted.awake is None:
                hosted.awake = restore(self.world, zlib.decompress(hosted.asleep))
                hosted.asleep = b""
            return hosted.awake

    def key_of_token(self, token: str) -> str | None:
        """Id of the episode that a bearer token opens. Tokens are looked up by digest, so timing tells nothing."""
        return self._by_token.get(_digest(token))

    def reset(self, key: str) -> None:
        """Start that episode afresh under the same id, token, principal and seed. Raises KeyError."""
        self.episode(key)
        with self._lock:
            hosted = self._kept[key]
            principal, seed = hosted.start
            hosted.awake, hosted.asleep = self.world.episode(principal, seed=seed), b""

    def drop(self, key: str) -> None:
        """Forget an episode. Raises KeyError."""
        with self._lock:
            self._by_token.pop(self._kept.pop(key).token_digest, None)

    def __contains__(self, key: str) -> bool:
        return key == DEFAULT_ID or key in self._kept

    def ids(self) -> list[str]:
        """Ids of all episodes, oldest first."""
        with self._lock:
            return list(self._kept)

    def sleeping(self, key: str) -> bool:
        """Is this episode kept as a snapshot? Raises KeyError."""
        return self._kept[key].awake is None

    def put_to_sleep(self) -> int:
        """Turn episodes idle for longer than `idle_s` into snapshots; how many it were."""
        with self._lock:
            before = self._clock() - self.options.idle_s
            idle = [hosted for hosted in self._kept.values() if hosted.awake is not None and hosted.seen < before]
            for hosted in idle:
                hosted.asleep = zlib.compress(_awake(hosted).snapshot(), 1)
                hosted.awake = None
            return len(idle)

    def _fresh(self, principal: str | None, seed: int | None) -> Episode:
        who = principal or self.options.principal
        return self.world.episode(who, seed=self.options.seed if seed is None else seed)

    def _add(self, episode: Episode) -> tuple[str, str]:
        self.put_to_sleep()
        with self._lock:
            if len(self._kept) >= self.options.limit:
                raise HostFull(
                    f"This host keeps {self.options.limit} episodes and all are in use.",
                    hint="DELETE /episodes/{id} for those that are done",
                )
            key, token = secrets.token_hex(16), secrets.token_urlsafe(32)
            self._kept[key] = _Hosted(episode, _digest(token), self._clock())
            self._by_token[_digest(token)] = key
            return key, token

    def facts(self, key: str) -> dict[str, Any]:
        """What the admin endpoint tells of an episode. Raises KeyError."""
        episode = self.episode(key)
        return {
            "id": key,
            "principal": episode.principal,
            "seed": episode.seed,
            "calls": len(episode.ledger),
            "now": episode.clock.now,
            "state_hash": episode.state_hash(),
        }


def _awake(hosted: _Hosted) -> Episode:
    if hosted.awake is None:
        raise ValueError("a sleeping episode has no pages at hand")
    return hosted.awake


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8")).hexdigest()
