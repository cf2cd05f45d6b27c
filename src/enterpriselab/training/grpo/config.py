"""Settings of Agentic GRPO."""

from typing import Literal

from enterpriselab.core.config import Config


class GRPOConfig(Config):
    """One step = `tasks_per_step` groups of `group_size` rollouts, then `epochs` passes over their rows."""

    enabled: bool = True
    steps: int = 24
    tasks_per_step: int = 8
    group_size: int = 8
    learning_rate: float = 1e-5
    warmup_steps: int = 2
    epochs: int = 1
    clip_low: float = 0.2
    clip_high: float = 0.28
    beta: float = 0.0
    """Weight of the k3 KL to the reference (the model before GRPO, or the adapter switched off)."""
    temperature: float = 1.0
    max_tokens: int = 160
    tokens_per_batch: int = 8192
    """Padded tokens of one forward pass."""
    level: Literal["trajectory", "token"] = "trajectory"
    """trajectory: every trajectory weighs the same; token: every token weighs the same (TRL's way)."""
    lora_rank: int = 0
    """0 trains all weights."""
    max_grad_norm: float = 1.0
    save_every: int = 4
    check_every: int = 6
    """Steps between checks on the validation tasks; weights that do better there beyond chance are kept."""
    min_spread: float = 0.05
    """Groups whose rewards spread less (standard deviation) teach noise and are skipped."""
