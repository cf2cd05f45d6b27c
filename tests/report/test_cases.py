import json
import random
from pathlib import Path

import pytest

from enterpriselab.core.runs import RunFolder
from enterpriselab.core.traces import Ended, Score, Trace, TraceCall
from enterpriselab.report.cases import MAX_CHANGES, cases
from enterpriselab.report.folder import Run, read_run
from enterpriselab.report.toolgraph import ring
from tests.report.sample_run import write_sample_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return read_run(write_sample_run(tmp_path_factory.mktemp("runs") / "sample"))


def _trace(task: str, success: bool, calls: list[TraceCall], messages: list[str]) -> Trace:
    return Trace(
        task_id=task,
        template="t",
        agent="functions",
        model="m",
        seed=0,
        tools=("list_items",),
        messages=[{"role": "user", "content": "do it"}, *({"role": "assistant", "content": one} for one in messages)],
        calls=calls,
        ended=Ended.ANSWERED,
        answer=messages[-1],
        score=Score(success=success),
    )


def _played(tmp_path: Path, traces: dict[str, list[Trace]]) -> Run:
    folder = RunFolder(tmp_path)
    folder.write_json("config.json", {"name": "r"})
    for label, attempts in traces.items():
        for trace in attempts:
            folder.append(f"eval/{label}/traces.jsonl", trace)
    return read_run(tmp_path)


def test_each_case_is_what_its_title_says(run: Run) -> None:
    chosen = {case.title: case for case in cases(run)}
    assert [attempt.success for attempt in chosen["Learned"].attempts] == [False, True]
    assert chosen["Still failing"].attempts[-1].success is False
    assert chosen["Across apps"].attempts[-1].success is True
    assert len(chosen["Across apps"].apps) > 1
    assert len({case.task_id for case in chosen.values()}) == len(chosen)


def test_attempts_are_found_as_a_run_stores_them(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.write_json("config.json", {"name": "r"})
    trace = _trace("a", True, [], ["done"])
    folder.append("eval/sft/traces.jsonl", {"key": "a/0", **trace.model_dump(mode="json", exclude={"tokens"})})
    run = read_run(tmp_path)
    assert run.notes == () and [one.task_id for one in run.played["sft"]] == ["a"]


def test_the_order_of_attempts_in_the_file_does_not_change_the_choice(run: Run, tmp_path: Path) -> None:
    folder = write_sample_run(tmp_path / "sample")
    for label in ("base", "grpo"):
        path = folder / f"eval/{label}/traces.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        random.Random(1).shuffle(lines)
        path.write_text("".join(lines), encoding="utf-8")
    assert [case.task_id for case in cases(read_run(folder))] == [case.task_id for case in cases(run)]


def test_without_a_trained_model_the_base_is_shown_alone(tmp_path: Path) -> None:
    shown = cases(_played(tmp_path, {"base": [_trace("a", True, [], ["yes"]), _trace("b", False, [], ["no"])]}))
    assert [(case.title, case.task_id, len(case.attempts)) for case in shown] == [
        ("A success", "a", 1),
        ("Still failing", "b", 1),
    ]


def test_a_lesson_that_was_lost_is_shown(tmp_path: Path) -> None:
    traces = {"base": [_trace("a", True, [], ["yes"])], "sft": [_trace("a", False, [], ["no"])]}
    assert [case.title for case in cases(_played(tmp_path, traces))] == ["Still failing"]
    traces["base"].append(_trace("b", True, [], ["yes"]))
    traces["sft"].append(_trace("b", False, [], ["no"]))
    assert [case.title for case in cases(_played(tmp_path / "two", traces))] == ["Still failing", "Unlearned"]


def test_turns_keep_words_calls_and_unreadable_turns_apart(tmp_path: Path) -> None:
    changes = [{"table": "t", "op": "insert", "key": [n], "before": None, "after": {"n": n}} for n in range(40)]
    call = TraceCall(turn=1, tool="list_items", arguments={"q": {"a": 1}}, ok=True, observation="[]", changes=changes)
    said = ["{broken", "I look.", "It is done."]
    (case,) = cases(_played(tmp_path, {"base": [_trace("a", True, [call], said)]}))
    broken, looked = case.attempts[0].turns
    assert (broken.said, broken.unreadable, broken.calls) == ("{broken", True, [])
    assert (looked.said, looked.unreadable) == ("I look.", False)
    assert looked.calls[0].arguments == [("q", '{"a": 1}')]
    assert (len(looked.calls[0].diffs), looked.calls[0].more_diffs) == (MAX_CHANGES, 40 - MAX_CHANGES)
    assert case.attempts[0].answer == "It is done."


def test_an_update_shows_before_and_after_of_each_column(tmp_path: Path) -> None:
    change = {"table": "t", "op": "update", "key": [1, "x"], "before": {"a": None}, "after": {"a": "new"}}
    call = TraceCall(turn=0, tool="set", arguments={}, ok=True, observation="{}", changes=[change])
    (case,) = cases(_played(tmp_path, {"base": [_trace("a", True, [call], ["", "done"])]}))
    diff = case.attempts[0].turns[0].calls[0].diffs[0]
    assert (diff.key, [(column.name, column.before, column.after) for column in diff.columns]) == (
        "1, x",
        [("a", "NULL", "new")],
    )


def test_the_ring_draws_each_pair_of_tools_once_and_counts_every_edge(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.write_json("config.json", {})
    nodes = [{"id": name, "app": app, "writes": False} for name, app in (("a", "x"), ("b", "x"), ("c", "y"))]
    edges = [
        {"source": source, "target": target, "field": "f", "parameter": parameter, "why": "entity", "proven": proven}
        for source, target, parameter, proven in (("a", "b", "p", True), ("a", "b", "q", False), ("b", "c", "p", False))
    ]
    folder.write_json("synthesis/graph.json", {"nodes": nodes, "edges": [*edges, {"source": "a", "target": "gone"}]})
    drawn = ring(read_run(tmp_path))
    assert drawn is not None
    assert (drawn.edges, drawn.drawn, drawn.proven, drawn.cross_app) == (3, 2, 1, 1)
    assert [node.feeds for node in drawn.nodes] == [[1], [2], []]
    assert drawn.reasons == [("entity", 3, 1)]
    assert drawn.flows == [("x", "y", 1)]
    assert json.dumps([node.path for node in drawn.nodes]).count("M") == 2
