"""Geometry of the tool graph: tools on a ring, grouped by app, one path of curves per tool that feeds others."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from enterpriselab.report.folder import Run

WIDTH, HEIGHT = 620, 520
RING = 206
MAX_EDGES = 6000
"""More edges than this are not drawn; the numbers beside the picture count them all."""
MAX_FLOWS = 12


@dataclass(frozen=True, slots=True)
class Node:
    """One tool on the ring."""

    name: str
    app: str
    writes: bool
    x: float
    y: float
    radius: float
    feeds: list[int]
    """Indices of the tools that can take something from its result."""
    path: str
    """All its outgoing curves as one path."""


@dataclass(frozen=True, slots=True)
class Sector:
    """An app's stretch of the ring with its name."""

    app: str
    arc: str
    x: float
    y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Ring:
    """The picture and what is counted beside it."""

    width: int
    height: int
    nodes: list[Node]
    sectors: list[Sector]
    edges: int
    drawn: int
    proven: int
    cross_app: int
    reasons: list[tuple[str, int, int]]
    """(why an edge was proposed, edges, proven ones)"""
    flows: list[tuple[str, str, int]]
    """(source app, target app, edges) between apps, the most frequent first."""


def ring(run: Run) -> Ring | None:
    """The tool graph of a run; None without nodes."""
    nodes = [node for node in run.graph.get("nodes") or [] if isinstance(node, dict) and "id" in node]
    if not nodes:
        return None
    nodes.sort(key=lambda node: (str(node.get("app", "")), str(node["id"])))
    index = {str(node["id"]): number for number, node in enumerate(nodes)}
    edges = [
        edge
        for edge in run.graph.get("edges") or []
        if isinstance(edge, dict) and str(edge.get("source")) in index and str(edge.get("target")) in index
    ]
    apps = [str(node.get("app", "")) for node in nodes]
    angles = _angles(apps)
    drawn = _pairs(edges, index)[:MAX_EDGES]
    flows = Counter((apps[index[str(edge["source"])]], apps[index[str(edge["target"])]]) for edge in edges)
    between = [(source, target, number) for (source, target), number in flows.items() if source != target]
    return Ring(
        width=WIDTH,
        height=HEIGHT,
        nodes=_nodes(nodes, angles, drawn),
        sectors=_sectors(apps, angles),
        edges=len(edges),
        drawn=len(drawn),
        proven=sum(1 for edge in edges if edge.get("proven")),
        cross_app=sum(number for _, _, number in between),
        reasons=_reasons(edges),
        flows=sorted(between, key=lambda flow: (-flow[2], flow[0], flow[1]))[:MAX_FLOWS],
    )


def _pairs(edges: Sequence[dict[str, Any]], index: dict[str, int]) -> list[tuple[int, int]]:
    """Distinct (source, target), proven ones first."""
    placed = {
        (index[str(edge["source"])], index[str(edge["target"])]): bool(edge.get("proven"))
        for edge in sorted(edges, key=lambda edge: bool(edge.get("proven")))
    }
    return sorted(placed, key=lambda pair: (not placed[pair], pair))


def _angles(apps: Sequence[str]) -> list[float]:
    """Angle of each node in radians from the top, clockwise, with a gap between apps as wide as two nodes."""
    slots, angles = 0.0, []
    for number, app in enumerate(apps):
        if number and app != apps[number - 1]:
            slots += 2
        angles.append(slots)
        slots += 1
    whole = slots + 2
    return [2 * math.pi * slot / whole for slot in angles]


def _point(angle: float, radius: float) -> tuple[float, float]:
    return (
        round(WIDTH / 2 + radius * math.sin(angle), 1),
        round(HEIGHT / 2 - radius * math.cos(angle), 1),
    )


def _nodes(nodes: Sequence[dict[str, Any]], angles: Sequence[float], pairs: Sequence[tuple[int, int]]) -> list[Node]:
    feeds: dict[int, list[int]] = defaultdict(list)
    degree: Counter[int] = Counter()
    for source, target in pairs:
        feeds[source].append(target)
        degree.update((source, target))
    largest = max(degree.values(), default=1)
    placed = []
    for number, node in enumerate(nodes):
        x, y = _point(angles[number], RING)
        placed.append(
            Node(
                name=str(node["id"]),
                app=str(node.get("app", "")),
                writes=bool(node.get("writes")),
                x=x,
                y=y,
                radius=round(2 + 3 * math.sqrt(degree[number] / largest), 1),
                feeds=sorted(feeds[number]),
                path="".join(_curve(angles[number], angles[target]) for target in sorted(feeds[number])),
            )
        )
    return placed


def _curve(source: float, target: float) -> str:
    """A quadratic curve bent towards the middle: the nearer the ends, the less it bends."""
    gap = abs(math.remainder(source - target, 2 * math.pi))
    middle = math.atan2(math.sin(source) + math.sin(target), math.cos(source) + math.cos(target))
    depth = RING * max(0.0, 0.82 - gap / math.pi)
    start, bend, end = _point(source, RING - 5), _point(middle, depth), _point(target, RING - 5)
    return f"M{start[0]:g} {start[1]:g}Q{bend[0]:g} {bend[1]:g} {end[0]:g} {end[1]:g}"


def _sectors(apps: Sequence[str], angles: Sequence[float]) -> list[Sector]:
    spans: dict[str, list[float]] = defaultdict(list)
    for app, angle in zip(apps, angles, strict=True):
        spans[app].append(angle)
    sectors = []
    for app, span in spans.items():
        start, end, radius = _point(span[0] - 0.012, RING + 10), _point(span[-1] + 0.012, RING + 10), RING + 10
        large = int(span[-1] - span[0] > math.pi)
        middle = (span[0] + span[-1]) / 2
        x, y = _point(middle, RING + 22)
        side = math.sin(middle)
        anchor = "middle" if abs(side) < 0.12 else "start" if side > 0 else "end"
        arc = f"M{start[0]:g} {start[1]:g}A{radius} {radius} 0 {large} 1 {end[0]:g} {end[1]:g}"
        sectors.append(Sector(app, arc, x, round(y + 4, 1), anchor))
    return sectors


def _reasons(edges: Sequence[dict[str, Any]]) -> list[tuple[str, int, int]]:
    all_edges = Counter(str(edge.get("why", "unknown")) for edge in edges)
    proven = Counter(str(edge.get("why", "unknown")) for edge in edges if edge.get("proven"))
    ranked = sorted(all_edges.items(), key=lambda item: (-item[1], item[0]))
    return [(why, number, proven[why]) for why, number in ranked]
