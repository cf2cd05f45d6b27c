import copy
import json
from dataclasses import replace
from random import Random

from enterpriselab.core.tools import ToolSpec
from enterpriselab.synthesis.graph import Link, build_graph, cached_proposer, registry_hash
from enterpriselab.synthesis.graph_export import write_graph
from enterpriselab.synthesis.harvest import harvest
from enterpriselab.synthesis.memory import Memory
from enterpriselab.synthesis.prove import Prover
from enterpriselab.synthesis.values import ValueMaker

CLERK = "clerk@desk.example"


def _links(graph, why=None):
    return {(link.source, link.field, link.target, link.parameter) for link in graph.links if why in (None, link.why)}


def _proven(desk, graph):
    memory, values = Memory(), ValueMaker("2026-03-02")
    harvest(desk, graph, memory, [CLERK], values, Random(1))
    return Prover(desk, graph, memory, [CLERK], values).prove(limit=1000, rng=Random(2))


def _untyped(registry):
    def strip(node):
        if isinstance(node, dict):
            return {key: strip(value) for key, value in node.items() if key != "x-entity"}
        return [strip(item) for item in node] if isinstance(node, list) else node

    return {
        name: replace(
            spec, input_schema=strip(copy.deepcopy(spec.input_schema)), output_schema=strip(spec.output_schema)
        )
        for name, spec in registry.items()
    }


def test_equal_entities_make_links_and_different_ones_do_not(desk):
    links = _links(build_graph(desk.registry), "entity")
    assert ("search_members", "items[].member_id", "list_loans", "member_id") in links
    assert ("list_loans", "items[].loan_id", "return_book", "loan_id") in links
    assert not any(field.endswith("book_id") and parameter == "member_id" for _, field, _, parameter in links)


def test_without_entities_unified_names_find_the_same_id_links(desk):
    links = _links(build_graph(_untyped(desk.registry)), "name")
    assert ("search_members", "items[].member_id", "list_loans", "member_id") in links
    assert ("list_loans", "items[].book_id", "create_loan", "book_id") in links


def test_id_of_a_tool_about_a_noun_unifies_with_noun_id():
    listing = {"type": "object", "properties": {"items": {"type": "array", "items": {"type": "object", "properties": {
        "id": {"type": "integer"}, "title": {"type": "string"}}}}}}  # fmt: skip
    tools = [
        ToolSpec("list_issues", "t", "List issues.", {"type": "object", "properties": {}}, listing, writes=False),
        ToolSpec(
            "closeIssue", "t", "Close an issue.", {"type": "object", "properties": {"issueId": {"type": "integer"}}}
        ),
    ]
    links = _links(build_graph({tool.name: tool for tool in tools}), "name")
    assert links == {("list_issues", "items[].id", "closeIssue", "issueId")}


def test_descriptions_connect_what_names_do_not():
    source = {
        "type": "object",
        "properties": {"ref": {"type": "string", "description": "Reference of the shipment order"}},
    }
    target = {
        "type": "object",
        "properties": {"key": {"type": "string", "description": "Reference of the shipment order"}},
    }
    tools = [
        ToolSpec("open_parcel", "t", "Open a shipment order.", {"type": "object", "properties": {}}, source),
        ToolSpec("track", "t", "Track a shipment order.", target, None, writes=False),
    ]
    links = build_graph({tool.name: tool for tool in tools}, similar_at=0.3).links
    assert [(link.why, link.field, link.parameter) for link in links] == [("similar", "ref", "key")]


def test_proving_runs_pairs_and_marks_what_works(desk):
    graph = _proven(desk, build_graph(desk.registry))
    proof = {(link.source, link.target, link.parameter): link.proven for link in graph.links}
    assert proof["search_members", "get_member", "member_id"] is True
    assert proof["search_books", "create_loan", "book_id"] is True


def test_a_link_whose_value_is_refused_is_refuted_and_not_offered(desk):
    graph = build_graph(desk.registry)
    wrong = Link("search_books", "items[].book_id", "get_member", "member_id", "similar")
    proven = _proven(desk, graph.with_links([wrong]))
    assert [link.proven for link in proven.links] == [False]
    assert proven.into("get_member", "member_id") == []


def test_proposals_are_checked_against_the_schemas_and_asked_for_once(desk):
    asked = []

    def propose(registry):
        asked.append(1)
        return [
            ("search_books", "items[].author", "search_members", "query"),
            ("search_books", "items[].isbn", "get_member", "x"),
        ]

    store = {}
    proposer = cached_proposer(propose, store)
    first, second = (build_graph(desk.registry, propose=proposer) for _ in range(2))
    assert _links(first, "proposed") == {("search_books", "items[].author", "search_members", "query")}
    assert _links(second) == _links(first) and len(asked) == 1
    assert list(store) == [registry_hash(desk.registry)]


def test_export_writes_json_graphml_and_picture(desk, tmp_path):
    files = write_graph(build_graph(desk.registry), tmp_path)
    data = json.loads(files[0].read_text(encoding="utf-8"))
    assert len(data["nodes"]) == len(desk.registry) and data["counts"]["links"] == len(data["edges"])
    assert "search_members" in files[1].read_text(encoding="utf-8")
    assert files[2].read_bytes().startswith(b"\x89PNG")
