import copy
import pickle
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterpriselab.core.changes import CallRecord, Change
from enterpriselab.core.clock import CLOCK_START, VirtualClock, format_instant, parse_instant
from enterpriselab.core.errors import EnterpriseLabError, EpisodeError, ToolError, UsageError, not_found
from enterpriselab.core.hashing import canonical_json, content_hash
from enterpriselab.core.seeds import derive_random, derive_seed
from enterpriselab.core.tasks import Step, Task

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_the_order_of_keys_does_not_change_a_hash() -> None:
    assert content_hash({"a": 1, "b": [1, 2]}) == content_hash({"b": [1, 2], "a": 1})
    assert content_hash([1, 2]) != content_hash([2, 1])


def test_sets_and_blobs_have_a_canonical_form_and_other_objects_have_none() -> None:
    assert canonical_json({"s": {"b", "a"}, "x": b"\x00"}) == '{"s":["a","b"],"x":{"$bytes":"00"}}'
    with pytest.raises(TypeError, match="object has no canonical JSON form"):
        canonical_json(object())


@given(JSON)
def test_equal_values_have_equal_hashes_of_the_asked_length(value: object) -> None:
    assert content_hash(value) == content_hash(copy.deepcopy(value))
    assert len(content_hash(value, length=24)) == 24


@given(st.text(st.characters(categories=["Cs", "L"]), min_size=1))
def test_lone_surrogates_can_be_hashed_and_are_told_apart(text: str) -> None:
    assert content_hash({"text": text}) == content_hash({"text": text})
    assert content_hash(["\ud800"]) != content_hash(["\ud801"])


@pytest.mark.parametrize(
    "error", [ToolError("conflict", "No.", field="x", accepted=["a"]), ToolError("timeout", "Late.")]
)
def test_a_tool_error_survives_pickling_with_all_its_fields(error: ToolError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.to_json(), str(again)) == (ToolError, error.to_json(), str(error))


@pytest.mark.parametrize("error", [EpisodeError("gone"), EnterpriseLabError("odd"), UsageError("do it", hint="so")])
def test_other_errors_survive_pickling(error: EnterpriseLabError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


def test_an_error_for_the_model_says_only_what_is_known() -> None:
    assert ToolError("timeout", "Late.").to_json() == {"error": {"kind": "timeout", "message": "Late."}}
    found = not_found("ticket", 7, field="ticket_id", hint="Search first.").to_json()["error"]
    assert found == {"kind": "not_found", "message": "No ticket 7. Search first.", "field": "ticket_id"}
    assert ToolError("invalid", "No.", accepted=("a", "b")).accepted == ["a", "b"]
    assert ToolError("invalid", "No.", accepted="a date").accepted == "a date"


def test_the_clock_moves_only_when_told() -> None:
    clock = VirtualClock()
    assert clock.now == CLOCK_START == clock.now
    clock.advance()
    clock.advance(59)
    assert clock.now == "2026-03-02T09:01:00Z"


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("2026-03-02T10:00:00+01:00", "2026-03-02T09:00:00Z"),
        ("2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z"),
        ("2026-03-02 09:00", "2026-03-02T09:00:00Z"),
        ("2026-03-02T09:00:00.999", "2026-03-02T09:00:00Z"),
    ],
)
def test_instants_are_stored_in_one_form(text: str, stored: str) -> None:
    assert format_instant(parse_instant(text)) == stored


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)), st.integers(-12, 12))
def test_formatting_and_parsing_are_inverse_to_the_second(moment: datetime, offset: int) -> None:
    aware = moment.replace(microsecond=0, tzinfo=UTC) + timedelta(hours=offset)
    assert parse_instant(format_instant(aware)) == aware


def test_seeds_depend_on_the_parts_and_their_borders() -> None:
    assert derive_seed("a", 1) == derive_seed("a", 1)
    assert (
        len({derive_seed("a", 1), derive_seed("a", 2), derive_seed("a1"), derive_seed("", "a1"), derive_seed(1, "a")})
        == 5
    )
    assert 0 <= derive_seed("x") < 2**63


def test_random_generators_of_the_same_name_agree_and_do_not_touch_the_common_one() -> None:
    first, second = derive_random("x", 1), derive_random("x", 1)
    assert [first.random() for _ in range(3)] == [second.random() for _ in range(3)]
    assert derive_random("x", 2).random() != derive_random("x", 1).random()


def test_a_call_record_survives_json() -> None:
    change = Change("t", "update", (1, "a"), {"x": 1}, {"x": 2})
    record = CallRecord(0, "tool", {"a": 1}, "p1", CLOCK_START, {"ok": True}, None, (change,))
    assert CallRecord.from_json(record.to_json()) == record
    assert record.ok and record.payload == {"ok": True}
    failed = CallRecord(1, "tool", {}, "p1", CLOCK_START, None, {"kind": "invalid"})
    assert not failed.ok and failed.payload == {"error": {"kind": "invalid"}}


def test_a_task_is_known_by_its_content() -> None:
    step = Step(tool="get", arguments={"id": {"$from": {"step": 0, "path": "id"}}})
    task = Task(template="t", world="w", principal="p", prompt="Do.", tools=("get",), reference=(step,), verifiers=())
    assert task.id == Task.model_validate(task.model_dump(mode="json")).id
    assert task.id != task.model_copy(update={"prompt": "Do it."}).id
