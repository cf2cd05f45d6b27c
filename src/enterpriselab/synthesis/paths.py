"""Executed paths: steps whose argument values remember where they came from. Data and re-indexing, no execution."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from enterpriselab.core.hashing import content_hash
from enterpriselab.core.tasks import Step


@dataclass(frozen=True, slots=True)
class Said:
    """A value that the user says."""

    value: Any


@dataclass(frozen=True, slots=True)
class Bound:
    """A value taken from the result of an earlier step of the path."""

    step: int
    path: str
    value: Any


@dataclass(frozen=True, slots=True)
class Many:
    """A list argument whose items have sources of their own."""

    items: tuple["Said | Bound", ...]

    @property
    def value(self) -> list[Any]:
        """The plain list."""
        return [item.value for item in self.items]


Argument = Said | Bound | Many


@dataclass(frozen=True, slots=True)
class Filling:
    """Arguments for a call, and the row they are meant to find (lists only)."""

    arguments: dict[str, Argument]
    wanted: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Pick:
    """The row of a result that the path goes on with, and the fields that single it out among all rows."""

    path: str
    index: int
    marks: tuple[str, ...]
    row: dict[str, Any]
    alone: bool
    """It is the only row, so the filters already single it out."""


@dataclass(frozen=True, slots=True)
class Done:
    """One executed step."""

    tool: str
    arguments: dict[str, Argument]
    result: dict[str, Any]
    writes: bool
    pick: Pick | None = None
    total: int | None = None
    """Rows that the call found, beyond the shown page too."""
    others: tuple[Pick, ...] = ()
    """Other rows that the path could go on with."""

    def raw(self) -> dict[str, Any]:
        """Plain argument values."""
        return {name: argument.value for name, argument in self.arguments.items()}


@dataclass(frozen=True, slots=True)
class Path:
    """Steps that were executed one after the other on one fork, as one principal."""

    principal: str
    steps: tuple[Done, ...]

    def signature(self) -> str:
        """Equal for paths that make the same calls."""
        return content_hash([self.principal, [[step.tool, step.raw()] for step in self.steps]])


def parts(argument: Argument) -> tuple["Said | Bound", ...]:
    """The sources inside an argument."""
    return argument.items if isinstance(argument, Many) else (argument,)


def bounds(step: Done) -> Iterator[Bound]:
    """Every bound value of a step."""
    for argument in step.arguments.values():
        for part in parts(argument):
            if isinstance(part, Bound):
                yield part


def consumers(steps: Sequence[Done], index: int) -> list[int]:
    """Later steps that use the result of one."""
    return [later for later in range(index + 1, len(steps)) if any(b.step == index for b in bounds(steps[later]))]


def needed(steps: Sequence[Done], goal: int) -> list[int]:
    """Indexes of the steps that count: writes, the goal, and reads that one of these uses, directly or not."""
    keep = {index for index, step in enumerate(steps) if step.writes} | {goal}
    for index in range(len(steps) - 1, -1, -1):
        if index in keep:
            keep |= {bound.step for bound in bounds(steps[index])}
    return sorted(keep)


def subpath(path: Path, kept: Sequence[int]) -> Path | None:
    """The path with only these steps, re-indexed; None when one of them needs a step that is left out."""
    places = {old: new for new, old in enumerate(kept)}
    steps: list[Done] = []
    for old in kept:
        step = path.steps[old]
        if any(bound.step not in places for bound in bounds(step)):
            return None
        arguments = {name: _moved(argument, places) for name, argument in step.arguments.items()}
        steps.append(replace(step, arguments=arguments))
    return Path(path.principal, tuple(steps))


def _moved(argument: Argument, places: dict[int, int]) -> Argument:
    if isinstance(argument, Many):
        return Many(tuple(_moved(item, places) for item in argument.items))  # type: ignore[misc]
    return replace(argument, step=places[argument.step]) if isinstance(argument, Bound) else argument


def reference(path: Path, thoughts: Sequence[str]) -> tuple[Step, ...]:
    """The path as a stored reference."""
    return tuple(
        Step(tool=step.tool, arguments={k: _stored(v) for k, v in step.arguments.items()}, thought=thought)
        for step, thought in zip(path.steps, thoughts, strict=True)
    )


def _stored(argument: Argument) -> Any:
    if isinstance(argument, Many):
        return [_stored(item) for item in argument.items]
    if isinstance(argument, Bound):
        return {"$from": {"step": argument.step, "path": argument.path}}
    return argument.value


def template(path: Path, ending: str = "") -> str:
    """Stable name of the tool sequence and of its bindings; a plain chain is named by its tools alone."""
    names = ">".join(step.tool for step in path.steps)
    wires = [sorted({bound.step for bound in bounds(step)}) for step in path.steps]
    plain = all(wire == ([index - 1] if index else []) for index, wire in enumerate(wires))
    shown = "" if plain else "[" + ",".join("".join(map(str, wire)) or "-" for wire in wires) + "]"
    return f"{names}{shown}{ending}"
