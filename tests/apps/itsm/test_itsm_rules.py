"""One source for each rule: what is made from the rules agrees with them, and the rules agree with each other."""

import itertools
import re
from pathlib import Path

import pytest
from itsm_desk import context

from enterpriselab.apps.itsm.render import FOLDER, rendered
from enterpriselab.apps.itsm.rules.enums import ENUMS
from enterpriselab.apps.itsm.rules.fields import DEFAULTS, MANDATORY, PARITY_DEFAULTS
from enterpriselab.apps.itsm.rules.machines import MACHINES, Machine
from enterpriselab.apps.itsm.rules.people import OPEN_WORK
from enterpriselab.apps.itsm.rules.priority import MATRIX
from enterpriselab.apps.itsm.rules.rights import AREAS, OWN_ROWS, RIGHTS, permissions
from enterpriselab.apps.itsm.rules.sla import SLA
from enterpriselab.apps.itsm.rules.tables import tables

POLICY, SCHEMA = ((FOLDER / name).read_text(encoding="utf-8") for name in ("policy.md", "schema.sql"))


@pytest.mark.parametrize("name", ["schema.sql", "policy.md"])
def test_a_written_file_is_up_to_date(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == rendered()[name], "python -m enterpriselab.apps.itsm.render"


def test_there_are_the_24_tables_with_the_public_columns() -> None:
    assert len(tables()) == 24
    counts = {name: len(rule.columns) for name, rule in tables().items()}
    assert sum(counts.values()) == 259
    assert counts["incident"] == 41 and counts["change"] == 23 and counts["users"] == 13, counts


@pytest.mark.parametrize("name", sorted(ENUMS))
def test_a_closed_list_stands_in_the_ddl_and_in_the_policy(name: str) -> None:
    table, column = name.split(".")
    values = ENUMS[name]
    assert len(set(values)) == len(values)
    listed = ", ".join(f"'{value}'" for value in values)
    ddl = re.search(rf"CREATE TABLE {table} \((.*?)\n\) STRICT", SCHEMA, re.DOTALL)
    assert ddl is not None and f"CHECK ({column} IN ({listed}))" in ddl[1]
    assert f"| `{name}` | {', '.join(values)} |" in POLICY
    length = tables()[table].column(column).length
    assert length is None or max(map(len, values)) <= length


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_a_machine_knows_every_state_and_only_reachable_ones(name: str) -> None:
    machine = MACHINES[name]
    assert set(machine.moves) == set(ENUMS[name])
    reached = set(machine.initial)
    for _ in machine.moves:
        reached |= {target for state in reached for target in machine.moves[state]}
    assert reached == set(ENUMS[name])
    assert {*machine.linkable, *machine.correctable} <= set(machine.moves)


def steps(machine: Machine) -> set[tuple[str, str]]:
    return {(state, target) for state, targets in machine.moves.items() for target in targets}


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_what_a_step_needs_exists(name: str) -> None:
    machine = MACHINES[name]
    columns = {column.name for column in tables()[machine.table].columns}
    assert set(machine.guards) | set(machine.rights) <= steps(machine)
    assert {column for needed in machine.needs.values() for column in needed} <= columns
    assert set(machine.needs) <= set(machine.moves)
    for right in machine.rights.values():
        assert any(right in grants.get(machine.table, {}) for grants in RIGHTS.values())


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_every_step_and_its_conditions_stand_in_the_policy(name: str) -> None:
    machine = MACHINES[name]
    block = POLICY.split(f"(`{name}`)")[1].split("\n##")[0]
    assert block.count("\n| ") == len(steps(machine)) + 2
    assert all(state in block.split("|")[0] for state in (*machine.linkable, *machine.correctable))
    for state, target in steps(machine):
        line = next(line for line in block.splitlines() if line.startswith(f"| {state} | {target} |"))
        assert all(guard.text in line for guard in machine.guards.get((state, target), ()))
        assert all(column in line for column in machine.needs.get(target, ()))


def test_a_guard_is_sql_over_the_columns_of_its_row() -> None:
    ctx = context()
    for machine in MACHINES.values():
        row = ctx.db.row(f"SELECT * FROM {machine.table}")
        assert row is not None
        for guard in itertools.chain(*machine.guards.values()):
            assert set(re.findall(r":(\w+)", guard.sql)) <= set(row) | {"now"}, guard.sql
            (value,) = ctx.db.connection.execute(guard.sql, {**row, "now": ctx.now}).fetchone()
            assert value in (0, 1)


def test_the_priority_matrix_is_complete_and_falls_with_impact_and_urgency() -> None:
    levels = ENUMS["incident.impact"]
    assert set(MATRIX) == set(itertools.product(levels, levels))
    order = ENUMS["incident.priority"]
    ranks = {pair: order.index(priority) for pair, priority in MATRIX.items()}
    for (impact, urgency), rank in ranks.items():
        assert rank <= min(ranks[i, u] for i, u in ranks if i in lower(impact) and u in lower(urgency))


def lower(level: str) -> tuple[str, ...]:
    levels = ENUMS["incident.impact"]
    return levels[levels.index(level) :]


def test_rights_name_tables_and_grow_with_the_role() -> None:
    for grants in RIGHTS.values():
        assert set(grants) <= set(tables())
    for small, large in (("reporter", "agent"), ("agent", "manager"), ("manager", "admin")):
        for table, actions in RIGHTS[small].items():  # type: ignore[index]
            assert set(actions) <= set(RIGHTS[large][table]), (small, table)  # type: ignore[index]
    owned = {t for grants in RIGHTS.values() for t, actions in grants.items() if "own" in actions.values()}
    assert owned == set(OWN_ROWS)


def test_the_permission_table_sums_the_rights_up_by_area() -> None:
    assert set(AREAS.values()) <= set(tables())
    assert ("change", "approve") in set(permissions("manager"))
    assert ("change", "approve") not in set(permissions("agent"))


def test_defaults_are_values_that_the_columns_accept() -> None:
    for source in (DEFAULTS, PARITY_DEFAULTS):
        for table, columns in source.items():
            for column, value in columns.items():
                tables()[table].column(column)
                assert value in ENUMS.get(f"{table}.{column}", (value,))
    for table, names in MANDATORY.items():
        assert set(names) <= {column.name for column in tables()[table].columns}
    for name, machine in MACHINES.items():
        start = DEFAULTS.get(machine.table, {}).get(machine.column)
        assert start is None or start in machine.initial, name


def test_rules_about_statuses_name_statuses() -> None:
    for table, statuses in OPEN_WORK.items():
        assert set(statuses) < set(ENUMS[f"{table}.status"])
    incident = set(ENUMS["incident.status"])
    assert {*SLA.pausing, *SLA.canceling, *(s for found in SLA.completing.values() for s in found)} <= incident
    assert set(SLA.completing) == set(ENUMS["sla_definition.metric"])


def test_the_policy_speaks_of_every_role_and_every_reason_to_refuse() -> None:
    for word in (*ENUMS["role.name"], "missing permission", "terminal state", "missing entity", "ambiguity"):
        assert word in POLICY
    assert Path(FOLDER, "policy.md").read_text(encoding="utf-8").isascii()
