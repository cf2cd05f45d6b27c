"""Suites by name and by path; a user's own family is one short file."""

import json
from functools import cache
from pathlib import Path

import pytest

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Family, Place, build
from enterpriselab.benchmarks.suites import Suite, load_suite
from enterpriselab.core.errors import EnterpriseLabError, UsageError
from enterpriselab.core.task_files import task_record, write_tasks
from enterpriselab.sandbox.world import World
from enterpriselab.scoring.gates import check_task
from tests.workshop import workshop_world

ACTS = "p0010"
FAMILY = '''
"""Cheap items become dearer."""

from enterpriselab.benchmarks.families import Family


def drafts(place):
    for row in place.rows("SELECT id, name FROM workshop_item WHERE state = 'broken' ORDER BY id LIMIT 2"):
        draft = place.draft("p0010", f"Please set the price of the broken {row['name']} to 99.")
        listed = draft.call("list_items", "Look for the broken items.", state="broken")
        item = listed.where("items", name=row["name"])
        draft.call("set_price", "Set its price.", item_id=item["item_id"], price=99)
        draft.check("it costs 99", f"SELECT price FROM workshop_item WHERE id = '{row['id']}'", 99)
        yield draft


FAMILY = Family("dearer", ("workshop",), drafts, policy="Prices are in euros.", tags={"domain": "lending"})
'''


@cache
def workshop(_name: str = "") -> World:
    return workshop_world()


def load(path: Path) -> Suite:
    return load_suite(str(path), open_world=workshop)


@pytest.fixture
def family(tmp_path: Path) -> Path:
    path = tmp_path / "dearer.py"
    path.write_text(FAMILY, encoding="utf-8")
    return path


def test_a_family_file_of_a_page_gives_tasks_that_pass_every_gate(family: Path) -> None:
    suite = load(family)
    assert suite.name == "dearer" and len(suite.tasks) == 2
    for task in suite.tasks:
        report = check_task(workshop(), task)
        assert report.passed, report.failures
        assert report.mutants_killed == report.mutants >= 4
    first = suite.tasks[0]
    assert first.plan == ("Look for the broken items.", "Set its price.") and first.policy == "Prices are in euros."
    assert first.tags["horizon"] == first.tags["depth"] == 2 and first.tags["domain"] == "lending"
    assert [task.id for task in load(family).tasks] == [task.id for task in suite.tasks]


def test_one_suite_in_every_form_has_the_same_tasks(family: Path, tmp_path: Path) -> None:
    tasks = load(family).tasks
    write_tasks(tmp_path / "tasks.jsonl", tasks)
    folder = tmp_path / "many"
    folder.mkdir()
    for number, task in enumerate(tasks):
        (folder / f"{number}.json").write_text(json.dumps(task_record(task)), encoding="utf-8")
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    (mixed / "family.py").write_text(FAMILY, encoding="utf-8")
    (mixed / "_helper.py").write_text("raise RuntimeError('never loaded')", encoding="utf-8")
    for form in (tmp_path / "tasks.jsonl", folder, mixed):
        assert load(form).tasks == tasks, form
    assert load(folder / "1.json").tasks == tasks[1:]


def test_what_is_no_suite_is_refused_with_what_there_is(family: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no suite 'opsgym/payroll'; there are: opsgym/itsm"):
        load_suite("opsgym/payroll")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="holds no task"):
        load(tmp_path / "empty")
    (tmp_path / "bare.py").write_text("X = 1\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"bare\.py has no FAMILY"):
        load(tmp_path / "bare.py")
    (tmp_path / "twice").mkdir()
    for name in ("a.py", "b.py"):
        (tmp_path / "twice" / name).write_text(FAMILY, encoding="utf-8")
    with pytest.raises(UsageError, match="2 times"):
        load(tmp_path / "twice")


def test_a_family_whose_reference_is_refused_says_which_call() -> None:
    def drafts(place: Place) -> list[Draft]:
        draft = place.draft(ACTS, "Lend IT-001 for 90 days.")
        draft.call("list_items", "Look.")
        draft.call("lend_item", "Lend.", item_id="IT-001", days=90)
        return [draft]

    with pytest.raises(EnterpriseLabError, match="family long in workshop: call 2, lend_item, is refused"):
        list(build(Family("long", ("workshop",), drafts), Place("workshop", workshop())))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("def drafts(:", ", line 1: SyntaxError"),
        ("import nothing_of_this_name", ", line 1: ModuleNotFoundError: No module named 'nothing_of_this_name'"),
        ("\nraise SystemExit(3)", ", line 2: SystemExit: 3"),
        (FAMILY.replace("place.rows(", "place.row("), ", line 9: TypeError"),
        (FAMILY.replace("workshop_item", "nowhere"), ", line 8: family dearer in workshop: SQL error"),
        (FAMILY.replace('"set_price"', '"set_prize"'), ", line 12: family dearer in workshop: call 2, set_prize"),
        (
            FAMILY.replace("yield draft", "yield row"),
            ": family dearer in workshop: its function gives drafts, made by",
        ),
    ],
)
def test_what_goes_wrong_in_a_family_of_the_user_is_told_with_its_line(code: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(code, encoding="utf-8")
    for named in (tmp_path / "own.py", tmp_path):
        with pytest.raises(UsageError) as refused:
            load(named)
        assert f"own.py{words}" in refused.value.message
        assert "docs/suites.md" in (refused.value.hint or "")


def test_two_checks_of_one_name_are_refused() -> None:
    draft = Place("workshop", workshop()).draft(ACTS, "Anything.")
    draft.check("it holds", "SELECT 1", 1)
    with pytest.raises(EnterpriseLabError, match="two checks"):
        draft.check("it holds", "SELECT 2", 2)


def test_the_family_that_the_documentation_shows_passes_every_gate(arena: World, tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs/suites.md").read_text(encoding="utf-8")
    (tmp_path / "shown.py").write_text(page.split("```python\n")[1].split("```")[0], encoding="utf-8")
    tasks = load_suite(str(tmp_path / "shown.py"), open_world=lambda _: arena).tasks
    reports = [check_task(arena, task) for task in tasks]
    assert len(tasks) == 3 and all(report.passed for report in reports), reports
