"""Settings of synthesis. Everything that can change the tasks is here or is an argument."""

from pydantic import Field

from enterpriselab.core.clock import CLOCK_START
from enterpriselab.core.config import Config


class Reach(Config):
    """How far exploration goes."""

    depth: int = Field(4, ge=1, le=8)
    """Longest path in calls."""
    per_start: int = Field(6, ge=1)
    """K: paths from one entry tool in one round."""
    branching: int = Field(5, ge=1)
    """Followers tried after each step."""
    tries: int = Field(2, ge=1)
    """Attempts at one step with other arguments."""
    optional_share: float = Field(0.35, ge=0, le=1)
    """How often an optional argument is given."""
    jump_share: float = Field(0.05, ge=0, le=1)
    """How often a finished write is followed by something new instead of by what its result feeds."""
    thread_share: float = Field(0.0, ge=0, le=1)
    """How often that takes up what an earlier write was given: for tools whose results are plain text."""


class SynthesisConfig(Config):
    """One run of synthesis."""

    tasks: int = Field(500, ge=1)
    """Wanted number of verified tasks; fewer when the rounds run out."""
    rounds: int = Field(40, ge=1)
    """Explorations of all principals; each starts from other rows."""
    reach: Reach = Reach()
    max_writes: int = Field(2, ge=1)
    template_cap: int = Field(40, ge=1)
    """Tasks of one template at most."""
    single_share: float = Field(0.2, gt=0, le=1)
    """Share of tasks with only one call, at most."""
    search_share: float = Field(0.4, gt=0, le=1)
    """Share of tasks that change nothing, at most."""
    tool_share: float = Field(0.06, gt=0, le=1)
    """Share of tasks whose goal (last call) is one and the same tool, at most."""
    max_words: int = Field(60, ge=10)
    """Longest prompt."""
    similar_at: float = Field(0.9, gt=0, le=1)
    """Prompts of one template that are this similar are duplicates."""
    oversample: float = Field(1.1, ge=1)
    """Tasks to verify before the most diverse ones are chosen."""
    distractors: int = Field(5, ge=0)
    prove_limit: int = Field(20_000, ge=0)
    """Links to prove by running them; 0 proves none (slow remote servers)."""
    observation_budget: int = Field(600, ge=64)
    held_out: float = Field(0.15, ge=0, lt=1)
    """Share of templates that are kept out of training, to judge by."""
    validation: float = Field(0.07, ge=0, lt=1)
    """Share of the others that are kept out of training too, to choose checkpoints by."""
    today: str = CLOCK_START[:10]
    thoughts: bool = True
