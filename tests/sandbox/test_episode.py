import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enterpriselab.core.errors import EpisodeError, UsageError
from enterpriselab.sandbox.episode import Episode, restore
from enterpriselab.sandbox.world import World
from tests.workshop import crash_midway, lie, workshop_world

CALLS = st.one_of(
    st.tuples(
        st.just("lend_item"),
        st.fixed_dictionaries(
            {"item_id": st.sampled_from([f"IT-{n:03d}" for n in range(1, 8)]), "days": st.integers(0, 31)}
        ),
    ),
    st.tuples(st.just("return_item"), st.fixed_dictionaries({"loan_id": st.integers(1, 6)})),
    st.tuples(st.just("set_price"), st.fixed_dictionaries({"item_id": st.just("IT-003"), "price": st.floats(-1, 9)})),
    st.tuples(st.just("get_item"), st.fixed_dictionaries({"item_id": st.sampled_from(["IT-001", "nothing"])})),
)
SEQUENCES = st.lists(CALLS, max_size=8)


@pytest.fixture(scope="module")
def world() -> World:
    return workshop_world()


def play(episode: Episode, calls: list) -> list:
    return [episode.call(name, dict(arguments)).payload for name, arguments in calls]


def dump(episode: Episode) -> str:
    tables = [episode.sql(f"SELECT * FROM {name} ORDER BY 1") for name in ("workshop_item", "workshop_loan")]
    return json.dumps(tables)


def test_a_call_changes_rows_and_the_ledger_says_which(world: World) -> None:
    episode = world.episode()
    record = episode.call("lend_item", {"item_id": "IT-001", "days": 3})
    assert record.ok and {(c.table, c.op) for c in record.changes} == {
        ("workshop_item", "update"),
        ("workshop_loan", "insert"),
    }
    update = next(change for change in record.changes if change.op == "update")
    assert (update.key, update.before, update.after) == (("IT-001",), {"state": "free"}, {"state": "lent"})


def test_a_refused_call_leaves_no_row_and_no_time_passes(world: World) -> None:
    episode = world.episode()
    before = dump(episode)
    record = episode.call("lend_item", {"item_id": "IT-009", "days": 3})
    assert record.error is not None and record.error["kind"] == "conflict"
    assert dump(episode) == before and not episode.diff() and episode.clock.elapsed == 0


def test_bad_arguments_are_named_with_what_would_be_right(world: World) -> None:
    episode = world.episode()
    wrong = episode.call("lend_item", {"itm_id": "IT-001", "days": 99}).error
    assert wrong is not None and wrong["kind"] == "invalid" and "item_id" in wrong["message"]
    assert episode.call("list_items", {"state": "gone"}).error["accepted"] == "'free', 'lent' or 'broken'"
    assert episode.call("lend_itme", {}).error["accepted"][0] == "lend_item"


def test_a_tool_without_permission_is_refused_and_says_who_may(world: World) -> None:
    somebody = world.episode().sql(
        "SELECT id FROM company_person WHERE status = 'active' "
        "AND id NOT IN (SELECT person_id FROM company_role WHERE role = 'HR Manager') LIMIT 1"
    )[0]["id"]
    error = world.episode(somebody).call("set_price", {"item_id": "IT-001", "price": 1}).error
    assert error["kind"] == "forbidden" and error["accepted"] == ["role HR Manager"]


def test_a_stranger_may_not_act(world: World) -> None:
    assert world.episode("nobody@nowhere.example").call("list_items", {}).error["kind"] == "forbidden"


def test_a_tool_with_a_bug_ends_the_attempt_and_leaves_no_row() -> None:
    world = workshop_world(crash_midway, lie)
    for name, arguments in (("crash_midway", {"item_id": "IT-001"}), ("lie", {})):
        episode = world.episode()
        before = dump(episode)
        with pytest.raises(EpisodeError, match=name):
            episode.call(name, arguments)
        assert dump(episode) == before and not episode.ledger


@settings(max_examples=40, deadline=None)
@given(SEQUENCES, SEQUENCES, SEQUENCES)
def test_forks_never_share_state(world: World, common: list, left: list, right: list) -> None:
    parent = world.episode()
    play(parent, common)
    first, second = parent.fork(), parent.fork()
    state = dump(parent)
    play(first, left)
    play(second, right)
    alone = world.episode()
    play(alone, common + left)
    assert dump(parent) == state
    assert dump(first) == dump(alone) and first.state_hash() == alone.state_hash()


@settings(max_examples=40, deadline=None)
@given(SEQUENCES, SEQUENCES)
def test_a_restored_snapshot_is_the_same_episode(world: World, before: list, after: list) -> None:
    episode = world.episode(seed=3)
    play(episode, before)
    copy = restore(world, episode.snapshot())
    assert copy.state_hash() == episode.state_hash() and dump(copy) == dump(episode)
    assert play(copy, after) == play(episode, after)
    assert copy.state_hash() == episode.state_hash() and copy.ledger == episode.ledger


@settings(max_examples=40, deadline=None)
@given(SEQUENCES)
def test_the_net_diff_rebuilds_the_state(world: World, calls: list) -> None:
    """Equal states have equal hashes and different states have different ones."""
    episode, fresh = world.episode(), world.episode()
    play(episode, calls)
    assert (dump(episode) == dump(fresh)) == (not episode.diff()) == (episode.state_hash() == fresh.state_hash())


def test_a_damaged_snapshot_is_refused(world: World) -> None:
    data = world.episode().snapshot()
    for broken in (b"", data[:40], data[:-5], b"x" * 200):
        with pytest.raises(UsageError, match="not a snapshot"):
            restore(world, broken)


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM workshop_item",
        "PRAGMA table_info(workshop_item)",
        "ATTACH 'x.db' AS x",
        "SELECT load_extension('x')",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
        "SELECT * FROM workshop_item; DELETE FROM workshop_item",
        "SELECT FROM",
    ],
)
def test_sql_from_outside_only_reads_and_ends(world: World, query: str) -> None:
    episode = world.episode()
    with pytest.raises(UsageError):
        episode.sql(query)
    assert len(episode.sql("SELECT * FROM workshop_item")) == 30
