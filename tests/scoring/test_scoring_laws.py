"""Laws of judging, held against brute force: alignment, canonical changes, mutants' values, numbers said, rewards."""

from collections import Counter
from functools import cache
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enterpriselab.core.changes import CallRecord
from enterpriselab.core.hashing import canonical_json
from enterpriselab.core.tasks import Step, Task
from enterpriselab.core.traces import Verdict
from enterpriselab.sandbox.episode import Episode
from enterpriselab.sandbox.world import World
from enterpriselab.scoring.alignment import aligned
from enterpriselab.scoring.answers import says, too_long
from enterpriselab.scoring.canonical import canonical_rows
from enterpriselab.scoring.change_set import _without_pairs, change_set
from enterpriselab.scoring.derive import derive_verifiers
from enterpriselab.scoring.judge import judge, succeeded
from enterpriselab.scoring.mutants import drop_step, sources, wrong_values
from enterpriselab.scoring.rewards import outcome, reward_parts, tool_selection
from tests.workshop import workshop_world

names = st.lists(st.sampled_from("abc"), max_size=5)
quick = settings(max_examples=60, deadline=None)
literals = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.dates().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1, max_size=3), inner, max_size=3),
    max_leaves=5,
)


@cache
def world() -> World:
    return workshop_world()


def best_by_trying_all(reference: list[str], called: list[str], liked: list[list[float]]) -> tuple[int, float]:
    """The longest common subsequence, and the most that one of that length is liked."""
    for length in range(min(len(reference), len(called)), 0, -1):
        sums = [
            sum(liked[step][call] for step, call in zip(steps, calls, strict=True))
            for steps in combinations(range(len(reference)), length)
            for calls in combinations(range(len(called)), length)
            if all(reference[step] == called[call] for step, call in zip(steps, calls, strict=True))
        ]
        if sums:
            return length, max(sums)
    return 0, 0.0


@quick
@given(names, names, st.data())
def test_no_alignment_is_longer_or_liked_more(reference: list[str], called: list[str], data: Any) -> None:
    row = st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0]), min_size=5, max_size=5)
    liked = data.draw(st.lists(row, min_size=5, max_size=5))
    pairs = aligned(reference, called, lambda step, call: liked[step][call])
    assert all(reference[step] == called[call] for step, call in pairs.items())
    assert list(pairs) == sorted(pairs) and list(pairs.values()) == sorted(set(pairs.values()))
    found = (len(pairs), sum(liked[step][call] for step, call in pairs.items()))
    assert found == pytest.approx(best_by_trying_all(reference, called, liked))


@quick
@given(names, st.lists(st.sampled_from("xyz"), max_size=4), st.randoms())
def test_extra_reads_change_no_tool_selection(reference: list[str], reads: list[str], chance: Any) -> None:
    called = list(reference)
    for read in reads:
        called.insert(chance.randint(0, len(called)), read)
    if reference:
        assert tool_selection(reference, called, 0) == 1.0
        assert 0 < tool_selection(reference, called, 2) < 1.0


@given(st.lists(st.tuples(st.sampled_from(["task_completion", "side_effect"]), st.booleans()), max_size=5))
def test_the_outcome_is_one_for_everything_and_at_most_half_else(given_: Any) -> None:
    verdicts = [Verdict(name="v", category=category, passed=passed) for category, passed in given_]
    full = bool(verdicts) and all(passed for _, passed in given_)
    assert outcome(verdicts) == 1.0 if full else 0 <= outcome(verdicts) <= 0.5


writes = st.lists(
    st.tuples(st.sampled_from(["IT-001", "IT-002", "IT-004"]), st.integers(1, 3), st.sampled_from(["Ada", "Bo"])),
    unique_by=lambda loan: loan[0],
    max_size=3,
)


def lent(loans: list[tuple[str, int, str]]) -> Episode:
    episode = world().episode()
    for item, days, borrower in loans:
        assert episode.call("lend_item", {"item_id": item, "days": days, "borrower": borrower}).ok
    return episode


@settings(max_examples=30, deadline=None)
@given(writes, writes, st.randoms())
def test_canonical_changes_are_equal_when_the_same_was_done_in_any_order_and_only_then(
    one: Any, other: Any, chance: Any
) -> None:
    turned = chance.sample(one, len(one))
    rows = {name: canonical_rows(world(), lent(loans).diff()) for name, loans in (("one", one), ("turned", turned))}
    assert rows["one"] == rows["turned"]
    assert (canonical_rows(world(), lent(other).diff()) == rows["one"]) == (Counter(one) == Counter(other))


@settings(max_examples=20, deadline=None)
@given(writes, writes)
def test_derived_verifiers_pass_what_was_done_and_nothing_else(one: Any, other: Any) -> None:
    task = Task(
        template="t",
        world=world().name,
        principal=world().default_principal,
        prompt="p",
        tools=(),
        reference=(),
        verifiers=derive_verifiers(world(), lent(one).diff()),
    )
    assert succeeded(judge(world(), task, lent(one), "")) is True
    assert succeeded(judge(world(), task, lent(other), "")) is (Counter(one) == Counter(other))


