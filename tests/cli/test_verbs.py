import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from enterpriselab.cli.app import GROUPS, VERBS, help_of
from tests.cli.desk import environ, lab, names_in, refused, write

HEAVY = {
    "torch",
    "transformers",
    "pandas",
    "numpy",
    "matplotlib",
    "sklearn",
    "networkx",
    "mcp",
    "apsw",
    "uvicorn",
    "jinja2",
}
TASKS = "runs/small/synthesis/tasks.jsonl"


def as_json(*arguments: object, cwd: Path, code: int = 0) -> Any:
    ended = lab(*arguments, "--json", cwd=cwd)
    assert ended.code == code, ended
    return json.loads(ended.out)


def test_help_comes_without_loading_a_world_a_server_or_a_training_library(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom enterpriselab.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    print(end.code)\n"
        f"print('loaded', sorted(set(sys.modules) & {HEAVY!r}))"
    )
    for arguments in ([], ["--help"], ["eval", "--help"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], env=environ(), capture_output=True, encoding="utf-8", check=True
        )
        assert done.stdout.endswith("loaded []\n"), done.stdout[-300:]


def test_a_library_that_is_not_installed_is_named_with_the_extra_that_brings_it(tmp_path: Path) -> None:
    code = (
        "import sys\nsys.modules['openai'] = None\nsys.argv = ['enterpriselab', 'tools', '--app', 'mail']\n"
        "import enterpriselab.cli, enterpriselab.cli.worlds as worlds\n"
        "def opened(*_, **__):\n    import openai\n"
        "worlds.opened = opened\nenterpriselab.cli.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ(), capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 2 and 'Next: pip install "enterpriselab[openai]"' in done.stderr, done.stderr


def test_the_help_names_every_verb_and_the_version_is_told(tmp_path: Path) -> None:
    text = lab("--help", cwd=tmp_path).out
    texts = {"": text, **{group: lab(group, "--help", cwd=tmp_path).out for group in GROUPS}}
    for name in VERBS:
        group, _, word = name.rpartition(" ")
        assert f" {word} " in texts[group], name
    assert lab("--version", cwd=tmp_path).out.startswith("enterpriselab 0.")


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_has_a_sentence_and_an_example_of_itself(name: str) -> None:
    text, example = help_of(VERBS[name][1])
    assert text.split("\n\n")[0].endswith(".") and len(text.split("\n\n")[0]) <= 60
    assert example.startswith(f"enterpriselab {name}") and "\n" not in example


def test_apps_are_counted_and_add_up(tmp_path: Path) -> None:
    worlds = {world["world"]: world for world in as_json("apps", cwd=tmp_path)}
    assert {"hr", "mail"} <= {app["key"] for app in worlds["arena"]["apps"]}
    for world in worlds.values():
        for count in ("tools", "tables", "foreign_keys", "rows"):
            assert world["total"][count] == sum(app[count] for app in world["apps"]) > 0


def test_tools_are_listed_with_whole_schemas_for_programs_and_marks_for_people(tmp_path: Path) -> None:
    specs = {spec["name"]: spec for spec in as_json("tools", "--app", "mail", cwd=tmp_path)}
    assert {spec["app"] for spec in specs.values()} == {"mail"}
    assert specs["send_email"]["writes"] and "to" in specs["send_email"]["input_schema"]["required"]
    text = lab("tools", "--app", "mail", cwd=tmp_path).out
    assert f"{len(specs)} tools of arena" in text and "cc?" in text


def test_a_run_leaves_its_records_and_a_report(finished: Path) -> None:
    folder = finished / "runs" / "small"
    assert {"config.json", "stages.jsonl", "world.json", "tools.json", "report.html"} <= names_in(folder)
    assert not [name for name in names_in(folder) if name.endswith(".part")]
    stages = [json.loads(line)["stage"] for line in (folder / "stages.jsonl").read_text(encoding="utf-8").splitlines()]
    assert stages == ["world", "discover", "synthesis", "split", "demonstrate"]


def test_a_finished_run_is_not_run_again(home: Path) -> None:
    before = (home / "runs/small/stages.jsonl").read_bytes()
    ended = lab("run", "small.toml", cwd=home)
    assert ended.code == 0 and ended.out.count("done before") == 5
    assert (home / "runs/small/stages.jsonl").read_bytes() == before


def test_the_config_json_of_a_run_folder_means_that_folder_wherever_it_lies(home: Path) -> None:
    shutil.move(home / "runs" / "small", home / "elsewhere")
    for cwd, config in ((home, "elsewhere/config.json"), (home / "elsewhere", "config.json")):
        ended = lab("run", config, cwd=cwd)
        assert ended.code == 0 and ended.out.count("done before") == 5, ended
    assert {path.name for path in home.iterdir()} == {"small.toml", "runs", "elsewhere"}
    assert list((home / "runs").iterdir()) == []


def test_the_config_json_with_another_name_makes_the_run_anew_beside_it(home: Path) -> None:
    ended = lab("run", "runs/small/config.json", "name=again", cwd=home)
    assert ended.code == 0 and "done before" not in ended.out, ended
    first, second = ((home / "runs" / name / "synthesis/tasks.jsonl").read_bytes() for name in ("small", "again"))
    assert first == second


def test_the_config_json_with_another_value_is_refused_and_the_difference_named(home: Path) -> None:
    message = refused("run", "runs/small/config.json", "synthesis.tasks=7", cwd=home)
    assert "synthesis.tasks is 6 there and 7 now" in message and "name=" in message


def test_a_config_json_outside_of_a_run_folder_is_a_config_like_any_other(finished: Path, tmp_path: Path) -> None:
    shutil.copy(finished / "runs/small/config.json", tmp_path / "config.json")
    assert lab("synth", "config.json", "--tasks", 1, cwd=tmp_path).code == 0
    assert (tmp_path / "runs" / "small" / "report.html").is_file()


def test_synth_stops_at_the_tasks_and_run_goes_on_from_there(finished: Path, tmp_path: Path) -> None:
    shutil.copy(finished / "small.toml", tmp_path)
    ended = lab("synth", "small.toml", "--tasks", 2, "--out", "made/two", cwd=tmp_path)
    assert ended.code == 0 and "Quality of the tasks" in ended.out, ended
    assert len((tmp_path / "made/two/synthesis/tasks.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    assert lab("run", "made/two/config.json", cwd=tmp_path).out.count("done before") == 5


def test_check_passes_tasks_that_hold_and_knows_their_world(finished: Path) -> None:
    found = as_json("check", TASKS, cwd=finished)
    assert (found["tasks"], found["failed"], found["offenders"]) == (6, 0, [])
    assert found["kill_rate"] == 1.0 and found["false_negative_rate"] == 0.0
    assert "6 of 6" in lab("check", TASKS, cwd=finished).out


def test_check_fails_when_a_task_does_not_hold(home: Path) -> None:
    lines = (home / TASKS).read_text(encoding="utf-8").splitlines()
    loose, empty = json.loads(lines[0]), json.loads(lines[1]) | {"verifiers": []}
    loose["verifiers"] = [verifier for verifier in loose["verifiers"] if verifier["kind"] == "no_other_changes"]
    write(home / TASKS, "\n".join([json.dumps(loose), json.dumps(empty), *lines[2:]]) + "\n")
    found = as_json("check", TASKS, cwd=home, code=1)
    assert found["failed"] == 2
    assert {"do_nothing", "reference"} <= {offender["gate"] for offender in found["offenders"]}
    ended = lab("check", TASKS, cwd=home)
    assert ended.code == 1 and "doing nothing passes" in ended.out and "Error" not in ended.err


def test_runs_are_listed_and_an_empty_place_says_how_to_start(finished: Path, tmp_path: Path) -> None:
    (only,) = as_json("runs", cwd=finished)
    assert only["name"] == "small" and "demonstrate" in only["stages"]
    assert "small" in lab("runs", cwd=finished).out
    assert as_json("runs", cwd=tmp_path) == []
    assert "enterpriselab run configs/demo.toml" in lab("runs", cwd=tmp_path).out


def test_config_prints_what_run_accepts(finished: Path) -> None:
    resolved = json.loads(lab("config", "small.toml", "seed=9", cwd=finished).out)
    assert resolved["seed"] == 9 and resolved["synthesis"]["tasks"] == 6
    assert json.loads(lab("config", cwd=finished).out)["name"] == "example"


def test_a_report_is_written_again_and_is_the_same(home: Path) -> None:
    page = home / "runs/small/report.html"
    before = page.read_bytes()
    page.unlink()
    ended = lab("report", "runs/small", cwd=home)
    assert ended.code == 0 and ended.out.strip() == "Report: runs/small/report.html"
    assert page.read_bytes() == before
