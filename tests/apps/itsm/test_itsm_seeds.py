"""The images of the ITSM desk: whole, deterministic, plausible, and out of order only where a trap says so."""

import random
import re
from datetime import datetime
from functools import cache

import apsw
import pytest
from itsm_audits import AUDITS

from enterpriselab.apps import load_app, world_spec
from enterpriselab.apps.itsm.rules.enums import ENUMS
from enterpriselab.apps.itsm.rules.machines import MACHINES
from enterpriselab.apps.itsm.rules.rights import RIGHTS, permissions
from enterpriselab.apps.itsm.rules.tables import tables
from enterpriselab.apps.itsm.seeds import IMAGES
from enterpriselab.apps.itsm.seeds.desk import Keys, chronological, statements
from enterpriselab.apps.itsm.seeds.traps import FINDERS, STORIES, TRAPS
from enterpriselab.core.errors import EnterpriseLabError
from enterpriselab.sandbox.world import World, build_image

NOW = "2026-03-02 09:00:00"
EVERYWHERE = {
    *("namesake", "inactive_assignee", "member_without_role", "inactive_member", "retired_item", "same_number"),
    *("stale_sla", "near_duplicate"),
}
images = pytest.mark.parametrize("image", list(STORIES))


@cache
def database(image: str) -> apsw.Connection:
    connection = apsw.Connection(":memory:")
    connection.pragma("foreign_keys", True)
    connection.execute(load_app("itsm").schema_sql)
    with connection:
        IMAGES[image](connection, None, random.Random(1))
    return connection


def rows(image, query, *params):
    return list(database(image).execute(query, params))


def values(image, query, *params):
    return {row[0] for row in rows(image, query, *params)}


def test_a_full_image_is_the_default_and_the_small_one_stays():
    assert world_spec("opsgym").name == f"opsgym/{next(iter(STORIES))}"
    assert set(IMAGES) == {*STORIES, "minimal"}
    assert len(STORIES) == 3


@images
def test_an_image_builds_twice_to_the_same_bytes(image):
    spec = world_spec(f"opsgym/{image}")
    assert build_image(spec) == build_image(spec)


@images
def test_an_image_is_a_world_in_which_its_first_user_acts(image):
    me = World(world_spec(f"opsgym/{image}")).spec.find_principal(database(image), "admin_token_marcus_2024_secure")
    assert me is not None
    assert me.id == "USER_001"
    assert me.roles == {"admin"}


@images
def test_every_table_is_filled_and_the_size_is_the_public_one(image):
    counts = {name: rows(image, f'SELECT count(*) FROM "{name}"')[0][0] for name in tables()}
    assert len(counts) == 24
    assert min(counts.values()) >= 3, counts
    assert 240 <= sum(counts.values()) <= 450, sum(counts.values())
    assert rows(image, "PRAGMA foreign_key_check") == []


@images
@pytest.mark.parametrize(
    "column",
    [
        *sorted(MACHINES),
        *("user_group.type", "users.role", "incident.category", "incident.on_hold_reason", "change.category"),
        *("incident_knowledge.used_as", "notification.type", "notification.status"),
    ],
)
def test_every_value_of_a_list_that_work_turns_on_occurs(image, column):
    table, name = column.split(".")
    assert values(image, f'SELECT {name} FROM "{table}" WHERE {name} IS NOT NULL') == set(ENUMS[column])


@images
def test_ids_and_numbers_have_the_public_form_and_leave_no_gap(image):
    for name, rule in tables().items():
        if rule.prefix:
            ids = [row[0] for row in rows(image, f'SELECT {rule.key[0]} FROM "{name}" ORDER BY rowid')]
            assert ids == [f"{rule.prefix}_{count:03d}" for count in range(1, len(ids) + 1)]
    for name, column in (("problem", "number"), ("change", "number"), ("knowledge", "kb_number")):
        prefix, key = tables()[name].prefix, tables()[name].key[0]
        for row_id, number in rows(image, f'SELECT {key}, {column} FROM "{name}"'):
            assert number == f"{prefix}{int(row_id.split('_')[1]):07d}"
    assert all(re.fullmatch(r"INC\d{7}", number) for number in values(image, "SELECT number FROM incident"))


@images
def test_people_can_be_told_apart_and_reached(image):
    people = rows(image, "SELECT email, phone, static_token, role, substr(created_on, 1, 4) FROM users")
    for column in zip(*(row[:3] for row in people), strict=True):
        assert len(set(column)) == len(people)
    for email, phone, token, role, year in people:
        assert re.fullmatch(r"[a-z0-9.\-]+@[a-z\-]+\.example", email)
        assert re.fullmatch(r"\+1-555-\d{3}-\d{4}", phone)
        assert re.fullmatch(rf"{role}_token_[a-z_]+_{year}_secure", token)
    assert rows(image, "SELECT static_token FROM users WHERE user_id = 'USER_001' AND active = 1") == [
        ("admin_token_marcus_2024_secure",)
    ]


@images
def test_moments_lie_in_the_past_and_follow_each_other(image):
    for name, rule in tables().items():
        for created, updated in [rule.stamps] if rule.stamps else []:
            wrong = f'SELECT count(*) FROM "{name}" WHERE NOT ({created} <= {updated} AND {updated} < ?)'
            assert rows(image, wrong, NOW) == [(0,)], name
    late = "SELECT incident_id FROM incident WHERE NOT (created_at < resolved AND resolved <= updated_at)"
    assert values(image, late) == set()
    for column, table, key, stamp in (
        ("incident_id", "notification", "incident_id", "created_at"),
        ("incident_id", "incident_affected_cis", "incident_id", "created_at"),
        ("child_incident", "child_incident", "incident_id", "created_at"),
    ):
        side = "created_at" if table == "child_incident" else "created_on"
        early = f"SELECT 1 FROM {table} s JOIN incident i ON i.{key} = s.{column} WHERE s.{side} < i.{stamp}"
        assert rows(image, early) == []
    assert values(image, "SELECT 1 FROM incident WHERE service_display IS NOT NULL") == set()


