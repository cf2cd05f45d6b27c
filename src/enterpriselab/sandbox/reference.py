"""Running a reference: its calls in order, arguments bound to earlier results."""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from enterpriselab.core.changes import CallRecord
from enterpriselab.core.errors import EnterpriseLabError
from enterpriselab.core.tasks import Step
from enterpriselab.sandbox.environment import EpisodeLike
from enterpriselab.sandbox.flaky import is_passing


class BindingError(EnterpriseLabError):
    """A {"$from": ...} names a step or a path that has no value."""


def is_binding(value: Any) -> bool:
    """Is this value bound to an earlier result?"""
    return isinstance(value, dict) and set(value) == {"$from"}


def is_text_form(value: Any) -> bool:
    """Is this a value that is to be written as text when its bindings are known?"""
    return isinstance(value, dict) and "$text" in value and set(value) <= {"$text", "spelling"}


def as_text(value: Any, spelling: Mapping[str, str] = MappingProxyType({})) -> Any:
    """A number or a list of plain values as one text, items separated by commas; None stays None.

    `spelling` exchanges texts. An item that holds a comma, a quote or outer space is put in double quotes.
    """
    if isinstance(value, list):
        return ",".join(_quoted(str(as_text(item, spelling))) for item in value)
    if isinstance(value, str):
        return spelling.get(value, value)
    return value if value is None else json.dumps(value)


def _quoted(item: str) -> str:
    if item and item == item.strip() and not any(mark in item for mark in ',"\r\n'):
        return item
    return '"' + item.replace('"', '""') + '"'


def bind(value: Any, results: Sequence[dict[str, Any] | None]) -> Any:
    """`value` with every binding replaced by what the earlier results say. Raises BindingError."""
    if is_text_form(value):
        return as_text(bind(value["$text"], results), value.get("spelling", {}))
    if is_binding(value):
        source = value["$from"]
        index, path = source["step"], source["path"]
        if not 0 <= index < len(results) or results[index] is None:
            raise BindingError(f"step {index} has no result to take {path!r} from")
        return read_path(results[index], path)
    if isinstance(value, dict):
        return {key: bind(item, results) for key, item in value.items()}
    if isinstance(value, list):
        return [bind(item, results) for item in value]
    return value


def read_path(value: Any, path: str) -> Any:
    """The value at a dotted path such as 'items.0.employee_id' or 'items.name=Ada.employee_id'. Raises BindingError."""
    for part in path.split("."):
        try:
            value = row_of(value, part) if isinstance(value, list) else value[part]
        except (KeyError, IndexError, ValueError, TypeError):
            raise BindingError(f"the result has nothing at {path!r} (stopped at {part!r})") from None
    return value


def row_of(rows: list[Any], part: str) -> Any:
    """The row of a list by its number, or the first one in which a field has a value: 'name=Ada'."""
    name, equals, wanted = part.partition("=")
    if not equals:
        return rows[int(part)]
    matches = [row for row in rows if str(row[name]) == wanted]
    return matches[0]


def run_reference(episode: EpisodeLike, steps: Sequence[Step]) -> list[CallRecord]:
    """Run all steps; stops after the first call that fails (its record is the last one).

    What a flaky environment lets fail is called again: then a step has two records.

    Raises:
        BindingError: a binding has no value, usually because an earlier result is not what it was.
    """
    records: list[CallRecord] = []
    results: list[dict[str, Any] | None] = []
    for step in steps:
        arguments = bind(step.arguments, results)
        record = episode.call(step.tool, arguments)
        records.append(record)
        if is_passing(record):
            record = episode.call(step.tool, arguments)
            records.append(record)
        results.append(record.result)
        if not record.ok:
            break
    return records
