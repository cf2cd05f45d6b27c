"""Splits by template: no template on both sides, and every held-out tool occurs in training where that is possible."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from enterpriselab.core.seeds import derive_seed
from enterpriselab.core.tasks import Task


@dataclass(frozen=True, slots=True)
class Split:
    """Training tasks and held-out tasks."""

    train: tuple[Task, ...]
    held_out: tuple[Task, ...]

    def lonely_tools(self) -> list[str]:
        """Tools that only the held-out side uses."""
        return sorted(_tools(self.held_out) - _tools(self.train))


def split_tasks(tasks: Sequence[Task], *, held_out: float, seed: int) -> Split:
    """Hold out whole templates until about that share of the tasks is reached.

    A template is passed over when it is the last one that uses some tool. The order depends on the seed and on the
    template's name alone, so that a template stays on its side when other tasks are added.
    """
    by_template: dict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        by_template[task.template].append(task)
    users = Counter(tool for group in by_template.values() for tool in _tools(group))
    wanted = held_out * len(tasks)
    chosen: set[str] = set()
    taken = 0
    for name in sorted(by_template, key=lambda template: derive_seed(seed, "split", template)):
        tools = _tools(by_template[name])
        if (
            taken >= wanted
            or any(users[tool] == 1 for tool in tools)
            or taken + len(by_template[name]) > 1.2 * wanted + 1
        ):
            continue
        chosen.add(name)
        taken += len(by_template[name])
        users.subtract(tools)
    return Split(
        tuple(task for task in tasks if task.template not in chosen),
        tuple(task for task in tasks if task.template in chosen),
    )


def _tools(tasks: Sequence[Task]) -> set[str]:
    return {step.tool for task in tasks for step in task.reference}
