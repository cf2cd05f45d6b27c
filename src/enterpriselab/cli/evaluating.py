"""What `enterpriselab eval` does: one model on a suite, in a run folder that can be continued and reported."""

import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rich.console import Console

from enterpriselab.agents.loop import Limits
from enterpriselab.cli.cast import EvalConfig, agent_called, cast_of, hash_of_tasks
from enterpriselab.cli.models import is_large, parse_model
from enterpriselab.cli.pipeline import run_stages, stage
from enterpriselab.cli.players import check_player, given_of, hash_of_files, parse_agent
from enterpriselab.cli.ray_engine import RayEngine, check_engine, ray_players
from enterpriselab.cli.robustness import record_drift
from enterpriselab.cli.settings import AgentConfig
from enterpriselab.cli.stages.evaluate import errors_to_mend, play
from enterpriselab.cli.stages.state import RunState
from enterpriselab.cli.taskfiles import Group, check_fits
from enterpriselab.cli.worlds import check_environment, open_environment
from enterpriselab.core.config import build_config
from enterpriselab.core.errors import UsageError
from enterpriselab.core.runs import CONFIG_FILE, RunFolder
from enterpriselab.core.task_files import write_tasks
from enterpriselab.core.tasks import Task
from enterpriselab.core.tools import ToolSpec
from enterpriselab.core.traces import Trace
from enterpriselab.evaluation.errors import check_errors
from enterpriselab.evaluation.summary import summarize
from enterpriselab.report import write_report
from enterpriselab.rollouts.rollout import RolloutSettings
from enterpriselab.sandbox.environment import Environment

MAY_CHANGE = ("name", "evaluation.attempts", "evaluation.concurrency")
"""Keys of a config that another start may give otherwise: the folder was moved, more attempts, fewer at once."""
LARGE_AGENT = AgentConfig(
    observation_budget=2000,
    max_tokens=4096,
    context=32_768,
    limits=Limits(turns=40, tokens=131_072, seconds=1200.0),
)
"""How a model of usual size is asked unless told otherwise; the defaults of a run are made for `tiny`."""


def eval_config(asked: dict[str, Any], groups: list[Group], path: Path, overrides: Sequence[str]) -> EvalConfig:
    """The config of an evaluation from what the command line says: model, agent, runs, baselines, player and ask.

    Raises:
        UsageError: a name or a key that does not exist, with what there is.
    """
    kind, name = parse_model(asked["model"])
    dialect, strategy = parse_agent(asked["agent"])
    usual = AgentConfig() if kind == "hf" and not is_large(name) else LARGE_AGENT
    tasks = [task for group in groups for task in group.tasks]
    files = hash_of_files(asked["ask"]["plan"], asked["ask"]["shots_from"])
    data: dict[str, Any] = {
        "name": path.resolve().name,
        "seed": groups[0].where.seed,
        "environment": groups[0].where.environment.model_dump(),
        "agent": {**usual.model_dump(), "dialect": dialect},
        "model": {"path": asked["model"]},
        "sft": {"enabled": False},
        "grpo": {"enabled": False},
        "evaluation": {"tasks": len(tasks), "attempts": asked["runs"]},
        "label": label_of(asked["model"]),
        "tasks_hash": hash_of_tasks(tasks),
        "player": {"kind": kind, "name": name, **asked["player"]},
        "ask": {"strategy": strategy, "files": files, **asked["ask"]},
        "baselines": asked["baselines"],
    }
    return build_config(EvalConfig, data, overrides)


