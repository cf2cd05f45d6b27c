"""Faulty references: dropped, doubled or wrong writes, wrong entity, off-by-one values, extra writes, no refusal."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from enterpriselab.core.changes import CallRecord
from enterpriselab.core.tasks import Step, Task
from enterpriselab.sandbox.environment import Environment
from enterpriselab.sandbox.reference import BindingError, is_binding, read_path, row_of
from enterpriselab.scoring.refusals import REASONS, refusal

Mutant = tuple[str, tuple[Step, ...]]
_NUMBERED = re.compile(r"([A-Z][A-Za-z]*[_-])(\d+)")
"""Ids such as INC_012."""


def mutants(environment: Environment, task: Task, records: Sequence[CallRecord]) -> Iterator[Mutant]:
    """Every mutant of the reference, with a label."""
    steps = task.reference
    for index, step in enumerate(steps):
        spec = environment.registry[step.tool]
        if not spec.writes:
            continue
        yield f"step {index} {step.tool} dropped", drop_step(steps, index)
        yield f"step {index} {step.tool} done twice", repeat_step(steps, index)
        for name, value in step.arguments.items():
            for label, wrong in wrong_values(value, records, spec.parameters.get(name, {})):
                changed = step.model_copy(update={"arguments": {**step.arguments, name: wrong}})
                yield f"step {index} {name} {label}", (*steps[:index], changed, *steps[index + 1 :])
                if label.endswith("another entity"):
                    yield f"step {index} also for {label}", (*steps, changed)
            if name not in spec.required:
                shorter = {key: kept for key, kept in step.arguments.items() if key != name}
                changed = step.model_copy(update={"arguments": shorter})
                yield f"step {index} {name} left out", (*steps[:index], changed, *steps[index + 1 :])
    yield from _tempted(task)


def _tempted(task: Task) -> Iterator[Mutant]:
    """What an agent does that cannot say no: the calls in tags["temptation"], one more each time."""
    forbidden = [Step.model_validate(step) for step in task.tags.get("temptation", ())]
    for length in range(1, len(forbidden) + 1):
        yield f"done all the same, {length} calls", (*task.reference, *forbidden[:length])


def wrong_answers(task: Task) -> Iterator[tuple[str, str]]:
    """Closing words that must not pass a task that asks for values or must be declined."""
    if any(verifier.kind == "answer" for verifier in task.verifiers):
        yield "empty answer", ""
        yield "prompt as answer", task.prompt
        for verifier in task.verifiers:
            for value in verifier.params.get("values", ()) if verifier.kind == "answer" else ():
                if isinstance(value, (int, float)) and not isinstance(value, bool):
                    yield "off by one", f"It is {value + 1}."
    for verifier in task.verifiers:
        if verifier.kind == "reason":
            yield "said to be done", "Done, everything is as you asked."
            yield "declined without a reason", "I cannot do this."
            yield "declined with every reason", " ".join(refusal(reason) for reason in REASONS)
            for reason in REASONS:
                if reason != verifier.params["reason"]:
                    yield f"declined for {reason}", refusal(reason)


def drop_step(steps: Sequence[Step], index: int) -> tuple[Step, ...]:
    """The steps without one, and without those that need its result."""
    kept: list[Step] = []
    gone = {index}
    renumbered: dict[int, int] = {}
    for position, step in enumerate(steps):
        if position in gone or sources(step.arguments) & gone:
            gone.add(position)
            continue
        renumbered[position] = len(kept)
        kept.append(step.model_copy(update={"arguments": renumber(step.arguments, renumbered)}))
    return tuple(kept)


def repeat_step(steps: Sequence[Step], index: int) -> tuple[Step, ...]:
    """The steps with one of them done twice; later bindings keep their source."""
    return (*steps, steps[index])


def sources(value: Any) -> set[int]:
    """Indexes of the steps that a value is bound to."""
    if is_binding(value):
        return {value["$from"]["step"]}
    if isinstance(value, dict):
        return set().union(*map(sources, value.values())) if value else set()
    if isinstance(value, list):
        return set().union(*map(sources, value)) if value else set()
    return set()


def renumber(value: Any, positions: dict[int, int]) -> Any:
    """The value with its bindings pointing to the new positions of their steps."""
    if is_binding(value):
        return {"$from": {**value["$from"], "step": positions[value["$from"]["step"]]}}
    if isinstance(value, dict):
        return {key: renumber(item, positions) for key, item in value.items()}
    return [renumber(item, positions) for item in value] if isinstance(value, list) else value


def wrong_values(value: Any, records: Sequence[CallRecord], schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Plausible wrong values in place of `value`."""
    if is_binding(value):
        other = _sibling(value["$from"], records) or _neighbour(_bound(value["$from"], records), records)
        if other is not None:
            yield "another entity", other
    elif isinstance(value, bool):
        yield "negated", not value
    elif isinstance(value, (int, float)):
        yield "off by one", value + 1
    elif isinstance(value, str) and value:
        yield from _wrong_text(value, records, schema)
    elif isinstance(value, list) and len(value) > 1:
        yield "one item short", value[:-1]
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from ((f"{key} {label}", {**value, key: wrong}) for label, wrong in wrong_values(item, records, {}))


