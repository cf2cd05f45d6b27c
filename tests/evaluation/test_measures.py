"""Every measure on an example computed by hand."""

from typing import Any

import pytest

from enterpriselab.core.errors import UsageError
from enterpriselab.core.tasks import Step, Task
from enterpriselab.core.traces import Ended, Score, Trace, Verdict
from enterpriselab.evaluation.arguments import argument_accuracy, step_score
from enterpriselab.evaluation.breakdowns import BREAKDOWNS
from enterpriselab.evaluation.cases import Case, by_task, cases_of, solutions_of
from enterpriselab.evaluation.measures import BY_KEY, MEASURES, estimate
from enterpriselab.evaluation.passes import over_tasks, pass_at, pass_hat
from enterpriselab.evaluation.selection import selection
from enterpriselab.evaluation.summary import summarize
from enterpriselab.scoring.alignment import aligned, stated
from tests.evaluation.attempts import (
    ASSIGN,
    CLOSE,
    FIND,
    FOUND,
    TOOLS,
    bound,
    call,
    case,
    judged,
    many,
    spec,
    task,
    trace,
    used,
)  # fmt: skip


def summary(tasks: dict[str, Task], traces: list[Trace], *, allow_errors: bool = False) -> dict[str, Any]:
    """Of one agent."""
    return summarize(tasks, {"m": traces}, tools=TOOLS, allow_errors=allow_errors)["m"]


def value(key: str, *cases: Case) -> float:
    return estimate(BY_KEY[key], cases).value


def test_success_is_the_mean_over_tasks_of_the_share_of_passed_attempts() -> None:
    cases = many([True, True], [True, False], [False, False], [True])  # (1 + 0.5 + 0 + 1) / 4
    found = estimate(BY_KEY["success"], cases)
    assert found.value == 0.625 and found.units == 4


def test_pass_at_k_needs_one_of_k_and_pass_hat_k_needs_all_of_k() -> None:
    # of 4 attempts 2 passed: 6 pairs, of which 5 hold a pass and 1 holds two
    assert (pass_at(2, 4, 2), pass_hat(2, 4, 2)) == (pytest.approx(5 / 6), pytest.approx(1 / 6))
    assert (pass_at(2, 4, 1), pass_hat(2, 4, 1)) == (0.5, 0.5)
    assert (pass_at(2, 4, 3), pass_hat(2, 4, 3)) == (1.0, 0.0)
    groups = by_task(many([True, True, False, False], [True] * 4, [False, True]))
    assert over_tasks(pass_at, groups, 2).value == pytest.approx((5 / 6 + 1 + 1) / 3)
    assert over_tasks(pass_hat, groups, 4)[:1] == (0.5,) and over_tasks(pass_hat, groups, 4).units == 2


def test_parity_counts_only_attempts_at_tasks_with_sql_checks() -> None:
    scores = (Score(success=False, parity=True), Score(success=False, parity=False), Score(success=True))
    cases = [case(of=task(number=number), score=score) for number, score in enumerate(scores)]
    assert value("parity", *cases) == 0.5 and estimate(BY_KEY["parity"], cases).units == 2
    assert estimate(BY_KEY["parity"], cases[2:]).units == 0


def test_verifiers_are_counted_together_and_by_category() -> None:
    first = case(score=judged(task_completion=(True, False), side_effect=(True,)))
    second = case(of=task(number=1), score=judged(task_completion=(True,), process=(False,)))
    assert value("verifier_rate", first, second) == pytest.approx(3 / 5)
    assert value("task_completion", first, second) == pytest.approx(2 / 3)
    assert (value("side_effect", first, second), value("process", first, second)) == (1.0, 0.0)
    assert estimate(BY_KEY["permission"], [first, second]).units == 0


