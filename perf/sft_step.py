"""One SFT step of `tiny` on a CPU, the head on labelled tokens only, against the stock trainer in the same process.

    python perf/sft_step.py

Prints seconds of both and the ratio of their medians; tests/training hold that loss and gradients are equal.
"""

import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
import trl

from enterpriselab.training.losses import IGNORED
from enterpriselab.training.models import load_for_training, set_threads
from enterpriselab.training.quiet import quiet
from enterpriselab.training.sft import OnLabelsOnly, arguments_of, make_trainer
from enterpriselab.training.sft_config import SFTConfig

ROWS, LENGTH, TRAINED, ROUNDS = 16, 530, 84, 5
"""A batch of the demo: mean tokens of a trajectory, and how many of them the agent wrote."""


def batch() -> dict[str, torch.Tensor]:
    """Random tokens in the shape of trajectories."""
    rng = random.Random(0)
    ids = torch.tensor([[rng.randrange(10, 5000) for _ in range(LENGTH)] for _ in range(ROWS)])
    labels = ids.clone()
    labels[:, : LENGTH - TRAINED] = IGNORED
    return {"input_ids": ids, "labels": labels, "attention_mask": torch.ones_like(ids)}


def trainer_of(kind: type[Any], folder: Path) -> Any:
    """A trainer on `tiny`; its data set is never read."""
    example = {
        "messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hello"}],
        "tools": [],
    }
    loaded = load_for_training("tiny", lora_rank=0)
    return make_trainer(kind, loaded, [example], arguments_of(folder, SFTConfig(steps=1), 0), lambda _: None)


def seconds(trainer: Any) -> float:
    """Of one loss with its gradient."""
    inputs = batch()
    begun = time.perf_counter()
    with trainer.compute_loss_context_manager():
        loss = trainer.compute_loss(trainer.model, inputs, num_items_in_batch=torch.tensor(ROWS * TRAINED))
    torch.autograd.backward(loss)
    return time.perf_counter() - begun


def main() -> None:
    """Both trainers in turn."""
    quiet()
    threads = set_threads(0)
    with tempfile.TemporaryDirectory() as folder:
        trainers = [trainer_of(kind, Path(folder)) for kind in (trl.SFTTrainer, OnLabelsOnly)]
        taken: list[list[float]] = [[], []]
        for _ in range(ROUNDS + 1):  # the first round warms up
            for trainer, found in zip(trainers, taken, strict=True):
                found.append(seconds(trainer))
    stock, ours = (statistics.median(found[1:]) for found in taken)
    print(f"{ROWS} rows of {LENGTH} tokens, {TRAINED} of them trained, bf16, {threads} threads, seconds")
    print(f"labelled tokens only {ours:.2f}   stock trainer {stock:.2f}   ratio {stock / ours:.2f}")


if __name__ == "__main__":
    main()
