"""One GRPO update of `tiny` on groups that share their prompt, against the same rows one by one.

    python perf/grpo_update.py

Prints CPU seconds of both and the ratio of their medians; tests/training hold that the gradients are equal.
"""

import random
import statistics
import time
from dataclasses import replace

import torch

from enterpriselab.training.grpo.config import GRPOConfig
from enterpriselab.training.grpo.step import update
from enterpriselab.training.models import load_for_training, set_threads
from enterpriselab.training.quiet import quiet
from enterpriselab.training.rows import Row

PROMPT, GROUPS, ATTEMPTS, ROUNDS = 330, 4, 8, 3
"""Sizes of a step of the demo: a prompt with its tools, and about 220 tokens of calls and observations after it."""


def rows() -> list[Row]:
    """Random tokens in the shape of rollouts: two sampled turns with an observation between them."""
    rng = random.Random(0)
    found = []
    for _ in range(GROUPS):
        prompt = [rng.randrange(10, 5000) for _ in range(PROMPT)]
        for attempt in range(ATTEMPTS):
            seen = 60 + 20 * attempt
            ids = prompt + [rng.randrange(10, 5000) for _ in range(seen + 90)]
            mask = [0] * PROMPT + [1] * 60 + [0] * seen + [1] * 30
            found.append(Row(ids, mask, [-8.0 * m for m in mask], 0.5))
    return found


def cpu_seconds(model: torch.nn.Module, part: list[Row]) -> float:
    """CPU seconds of one update that changes nothing (rate 0)."""
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    begun = time.process_time()
    update(model, optimizer, part, GRPOConfig(), pad=0)
    return time.process_time() - begun


def main() -> None:
    """Both ways in turn, in one process with one thread."""
    quiet()
    set_threads(1)
    model = load_for_training("tiny", lora_rank=0).model.eval()
    together = rows()
    # another first token makes every prompt its own
    apart = [replace(row, ids=[10 + number, *row.ids[1:]]) for number, row in enumerate(together)]
    seconds: dict[str, list[float]] = {"shared prompts": [], "rows apart": []}
    for _ in range(ROUNDS):
        for name, part in (("shared prompts", together), ("rows apart", apart)):
            seconds[name].append(cpu_seconds(model, part))
    shared, single = (statistics.median(values) for values in seconds.values())
    print(f"{GROUPS} groups of {ATTEMPTS} rows, prompt {PROMPT} tokens of {PROMPT + 220}, one thread, CPU seconds")
    print(f"shared prompts {shared:.2f}   rows apart {single:.2f}   ratio {single / shared:.2f}")


if __name__ == "__main__":
    main()
