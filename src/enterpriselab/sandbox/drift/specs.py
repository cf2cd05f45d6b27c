"""Specs of tools as a plan leaves them, and the names that texts about tools mention."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from enterpriselab.core.tools import ToolSpec
from enterpriselab.sandbox.drift.plan import ParameterDrift, Plan, ToolDrift
from enterpriselab.sandbox.drift.words import with_names


def drifted_specs(registry: Mapping[str, ToolSpec], plan: Plan) -> dict[str, ToolSpec]:
    """The registry under the plan, in its order: new name -> spec."""
    found = {}
    for name, spec in registry.items():
        if name not in plan.gone:
            new = drifted_spec(spec, plan)
            found[new.name] = new
    return found


def drifted_spec(spec: ToolSpec, plan: Plan) -> ToolSpec:
    """One tool under the plan. Its documentation knows the new names, as that of a new version does."""
    drift = plan.tools.get(spec.name) or ToolDrift("kept", spec.name, spec.description)
    names = plan.names | renamed(drift)
    properties = {
        _new_name(drift, old): _said(_property(schema, drift.parameters.get(old)), names)
        for old, schema in spec.parameters.items()
        if old not in gone(drift)
    }
    if drift.fate == "replaced":
        properties = dict(reversed(properties.items()))
    schema = {**spec.input_schema, "properties": properties}
    if "required" in schema:
        schema["required"] = [_new_name(drift, old) for old in spec.required]
    aliases = {said: _new_name(drift, old) for said, old in spec.aliases.items() if old not in gone(drift)}
    head, was, tail = drift.description.rpartition(" Replaces ") if drift.fate == "replaced" else ("", "", "")
    text = with_names(head or drift.description, names) + was + tail
    return replace(spec, name=drift.name, description=text, input_schema=schema, aliases=aliases)


def renamed(drift: ToolDrift) -> dict[str, str]:
    """Old name -> new name of the parameters that have another one now."""
    return {old: one.name for old, one in drift.parameters.items() if one.name not in ("", old)}


def gone(drift: ToolDrift) -> frozenset[str]:
    """Parameters without a successor."""
    return frozenset(old for old, one in drift.parameters.items() if one.fate == "retired")


def _new_name(drift: ToolDrift, old: str) -> str:
    return drift.parameters[old].name if old in drift.parameters else old


def _property(schema: dict[str, Any], drift: ParameterDrift | None) -> dict[str, Any]:
    if drift is None:
        return schema
    return drift.form.schema(schema) if drift.form else {**schema, "description": drift.description}


def _said(schema: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    text = schema.get("description")
    return {**schema, "description": with_names(text, names)} if isinstance(text, str) else schema
