"""Arguments held against a foreign tool's JSON Schema before the call, so that refusals name field and alternatives."""

import difflib
import json
from functools import lru_cache
from typing import Any

import jsonschema  # type: ignore[import-untyped]

from enterpriselab.core.errors import ToolError
from enterpriselab.core.hashing import canonical_json
from enterpriselab.core.tools import ToolSpec

MAX_REPORTED = 3


def check_arguments(spec: ToolSpec, arguments: dict[str, Any]) -> None:
    """Raises ToolError("invalid") naming what is missing, unknown or of the wrong kind."""
    unknown = [name for name in arguments if name not in spec.parameters]
    if unknown and spec.input_schema.get("additionalProperties") is not True:
        near = difflib.get_close_matches(unknown[0], list(spec.parameters), n=1)
        hint = f", did you mean '{near[0]}'?" if near else ""
        raise ToolError(
            "invalid", f"'{unknown[0]}' is not a parameter{hint}", field=unknown[0], accepted=list(spec.parameters)
        )
    faults = list(_validator(canonical_json(spec.input_schema)).iter_errors(arguments))
    if faults:
        faults.sort(key=lambda fault: (len(fault.absolute_path), str(fault.absolute_path)))
        words = "; ".join(_words(fault) for fault in faults[:MAX_REPORTED])
        more = f"; and {len(faults) - MAX_REPORTED} more" if len(faults) > MAX_REPORTED else ""
        raise ToolError("invalid", words + more, field=_field(faults[0]), accepted=_accepted(faults[0], spec))


def _words(fault: Any) -> str:
    if fault.validator == "required":
        return f"'{_missing(fault)}' is required"
    shown = str(fault.message)
    return f"'{_field(fault)}': {shown if len(shown) <= 160 else shown[:157] + '...'}"


def _missing(fault: Any) -> str:
    names = [name for name in fault.validator_value if name not in fault.instance]
    return ".".join([*map(str, fault.absolute_path), names[0] if names else ""])


def _field(fault: Any) -> str | None:
    if fault.validator == "required":
        return _missing(fault)
    return ".".join(map(str, fault.absolute_path)) or None


def _accepted(fault: Any, spec: ToolSpec) -> Any:
    if fault.validator == "required":
        return list(spec.parameters) if not fault.absolute_path else fault.validator_value
    return fault.validator_value if fault.validator in ("enum", "type") else None


@lru_cache(maxsize=2048)
def _validator(schema: str) -> Any:
    """The validator of a schema as canonical JSON; schemas name their own dialect, or none."""
    parsed = json.loads(schema)
    kind = jsonschema.validators.validator_for(parsed, default=jsonschema.Draft202012Validator)
    return kind(parsed)
