"""The loop of Agentic GRPO: sample tasks, roll out groups, score them in the world, update, log, save, resume."""

import asyncio
import copy
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from enterpriselab.agents.dialects import Dialect
from enterpriselab.agents.loop import Agent, Limits
from enterpriselab.agents.models.base import Sampling
from enterpriselab.agents.models.engine import Engine
from enterpriselab.agents.models.local import LocalModel
from enterpriselab.agents.models.renderer import Renderer
from enterpriselab.core.seeds import derive_random
from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import Trace
from enterpriselab.rollouts.rollout import RolloutSettings
from enterpriselab.rollouts.runner import Job, run_jobs
from enterpriselab.sandbox.environment import Environment
from enterpriselab.training.grpo.advantages import group_advantages
from enterpriselab.training.grpo.best import Best, Solved
from enterpriselab.training.grpo.config import GRPOConfig
from enterpriselab.training.grpo.step import Update, update
from enterpriselab.training.models import LoadedModel, load_for_training, save_model
from enterpriselab.training.optimizer import adamw, load_state, save_state, set_learning_rate
from enterpriselab.training.rows import Row, rows_of

Log = Callable[[dict[str, Any]], None]
STATE = "state.pt"


@dataclass(frozen=True, slots=True)
class Arena:
    """Where the policy plays: environment, training tasks, dialect, budgets."""

    environment: Environment
    tasks: Sequence[Task]
    dialect: Dialect
    limits: Limits
    observation_budget: int
    context: int = 2048
    threads: int = 1
    validation: Sequence[Task] = ()
    """Tasks of templates that are neither trained nor held out; they choose among the checkpoints."""


@dataclass(slots=True)
class Policy:
    """The network under training with the engine that samples from the very same weights."""

    loaded: LoadedModel
    engine: Engine
    renderer: Renderer
    reference: Any = None


def train_grpo(
    model: str, arena: Arena, out: Path, config: GRPOConfig, *, seed: int = 0, log: Log = lambda _: None
) -> dict[str, Any]:
    """Train and save to `out/model`; a killed run continues after its last saved step with the same result.

    Returns:
        What the stage records about itself.
    """
    policy = _policy(model, config, arena.threads)
    optimizer = adamw(policy.loaded.model, learning_rate=config.learning_rate)
    out.mkdir(parents=True, exist_ok=True)
    state = out / STATE
    first = load_state(state, policy.loaded.model, optimizer) if state.exists() else 0
    best = Best(out)
    for step in range(first, config.steps):
        if step % config.check_every == 0:
            best.offer(step, policy.loaded.model, _validate(policy, arena, config))
        started = time.perf_counter()
        rate = set_learning_rate(optimizer, base=config.learning_rate, step=step, warmup=config.warmup_steps)
        groups = asyncio.run(_roll_out(policy, arena, config, (step, seed)))
        played = time.perf_counter()
        rows = training_rows(groups, config.min_spread)
        done = [_update(policy, optimizer, rows, config) for _ in range(config.epochs)] if rows else []
        record = {"step": step + 1, "learning_rate": rate, **describe(groups, rows, done, config.min_spread)}
        record |= {
            "rollout_seconds": round(played - started, 3),
            "update_seconds": round(time.perf_counter() - played, 3),
        }
        log(record)
        if (step + 1) % config.save_every == 0 or step + 1 == config.steps:
            save_state(state, policy.loaded.model, optimizer, step=step + 1)
    best.offer(config.steps, policy.loaded.model, _validate(policy, arena, config))
    chosen = best.restore(policy.loaded.model)
    save_model(policy.loaded.model, policy.loaded.tokenizer, out / "model")
    return {"steps": config.steps, "resumed_at": first, "chosen_step": chosen, "checks": best.checks}


def _policy(model: str, config: GRPOConfig, threads: int) -> Policy:
    loaded = load_for_training(model, lora_rank=config.lora_rank)
    loaded.model.eval()  # no dropout: the ratio must compare the same function
    needs_copy = config.beta > 0 and config.lora_rank == 0
    reference = copy.deepcopy(loaded.model).requires_grad_(False) if needs_copy else None
    return Policy(
        loaded, Engine(loaded.model, loaded.tokenizer, threads=threads), Renderer(loaded.tokenizer), reference
    )


