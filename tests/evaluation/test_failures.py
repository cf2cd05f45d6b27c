"""Each failure rule on an attempt that shows it, and on one that does not."""

import pytest

from enterpriselab.core.tasks import Step
from enterpriselab.core.traces import Ended, TraceCall
from enterpriselab.evaluation.cases import Case, cases_of
from enterpriselab.evaluation.failures import failure_analysis
from enterpriselab.evaluation.faults import RULES, UNEXPLAINED, faults
from tests.evaluation.attempts import (
    ASSIGN,
    CLOSE,
    FIND,
    FOUND,
    STEPS,
    TOOLS,
    answer_check,
    bound,
    call,
    case,
    judged,
    spec,
    task,
    trace,
)

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
        (case(FIND, CLOSE, ASSIGN, score=judged(permission=(False,))), 3, "permission check failed: permission 0"),
        (case(call("pay", amount=5), score=judged(permission=(False,))), 1, "permission check failed: permission 0"),
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
@pytest.mark.parametrize("category", ["process", "permission"])
def test_a_check_on_work_that_was_not_done_is_no_breach(calls: tuple[TraceCall, ...], category: str) -> None:
    assert details(case(*calls, score=judged(**{category: (False,)})), "policy_breach") == []


def test_steps_that_were_done_in_another_order_are_done() -> None:
    turned = case(FIND, ASSIGN, call("close", ticket_id="T-1", reason="spam"))
    assert [fault.kind for fault in faults(turned)] == ["parameter_error"]
    assert [fault.kind for fault in faults(case(FIND, ASSIGN, CLOSE))] == [UNEXPLAINED]


def test_what_the_reference_itself_looks_up_twice_may_be_looked_up_twice() -> None:
    of = task(STEPS[0], STEPS[0], *STEPS[1:2])
    assert details(case(FIND, FIND, CLOSE, of=of), "lost_context") == []
    assert details(case(FIND, FIND, FIND, CLOSE, of=of), "lost_context")


def test_the_right_id_is_not_invented_although_the_observation_was_cut() -> None:
    of, cut = task(), call("find", {"items": ["... 9 more ..."]}, query="printer")
    played = {of.id: [{"query": "printer"}, {"ticket_id": "T-1"}, {"ticket_id": "T-1"}]}

    def found(given: str) -> list[str]:
        made = trace(of, cut, call("close", ticket_id=given, reason="solved"), ASSIGN)
        (one,) = cases_of({of.id: of}, [made], TOOLS, solutions=played)
        return [detail for _, detail in details(one, "invented_id")]

    assert found("T-1") == [] and "'T-9' of close" in found("T-9")[0]


def test_a_text_in_an_object_that_also_holds_ids_is_no_invented_id() -> None:
    fields = {"owner": {"type": "string", "x-entity": "person"}, "text": {"type": "string"}, "ref_id": {}}
    tools = {**TOOLS, "make": spec("make", writes=True, values={"type": "object", "properties": fields})}
    of = task(Step(tool="make", arguments={"values": {"owner": "Ada"}}), tools=tuple(tools))
    made = trace(of, call("make", values={"owner": "P-4", "text": "as good as new", "ref_id": "R-1"}))
    (one,) = cases_of({of.id: of}, [made], tools)
    assert [detail.split(" of ")[0] for _, detail in details(one, "invented_id")] == [
        "values.owner 'P-4'",
        "values.ref_id 'R-1'",
    ]


def test_a_choice_a_flag_and_a_date_cannot_be_worded_freely() -> None:
    state = {"type": "string", "enum": ["in_progress", "closed"]}
    tools = {**TOOLS, "set": spec("set", writes=True, state=state, on={"type": "string"}, due={"type": "string"})}
    right = {"state": "in_progress", "on": "true", "due": "2026-03-02"}
    of = task(Step(tool="set", arguments=right), prompt="Switch it on and start it, due 2 March.", tools=tuple(tools))
    for name, wrong in {"state": "closed", "on": "false", "due": "2026-03-03"}.items():
        (one,) = cases_of({of.id: of}, [trace(of, call("set", **{**right, name: wrong}))], tools)
        assert f"{name} is '{wrong}'" in details(one, "parameter_error")[0][1]


def test_what_is_made_by_a_step_is_not_looked_up() -> None:
    of = task(Step(tool="pay", arguments={"amount": 5}), Step(tool="close", arguments={"ticket_id": bound(0, "id")}))
    unknown = case(call("close", ticket_id="T-9"), of=of)
    assert details(unknown, "missing_lookup") == [] and details(unknown, "invented_id")


def test_a_request_that_must_be_refused_has_no_wrong_arguments_of_look_ups() -> None:
    never = task(STEPS[0], number=9, feasible=False)
    looked = case(call("find", FOUND, query="laser"), CLOSE, of=never)
    assert faults(looked)[0].kind == "policy_breach" and details(looked, "parameter_error") == []


def test_a_value_that_was_shown_counts_as_forgotten_only_where_the_work_was_done() -> None:
    of = task(verifiers=(answer_check(1),))
    shown = call("find", {"items": [{"id": "T-1"}], "total": 1}, query="printer")
    assert [fault.kind for fault in faults(case(shown, of=of))] == ["premature_completion"]
    assert [fault.kind for fault in faults(case(shown, CLOSE, ASSIGN, of=of))] == ["lost_context"]


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
