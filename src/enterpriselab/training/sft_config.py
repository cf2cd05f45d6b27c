"""Settings of supervised fine-tuning; loads no training library."""

from typing import Literal

from enterpriselab.core.config import Config


class SFTConfig(Config):
    """Settings of one supervised run."""

    enabled: bool = True
    steps: int = 400
    batch_size: int = 16
    learning_rate: float = 1e-3
    warmup_steps: int = 20
    max_length: int = 1024
    """Tokens; an example that is longer is left out and counted, never cut."""
    lora_rank: int = 0
    """0 trains all weights; the GPU path uses 32."""
    save_every: int = 100
    precision: Literal["bf16", "fp32"] = "bf16"
