import json
import multiprocessing
import os
import resource
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterpriselab.core.config import Config
from enterpriselab.core.errors import UsageError
from enterpriselab.core.runs import CONFIG_FILE, RunFolder, append_whole, mend, write_whole

RECORDS = [{"step": 1, "text": "a"}, {"step": 2, "text": "zw\u00f6lf \U0001f600"}]


class Plan(Config):
    name: str = "plan"
    deep: dict[str, int] = {"a": 1}


def run_of(tmp_path: Path, *records: dict[str, object]) -> RunFolder:
    run = RunFolder.open(tmp_path / "run", Plan())
    for record in records:
        run.append("log.jsonl", record)
    return run


def test_a_new_folder_holds_its_resolved_config(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    assert run.config() == {"name": "plan", "deep": {"a": 1}}
    assert RunFolder.open(run.path, Plan()).digest() == run.digest()


def test_another_config_is_refused_and_the_difference_is_named(tmp_path: Path) -> None:
    run_of(tmp_path)
    with pytest.raises(UsageError, match=r"deep.a is 1 there and 2 now") as caught:
        RunFolder.open(tmp_path / "run", Plan(deep={"a": 2}))
    assert "name=" in (caught.value.hint or "")


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="is not a run folder"):
        RunFolder.open(tmp_path, Plan())
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("text", ["", "{", '{"name": "plan"', "\x00\x00"])
def test_a_damaged_config_is_refused_with_the_way_out(tmp_path: Path, text: str) -> None:
    run = run_of(tmp_path)
    (run.path / CONFIG_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"config.json cannot be read") as caught:
        RunFolder.open(run.path, Plan())
    assert "delete" in (caught.value.hint or "")


def test_a_folder_without_config_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"it has no config.json"):
        RunFolder(tmp_path).config()


def test_a_file_where_the_folder_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="Cannot create the run folder"):
        RunFolder.open(tmp_path / "run", Plan())


def test_records_come_back_in_order_and_a_missing_file_has_none(tmp_path: Path) -> None:
    run = run_of(tmp_path, *RECORDS)
    assert list(run.records("log.jsonl")) == RECORDS
    assert list(run.records("none.jsonl")) == []


