"""RunConfig: the whole config tree of `enterpriselab run`. Each section stands beside what it configures."""

from typing import Literal

from pydantic import Field

from enterpriselab.agents.loop import Limits
from enterpriselab.core.config import Config
from enterpriselab.sandbox.drift.plan import Drift
from enterpriselab.sandbox.flaky import Flaky
from enterpriselab.synthesis.config import SynthesisConfig
from enterpriselab.training.grpo.config import GRPOConfig
from enterpriselab.training.sft_config import SFTConfig


class EnvironmentConfig(Config):
    """What to play in: a world of ours, or servers of yours."""

    world: str = "arena"
    apps: tuple[str, ...] = ()
    """Only these apps of the world; empty means all."""
    servers: str = ""
    """Path of an mcp.json; when given, `world` is not used."""
    drift: Drift | None = None
    """How much of the tools changed; None is the same as a share of 0."""
    flaky: Flaky | None = None
    """How often calls fail for the moment while agents play; tasks are made and checked in a calm world."""

    @property
    def calm(self) -> "EnvironmentConfig":
        """The same without failures."""
        return self.model_copy(update={"flaky": None})


class AgentConfig(Config):
    """How the model is asked."""

    dialect: Literal["function_calling", "react"] = "function_calling"
    observation_budget: int = Field(default=160, gt=0)
    """Tokens of one observation (about four characters each)."""
    max_tokens: int = Field(default=160, gt=0)
    """Generated tokens of one turn."""
    context: int = Field(default=1536, gt=0)
    limits: Limits = Limits(turns=8, tokens=4096, seconds=600.0)


class ModelConfig(Config):
    """The base model."""

    path: str = "tiny"
    """Folder, hub id, or "tiny", the checkpoint that ships with the package."""
    threads: int = 0
    """Threads of torch; 0 means all cores."""


class WriterConfig(Config):
    """Who puts tasks into words: the grammar, or any OpenAI-compatible model when `model` is given."""

    model: str = ""
    base_url: str = ""
    key_env: str = "OPENAI_API_KEY"
    """Variable that holds the key; the key itself is never stored."""


class EvaluationConfig(Config):
    """Evaluation on held-out tasks."""

    enabled: bool = True
    tasks: int = Field(default=200, gt=0)
    attempts: int = Field(default=1, gt=0)
    concurrency: int = Field(default=64, gt=0)
    """Attempts under way at once."""
    allow_errors: bool = False


class RunConfig(Config):
    """One run of the closed loop."""

    name: str
    seed: int = 7
    environment: EnvironmentConfig = EnvironmentConfig()
    tasks_of: str | None = None
    """Run folder whose tasks and split are taken instead of new ones, rewritten to the drift of the environment."""
    synthesis: SynthesisConfig = SynthesisConfig()
    writer: WriterConfig = WriterConfig()
    agent: AgentConfig = AgentConfig()
    model: ModelConfig = ModelConfig()
    sft: SFTConfig = SFTConfig()
    grpo: GRPOConfig = GRPOConfig()
    evaluation: EvaluationConfig = EvaluationConfig()
