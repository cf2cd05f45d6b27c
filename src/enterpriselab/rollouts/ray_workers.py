"""Rollouts on the workers of a Ray cluster: each opens its own environment and agents, and only traces come back.

A worker that dies is no fault of an agent: what it was playing is played once more on another one, and listed as an
error where that dies too.
"""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Protocol

import enterpriselab
from enterpriselab.agents.loop import Agent
from enterpriselab.core.errors import EnterpriseLabError, UsageError
from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import Ended, Score, Trace
from enterpriselab.rollouts.rollout import RolloutSettings, derive_seed_of, rollout
from enterpriselab.rollouts.runner import Job, Sink
from enterpriselab.sandbox.environment import Environment

TRIES = 2
"""How often an attempt is made before its worker's death is written down."""
OPEN_S = 900.0
"""Seconds without any worker that is ready or has anything to do, after which the cluster has none to give."""
CLOSE_S = 10.0


class Stage(Protocol):
    """What a worker has opened for itself."""

    def fingerprint(self) -> str:
        """Equal where the same attempts give the same records."""
        ...

    def environment_of(self, task: Task) -> Environment:
        """Where a task is played."""
        ...

    def agent_of(self, label: str, task: Task) -> Agent:
        """Who plays it."""
        ...

    def notes(self, label: str) -> list[str]:
        """What a reader of this agent's result has to know."""
        ...

    def close(self) -> None:
        """End what was started; called once."""
        ...


Recipe = Callable[[], Stage]
"""What travels to a worker: plain data, and the way from it to a stage."""


