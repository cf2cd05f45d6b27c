"""What decided a verdict, on a world with five tools: the evidence says what the verdict says."""

import json
from functools import cache
from typing import Any

from enterpriselab.core.tasks import Step, Task, Verifier
from enterpriselab.sandbox.episode import Episode
from enterpriselab.sandbox.reference import run_reference
from enterpriselab.sandbox.world import World
from enterpriselab.scoring.canonical import canonical_rows
from enterpriselab.scoring.evidence import Evidence, evidence
from enterpriselab.scoring.judge import judge
from tests.workshop import workshop_world

PRICE = Step(tool="set_price", arguments={"item_id": "IT-003", "price": 12})
OTHER_PRICE = Step(tool="set_price", arguments={"item_id": "IT-003", "price": 13})
OTHER_ITEM = Step(tool="set_price", arguments={"item_id": "IT-004", "price": 12})


@cache
def world() -> World:
    return workshop_world()


def after(*steps: Step) -> Episode:
    episode = world().episode()
    run_reference(episode, steps)
    return episode


def verifier(kind: str, **params: Any) -> Verifier:
    return Verifier(kind=kind, name=f"a {kind}", category="task_completion", params=params)


def shown(asked: Verifier, episode: Episode, answer: str = "") -> tuple[bool | None, Evidence]:
    """(the verdict, what it saw)"""
    task = Task(
        template="t",
        world=world().name,
        principal=episode.principal,
        prompt="p",
        tools=(),
        reference=(),
        verifiers=(asked,),
    )
    (verdict,), (seen,) = judge(world(), task, episode, answer), evidence(world(), task, episode, answer)
    return verdict.passed, seen


def the_price() -> str:
    (text,) = canonical_rows(world(), after(PRICE).diff())
    return text


def keys(seen: Evidence) -> list[Any]:
    return [change.key[0] for change in seen.rows]


def test_a_row_that_was_asked_for_is_shown_as_it_changed() -> None:
    passed, seen = shown(verifier("row", row=the_price(), count=1), after(OTHER_ITEM, PRICE))
    assert (passed, seen.role, keys(seen)) == (True, "asked for", ["IT-003"])
    assert seen.rows[0].before == {"price": 3.0} and seen.wanted["count"] == 1


def test_where_the_row_is_missing_the_nearest_ones_are_shown() -> None:
    passed, seen = shown(verifier("row", row=the_price(), count=1), after(OTHER_ITEM, OTHER_PRICE))
    assert (passed, seen.role, keys(seen)) == (False, "nearest", ["IT-003", "IT-004"])
    assert seen.wanted["values"] == {"price": 12} and seen.rows[0].after == {"price": 13.0}


def test_where_nothing_changed_there_is_no_nearest_row() -> None:
    assert shown(verifier("row", row=the_price(), count=1), after())[1].rows == []


def test_rows_that_nobody_asked_for_are_named_and_the_others_are_not() -> None:
    asked = verifier("no_other_changes", rows={the_price(): 1})
    passed, seen = shown(asked, after(PRICE, OTHER_ITEM))
    assert (passed, seen.role, keys(seen)) == (False, "unexpected", ["IT-004"])
    passed, seen = shown(asked, after(PRICE))
    assert (passed, seen.role, keys(seen)) == (True, "allowed", ["IT-003"])


def test_an_allowed_row_is_known_by_its_content_whatever_id_it_got() -> None:
    lend = Step(tool="lend_item", arguments={"item_id": "IT-001", "days": 2, "borrower": "x"})
    (insert,) = (text for text in canonical_rows(world(), after(lend).diff()) if json.loads(text)["op"] == "insert")
    back = Step(tool="return_item", arguments={"loan_id": {"$from": {"step": 0, "path": "loan_id"}}})
    passed, seen = shown(verifier("no_other_changes", rows={insert: 1}), after(lend, back, lend))
    assert passed is False and [change.op for change in seen.rows] == ["update"]


def test_values_and_reasons_of_the_answer_are_shown_with_what_was_said() -> None:
    passed, seen = shown(verifier("answer", values=[12, "IT-003"]), after(), "It is 12 now.")
    assert (passed, seen.said) == (False, [(12, True), ("IT-003", False)])
    reason = verifier("reason", reason="ambiguity", rules=["R-1"])
    passed, seen = shown(reason, after(), "I cannot: the record does not exist.")
    assert (passed, seen.said, seen.wanted["reason"]) == (False, [("missing_entity", True)], "ambiguity")


def test_the_result_of_a_query_is_shown_and_its_failure_too() -> None:
    query = "SELECT price FROM workshop_item WHERE id = 'IT-003'"
    passed, seen = shown(verifier("sql", query=query, expect=12), after(OTHER_PRICE))
    assert (passed, seen.query, seen.result) == (False, query, [{"price": 13.0}])
    passed, seen = shown(verifier("sql", query="DELETE FROM workshop_item", expect=0), after())
    assert passed is None and "Only SELECT" in seen.note and seen.query.startswith("DELETE")
    passed, seen = shown(verifier("refusal"), after(), "no")
    assert passed is False and seen == Evidence("a refusal", "refusal")
