"""What `enterpriselab eval` does: one model on a file of tasks, in a run folder that can be continued and reported."""

import os
import re
from pathlib import Path
from typing import Any

from rich.console import Console

from enterpriselab.agents.loop import Agent, Limits
from enterpriselab.agents.models.base import Model, Sampling
from enterpriselab.cli.models import check_model_path
from enterpriselab.cli.pipeline import run_stages, stage
from enterpriselab.cli.settings import AgentConfig, RunConfig
from enterpriselab.cli.stages.evaluate import play
from enterpriselab.cli.stages.state import RunState
from enterpriselab.cli.taskfiles import Group, check_fits
from enterpriselab.cli.worlds import check_environment, open_environment
from enterpriselab.core.config import Config
from enterpriselab.core.errors import UsageError
from enterpriselab.core.runs import RunFolder
from enterpriselab.core.task_files import write_tasks
from enterpriselab.core.tasks import Task
from enterpriselab.core.tools import ToolSpec
from enterpriselab.evaluation.summary import summarize
from enterpriselab.report import write_report
from enterpriselab.sandbox.environment import Environment

ENDPOINT_AGENT = AgentConfig(
    observation_budget=2000,
    max_tokens=1024,
    context=32_768,
    limits=Limits(turns=12, tokens=32_768, seconds=600.0),
)
"""How a model behind an endpoint is asked unless told otherwise; the defaults of a run are made for `tiny`."""


class EndpointConfig(Config):
    """An OpenAI-compatible endpoint. The key itself is never stored, only the variable that holds it."""

    url: str = ""
    model: str = ""
    key_env: str = ""


class EvalConfig(RunConfig):
    """A run that only evaluates."""

    label: str
    tasks_hash: str
    """Of the tasks' ids: another file is another run."""
    endpoint: EndpointConfig = EndpointConfig()
    temperature: float = 0.0


def label_of(model: str) -> str:
    """A folder name for a model: runs/demo/sft/model -> sft, org/Name-8B -> Name-8B."""
    parts = [part for part in model.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    meant = parts[-2] if len(parts) > 1 and parts[-1] == "model" else (parts or ["model"])[-1]
    return re.sub(r"[^A-Za-z0-9._-]+", "-", meant).strip("-.") or "model"


class SuiteState(RunState):
    """An evaluation in which tasks may be played in several worlds, each opened once."""

    def __init__(self, folder: RunFolder, config: EvalConfig, console: Console, groups: list[Group]) -> None:
        super().__init__(folder, config, console)
        self.groups = groups
        self._places = {task.id: number for number, group in enumerate(groups) for task in group.tasks}
        self._others: dict[int, Environment] = {}

    def environment_of(self, task: Task) -> Environment:
        """The world of the task's group; the first is the one that the run describes."""
        number = self._places[task.id]
        if number == 0:
            return self.environment
        if number not in self._others:
            where = self.groups[number].where
            self._others[number] = open_environment(where.environment, seed=where.seed)
        return self._others[number]

    @property
    def tools(self) -> dict[str, ToolSpec]:
        """Every tool of all the worlds by name."""
        return {name: spec for group in self.groups for name, spec in self._registry(group).items()}

    def _registry(self, group: Group) -> dict[str, ToolSpec]:
        return self.environment_of(group.tasks[0]).registry

    def check_fits(self) -> None:
        """Raises UsageError when tasks were made for another environment."""
        for group in self.groups:
            check_fits(self.environment_of(group.tasks[0]), group.tasks)


def evaluate_model(
    config: EvalConfig, groups: list[Group], path: Path, console: Console, *, allow_errors: bool = False
) -> dict[str, Any]:
    """Play what is not played yet; returns the summary, which is in eval/summary.json as well.

    Whether errors are allowed is no part of the run: a run that was refused for its errors can be printed afterwards.

    Raises:
        UsageError: the folder holds another run, the tasks do not fit, the key or the model is not there, or more than
            2 % of the attempts ended by an error and errors are not allowed.
    """
    tasks = [task for group in groups for task in group.tasks]
    for group in groups:
        check_environment(group.where.environment)
    if not config.endpoint.url:
        check_model_path(config.model.path)
    key = _key(config.endpoint)
    folder = RunFolder.open(path, config)
    state = SuiteState(folder, config, console, groups)

    def given(_: RunState) -> dict[str, Any]:
        state.check_fits()
        write_tasks(state.folder.path / "synthesis" / "tasks.jsonl", tasks)
        return {"tasks": len(tasks), "worlds": [group.where.environment.world for group in groups]}

    def played(state: RunState) -> dict[str, Any]:
        sampling = Sampling(temperature=config.temperature, max_tokens=config.agent.max_tokens)
        agent = Agent(_model(config, key), state.dialect, sampling, config.agent.limits)
        traces = play(state, config.label, agent, tasks)
        by_id, allowed = {task.id: task for task in tasks}, allow_errors or config.evaluation.allow_errors
        found = summarize(by_id, traces, tools=state.tools, allow_errors=allowed)
        state.folder.write_json("eval/summary.json", {config.label: found})
        return {config.label: found["success"]["value"]}

    with folder.locked():
        run_stages(state, {"world": stage("world"), "discover": stage("discover"), "tasks": given, "evaluate": played})
        write_report(path)
    summary: dict[str, Any] = folder.read_json("eval/summary.json")
    return summary


def _key(endpoint: EndpointConfig) -> str:
    if not endpoint.key_env:
        return "none"
    key = os.environ.get(endpoint.key_env)
    if not key:
        raise UsageError(f"The variable {endpoint.key_env} is not set.", hint=f"export {endpoint.key_env}=...")
    return key


def _model(config: EvalConfig, key: str) -> Model:
    if config.endpoint.url:
        from enterpriselab.agents.models.endpoint import Endpoint
        from enterpriselab.agents.models.openai_compatible import OpenAICompatible

        return OpenAICompatible(Endpoint(config.endpoint.model, config.endpoint.url, key))
    from enterpriselab.training.models import local_model, set_threads
    from enterpriselab.training.quiet import quiet

    quiet()
    threads = set_threads(config.model.threads)
    return local_model(config.model.path, name=config.label, context=config.agent.context, threads=threads)
