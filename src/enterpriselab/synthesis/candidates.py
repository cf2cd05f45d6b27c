"""Candidate tasks of a path: its self-contained windows, without reads that nothing uses."""

from collections.abc import Iterator, Mapping

from enterpriselab.synthesis import lexicon
from enterpriselab.synthesis.paths import Path, bounds, needed, subpath
from enterpriselab.synthesis.shape import Shape


def windows(path: Path, shapes: Mapping[str, Shape], *, max_writes: int) -> Iterator[Path]:
    """Every contiguous sub-sequence that stands by itself, longest first, each without unused reads."""
    seen: set[str] = set()
    size = len(path.steps)
    for length in range(size, 0, -1):
        for start in range(size - length + 1):
            window = subpath(path, range(start, start + length))
            pruned = subpath(window, needed(window.steps, length - 1)) if window is not None else None
            if pruned is None or not _worth_asking(pruned, shapes, max_writes):
                continue
            signature = pruned.signature()
            if signature not in seen:
                seen.add(signature)
                yield pruned


def _worth_asking(path: Path, shapes: Mapping[str, Shape], max_writes: int) -> bool:
    last = path.steps[-1]
    if sum(step.writes for step in path.steps) > max_writes:
        return False
    if not last.writes and not last.arguments and shapes[last.tool].kind == "list":
        return False
    if not last.writes and any(path.steps[bound.step].writes for bound in bounds(last)):
        return False
    matters = groups(path)
    if len(matters) > 1 and lexicon.is_phrased(shapes[last.tool]):
        return False
    if not all(any(path.steps[index].writes for index in group) for group in matters) and len(matters) > 1:
        return False
    picked = [step for step in path.steps if shapes[step.tool].kind == "list"]
    return all(step.pick is not None or step is last for step in picked)


def groups(path: Path) -> list[set[int]]:
    """Steps that are connected by bindings: one group is one matter."""
    found: list[set[int]] = []
    for index, step in enumerate(path.steps):
        touched = {bound.step for bound in bounds(step)}
        joined = {index}.union(*(group for group in found if group & touched))
        found = [group for group in found if not group & touched] + [joined]
    return found
