"""Types of tool parameters and results: ids typed by entity, dates, instants, e-mail addresses, pages of a list."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from typing_extensions import TypedDict

from enterpriselab.core.clock import format_instant, parse_instant

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entity:
    """Marks a parameter or field as the id of an entity: `EmployeeId = Annotated[str, Entity("employee")]`.

    The name goes into the JSON Schema as `x-entity`; equal names make exact data-flow edges between tools.
    """

    name: str
    example: str | int | None = None

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        json_schema = handler(schema)
        json_schema["x-entity"] = self.name
        if self.example is not None:
            json_schema["examples"] = [self.example]
        return json_schema


@dataclass(frozen=True, slots=True)
class Meaning:
    """Marks a value that is no id but is searched and referred to by people (a title, a name): `x-meaning`."""

    name: str

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        json_schema = handler(schema)
        json_schema["x-meaning"] = self.name
        return json_schema


def _check_date(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError("a date must be YYYY-MM-DD")
    date.fromisoformat(text)
    return text


def _check_instant(text: str) -> str:
    if not re.match(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}", text):
        raise ValueError("a date-time must be ISO 8601, for example 2026-03-02T14:30:00Z")
    return format_instant(parse_instant(text))


def _check_email(text: str) -> str:
    if not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]+", text):
        raise ValueError("an e-mail address must look like name@domain.example")
    return text.lower()


Date = Annotated[str, AfterValidator(_check_date), Field(json_schema_extra={"format": "date"})]
"""A calendar day, 'YYYY-MM-DD'."""
DateTime = Annotated[str, AfterValidator(_check_instant), Field(json_schema_extra={"format": "date-time"})]
"""An instant, ISO 8601; normalized to UTC with 'Z'."""
Email = Annotated[str, AfterValidator(_check_email), Field(json_schema_extra={"format": "email"})]
"""An e-mail address, lower-cased."""
PageNumber = Annotated[int, Field(ge=1, le=1_000_000)]
PerPage = Annotated[int, Field(ge=1, le=100)]


class Page(TypedDict, Generic[T]):
    """One page of a list: the rows, and how many there are in all."""

    items: list[T]
    total: int
    page: int
    per_page: int


def page_of(items: list[Any], *, total: int, page: int, per_page: int) -> Any:
    """A Page of rows that were already cut to the page."""
    return {"items": items, "total": total, "page": page, "per_page": per_page}
