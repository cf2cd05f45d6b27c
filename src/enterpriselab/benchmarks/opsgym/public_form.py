"""Tasks in the JSON form of the public harness, written with the keys that it accepts and no others."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from enterpriselab.apps import catalogue, split_world_name, world_spec
from enterpriselab.benchmarks.opsgym.dump import dump_sql
from enterpriselab.benchmarks.suites import Suite
from enterpriselab.core.errors import UsageError
from enterpriselab.core.runs import write_whole
from enterpriselab.core.tasks import Task
from enterpriselab.sandbox.world import World
from enterpriselab.toolkit.gym import PORT_BASE, GymProfile

TASK_KEYS = frozenset(
    "mcp_endpoint number_of_runs reset_database_between_runs gym_servers_config system_prompt user_prompt "
    "selected_tools restricted_tools verifiers temperature max_tokens database_id context auth_config "
    "mcp_server_url".split()
)
"""Top-level keys; with any other that does not start with an underscore, the harness drops the task without a word."""
VERIFIER_KEYS = frozenset({"verifier_type", "validation_config", "name", "description", "gym_name"})
_NOTE = """Seeds and tasks in the public form of EnterpriseOps-Gym, written by `enterpriselab gym export`.

seeds/   one SQL text for each image
tasks/   one JSON file for each task; seed paths are relative to this folder, so start the harness from here

Public verifiers are SQL checks. What they cannot say (no other row changed, the answer, the refusal and its reason) is
left out: scores by them alone are those of `parity`, which `enterpriselab check` prints beside the strict ones.
"""


def export_suite(suite: Suite, folder: Path, *, port_base: int = PORT_BASE) -> dict[str, int]:
    """Write seeds/*.sql, tasks/*.json and a note; returns how many of what.

    Raises:
        UsageError: a task is not of a world that is reached as a gym server, or the folder cannot be written.
    """
    counts: Counter[str] = Counter()
    by_world: dict[str, list[Task]] = {}
    for task in suite.tasks:
        by_world.setdefault(task.world, []).append(task)
    for name, tasks in by_world.items():
        profile, world = profile_of(name), World(world_spec(name))
        _, image, _ = split_world_name(world.name)
        seed = f"seeds/{image}.sql"
        write_whole(folder / seed, dump_sql(bytes(world.image.view)))
        counts["seeds"] += 1
        for task in tasks:
            server = _server(profile, world, task, seed, port_base)
            text = json.dumps(public_task(task, server), indent=1, ensure_ascii=False)
            write_whole(folder / "tasks" / f"{task.template}__{image}__{task.id}.json", text)
            counts["tasks"] += 1
            counts["verifiers"] += sum(v.kind == "sql" for v in task.verifiers)
            counts["verifiers left out"] += sum(v.kind != "sql" for v in task.verifiers)
    write_whole(folder / "README.md", _NOTE)
    return dict(counts)


def profile_of(world: str) -> GymProfile:
    """How the app of a world is reached as a gym server. Raises UsageError when it is not."""
    title, _, _ = split_world_name(world)
    for app in catalogue().values():
        if app.world == title and app.standalone is not None and app.standalone.gym is not None:
            return app.standalone.gym
    raise UsageError(f"World {world!r} is no gym server.", hint="enterpriselab apps")


def public_task(task: Task, server: dict[str, Any]) -> dict[str, Any]:
    """The task as the public harness reads it; what it has no place for is left out."""
    return {
        "mcp_endpoint": "/mcp",
        "number_of_runs": 1,
        "reset_database_between_runs": True,
        "gym_servers_config": [server],
        "system_prompt": task.policy,
        "user_prompt": task.prompt,
        "selected_tools": list(task.tools),
        "restricted_tools": [],
        "verifiers": list(_verifiers(task, server["mcp_server_name"])),
    }


def _verifiers(task: Task, gym: str) -> Iterator[dict[str, Any]]:
    names: Iterable[str] = [verifier.name for verifier in task.verifiers if verifier.kind == "sql"]
    if len(set(names)) < len(list(names)):
        raise UsageError(f"Task {task.id} has two checks of one name; the harness keeps the last.", hint="rename one")
    for verifier in task.verifiers:
        if verifier.kind == "sql":
            yield {
                "verifier_type": "database_state",
                "name": verifier.name,
                "description": verifier.category,
                "gym_name": gym,
                "validation_config": {
                    "query": verifier.params["query"],
                    "expected_value": verifier.params["expect"],
                    "comparison_type": verifier.params.get("comparison", "equals"),
                },
            }


def _server(profile: GymProfile, world: World, task: Task, seed: str, port_base: int) -> dict[str, Any]:
    start = world.episode(task.principal)
    query = "SELECT user_id, first_name || ' ' || last_name AS name, email, static_token FROM users WHERE user_id = ?"
    acting = start.sql(query, task.principal)[0]
    return {
        "mcp_server_name": profile.server,
        "mcp_server_url": f"http://localhost:{profile.port - PORT_BASE + port_base}",
        "seed_database_file": seed,
        "context": {profile.token_headers[0]: acting.pop("static_token")},
        "user_info": acting,
    }
