"""Stage "sft": supervised fine-tuning on demonstrations of the training tasks."""

from typing import Any

from enterpriselab.cli.stages.state import RunState


def sft(state: RunState) -> dict[str, Any]:
    """Write sft/log.jsonl and sft/model."""
    from enterpriselab.training.models import set_threads
    from enterpriselab.training.quiet import quiet
    from enterpriselab.training.sft import train_sft

    quiet()
    set_threads(state.config.model.threads)
    config = state.config
    examples = list(state.folder.records("synthesis/trajectories.jsonl"))
    with state.progress("SFT") as tick:
        tick(0, config.sft.steps)

        write = state.step_log("sft/log.jsonl")

        def log(record: dict[str, Any]) -> None:
            write(record)
            tick(record["step"], config.sft.steps, f"loss {record['loss']:.3f}")

        out = state.folder.file("sft/log.jsonl").parent
        facts = train_sft(config.model.path, examples, out, config.sft, seed=config.seed, log=log)
    if facts["left_out"] > facts["examples"]:
        longer = f"{facts['left_out']} of {len(examples)} trajectories are longer than sft.max_length"
        state.console.print(f"  [dim]{longer}={config.sft.max_length} and were left out[/]", soft_wrap=True)
    return facts