def test_refusals_are_right_on_infeasible_tasks_and_wrong_on_others() -> None:
    never, no = task(number=1, feasible=False), "I cannot do this: it contradicts the policy."
    refused, did, claimed = (
        case(of=never, answer=no),
        case(CLOSE, of=never, answer=no),
        case(of=never, answer="Done."),
    )
    assert value("refusal", refused, did, claimed) == pytest.approx(1 / 3)
    feasible = [case(answer=no), case(CLOSE, answer=no), case(FIND, success=True, answer="It cannot be seen.")]
    assert value("wrong_refusal", *feasible) == pytest.approx(1 / 3)
    assert estimate(BY_KEY["refusal"], feasible).units == 0


def test_who_says_to_have_declined_an_invitation_or_quotes_a_cannot_has_not_refused() -> None:
    of = task(prompt='Decline the share "Notes" and open a ticket "Cannot print".')
    answers = {
        "Done: declined the share.": 0.0,
        'Opened the ticket "Cannot print".': 0.0,
        "I cannot do that.": 1.0,
        "I must not, and I declined the share.": 1.0,
    }
    for answer, refused in answers.items():
        assert value("wrong_refusal", case(FIND, of=of, answer=answer)) == refused, answer
    never = of.model_copy(update={"feasible": False})
    assert value("refusal", case(of=never, answer="I decline.")) == 1.0


def test_calls_are_aligned_in_order() -> None:
    assert aligned("abcd", "axbyd") == {0: 0, 1: 2, 3: 4}
    assert aligned("ab", "ba") in ({0: 1}, {1: 0})
    assert aligned("aa", "a", lambda step, _: float(step)) == {1: 0}
    assert aligned("a", "aaa", lambda _, at: float(at == 1)) == {0: 1}
    assert aligned("a", "aaa") == {0: 0} and aligned("", "ab") == {}


def test_of_equal_calls_that_one_stands_for_a_step_which_says_what_it_says() -> None:
    of = task(Step(tool="find", arguments={}))
    assert case(call("find", FOUND, query="laser"), call("find", FOUND, page=1), of=of).pairs == {0: 1}
    of, other = task(), call("close", ticket_id="T-2", reason="solved")
    solutions = solutions_of({of.id: of}, [trace(of, FIND, CLOSE, ASSIGN, success=True)])
    (both,) = cases_of({of.id: of}, [trace(of, FIND, other, CLOSE, ASSIGN)], TOOLS, solutions=solutions)
    assert both.pairs == {0: 0, 1: 2, 2: 3} and argument_accuracy(both) == 1.0 and both.unmatched == [1]


def test_extra_reads_are_no_error_and_wrong_choices_are() -> None:
    perfect = case(call("show", ticket_id="T-1"), FIND, call("find", FOUND, query="laser"), CLOSE, ASSIGN)
    assert (selection(perfect).precision, selection(perfect).recall, selection(perfect).f1) == (1.0, 1.0, 1.0)
    # of find, close, assign two are made; pay is no step, and fly is not on offer
    poor = case(FIND, call("pay", amount=5), call("fly", error="not_found"), ASSIGN)
    assert selection(poor).precision == pytest.approx(2 / 4) and selection(poor).recall == pytest.approx(2 / 3)
    assert selection(poor).f1 == pytest.approx(2 * 2 / (2 * 2 + 2 + 1))
    assert value("tool_selection", perfect, poor) == pytest.approx((1 + 4 / 7) / 2)


def test_a_write_done_twice_is_a_wrong_choice_and_a_failed_try_is_not() -> None:
    assert selection(case(FIND, CLOSE, CLOSE, ASSIGN)).wrong == 1
    assert selection(case(FIND, call("close", error="invalid"), CLOSE, ASSIGN)).wrong == 0
    assert selection(case(FIND, call("pay", error="invalid"))).wrong == 1


def test_an_attempt_without_calls_has_no_precision_and_no_recall() -> None:
    idle = selection(case())
    assert (idle.precision, idle.recall, idle.f1) == (None, 0.0, 0.0)
    assert estimate(BY_KEY["tool_precision"], [case()]).units == 0


def test_what_cannot_be_selected_right_is_not_measured() -> None:
    for key in ("tool_selection", "tool_precision", "tool_recall", "argument_accuracy"):
        assert estimate(BY_KEY[key], [case(FIND, of=task(feasible=False))]).units == 0


