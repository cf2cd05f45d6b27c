"""Stage "world": build or load the world and write down what it consists of."""

from typing import Any

from enterpriselab.cli.describe import describe_apps, describe_machine
from enterpriselab.cli.stages.state import RunState
from enterpriselab.sandbox.world import World
from enterpriselab.sandbox.wrapped import unwrapped


def world(state: RunState) -> dict[str, Any]:
    """Write world.json and environment.json."""
    state.folder.write_json("environment.json", describe_machine())
    with state.progress("Seed the world") as tick:
        tick(0, 1)
        environment = state.environment
        found: dict[str, Any] = {"world": environment.name, "apps": describe_apps(environment)}
        if isinstance(environment := unwrapped(environment), World):
            found |= {"image_bytes": environment.image.size, "image": environment.image.digest}
        state.folder.write_json("world.json", found)
        tick(1, 1, f"apps: {len(found['apps'])}")
    return {"apps": len(found["apps"])}
