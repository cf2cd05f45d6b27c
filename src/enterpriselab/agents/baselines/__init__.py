"""Baselines: what can be had without any model. Every result is shown beside them."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from enterpriselab.agents.baselines.name_match import name_match
from enterpriselab.agents.baselines.random_calls import random_calls
from enterpriselab.agents.dialects import FunctionCalling
from enterpriselab.agents.loop import Agent, Limits
from enterpriselab.agents.models.base import ModelRequest, ModelTurn
from enterpriselab.agents.models.scripted import Script, ScriptedModel
from enterpriselab.core.traces import Usage

REFUSAL = (
    "I cannot do this: it contradicts the policy, or the acting user lacks the permission for it, or the record does "
    "not exist."
)
"""As many reasons at once as an answer may give."""


def _always(text: str) -> Script:
    return lambda request, turn: ModelTurn(text=text)


BASELINES: Mapping[str, Script] = {
    "do_nothing": _always("Done."),
    "refuse_always": _always(REFUSAL),
    "random_calls": random_calls,
    "name_match": name_match,
}
"""Those that need nothing but the request. The reference needs the tasks: see rollouts.demonstrations."""


def baseline_agent(name: str, *, limits: Limits | None = None) -> Agent:
    """A baseline as an agent; it reads structured tools, whatever dialect the models beside it speak."""
    return Agent(ScriptedModel(_free(BASELINES[name]), name=name), FunctionCalling(), limits=limits or Limits())


def _free(script: Script) -> Callable[[ModelRequest, int], ModelTurn]:
    """No tokens, and a price that is known: nothing."""
    return lambda request, turn: replace(script(request, turn), usage=Usage(price_usd=0.0))
