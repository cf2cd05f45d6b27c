"""Other ways to do the same: extra reads, independent writes in another order, 25 for 25.0. They must pass."""

from collections.abc import Iterator, Sequence
from typing import Any

from enterpriselab.core.changes import CallRecord
from enterpriselab.core.tasks import Step, Task
from enterpriselab.sandbox.environment import Environment
from enterpriselab.scoring.mutants import renumber, sources

Variant = tuple[str, tuple[Step, ...]]
_MAX_EXTRA_READS = 2


def variants(environment: Environment, task: Task, records: Sequence[CallRecord]) -> Iterator[Variant]:
    """Every harmless variant of the reference, with a label."""
    steps = task.reference
    reads = [step for step in steps if not environment.registry[step.tool].writes]
    yield from (("every read repeated at the end", (*steps, *reads)) for _ in reads[:1])
    for name in _argumentless_reads(environment, task):
        shifted = {index: index + 1 for index in range(len(steps))}
        later = tuple(s.model_copy(update={"arguments": renumber(s.arguments, shifted)}) for s in steps)
        yield f"a look at {name} first", (Step(tool=name, arguments={}), *later)
    for index in range(len(steps) - 1):
        if _swappable(environment, steps, index) and not _touched(records, index) & _touched(records, index + 1):
            yield f"steps {index} and {index + 1} swapped", _swapped(steps, index)
    for index, step in enumerate(steps):
        other = _other_number_types(environment, step)
        if other is not None:
            yield f"numbers of step {index} in the other form", (*steps[:index], other, *steps[index + 1 :])


def _argumentless_reads(environment: Environment, task: Task) -> list[str]:
    names = [n for n in task.tools if n in environment.registry]
    free = [n for n in names if not environment.registry[n].writes and not environment.registry[n].required]
    return free[:_MAX_EXTRA_READS]


def _swappable(environment: Environment, steps: Sequence[Step], index: int) -> bool:
    first, second = steps[index], steps[index + 1]
    both_write = environment.registry[first.tool].writes and environment.registry[second.tool].writes
    return both_write and index not in sources(second.arguments) and first != second


def _touched(records: Sequence[CallRecord], index: int) -> set[tuple[str, tuple[Any, ...]]]:
    """The rows that a call changed; two calls on one row are steps of one way, not independent."""
    return {(change.table, change.key) for change in records[index].changes} if index < len(records) else set()


def _swapped(steps: Sequence[Step], index: int) -> tuple[Step, ...]:
    order = [*range(index), index + 1, index, *range(index + 2, len(steps))]
    positions = {old: new for new, old in enumerate(order)}
    return tuple(
        steps[old].model_copy(update={"arguments": renumber(steps[old].arguments, positions)}) for old in order
    )


def _other_number_types(environment: Environment, step: Step) -> Step | None:
    parameters = environment.registry[step.tool].parameters
    changed: dict[str, Any] = {}
    for name, value in step.arguments.items():
        if parameters.get(name, {}).get("type") != "number" or isinstance(value, (bool, dict)):
            continue
        if isinstance(value, float) and value.is_integer():
            changed[name] = int(value)
        elif isinstance(value, int):
            changed[name] = float(value)
    return step.model_copy(update={"arguments": {**step.arguments, **changed}}) if changed else None
