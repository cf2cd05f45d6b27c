"""The tool graph as JSON, GraphML and a picture coloured by app."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import matplotlib
import networkx as nx
from matplotlib.figure import Figure

from enterpriselab.synthesis.graph import ToolGraph

_MARKERS = {"list": "o", "detail": "s", "write": "^"}


def graph_json(graph: ToolGraph) -> dict[str, Any]:
    """Nodes, edges (one for each link) and counts as plain JSON."""
    nodes = [
        {
            "id": name,
            "app": shape.spec.app,
            "writes": shape.spec.writes,
            "kind": shape.kind,
            "noun": shape.noun,
            "entity": shape.entity,
        }
        for name, shape in graph.shapes.items()
    ]
    return {
        "digest": graph.digest,
        "nodes": nodes,
        "edges": [asdict(link) for link in graph.links],
        "counts": counts(graph),
    }


def counts(graph: ToolGraph) -> dict[str, int]:
    """How many tools, pairs, links; by reason and by proof."""
    found = {"tools": len(graph.shapes), "links": len(graph.links)}
    found["pairs"] = len({(link.source, link.target) for link in graph.links})
    for why in ("entity", "name", "similar", "proposed"):
        found[f"by_{why}"] = sum(link.why == why for link in graph.links)
    found["proven"] = sum(link.proven is True for link in graph.links)
    found["refuted"] = sum(link.proven is False for link in graph.links)
    found["untried"] = sum(link.proven is None for link in graph.links)
    return found


def write_graph(graph: ToolGraph, folder: Path) -> list[Path]:
    """graph.json, graph.graphml and graph.png in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(graph_json(graph), indent=1, ensure_ascii=False)
    (folder / "graph.json").write_text(text, encoding="utf-8")
    flat = nx.DiGraph()
    for name, data in graph.networkx().nodes(data=True):
        flat.add_node(name, **data)
    for source, target, data in graph.networkx().edges(data=True):
        links = data["links"]
        flat.add_edge(
            source,
            target,
            why=",".join(sorted({link.why for link in links})),
            proven=any(link.proven for link in links),
            fields="; ".join(f"{link.field} -> {link.parameter}" for link in links),
        )
    nx.write_graphml(flat, folder / "graph.graphml")
    _draw(flat, folder / "graph.png")
    return [folder / f"graph.{kind}" for kind in ("json", "graphml", "png")]


def _draw(flat: Any, path: Path) -> None:
    """Apps as clusters on a circle, tools around their app; proven links dark, unproven links faint."""
    matplotlib.use("Agg")
    apps = sorted({data["app"] for _, data in flat.nodes(data=True)})
    palette = matplotlib.colormaps["tab10"]
    places = _places(flat, apps)
    figure = Figure(figsize=(18, 14), dpi=110)
    axes = figure.add_subplot()
    proven = [(a, b) for a, b, data in flat.edges(data=True) if data["proven"] and a != b]
    other = [(a, b) for a, b, data in flat.edges(data=True) if not data["proven"] and a != b]
    style: dict[str, Any] = {"ax": axes, "arrows": False, "width": 0.5}
    nx.draw_networkx_edges(flat, places, edgelist=other, edge_color="#dddddd", alpha=0.35, **style)
    nx.draw_networkx_edges(flat, places, edgelist=proven, edge_color="#555577", alpha=0.3, **style)
    for kind, marker in _MARKERS.items():
        nodes = [name for name, data in flat.nodes(data=True) if data["kind"] == kind]
        colours = [palette(apps.index(flat.nodes[name]["app"]) % 10) for name in nodes]
        nx.draw_networkx_nodes(
            flat, places, nodelist=nodes, node_color=colours, node_shape=marker, node_size=90, ax=axes
        )
    nx.draw_networkx_labels(flat, places, font_size=6.5, ax=axes, verticalalignment="bottom")
    for index, app in enumerate(apps):
        axes.scatter([], [], color=palette(index % 10), label=app)
    for kind, marker in _MARKERS.items():
        axes.scatter([], [], color="grey", marker=marker, label=kind)
    axes.legend(loc="upper left", fontsize=9)
    axes.set_axis_off()
    figure.tight_layout()
    figure.savefig(path)


def _places(flat: Any, apps: list[str]) -> dict[str, tuple[float, float]]:
    groups = {app: [name for name, data in flat.nodes(data=True) if data["app"] == app] for app in apps}
    centres = nx.circular_layout(apps, scale=2.2) if len(apps) > 1 else {apps[0]: (0.0, 0.0)}
    places: dict[str, tuple[float, float]] = {}
    for app, names in groups.items():
        ring = nx.shell_layout(flat.subgraph(names), nlist=_rings(names), scale=1.15)
        for name, (x, y) in ring.items():
            places[name] = (float(x + centres[app][0]), float(y + centres[app][1]))
    return places


def _rings(names: list[str]) -> list[list[str]]:
    inner = names[: len(names) // 3] if len(names) > 12 else []
    return [ring for ring in (inner, names[len(inner) :]) if ring]
