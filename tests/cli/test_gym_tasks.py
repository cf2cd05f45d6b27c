"""`enterpriselab gym export` and `gym import` on a family of one task."""

import json
from pathlib import Path

from enterpriselab.benchmarks.suites import load_suite
from enterpriselab.cli.checking import check_groups, side_by_side
from enterpriselab.cli.taskfiles import Asked, load_groups
from enterpriselab.core.task_files import write_tasks
from tests.cli.desk import lab, refused, write

FAMILY = """
from enterpriselab.benchmarks.families import Family


def drafts(place):
    draft = place.draft("USER_001", "Please add our new office, Oslo Quay in Oslo, Norway.")
    draft.call("add_location", "Add it.", name="Oslo Quay", city="Oslo", country="Norway")
    draft.check("it is there", "SELECT count(*) FROM location WHERE name = 'Oslo Quay'", 1)
    yield draft


FAMILY = Family("new_office", ("opsgym/minimal",), drafts)
"""


def test_what_is_exported_is_imported_whole_and_a_fault_is_listed(tmp_path: Path) -> None:
    write(tmp_path / "office.py", FAMILY)
    ended = lab("gym", "export", "public", "office.py", cwd=tmp_path)
    assert ended.code == 0 and "1 seeds, 1 tasks, 1 verifiers, 1 verifiers left out" in ended.out, ended
    ended = lab("gym", "import", "public", "--json", cwd=tmp_path)
    found = json.loads(ended.out)
    assert ended.code == 0 and (found["tasks"], found["broken"], found["checks_run"]) == (1, 0, 1)
    assert found["tools"] == {"known": {"gym-itsm-mcp.add_location": 1}, "missing": {}}
    (file,) = (tmp_path / "public/tasks").glob("*.json")
    write(file, file.read_text(encoding="utf-8").replace("FROM location", "FROM places"))
    ended = lab("gym", "import", "public", cwd=tmp_path)
    assert ended.code == 1 and "no such table: places" in ended.out and "0 of 1" in ended.out, ended


def test_a_suite_of_another_world_has_no_public_form(tmp_path: Path) -> None:
    write(tmp_path / "office.py", FAMILY.replace("opsgym/minimal", "arena").replace("add_location", "read_email"))
    assert "family new_office in arena" in refused_family(tmp_path)
    assert "holds no JSON task" in refused("gym", "import", ".", cwd=tmp_path)


def refused_family(folder: Path) -> str:
    ended = lab("gym", "export", "public", "office.py", cwd=folder)
    assert ended.code == 2 and "Traceback" not in ended.err
    return ended.err


def test_a_suite_is_checked_at_a_level_and_counted_both_ways(tmp_path: Path) -> None:
    short = sorted(load_suite("opsgym/itsm").tasks, key=lambda task: len(task.reference))[:12]
    write_tasks(tmp_path / "tasks.jsonl", short)
    ended = lab("check", "tasks.jsonl", "--level", "enforced", cwd=tmp_path)
    assert ended.code == 0 and "6 of 12 tasks can be done" in ended.out, ended
    strict, public = ended.out.split("Counted the public way")
    assert "12 of 12 (100.0%)" in strict and "0 of 12 (0.0%)" in strict and "6 of 12 (50.0%)" in strict
    assert "12 of 12 (100.0%)" in public and "6 of 12 (50.0%)" in public
    assert "has no level 'lax'" in refused("check", "tasks.jsonl", "--level", "lax", cwd=tmp_path)


def test_processes_side_by_side_say_what_one_says(finished: Path) -> None:
    _, groups = load_groups(str(finished / "runs/small/synthesis/tasks.jsonl"), Asked())
    alone, together = list(check_groups(groups, 1)), list(side_by_side(groups, 2))
    assert together == alone and len(alone) == 6


def test_a_suite_of_several_worlds_is_played_each_in_its_own(tmp_path: Path) -> None:
    asked = ("eval", "opsgym/itsm", "--model", "baseline:reference", "--limit", 6, "--out", "runs/x", "--json")
    ended = lab(*asked, cwd=tmp_path)
    found = json.loads(ended.out)["reference"]
    assert ended.code == 0 and found["success"]["value"] == found["parity"]["value"] == 1.0, ended
    stages = [json.loads(line) for line in (tmp_path / "runs/x/stages.jsonl").read_text(encoding="utf-8").splitlines()]
    worlds = next(stage for stage in stages if stage["stage"] == "tasks")["worlds"]
    assert worlds == ["opsgym/campus", "opsgym/clinic", "opsgym/harbor"]
