"""Task, its reference and its verifiers: data that travels, hashable and versioned."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict

from enterpriselab.core.hashing import content_hash

Category = Literal["task_completion", "integrity", "permission", "process", "side_effect", "answer"]
TASK_VERSION = 1


class Record(BaseModel):
    """Base of the stored records: frozen, strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(Record):
    """One call of a reference.

    An argument value, at any depth, may be {"$from": {"step": i, "path": "items.0.employee_id"}}: the value at that
    dotted path in the result of step i (0-based, before i) when the reference runs. A row of a list is named by its
    number or by a field, as in "items.number=T-7.employee_id". {"$text": value} is the value as text: a number, or the
    items of a list with commas between; "spelling" beside it says how texts in it are spelled.
    """

    tool: str
    arguments: dict[str, Any]
    thought: str = ""


class Verifier(Record):
    """One executable check on the end of an episode. `params` depend on `kind` (see enterpriselab.scoring)."""

    kind: str
    name: str
    category: Category
    params: dict[str, Any]


class Task(Record):
    """What is asked, of whom, where, with which tools, how it is judged, and one way to do it."""

    template: str
    """Split unit: tasks of one template never stand on both sides of a split."""
    world: str
    principal: str
    prompt: str
    policy: str = ""
    tools: tuple[str, ...]
    reference: tuple[Step, ...]
    answer: str = ""
    """The reference's closing words to the user; what must be in them is said by an `answer` verifier."""
    verifiers: tuple[Verifier, ...]
    plan: tuple[str, ...] = ()
    feasible: bool = True
    seed: int = 0
    tags: dict[str, Any] = {}
    version: int = TASK_VERSION

    @cached_property
    def id(self) -> str:
        """Content hash: 16 hex digits."""
        return content_hash(self.model_dump())

    @property
    def origin(self) -> str:
        """Id of the task that this one is under drift, else its own: what is the same task in two runs."""
        return str(self.tags.get("drift_of", self.id))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy; with changed fields it has its own id."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("id", None)
        return copied
