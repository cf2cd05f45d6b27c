"""Plan: which tools and parameters change and how, as data. Drawn from a share and a seed, equal wherever it is drawn.

A tool is renamed, re-documented or retired; a retired one is replaced by a successor with another name and another
order of parameters, unless it is listed as retired for good. A parameter is renamed, re-typed, re-documented or, when
it is optional and listed, retired. Results stay as they are: references bind to them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from pydantic import Field

from enterpriselab.core.config import Config
from enterpriselab.core.seeds import derive_random, derive_seed
from enterpriselab.core.tasks import Step, Task
from enterpriselab.core.tools import ToolSpec
from enterpriselab.sandbox.drift.forms import Form, form_for
from enterpriselab.sandbox.drift.words import other_name, other_text

ToolFate = Literal["kept", "renamed", "redocumented", "replaced", "retired"]
ParameterFate = Literal["renamed", "retyped", "redocumented", "retired"]


class Drift(Config):
    """How much of an API changes."""

    share: float = Field(ge=0.0, le=1.0)
    """Of the tools, and of the parameters."""
    seed: int = 0
    retired: tuple[str, ...] = ()
    """Tools ("get_site") and optional parameters ("get_site.detail") that may go without a successor."""


@dataclass(frozen=True, slots=True)
class ParameterDrift:
    """What happens to a parameter. A retired one has no name."""

    fate: ParameterFate
    name: str
    description: str
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class ToolDrift:
    """What happens to a tool. A retired one has no name; a kept one has parameters that change."""

    fate: ToolFate
    name: str
    description: str
    parameters: dict[str, ParameterDrift] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """Every tool that changes, by its old name."""

    tools: dict[str, ToolDrift]

    @property
    def names(self) -> dict[str, str]:
        """Old name -> new name, of the tools that have another one now."""
        return {old: drift.name for old, drift in self.tools.items() if drift.name not in ("", old)}

    @property
    def gone(self) -> frozenset[str]:
        """Tools without a successor."""
        return frozenset(old for old, drift in self.tools.items() if drift.fate == "retired")

    def to_json(self) -> dict[str, Any]:
        """Plain JSON form."""
        return {old: asdict(drift) for old, drift in self.tools.items()}


def made_plan(registry: Mapping[str, ToolSpec], drift: Drift) -> Plan:
    """The plan for these tools. A larger share of the same seed changes what a smaller one changes, and more."""
    taken = set(registry)
    parameters = _drawn([(name, one) for name in sorted(registry) for one in registry[name].parameters], drift)
    tools = {name for (name,) in _drawn([(name,) for name in sorted(registry)], drift)}
    found: dict[str, ToolDrift] = {}
    for name in sorted(tools | {tool for tool, _ in parameters}):
        spec = registry[name]
        own = [one for one in spec.parameters if (name, one) in parameters]
        fate = _tool_fate(name, drift) if name in tools else "kept"
        if fate == "retired" and name not in drift.retired:
            fate = "replaced"
        if fate == "retired":
            found[name] = ToolDrift(fate, "", "")
            continue
        tool = _changed_tool(spec, fate, taken, drift)
        taken.add(tool.name)
        found[name] = ToolDrift(fate, tool.name, tool.description, _changed_parameters(spec, own, drift))
    return Plan(found)


def retired_for(registry: Mapping[str, ToolSpec], drift: Drift, tasks: Iterable[Task]) -> tuple[str, ...]:
    """What the drift can retire for good, because none of these tasks needs it."""
    needed = {name for task in tasks for step in calls_of(task) for name in _needed(step)}
    tools = {
        name
        for (name,) in _drawn([(name,) for name in sorted(registry)], drift)
        if _tool_fate(name, drift) == "retired"
    }
    drawn = _drawn([(name, one) for name in sorted(registry) for one in registry[name].parameters], drift)
    optional = {f"{name}.{one}" for name, one in drawn if _parameter_fate(registry[name], one, drift) == "retired"}
    return tuple(sorted((tools | optional) - needed))


def calls_of(task: Task) -> list[Step]:
    """The calls of the reference, and those of an agent that cannot say no."""
    return [*task.reference, *map(Step.model_validate, task.tags.get("temptation", ()))]


def _needed(step: Step) -> list[str]:
    return [step.tool, *(f"{step.tool}.{name}" for name in step.arguments)]


def _drawn(things: list[Any], drift: Drift) -> set[Any]:
    """The share of the things, rounded, that comes first in an order of the seed."""
    order = sorted(things, key=lambda thing: derive_seed("drift", drift.seed, *thing))
    return set(order[: round(drift.share * len(order))])


def _tool_fate(name: str, drift: Drift) -> ToolFate:
    return derive_random("drift of a tool", drift.seed, name).choice(("renamed", "redocumented", "retired"))


def _changed_tool(spec: ToolSpec, fate: ToolFate, taken: set[str], drift: Drift) -> ToolDrift:
    rng = derive_random("new tool", drift.seed, spec.name)
    if fate == "renamed":
        return ToolDrift(fate, other_name(spec.name, taken, rng, prefix=spec.app), spec.description)
    if fate == "replaced":
        name = other_name(spec.name, taken, rng, prefix=spec.app)
        return ToolDrift(fate, name, f"{other_text(spec.description, rng, name=spec.name)} Replaces {spec.name}.")
    text = other_text(spec.description, rng, name=spec.name) if fate == "redocumented" else spec.description
    return ToolDrift(fate, spec.name, text)


def _parameter_fate(spec: ToolSpec, name: str, drift: Drift) -> ParameterFate:
    rng = derive_random("drift of a parameter", drift.seed, spec.name, name)
    fates: list[ParameterFate] = ["renamed", "redocumented"]
    fates += ["retyped"] if form_for(spec.parameters[name], rng) else []
    fates += [] if name in spec.required else ["retired"]
    return rng.choice(fates)


def _changed_parameters(spec: ToolSpec, names: list[str], drift: Drift) -> dict[str, ParameterDrift]:
    """Parameters that change. What cannot be retired, because it is needed, is renamed."""
    taken = set(spec.parameters)
    found: dict[str, ParameterDrift] = {}
    for name in names:
        schema, rng = spec.parameters[name], derive_random("new parameter", drift.seed, spec.name, name)
        fate, text = _parameter_fate(spec, name, drift), str(schema.get("description", ""))
        if fate == "retired" and f"{spec.name}.{name}" in drift.retired:
            found[name] = ParameterDrift(fate, "", "")
        elif fate == "retyped":
            found[name] = ParameterDrift(fate, name, text, form_for(schema, rng))
        elif fate == "redocumented":
            found[name] = ParameterDrift(fate, name, other_text(text, rng, name=name))
        else:
            found[name] = ParameterDrift("renamed", other_name(name, taken, rng, prefix="the"), text)
        taken.add(found[name].name)
    return found
