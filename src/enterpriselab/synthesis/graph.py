"""The tool graph: a link a.f -> b.p says that field f of a's result can be parameter p of b, and why."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import networkx as nx
from sklearn.feature_extraction.text import TfidfVectorizer

from enterpriselab.core.hashing import content_hash
from enterpriselab.core.tools import ToolSpec
from enterpriselab.synthesis.fields import Field, name_words
from enterpriselab.synthesis.shape import MECHANICS, Shape, shapes_of, singular

Why = Literal["entity", "name", "similar", "proposed"]
Key = tuple[str, str]
"""(tool, field path or parameter)"""
Proposer = Callable[[dict[str, ToolSpec]], Iterable[tuple[str, str, str, str]]]
"""Gives (from tool, field path, to tool, parameter); a language model behind a function. What it invents is dropped."""

SIMILAR_AT = 0.55
_ID_WORDS = frozenset({"id", "iid", "uuid", "key", "identifier", "ids", "ref", "number", "no", "code"})
_FORMATS = {"email": "email", "uri": "url"}


@dataclass(frozen=True, slots=True)
class Link:
    """One way for data to flow between two tools."""

    source: str
    field: str
    target: str
    parameter: str
    why: Why
    score: float = 1.0
    proven: bool | None = None
    """True or False when the pair was run, None when it could not be tried."""


class ToolGraph:
    """Links by target parameter, and the same as a networkx graph."""

    def __init__(self, registry: dict[str, ToolSpec], shapes: dict[str, Shape], links: Iterable[Link]) -> None:
        self.registry = registry
        self.shapes = shapes
        self.links = tuple(links)
        self.digest = registry_hash(registry)
        into: dict[Key, list[Link]] = defaultdict(list)
        after: dict[str, list[str]] = defaultdict(list)
        for link in self.links:
            into[link.target, link.parameter].append(link)
            if link.target not in after[link.source]:
                after[link.source].append(link.target)
        self._into, self._after = dict(into), dict(after)

    def into(self, tool: str, parameter: str) -> list[Link]:
        """Links that can fill a parameter; refuted ones are left out."""
        return [link for link in self._into.get((tool, parameter), ()) if link.proven is not False]

    def successors(self, tool: str) -> list[str]:
        """Tools that some field of the tool's result can feed."""
        return self._after.get(tool, [])

    def with_links(self, links: Iterable[Link]) -> "ToolGraph":
        """The same tools with other links."""
        return ToolGraph(self.registry, self.shapes, links)

    def networkx(self) -> Any:
        """A DiGraph: nodes are tools (app, kind), an edge holds the list of its links."""
        graph = nx.DiGraph(digest=self.digest)
        for name, shape in self.shapes.items():
            graph.add_node(name, app=shape.spec.app, kind=shape.kind)
        for link in self.links:
            if not graph.has_edge(link.source, link.target):
                graph.add_edge(link.source, link.target, links=[])
            graph.edges[link.source, link.target]["links"].append(link)
        return graph


def registry_hash(registry: dict[str, ToolSpec]) -> str:
    """Changes whenever a schema, a name or a description changes."""
    return content_hash([spec.to_json() for spec in registry.values()])


def build_graph(
    registry: dict[str, ToolSpec], *, propose: Proposer | None = None, similar_at: float = SIMILAR_AT
) -> ToolGraph:
    """Links by entity, else by unified name and type, else by description; proposals are added at the end."""
    shapes = shapes_of(registry)
    sources = [(name, field) for name, shape in shapes.items() for field in shape.outputs if _feeds(field)]
    links: list[Link] = []
    orphans: list[tuple[str, str, Field]] = []
    by_meaning: dict[str, list[tuple[str, Field]]] = defaultdict(list)
    for name, field in sources:
        for meaning in _meanings(field, shapes[name]):
            by_meaning[meaning].append((name, field))
    for name, shape in shapes.items():
        for parameter, field in shape.inputs.items():
            if parameter in MECHANICS:
                continue
            found = _matches(name, parameter, field, shape, by_meaning)
            links += found
            if not found and _wants_id(field):
                orphans.append((name, parameter, field))
    links += _similar(orphans, sources, shapes, similar_at)
    if propose is not None:
        links += _proposed(propose(registry), shapes, links)
    return ToolGraph(registry, shapes, links)


