"""What `enterpriselab check` does: the gates over a suite, in several processes where that pays."""

import multiprocessing
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache

from enterpriselab.cli.settings import EnvironmentConfig
from enterpriselab.cli.taskfiles import Group, Where, check_fits
from enterpriselab.cli.worlds import open_environment, opened
from enterpriselab.core.tasks import Task
from enterpriselab.sandbox.environment import Environment
from enterpriselab.scoring.gates import GateReport, check_task

WORTH_A_PROCESS = 50
"""Tasks; a process that checks fewer takes longer to start, and to open its worlds, than it saves."""
Checked = Iterator[tuple[Task, GateReport]]


def check_groups(groups: list[Group], workers: int) -> Checked:
    """Each task with the report of its gates, in order. Connected servers are not started more than once.

    Raises:
        UsageError: an environment does not exist, or the tasks do not fit it.
    """
    count = sum(len(group.tasks) for group in groups)
    alone = any(group.where.environment.servers for group in groups)
    processes = 1 if alone else min(workers, count // WORTH_A_PROCESS)
    if processes > 1:
        yield from side_by_side(groups, processes)
        return
    for group in groups:
        with opened(group.where.environment, seed=group.where.seed) as environment:
            check_fits(environment, group.tasks)
            for task in group.tasks:
                yield task, check_task(environment, task)


def side_by_side(groups: list[Group], processes: int) -> Checked:
    """The same as one process after the other gives; only worlds of ours can be opened more than once."""
    context = multiprocessing.get_context("spawn")
    jobs = [(group.where, task) for group in groups for task in group.tasks]
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_leave_ctrl_c_to_the_parent) as pool:
        try:
            yield from zip([task for _, task in jobs], pool.map(_check, jobs, chunksize=2), strict=True)
        finally:
            pool.shutdown(cancel_futures=True)


def _leave_ctrl_c_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _check(job: tuple[Where, Task]) -> GateReport:
    where, task = job
    environment = _environment(where.environment.model_dump_json(), where.seed)
    check_fits(environment, [task])
    return check_task(environment, task)


@cache
def _environment(config: str, seed: int) -> Environment:
    """A world of ours, opened once in each process."""
    return open_environment(EnvironmentConfig.model_validate_json(config), seed=seed)
