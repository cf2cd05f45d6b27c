"""`--engine ray` on a local Ray of two workers: the same records, and workers that are killed."""

import gc
import json
import os
import signal
import sys
import warnings
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from enterpriselab.agents.loop import Agent
from enterpriselab.cli.cast import EvalConfig
from enterpriselab.cli.evaluating import eval_config
from enterpriselab.cli.players import AskConfig, PlayerConfig
from enterpriselab.cli.ray_cluster import joined
from enterpriselab.cli.ray_stage import EvalStage
from enterpriselab.cli.settings import EnvironmentConfig
from enterpriselab.cli.taskfiles import Asked, Group, Where, load_groups
from enterpriselab.core.errors import UsageError
from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import Ended as AttemptEnded
from enterpriselab.core.traces import Trace
from enterpriselab.rollouts.ray_workers import Crew, RayWorkers
from enterpriselab.rollouts.rollout import RolloutSettings
from enterpriselab.rollouts.runner import Job, jobs_for
from tests.cli.desk import lab, refused

ASKED = ("eval", "opsgym/itsm", "--limit", 20, "--model", "baseline:reference", "--no-baselines")


needs_ray = pytest.mark.skipif(find_spec("ray") is None, reason="the extra ray is not installed")


@needs_ray
@pytest.mark.slow
def test_a_cluster_that_is_not_there_is_one_message() -> None:
    for address in ("127.0.0.1:1", "nonsense"):
        words = f"No Ray cluster can be joined at '{address}'"
        with pytest.raises(UsageError, match=words), joined(address, workers=1):
            raise AssertionError("joined")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """This process in a local Ray of two cores."""
    with joined("local", workers=2):
        import ray

        ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers cannot import the tests
        yield ray
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # Ray does not wait for the processes that it ends
        gc.collect()


def suite(limit: int) -> tuple[EvalConfig, list[Group]]:
    _, groups = load_groups("opsgym/itsm", Asked(), limit=limit)
    asked: dict[str, Any] = {"model": "baseline:reference", "agent": "function_calling", "runs": 1, "baselines": False}
    asked |= {"player": PlayerConfig().model_dump(exclude={"kind", "name"})}
    asked |= {"ask": AskConfig().model_dump(exclude={"strategy", "files"})}
    return eval_config(asked, groups, Path("x"), ()), groups


def records(run: Path) -> dict[str, Any]:
    """Key -> record without what a clock measured."""
    found = {}
    for line in (run / "eval/reference/traces.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        for timed in (record, record["usage"], *(use for phase in record["phases"] for use in phase["uses"])):
            del timed["seconds"]
        found[record.pop("key")] = record
    return found


@needs_ray
@pytest.mark.slow
def test_two_workers_make_the_records_that_one_machine_makes_and_either_continues_the_other(
    cluster: Any, tmp_path: Path
) -> None:
    here = lab(*ASKED, "--out", "here", cwd=tmp_path)
    there = lab(*ASKED, "--out", "there", "--engine", "ray", "--ray-address", "auto", cwd=tmp_path)
    assert here.code == there.code == 0, there
    expected = records(tmp_path / "here")
    assert len(expected) == 20 and records(tmp_path / "there") == expected
    assert cluster.is_initialized()
    traces, stages = tmp_path / "there/eval/reference/traces.jsonl", tmp_path / "there/stages.jsonl"
    traces.write_text("".join(traces.read_text(encoding="utf-8").splitlines(keepends=True)[:8]), encoding="utf-8")
    stages.write_text("".join(stages.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
    assert lab(*ASKED, "--out", "there", cwd=tmp_path).code == 0
    assert records(tmp_path / "there") == expected


class Deadly(EvalStage):
    """A worker's stage on which some tasks kill the worker: once where their marker is missing, or always."""

    def __init__(self, config: EvalConfig, groups: list[Group], *, once: tuple[str, Path], always: str) -> None:
        super().__init__(config, groups)
        self.once, self.always = once, always

    def agent_of(self, label: str, task: Task) -> Agent:
        name, marker = self.once
        if task.id == self.always or (task.id == name and not marker.exists()):
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().agent_of(label, task)


@needs_ray
@pytest.mark.slow
def test_an_attempt_whose_worker_dies_is_made_again_once_and_then_listed_as_an_error(
    cluster: Any, tmp_path: Path
) -> None:
    config, groups = suite(5)
    tasks = groups[0].tasks
    once, always = (tasks[1].id, tmp_path / "killed"), tasks[3].id
    recipe = partial(Deadly, config, groups, once=once, always=always)
    workers = RayWorkers(recipe, EvalStage(config, groups).fingerprint(), Crew(workers=2, concurrency=2))
    found: dict[str, Trace] = {}

    def sink(job: Job, trace: Trace) -> None:
        assert job.task.id not in found
        found[job.task.id] = trace

    workers.play("reference", jobs_for(tasks, 1), RolloutSettings(run="eval/reference"), sink)
    workers.close()
    lost = found.pop(always)
    assert once[1].exists() and sorted(found) == sorted(task.id for task in tasks if task.id != always)
    assert all(trace.score and trace.score.success for trace in found.values())
    assert lost.ended is AttemptEnded.EPISODE_ERROR and lost.score and lost.score.success is None
    assert lost.error == "the worker that made the attempt died, 2 times"


@needs_ray
@pytest.mark.slow
def test_a_worker_with_another_world_or_none_is_refused(cluster: Any) -> None:
    config, groups = suite(1)
    nowhere = [Group(Where(EnvironmentConfig(world="nowhere")), groups[0].tasks)]
    for there, words in ((groups, "another environment"), (nowhere, "nowhere")):
        workers = RayWorkers(partial(EvalStage, config, there), "what this machine has", Crew(workers=1))
        with pytest.raises(UsageError, match=words):
            workers.play("reference", jobs_for(groups[0].tasks, 1), RolloutSettings(), lambda job, trace: None)
        workers.close()


@needs_ray
@pytest.mark.slow
def test_a_local_ray_listens_on_loopback_only(cluster: Any) -> None:
    listening = [
        line.split()[1].partition(":")[0]
        for name in ("tcp", "tcp6")
        for line in Path("/proc/net", name).read_text(encoding="ascii").splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[9] in sockets_below(os.getpid())
    ]
    assert len(listening) > 3
    assert set(listening) <= {"0100007F", "0000000000000000FFFF00000100007F"}


def sockets_below(root: int) -> set[str]:
    """Inodes of the sockets of a process and of all that it started."""
    family, found = {root}, set()
    processes = {int(path.name): path for path in Path("/proc").iterdir() if path.name.isdecimal()}
    for number in sorted(processes):
        try:
            parent = int((processes[number] / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
            if parent in family or number == root:
                family.add(number)
                links = [os.readlink(link) for link in (processes[number] / "fd").iterdir()]
                found |= {link[8:-1] for link in links if link.startswith("socket:[")}
        except OSError:
            continue  # it has ended in the meantime
    return found


def test_engines_and_their_options_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    assert "no engine 'spark'" in refused(*ASKED, "--engine", "spark", "--out", "x", cwd=tmp_path)
    assert "--workers says something of Ray" in refused(*ASKED, "--workers", 3, "--out", "x", cwd=tmp_path)
    assert not (tmp_path / "x").exists()
