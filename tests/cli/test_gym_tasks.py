"""`enterpriselab gym export` and `gym import` on a family of one task."""

import json
from pathlib import Path

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
    assert ended.code == 1 and "Traceback" not in ended.err
    return ended.err
