"""Stage "sft": supervised fine-tuning on demonstrations of the training tasks."""

from typing import Any

from enterpriselab.cli.stages.state import RunState
from enterpriselab.rollouts.demonstrations import demonstrate, solvable
from enterpriselab.rollouts.rollout import tools_of


def sft(state: RunState) -> dict[str, Any]:
    """Write sft/log.jsonl and sft/model."""
    from enterpriselab.training.models import set_threads
    from enterpriselab.training.quiet import quiet
    from enterpriselab.training.sft import train_sft

    quiet()
    set_threads(state.config.model.threads)
    config = state.config
    examples = _examples(state)
    with state.progress("SFT") as tick:
        tick(0, config.sft.steps)

        def log(record: dict[str, Any]) -> None:
            state.folder.append("sft/log.jsonl", record)
            tick(record["step"], config.sft.steps, f"loss {record['loss']:.3f}")

        out = state.folder.file("sft/log.jsonl").parent
        return train_sft(config.model.path, examples, out, config.sft, seed=config.seed, log=log)


def _examples(state: RunState) -> list[dict[str, Any]]:
    tasks = state.tasks_of("train")
    with state.progress("Play demonstrations") as tick:
        traces = demonstrate(
            state.environment,
            tasks,
            state.dialect,
            budget=state.config.agent.observation_budget,
            progress=lambda done: tick(done, len(tasks)),
        )
    return [
        {
            "messages": state.dialect.outgoing(trace.messages),
            "tools": state.dialect.tools(tools_of(state.environment, task)),
        }
        for task, trace in zip(tasks, traces, strict=True)
        if solvable(task, trace)
    ]
