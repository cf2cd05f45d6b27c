"""Supervised fine-tuning with TRL's SFTTrainer: loss on assistant tokens only, tool output masked, LoRA selectable."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import datasets
import torch
import transformers
import trl
from torch import Tensor

from enterpriselab.agents.models.decoder import without_adapter
from enterpriselab.core.errors import UsageError
from enterpriselab.training.losses import IGNORED, chosen_logprobs, predictions
from enterpriselab.training.models import LoadedModel, free_device, load_for_training, save_model
from enterpriselab.training.sft_config import SFTConfig

Log = Callable[[dict[str, Any]], None]
Example = dict[str, Any]
"""{"messages": [...], "tools": [...]} in OpenAI chat form."""


class _Reporter(transformers.TrainerCallback):  # type: ignore[misc]
    """Hands the trainer's numbers to the run's log."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any) -> None:
        if logs and "loss" in logs:
            self._log({"step": state.global_step, "loss": logs["loss"], "learning_rate": logs.get("learning_rate")})


class OnLabelsOnly(trl.SFTTrainer):  # type: ignore[misc]
    """The same loss for a CPU, where TRL's fused head scores every token: here only those that have a label.

    Examples are padded on the right, so causal attention needs no mask, which lets it skip half of the pairs.
    `perf/sft_step.py` measures both.
    """

    def compute_loss(
        self, model: Any, inputs: dict[str, Tensor], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        causal, labels = without_adapter(model), inputs["labels"]
        with torch.autocast("cpu", torch.bfloat16, enabled=self.args.bf16):
            hidden = causal.get_decoder()(input_ids=inputs["input_ids"], use_cache=False).last_hidden_state
            logits, wanted = predictions(causal.get_output_embeddings(), hidden, labels, labels != IGNORED)
        count = len(wanted) if num_items_in_batch is None else int(num_items_in_batch)
        loss = -chosen_logprobs(logits, wanted).sum() / max(count, 1)
        return (loss, {}) if return_outputs else loss


def fit_lengths(examples: Sequence[Example], loaded: LoadedModel, max_length: int) -> list[Example]:
    """The examples that fit whole. Raises UsageError when fewer than a tenth do: then the setting is a mistake."""
    kept = [
        example
        for example in examples
        if len(loaded.tokenizer.apply_chat_template(example["messages"], tools=example["tools"])["input_ids"])
        <= max_length
    ]
    if len(kept) * 10 < len(examples):
        raise UsageError(
            f"Only {len(kept)} of {len(examples)} trajectories fit into {max_length} tokens.",
            hint="raise sft.max_length or lower agent.observation_budget",
        )
    return kept


def train_sft(
    model: str, examples: Sequence[Example], out: Path, config: SFTConfig, *, seed: int = 0, log: Log = lambda _: None
) -> dict[str, Any]:
    """Train and save to `out/model`; continues from the last checkpoint in `out/checkpoints` after a kill.

    Args:
        model: folder or hub id of a causal LM whose chat template has generation marks.
        examples: conversations with their tools.
        out: folder of this stage.
        config: settings.
        seed: of data order and initial adapters.
        log: receives {"step", "loss", "learning_rate"} after each logging step.

    Returns:
        What the stage records about itself: examples used and left out, steps, final loss.
    """
    transformers.set_seed(seed)
    loaded = load_for_training(model, lora_rank=config.lora_rank)
    kept = fit_lengths(examples, loaded, config.max_length)
    kind = trl.SFTTrainer if torch.cuda.is_available() else OnLabelsOnly
    trainer = make_trainer(kind, loaded, kept, arguments_of(out, config, seed), log)
    result = trainer.train(resume_from_checkpoint=last_whole(out / "checkpoints"))
    save_model(trainer.model, loaded.tokenizer, out / "model")
    facts = {"examples": len(kept), "left_out": len(examples) - len(kept), "steps": trainer.state.global_step}
    free_device(trainer)
    return {**facts, "loss": round(float(result.training_loss), 4)}


def make_trainer(
    kind: type[Any], loaded: LoadedModel, examples: Sequence[Example], arguments: trl.SFTConfig, log: Log
) -> Any:
    """A trainer of this kind, which prints nothing."""
    trainer = kind(
        model=loaded.model,
        processing_class=loaded.tokenizer,
        args=arguments,
        train_dataset=_dataset(examples),
        callbacks=[_Reporter(log)],
    )
    trainer.remove_callback(transformers.ProgressCallback)
    trainer.remove_callback(transformers.PrinterCallback)
    return trainer


def last_whole(folder: Path) -> str | None:
    """The newest checkpoint that was written to its end; one that a kill cut short is removed."""
    found = sorted(folder.glob("checkpoint-*"), key=lambda path: int(path.name.rpartition("-")[2]), reverse=True)
    for checkpoint in found:
        if (checkpoint / transformers.trainer.TRAINER_STATE_NAME).is_file():  # written last
            return str(checkpoint)
        shutil.rmtree(checkpoint)
    return None


def _dataset(examples: Sequence[Example]) -> datasets.Dataset:
    """Call arguments and schemas differ in shape from row to row, so both travel as JSON columns."""
    return datasets.Dataset.from_list(
        [{"messages": example["messages"], "tools": example["tools"]} for example in examples],
        on_mixed_types="use_json",
    )


def arguments_of(out: Path, config: SFTConfig, seed: int) -> trl.SFTConfig:
    """The settings in TRL's terms."""
    on_cpu = not transformers.utils.is_torch_cuda_available()
    return trl.SFTConfig(
        output_dir=str(out / "checkpoints"),
        max_steps=config.steps,
        per_device_train_batch_size=config.batch_size,
        learning_rate=config.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=config.warmup_steps,
        max_length=config.max_length,
        assistant_only_loss=True,
        logging_steps=max(1, config.steps // 100),
        save_steps=config.save_every,
        save_total_limit=1,
        seed=seed,
        bf16=config.precision == "bf16",
        use_cpu=on_cpu,
        activation_checkpointing=not on_cpu,
        train_sampling_strategy="group_by_length",
        dataloader_pin_memory=False,
        disable_tqdm=True,
        report_to=[],
    )
