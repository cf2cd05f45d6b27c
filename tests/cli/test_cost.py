"""`enterpriselab cost` on stored attempts whose price can be worked out by hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from enterpriselab.core.traces import Trace, Usage
from tests.cli.desk import lab, refused
from tests.cli.stored_run import write_run
from tests.evaluation.attempts import task, trace

TASKS = [task(number=number) for number in range(4)]
OWN = {"player": {"kind": "vllm", "name": "Qwen3-8B"}, "evaluation": {"concurrency": 2}}
API = {"player": {"kind": "openai", "name": "gpt-4.1"}}


def played(price: float | None, successes: int, **usage: int) -> list[Trace]:
    use = Usage(price_usd=price, **{"input_tokens": 4000, "output_tokens": 200, **usage})
    return [trace(of, success=n < successes, usage=use, seconds=2.0, model="m") for n, of in enumerate(TASKS)]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An API model beside a baseline, a model on a server of one's own, and one of no known price."""
    free = [one.model_copy(update={"usage": Usage(price_usd=0.0)}) for one in played(0.0, 1)]
    write_run(tmp_path / "runs/api", TASKS, {"gpt-4.1": played(0.02, 2), "do_nothing": free}, **API)
    write_run(tmp_path / "runs/own", TASKS, {"Qwen3-8B": played(None, 1, cached_tokens=1000)}, **OWN)
    write_run(tmp_path / "runs/new", TASKS, {"gpt-9": played(None, 4)}, **API)
    return tmp_path


def models(*arguments: object, cwd: Path) -> dict[str, dict[str, Any]]:
    ended = lab("cost", *arguments, "--json", cwd=cwd)
    assert ended.code == 0, ended
    return {one["name"].rpartition("/")[2]: one for one in json.loads(ended.out)["models"]}


def test_api_and_own_machine_stand_side_by_side_and_the_unknown_is_said(home: Path) -> None:
    rent = ("--gpu-hour", 3.6, "--tokens-per-second", 3200)
    found = models("runs/api", "runs/own", "runs/new", *rent, cwd=home)
    assert list(found) == ["api", "own", "new"]
    api, own, new = found.values()
    assert [one["basis"] for one in (api, own, new)] == ["api", "self-hosted", "unknown"]
    assert api["usd_per_1000_tasks"]["value"] == pytest.approx(20) and api["usd_per_success"]["value"] == 0.04
    assert own["usd_per_task"]["value"] == pytest.approx(3.6 / 3600 * (4000 - 1000 + 200) / 3200)
    assert own["usd_per_success"]["value"] == pytest.approx(4 * own["usd_per_task"]["value"])
    assert new["usd_per_task"]["value"] is None and "price not known" in new["price_from"] and new["unpriced"] == 4
    assert [one["pareto"] for one in (api, own, new)] == [True, True, False]


def test_the_rate_of_the_run_itself_is_taken_when_none_is_given(home: Path) -> None:
    [own] = models("runs/own", cwd=home).values()
    assert own["tokens_per_second"] == pytest.approx(4 * 3200 / (8 / 2 + 2 / 2)) and own["usd_an_hour"] == 2.5
    assert "assumed: one accelerator" in own["price_from"] and "up to 2 attempts side by side" in own["price_from"]


def test_local_weights_cost_the_machine_of_the_run(home: Path) -> None:
    write_run(home / "runs/loop", TASKS, {"base": played(None, 0), "sft": played(None, 3)})
    found = models("runs/loop", cwd=home)
    assert {one["usd_an_hour"] for one in found.values()} == {0.1}
    assert found["base"]["usd_per_success"]["value"] is None and found["sft"]["pareto"] and not found["base"]["pareto"]


def test_the_table_and_the_page_say_the_same_and_nothing_else_is_written(home: Path) -> None:
    before = {path for path in home.rglob("*") if path.is_file()}
    ended = lab("cost", "runs/api", "runs/own", "runs/new", "--gpu-hour", 3.6, cwd=home)
    assert ended.code == 0, ended
    assert "not known" in ended.out and "$20.00" in ended.out and "api *" in ended.out and "/ 3600 x" in ended.out
    assert {path for path in home.rglob("*") if path.is_file()} - before == {home / "runs/api/cost.html"}
    page = (home / "runs/api/cost.html").read_text(encoding="utf-8")
    assert "$20.00" in page and "<svg" in page and "price not known" in page and "/ 3600 x" in page
    there = lab("cost", "runs/own/eval/Qwen3-8B", "--out", "there/cost.html", cwd=home)
    assert there.code == 0 and (home / "there/cost.html").is_file()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("runs/api", "--gpu-hour", 0), "--gpu-hour 0 is no price"),
        (("runs/api", "--tokens-per-second", "nan"), "--tokens-per-second nan is no price and no rate"),
        (("runs/api/eval/do_nothing",), "Only baselines were evaluated there"),
        (("runs/none",), "is neither a run folder"),
    ],
)
def test_what_cannot_be_priced_is_refused(home: Path, arguments: tuple[object, ...], words: str) -> None:
    assert words in refused("cost", *arguments, cwd=home)
