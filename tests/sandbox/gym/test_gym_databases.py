"""Databases of a gym server: isolated, bounded, asleep when idle, there again after a restart or a kill."""

import os
import resource
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from depot_gym import SEED, depot_databases
from hypothesis import given, settings
from hypothesis import strategies as st

from enterpriselab.core.errors import EpisodeError, UsageError
from enterpriselab.sandbox.gym.databases import DatabaseLimits, DatabaseLost, Databases, TooMuch, UnknownDatabase
from enterpriselab.sandbox.gym.journal import Journal


def hash_of(databases: Databases, key: str) -> str:
    with databases.episode(key) as episode:
        return episode.state_hash()


def store(databases: Databases, key: str, title: str = "Box") -> Any:
    return databases.call(key, "store_parcel", {"title": title}, principal="USER_002")


def parcels(databases: Databases, key: str) -> int:
    with databases.episode(key) as episode:
        return int(episode.sql("SELECT count(*) AS n FROM parcel")[0]["n"])


def killed_and_started(folder: Path, target: Path, **options: Any) -> Databases:
    """The databases of a server whose process was ended without a word, while its files were as they are now."""
    shutil.copytree(folder, target)
    return depot_databases(target, **options)


def test_databases_share_nothing(tmp_path: Path) -> None:
    databases = depot_databases(tmp_path)
    for key in ("a", "b"):
        databases.create(key)
    store(databases, "a")
    assert (parcels(databases, "a"), parcels(databases, "b")) == (2, 1)


def test_a_killed_server_finds_every_database_with_every_call(tmp_path: Path) -> None:
    databases = depot_databases(tmp_path / "one")
    databases.create("named", image="large", level="parity", about={"name": "Mine"})
    databases.create("text", sql=SEED)
    databases.create("gone")
    databases.delete("gone")
    for key in ("named", "text"):
        store(databases, key)
        databases.call(key, "store_parcel", {"title": "refused", "weight": -1})
        databases.call(key, "list_parcels", {})
        databases.call(key, "send_parcel", {"parcel_id": "PAR_001"})
    databases.clone("text", "twin")
    store(databases, "twin")
    before = {key: hash_of(databases, key) for key in ("named", "text", "twin")}
    again = killed_and_started(tmp_path / "one", tmp_path / "two")
    assert {key: hash_of(again, key) for key in before} == before
    assert [entry["database_id"] for entry in again.listing()] == list(before)
    assert again.listing()[0]["name"] == "Mine" and again.level_of("named") == "parity"
    assert store(again, "text").result == store(databases, "text").result, "ids and time go on where they were"


def test_what_a_killed_server_had_half_written_never_counted(tmp_path: Path) -> None:
    databases = depot_databases(tmp_path / "one")
    databases.create("a")
    store(databases, "a")
    state = tmp_path / "one" / "state.jsonl"
    whole = state.read_bytes()
    for cut in (1, 40):
        target = tmp_path / f"cut{cut}"
        shutil.copytree(tmp_path / "one", target)
        (target / "state.jsonl").write_bytes(whole[:-cut])
        again = depot_databases(target)
        assert (target / "state.jsonl").stat().st_size == again.stats()["journal_bytes"]
        assert parcels(again, "a") == 1
        store(again, "a")
        again.close()
        assert parcels(depot_databases(target), "a") == 2
    damaged = tmp_path / "damaged"
    shutil.copytree(tmp_path / "one", damaged)
    (damaged / "state.jsonl").write_bytes(b"garbage\n" + whole)
    with pytest.raises(UsageError, match="damaged at byte 0"):
        depot_databases(damaged)


def test_two_processes_never_share_a_state(tmp_path: Path) -> None:
    databases = depot_databases(tmp_path)
    with pytest.raises(UsageError, match="Another server"):
        Journal(tmp_path / "state.jsonl")
    databases.close()
    Journal(tmp_path / "state.jsonl").close()


def test_an_idle_database_sleeps_and_wakes_as_it_was(tmp_path: Path) -> None:
    now = [1000.0]
    databases = depot_databases(tmp_path, limits=DatabaseLimits(idle_s=10, keep_s=100), clock=lambda: now[0])
    databases.create("a")
    databases.create("b")
    store(databases, "a")
    before = hash_of(databases, "a")
    now[0] += 11
    hash_of(databases, "b")
    assert databases.sweep() == 1
    assert [entry["awake"] for entry in databases.listing()] == [False, True]
    assert hash_of(databases, "a") == before
    now[0] += 99
    store(databases, "b")
    now[0] += 2
    databases.sweep()
    assert "a" not in databases and "b" in databases, "nobody asked for it for too long"
    assert parcels(databases, "b") == 2