@given(cut=st.integers(min_value=0, max_value=200))
def test_wherever_a_kill_tears_the_last_line_the_whole_ones_survive(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    run = run_of(tmp_path_factory.mktemp("torn"), *RECORDS)
    target = run.path / "log.jsonl"
    data = target.read_bytes()
    target.write_bytes(data[: min(cut, len(data))])
    whole = data[: min(cut, len(data))].count(b"\n")
    assert list(RunFolder(run.path).records("log.jsonl")) == RECORDS[:whole]
    assert target.read_bytes() == b"".join(data.splitlines(keepends=True)[:whole])


def test_a_second_process_that_appends_first_does_not_glue_its_line_to_a_torn_one(tmp_path: Path) -> None:
    run = run_of(tmp_path, *RECORDS)
    with (run.path / "log.jsonl").open("ab") as stream:
        stream.write(b'{"step": 3, "te')
    again = RunFolder(run.path)
    again.append("log.jsonl", {"step": 3})
    assert list(again.records("log.jsonl")) == [*RECORDS, {"step": 3}]


def test_damage_inside_a_file_is_an_error_that_names_the_line(tmp_path: Path) -> None:
    run = run_of(tmp_path, *RECORDS)
    target = run.path / "log.jsonl"
    target.write_bytes(b"{]\n" + target.read_bytes())
    with pytest.raises(UsageError, match=r"log.jsonl, line 1, is damaged"):
        list(run.records("log.jsonl"))


def test_lone_surrogates_of_a_model_are_kept(tmp_path: Path) -> None:
    run = run_of(tmp_path, {"text": "a\ud800b"})
    assert list(run.records("log.jsonl")) == [{"text": "a\ud800b"}]
    run.write_json("one.json", {"text": "\udfff"})
    assert run.read_json("one.json") == {"text": "\udfff"}


def test_blobs_are_written_as_hex_and_anything_else_is_refused(tmp_path: Path) -> None:
    run = run_of(tmp_path, {"blob": b"\x01\xff"})
    assert list(run.records("log.jsonl")) == [{"blob": {"$bytes": "01ff"}}]
    with pytest.raises(TypeError, match="object cannot be recorded"):
        run.append("log.jsonl", {"what": object()})
    assert len(list(run.records("log.jsonl"))) == 1


def test_finished_stages_keep_their_facts_and_the_last_word_counts(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    run.finish("world", apps=1)
    run.finish("split", train=3)
    run.finish("world", apps=2)
    assert run.finished() == {"world": {"stage": "world", "apps": 2}, "split": {"stage": "split", "train": 3}}


def test_a_json_file_appears_whole_and_leaves_no_part_behind(tmp_path: Path) -> None:
    write_whole(tmp_path / "deep" / "a.json", "1")
    write_whole(tmp_path / "deep" / "a.json", "22")
    assert [(path.name, path.read_text(encoding="utf-8")) for path in (tmp_path / "deep").iterdir()] == [
        ("a.json", "22")
    ]


def test_a_target_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()
    with pytest.raises(UsageError, match=r"Cannot write .*a.json"):
        write_whole(tmp_path / "a.json", "1")
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def _in_small_process(job: Callable[[str], None], path: Path) -> str:
    """Run a job where no file may grow beyond 4,096 bytes; what it refused with."""
    context = multiprocessing.get_context("spawn")
    answers = context.SimpleQueue()
    process = context.Process(target=_limited, args=(job, str(path), answers))
    process.start()
    message: str = answers.get()
    process.join(30)
    return message


def _limited(job: Callable[[str], None], path: str, answers: "multiprocessing.SimpleQueue[str]") -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    try:
        job(path)
        answers.put("no refusal")
    except UsageError as error:
        answers.put(f"{error.message} {error.hint}")


def _append_until_full(path: str) -> None:
    run = RunFolder(Path(path))
    for number in range(100):
        run.append("log.jsonl", {"step": number, "text": "x" * 100})


def _write_too_much(path: str) -> None:
    RunFolder(Path(path)).write_json("big.json", "x" * 10_000)


def test_a_disk_that_takes_no_more_leaves_whole_lines_only(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    assert "Cannot write" in _in_small_process(_append_until_full, run.path)
    assert run.path.joinpath("log.jsonl").read_bytes().endswith(b"\n")
    steps = [record["step"] for record in run.records("log.jsonl")]
    assert steps == list(range(len(steps))) and len(steps) > 10
    run.append("log.jsonl", {"step": len(steps)})
    assert len(list(run.records("log.jsonl"))) == len(steps) + 1


def test_a_json_file_that_does_not_fit_does_not_appear(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    before = sorted(path.name for path in run.path.iterdir())
    assert "Cannot write" in _in_small_process(_write_too_much, run.path)
    assert sorted(path.name for path in run.path.iterdir()) == before


def test_an_append_to_a_device_that_is_full_says_so() -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full")
    with pytest.raises(UsageError, match="Cannot write /dev/full"):
        append_whole(Path("/dev/full"), b"x\n")


def test_only_one_process_may_work_in_a_folder(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    with run.locked(), pytest.raises(UsageError, match="Another process is working"), RunFolder(run.path).locked():
        pass
    with RunFolder(run.path).locked():
        assert json.loads((run.path / CONFIG_FILE).read_text(encoding="utf-8"))["name"] == "plan"


def test_mending_leaves_whole_and_empty_files_as_they_are(tmp_path: Path) -> None:
    for text in ("", "a\n", "a\nb\n"):
        (tmp_path / "log").write_text(text, encoding="utf-8")
        mend(tmp_path / "log")
        assert (tmp_path / "log").read_text(encoding="utf-8") == text
