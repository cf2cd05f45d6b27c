"""What a Ray worker opens for itself by the config of an evaluation. Loads nothing that only the driver needs."""

from collections.abc import Sequence

import enterpriselab
from enterpriselab.agents.loop import Agent
from enterpriselab.cli.cast import EvalConfig, agent_called
from enterpriselab.cli.taskfiles import Group
from enterpriselab.cli.worlds import close_environment, open_environment
from enterpriselab.core.errors import UsageError
from enterpriselab.core.hashing import content_hash
from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import REFERENCE
from enterpriselab.sandbox.environment import Environment
from enterpriselab.sandbox.world import World
from enterpriselab.sandbox.wrapped import unwrapped


class EvalStage:
    """What a worker opens: every environment of the suite, and each agent when it is first asked for."""

    def __init__(self, config: EvalConfig, groups: Sequence[Group]) -> None:
        self._config = config
        self._places = {task.id: number for number, group in enumerate(groups) for task in group.tasks}
        self._environments: list[Environment] = []
        self._agents: dict[str, Agent] = {}
        try:
            for group in groups:
                self._environments.append(open_environment(group.where.environment, seed=group.where.seed))
        except UsageError:
            self.close()
            raise

    def fingerprint(self) -> str:
        """Of the environments."""
        return fingerprint(self._environments)

    def environment_of(self, task: Task) -> Environment:
        """That of the task's group."""
        return self._environments[self._places[task.id]]

    def agent_of(self, label: str, task: Task) -> Agent:
        """The agent of a label; the reference is another one for each task."""
        if label == REFERENCE:
            return agent_called(label, self._config, [task], self.environment_of)
        if label not in self._agents:
            self._agents[label] = agent_called(label, self._config, (), self.environment_of)
        return self._agents[label]

    def notes(self, label: str) -> list[str]:
        """What the agent's model noted, if it was asked here."""
        return list(getattr(self._agents[label].model, "notes", [])) if label in self._agents else []

    def close(self) -> None:
        """End what the environments started."""
        for environment in self._environments:
            close_environment(environment)


def fingerprint(environments: Sequence[Environment]) -> str:
    """Hash of the version, the tools and the rows: equal where the same attempts give the same records."""
    found: list[object] = [enterpriselab.__version__]
    for environment in environments:
        inner = unwrapped(environment)
        found.append([list(environment.registry), inner.image.digest if isinstance(inner, World) else ""])
    return content_hash(found)