@images
def test_roles_hold_the_permissions_of_the_rules(image):
    for role in RIGHTS:
        query = """SELECT p.resource, p.action FROM role r JOIN role_permission USING (role_id)
            JOIN permission p USING (perm_id) WHERE r.name = ?"""
        assert set(rows(image, query, role)) == set(permissions(role))
    without = """SELECT user_id FROM users u WHERE role NOT IN (SELECT r.name FROM user_role x
        JOIN role r USING (role_id) WHERE x.user_id = u.user_id)"""
    assert values(image, without) == set()


@images
def test_one_active_definition_serves_each_priority_and_the_second_is_high(image):
    query = """SELECT org_id, metric, applies_to_priority, count(*) FROM sla_definition WHERE active = 1
        GROUP BY 1, 2, 3 HAVING count(*) > 1"""
    assert rows(image, query) == []
    second = rows(image, "SELECT applies_to_priority, active, metric FROM sla_definition WHERE sla_def_id = 'SLA_002'")
    assert second == [("high", 1, "resolution")]
    for org in values(image, "SELECT DISTINCT org_id FROM incident"):
        served = """SELECT applies_to_priority FROM sla_definition
            WHERE org_id = ? AND active = 1 AND metric = 'resolution'"""
        assert values(image, served, org) == set(ENUMS["sla_definition.applies_to_priority"])
    assert values(image, "SELECT DISTINCT active FROM sla_definition") == {0, 1}


@images
def test_what_is_linked_belongs_to_one_organization(image):
    for name, rule in tables().items():
        if not any(column.name == "org_id" for column in rule.columns):
            continue
        for column in rule.columns:
            target = column.references.partition(".")[0]
            if target and column.name != "org_id" and any(c.name == "org_id" for c in tables()[target].columns):
                key = tables()[target].key[0]
                apart = f'SELECT 1 FROM "{name}" a JOIN "{target}" b ON b.{key} = a.{column.name}'
                assert rows(image, f"{apart} WHERE a.org_id <> b.org_id") == [], f"{name}.{column.name}"


@images
@pytest.mark.parametrize("claim", list(AUDITS))
def test_nothing_is_out_of_order_but_the_traps(image, claim):
    assert rows(image, AUDITS[claim]) == []


@images
@pytest.mark.parametrize("kind", list(FINDERS))
def test_the_traps_are_exactly_what_their_query_finds(image, kind):
    told = [frozenset(row_id for _, row_id in trap.rows) for trap in TRAPS[image] if trap.kind == kind]
    found = rows(image, FINDERS[kind])
    assert len(told) == len(found)
    assert set(told) == {frozenset(row) for row in found}
    assert told or kind not in EVERYWHERE


@images
def test_a_trap_names_rows_that_exist_and_a_reason(image):
    assert {trap.kind for trap in TRAPS[image]} <= set(FINDERS)
    for trap in TRAPS[image]:
        assert len(trap.why) > 40
        assert trap.why.endswith(".")
        for table, row_id in trap.rows:
            key = tables()[table].key[0]
            assert rows(image, f'SELECT 1 FROM "{table}" WHERE {key} = ?', row_id) == [(1,)]


def test_every_kind_of_trap_is_set_somewhere():
    assert {trap.kind for traps in TRAPS.values() for trap in traps} == set(FINDERS)


@images
def test_deadlines_are_start_plus_target_plus_time_on_hold(image):
    query = """SELECT s.incident_id, s.start_time, s.breach_time, d.target_mins, d.pause_on_pending, i.created_at,
        i.resolved, s.completed_time, s.stage, d.metric FROM incident_sla s JOIN incident i USING (incident_id)
        JOIN sla_definition d USING (sla_def_id)"""
    held = minutes_on_hold(image)
    for incident, start, due, minutes, pauses, created, resolved, completed, stage, metric in rows(image, query):
        assert start == created
        allowed = (datetime.fromisoformat(due) - datetime.fromisoformat(start)).total_seconds() / 60
        assert abs(allowed - minutes - pauses * held[incident]) < 2, incident
        assert (completed is not None) == (stage == "completed")
        assert metric == "response" or stage != "completed" or completed == resolved


def minutes_on_hold(image):
    story = chronological(STORIES[image])
    keys, minute = Keys(story), datetime.fromisoformat
    return {
        keys.id("incident", told.key): sum((minute(end) - minute(start)).total_seconds() / 60 for start, end in ended)
        for told in story.incidents
        for ended in [[span for span in told.held if span[1]]]
    }


def test_a_story_that_names_what_it_does_not_tell_is_refused():
    keys = Keys(STORIES["harbor"])
    with pytest.raises(EnterpriseLabError, match="does not tell of it"):
        keys.id("users", "nobody")
    assert keys.maybe("users", "") is None


def test_rows_with_other_columns_share_one_statement():
    assert list(statements({"change": [{"a": 1}, {"a": 2, "b": 3}]})) == [
        ('INSERT INTO "change" (a, b) VALUES (?, ?)', [(1, None), (2, 3)])
    ]