def test_no_more_are_awake_than_may_be(tmp_path: Path) -> None:
    databases = depot_databases(tmp_path, limits=DatabaseLimits(awake=3))
    hashes = {}
    for number in range(8):
        databases.create(f"db{number}")
        store(databases, f"db{number}", f"Box {number}")
        hashes[f"db{number}"] = hash_of(databases, f"db{number}")
    assert databases.stats()["awake"] <= 3
    assert {key: hash_of(databases, key) for key in hashes} == hashes
    assert databases.stats()["awake"] <= 3


def test_written_memory_is_bounded_for_one_and_for_all(tmp_path: Path) -> None:
    databases = depot_databases(tmp_path, limits=DatabaseLimits(written_bytes=30_000, awake_bytes=60_000))
    databases.create("a")
    with pytest.raises(TooMuch, match="has written"):
        for number in range(1000):
            store(databases, "a", "x" * 500 + str(number))
    for number in range(6):
        databases.create(f"db{number}")
        store(databases, f"db{number}")
    databases.sweep()
    assert databases.stats()["written_bytes"] <= 60_000
    databases.reset("a")
    assert store(databases, "a").ok


def test_a_full_server_refuses_and_a_database_may_be_made_anew(tmp_path: Path) -> None:
    databases = depot_databases(tmp_path, limits=DatabaseLimits(databases=2))
    first, _ = databases.create()
    databases.create("b")
    with pytest.raises(TooMuch, match="keeps 2 databases"):
        databases.create("c")
    store(databases, "b")
    databases.create("b", sql=SEED)
    assert parcels(databases, "b") == 2
    databases.delete(first)
    databases.create("c")


def test_a_reset_forgets_and_a_clone_goes_its_own_way(tmp_path: Path) -> None:
    databases = depot_databases(tmp_path / "one")
    databases.create("a")
    fresh = hash_of(databases, "a")
    store(databases, "a")
    twin = databases.clone("a")
    store(databases, twin)
    databases.reset("a")
    assert (hash_of(databases, "a"), parcels(databases, twin)) == (fresh, 3)
    databases.clone("a", "a")
    again = killed_and_started(tmp_path / "one", tmp_path / "two")
    assert (hash_of(again, "a"), parcels(again, twin)) == (fresh, 3)


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 129, "\u00e9", "../up", "a\n"])
def test_an_id_that_is_none_is_refused(tmp_path: Path, key: str) -> None:
    databases = depot_databases(tmp_path)
    with pytest.raises(UsageError, match="id has 1 to 128"):
        databases.create(key)
    for work in (databases.delete, databases.reset, databases.clone, databases.level_of):
        with pytest.raises(UnknownDatabase):
            work(key)


def test_unknown_images_levels_and_texts_make_nothing(tmp_path: Path) -> None:
    databases = depot_databases(tmp_path)
    for wrong in ({"image": "none"}, {"level": "none"}, {"sql": "SELEC"}, {"sql": "ATTACH 'x' AS y"}):
        with pytest.raises(UsageError):
            databases.create("a", **wrong)  # type: ignore[arg-type]
    assert "a" not in databases


