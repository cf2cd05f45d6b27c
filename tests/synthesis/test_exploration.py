from random import Random

from enterpriselab.core.tasks import Step
from enterpriselab.sandbox.reference import run_reference
from enterpriselab.synthesis.candidates import groups, windows
from enterpriselab.synthesis.config import Reach, SynthesisConfig
from enterpriselab.synthesis.explore import Explorer, Ground, Tally
from enterpriselab.synthesis.fields import Field
from enterpriselab.synthesis.paths import Bound, Done, Path, Said, bounds, reference, subpath, template
from enterpriselab.synthesis.picks import opaque, single_out
from enterpriselab.synthesis.pipeline import prepare
from enterpriselab.synthesis.values import ValueMaker

CLERK = "clerk@desk.example"


def _paths(desk, seed=1, **reach):
    graph, memory = prepare(desk, SynthesisConfig(), [CLERK], seed=1)
    explorer = Explorer(
        Ground(desk, graph, memory, ValueMaker("2026-03-02")),
        principal=CLERK,
        rng=Random(seed),
        reach=Reach(**reach),
        tally=Tally(),
    )
    return graph, list(explorer.paths())


def test_every_explored_path_replays_on_a_clean_episode(desk):
    _, paths = _paths(desk)
    assert len(paths) > 8
    for path in paths:
        records = run_reference(desk.episode(CLERK), reference(path, [""] * len(path.steps)))
        assert len(records) == len(path.steps) and records[-1].ok


def test_exploration_leaves_the_world_as_it_was(desk):
    before = desk.episode(CLERK).call("list_loans", {}).result
    _paths(desk)
    assert desk.episode(CLERK).call("list_loans", {}).result == before


def test_depth_and_paths_per_start_are_bounded(desk):
    _, paths = _paths(desk, depth=2, per_start=2)
    assert max(len(path.steps) for path in paths) == 2
    assert len(paths) <= 3 * len(desk.registry)


def test_optional_filters_are_exercised(desk):
    used = {
        (step.tool, name)
        for seed in range(4)
        for path in _paths(desk, seed)[1]
        for step in path.steps
        for name in step.arguments
    }
    assert {
        ("search_members", "query"),
        ("search_members", "town"),
        ("list_loans", "status"),
        ("create_loan", "note"),
    } <= used


def test_identifiers_are_never_said(desk):
    _, paths = _paths(desk)
    for path in paths:
        for step in path.steps:
            for name, argument in step.arguments.items():
                assert not (isinstance(argument, Said) and name.endswith("_id"))


def test_windows_stand_by_themselves_and_have_no_unused_reads(desk):
    graph, paths = _paths(desk)
    for path in paths:
        for window in windows(path, graph.shapes, max_writes=2):
            last = len(window.steps) - 1
            used = {bound.step for step in window.steps for bound in bounds(step)}
            assert all(step.writes or index == last or index in used for index, step in enumerate(window.steps))
            assert all(bound.step < index for index, step in enumerate(window.steps) for bound in bounds(step))


def _done(tool, writes=False, **arguments):
    return Done(tool, arguments, {}, writes)


def test_subpath_reindexes_bindings_and_refuses_what_is_cut_off():
    path = Path("p", (_done("a"), _done("b"), _done("c", True, x=Bound(1, "id", 5))))
    kept = subpath(path, [1, 2])
    assert kept is not None and kept.steps[1].arguments["x"] == Bound(0, "id", 5)
    assert subpath(path, [0, 2]) is None


def test_template_names_a_chain_by_its_tools_and_other_bindings_in_brackets():
    chain = Path("p", (_done("a"), _done("b", x=Bound(0, "id", 1)), _done("c", x=Bound(1, "id", 1))))
    forked = Path("p", (_done("a"), _done("b", x=Bound(0, "id", 1)), _done("c", x=Bound(0, "id", 1))))
    assert template(chain) == "a>b>c"
    assert template(forked) == "a>b>c[-,0,0]"


def test_unconnected_steps_form_groups():
    path = Path("p", (_done("a"), _done("b"), _done("c", True, x=Bound(0, "id", 1))))
    assert groups(path) == [{1}, {0, 2}]


def test_reference_keeps_bindings_and_said_values():
    path = Path("p", (_done("a", q=Said("x")), _done("b", True, id=Bound(0, "items.0.id", 7))))
    assert reference(path, ["", "now"])[1] == Step(
        tool="b", arguments={"id": {"$from": {"step": 0, "path": "items.0.id"}}}, thought="now"
    )


def test_a_row_is_singled_out_by_the_fewest_readable_fields():
    fields = {"id": Field("id", "id", "string", "loan"), "title": Field("title", "title", "string")}
    rows = [
        {"id": "L-3001", "title": "Salt", "due_on": "2026-03-04"},
        {"id": "L-3002", "title": "Salt", "due_on": "2026-03-09"},
        {"id": "L-3003", "title": "Iron", "due_on": "2026-03-09"},
    ]
    assert single_out(rows, 2, fields) == ("title",)
    assert single_out(rows, 0, fields) == ("due_on",)
    assert single_out(rows, 1, fields) == ("title", "due_on")
    assert single_out([rows[0], dict(rows[0], id="L-9")], 0, fields) is None


def test_a_text_inside_another_is_no_distinction():
    assert single_out([{"title": "Salt"}, {"title": "Salt and Iron"}], 0, {}) is None
    assert single_out([{"title": "Salt"}, {"title": "Salt and Iron"}], 1, {}) == ("title",)


def test_ids_are_opaque_and_names_are_not():
    typed = Field("x", "x", "string", "thing")
    assert all(opaque(value, typed) for value in ("HR-EMP-00042", "p0042", "msg_1f0c22ab", "Label_12"))
    assert not any(opaque(value, typed) for value in ("Annual Leave", "HAM", "ada@desk.example", "/Reports/2026/Q1.md"))
    assert opaque(17, typed) and not opaque(17)


def test_made_values_fit_their_schemas_and_come_after_their_start():
    values, rng = ValueMaker("2026-03-02"), Random(4)
    for _ in range(50):
        start = values.make("apply_leave", "from_date", {"type": "string", "format": "date"}, rng, chosen={})
        end = values.make(
            "apply_leave", "to_date", {"type": "string", "format": "date"}, rng, chosen={"from_date": start}
        )
        assert "2026-03-02" < start <= end
        amount = values.make("pay", "amount", {"type": "number", "exclusiveMinimum": 0, "maximum": 50}, rng, chosen={})
        assert 0 < amount <= 50
        assert values.make("x", "level", {"enum": ["a", "b"]}, rng, chosen={}) in ("a", "b")


def test_a_second_thing_that_a_tool_needs_is_looked_up_on_the_way(desk):
    names = {template(path) for seed in range(5) for path in _paths(desk, seed)[1]}
    assert any(
        name.startswith(("search_books>search_members>create_loan[-,-,01]", "search_members>search_books>create_loan"))
        for name in names
    )
