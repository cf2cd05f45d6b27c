"""The /api endpoints in the words of OpenAPI 3.1, derived from their table."""

from collections.abc import Iterable
from typing import Any

from enterpriselab import __version__
from enterpriselab.sandbox.gym.admin import Endpoint

_JSON = "application/json"


def openapi(server: str, endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """The document of one server."""
    paths: dict[str, Any] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {"openapi": "3.1.0", "info": {"title": server, "version": __version__}, "paths": paths}


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    responses = {"200": {"description": "Done."}, "4XX": {"description": "Refused; `detail` says why."}}
    operation: dict[str, Any] = {"summary": endpoint.about, "responses": responses}
    if endpoint.method == "GET":
        operation["parameters"] = [
            {"name": field.name, "in": "query", "required": field.required, "description": field.about}
            | {"schema": {"type": "string"}}
            for field in endpoint.fields
        ]
        return operation
    schema = {
        "type": "object",
        "properties": {field.name: {"type": "string", "description": field.about} for field in endpoint.fields},
        "required": [field.name for field in endpoint.fields if field.required],
    }
    operation["requestBody"] = {"required": True, "content": {_JSON: {"schema": schema}}}
    return operation
