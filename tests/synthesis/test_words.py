import json
from random import Random

from enterpriselab.sandbox.reference import run_reference
from enterpriselab.scoring.grounding import ungrounded
from enterpriselab.synthesis import lexicon
from enterpriselab.synthesis.clauses import tidy
from enterpriselab.synthesis.config import Reach, SynthesisConfig
from enterpriselab.synthesis.explore import Explorer, Ground, Tally
from enterpriselab.synthesis.filters import hidden_values
from enterpriselab.synthesis.llm_writer import LLMWriter
from enterpriselab.synthesis.paths import Bound, Done, Path, Pick, Said
from enterpriselab.synthesis.pipeline import prepare
from enterpriselab.synthesis.shape import shapes_of
from enterpriselab.synthesis.values import ValueMaker
from enterpriselab.synthesis.words import GrammarWriter

CLERK = "clerk@desk.example"


def _extension(desk):
    """Find Ada Abt of Lund, list her loans, extend one of them."""
    member = {"member_id": "M-1001", "name": "Ada Abt", "town": "Lund", "status": "Active"}
    loan = {
        "loan_id": "L-3001",
        "book_id": "B-2001",
        "title": "Salt and Iron",
        "member_id": "M-1001",
        "due_on": "2026-03-09",
    }
    return Path(CLERK, (
        Done("search_members", {"query": Said("Ada Abt")}, {"items": [member]}, False,
             Pick("items", 0, ("name",), member, True), 1),
        Done("list_loans", {"member_id": Bound(0, "items.0.member_id", "M-1001")}, {"items": [loan, loan]}, False,
             Pick("items", 0, ("title", "due_on"), loan, False), 2),
        Done("extend_loan", {"loan_id": Bound(1, "items.0.loan_id", "L-3001"), "due_on": Said("2026-04-01")}, {}, True),
    ))  # fmt: skip


def test_a_request_describes_rows_and_says_values(desk):
    writer = GrammarWriter(shapes_of(desk.registry))
    for seed in range(8):
        prompt = writer(_extension(desk), Random(seed)).prompt
        assert all(text in prompt for text in ("Ada Abt", '"Salt and Iron"', "due on 2026-03-09", "2026-04-01"))
        assert "L-3001" not in prompt and "M-1001" not in prompt


def test_wording_varies_with_the_seed_and_repeats_with_it(desk):
    writer = GrammarWriter(shapes_of(desk.registry))
    prompts = [writer(_extension(desk), Random(seed)).prompt for seed in range(10)]
    assert len(set(prompts)) > 3
    assert prompts == [writer(_extension(desk), Random(seed)).prompt for seed in range(10)]


def test_each_step_has_a_thought_and_a_line_of_the_plan(desk):
    draft = GrammarWriter(shapes_of(desk.registry))(_extension(desk), Random(0))
    assert len(draft.thoughts) == len(draft.plan) == 3
    assert "Ada Abt" in draft.thoughts[0] and "(extend_loan)" in draft.plan[2]
    assert draft.answer.startswith(("Done", "I extended"))


def test_every_literal_of_explored_paths_can_be_known_and_no_id_is_given_away(desk):
    graph, memory = prepare(desk, SynthesisConfig(), [CLERK], seed=1)
    explorer = Explorer(
        Ground(desk, graph, memory, ValueMaker("2026-03-02")),
        principal=CLERK,
        rng=Random(5),
        reach=Reach(),
        tally=Tally(),
    )
    writer, count = GrammarWriter(graph.shapes), 0
    for path in explorer.paths():
        draft = writer(path, Random(count))
        if draft is not None:
            count += 1
            assert not any(value in draft.prompt for value in hidden_values(path))
            assert not any(mark in draft.prompt for mark in ("{", "}", "  ", " of me", "None"))
    assert count > 8


def test_questions_ask_for_what_only_the_last_read_shows(made, desk):
    asked = [task for task in made.tasks if task.answer and task.tags["writes"] == 0]
    assert asked
    for task in asked:
        records = run_reference(desk.episode(task.principal, seed=task.seed), task.reference)
        values = next(v.params["values"] for v in task.verifiers if v.kind == "answer")
        assert all(json.dumps(value) in json.dumps(records[-1].result) for value in values)
        assert ungrounded(desk, task, records) == []


def test_past_forms_follow_the_rules_of_english():
    assert [lexicon.past(v) for v in ("approve it", "cancel it", "carry it", "send it", "extend it")] == [
        "approved it", "cancelled it", "carried it", "sent it", "extended it"]  # fmt: skip


def test_what_belongs_to_me_is_mine():
    assert tidy("the leave balance of me , please") == "my leave balance, please"


def test_phrases_are_derived_from_tool_names(desk):
    shapes = shapes_of(desk.registry)
    assert lexicon.phrases_of(shapes["extend_loan"]) == ["extend {loan_id}"]
    assert lexicon.phrases_of(shapes["create_request"]) == ["create a request"]
    assert lexicon.phrases_of(shapes["change_member_status"]) == ["change the status of {member_id} to {status}"]


def _writer(desk, reply):
    return LLMWriter(desk, shapes_of(desk.registry), lambda messages: reply)


def test_a_model_may_reword_as_long_as_all_slots_survive(desk):
    prompt = 'Ada Abt would like to keep "Salt and Iron", due on 2026-03-09, until 2026-04-01. Could you arrange that?'
    writer = _writer(desk, json.dumps({"prompt": prompt, "thoughts": ["a", "b", "c"]}))
    draft = writer(_extension(desk), Random(0))
    assert (draft.prompt, draft.writer, writer.counts["reworded"]) == (prompt, "model", 1)


def test_a_model_that_loses_a_slot_gives_an_id_or_breaks_the_form_falls_back(desk):
    replies = {
        "a needed value is missing": {
            "prompt": 'Extend "Salt and Iron" of Ada Abt, due on 2026-03-09.',
            "thoughts": ["", "", ""],
        },
        "gives an id away": {"prompt": "Extend L-3001 of Ada Abt to 2026-04-01.", "thoughts": ["", "", ""]},
        "thoughts do not match the calls": {"prompt": "Extend it.", "thoughts": []},
        "a described thing is not named": {
            "prompt": "Extend the loan of Ada Abt to 2026-04-01.",
            "thoughts": ["", "", ""],
        },
    }
    for reason, reply in replies.items():
        writer = _writer(desk, json.dumps(reply))
        assert writer(_extension(desk), Random(0)).writer == "grammar"
        assert writer.counts == {f"fallback: {reason}": 1}
    writer = _writer(desk, "Sure, here you go!")
    assert writer(_extension(desk), Random(0)).writer == "grammar" and writer.counts["fallback: no valid JSON"] == 1
