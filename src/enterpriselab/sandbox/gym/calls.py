"""A tool call as a request brings it: which database and who acts stand in its headers; the answer is one text.

What a caller could mend is a text marked as an error, on every wire the same.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from enterpriselab.core.errors import UsageError
from enterpriselab.sandbox.gym.databases import Databases
from enterpriselab.sandbox.mcp.access import bearer
from enterpriselab.sandbox.mcp.handler import as_text
from enterpriselab.toolkit import GymProfile

DATABASE_HEADER = "x-database-id"
PARITY = "parity"
"""The level at which shapes are those of the original servers, faults included."""
NO_DATABASE = f"Error: {DATABASE_HEADER} header is required for database isolation"
_CODE = re.compile(r"\b[A-Z]{2,}(?:_[A-Z]+)+\b")
_ERROR_CODES = {"not_found": "NOT_FOUND", "forbidden": "FORBIDDEN", "conflict": "CONFLICT"}
Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool call gives: a text, and the object that it is the text of where it is one."""

    text: str
    is_error: bool = False
    result: dict[str, Any] | None = None


def run_call(
    databases: Databases, profile: GymProfile, headers: Headers, name: str, arguments: dict[str, Any]
) -> Answer:
    """Run a tool on the database, and as the person, that the headers name.

    Raises:
        EpisodeError: the tool is broken; nothing was changed.
    """
    key = headers.get(DATABASE_HEADER, "").strip()
    if not key:
        return Answer(NO_DATABASE, is_error=True)
    principal = principal_of(profile, headers)
    if principal is None and profile.token_required:
        return Answer(f"Error: {profile.token_headers[0]} header is required", is_error=True)
    try:
        record = databases.call(key, name, arguments, principal=principal)
        parity = record.error is not None and databases.level_of(key) == PARITY
    except UsageError as error:
        return Answer(f"Error: {error.message}", is_error=True)
    if record.error is None:
        return Answer(as_text(record.payload), result=record.payload)
    text = parity_text(name, record.error) if parity else as_text(record.payload)
    return Answer(text, is_error=True)


def principal_of(profile: GymProfile, headers: Headers) -> str | None:
    """Who acts: the first token header that says something, else a bearer token, else nobody in particular."""
    given = (headers.get(header, "").strip() for header in profile.token_headers)
    token = next((value for value in given if value), None) or bearer(headers)
    return None if token is None else profile.token_aliases.get(token, token)


def parity_text(tool: str, error: dict[str, Any]) -> str:
    """A refusal as the original servers word it: plain, or in their envelope where it has a code word."""
    code = _CODE.search(error["message"])
    if code is None:
        return f"API Error [{tool}]: {error['message']}"
    detail = {"code": code[0], "message": error["message"], **({"field": error["field"]} if "field" in error else {})}
    kind = _ERROR_CODES.get(error["kind"], "VALIDATION_ERROR")
    envelope = {"detail": {"error": True, "error_code": kind, "details": [detail]}}
    return f"API Error [{tool}]: {json.dumps(envelope, ensure_ascii=False)}"
