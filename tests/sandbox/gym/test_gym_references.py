"""All references of the ITSM suite, played by the public client on fifty databases at once, each seeded by SQL text."""

import operator
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Any

import pytest
from public_client import WEB, PublicClient

from enterpriselab.apps import load_app, standalone_spec, world_spec
from enterpriselab.benchmarks.opsgym.dump import dump_sql
from enterpriselab.benchmarks.suites import load_suite
from enterpriselab.core.tasks import Task
from enterpriselab.sandbox.gym.serving import GymOptions, running_gyms
from enterpriselab.sandbox.reference import bind, run_reference
from enterpriselab.sandbox.world import World

pytestmark = pytest.mark.slow
ATTEMPTS = 50


@cache
def world_named(name: str) -> World:
    return World(world_spec(name))


@cache
def text_of(world: World) -> str:
    return dump_sql(world.episode().database())


def played(url: str, task: Task) -> tuple[dict[str, Any], list[str]]:
    """The rows of every table after an attempt over the wire, and the checks that did not pass there."""
    client = PublicClient(url, {"itsm_user_token": task.principal})
    client.connect()
    client.seed(text_of(world_named(task.world)))
    results: list[Any] = []
    for step in task.reference:
        results.append(client.call(step.tool, **bind(step.arguments, results)))
    checks = [verifier for verifier in task.verifiers if verifier.kind == "sql"]
    failed = [check.name for check in checks if not agrees(client.query(check.params["query"]), check.params)]
    state = WEB.get(f"{url}/api/database-state", params={"database_id": client.database, "rows": 1000})
    client.delete()
    rows: dict[str, Any] = state.json()["table_data"]
    return rows, failed


def agrees(found: Any, params: dict[str, Any]) -> bool:
    """What the public verifier says of a scalar."""
    compared = {"equals": operator.eq, "greater_than": operator.gt, "less_than": operator.lt}
    return bool(compared[params.get("comparison", "equals")](found, params["expect"]))


def in_process(task: Task) -> dict[str, Any]:
    episode = world_named(task.world).episode(task.principal, seed=task.seed)
    run_reference(episode, task.reference)
    return {name: episode.sql(f'SELECT * FROM "{name}"') for name in episode.world.tables}


def test_references_end_over_the_wire_as_they_end_in_process() -> None:
    app = load_app("itsm")
    tasks = load_suite("opsgym/itsm").tasks
    for task in tasks:
        text_of(world_named(task.world))
    with (
        running_gyms([(app, partial(_spec, app))], GymOptions(port_base=0)) as running,
        ThreadPoolExecutor(ATTEMPTS) as pool,
    ):
        attempts = [tasks[number % len(tasks)] for number in range(ATTEMPTS)]
        ends = list(pool.map(partial(played, running.urls["gym-itsm-mcp"]), attempts))
        assert running.gyms[0].databases.stats()["databases"] == 0
    expected = {task.id: in_process(task) for task in tasks}
    assert len(expected) == 40
    assert all(failed == [] for _, failed in ends), [failed for _, failed in ends if failed]
    assert all(rows == expected[task.id] for (rows, _), task in zip(ends, attempts, strict=True))


def _spec(app: Any, image: str, level: str) -> Any:
    return standalone_spec(app, image=image, level=level)
