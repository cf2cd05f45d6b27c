"""@tool: a typed function becomes a Tool. Signature, docstring and return type are the whole specification."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from pydantic import BaseModel, ValidationError

from enterpriselab.core.tools import ToolSpec
from enterpriselab.toolkit.context import Context
from enterpriselab.toolkit.schema import (
    clean_schema,
    input_model,
    invalid_arguments,
    output_schema,
    refuse_unstorable,
    split_docstring,
)

ToolFunction = Callable[..., Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Tool:
    """One function of an app, with what is derived from its signature."""

    name: str
    function: ToolFunction
    model: type[BaseModel]
    permission: str | None
    spec: ToolSpec
    """Spec without an app; the app's name is filled in when the app is assembled."""

    def arguments(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Validated keyword arguments with defaults filled in. Raises ToolError("invalid")."""
        refuse_unstorable(given)
        try:
            return dict(self.model.model_validate(dict(given)).__dict__)
        except ValidationError as error:
            raise invalid_arguments(error, list(self.model.model_fields)) from None

    def run(self, context: Context, given: Mapping[str, Any]) -> dict[str, Any]:
        """Check arguments and permission, then run the function. The caller owns the savepoint."""
        arguments = self.arguments(given)
        if self.permission is not None:
            context.require(self.permission)
        return dict(self.function(context, **arguments))


def tool(
    *, writes: bool = False, destructive: bool = False, idempotent: bool | None = None, permission: str | None = None
) -> Callable[[ToolFunction], Tool]:
    """Turn `def name(ctx: Context, arg: Type, ...) -> SomeTypedDict` into a Tool.

    Args:
        writes: a successful call may change rows. A test holds it against observed changes.
        destructive: it may remove or overwrite what is hard to get back (implies writes).
        idempotent: repeating the call with the same arguments changes nothing more; reads always are.
        permission: name in the app's permission table that the principal must hold.
    """

    def build(function: ToolFunction) -> Tool:
        description, described = split_docstring(function)
        model = input_model(function, described)
        schema = clean_schema(model.model_json_schema())
        schema.setdefault("properties", {})
        schema["additionalProperties"] = False
        spec = ToolSpec(
            name=function.__name__,
            app="",
            description=description,
            input_schema=schema,
            output_schema=output_schema(function),
            writes=writes or destructive,
            destructive=destructive,
            idempotent=not (writes or destructive) if idempotent is None else idempotent,
        )
        return Tool(function.__name__, function, model, permission, spec)

    return build


def tools_in(*modules: ModuleType) -> tuple[Tool, ...]:
    """All tools defined in the modules, in the order of their definition."""
    return tuple(value for module in modules for value in vars(module).values() if isinstance(value, Tool))
