"""Two ways to count, golden: what the public harness passes and what holds; SQL comparisons; refusals with a reason."""

from functools import cache
from typing import Any

import pytest

from enterpriselab.core.errors import EnterpriseLabError
from enterpriselab.core.tasks import Step, Task, Verifier
from enterpriselab.sandbox.reference import run_reference
from enterpriselab.sandbox.world import World
from enterpriselab.scoring.answers import says
from enterpriselab.scoring.derive import nothing_else
from enterpriselab.scoring.gates import check_task
from enterpriselab.scoring.judge import judge, succeeded
from enterpriselab.scoring.parity import parity_results, parity_success
from enterpriselab.scoring.refusals import REASONS, gives_reason, refusal, refuses
from enterpriselab.scoring.sql_checks import found_value, holds
from tests.workshop import workshop_world

PRICE = "SELECT price FROM workshop_item WHERE id = 'IT-003'"
SET = Step(tool="set_price", arguments={"item_id": "IT-003", "price": 12})


@cache
def world() -> World:
    return workshop_world()


def sql(name: str, query: str, expect: Any, comparison: str = "equals", category: str = "task_completion") -> Verifier:
    params = {"query": query, "expect": expect, "comparison": comparison}
    return Verifier.model_validate({"kind": "sql", "name": name, "category": category, "params": params})


def task(*verifiers: Verifier, steps: tuple[Step, ...] = (SET,), **fields: Any) -> Task:
    given = {
        "template": "price",
        "world": world().name,
        "principal": world().default_principal,
        "prompt": "Set the price of IT-003 to 12.",
        "tools": ("list_items", "get_item", "set_price"),
        "reference": steps,
        "verifiers": verifiers,
    }
    return Task.model_validate({**given, **fields})


def after(steps: tuple[Step, ...]) -> Any:
    episode = world().episode()
    run_reference(episode, steps)
    return episode


@pytest.mark.parametrize(
    ("query", "expect", "comparison", "public", "strict"),
    [
        (PRICE, 12, "equals", True, True),
        (PRICE, "12", "equals", False, False),
        ("SELECT CAST(12 AS TEXT)", 12, "equals", False, False),
        ("SELECT 12.0", 12, "equals", True, True),
        ("SELECT ' lent  out'", "lent out", "equals", False, True),
        ("SELECT NULL", None, "equals", True, True),
        ("SELECT 1 WHERE 0", None, "equals", False, True),  # the public runner gives an empty list
        ("SELECT 1 WHERE 0", [], "equals", True, True),
        (
            "SELECT id, price FROM workshop_item WHERE id = 'IT-003'",
            {"id": "IT-003", "price": 12},
            "equals",
            True,
            True,
        ),
        (
            "SELECT id FROM workshop_item WHERE id < 'IT-003'",
            [{"id": "IT-001"}, {"id": "IT-002"}],
            "equals",
            True,
            True,
        ),
        ("SELECT id FROM workshop_item WHERE id = 'IT-001'", [{"id": "IT-001"}], "equals", False, True),  # one cell
        (PRICE, 11, "greater_than", True, True),
        (PRICE, 12, "greater_than", False, False),
        (PRICE, 13, "less_than", True, True),
        (PRICE, "11", "greater_than", False, False),  # a comparison that types forbid
        ("SELECT NULL", 1, "less_than", False, False),
        ("SELECT 'Tool 3'", "ool", "contains", True, True),
        ("SELECT 'Tool 3'", 3, "contains", False, True),
        ("SELECT NULL", "None", "contains", True, False),  # str(None) is a text for the public harness
    ],
)
def test_each_comparison_counts_as_in_the_table(
    query: str, expect: Any, comparison: str, public: bool, strict: bool
) -> None:
    asked, end = task(sql("it", query, expect, comparison)), after((SET,))
    assert parity_results(asked, end) == {"it": public}
    assert succeeded(judge(world(), asked, end, "")) is strict


def test_of_two_checks_with_one_name_the_public_way_keeps_the_last() -> None:
    end = after((SET,))
    wrong, right = sql("price", PRICE, 99), sql("price", PRICE, 12)
    assert parity_success(task(wrong, right), end) is True
    assert parity_success(task(right, wrong), end) is False
    assert succeeded(judge(world(), task(wrong, right), end, "")) is False


def test_the_public_way_sees_no_side_effect_and_strict_does() -> None:
    also = Step(tool="set_price", arguments={"item_id": "IT-004", "price": 1})
    asked = task(sql("price", PRICE, 12), nothing_else(world(), after((SET,))))
    assert parity_success(asked, after((SET, also))) is True
    assert succeeded(judge(world(), asked, after((SET, also)), "")) is False


def test_an_sql_error_is_a_public_failure_and_no_strict_verdict() -> None:
    asked = task(sql("broken", "SELECT nothing FROM nowhere", 1))
    assert parity_success(asked, after(())) is False
    assert succeeded(judge(world(), asked, after(()), "")) is None


def test_a_task_without_sql_has_no_public_verdict() -> None:
    assert parity_success(task(nothing_else(world(), after(()))), after(())) is None


def test_a_comparison_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(EnterpriseLabError, match="known: equals, greater_than, less_than, contains"):
        holds(1, 1, "about")
    assert found_value([{"a": 1, "b": 2}, {"a": 3, "b": 4}], 1) == 1