@contextmanager
def full_disk(path: Path, room: int) -> Iterator[None]:
    """No file grows beyond what this one has and `room` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_what_cannot_be_written_down_did_not_happen(tmp_path: Path) -> None:
    databases = depot_databases(tmp_path / "one")
    databases.create("a")
    store(databases, "a")
    before = hash_of(databases, "a")
    with full_disk(tmp_path / "one" / "state.jsonl", 20):
        for work in (lambda: store(databases, "a"), lambda: databases.reset("a"), lambda: databases.create("b")):
            with pytest.raises(UsageError, match="cannot be written"):
                work()
        assert hash_of(databases, "a") == before and "b" not in databases
    assert store(databases, "a").ok
    again = killed_and_started(tmp_path / "one", tmp_path / "two")
    assert hash_of(again, "a") == hash_of(databases, "a") and parcels(again, "a") == 3


def test_a_database_whose_image_is_gone_says_so_and_can_be_deleted(tmp_path: Path) -> None:
    databases = depot_databases(tmp_path / "one")
    databases.create("a", sql=SEED)
    again = killed_and_started(tmp_path / "one", tmp_path / "two")
    for path in (tmp_path / "two" / "images").glob("*.sqlite"):
        path.unlink()
    with pytest.raises(UsageError, match="image of this database is gone"):
        store(again, "a")
    again.delete("a")


def test_a_database_of_another_version_is_lost_and_told(tmp_path: Path) -> None:
    databases = depot_databases(tmp_path / "one")
    databases.create("a")
    databases.close()
    state = tmp_path / "one" / "state.jsonl"
    digest = databases.worlds.default().image.digest
    state.write_bytes(state.read_bytes().replace(digest.encode(), b"0" * 64))
    with pytest.raises(DatabaseLost, match="another version"):
        hash_of(depot_databases(tmp_path / "one"), "a")


def test_a_broken_tool_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    databases = depot_databases(tmp_path)
    databases.create("a")
    before = hash_of(databases, "a")
    with pytest.raises(EpisodeError):
        databases.call("a", "break_down", {})
    assert hash_of(databases, "a") == before


def test_only_what_wrote_stays_in_the_memory_of_a_long_lived_database(tmp_path: Path) -> None:
    databases = depot_databases(tmp_path)
    databases.create("a")
    for _ in range(5):
        databases.call("a", "list_parcels", {})
        databases.call("a", "get_parcel", {"parcel_id": "PAR_9"})
    store(databases, "a")
    with databases.episode("a") as episode:
        assert [record.tool for record in episode.ledger] == ["store_parcel"]


def test_calls_to_one_database_take_turns_and_others_run_beside(tmp_path: Path) -> None:
    databases = depot_databases(tmp_path, limits=DatabaseLimits(awake=2))
    keys = ["a", "b", "c", "d"]
    for key in keys:
        databases.create(key)
    with ThreadPoolExecutor(8) as pool:
        records = list(pool.map(lambda n: store(databases, keys[n % 4], f"Box {n}"), range(160)))
    assert all(record.ok for record in records)
    assert [parcels(databases, key) for key in keys] == [41] * 4


def open_files() -> int:
    return len(os.listdir("/dev/fd"))


def test_ten_thousand_databases_made_and_deleted_leave_no_handle_and_no_heap_of_lines(tmp_path: Path) -> None:
    databases = depot_databases(tmp_path)
    databases.create("kept")
    store(databases, "kept")
    before = open_files()
    for number in range(10_000):
        key, _ = databases.create(f"db{number % 7}", sql=SEED if number % 100 == 0 else None)
        if number % 20 == 0:
            store(databases, key)
        databases.delete(key)
    assert open_files() <= before
    assert databases.stats()["databases"] == databases.stats()["awake"] == 1
    assert databases.stats()["journal_bytes"] < 9 * 2**20
    assert parcels(databases, "kept") == 2


def test_a_journal_full_of_what_is_deleted_is_written_anew(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    journal.append({"op": "make", "id": "kept", "n": 0})
    for number in range(40):
        journal.append({"op": "make", "id": "x", "fill": "y" * 2**18}, {"op": "call", "id": "kept", "n": number})
        journal.append({"op": "delete", "id": "x"})
    assert journal.size < 9 * 2**20
    journal.close()
    again = Journal(tmp_path / "j")
    assert [line.get("n") for line in again.lines("kept")] == [0, *range(40)]
    again.close()


KEYS = st.sampled_from(["a", "b", "c"])
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["make", "text", "call", "bad", "reset", "delete", "clone", "sleep", "restart"]), KEYS, KEYS
    ),
    max_size=25,
)


@settings(max_examples=25)
@given(steps=STEPS)
def test_whatever_happens_a_database_is_what_its_own_calls_make_of_its_image(
    steps: list[tuple[str, str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    databases = depot_databases(folder, limits=DatabaseLimits(awake=2))
    model: dict[str, tuple[str, list[str]]] = {}  # key -> (image, titles stored)
    for number, (step, key, other) in enumerate(steps):
        if step in ("make", "text"):
            databases.create(key, sql=SEED if step == "text" else None)
            model[key] = (step, [])
        elif step == "sleep":
            databases.sweep()
        elif step == "restart":
            databases.close()
            databases = depot_databases(folder, limits=DatabaseLimits(awake=2))
        elif key not in model:
            with pytest.raises(UnknownDatabase):
                databases.call(key, "list_parcels", {})
        elif step == "call":
            assert store(databases, key, f"Box {number}").ok
            model[key][1].append(f"Box {number}")
        elif step == "bad":
            assert not databases.call(key, "store_parcel", {"title": "x", "weight": -1}).ok
        elif step == "reset":
            databases.reset(key)
            model[key][1].clear()
        elif step == "delete":
            databases.delete(key)
            del model[key]
        elif step == "clone":
            databases.clone(key, other)
            model[other] = (model[key][0], list(model[key][1]))
    for key, (image, titles) in model.items():
        alone, _ = databases.create("alone", sql=SEED if image == "text" else None)
        for title in titles:
            store(databases, alone, title)
        assert hash_of(databases, key) == hash_of(databases, alone)
    databases.close()
