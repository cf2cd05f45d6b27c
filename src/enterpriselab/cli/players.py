"""Who plays and how: a model by its name, the way an agent asks it, what it is given. Libraries load when used."""

import importlib
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from enterpriselab.agents.dialects import DIALECTS, Dialect
from enterpriselab.agents.loop import Agent
from enterpriselab.agents.models.base import Model, Sampling, Thinking
from enterpriselab.agents.strategies import STRATEGIES
from enterpriselab.cli.models import Kind, check_model_path
from enterpriselab.cli.settings import AgentConfig
from enterpriselab.core.config import Config
from enterpriselab.core.errors import UsageError
from enterpriselab.core.hashing import content_hash
from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import BASELINES
from enterpriselab.rollouts.examples import choose_examples
from enterpriselab.rollouts.plans import ORACLE, plans_for
from enterpriselab.rollouts.rollout import RolloutSettings
from enterpriselab.rollouts.toolsets import tool_set

REMOTE: dict[Kind, tuple[str, str, str]] = {
    "openai": ("enterpriselab.agents.models.openai_compatible", "OpenAICompatible", "openai"),
    "vllm": ("enterpriselab.agents.models.openai_compatible", "OpenAICompatible", "openai"),
    "anthropic": ("enterpriselab.agents.models.anthropic", "Anthropic", "anthropic"),
    "litellm": ("enterpriselab.agents.models.litellm", "LiteLLM", "litellm"),
}
"""Kind -> module, class, and the client library, which the extra of the same name brings."""
KEYS: dict[Kind, str] = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}
"""Variable of the key where the provider itself is asked."""
VLLM = "http://127.0.0.1:8000/v1"
"""Where a vLLM server listens unless it was told otherwise."""
NO_PLAN = "none"


class PlayerConfig(Config):
    """The model that plays. A key itself is never stored, only the variable that holds it."""

    kind: Kind = "hf"
    name: str = ""
    url: str = ""
    key_env: str = ""
    stream: bool = False
    extra: dict[str, Any] = {}
    """More keys of the request body, for what only this server knows."""
    prices: str = ""
    """A price table; empty means the one that ships with the package."""


class AskConfig(Config):
    """How an agent goes about a task, beyond the dialect, and what it is given."""

    strategy: Literal["direct", "planner", "decomposer"] = "direct"
    thinking: Thinking | None = None
    temperature: float = 0.0
    tools: str = "oracle"
    """Tool set: oracle, +5, +10, +15, all, top20."""
    plan: str = NO_PLAN
    """none, oracle, or a file of plans."""
    shots: int = 0
    shots_from: str = ""
    files: str = ""
    """Hash of the files named above: other plans or examples are another run."""


@dataclass(frozen=True, slots=True)
class Given:
    """What holds for all rollouts, with what is to be said about it."""

    settings: RolloutSettings
    facts: dict[str, Any]


def check_player(player: PlayerConfig, ask: AskConfig, agent: AgentConfig) -> None:
    """Find out what can be known before anything is played. Raises UsageError."""
    if player.kind == "hf":
        check_model_path(player.name)
    if player.kind not in REMOTE:
        asked: dict[str, Any] = {"--endpoint": player.url, "--key-env": player.key_env, "--prices": player.prices}
        asked |= {"--stream": player.stream, "--extra": player.extra, "--thinking": ask.thinking}
        _refuse(asked, f"a model of kind {player.kind!r} is behind no endpoint")
    if player.kind == "litellm":
        _refuse({"--stream": player.stream}, "LiteLLM takes a stream that was cut for one that has ended")
    if ask.thinking and ask.temperature:
        text = "--temperature cannot be used with --thinking: models that think sample as they do."
        raise UsageError(text, hint="leave --temperature out")
    if player.kind != "baseline" and _folder(player.name) in BASELINES:
        text = f"{player.name!r} is called like a baseline, and its attempts would be taken for those of the baseline."
        raise UsageError(text, hint="serve or store the model under another name")
    if player.url and not re.match(r"https?://[^/\s]", player.url):
        raise UsageError(f"{player.url!r} is no address of a server.", hint="--endpoint http://127.0.0.1:8001/v1")
    if player.kind == "baseline":
        if player.name not in BASELINES:
            raise UsageError(f"There is no baseline {player.name!r}.", hint=f"use one of {', '.join(BASELINES)}")
        plan = "" if ask.plan == NO_PLAN else ask.plan
        _refuse({"--plan": plan, "--shots": ask.shots}, "a baseline reads no plans and no examples")
        if agent.dialect != "function_calling" or ask.strategy != "direct":
            raise UsageError("A baseline plays by itself: it has no other --agent.", hint="leave --agent out")
    if ask.strategy == "planner" and ask.plan != NO_PLAN:
        raise UsageError("A planner makes its plan itself.", hint="leave --agent planner or --plan out")
    if bool(ask.shots) != bool(ask.shots_from):
        raise UsageError("--shots and --shots-from belong together.", hint="--shots 2 --shots-from TRAJECTORIES")
    tool_set(ask.tools)
    if player.kind in REMOTE:
        package = REMOTE[player.kind][2]
        if find_spec(package) is None:
            text = f"A model of kind {player.kind!r} needs the package {package}."
            raise UsageError(text, hint=f"pip install 'enterpriselab[{package}]'")
        endpoint_of(player)


