"""What the viewer reads of a run folder: the index, one trace, the search, where two attempts part."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from enterpriselab.core.errors import UsageError
from enterpriselab.core.traces import Ended, Phase, Score, Trace, TraceCall, Usage
from enterpriselab.report.viewer.divergence import Divergence, divergence
from enterpriselab.report.viewer.index import Index, read_index
from enterpriselab.report.viewer.page import assets, encoded
from enterpriselab.report.viewer.search import search
from enterpriselab.report.viewer.steps import trace_view
from enterpriselab.sandbox.world import World
from tests.report.played_run import HOSTILE, write_played_run
from tests.report.sample_run import write_sample_run


@pytest.fixture(scope="module")
def run(world_with: Callable[..., World], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_played_run(tmp_path_factory.mktemp("runs") / "small", world_with("mail"))


@pytest.fixture(scope="module")
def index(run: Path) -> Index:
    return read_index(run)


def call(tool: str = "get", ok: bool = True, observation: str = "{}", turn: int = 0, **arguments: Any) -> TraceCall:
    return TraceCall(turn=turn, tool=tool, arguments=arguments, ok=ok, observation=observation)


def trace(*calls: TraceCall, answer: str = "Done.", said: tuple[str, ...] = (), **fields: Any) -> Trace:
    messages = [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}]
    given = {
        "task_id": "t",
        "template": "t",
        "agent": "a",
        "model": "m",
        "seed": 2**60 + 1,
        "tools": ("get",),
        "messages": messages + [{"role": "assistant", "content": text} for text in said],
        "calls": list(calls),
        "ended": Ended.ANSWERED,
        "answer": answer,
        "score": Score(success=True),
    }
    return Trace.model_validate({**given, **fields})


def test_the_index_says_of_every_attempt_how_it_ended(index: Index) -> None:
    assert index.labels == ("away", "clumsy", "idle", "reference") and len(index.rows) == 15
    outcomes = {label: {row.outcome for row in index.rows.values() if row.label == label} for label in index.labels}
    assert outcomes == {"away": {"error"}, "clumsy": {"failed"}, "idle": {"failed"}, "reference": {"passed"}}
    tasks = {head.template: head for head in index.tasks.values()}
    row = index.rows[f"clumsy/{tasks['label'].id}/1"]
    assert (row.calls, row.refused_calls, row.changes, row.attempt, row.output_tokens) == (3, 1, 2, 1, 120)
    assert (tasks["count"].domain, tasks["count"].apps, tasks["count"].feasible) == ("mail", ("mail",), True)
    assert tasks["hostile"].prompt == tasks["hostile"].domain == HOSTILE


def test_every_row_leads_to_its_whole_record_and_task(index: Index) -> None:
    for row in index.rows.values():
        found, task = index.trace(row), index.task(row.task_id)
        assert (found.task_id, len(found.calls)) == (row.task_id, row.calls)
        assert task is not None and task.id == row.task_id


def test_a_run_whose_tasks_have_no_ids_and_whose_attempts_have_no_keys_is_read(tmp_path: Path) -> None:
    index = read_index(write_sample_run(tmp_path / "sample"))
    assert len(index.rows) == 4 * 96 and index.notes == ()
    assert all(head.offset >= 0 and head.prompt for head in index.tasks.values())
    assert index.labels[-1] == "reference"


def test_what_cannot_be_read_is_left_out_and_noted_and_what_is_being_written_waits(run: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes((run / "config.json").read_bytes())
    lines = (run / "eval/idle/traces.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    odd = json.dumps({**json.loads(lines[1]), "answer": "\ud83d"}) + "\n"
    again = json.dumps({**json.loads(lines[0]), "seconds": 99.0}) + "\n"
    file = tmp_path / "eval/idle/traces.jsonl"
    file.parent.mkdir(parents=True)
    text = "".join([lines[0], '{"torn": \n', '{"task_id": "no trace"}\n', odd, again, lines[2][:40]])
    file.write_text(text, encoding="utf-8")
    index = read_index(tmp_path)
    assert index.notes == ("eval/idle/traces.jsonl: 2 damaged line(s) left out",)
    first, second = index.rows.values()
    assert first.seconds == 99.0, "an attempt that was played again counts as it was played last"
    assert index.trace(second).answer == "[U+D83D]"
    assert {head.domain for head in index.tasks.values()} == {"unknown"} and index.task(first.task_id) is None


def test_an_index_knows_when_the_run_went_on(run: Path, tmp_path: Path) -> None:
    folder = write_sample_run(tmp_path / "sample", stages="world synthesis eval")
    index = read_index(folder)
    assert index.is_current
    row = next(iter(index.rows.values()))
    path = folder / "eval" / row.label / "traces.jsonl"
    path.write_text("{}\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert not index.is_current
    with pytest.raises(UsageError, match="cannot be read"):
        index.trace(row)


def test_a_folder_without_attempts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a run folder"):
        read_index(tmp_path)
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match="Nothing was evaluated"):
        read_index(tmp_path)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Both LABELS are there", {"clumsy"}),
        ('"name":"Later"', {"clumsy"}),
        ('"kind":"conflict"', {"clumsy"}),
        ("onerror=\"document.title='taken'", {"away", "clumsy", "idle"}),
        ("fly_away", {"clumsy"}),
        ("\u202ekcatta", {"away", "clumsy", "idle"}),
        ("state_hash", set()),
        ("nowhere to be found", set()),
    ],
)
def test_the_search_looks_into_texts_and_not_at_the_names_of_fields(index: Index, text: str, labels: set[str]) -> None:
    assert {identity.partition("/")[0] for identity in search(index, text)} - {"reference"} == labels - {"reference"}


def test_a_search_in_any_script_ignores_the_case(tmp_path: Path) -> None:
    folder = tmp_path / "eval" / "m"
    folder.mkdir(parents=True)
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    record = {"key": "t/0", **trace(answer="\u00dcber Gr\u00f6\u00dfe").model_dump(mode="json", exclude={"tokens"})}
    (folder / "traces.jsonl").write_text(json.dumps(record, ensure_ascii=False) + "\n", encoding="utf-8")
    assert list(search(read_index(tmp_path), "\u00fcBER gr\u00d6")) == ["m/t/0"]


def test_a_trace_is_shown_turn_by_turn(index: Index) -> None:
    task = next(head for head in index.tasks.values() if head.template == "label")
    view = trace_view(index.trace(index.rows[f"clumsy/{task.id}/0"]), index.app_of)
    assert view["opening"]["user"] == task.prompt and "Change only what was asked for" in view["opening"]["system"]
    first, _, third, last = view["turns"]
    assert first["said"] == "First the label." and first["use"]["input_tokens"] == 900
    assert first["calls"][0]["arguments"] == [["name", "Read later"]] and first["calls"][0]["app"] == "mail"
    (row,) = first["calls"][0]["changes"]
    assert (row["table"], row["op"]) == ("mail_label", "insert")
    assert {"name": "name", "before": None, "after": "Read later"} in row["columns"]
    assert (third["calls"][0]["ok"], third["calls"][0]["error_kind"]) == (False, "conflict")
    assert last["final"] and last["calls"] == [] and view["answer"] == "Both labels are there."
    assert [verdict["passed"] for verdict in view["verdicts"]] == [True, False, True]


def test_phases_unreadable_turns_and_calls_without_a_message_are_told_apart() -> None:
    opening = [{"role": "system", "content": "plan it"}, {"role": "user", "content": "the plan?"}]
    acting = [{"role": "system", "content": "act"}, {"role": "user", "content": "go"}]
    messages = [
        *opening,
        {"role": "assistant", "content": "first, then"},
        *acting,
        {"role": "assistant", "content": "gibberish", "thinking": "hm"},
        {"role": "user", "content": "This turn could not be read"},
        {"role": "assistant", "content": "Done."},
    ]
    phases = [
        Phase(name="plan", first_message=0, uses=[Usage(output_tokens=1)]),
        Phase(name="act", first_message=3, uses=[Usage(output_tokens=2), Usage(output_tokens=3)]),
    ]
    view = trace_view(trace(call(turn=3), messages=messages, phases=phases), {})
    plan, unread, done, late = view["turns"]
    assert (plan["opening"]["name"], plan["unreadable"], plan["use"]["output_tokens"]) == ("plan", False, 1)
    assert unread["opening"]["user"] == "go" and unread["unreadable"] and unread["thinking"] == "hm"
    assert unread["reply"] == "This turn could not be read"
    assert (done["opening"], done["use"]["output_tokens"]) == (None, 3)
    assert late["calls"][0]["index"] == 0 and late["use"] is None


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (trace(call(id=1)), trace(call(id=1)), None),
        (trace(call(a=1, b=2)), trace(call(b=2, a=1)), None),
        (trace(call()), trace(call("put")), Divergence(0, "tool")),
        (trace(call(), call(id=1, x=0)), trace(call(), call(id=2, y=0)), Divergence(1, "arguments", ("id", "x", "y"))),
        (trace(call(), call(observation="[1]")), trace(call(), call(observation="[2]")), Divergence(1, "result")),
        (trace(call(ok=False)), trace(call()), Divergence(0, "result")),
        (trace(call()), trace(call(), call()), Divergence(1, "end")),
        (trace(), trace(call()), Divergence(0, "end")),
        (trace(call(), answer="12"), trace(call(), answer="13"), Divergence(1, "answer")),
        (trace(answer="It is  12"), trace(answer="It is\n12"), None),
    ],
)
def test_two_attempts_part_at_the_first_call_that_differs(left: Trace, right: Trace, expected: Divergence) -> None:
    assert divergence(left, right) == expected
    back = divergence(right, left)
    assert (back and (back.call, back.kind)) == (expected and (expected.call, expected.kind))


def test_what_travels_to_the_page_hides_nothing_and_is_not_rounded() -> None:
    sent = {"a\u202eb": ["\x00", "\u200b", "line\nbreak", 2**53, 2**53 + 1, float("inf"), True, None]}
    shown = ["[U+0000]", "[U+200B]", "line\nbreak", 2**53, str(2**53 + 1), "inf", True, None]
    assert json.loads(encoded(sent)) == {"a[U+202E]b": shown}


def test_the_page_names_only_files_of_its_own_and_makes_no_markup_from_texts() -> None:
    files = {name: content.decode("utf-8") for name, (content, _) in assets().items()}
    assert {"index.html", "main.js", "viewer.css", "tokens.css"} <= files.keys()
    for name, text in files.items():
        assert "://" not in text, f"{name} names another place"
        assert not any(
            word in text for word in ("innerHTML", "insertAdjacentHTML", "document.write", "eval(", 'style="')
        )
    assert "<script>" not in files["index.html"] and "<style" not in files["index.html"]