def label_of(model: str) -> str:
    """A folder name for a model: runs/demo/sft/model -> sft, openai:org/Name-8B -> Name-8B. Raises UsageError: none."""
    if not model:
        raise UsageError("Name the model: --model is missing.", hint="enterpriselab eval --help")
    _, model = parse_model(model)
    parts = [part for part in model.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    meant = parts[-2] if len(parts) > 1 and parts[-1] == "model" else (parts or ["model"])[-1]
    return re.sub(r"[^A-Za-z0-9._-]+", "-", meant).strip("-.") or "model"


Attempts = Callable[[str, list[Task], RolloutSettings], tuple[list[Trace], list[str]]]
"""(label, tasks, given) -> the traces of all attempts, and what was noted about the agent."""


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
            return self.playground
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
    config: EvalConfig,
    groups: list[Group],
    path: Path,
    console: Console,
    *,
    allow_errors: bool = False,
    engine: RayEngine | None = None,
) -> dict[str, Any]:
    """Play what is not played yet; returns the summary, which is in eval/summary.json as well.

    More attempts at each task than the folder holds are played beside those that are there.

    Whether errors are allowed is no part of the run: a run that was refused for its errors can be printed afterwards.
    Neither is where it is played: without an engine on this machine.

    Raises:
        UsageError: the folder holds another run or more attempts at each task, the tasks do not fit, the key or the
            model is not there, or more than 2 % of the attempts ended by an error and errors are not allowed.
    """
    tasks = [task for group in groups for task in group.tasks]
    for group in groups:
        check_environment(group.where.environment)
    check_player(config.player, config.ask, config.agent)
    if engine is not None:
        check_engine(config)
    given = given_of(config.ask, tasks, seed=config.seed)
    folder = RunFolder.open(path, config, free=MAY_CHANGE)
    state = SuiteState(folder, config, console, groups)

    def stored(_: RunState) -> dict[str, Any]:
        state.check_fits()
        write_tasks(state.folder.path / "synthesis" / "tasks.jsonl", tasks)
        facts = record_drift(state.folder, (state.environment_of(group.tasks[0]) for group in groups))
        return {"tasks": len(tasks), "worlds": [group.where.environment.world for group in groups], **facts}

    def played(_: RunState) -> dict[str, Any]:
        allowed = allow_errors or config.evaluation.allow_errors
        traces: dict[str, list[Trace]] = {}
        facts = {**given.facts, "errors": 0}
        with ExitStack() as stack:
            attempts = _players(state, config, engine, stack)
            for label in cast_of(config, tasks, console):
                traces[label], notes = attempts(label, tasks, given.settings)
                facts["errors"] += errors_to_mend(traces[label])
                check_errors(traces[label], allow_errors=allowed)
                facts |= {"notes": notes} if notes else {}
                for note in notes:
                    console.print(f"  {note}")
        by_id = {task.id: task for task in tasks}
        summary = summarize(by_id, traces, tools=state.tools, allow_errors=allowed)
        state.folder.write_json("eval/summary.json", summary)
        rates = {label: found["success"]["value"] for label, found in summary.items()}
        return facts | rates | {"attempts": config.evaluation.attempts}

    stages = {"world": stage("world"), "discover": stage("discover"), "tasks": stored, "evaluate": played}
    with folder.locked():
        _store_changes(folder, config)
        done = folder.finished().get("evaluate", {}).get("attempts")
        run_stages(state, stages, again=() if done == config.evaluation.attempts else ("evaluate",))
        write_report(path)
    summary: dict[str, Any] = folder.read_json("eval/summary.json")
    return summary


def _store_changes(folder: RunFolder, config: EvalConfig) -> None:
    """The folder's config says how many attempts at each task it is for. Raises UsageError when it is for more.

    Of two concurrencies it says the lower one, which bounds how long the attempts may have taken.
    """
    stored = folder.config()
    there, now = stored["evaluation"]["attempts"], config.evaluation.attempts
    if now < there:
        text = f"{folder.path} is for {there} attempts at each task, and {now} {'is' if now == 1 else 'are'} asked for."
        raise UsageError(text, hint=f"--runs {there}, or another folder: --out")
    lower = min(stored["evaluation"]["concurrency"], config.evaluation.concurrency)
    evaluation = {**stored["evaluation"], "attempts": now, "concurrency": lower}
    if evaluation != stored["evaluation"]:
        folder.write_json(CONFIG_FILE, {**stored, "evaluation": evaluation})


def _players(state: SuiteState, config: EvalConfig, engine: RayEngine | None, stack: ExitStack) -> Attempts:
    """How all attempts of an agent are made, here or by an engine, which ends with the stack."""
    if engine is None:

        def here(label: str, tasks: list[Task], given: RolloutSettings) -> tuple[list[Trace], list[str]]:
            agent = agent_called(label, config, tasks, state.environment_of)
            return play(state, label, agent, tasks, given=given), getattr(agent.model, "notes", [])

        return here
    players = stack.enter_context(ray_players(engine, config, state.groups, state.environment_of))

    def there(label: str, tasks: list[Task], given: RolloutSettings) -> tuple[list[Trace], list[str]]:
        return play(state, label, players.playing(label), tasks, given=given), players.notes(label)

    return there
