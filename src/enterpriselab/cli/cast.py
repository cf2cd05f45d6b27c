"""Who plays in an evaluation: its labels in order, and the agent of each, made where it plays."""

from collections.abc import Callable, Iterator, Sequence

from rich.console import Console

from enterpriselab.agents.baselines import BASELINES, baseline_agent
from enterpriselab.agents.dialects import DIALECTS, FunctionCalling
from enterpriselab.agents.loop import Agent, Limits
from enterpriselab.cli.players import AskConfig, PlayerConfig, agent_of, model_of
from enterpriselab.cli.settings import RunConfig
from enterpriselab.core.hashing import content_hash
from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import REFERENCE
from enterpriselab.rollouts.demonstrations import reference_agent
from enterpriselab.sandbox.environment import Environment


class EvalConfig(RunConfig):
    """A run that only evaluates."""

    label: str
    tasks_hash: str
    """Of the tasks' ids: another file is another run."""
    player: PlayerConfig = PlayerConfig()
    ask: AskConfig = AskConfig()
    baselines: bool = True


def hash_of_tasks(tasks: Sequence[Task]) -> str:
    """What `tasks_hash` holds."""
    return content_hash([task.id for task in tasks])


def cast_of(config: EvalConfig, tasks: Sequence[Task], console: Console) -> Iterator[str]:
    """The model first, so that what is wrong with it is found first; then the baselines beside it."""
    player = config.player
    if player.kind != "baseline":
        yield config.label
    for name in BASELINES:
        if config.baselines or name == player.name:
            yield name
    if config.baselines or player.name == REFERENCE:
        if all(task.reference or not task.feasible for task in tasks):
            yield REFERENCE
        else:
            console.print("Some tasks have no reference, so none is played beside the model.")


def agent_called(
    label: str, config: EvalConfig, tasks: Sequence[Task], environment_of: Callable[[Task], Environment]
) -> Agent:
    """The agent of one label. Raises UsageError: a model cannot be loaded or reached."""
    if label == REFERENCE or label in BASELINES:
        return baseline_called(label, tasks, environment_of, limits=config.agent.limits)
    context, threads = config.agent.context, config.model.threads
    model = model_of(config.player, context=context, threads=threads, label=config.label)
    return agent_of(model, config.ask, config.agent, DIALECTS[config.agent.dialect]())


def baseline_called(
    label: str, tasks: Sequence[Task], environment_of: Callable[[Task], Environment], *, limits: Limits | None = None
) -> Agent:
    """The baseline of one label; the reference knows the tasks and needs no budget."""
    if label == REFERENCE:
        return reference_agent(((environment_of(task), task) for task in tasks), FunctionCalling())
    return baseline_agent(label, limits=limits)