@dataclass(frozen=True, slots=True)
class Crew:
    """How many workers there are and what each of them takes."""

    workers: int = 2
    concurrency: int = 64
    """Attempts that are under way at once, over all workers."""
    gpus: int = 0
    """For each worker."""

    @property
    def size(self) -> int:
        """Workers that have something to do."""
        return max(1, min(self.workers, self.concurrency))

    @property
    def share(self) -> int:
        """Attempts that a worker makes at once."""
        return max(1, self.concurrency // self.size)


class Worker:
    """The actor: its attempts run side by side in one event loop."""

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe

    async def open(self) -> str:
        """Open the stage; its fingerprint."""
        self._stage = self._recipe()
        return self._stage.fingerprint()

    async def play(self, label: str, job: Job, settings: RolloutSettings) -> Trace:
        """One attempt."""
        environment, agent = self._stage.environment_of(job.task), self._stage.agent_of(label, job.task)
        return await rollout(environment, job.task, agent, attempt=job.attempt, settings=settings)

    async def notes(self, label: str) -> list[str]:
        """Those of the stage."""
        return self._stage.notes(label)

    async def close(self) -> None:
        """End what the stage started: processes, folders."""
        self._stage.close()


@dataclass(eq=False, slots=True)
class _Hand:
    """A worker as the driver sees it."""

    actor: Any
    opening: Any
    """The promise of its fingerprint; None when it is ready."""
    load: int = 0


class RayWorkers:
    """Gives attempts to workers and takes traces back. A cluster must be joined; workers start when they are needed."""

    def __init__(self, recipe: Recipe, fingerprint: str, crew: Crew) -> None:
        import ray

        self._ray = ray
        self._recipe = recipe
        self._fingerprint = fingerprint
        self._crew = crew
        self._hands: list[_Hand] = []
        """Those that live, as far as is known."""
        self._playing: dict[Any, tuple[_Hand, Job]] = {}
        self._unopened = 0
        """Workers in a row that died before they were ready."""

    def play(self, label: str, jobs: Sequence[Job], settings: RolloutSettings, sink: Sink) -> None:
        """Make all attempts; `sink` gets each trace in this process as soon as it is there.

        Raises:
            UsageError: the workers cannot open the environment or the model, are not the same as this machine, or the
                cluster has none to give.
        """
        waiting, tries = deque(jobs), Counter[str]()
        shared = self._ray.put(settings)
        while waiting or self._playing:
            self._hand_out(label, waiting, shared)
            promise = self._next()
            if promise not in self._playing:
                self._take_on(next(hand for hand in self._hands if hand.opening == promise))
                continue
            hand, job = self._playing.pop(promise)
            hand.load -= 1
            trace = self._result(hand, promise)
            tries[job.key] += 1
            if trace is None and tries[job.key] < TRIES:
                waiting.append(job)
            else:
                sink(job, trace or _lost(label, job, settings))

    def notes(self, label: str) -> list[str]:
        """What the workers noted about an agent, each note once."""
        found = [self._result(hand, hand.actor.notes.remote(label)) for hand in self._ready]
        return list(dict.fromkeys(chain.from_iterable(notes or () for notes in found)))

    def close(self) -> None:
        """Let every worker end what it started, then end it."""
        if ending := [hand.actor.close.remote() for hand in self._ready]:
            self._ray.wait(ending, num_returns=len(ending), timeout=CLOSE_S)
        for hand in self._hands:
            self._ray.kill(hand.actor)
        self._hands = []

    @property
    def _ready(self) -> list[_Hand]:
        return [hand for hand in self._hands if hand.opening is None]

    def _hand_out(self, label: str, waiting: deque[Job], settings: Any) -> None:
        """An attempt to every free place, the idlest worker first; workers up to the number that is wanted."""
        while waiting and len(self._hands) < self._crew.size:
            self._hands.append(self._fresh())
        ready = self._ready
        while waiting and ready:
            hand = min(ready, key=lambda one: one.load)
            if hand.load >= self._crew.share:
                return
            job = waiting.popleft()
            self._playing[hand.actor.play.remote(label, job, settings)] = hand, job
            hand.load += 1

    def _fresh(self) -> _Hand:
        options = {"num_cpus": 1, "num_gpus": self._crew.gpus, "scheduling_strategy": "SPREAD"}
        actor = self._ray.remote(Worker).options(**options).remote(self._recipe)
        return _Hand(actor, actor.open.remote())

    def _next(self) -> Any:
        """The next promise that is kept or broken. Raises UsageError when none is for long and nobody plays."""
        opening = [hand.opening for hand in self._hands if hand.opening is not None]
        limit = None if self._playing else OPEN_S
        done, _ = self._ray.wait([*opening, *self._playing], num_returns=1, timeout=limit)
        if not done:
            text = f"The Ray cluster had no worker ready within {OPEN_S:.0f} seconds."
            raise UsageError(text, hint="`ray status` shows what is free; ask for fewer --workers")
        return done[0]

    def _take_on(self, hand: _Hand) -> None:
        """A worker has opened its stage, or died of it. Raises UsageError."""
        there = self._result(hand, hand.opening)
        if there is None:
            self._unopened += 1
            if self._unopened > self._crew.size:
                text = "Workers die while they open the environment and the model."
                raise UsageError(text, hint="give them more memory, or ask for fewer --workers")
            return
        if there != self._fingerprint:
            text = "A worker has another environment than this machine, so its records would not be the same."
            raise UsageError(text, hint="install the same versions on all machines of the cluster")
        hand.opening, self._unopened = None, 0

    def _result(self, hand: _Hand, promise: Any) -> Any:
        """What came back; None when the worker is gone, which then is no longer among ours.

        What the worker raised on purpose is raised here as it would have been without Ray.
        """
        errors = self._ray.exceptions
        try:
            return self._ray.get(promise)
        except (errors.RayActorError, errors.ObjectLostError, errors.OutOfMemoryError):
            if hand in self._hands:
                self._hands.remove(hand)
                self._ray.kill(hand.actor)
            return None
        except errors.RayTaskError as error:
            if isinstance(error.cause, EnterpriseLabError):
                raise error.cause from None
            raise


def _lost(label: str, job: Job, settings: RolloutSettings) -> Trace:
    """An attempt whose workers died: an error of ours, never a zero."""
    return Trace(
        task_id=job.task.id,
        template=job.task.template,
        agent=label,
        model=label,
        seed=derive_seed_of(settings, job.task, job.attempt),
        version=enterpriselab.__version__,
        world=job.task.world,
        tools=(),
        messages=[],
        calls=[],
        ended=Ended.EPISODE_ERROR,
        error=f"the worker that made the attempt died, {TRIES} times",
        score=Score(success=None),
    )
