"""Registry: the tools of several sources under one action schema, and arguments under the names that tools declare."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from enterpriselab.core.errors import EnterpriseLabError
from enterpriselab.core.tools import ToolSpec

SYNONYMS: tuple[frozenset[str], ...] = (
    frozenset({"repository", "project", "workspace"}),
    frozenset({"user", "employee", "person"}),
    frozenset({"customer", "client"}),
    frozenset({"issue", "ticket"}),
    frozenset({"channel", "room"}),
    frozenset({"folder", "directory"}),
    frozenset({"message", "email", "mail"}),
    frozenset({"comment", "note"}),
    frozenset({"recipient", "to"}),
    frozenset({"limit", "per_page"}),
    frozenset({"text", "body", "content"}),
)
"""Words that name one thing. A word stands for a parameter only where exactly one parameter of the tool fits."""

_ID_ENDING = re.compile(r"_(id|key)$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One tool of the registry: its unified spec, and what its source calls it."""

    spec: ToolSpec
    source: str
    original: str


def merge(sources: Mapping[str, Iterable[ToolSpec]]) -> dict[str, Entry]:
    """Tools of all sources by unified name, sources and tools in given order.

    A name that several sources use becomes `<source>_<tool>` for each of them, so that none of them is the tacit
    default.

    Raises:
        EnterpriseLabError: two tools still have one name (one source lists a tool twice, or a prefixed name is taken).
    """
    listed = [(source, spec) for source, specs in sources.items() for spec in specs]
    uses = Counter(spec.name for _, spec in listed)
    merged: dict[str, Entry] = {}
    for source, spec in listed:
        name = spec.name if uses[spec.name] == 1 else f"{source}_{spec.name}"
        if name in merged:
            raise EnterpriseLabError(
                f"the tools {merged[name].source}.{merged[name].original} and {source}.{spec.name} "
                f"are both called {name}"
            )
        merged[name] = Entry(replace(spec, name=name), source, spec.name)
    return merged


def canonical_arguments(spec: ToolSpec, given: dict[str, Any]) -> dict[str, Any]:
    """The arguments under the names that the tool declares.

    Exact names pass untouched. Any other name is taken for a parameter if exactly one that is not given fits it (by the
    tool's own aliases, by `x` for `x_id`, by spelling, by SYNONYMS) and no other unknown name fits that one too.
    Whatever stays unclear is left as it is: validation then names it.
    """
    parameters = spec.parameters
    if given.keys() <= parameters.keys():
        return given
    unknown = [name for name in given if name not in parameters]
    free = [name for name in parameters if name not in given]
    meant = {name: _fitting(spec, name, free) for name in unknown}
    claims = Counter(target for targets in meant.values() for target in targets)
    renamed = {name: fits[0] for name, fits in meant.items() if len(fits) == 1 and claims[fits[0]] == 1}
    return {renamed.get(name, name): value for name, value in given.items()} if renamed else given


def _fitting(spec: ToolSpec, name: str, free: list[str]) -> list[str]:
    """Parameters that `name` may stand for, by the strongest rule that fits any."""
    named = spec.aliases.get(name)
    if named is not None:
        return [named] if named in free else []
    stem = _stem(name)
    same = [parameter for parameter in free if _stem(parameter) == stem]
    return same or [parameter for parameter in free if _synonymous(_stem(parameter), stem)]


def _stem(name: str) -> str:
    """The name in snake case without its id ending: ticketId, ticket_id and ticket have one stem."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()
    return _ID_ENDING.sub("", snake)


def _synonymous(one: str, other: str) -> bool:
    return any(one in group and other in group for group in SYNONYMS)