def test_argument_accuracy_counts_hits_over_all_that_was_expected_or_given() -> None:
    assert argument_accuracy(case(FIND, CLOSE, ASSIGN)) == 1.0
    # find right; close: id right, reason wrong, note invented: 1 / 3; assign: agent missing: 1 / 2
    poor = case(FIND, call("close", ticket_id="T-1", reason="spam", note="x"), call("assign", ticket_id="T-1"))
    assert [step_score(poor, step) for step in range(3)] == pytest.approx([1.0, 1 / 3, 1 / 2])
    assert argument_accuracy(poor) == pytest.approx((1 + 1 / 3 + 1 / 2) / 3)
    assert argument_accuracy(case(FIND)) == pytest.approx(1 / 3) and argument_accuracy(case()) == 0.0


def test_defaults_nulls_and_spelling_cost_nothing() -> None:
    relaxed = case(
        call("find", FOUND, query=" Printer", page=1),
        call("close", ticket_id="T-1", reason="Solved", note=None),
        call("assign", ticket_id="T-1", agent="ada"),
    )
    assert argument_accuracy(relaxed) == 1.0
    paid = task(Step(tool="pay", arguments={"amount": 25}))
    assert argument_accuracy(case(call("pay", amount=25.0), of=paid)) == 1.0
    assert stated(spec("s", ticket_id={"type": "string"}), {"ticketId": "T-1"}) == {"ticket_id": "T-1"}


def test_a_bound_argument_must_be_the_value_that_the_own_look_up_gave() -> None:
    other = call("close", ticket_id="T-2", reason="solved")
    assert step_score(case(FIND, other), 1) == 0.5
    # another look-up: its first item need not be meant, so any value that was seen and accepted counts
    elsewhere = call("find", FOUND, query="laser printer")
    assert step_score(case(elsewhere, other), 1) == 1.0
    assert step_score(case(elsewhere, call("close", error="conflict", ticket_id="T-2", reason="solved")), 1) == 0.5
    assert step_score(case(elsewhere, call("close", ticket_id="T-9", reason="solved")), 1) == 0.5


def test_another_look_up_must_come_to_what_the_reference_came_to_where_that_is_known() -> None:
    of, elsewhere = task(), call("find", FOUND, query="laser printer")
    solutions = solutions_of({of.id: of}, [trace(of, FIND, CLOSE, ASSIGN, success=True)])
    made = [trace(of, elsewhere, call("close", ticket_id=given, reason="solved")) for given in ("T-1", "T-2")]
    right, wrong = cases_of({of.id: of}, made, TOOLS, solutions=solutions)
    assert (step_score(right, 1), step_score(wrong, 1)) == (1.0, 0.5)


def test_ids_that_an_attempt_makes_itself_need_not_be_those_of_the_reference() -> None:
    steps = (Step(tool="pay", arguments={"amount": 5}), Step(tool="show", arguments={"ticket_id": bound(0, "id")}))
    of = task(*steps)
    solutions = solutions_of(
        {of.id: of}, [trace(of, call("pay", amount=5), call("show", ticket_id="P-1"), success=True)]
    )
    made = trace(of, call("pay", {"id": "P-2"}, amount=6), call("show", ticket_id="P-2"))
    assert step_score(cases_of({of.id: of}, [made], TOOLS, solutions=solutions)[0], 1) == 1.0


def test_a_solution_is_the_reference_as_it_was_played() -> None:
    of = task()
    assert solutions_of({of.id: of}, [trace(of, FIND, CLOSE, success=True), trace(of, FIND, CLOSE, ASSIGN)]) == {}
    found = solutions_of({of.id: of}, [trace(of, FIND, CLOSE, ASSIGN, success=True)])
    assert [given.get("ticket_id") for given in found[of.id]] == [None, "T-1", "T-1"]


