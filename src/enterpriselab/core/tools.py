"""ToolSpec: what everybody but the app itself knows of a tool. Derived from a signature or from an MCP listing."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """One tool under the unified action schema.

    `input_schema` and `output_schema` are JSON Schema 2020-12 objects; a property that holds the id of an entity
    carries `x-entity`. `output_schema` is None when the server does not publish one.
    """

    name: str
    app: str
    description: str
    input_schema: dict[str, Any]
    output_schema: dict[str, Any] | None = None
    writes: bool = True
    destructive: bool = False
    idempotent: bool = False
    title: str = ""
    aliases: dict[str, str] = field(default_factory=dict)
    """Accepted synonyms of parameters: {"project": "workspace_id"}."""

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the parameters that must be given."""
        return tuple(self.input_schema.get("required", ()))

    @property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """Parameter name -> its JSON Schema, in declared order."""
        properties: dict[str, dict[str, Any]] = self.input_schema.get("properties", {})
        return properties

    def openai(self) -> dict[str, Any]:
        """The tool in the OpenAI function-calling form."""
        return {
            "type": "function",
            "function": {"name": self.name, "description": self.description, "parameters": self.input_schema},
        }

    def to_json(self) -> dict[str, Any]:
        """All fields as plain JSON, for hashing and storage."""
        return {name: getattr(self, name) for name in self.__slots__}
