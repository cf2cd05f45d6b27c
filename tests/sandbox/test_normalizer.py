import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enterpriselab.sandbox.normalizer import estimate_tokens, normalize

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=200),
    lambda inner: st.lists(inner, max_size=30) | st.dictionaries(st.text(max_size=12), inner, max_size=8),
    max_leaves=60,
)
PAYLOADS = JSON | st.text(max_size=3000)


@settings(max_examples=300, deadline=None)
@given(PAYLOADS, st.integers(24, 400))
def test_every_output_is_json_within_the_budget_and_stays_as_it_is(payload: object, budget: int) -> None:
    text = normalize(payload, budget=budget)
    json.loads(text)
    assert estimate_tokens(text) <= budget
    assert normalize(text, budget=budget) == text


@settings(max_examples=100, deadline=None)
@given(st.text(min_size=1, max_size=30), st.lists(st.text(max_size=300), max_size=20), st.integers(60, 300))
def test_an_error_survives_whatever_else_is_cut(message: str, noise: list, budget: int) -> None:
    text = normalize(
        {"noise": noise, "more": {"x": noise}, "error": {"kind": "invalid", "message": message}}, budget=budget
    )
    found = json.loads(text)
    kind = found["error"]["kind"] if "error" in found else found["error.kind"]
    assert kind == "invalid"


def test_returned_ids_survive_before_long_texts() -> None:
    payload = {"body": "long " * 2000, "ticket_id": 4711, "title": "Printer"}
    text = normalize(payload, budget=40)
    assert "4711" in text and estimate_tokens(text) <= 40


def test_lists_keep_head_and_tail_and_say_how_many_are_gone() -> None:
    found = json.loads(
        normalize({"items": [{"id": n, "text": "x" * 30} for n in range(500)], "total": 500}, budget=300)
    )
    notes = [item for item in found["items"] if isinstance(item, str)]
    kept = [item["id"] for item in found["items"] if isinstance(item, dict)]
    assert kept[0] == 0 and kept[-1] == 499
    assert notes == [f"... {500 - len(kept)} more ..."]


def test_content_blocks_logs_and_json_text_become_one_form() -> None:
    assert normalize([{"type": "text", "text": '{"a": 1}'}]) == '{"a":1}'
    assert normalize("plain words") == '{"text":"plain words"}'
    log = "\n".join(["ok"] * 400 + ["ERROR: disk full"] + ["ok"] * 400)
    assert "ERROR: disk full" in normalize(log, budget=60)


def test_a_useless_budget_is_refused() -> None:
    with pytest.raises(ValueError, match="24"):
        normalize({}, budget=3)
