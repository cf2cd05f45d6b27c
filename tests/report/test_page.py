import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enterpriselab.core.errors import UsageError
from enterpriselab.core.runs import RunFolder
from enterpriselab.core.tasks import Step, Task, Verifier
from enterpriselab.report import write_report
from enterpriselab.report.folder import read_run
from enterpriselab.report.formats import made_visible
from enterpriselab.report.page import render
from tests.report.reading import Page, read_page
from tests.report.sample_run import write_sample_run

SECTIONS = ["result", "loop", "data", "curves", "traces", "costs", "provenance"]
HOSTILE = "</script></style></textarea></title>\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}"
REVERSED = "invoice\u202egpj.exe"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sample_run(tmp_path_factory.mktemp("runs") / "sample")


def _rewrite(path: Path, change: Any) -> None:
    """Replace every text of a JSON or JSONL file by what `change` makes of it."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        path.write_text(
            "".join(json.dumps(change(json.loads(one))) + "\n" for one in text.splitlines()), encoding="utf-8"
        )
    else:
        path.write_text(json.dumps(change(json.loads(text))), encoding="utf-8")


def _poisoned(value: Any, poison: str, keys: set[str], inside: bool = False) -> Any:
    """The value with the poison appended to every text below one of `keys`, and to keys below them."""
    if isinstance(value, dict):
        return {
            f"{name}{poison}" if inside else name: _poisoned(item, poison, keys, inside or name in keys)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_poisoned(item, poison, keys, inside) for item in value]
    return f"{value}{poison}" if inside and isinstance(value, str) else value


def test_a_complete_run_has_every_section_and_says_nothing_is_missing(whole: Path) -> None:
    page = read_page(write_report(whole))
    assert [values["id"] for tag, values in page.tags if tag == "section"] == SECTIONS
    assert "there is no" not in page.text
    assert "not run." not in page.text.replace("Dashed stations have not run.", "")
    for words in ("Base", "SFT", "GRPO", "intervals disjoint", "Learned", "Still failing", "Across apps"):
        assert words in page.text


def test_the_page_is_one_file_that_asks_nothing_of_a_network(whole: Path) -> None:
    target = write_report(whole)
    page, text = read_page(target), target.read_text(encoding="utf-8")
    assert target.stat().st_size < 3_000_000
    for tag, values in page.tags:
        assert tag not in {"link", "iframe", "object", "embed", "base", "form", "video", "audio"}
        for name in ("src", "href", "action", "poster", "srcset", "data", "xlink:href"):
            assert values.get(name, "#").startswith(("#", "data:image/png;base64,")), (tag, name)
    assert set(re.findall(r"url\(([^)]{0,5})", text)) == {"#head"}
    assert "@import" not in text
    policy = next(values["content"] for _, values in page.tags if values.get("http-equiv"))
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


def test_hostile_texts_stay_texts(tmp_path: Path) -> None:
    folder = write_sample_run(tmp_path / "sample")
    clean = read_page(write_report(folder))
    keys = {
        "config.json": {"dialect", "started"},
        "environment.json": {"packages", "platform"},
        "world.json": {"title", "domain", "world"},
        "synthesis/tasks.jsonl": {"prompt", "principal", "policy", "plan", "tags"},
        "synthesis/card.json": {"gates", "coverage"},
        "stages.jsonl": set(),
    }
    for name, below in keys.items():
        _rewrite(folder / name, lambda value, below=below: _poisoned(value, HOSTILE, below))
    traces = {"answer", "observation", "changes", "arguments", "content", "detail", "model", "error_kind"}
    for label in ("base", "grpo"):
        _rewrite(folder / f"eval/{label}/traces.jsonl", lambda value: _poisoned(value, HOSTILE, traces))
    page = read_page(write_report(folder))
    assert page.count("script") == clean.count("script") == 1
    assert page.count("style") == 1
    assert page.count("img") == page.count("textarea") == 0
    assert not [name for _, values in page.tags for name in values if name.startswith("on") or name == "style"]
    assert " ".join(HOSTILE.split()) in page.text
    assert "49" not in re.findall(r"onerror=alert\(1\)>(\S+)", page.text)


def test_hostile_names_of_runs_tools_apps_and_models_stay_texts(tmp_path: Path) -> None:
    folder = write_sample_run(tmp_path / "sample")
    _rewrite(folder / "config.json", lambda value: {**value, "name": HOSTILE})
    for name in ("tools.json", "synthesis/graph.json"):
        _rewrite(folder / name, lambda value: _poisoned(value, HOSTILE, {"id", "app", "name", "description", "why"}))
    _rewrite(folder / "eval/summary.json", lambda value: {f"{label}{HOSTILE}": item for label, item in value.items()})
    page = read_page(write_report(folder))
    assert page.count("script") == 1
    assert page.count("img") == 0
    assert not [name for _, values in page.tags for name in values if name.startswith("on")]


def test_characters_that_hide_or_reorder_text_are_spelled_out(tmp_path: Path) -> None:
    folder = write_sample_run(tmp_path / "sample")
    poison = f" {REVERSED} a\u200bb\x07\ud800\U000e0041"
    _rewrite(folder / "synthesis/tasks.jsonl", lambda value: _poisoned(value, poison, {"prompt"}))
    text = write_report(folder).read_text(encoding="utf-8")
    assert "invoice[U+202E]gpj.exe a[U+200B]b[U+0007][U+D800][U+E0041]" in text
    assert "\u202e" not in text


@settings(max_examples=30, deadline=None)
@given(text=st.text(st.characters(exclude_categories=()), max_size=60))
def test_any_prompt_is_read_back_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("runs")
    verifier = Verifier(kind="answer", name="n", category="answer", params={})
    task = Task(
        template="t",
        world="arena",
        principal="u",
        prompt=f"begin{text}end",
        tools=("a",),
        reference=(Step(tool="a", arguments={}),),
        verifiers=(verifier,),
    )
    _text_file(folder / "config.json", "{}")
    _text_file(folder / "synthesis/tasks.jsonl", json.dumps(task.model_dump(mode="json")) + "\n")
    page = Page(render(read_run(folder)))
    assert made_visible(f"begin{text}end") in page.texts


def _text_file(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("stages", "words"),
    [
        ("none", ["no results yet", "No world on record", "No task has been made", "SFT has not run"]),
        ("world", ["The tool graph has not been built"]),
        ("world graph synthesis", ["The evaluation has not run", "GRPO has not run", "No attempt is on record"]),
        ("synthesis sft", ["No world on record", "GRPO has not run"]),
        ("grpo", ["SFT has not run"]),
        ("eval", ["No task has been made", "Success rose"]),
    ],
)
def test_what_has_not_run_is_named(tmp_path: Path, stages: str, words: list[str]) -> None:
    page = read_page(write_report(write_sample_run(tmp_path / "sample", stages=stages)))
    assert [values["id"] for tag, values in page.tags if tag == "section"] == SECTIONS
    for expected in words:
        assert expected in page.text


def test_the_same_records_give_the_same_bytes(tmp_path: Path) -> None:
    folder = write_sample_run(tmp_path / "sample")
    first = write_report(folder).read_bytes()
    RunFolder(folder).finish("report", seconds=0.4)
    assert write_report(folder).read_bytes() == first


def test_writing_the_page_touches_no_record(tmp_path: Path) -> None:
    folder = write_sample_run(tmp_path / "sample")
    with (folder / "eval/base/traces.jsonl").open("ab") as stream:
        stream.write(b'{"task_id": "still being writ')
    before = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    target = write_report(folder)
    after = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and path != target}
    assert after == before


def test_damaged_records_are_left_out_and_noted(tmp_path: Path) -> None:
    folder = write_sample_run(tmp_path / "sample")
    (folder / "synthesis/graph.json").write_text("{", encoding="utf-8")
    (folder / "tools.json").write_text("{}", encoding="utf-8")
    lines = (folder / "eval/grpo/traces.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "eval/grpo/traces.jsonl").write_text("".join(['{"task_id": 3}\n', "no json\n", *lines]), encoding="utf-8")
    text = read_page(write_report(folder)).text
    for words in (
        "synthesis/graph.json cannot be read",
        "tools.json holds a dict, not a list",
        "eval/grpo/traces.jsonl: 1 damaged line(s) left out",
        "eval/grpo/traces.jsonl: 1 record(s) are no Trace",
    ):
        assert words in text


def test_secrets_of_the_config_are_not_shown(whole: Path) -> None:
    text = write_report(whole).read_text(encoding="utf-8")
    assert "sk-must-not-be-shown" not in text
    assert "MODEL_KEY" in text


def test_a_folder_without_config_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"config\.json"):
        write_report(tmp_path)