def test_a_list_that_was_cut_does_not_tell_which_item_was_meant() -> None:
    cut = call("find", {"items": [{"id": "T-7"}, "... 4 more ...", {"id": "T-2"}]}, query="printer")
    of = task(
        STEP_0 := Step(tool="find", arguments={"query": "printer"}),
        Step(tool="show", arguments={"ticket_id": bound(0, "items.2.id")}),
    )
    assert STEP_0.tool == "find"
    assert step_score(case(cut, call("show", ticket_id="T-7"), of=of), 1) == 1.0
    assert step_score(case(cut, call("show", ticket_id="T-9"), of=of), 1) == 0.0


def test_a_row_that_is_named_by_a_field_is_found_in_a_list_that_was_cut() -> None:
    cut = call("find", {"items": ["... 4 more ...", {"id": "T-7", "n": 1}, {"id": "T-2", "n": 5}]}, query="printer")
    named = Step(tool="show", arguments={"ticket_id": bound(0, "items.n=5.id")})
    of = task(Step(tool="find", arguments={"query": "printer"}), named)
    assert step_score(case(cut, call("show", ticket_id="T-2"), of=of), 1) == 1.0
    assert step_score(case(cut, call("show", ticket_id="T-7"), of=of), 1) == 0.0


def test_a_text_made_of_values_is_the_one_that_the_reference_wrote() -> None:
    joined = {"$text": [bound(0, "items.0.id"), "T-9"]}
    of = task(Step(tool="find", arguments={}), Step(tool="show", arguments={"ticket_id": joined}))
    played = trace(of, call("find", FOUND), call("show", ticket_id="T-1,T-9"), success=True)
    made = [trace(of, call("find", FOUND), call("show", ticket_id=text)) for text in ("T-1,T-9", "T-9")]
    cases = cases_of({of.id: of}, made, TOOLS, solutions=solutions_of({of.id: of}, [played]))
    assert [step_score(one, 1) for one in cases] == [1.0, 0.0]


def test_bindings_inside_of_lists_are_compared_item_by_item() -> None:
    of = task(Step(tool="find", arguments={}), Step(tool="pay", arguments={"ids": [bound(0, "items.1.id"), "X"]}))
    found = call("find", FOUND)
    assert step_score(case(found, call("pay", ids=["T-2", "x"]), of=of), 1) == 1.0
    assert step_score(case(found, call("pay", ids=["T-1", "X"]), of=of), 1) == 0.0


def test_steps_that_each_use_the_one_before_twice_are_each_scored_once() -> None:
    first, made = Step(tool="find", arguments={}), call("assign", {"id": "T-1"}, ticket_id="T-1", agent="T-1")
    after = [Step(tool="assign", arguments=dict.fromkeys(("ticket_id", "agent"), bound(n, "id"))) for n in range(40)]
    chained = case(call("find", {"id": "T-1"}), *[made] * 40, of=task(first, *after))
    assert argument_accuracy(chained) == 1.0 and len(chained.scores) == 41  # two ways at each step: 2^40 to walk


def test_execution_is_the_share_of_calls_that_ran() -> None:
    first, second = case(FIND, call("close", error="invalid"), CLOSE), case(FIND, of=task(number=1))
    assert value("execution", first, second) == pytest.approx(3 / 4)
    assert estimate(BY_KEY["execution"], [case()]).units == 0


def test_an_error_is_made_good_by_a_later_success_of_the_same_tool() -> None:
    mended = case(call("close", error="invalid"), CLOSE)
    left = case(call("close", error="invalid"), FIND, of=task(number=1))
    unknown = case(call("fly", error="not_found"), FIND, of=task(number=2))
    assert value("recovery", mended) == 1.0 and value("recovery", left) == 0.0 and value("recovery", unknown) == 1.0
    assert value("recovery", mended, left, unknown, case(FIND, of=task(number=3))) == pytest.approx(2 / 3)


