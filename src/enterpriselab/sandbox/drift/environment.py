"""DriftedEnvironment: the same world behind the tools of a plan. Strict: old names and old types are refused."""

import difflib
import re
from functools import cached_property
from typing import Any, Self

from enterpriselab.core.changes import CallRecord
from enterpriselab.core.errors import ToolError
from enterpriselab.core.tools import ToolSpec
from enterpriselab.sandbox.drift.plan import Drift, Plan, ToolDrift, made_plan
from enterpriselab.sandbox.drift.specs import drifted_specs, renamed
from enterpriselab.sandbox.drift.words import with_names
from enterpriselab.sandbox.environment import Environment, EpisodeLike
from enterpriselab.sandbox.registry import canonical_arguments
from enterpriselab.sandbox.wrapped import WrappedEnvironment, WrappedEpisode


class DriftedEnvironment(WrappedEnvironment):
    """An environment whose tools changed. Its tables and states are those of the inner one."""

    def __init__(self, inner: Environment, drift: Drift) -> None:
        super().__init__(inner)
        self.drift = drift
        self.plan: Plan = made_plan(inner.registry, drift)

    @cached_property
    def registry(self) -> dict[str, ToolSpec]:
        """The tools under the plan."""
        return drifted_specs(self.inner.registry, self.plan)

    @cached_property
    def old_names(self) -> dict[str, str]:
        """New name -> old name of every tool that there is."""
        return {self.plan.names.get(old, old): old for old in self.inner.registry if old not in self.plan.gone}

    def episode(self, principal: str | None = None, *, seed: int = 0) -> "DriftedEpisode":
        """A fresh episode acting as `principal`."""
        return DriftedEpisode(self.inner.episode(principal, seed=seed), self)


class DriftedEpisode(WrappedEpisode):
    """One episode of a drifted environment. Its ledger has the new names, the inner one has the old ones."""

    def __init__(self, inner: EpisodeLike, environment: DriftedEnvironment) -> None:
        super().__init__(inner)
        self._environment = environment

    def _around(self, inner: EpisodeLike) -> Self:
        return type(self)(inner, self._environment)

    def _passed_on(self, tool: str, arguments: dict[str, Any], principal: str | None) -> CallRecord:
        environment = self._environment
        old = environment.old_names.get(tool)
        if old is None:
            raise _no_such_tool(tool, environment)
        spec = environment.registry[tool]
        drift = environment.plan.tools.get(old) or ToolDrift("kept", tool, "")
        given = _declared(spec, drift, arguments)
        record = self.inner.call(old, _old_arguments(drift, given), principal=principal)
        error = record.error and _told(record.error, environment.inner.registry[old], spec, environment.plan)
        return CallRecord(record.index, tool, given, record.principal, record.at, record.result, error, record.changes)


def _no_such_tool(tool: str, environment: DriftedEnvironment) -> ToolError:
    """As a service answers: what was retired is announced with its successor, what was renamed is just not there."""
    drift = environment.plan.tools.get(tool)
    if drift is not None and drift.fate == "replaced":
        return ToolError(
            "not_found", f"{tool} was retired; {drift.name} replaces it.", field="name", accepted=[drift.name]
        )
    if drift is not None and drift.fate == "retired":
        return ToolError("not_found", f"{tool} was retired and has no successor.", field="name")
    near = difflib.get_close_matches(tool, list(environment.registry), n=3)
    return ToolError("not_found", f"There is no tool {tool!r}.", field="name", accepted=near or None)


def _declared(spec: ToolSpec, drift: ToolDrift, given: dict[str, Any]) -> dict[str, Any]:
    """Arguments under the names that the tool declares now. Raises ToolError for an old name that it has no more."""
    former = [name for name in given if name in drift.parameters and name not in spec.parameters]
    named = given if former else canonical_arguments(spec, given)
    strange = former or [name for name in named if name not in spec.parameters]
    if strange and (former or spec.input_schema.get("additionalProperties") is False):
        near = difflib.get_close_matches(strange[0], list(spec.parameters), n=1)
        hint = f", did you mean '{near[0]}'?" if near else ""
        text = f"'{strange[0]}' is not a parameter{hint}"
        raise ToolError("invalid", text, field=strange[0], accepted=list(spec.parameters))
    return named


def _old_arguments(drift: ToolDrift, given: dict[str, Any]) -> dict[str, Any]:
    """What the inner tool is told. Raises ToolError("invalid") for a value in a form that is not the new one."""
    old = {one.name: (name, one.form) for name, one in drift.parameters.items() if one.name}
    found: dict[str, Any] = {}
    for name, value in given.items():
        was, form = old.get(name, (name, None))
        found[was] = form.read(name, value) if form else value
    return found


def _told(error: dict[str, Any], old: ToolSpec, new: ToolSpec, plan: Plan) -> dict[str, Any]:
    """An error of the inner tool by the names that the caller knows."""
    names = renamed(plan.tools[old.name]) if old.name in plan.tools else {}
    found = {**error, "message": _message(str(error["message"]), names, plan)}
    if "field" in error:
        first, dot, rest = str(error["field"]).partition(".")
        found["field"] = f"{names.get(first, first)}{dot}{rest}"
    if error.get("accepted") == list(old.parameters):
        found["accepted"] = list(new.parameters)
    return found


def _message(text: str, names: dict[str, str], plan: Plan) -> str:
    def quoted(match: re.Match[str]) -> str:
        return f"{match[1]}'{names.get(match[2], match[2])}{match[3]}'"

    text = re.sub(r"(^|; |did you mean )'([^'.]+)((?:\.[^']*)?)'", quoted, text)
    return with_names(text, plan.names | {old: new for old, new in names.items() if "_" in old})