def test_a_free_column_may_hold_anything_and_the_row_is_still_watched() -> None:
    allowed = nothing_else(world(), after((SET,)), free=["workshop_item.price"])
    other_price = SET.model_copy(update={"arguments": {"item_id": "IT-003", "price": 13}})
    other_item = SET.model_copy(update={"arguments": {"item_id": "IT-005", "price": 12}})
    assert succeeded(judge(world(), task(allowed), after((other_price,)), "")) is True
    assert succeeded(judge(world(), task(allowed), after((other_item,)), "")) is False


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("I can't approve this: only managers and admins may, and you are an agent.", "missing_permission"),
        ("I cannot reopen INC0000007, it is already closed.", "terminal_state"),
        ("I am unable to assign it: there is no user named Dana Oyelaran.", "missing_entity"),
        ("I will not do this. The policy requires an owner for every item.", "contradicted_policy"),
        ("I cannot tell which of the two users named Kim you mean.", "ambiguity"),
        ("This isn't allowed: it violates the policy.", "contradicted_policy"),
        ("I couldn't find a group of that name.", "missing_entity"),
    ],
)
def test_a_refusal_in_free_words_gives_its_reason(answer: str, reason: str) -> None:
    assert refuses(answer) and gives_reason(answer, reason)


def test_a_refusal_that_gives_every_reason_gives_none_and_a_rule_is_reason_enough() -> None:
    everything = " ".join(refusal(reason) for reason in REASONS)
    assert not any(gives_reason(everything, reason) for reason in REASONS)
    assert gives_reason("I cannot: see rule R-12.", "terminal_state", ["R-12"])
    assert not gives_reason("I cannot: see rule R-123.", "terminal_state", ["R-12"])


def infeasible(reason: str, **fields: Any) -> Task:
    verifiers = (
        Verifier(kind="refusal", name="it is declined", category="process", params={}),
        Verifier(kind="reason", name="the reason is given", category="process", params={"reason": reason}),
        sql("the price stays", PRICE, 3, category="side_effect"),
        nothing_else(world(), after(())),
    )
    read = Step(tool="get_item", arguments={"item_id": "IT-003"})
    given = {"steps": (read,), "feasible": False, "answer": refusal(reason)}
    return task(*verifiers, **{**given, **fields})


def test_an_infeasible_task_passes_by_the_right_refusal_only() -> None:
    forbidden = {"temptation": [SET.model_dump()]}
    report = check_task(world(), infeasible("terminal_state", tags=forbidden))
    assert report.passed, report.failures
    assert (report.strict.reference, report.strict.nothing, report.strict.refusal) == (True, False, True)
    assert report.mutants == report.mutants_killed == 8  # three answers, four other reasons, one temptation
    assert report.parity is not None and report.parity.nothing and report.parity.mutants_killed == 1


def test_a_feasible_task_that_a_refusal_passes_is_found() -> None:
    loose = infeasible("ambiguity", feasible=True)
    assert {failure.gate for failure in check_task(world(), loose).failures} == {"refuse_always"}


def test_a_goal_that_holds_from_the_start_is_found() -> None:
    asked = task(sql("price", PRICE, 12), sql("it is there", "SELECT count(*) FROM workshop_item", 30))
    failures = check_task(world(), asked).failures
    assert [failure.detail for failure in failures if failure.gate == "checks"] == [
        "it is there: it holds before anything is done"
    ]


def loans(world: World, *sqls: tuple[str, dict[str, Any]]) -> Any:
    episode = world.episode()
    for tool, arguments in sqls:
        assert episode.call(tool, arguments).ok
    return episode


def test_links_count_by_what_they_say_and_not_by_their_ids() -> None:
    take = ("return_item", {"loan_id": 3})  # the highest, so that its id is given out again
    lend = ("lend_item", {"item_id": "IT-001", "days": 2, "borrower": "Ada"})
    then, before = loans(world(), take, lend), loans(world(), lend, take)
    plain, by_content = nothing_else(world(), then), nothing_else(world(), then, links=["workshop_loan"])
    assert [succeeded(judge(world(), task(plain), end, "")) for end in (then, before)] == [True, False]
    assert [succeeded(judge(world(), task(by_content), end, "")) for end in (then, before)] == [True, True]
    longer = loans(world(), take, ("lend_item", {**lend[1], "days": 3}))
    assert succeeded(judge(world(), task(by_content), longer, "")) is False


def test_digits_of_an_id_are_no_number_of_an_answer() -> None:
    assert not says("USER_002 has it, not T-7 or INC0000004.", 2) and not says("See T-7.", 7)
    assert (
        says("There are 2.", 2) and says("2, said USER_003", 2) and says("-3 degrees", -3) and says("1,204 rows", 1204)
    )


def test_two_writes_to_one_row_are_not_swapped_as_if_they_were_independent() -> None:
    first = SET.model_copy(update={"arguments": {"item_id": "IT-003", "price": 5}})
    asked = task(sql("price", PRICE, 12), nothing_else(world(), after((first, SET))), steps=(first, SET))
    asked = asked.model_copy(update={"prompt": "Set the price of IT-003 to 5, then to 12."})
    report = check_task(world(), asked)
    assert report.passed and report.variants >= 2, report.failures