@settings(max_examples=30, deadline=None)
@given(writes)
def test_what_was_changed_and_changed_back_is_no_change(loans: Any) -> None:
    episode = world().episode()
    for item, days, borrower in loans:
        record = episode.call("lend_item", {"item_id": item, "days": days, "borrower": borrower})
        assert episode.call("return_item", {"loan_id": record.result["loan_id"]}).ok  # type: ignore[index]
    for params in ({}, {"links": ["workshop_loan"]}):
        assert not change_set(world(), episode, params)


def test_a_link_table_with_a_column_named_key_is_known_by_what_it_says() -> None:
    def row(op: str, **fields: Any) -> str:
        return canonical_json({"table": "setting", "op": op, "values": {"key": "color", "value": 1}, **fields})

    assert not _without_pairs(Counter([row("delete"), row("insert")]))
    assert len(_without_pairs(Counter([row("delete", key=[1]), row("insert")]))) == 2


@given(literals)
def test_a_wrong_value_is_another_value_whatever_the_literal(value: Any) -> None:
    for _, wrong in wrong_values(value, [], {}):
        assert canonical_json(wrong) != canonical_json(value)


@pytest.mark.parametrize("value", ["9999-12-31", "2026-02-30", "9999-12-31 23:59:59", "2026-01-01T25:00:00Z"])
def test_a_date_without_a_next_one_has_a_mutant_too(value: str) -> None:
    assert list(wrong_values(value, [], {})) == [("altered text", f"{value} x")]


@given(st.integers(0, 4), st.lists(st.sets(st.integers(0, 3), max_size=2), min_size=5, max_size=5))
def test_a_dropped_step_takes_all_with_it_that_need_it_and_bindings_stay_right(gone: int, needs: Any) -> None:
    steps = [
        Step(tool=f"t{n}", arguments={f"a{of}": {"$from": {"step": of, "path": "id"}} for of in need if of < n})
        for n, need in enumerate(needs)
    ]
    left = drop_step(steps, gone)
    lost = {gone}
    for n, step in enumerate(steps):
        lost |= {n} if sources(step.arguments) & lost else set()
    assert [step.tool for step in left] == [f"t{n}" for n in range(5) if n not in lost]
    for step in left:
        assert all(left[value["$from"]["step"]].tool == f"t{name[1:]}" for name, value in step.arguments.items())


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6))
def test_a_number_is_said_by_itself_only(one: int, other: int) -> None:
    for text in (f"It is {other}.", f"({other:,})", f"{other} of them", f"it is {other}.0"):
        assert says(text, one) == (one == other)
    assert not says(f"INC{abs(other):07d} and T-{abs(other)}", abs(other))


@pytest.mark.parametrize("between", [" ", ",", ";", "/", "|", "+", "'", "@", ", ", "\n", ")("])
def test_who_lists_every_number_says_none_and_a_short_list_says_each(between: str) -> None:
    assert too_long(between.join(map(str, range(100))))
    short = between.join(["7", "12", "3"])
    assert all(says(short, value) for value in (7, 12, 3)) and not says(short, 712) and not too_long(short)


def test_addresses_dates_and_thousands_are_one_word_or_number_each() -> None:
    assert not too_long(" ".join(["aoife.byrne@larkfield-hospitals.example", "2026-03-02", "can't"] * 26))
    assert says("1,204,500 rows", 1204500) and not says("1,204,500 rows", 204)


@quick
@given(st.lists(st.tuples(st.sampled_from("abw"), st.booleans(), st.booleans()), max_size=5), st.integers(0, 3))
def test_every_part_of_a_reward_is_in_0_to_1_and_that_of_the_reference_is_1(calls: Any, malformed: int) -> None:
    steps = tuple(Step(tool=name, arguments={}) for name in "abw")
    task = Task(
        template="t", world="w", principal="p", prompt="p", tools=("a", "b", "w"), reference=steps, verifiers=()
    )
    passed = (Verdict(name="v", category="task_completion", passed=True),)
    parts = reward_parts(task, calls, passed, malformed=malformed, answered=bool(calls))
    assert all(0 <= value <= 1 for value in parts.values())
    own = [(name, True, name == "w") for name in "abw"]
    assert set(reward_parts(task, own, passed, malformed=0, answered=True).values()) == {1.0}


def test_a_field_that_is_named_by_a_number_is_no_row_of_a_list() -> None:
    result = {"totals": {"2026": {"id": "A_1"}}, "1": {"id": "A_1"}}
    record = CallRecord(0, "t", {}, principal="p", at="", result=result, error=None)
    for path in ("totals.2026.id", "1.id"):
        found = list(wrong_values({"$from": {"step": 0, "path": path}}, [record], {}))
        assert found == [("another entity", "A_2")]


def test_a_wrong_entity_is_a_neighbour_in_the_same_list() -> None:
    result = {"items": [{"id": "A_1"}, {"id": "A_2"}, {"id": None}]}
    record = CallRecord(0, "t", {}, principal="p", at="", result=result, error=None)
    for at, other in ((0, "A_2"), (1, "A_1")):
        bound = {"$from": {"step": 0, "path": f"items.{at}.id"}}
        assert list(wrong_values(bound, [record], {})) == [("another entity", other)]