def _feeds(field: Field) -> bool:
    return field.type in ("string", "integer", "number") and field.path.count("[]") <= 2


def _wants_id(field: Field) -> bool:
    return field.entity is not None or bool(set(field.words) & _ID_WORDS)


def _meanings(field: Field, shape: Shape) -> list[str]:
    """Under which headings a field is found. An entity excludes all others."""
    if field.entity:
        return [f"entity:{field.entity}"]
    if field.format in _FORMATS:
        return [f"name:{_FORMATS[field.format]}:string"]
    stem = _stem(field.name, shape)
    return [f"name:{stem}:{field.type}"] if stem else []


def _stem(name: str, shape: Shape) -> str | None:
    """'issueId', 'issue_id', 'issue' and the `id` of an issue tool all give 'issue'; None when it is no identifier."""
    words = list(name_words(name))
    if not words:
        return None
    if words[-1] in _ID_WORDS:
        rest = words[:-1]
        return singular(" ".join(rest)) if rest else shape.noun
    joined = singular(" ".join(words))
    if joined == shape.noun or joined in ("email", "email address", "username", "login", "slug"):
        return joined
    return None


def _matches(
    name: str, parameter: str, field: Field, shape: Shape, by_meaning: dict[str, list[tuple[str, Field]]]
) -> list[Link]:
    found: list[Link] = []
    for meaning in _meanings(field, shape):
        why: Why = "entity" if meaning.startswith("entity:") else "name"
        for source, output in by_meaning.get(meaning, ()):
            if source != name:
                found.append(Link(source, output.path, name, parameter, why))
            elif shape.kind != "write" and output.path != parameter:
                found.append(Link(source, output.path, name, parameter, why, score=0.6))
    return found


def _similar(
    orphans: Sequence[tuple[str, str, Field]],
    sources: Sequence[tuple[str, Field]],
    shapes: dict[str, Shape],
    threshold: float,
) -> list[Link]:
    """Identifier parameters that nothing fills by name, matched by what their names and descriptions say."""
    wanted = [orphan for orphan in orphans if orphan[2].entity is None]
    offered = [(name, field) for name, field in sources if field.entity is None and _wants_id(field)]
    if not wanted or not offered:
        return []
    texts = [_text(field, shapes[name]) for name, _, field in wanted] + [_text(f, shapes[n]) for n, f in offered]
    matrix = TfidfVectorizer(token_pattern=r"[a-z]{2,}").fit_transform(texts)
    scores = (matrix[: len(wanted)] @ matrix[len(wanted) :].T).toarray()
    links: list[Link] = []
    for row, (target, parameter, field) in enumerate(wanted):
        for column, (source, output) in enumerate(offered):
            score = float(scores[row, column])
            if score >= threshold and source != target and field.type == output.type:
                links.append(Link(source, output.path, target, parameter, "similar", round(score, 3)))
    return links


def _text(field: Field, shape: Shape) -> str:
    name = " ".join(field.words)
    return f"{name} {name} {shape.noun} {field.description} {re.split(r'[.:]', shape.spec.description)[0]}".lower()


def _proposed(
    proposals: Iterable[tuple[str, str, str, str]], shapes: dict[str, Shape], known: Sequence[Link]
) -> list[Link]:
    have = {(link.source, link.field, link.target, link.parameter) for link in known}
    found: list[Link] = []
    for source, path, target, parameter in proposals:
        real = source in shapes and target in shapes and parameter in shapes[target].inputs
        if not real or (source, path, target, parameter) in have:
            continue
        if any(field.path == path for field in shapes[source].outputs):
            found.append(Link(source, path, target, parameter, "proposed", 0.5))
    return found


def cached_proposer(propose: Proposer, store: dict[str, list[tuple[str, str, str, str]]]) -> Proposer:
    """The proposer asked once for each set of schemas; `store` (for example a loaded JSON file) keeps the answers."""

    def ask(registry: dict[str, ToolSpec]) -> Iterable[tuple[str, str, str, str]]:
        digest = registry_hash(registry)
        if digest not in store:
            store[digest] = [tuple(item) for item in propose(registry)]  # type: ignore[misc]
        return store[digest]

    return ask


def marked(link: Link, proven: bool) -> Link:
    """The link with its proof."""
    return replace(link, proven=proven)
