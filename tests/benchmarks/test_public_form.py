"""The public form: what we write, our own audit reads without a fault; each fault of a public task is named."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from enterpriselab.apps import world_spec
from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Family, Place, build
from enterpriselab.benchmarks.opsgym.audit import FAULTS, REMARKS, Audit, audit_folder
from enterpriselab.benchmarks.opsgym.dump import dump_sql
from enterpriselab.benchmarks.opsgym.public_form import TASK_KEYS, VERIFIER_KEYS, export_suite
from enterpriselab.benchmarks.suites import Suite
from enterpriselab.core.errors import UsageError
from enterpriselab.sandbox.gym.loading import load_text
from enterpriselab.sandbox.world import World

IDLE = {"query": "SELECT count(*) FROM users", "expected_value": 8, "comparison_type": "equals"}
DONE = {"query": "SELECT count(*) FROM location", "expected_value": 4, "comparison_type": "equals"}


@cache
def world() -> World:
    return World(world_spec("opsgym/minimal"))


def drafts(place: Place) -> Iterator[Draft]:
    for city in ("Oslo", "Bergen"):
        draft = place.draft("USER_001", f"Please add our new office, {city} Quay in {city}, Norway.")
        draft.call("add_location", "Add it.", name=f"{city} Quay", city=city, country="Norway")
        draft.check("it is there", f"SELECT count(*) FROM location WHERE name = '{city} Quay'", 1)
        yield draft


@cache
def suite() -> Suite:
    family = Family("new_office", ("opsgym/minimal",), drafts, policy="Only admins add locations.")
    return Suite("offices", tuple(build(family, Place("opsgym/minimal", world()))))


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    counts = export_suite(suite(), tmp_path / "out", port_base=9000)
    assert counts == {"seeds": 1, "tasks": 2, "verifiers": 2, "verifiers left out": 2}
    return tmp_path / "out"


def test_an_exported_task_has_the_keys_of_the_harness_and_no_other(exported: Path) -> None:
    files = sorted((exported / "tasks").glob("*.json"))
    assert len(files) == 2
    for file in files:
        data = json.loads(file.read_text(encoding="utf-8"))
        assert data.keys() <= TASK_KEYS and all(check.keys() <= VERIFIER_KEYS for check in data["verifiers"])
        (server,) = data["gym_servers_config"]
        assert server["mcp_server_url"] == "http://localhost:9006" and server["mcp_server_name"] == "gym-itsm-mcp"
        assert server["context"] == {"x-itsm-user-token": "admin_token_marcus_2024_secure"}
        assert server["user_info"]["user_id"] == "USER_001"
        assert data["selected_tools"] == ["add_location"] and data["system_prompt"] == "Only admins add locations."


def test_a_seed_comes_back_row_by_row(exported: Path) -> None:
    spec = world().spec
    text = (exported / "seeds/minimal.sql").read_text(encoding="utf-8")
    data, report = load_text(text, spec.apps[0].schema_sql, spec.clock_start)
    assert report.to_json().keys() == {"tables"} and sum(report.tables.values()) > 60
    assert dump_sql(data).splitlines()[3:] == text.splitlines()[3:]


def test_what_we_export_our_audit_finds_without_fault(exported: Path) -> None:
    audit = audit_folder(exported)
    assert [task.findings for task in audit.tasks] == [[], []]
    assert [(task.checks, task.checks_run) for task in audit.tasks] == [(1, 1), (1, 1)]
    assert audit.tools_known == {"gym-itsm-mcp.add_location": 2} and list(audit.seeds) == ["seeds/minimal.sql"]


def edit(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path], None]:
    def apply(file: Path) -> None:
        data = json.loads(file.read_text(encoding="utf-8"))
        change(data)
        file.write_text(json.dumps(data), encoding="utf-8")

    return apply


def checks(*configs: dict[str, Any], **fields: Any) -> Callable[[Path], None]:
    made = [
        {"verifier_type": "database_state", "name": f"check {n}", "validation_config": config, **fields}
        for n, config in enumerate(configs)
    ]
    return edit(lambda data: data.update(verifiers=made))


CASES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "unreadable": (lambda file: file.write_text("{"), "JSONDecodeError"),
    "other_server": (edit(lambda d: d["gym_servers_config"][0].update(mcp_server_name="gym-drive")), "gym-drive"),
    "dropped": (edit(lambda d: d.update(domain="itsm", _note="kept")), "domain"),
    "missing_seed": (edit(lambda d: d["gym_servers_config"][0].update(seed_database_file="gone.sql")), "gone.sql"),
    "seed_refused": (lambda file: (file.parent.parent / "seeds/minimal.sql").write_text("ATTACH 'x' AS y"), "seed may"),
    "missing_tool": (edit(lambda d: d["selected_tools"].append("fly")), "fly"),
    "no_verifier": (edit(lambda d: d.update(verifiers=[])), ""),
    "sql_error": (checks({**DONE, "query": "SELECT x FROM y"}), "check 0: SQL error: no such table: y"),
    "types": (checks({**DONE, "expected_value": "4"}), "check 0: the query gives 3, '4' is expected"),
    "contradiction": (checks(DONE, {**DONE, "expected_value": 5}), "check 1: 4 and 5"),
    "passes_idle": (checks(IDLE), ""),
    "overwritten": (checks(DONE, DONE, name="same"), "2 times 'same'"),
    "skipped": (checks(DONE, gym_name="gym-tea"), "gym-tea"),
    "judged": (checks({"sql_query": "SELECT 1"}, verifier_type="response_check"), "check 0"),
    "wall_clock": (checks({**DONE, "query": "SELECT datetime('now')", "expected_value": "-"}), "check 0"),
}


def test_there_is_a_case_for_every_fault_and_remark() -> None:
    assert CASES.keys() == FAULTS.keys() | REMARKS.keys()


@pytest.mark.parametrize("what", CASES)
def test_a_fault_is_named_and_its_neighbour_stays_whole(what: str, exported: Path) -> None:
    first, second = sorted((exported / "tasks").glob("*.json"))
    spoil, detail = CASES[what]
    spoil(first)
    audit: Audit = audit_folder(exported)
    found = {task.name: task for task in audit.tasks}
    spoilt = found[f"tasks/{first.name}"]
    assert [finding for finding in spoilt.findings if finding.what == what and detail in finding.detail], spoilt
    assert spoilt.broken is (what in FAULTS)
    if what != "seed_refused":
        assert not found[f"tasks/{second.name}"].findings


def test_rows_of_the_data_set_are_read_too(exported: Path) -> None:
    first = min((exported / "tasks").glob("*.json"))
    edit(lambda data: data.update(verifiers=json.dumps(data["verifiers"])))(first)
    assert not any(task.findings for task in audit_folder(exported).tasks)


def test_a_seed_outside_of_the_folder_is_not_read(exported: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.sql").write_text("CREATE TABLE secret(x);", encoding="utf-8")
    first = min((exported / "tasks").glob("*.json"))
    edit(lambda data: data["gym_servers_config"][0].update(seed_database_file="../secret.sql"))(first)
    audit = audit_folder(exported)
    assert "missing_seed" in {finding.what for task in audit.tasks for finding in task.findings}
    with pytest.raises(UsageError, match="holds no JSON task"):
        audit_folder(exported / "seeds")
