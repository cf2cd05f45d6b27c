"""Each failure rule on an attempt that shows it, and on one that does not."""

import pytest

from enterpriselab.core.tasks import Step
from enterpriselab.core.traces import Ended, TraceCall
from enterpriselab.evaluation.cases import Case
from enterpriselab.evaluation.failures import failure_analysis
from enterpriselab.evaluation.faults import RULES, UNEXPLAINED, faults
from tests.evaluation.attempts import ASSIGN, CLOSE, FIND, FOUND, answer_check, bound, call, case, judged, task

NEVER = task(number=9, feasible=False)
LOOK_UP = task(
    Step(tool="find", arguments={"query": "printer"}),
    prompt="Which ticket is about the printer?",
    verifiers=(answer_check("T-2"),),
)
FAILED_CLOSE = call("close", error="invalid", ticket_id="T-1", reason="solved")
SHOWN = {
    "parameter_error": [
        (case(FIND, call("close", ticket_id="T-1", reason="spam"), ASSIGN), 1, "reason is 'spam', not 'solved'"),
        (case(FIND, FAILED_CLOSE, ASSIGN), 1, "close failed (invalid)"),
        (case(FIND, call("close", ticket_id="T-1", reason="solved", note="x"), ASSIGN), 1, "note 'x' was not asked"),
        (case(FIND, CLOSE, call("assign", ticket_id="T-1")), 2, "agent is missing ('Ada')"),
        (case(call("find", FOUND, query="laser"), of=LOOK_UP), 0, "query is 'laser'"),
    ],
    "wrong_tool": [
        (case(FIND, CLOSE, call("pay", amount=5)), 2, "pay is no step"),
        (case(FIND, CLOSE, CLOSE, ASSIGN), 2, "once more than needed"),
        (case(call("fly", error="not_found")), 0, "not on offer"),
        (case(call("balance")), 0, "all calls are in bank, the task is in desk"),
    ],
    "incomplete_decomposition": [(case(FIND, CLOSE), 2, "did 1 of 2 needed steps; missing: assign")],
    "lost_context": [
        (case(FIND, call("close", ticket_id="T-2", reason="solved"), ASSIGN), 1, "'T-2' of close is not the one"),
        (case(FIND, FIND, CLOSE, ASSIGN), 1, "asked again"),
        (case(FIND, of=LOOK_UP, answer="It is T-1."), 1, "'T-2' was shown, and the answer does not say it"),
    ],
    "premature_completion": [
        (case(FIND), 1, "answered after 1 calls without close, assign"),
        (case(of=NEVER), 0, "claimed to have done what had to be refused"),
    ],
    "missing_lookup": [(case(call("close", ticket_id="T-1", reason="solved"), ASSIGN), 0, "without find before it")],
    "invented_id": [(case(FIND, call("close", ticket_id="T-77", reason="solved"), ASSIGN), 1, "'T-77' of close")],
    "policy_breach": [
        (case(FIND, call("close", error="forbidden")), 1, "refused as forbidden"),
        (case(CLOSE, of=NEVER), 0, "had to be refused"),
        (case(FIND, CLOSE, ASSIGN, score=judged(process=(False,))), 3, "process check failed: process 0"),
        (case(CLOSE, score=judged(permission=(False,))), 1, "permission check failed: permission 0"),
        (case(of=NEVER, answer="I cannot: ask.", score=judged(process=(False,))), 0, "process check failed: process 0"),
    ],
    "loop": [(case(FAILED_CLOSE, FAILED_CLOSE, FAILED_CLOSE), 2, "close was called 3 times")],
    "budget": [(case(FIND, ended=Ended.MAX_TURNS, answer=""), 1, "ended by max_turns")],
    "refused": [(case(FIND, answer="I cannot do that."), 1, "declined")],
    "unreadable": [(case(ended=Ended.MALFORMED, malformed_turns=3), 0, "3 turns")],
}
CLEAN = {
    "parameter_error": case(FIND, FAILED_CLOSE, CLOSE, ASSIGN),
    "wrong_tool": case(FIND, call("show", ticket_id="T-1"), FAILED_CLOSE, CLOSE, ASSIGN),
    "incomplete_decomposition": case(FIND, CLOSE, ended=Ended.MAX_TURNS, answer=""),
    "lost_context": case(FIND, CLOSE, FIND, ASSIGN),  # looks again after a change
    "premature_completion": case(FIND, answer="I cannot do that."),
    "missing_lookup": case(call("show", {"id": "T-1"}, ticket_id="T-1"), CLOSE, ASSIGN),
    "invented_id": case(FIND, call("close", ticket_id="t-1", reason="solved"), ASSIGN),
    "policy_breach": case(FIND, CLOSE, call("assign", error="conflict"), score=judged(task_completion=(False,))),
    "loop": case(FAILED_CLOSE, FIND, FAILED_CLOSE),
    "budget": case(FIND),
    "refused": case(CLOSE, answer="I cannot do that."),
    "unreadable": case(FIND, malformed_turns=1),
}


