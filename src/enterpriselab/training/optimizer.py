"""AdamW with linear warm-up, and the random state that an exact resume needs."""

import random
from pathlib import Path
from typing import Any

import torch


def adamw(model: torch.nn.Module, *, learning_rate: float) -> torch.optim.AdamW:
    """AdamW over the trainable parameters, without weight decay."""
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return torch.optim.AdamW(parameters, lr=learning_rate, weight_decay=0.0, betas=(0.9, 0.95))


def set_learning_rate(optimizer: torch.optim.Optimizer, *, base: float, step: int, warmup: int) -> float:
    """Linear warm-up over the first `warmup` steps, then constant; returns the rate of this step (0-based)."""
    rate = base * min(1.0, (step + 1) / max(warmup, 1))
    for group in optimizer.param_groups:
        group["lr"] = rate
    return rate


def save_state(path: Path, model: torch.nn.Module, optimizer: torch.optim.Optimizer, *, step: int) -> None:
    """Weights, optimizer and random state as one file that appears whole or not at all."""
    state = {
        "step": step,
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "torch_rng": torch.get_rng_state(),
        "python_rng": random.getstate(),
    }
    temporary = path.with_suffix(".part")
    torch.save(state, temporary)
    temporary.replace(path)


def load_state(path: Path, model: torch.nn.Module, optimizer: torch.optim.Optimizer) -> int:
    """Restore what save_state wrote; returns the number of finished steps."""
    state: dict[str, Any] = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["torch_rng"])
    random.setstate(state["python_rng"])
    return int(state["step"])
