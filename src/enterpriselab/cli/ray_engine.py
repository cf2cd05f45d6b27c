"""An evaluation on a Ray cluster, as the driver sees it: which cluster, what travels there, how attempts are made."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from enterpriselab.cli.cast import EvalConfig
from enterpriselab.cli.players import PlayerConfig
from enterpriselab.cli.ray_cluster import LOCAL, check_ray, joined
from enterpriselab.cli.ray_stage import EvalStage, fingerprint
from enterpriselab.cli.settings import EnvironmentConfig
from enterpriselab.cli.stages.evaluate import PlayJobs
from enterpriselab.cli.taskfiles import Group
from enterpriselab.core.errors import UsageError
from enterpriselab.core.tasks import Task
from enterpriselab.rollouts.ray_workers import Crew, RayWorkers
from enterpriselab.rollouts.rollout import RolloutSettings
from enterpriselab.rollouts.runner import Job, Sink
from enterpriselab.sandbox.environment import Environment
from enterpriselab.sandbox.mcp.servers_file import read_servers


@dataclass(frozen=True, slots=True)
class RayEngine:
    """Where an evaluation is played; no part of the run, for its records are the same on one machine."""

    address: str = LOCAL
    workers: int = 2


class RayPlayers(NamedTuple):
    """The driver's side: how attempts of an agent are made, and what was noted about it."""

    playing: Callable[[str], PlayJobs]
    notes: Callable[[str], list[str]]


def engine_of(name: str, address: str, workers: int) -> RayEngine | None:
    """The engine by name; None is this machine. An empty address and 0 workers are not said. Raises UsageError."""
    if name == "ray":
        return RayEngine(address or LOCAL, workers or RayEngine().workers)
    if name != "local":
        raise UsageError(f"There is no engine {name!r}.", hint="--engine local or --engine ray")
    for option, said in (("--ray-address", address), ("--workers", workers)):
        if said:
            raise UsageError(f"{option} says something of Ray, which is not used.", hint="--engine ray")
    return None


def check_engine(config: EvalConfig) -> None:
    """Find out what can be known before anything is played. Raises UsageError."""
    check_ray()
    servers = config.environment.servers
    shared = [plan.name for plan in read_servers(Path(servers)).servers if plan.isolation == "reset"] if servers else []
    if shared:
        text = f"Server {shared[0]} is reset per episode and serves one at a time, so workers would disturb each other."
        raise UsageError(text, hint="leave --engine out")


@contextmanager
def ray_players(
    engine: RayEngine, config: EvalConfig, groups: Sequence[Group], environment_of: Callable[[Task], Environment]
) -> Iterator[RayPlayers]:
    """Players on a cluster, which is joined when there is something to play. Raises UsageError."""
    away, placed = travelling(config, groups)
    with ExitStack() as stack:
        opened: list[RayWorkers] = []

        def workers() -> RayWorkers:
            if not opened:
                stack.enter_context(joined(engine.address, workers=engine.workers))
                here = fingerprint([environment_of(group.tasks[0]) for group in groups])
                crew = Crew(engine.workers, config.evaluation.concurrency, _gpus(config, engine.workers))
                opened.append(RayWorkers(partial(EvalStage, away, placed), here, crew))
                stack.callback(opened[0].close)
            return opened[0]

        def playing(label: str) -> PlayJobs:
            def play_jobs(jobs: Sequence[Job], settings: RolloutSettings, sink: Sink) -> None:
                if jobs:
                    workers().play(label, jobs, settings, sink)

            return play_jobs

        yield RayPlayers(playing, lambda label: opened[0].notes(label) if opened else [])


def travelling(config: EvalConfig, groups: Sequence[Group]) -> tuple[EvalConfig, list[Group]]:
    """Config and groups with whole paths, for a worker has another working folder; the first world is the config's."""
    player = config.player
    named = {"name": _whole(player.name) if player.kind == "hf" else player.name, "prices": _whole(player.prices)}
    away = config.model_copy(update={"player": PlayerConfig.model_validate({**player.model_dump(), **named})})
    first = replace(groups[0].where, environment=config.environment, seed=config.seed)
    places = [first, *(group.where for group in groups[1:])]
    return away, [
        replace(group, where=replace(where, environment=_with_whole_path(where.environment)))
        for group, where in zip(groups, places, strict=True)
    ]


def _with_whole_path(environment: EnvironmentConfig) -> EnvironmentConfig:
    return environment.model_copy(update={"servers": _whole(environment.servers)})


def _whole(name: str) -> str:
    """A path that exists here as a whole one; anything else as it is."""
    path = Path(name).expanduser()
    return str(path.resolve()) if name and path.exists() else name


def _gpus(config: EvalConfig, workers: int) -> int:
    """One for each worker where weights are loaded and the cluster has as many."""
    import ray

    return int(config.player.kind == "hf" and ray.cluster_resources().get("GPU", 0) >= workers)