def details(found: Case, kind: str) -> list[tuple[int, str]]:
    return [(fault.call, fault.detail) for fault in faults(found) if fault.kind == kind]


def test_every_rule_is_shown_here() -> None:
    assert set(SHOWN) == set(RULES) == set(CLEAN)


@pytest.mark.parametrize(("kind", "number"), [(kind, n) for kind, shown in SHOWN.items() for n in range(len(shown))])
def test_a_rule_finds_its_fault_at_the_right_call(kind: str, number: int) -> None:
    found, at, words = SHOWN[kind][number]
    assert any(call == at and words in detail for call, detail in details(found, kind)), faults(found)


@pytest.mark.parametrize("kind", list(CLEAN))
def test_a_rule_stays_silent_where_its_fault_is_not(kind: str) -> None:
    assert details(CLEAN[kind], kind) == []


@pytest.mark.parametrize("calls", [(FIND,), (FIND, CLOSE)], ids=["nothing done", "half done"])
def test_a_process_check_on_work_that_was_not_done_is_no_breach(calls: tuple[TraceCall, ...]) -> None:
    assert details(case(*calls, score=judged(process=(False,))), "policy_breach") == []
    assert details(case(FIND, score=judged(permission=(False,))), "policy_breach") == []


def test_an_attempt_that_did_all_as_the_reference_does_is_unexplained() -> None:
    assert [fault.kind for fault in faults(case(FIND, CLOSE, ASSIGN))] == [UNEXPLAINED]


def test_wording_that_the_prompt_leaves_free_is_no_parameter_error() -> None:
    of = task(Step(tool="close", arguments={"ticket_id": "T-1", "note": "All done now"}), prompt="Close T-1, say why.")
    free = case(call("close", ticket_id="T-1", note="It works again"), of=of)
    assert details(free, "parameter_error") == []
    said = task(*of.reference, prompt='Close T-1 with the note "All done now".')
    assert details(case(call("close", ticket_id="T-1", note="It works again"), of=said), "parameter_error")


def test_a_path_of_known_parts_is_no_invented_id() -> None:
    listed = call("find", {"items": [{"id": "reports"}, {"id": "may.txt"}]}, query="printer")
    joined = case(listed, call("show", ticket_id="/reports/may.txt"))
    assert details(joined, "invented_id") == []
    assert details(case(listed, call("show", ticket_id="/reports/june.txt")), "invented_id")


def test_the_analysis_counts_kinds_firsts_and_gives_examples_of_several_tasks() -> None:
    spam = call("close", ticket_id="T-1", reason="spam")
    cases = [case(FIND, spam, ASSIGN, of=task(number=number)) for number in range(5)]
    cases += [case(FIND, spam, of=task(number=5)), case(FIND, CLOSE, ASSIGN, of=task(number=6), success=True)]
    found = failure_analysis(cases)
    assert found["attempts"] == 6 and list(found["kinds"]) == ["parameter_error", "incomplete_decomposition"]
    wrong, short = found["kinds"].values()
    assert (wrong["attempts"], wrong["first"], wrong["share"]["value"]) == (6, 6, 1.0)
    assert (short["attempts"], short["first"], round(short["share"]["value"], 3)) == (1, 0, 0.167)
    assert [example["task"] for example in wrong["examples"]] == [task(number=number).id for number in range(3)]
    assert wrong["examples"][0] == {
        "task": task(number=0).id, "attempt": 0, "call": 1, "detail": "close: reason is 'spam', not 'solved'",
    }  # fmt: skip
    assert failure_analysis(cases[-1:]) == {"attempts": 0, "kinds": {}}


def test_a_value_of_the_wrong_step_is_found_although_it_was_seen() -> None:
    of = task(Step(tool="find", arguments={}), Step(tool="show", arguments={"ticket_id": bound(0, "items.1.id")}))
    picked = case(call("find", FOUND), call("show", ticket_id="T-1"), of=of)
    assert [fault.kind for fault in faults(picked)] == ["parameter_error", "lost_context"]