def _folder(model: str) -> str:
    """The part of a name that its attempts are stored under."""
    *_, before, last = ["", *Path(model).parts]
    return before if last == "model" else last


def _refuse(asked: dict[str, Any], why: str) -> None:
    named = [name for name, value in asked.items() if value]
    if named:
        raise UsageError(f"{named[0]} cannot be used here: {why}.", hint=f"leave {named[0]} out")


def endpoint_of(player: PlayerConfig) -> Any:
    """Where a remote model is. Raises UsageError: the key is not set, the price table cannot be read."""
    from enterpriselab.agents.models.endpoint import Endpoint
    from enterpriselab.agents.models.prices import TABLE

    prices = Path(player.prices) if player.prices else TABLE
    own = player.kind == "vllm" and not player.prices
    endpoint = Endpoint(
        player.name,
        player.url or (VLLM if player.kind == "vllm" else None),
        _key(player),
        stream=player.stream,
        extra=player.extra,
        prices=None if own else prices,
    )
    endpoint.price_table()
    return endpoint


def _key(player: PlayerConfig) -> str:
    variable = player.key_env or ("" if player.url else KEYS.get(player.kind, ""))
    if not variable:
        return "none" if player.url or player.kind != "litellm" else ""
    key = os.environ.get(variable)
    if not key:
        raise UsageError(f"The variable {variable} is not set.", hint=f"export {variable}=...")
    return key


def model_of(player: PlayerConfig, *, context: int, threads: int, label: str) -> Model:
    """The model, ready to play. Raises UsageError: its weights cannot be loaded."""
    if player.kind in REMOTE:
        module, name, _ = REMOTE[player.kind]
        made: Model = getattr(importlib.import_module(module), name)(endpoint_of(player))
        return made
    from enterpriselab.training.models import local_model, set_threads
    from enterpriselab.training.quiet import quiet

    quiet()
    return local_model(player.name, name=label, context=context, threads=set_threads(threads))


def parse_agent(text: str) -> tuple[str, str]:
    """(dialect, strategy) of "react", "planner", "react+decomposer". Raises UsageError."""
    dialect, strategy = "function_calling", "direct"
    for part in text.split("+"):
        if part in DIALECTS:
            dialect = part
        elif part in STRATEGIES:
            strategy = part
        else:
            known = ", ".join([*DIALECTS, *STRATEGIES])
            raise UsageError(f"There is no agent {part!r}.", hint=f"join a dialect and a strategy with +: {known}")
    return dialect, strategy


def parse_extra(text: str) -> dict[str, Any]:
    """The keys in the JSON object of --extra. Raises UsageError."""
    hint = """--extra '{"top_k": 20}'"""
    try:
        found = json.loads(text or "{}")
    except ValueError as error:
        raise UsageError(f"--extra is not valid JSON: {error}.", hint=hint) from None
    if not isinstance(found, dict):
        raise UsageError("--extra must be one JSON object.", hint=hint)
    return found


def agent_of(model: Model, ask: AskConfig, agent: AgentConfig, dialect: Dialect) -> Agent:
    """The agent that plays the model."""
    sampling = Sampling(temperature=ask.temperature, max_tokens=agent.max_tokens, thinking=ask.thinking)
    return Agent(model, dialect, sampling, agent.limits, STRATEGIES[ask.strategy])


def given_of(ask: AskConfig, tasks: Sequence[Task], *, seed: int) -> Given:
    """Tools, plans and examples of every rollout. Raises UsageError: a file is missing, or examples overlap."""
    plans = {} if ask.plan == NO_PLAN else plans_for(ask.plan, tasks)
    facts: dict[str, Any] = {}
    settings = RolloutSettings(tools=tool_set(ask.tools, seed=seed), plans=plans)
    if ask.shots:
        found = choose_examples(Path(ask.shots_from), ask.shots, tasks, seed=seed)
        settings, facts = replace(settings, examples=found.chosen), {"examples_left_out": found.overlapping}
    return Given(settings, facts)


def hash_of_files(plan: str, shots_from: str) -> str:
    """Of what the plan file and the example file hold; empty where none is named. Missing files are found later."""
    named = [name for name in (plan, shots_from) if name not in ("", NO_PLAN, ORACLE)]
    there = [Path(name).read_text(encoding="utf-8", errors="replace") for name in named if Path(name).is_file()]
    return content_hash(there) if there else ""