def test_steps_are_held_against_the_reference_where_the_attempt_passed() -> None:
    long, short = case(FIND, FIND, FIND, CLOSE, ASSIGN, success=True), case(FIND, of=task(number=1))
    assert value("steps", long, short) == 3.0 and value("reference_steps", long, short) == 3.0
    assert value("step_ratio", long, short) == pytest.approx(5 / 3)


def test_costs_are_counted_by_attempt_and_by_success() -> None:
    passed = case(success=True, usage=used(100, 20, 0.3), seconds=2.0)
    failed = case(of=task(number=1), usage=used(300, 40, 0.1), seconds=4.0)
    assert (value("input_tokens", passed, failed), value("output_tokens", passed, failed)) == (200.0, 30.0)
    assert (value("seconds", passed, failed), value("seconds_per_success", passed, failed)) == (3.0, 6.0)
    assert value("tokens_per_success", passed, failed) == 460.0
    assert value("price", passed, failed) == pytest.approx(0.2)
    assert value("price_per_success", passed, failed) == pytest.approx(0.4)
    assert estimate(BY_KEY["price_per_success"], [failed]).units == 0  # no success, no price of one


def test_an_unknown_price_is_said_and_is_not_zero() -> None:
    of = task()
    found = summary({of.id: of}, [trace(of), trace(of, usage=used(1, 1, 0.5))])
    assert found["unpriced"] == 1 and found["price"]["value"] == 0.5
    assert summary({of.id: of}, [trace(of)])["price"]["value"] is None


def test_breakdowns_group_tasks_by_their_tags_or_their_reference() -> None:
    tagged = case(of=task(tags={"domain": "hr", "category": "crud", "apps": ["hr", "mail"]}))
    plain = case(of=task(number=1))
    groups = {name: (group(tagged), group(plain)) for name, group in BREAKDOWNS.items()}
    assert groups["by_domain"] == ("hr", "desk") and groups["by_category"] == ("crud", "unknown")
    assert groups["by_apps"] == ("2", "1") and groups["by_length"] == ("3", "3")
    lengths = [BREAKDOWNS["by_length"](case(of=task(*[Step(tool="show", arguments={})] * n))) for n in (8, 9, 16, 17)]
    assert lengths == ["8", "9-12", "13-16", "17 or more"]


def test_a_summary_holds_every_measure_and_lists_numbers_in_their_order() -> None:
    of = {one.id: one for one in (task(*[Step(tool="show", arguments={})] * n, number=n) for n in (10, 9, 2, 14))}
    found = summary(of, [trace(one) for one in of.values()])
    assert {measure.key for measure in MEASURES} <= {
        *found,
        "task_completion",
        "integrity",
        "permission",
        "process",
        "side_effect",
        "answer",
    }
    assert list(found["by_length"]) == ["2", "9-12", "13-16"] and found["verifiers"]["task_completion"]["value"] == 0.0
    assert list(found["pass_at"]) == ["1"] and found["pass_at"]["1"] == found["success"]


def test_errors_of_ours_are_listed_by_cause_and_never_counted_as_zero() -> None:
    tasks = {one.id: one for one in (task(number=number) for number in range(100))}
    known = list(tasks.values())
    played = [trace(one, FIND, success=number < 40) for number, one in enumerate(known[:98])]
    down = trace(known[98], success=None, ended=Ended.MODEL_ERROR, error="503", score=Score(success=None))
    broken = Score(success=None, verdicts=(Verdict(name="sql", category="integrity", passed=None, detail="no table"),))
    unjudged = trace(known[99], score=broken)
    found = summary(tasks, [*played, down, unjudged])
    assert found["success"]["value"] == pytest.approx(40 / 98) and found["success"]["units"] == 98
    assert found["errors"] == 2 and found["error_causes"] == {"503": 1, "verifier 'sql': no table": 1}
    assert found["ended"] == {"answered": 99, "model_error": 1}
    with pytest.raises(UsageError, match=r"2 of 52 attempts ended by an error.* Most often: 503"):
        summary(tasks, [*played[:50], down, unjudged])
    assert summary(tasks, [*played[:50], down, unjudged], allow_errors=True)["success"]["units"] == 50
