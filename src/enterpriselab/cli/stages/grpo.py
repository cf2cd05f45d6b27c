"""Stage "grpo": online reinforcement learning in the world, from the SFT model."""

from typing import Any

from enterpriselab.cli.stages.state import RunState


def grpo(state: RunState) -> dict[str, Any]:
    """Write grpo/log.jsonl and grpo/model."""
    from enterpriselab.training.grpo.trainer import Arena, train_grpo
    from enterpriselab.training.models import set_threads
    from enterpriselab.training.quiet import quiet

    quiet()
    config = state.config
    threads = set_threads(config.model.threads)
    arena = Arena(
        environment=state.playground,
        tasks=state.tasks_of("train"),
        dialect=state.dialect,
        limits=config.agent.limits,
        observation_budget=config.agent.observation_budget,
        context=config.agent.context,
        threads=threads,
        validation=state.tasks_of("validation"),
    )
    start = str(state.folder.path / "sft" / "model") if config.sft.enabled else config.model.path
    with state.progress("Agentic GRPO") as tick:
        tick(0, config.grpo.steps)

        write = state.step_log("grpo/log.jsonl")

        def log(record: dict[str, Any]) -> None:
            write(record)
            tick(record["step"], config.grpo.steps, f"reward {record.get('total', 0):.3f}")

        out = state.folder.file("grpo/log.jsonl").parent
        return train_grpo(start, arena, out, config.grpo, seed=config.seed, log=log)
