"""The gates on the workshop world: each fault of a task must be found by the gate that is there for it."""

import pytest

from enterpriselab.core.tasks import Step, Task, Verifier
from enterpriselab.sandbox.reference import run_reference
from enterpriselab.sandbox.world import World
from enterpriselab.scoring.derive import derive_verifiers
from enterpriselab.scoring.gates import GateReport, check_task
from tests.workshop import workshop_world


@pytest.fixture(scope="module")
def world() -> World:
    return workshop_world()


def bound(step: int, path: str) -> dict:
    return {"$from": {"step": step, "path": path}}


def make(world: World, prompt: str, *steps: Step, answer: str = "Done.", values: tuple = (), **changes: object) -> Task:
    episode = world.episode()
    run_reference(episode, steps)
    verifiers = derive_verifiers(world, episode.diff(), answer_values=values)
    fields = {
        "template": "t",
        "world": world.name,
        "principal": world.default_principal,
        "prompt": prompt,
        "tools": ("list_items", "get_item", "lend_item", "return_item", "set_price"),
        "reference": steps,
        "verifiers": verifiers,
        "answer": answer,
    }
    return Task(**{**fields, **changes})


LEND = (
    Step(tool="list_items", arguments={"state": "free"}),
    Step(tool="lend_item", arguments={"item_id": bound(0, "items.0.item_id"), "days": 7, "borrower": "Ada"}),
)
LEND_PROMPT = "Lend the first free item to Ada for 7 days."


def gates(report: GateReport) -> set[str]:
    return {failure.gate for failure in report.failures}


def test_a_sound_task_passes_and_its_mutants_die(world: World) -> None:
    report = check_task(world, make(world, LEND_PROMPT, *LEND))
    assert report.passed, report.failures
    assert report.mutants >= 5 and report.mutants_killed == report.mutants
    assert report.variants >= 2 and report.variants_passed == report.variants


def test_two_independent_writes_pass_in_either_order_whatever_their_ids(world: World) -> None:
    steps = (
        Step(tool="lend_item", arguments={"item_id": "IT-001", "days": 2, "borrower": "Ada"}),
        Step(tool="lend_item", arguments={"item_id": "IT-002", "days": 3, "borrower": "Bo"}),
    )
    report = check_task(world, make(world, "Lend IT-001 to Ada for 2 days and IT-002 to Bo for 3 days.", *steps))
    assert report.passed and report.variants_passed >= 1


def test_a_task_that_doing_nothing_passes_is_found(world: World) -> None:
    step = Step(tool="set_price", arguments={"item_id": "IT-003", "price": 3})
    assert "do_nothing" in gates(check_task(world, make(world, "Set the price of IT-003 to 3.", step)))


def test_a_literal_that_nobody_said_is_found(world: World) -> None:
    report = check_task(world, make(world, "Lend the first free item to Ada.", *LEND))
    assert gates(report) == {"grounded"} and "days=7" in report.failures[0].detail


def test_verifiers_that_look_away_are_found(world: World) -> None:
    blind = Verifier(
        kind="sql",
        name="any loan",
        category="task_completion",
        params={"query": "SELECT count(*) > 0 FROM workshop_loan", "expect": 1},
    )
    report = check_task(world, make(world, LEND_PROMPT, *LEND, verifiers=(blind,)))
    assert {"mutant", "do_nothing"} <= gates(report)


def test_a_reference_that_fails_is_found(world: World) -> None:
    step = Step(tool="lend_item", arguments={"item_id": "IT-009", "days": 1})
    assert gates(check_task(world, make(world, "Lend IT-009 for 1 day.", step))) == {"reference"}


def test_an_answer_must_be_said_and_not_buried(world: World) -> None:
    read = Step(tool="get_item", arguments={"item_id": "IT-004"})
    good = make(world, "What does IT-004 cost?", read, answer="It costs 4 euros.", values=(4.0,))
    assert check_task(world, good).passed
    wrong = make(world, "What does IT-004 cost?", read, answer="It costs 5 euros.", values=(4.0,))
    assert gates(check_task(world, wrong)) == {"reference"}
    buried = make(world, "What does IT-004 cost?", read, answer=" ".join(map(str, range(200))), values=(4.0,))
    assert gates(check_task(world, buried)) == {"reference"}


@pytest.mark.parametrize("kind", ["row", "no_other_changes", "answer", "reason", "sql"])
def test_a_verifier_without_its_params_gives_no_verdict_instead_of_a_crash(world: World, kind: str) -> None:
    empty = Verifier(kind=kind, name="empty", category="integrity", params={})
    report = check_task(world, make(world, LEND_PROMPT, *LEND, verifiers=(empty,)))
    assert gates(report) == {"reference"} and f"a '{kind}' verifier needs" in report.failures[0].detail


def test_an_unknown_verifier_gives_no_verdict_instead_of_a_zero(world: World) -> None:
    odd = Verifier(kind="magic", name="odd", category="integrity", params={})
    report = check_task(world, make(world, LEND_PROMPT, *LEND, verifiers=(odd,)))
    assert "unknown verifier kind" in report.failures[0].detail
