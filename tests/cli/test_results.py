"""measures, compare, rescore and replay on attempts that were really played: by the reference, and by one who idles."""

import json
import shutil
from io import StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from rich.console import Console

from enterpriselab.agents.loop import Agent
from enterpriselab.agents.models.base import ModelTurn
from enterpriselab.agents.models.scripted import ScriptedModel
from enterpriselab.cli.settings import RunConfig
from enterpriselab.cli.stages.evaluate import play
from enterpriselab.cli.stages.state import RunState
from enterpriselab.core.runs import RunFolder
from enterpriselab.core.task_files import read_tasks, write_tasks
from enterpriselab.core.tasks import Task, Verifier
from enterpriselab.evaluation.summary import summarize
from enterpriselab.rollouts.demonstrations import reference_agent
from tests.cli.desk import lab, names_in, refused

RUN, NEW = "runs/small", "runs/new"
TASKS = f"{RUN}/synthesis/tasks.jsonl"
DONE = Verifier(kind="answer", name="says so", category="answer", params={"values": ["Done"]})
BEST, IDLE = f"{RUN}/eval/perfect", f"{RUN}/eval/idle"


@pytest.fixture(scope="module")
def played(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small run with two agents evaluated in it. Not to be changed."""
    home = Path(shutil.copytree(finished, tmp_path_factory.mktemp("played") / "home"))
    stored = json.loads((home / RUN / "config.json").read_text(encoding="utf-8"))
    state = RunState(RunFolder(home / RUN), RunConfig.model_validate(stored), Console(file=StringIO()))
    tasks = list(state.tasks.values())
    idle = ScriptedModel(lambda request, turn: ModelTurn(text="Done."), name="idle")
    agents = {
        "perfect": reference_agent([(state.environment, task) for task in tasks], state.dialect),
        "idle": Agent(idle, state.dialect),
    }
    traces = {label: play(state, label, agent, tasks) for label, agent in agents.items()}
    state.folder.write_json("eval/summary.json", summarize(state.tasks, traces, tools=state.tools))
    return home


@pytest.fixture
def spoiled(played: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(played, tmp_path / "home"))


def of(*arguments: object, cwd: Path, code: int = 0) -> Any:
    ended = lab(*arguments, "--json", cwd=cwd)
    assert ended.code == code, ended
    return json.loads(ended.out)


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def change(path: Path, number: int, **fields: Any) -> str:
    """Change a stored trace; its key."""
    found = records(path)
    found[number] |= fields
    path.write_text("".join(json.dumps(record) + "\n" for record in found), encoding="utf-8")
    return str(found[number]["key"])


def test_measures_are_computed_anew_and_are_those_of_the_summary(played: Path) -> None:
    found = of("measures", RUN, cwd=played)
    assert found == json.loads((played / RUN / "eval/summary.json").read_text(encoding="utf-8"))
    best, idle = found["perfect"], found["idle"]
    assert best["success"]["value"] == best["argument_accuracy"]["value"] == best["tool_selection"]["value"] == 1.0
    assert idle["success"]["value"] == 0.0 and idle["failures"]["kinds"]["premature_completion"]["attempts"] == 6


def test_measures_of_one_agent_are_shown_with_what_went_wrong(played: Path) -> None:
    shown = lab("measures", IDLE, cwd=played)
    assert shown.code == 0 and "premature completion" in shown.out and "0.0% [0.0% to 39.0%]" in shown.out
    assert ["measure", "idle"] in [line.split() for line in shown.out.splitlines()]


def test_measures_of_a_run_with_many_errors_are_refused_unless_they_are_allowed(spoiled: Path) -> None:
    path = spoiled / IDLE / "traces.jsonl"
    change(path, 0, ended="model_error", error="503", score={"success": None})
    assert "1 of 6 attempts ended by an error, so no rate is printed" in refused("measures", RUN, cwd=spoiled)
    shown = lab("measures", RUN, "--allow-errors", cwd=spoiled)
    assert shown.code == 0 and "idle: 1 of 6 attempts were no success and no failure: 503" in shown.out
    assert "so no rate is printed" in refused("compare", BEST, IDLE, cwd=spoiled)


def test_a_worse_run_breaks_the_gate_and_a_better_one_does_not(played: Path, tmp_path: Path) -> None:
    asked = ("--gate", "success -2%", "--out", tmp_path / "out")
    found = of("compare", BEST, IDLE, *asked, cwd=played, code=1)
    assert [gate["outcome"] for gate in found["gates"]] == ["broken"] and len(found["lost"]) == 6
    success = found["measures"][0]
    assert (success["measure"], success["change"]["value"], success["real"]) == ("success", -1.0, True)
    assert success["p"] == 2 / 2**6
    suite = ElementTree.parse(tmp_path / "out/junit.xml").getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")
    failure = suite.find("testsuite/testcase/failure")
    assert failure is not None and "success -2%: broken; changed by -100.0 points" in failure.get("message", "")
    page = (tmp_path / "out/compare.md").read_text(encoding="utf-8")
    assert "# small/idle against small/perfect" in page and "| success | 100.0 % | 0.0 % | -100.0 pp |" in page
    assert lab("compare", IDLE, BEST, *asked, cwd=played).code == 0
    assert ElementTree.parse(tmp_path / "out/junit.xml").getroot().get("failures") == "0"


def test_a_gate_that_few_tasks_cannot_decide_passes_unless_it_is_strict(played: Path, tmp_path: Path) -> None:
    asked = ("compare", BEST, BEST, "--gate", "success -2%", "--out", tmp_path)
    shown = lab(*asked, cwd=played)
    assert shown.code == 0 and "Gate success -2%: undecided" in shown.out and "no difference shown (p = 1)" in shown.out
    assert ElementTree.parse(tmp_path / "junit.xml").getroot().get("skipped") == "1"
    assert lab(*asked, "--strict", cwd=played).code == 1
    assert ElementTree.parse(tmp_path / "junit.xml").getroot().get("failures") == "1"


def test_what_cannot_be_compared_is_refused_with_what_can(played: Path, tmp_path: Path) -> None:
    assert f"{RUN} holds several agents: idle, perfect" in refused("compare", RUN, IDLE, cwd=played)
    assert "neither a run folder nor" in refused("compare", BEST, "runs", cwd=played)
    assert "There is no measure 'succes'" in refused("compare", BEST, IDLE, "--gate", "succes -2%", cwd=played)
    assert "Nothing was evaluated" in refused("compare", BEST, _empty(played, tmp_path), cwd=played)


def _empty(played: Path, home: Path) -> Path:
    for name in ("config.json", "stages.jsonl"):
        shutil.copy(played / RUN / name, home / name)
    return home


def test_every_attempt_replays_to_the_state_that_was_recorded(played: Path) -> None:
    found = of("replay", BEST, cwd=played)
    assert (found["attempts"], found["same"]) == (6, 6)
    assert all(one["reached"] == one["recorded"] and one["first_difference"] is None for one in found["replays"])
    key = found["replays"][2]["attempt"]
    one = lab("replay", f"{BEST}/traces.jsonl", "--key", key, cwd=played)
    assert one.code == 0 and key in one.out and "1 of 1 attempts" in one.out
    assert "no attempt 'nobody/0'" in refused("replay", BEST, "--key", "nobody/0", cwd=played)


def test_a_trace_that_was_tampered_with_does_not_replay(spoiled: Path) -> None:
    path = spoiled / BEST / "traces.jsonl"
    number = next(n for n, record in enumerate(records(path)) if record["calls"][-1]["changes"])
    calls = records(path)[number]["calls"]
    key = change(path, number, calls=[*calls[:-1], {**calls[-1], "arguments": {}}])
    found = of("replay", BEST, cwd=spoiled, code=1)
    differing = [one for one in found["replays"] if not one["same_state"]]
    assert [one["attempt"] for one in differing] == [key]
    assert (
        f"call {len(calls) - 1}, {calls[-1]['tool']}: was done, is refused as invalid"
        == differing[0]["first_difference"]
    )
    shown = lab("replay", BEST, cwd=spoiled)
    assert shown.code == 1 and "5 of 6 attempts lead to the state" in shown.out and key in shown.out


def test_rescoring_finds_nothing_where_nothing_changed(spoiled: Path) -> None:
    before = (spoiled / BEST / "traces.jsonl").read_bytes()
    assert of("rescore", RUN, "--write", cwd=spoiled) == {
        "attempts": 12,
        "changed": [],
        "unproven": [],
        "not_in_suite": 0,
        "written": True,
    }
    assert (spoiled / BEST / "traces.jsonl").read_bytes() == before
    assert "12 of 12 attempts proven; 0 judged otherwise." in lab("rescore", RUN, cwd=spoiled).out


def test_rescoring_lists_what_is_judged_otherwise_and_stores_it_when_asked(spoiled: Path) -> None:
    path = spoiled / BEST / "traces.jsonl"
    old = records(path)[0]["score"]
    wrong = {**old, "success": False, "verdicts": [{**one, "passed": False} for one in old["verdicts"]]}
    key = change(path, 0, score=wrong)
    found = of("rescore", BEST, cwd=spoiled)
    assert {row["attempt"] for row in found["changed"]} == {key}
    assert found["changed"][0] == {"agent": "perfect", "attempt": key, "what": "success: failed, now passed"}
    assert len(found["changed"]) == 1 + len(old["verdicts"]) and records(path)[0]["score"] == wrong
    assert "1 judged otherwise, stored" in lab("rescore", BEST, "--write", cwd=spoiled).out
    assert records(path)[0]["score"] == old
    summary = json.loads((spoiled / RUN / "eval/summary.json").read_text(encoding="utf-8"))
    assert set(summary) == {"idle", "perfect"} and summary["perfect"]["success"]["value"] == 1.0
    assert (spoiled / RUN / "report.html").is_file()


def test_an_attempt_that_is_not_proven_keeps_its_score(spoiled: Path) -> None:
    path = spoiled / BEST / "traces.jsonl"
    key = change(path, 0, state_hash="0" * 16, score={"success": False})
    found = of("rescore", BEST, "--write", cwd=spoiled, code=1)
    what = "every call went as before"
    assert found["unproven"] == [{"agent": "perfect", "attempt": key, "what": what}] and found["changed"] == []
    assert records(path)[0]["score"]["success"] is False


def mended(home: Path, *, number: int = 2, **fields: Any) -> tuple[Task, Task]:
    """Write mended.jsonl, the tasks of the run with one changed: idlers pass it, unless told otherwise. (old, new)"""
    tasks = read_tasks(home / TASKS)
    old = tasks[number]
    tasks[number] = old.model_copy(update=fields or {"verifiers": (DONE,)})
    write_tasks(home / "mended.jsonl", tasks)
    return old, tasks[number]


def files_in(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in names_in(folder)}


def test_a_verifier_that_was_mended_in_the_suite_judges_what_is_stored(spoiled: Path) -> None:
    old, _ = mended(spoiled)
    before = files_in(spoiled / RUN)
    found = of("rescore", IDLE, "--tasks", "mended.jsonl", cwd=spoiled)
    gone = {f"{one.name}: failed, now absent" for one in old.verifiers}
    said = {row["what"] for row in found["changed"]}
    assert {"success: failed, now passed", "says so: absent, now passed"} <= said and said & gone
    assert {row["attempt"] for row in found["changed"]} == {f"{old.id}/0"}
    assert (found["attempts"], found["not_in_suite"], found["written"]) == (6, 0, False)
    assert files_in(spoiled / RUN) == before


def test_a_verifier_that_was_added_leaves_the_verdicts_of_the_others(spoiled: Path) -> None:
    mended(spoiled, verifiers=(DONE, *read_tasks(spoiled / TASKS)[2].verifiers))
    found = of("rescore", IDLE, "--tasks", "mended.jsonl", cwd=spoiled)
    assert [row["what"] for row in found["changed"]] == ["says so: absent, now passed"]


def test_a_run_judged_by_mended_tasks_is_a_run_of_its_own(spoiled: Path) -> None:
    old, new = mended(spoiled)
    before = files_in(spoiled / RUN)
    shown = lab("rescore", RUN, "--tasks", "mended.jsonl", "--out", NEW, cwd=spoiled)
    assert shown.code == 0 and "12 of 12 attempts proven" in shown.out and "judged otherwise, stored" in shown.out
    assert {name: data for name, data in files_in(spoiled / RUN).items() if name != ".lock"} == {
        name: data for name, data in before.items() if name != ".lock"
    }
    assert names_in(spoiled / NEW) == set(before) - {".lock"} | {"report.html"}
    assert not list(spoiled.rglob("*.part*"))
    assert read_tasks(spoiled / NEW / "synthesis/tasks.jsonl") == read_tasks(spoiled / "mended.jsonl")
    assert json.loads((spoiled / NEW / "config.json").read_text(encoding="utf-8"))["name"] == "new"
    texts = [data.decode() for name, data in files_in(spoiled / NEW).items() if name.endswith((".json", ".jsonl"))]
    assert not any(old.id in text for text in texts) and new.id in (spoiled / NEW / "synthesis/split.json").read_text()
    traces = {record["key"]: record for record in records(spoiled / NEW / "eval/idle/traces.jsonl")}
    assert all(key == f"{record['task_id']}/0" for key, record in traces.items())
    assert traces[f"{new.id}/0"]["score"]["success"] is True
    summary = json.loads((spoiled / NEW / "eval/summary.json").read_text(encoding="utf-8"))
    assert of("measures", NEW, cwd=spoiled) == summary and summary["idle"]["success"]["value"] == 1 / 6
    assert of("replay", f"{NEW}/eval/idle", cwd=spoiled)["same"] == 6
    again = of("rescore", NEW, cwd=spoiled)
    assert again["attempts"] == 12 and again["changed"] == again["unproven"] == []


def test_an_evaluation_goes_on_with_the_mended_tasks(spoiled: Path) -> None:
    asked = ("--model", "baseline:do_nothing", "--no-baselines")
    of("eval", TASKS, *asked, "--out", "runs/e", cwd=spoiled)
    _, new = mended(spoiled)
    there = ("eval", "mended.jsonl", "--app", "mail", *asked)
    assert "tasks_hash" in refused(*there, "--out", "runs/e", cwd=spoiled)
    assert lab("rescore", "runs/e", "--tasks", "mended.jsonl", "--out", NEW, cwd=spoiled).code == 0
    path = spoiled / NEW / "eval/do_nothing/traces.jsonl"
    before = path.read_bytes()
    assert of(*there, "--out", NEW, cwd=spoiled)["do_nothing"]["success"]["value"] == 1 / 6
    assert path.read_bytes() == before
    assert of(*there, "--runs", 2, "--out", NEW, cwd=spoiled)["do_nothing"]["attempts"] == 12
    assert path.read_bytes().startswith(before) and f"{new.id}/1" in {record["key"] for record in records(path)}


def test_what_the_suite_does_not_hold_keeps_its_score(spoiled: Path) -> None:
    old, new = mended(spoiled)
    write_tasks(spoiled / "mended.jsonl", read_tasks(spoiled / "mended.jsonl")[1:3])
    found = of("rescore", RUN, "--tasks", "mended.jsonl", "--out", NEW, cwd=spoiled)
    assert (found["attempts"], found["not_in_suite"], found["unproven"]) == (12, 8, [])
    assert {row["attempt"] for row in found["changed"]} == {f"{old.id}/0"}
    one = {record["key"]: record["score"] for record in records(spoiled / BEST / "traces.jsonl")}
    other = {record["key"]: record["score"] for record in records(spoiled / NEW / "eval/perfect/traces.jsonl")}
    assert one.keys() ^ other.keys() == {f"{old.id}/0", f"{new.id}/0"}
    assert all(one[key] == other[key] for key in one.keys() & other.keys())
    shown = lab("rescore", RUN, "--tasks", "mended.jsonl", cwd=spoiled)
    assert "4 of 12 attempts proven" in shown.out and "8 attempts keep their score" in shown.out


def test_an_attempt_that_is_not_proven_is_not_judged_by_a_mended_task(spoiled: Path) -> None:
    old, new = mended(spoiled)
    assert change(spoiled / IDLE / "traces.jsonl", 2, state_hash="0" * 16) == f"{old.id}/0"
    asked = ("rescore", RUN, "--tasks", "mended.jsonl", "--out", NEW)
    assert "1 of 6 attempts ended by an error, so no rate is printed" in refused(*asked, cwd=spoiled)
    assert sorted(path.name for path in (spoiled / "runs").iterdir()) == ["small"]
    found = of(*asked, "--allow-errors", cwd=spoiled, code=1)
    assert [row["attempt"] for row in found["unproven"]] == [f"{old.id}/0"]
    traces = {record["key"]: record for record in records(spoiled / NEW / "eval/idle/traces.jsonl")}
    assert traces[f"{new.id}/0"]["score"]["success"] is None
    assert of("measures", NEW, "--allow-errors", cwd=spoiled)["idle"]["error_causes"] == {"not judged": 1}


def test_a_task_that_could_be_several_is_refused(spoiled: Path) -> None:
    old, new = mended(spoiled)
    twin = new.model_copy(update={"verifiers": (DONE, DONE)})
    tasks = read_tasks(spoiled / "mended.jsonl")
    write_tasks(spoiled / "mended.jsonl", [*tasks, twin])
    message = refused("rescore", RUN, "--tasks", "mended.jsonl", cwd=spoiled)
    assert f"Task {old.id} could be {new.id} or {twin.id} of mended" in message
    write_tasks(spoiled / "mended.jsonl", [*tasks, twin, old])
    assert of("rescore", RUN, "--tasks", "mended.jsonl", cwd=spoiled)["changed"] == []  # the same id wins
    write_tasks(spoiled / TASKS, [*read_tasks(spoiled / TASKS), twin])
    write_tasks(spoiled / "mended.jsonl", tasks)
    message = refused("rescore", RUN, "--tasks", "mended.jsonl", cwd=spoiled)
    assert f"Task {old.id} or {twin.id} could be {new.id} of mended" in message


def test_what_was_told_otherwise_is_another_task(spoiled: Path) -> None:
    changes: list[dict[str, Any]] = [
        {"prompt": "Do it."},
        {"policy": "Be quick."},
        {"principal": "nobody"},
        {"seed": 9},
    ]
    for fields in changes:
        mended(spoiled, **fields)
        assert of("rescore", RUN, "--tasks", "mended.jsonl", cwd=spoiled)["not_in_suite"] == 2
    assert "holds none of the tasks that were played" in refused("rescore", RUN, "--tasks", "opsgym/itsm", cwd=spoiled)


def test_calls_that_failed_for_the_moment_are_replayed_as_they_were(spoiled: Path) -> None:
    flaky = ("--model", "baseline:reference", "--no-baselines", "--flaky", 0.5)
    of("eval", TASKS, *flaky, "--out", "runs/f", cwd=spoiled)
    tasks = read_tasks(spoiled / TASKS)
    write_tasks(spoiled / "mended.jsonl", [one.model_copy(update={"verifiers": one.verifiers[:1]}) for one in tasks])
    found = of("rescore", "runs/f", "--tasks", "mended.jsonl", cwd=spoiled)
    assert (found["attempts"], found["not_in_suite"], found["unproven"]) == (6, 0, [])
    assert {row["what"].rpartition(": ")[2] for row in found["changed"]} == {"passed, now absent"}


def test_tasks_under_drift_are_refused(spoiled: Path) -> None:
    mended(spoiled, tags={"drift_of": "0123456789abcdef"})
    assert "is under drift" in refused("rescore", RUN, "--tasks", "mended.jsonl", cwd=spoiled)
    drifted = mended(spoiled, tags={"drift_of": "0123456789abcdef"})[1]
    mended(spoiled)
    write_tasks(spoiled / TASKS, [*read_tasks(spoiled / TASKS), drifted])
    assert "is under drift" in refused("rescore", RUN, "--tasks", "mended.jsonl", cwd=spoiled)


def test_options_that_do_not_fit_mended_tasks_are_refused_before_anything_is_written(spoiled: Path) -> None:
    mended(spoiled)
    before = names_in(spoiled)
    given = ("rescore", RUN, "--tasks", "mended.jsonl")
    assert "--out NEWRUN" in refused(*given, "--write", cwd=spoiled)
    assert "--out goes with --tasks" in refused("rescore", RUN, "--out", NEW, cwd=spoiled)
    assert "is there already" in refused(*given, "--out", RUN, cwd=spoiled)
    assert "lies in the run itself" in refused(*given, "--out", f"{RUN}/eval/new", cwd=spoiled)
    assert "name the run folder" in refused("rescore", IDLE, *given[2:], "--out", NEW, cwd=spoiled)
    config = json.loads((spoiled / RUN / "config.json").read_text(encoding="utf-8"))
    config["environment"]["flaky"] = {"rate": 0.1, "seed": 0}
    (spoiled / RUN / "config.json").write_text(json.dumps(config), encoding="utf-8")
    assert "was played with --flaky" in refused(*given, "--out", NEW, cwd=spoiled)
    assert names_in(spoiled) == before