async def _roll_out(policy: Policy, arena: Arena, config: GRPOConfig, at: tuple[int, int]) -> list[list[Trace]]:
    step, seed = at
    rng = derive_random("grpo-tasks", seed, step)
    tasks = rng.sample(list(arena.tasks), min(config.tasks_per_step, len(arena.tasks)))
    player = LocalModel(policy.engine, policy.renderer, name="policy", context=arena.context)
    sampling = Sampling(temperature=config.temperature, max_tokens=config.max_tokens)
    agent = Agent(player, arena.dialect, sampling, arena.limits)
    settings = RolloutSettings(run=f"grpo/{seed}/{step}", observation_budget=arena.observation_budget)
    jobs = [Job(task, number) for task in tasks for number in range(config.group_size)]
    traces = await run_jobs(arena.environment, jobs, agent, concurrency=len(jobs), settings=settings)
    size = config.group_size
    return [traces[start : start + size] for start in range(0, len(traces), size)]


def _validate(policy: Policy, arena: Arena, config: GRPOConfig) -> Solved:
    """Which validation tasks the present weights solve greedily."""
    player = LocalModel(policy.engine, policy.renderer, name="policy", context=arena.context)
    agent = Agent(player, arena.dialect, Sampling(temperature=0.0, max_tokens=config.max_tokens), arena.limits)
    settings = RolloutSettings(run="grpo/validation", observation_budget=arena.observation_budget)
    jobs = [Job(task, 0) for task in arena.validation]
    traces = asyncio.run(run_jobs(arena.environment, jobs, agent, settings=settings)) if jobs else []
    judged = {trace.task_id: trace.score.success for trace in traces if trace.score is not None}
    return {task: success for task, success in judged.items() if success is not None}


def training_rows(groups: Sequence[Sequence[Trace]], min_spread: float = 0.0) -> list[Row]:
    """Rows of all attempts that teach something: groups without differences and unscored attempts are left out."""
    rows: list[Row] = []
    for group in groups:
        advantages = group_advantages([reward_of(trace) for trace in group], min_spread=min_spread)
        for trace, advantage in zip(group, advantages, strict=True):
            if advantage:
                rows.extend(rows_of(trace, advantage))
    return rows


def reward_of(trace: Trace) -> float | None:
    """The total reward, or None for an attempt that was not scored."""
    return trace.score.rewards["total"] if trace.score is not None and trace.score.rewards else None


def _update(policy: Policy, optimizer: Any, rows: Sequence[Row], config: GRPOConfig) -> Update:
    pad = policy.loaded.tokenizer.pad_token_id
    return update(policy.loaded.model, optimizer, rows, config, pad=pad, reference=policy.reference)


def describe(
    groups: Sequence[Sequence[Trace]], rows: Sequence[Row], done: Sequence[Update], min_spread: float
) -> dict[str, Any]:
    """The numbers of one step for the log."""
    traces = [trace for group in groups for trace in group]
    scored = [trace.score for trace in traces if trace.score is not None and trace.score.rewards]
    rewards = [[reward_of(trace) for trace in group] for group in groups]
    flat = [group for group in rewards if not any(group_advantages(group, min_spread=min_spread))]
    means = (
        {name: round(fmean(score.rewards[name] for score in scored), 4) for name in ("r1", "r2", "r3", "r4", "total")}
        if scored
        else {}
    )
    facts: dict[str, Any] = {
        **means,
        "success": round(fmean(bool(score.success) for score in scored), 4) if scored else None,
        "attempts": len(traces),
        "errors": len(traces) - len(scored),
        "flat_groups": len(flat),
        "rows": len(rows),
        "forks": max(0, len(rows) - len({id(trace) for trace in traces})),
        "sampled_tokens": sum(trace.usage.output_tokens for trace in traces),
    }
    if done:
        last = done[-1]
        facts |= {
            "loss": round(last.loss, 5),
            "kl": round(last.kl, 5),
            "gap": round(done[0].gap, 6),
            "clipped_share": round(last.clipped_share, 4),
            "grad_norm": round(last.grad_norm, 4),
            "trained_tokens": last.trained_tokens,
        }
    return facts