def _wrong_text(value: str, records: Sequence[CallRecord], schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    others = [choice for choice in _choices(schema) if choice != value]
    if others:
        yield "another choice", others[0]
    elif (moved := _moved(value)) is not None:
        yield moved
    elif _NUMBERED.fullmatch(value):
        yield "another entity", _neighbour(value, records)
    else:
        yield "altered text", f"{value} x"


def _moved(value: str) -> tuple[str, str] | None:
    """A day or an hour later, where the text is a date or a time that has one."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            return "one day later", (date.fromisoformat(value) + timedelta(days=1)).isoformat()
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}Z?", value):
            moment = datetime.fromisoformat(value.removesuffix("Z")) + timedelta(hours=1)
            return "one hour later", f"{moment.isoformat(sep=value[10])}{value[19:]}"
    except (ValueError, OverflowError):  # 2026-02-30, 9999-12-31
        return None
    return None


def _choices(schema: dict[str, Any]) -> list[Any]:
    """The values that a schema lists, also inside of anyOf."""
    found = [choice for choice in schema.get("enum", ()) if isinstance(choice, str)]
    return found + [choice for option in schema.get("anyOf", ()) for choice in _choices(option)]


def _bound(source: dict[str, Any], records: Sequence[CallRecord]) -> Any:
    return read_path(records[source["step"]].result, source["path"]) if source["step"] < len(records) else None


def _neighbour(value: Any, records: Sequence[CallRecord]) -> str | None:
    """Another id of the same kind that the agent saw, else the next number; None when the value is no numbered id."""
    match = _NUMBERED.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    seen = json.dumps([record.payload for record in records], default=str)
    for other in re.findall(rf"\b{re.escape(match[1])}\d+\b", seen):
        if other != value:
            return str(other)
    return f"{match[1]}{int(match[2]) + 1:0{len(match[2])}d}"


def _sibling(source: dict[str, Any], records: Sequence[CallRecord]) -> Any:
    """The same field of a neighbouring row in the list that the value was taken from."""
    parts = source["path"].split(".")
    rows_at = next((place for place, part in enumerate(parts) if part.isdigit() or "=" in part), None)
    if not rows_at or source["step"] >= len(records):
        return None
    result = records[source["step"]].result
    rows, tail = read_path(result, ".".join(parts[:rows_at])), ".".join(parts[rows_at + 1 :])
    if not isinstance(rows, list):  # a field may be named by a number, too: totals.2026
        return None
    taken = next(index for index, row in enumerate(rows) if row is row_of(rows, parts[rows_at]))
    right = read_path(result, source["path"])
    for other in (taken + 1, taken - 1):
        if not 0 <= other < len(rows):
            continue
        try:
            found = read_path(rows[other], tail) if tail else rows[other]
        except BindingError:
            continue
        if found is not None and found != right:
            return found
    return None
