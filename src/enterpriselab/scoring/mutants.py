"""Faulty references: dropped, duplicated or wrong writes, wrong entity, off-by-one values, an extra write."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from enterpriselab.core.changes import CallRecord
from enterpriselab.core.tasks import Step, Task
from enterpriselab.sandbox.environment import Environment
from enterpriselab.sandbox.reference import BindingError, is_binding, read_path

Mutant = tuple[str, tuple[Step, ...]]


def mutants(environment: Environment, task: Task, records: Sequence[CallRecord]) -> Iterator[Mutant]:
    """Every mutant of the reference, with a label."""
    steps = task.reference
    for index, step in enumerate(steps):
        if not environment.registry[step.tool].writes:
            continue
        yield f"step {index} {step.tool} dropped", drop_step(steps, index)
        yield f"step {index} {step.tool} done twice", repeat_step(steps, index)
        for name, value in step.arguments.items():
            for label, wrong in wrong_values(value, records):
                changed = step.model_copy(update={"arguments": {**step.arguments, name: wrong}})
                yield f"step {index} {name} {label}", (*steps[:index], changed, *steps[index + 1 :])
                if label == "another entity":
                    yield f"step {index} also for {label}", (*steps, changed)


def wrong_answers(task: Task) -> Iterator[tuple[str, str]]:
    """Closing words that must not pass a task that asks for values."""
    if any(verifier.kind == "answer" for verifier in task.verifiers):
        yield "empty answer", ""
        yield "prompt as answer", task.prompt
        for verifier in task.verifiers:
            for value in verifier.params.get("values", ()) if verifier.kind == "answer" else ():
                if isinstance(value, (int, float)) and not isinstance(value, bool):
                    yield "off by one", f"It is {value + 1}."


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


def wrong_values(value: Any, records: Sequence[CallRecord]) -> Iterator[tuple[str, Any]]:
    """Plausible wrong values in place of `value`."""
    if is_binding(value):
        other = _sibling(value["$from"], records)
        if other is not None:
            yield "another entity", other
    elif isinstance(value, bool):
        yield "negated", not value
    elif isinstance(value, (int, float)):
        yield "off by one", value + 1
    elif isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        yield "one day later", (date.fromisoformat(value) + timedelta(days=1)).isoformat()
    elif isinstance(value, str) and value:
        yield "altered text", f"{value} x"
    elif isinstance(value, list) and len(value) > 1:
        yield "one item short", value[:-1]


def _sibling(source: dict[str, Any], records: Sequence[CallRecord]) -> Any:
    """The same field of a neighbouring row in the list that the value was taken from."""
    match = re.search(r"\.(\d+)\.", f".{source['path']}.")
    if match is None or source["step"] >= len(records):
        return None
    taken = int(match[1])
    parts = source["path"].split(".")
    place = parts.index(match[1])
    right = read_path(records[source["step"]].result, source["path"])
    for other in (taken + 1, taken - 1):
        path = ".".join([*parts[:place], str(other), *parts[place + 1 :]])
        try:
            found = read_path(records[source["step"]].result, path) if other >= 0 else None
        except BindingError:
            continue
        if found is not None and found != right:
            return found
    return None
