"""Agreement of a judge with the rules: textbook kappa, intervals by simulation, errors apart."""

from typing import Any

import numpy as np
import pytest

from enterpriselab.core.errors import UsageError
from enterpriselab.core.tasks import Verifier
from enterpriselab.evaluation.agreement import (
    Judgement,
    agreement,
    check_judge,
    demanded,
    disagreements,
    error_causes,
    kappa,
)

OUTCOMES = {"both_pass": (True, True), "only_rules": (True, False), "only_judge": (False, True)}


def said(number: int, rules: bool, says: bool | None, **changes: Any) -> Judgement:
    fields: dict[str, Any] = {
        "key": f"{number}/0#0", "task_id": str(number), "kind": "answer", "verifier": "v", "rules": rules,
        "rules_detail": "", "says": says, "judge": "j", "asked": str(number),
    }  # fmt: skip
    return Judgement(**{**fields, **changes})


def table(**counts: int) -> list[Judgement]:
    pairs = [OUTCOMES.get(cell, (False, False)) for cell, times in counts.items() for _ in range(times)]
    return [said(number, *pair) for number, pair in enumerate(pairs)]


def test_kappa_of_the_textbook_table() -> None:
    found = agreement(table(both_pass=20, only_rules=5, only_judge=10, both_fail=15))
    assert found.cells == {"both_pass": 20, "only_rules": 5, "only_judge": 10, "both_fail": 15}
    assert found.rate.value == pytest.approx(0.7) and found.kappa.value == pytest.approx(0.4)
    assert found.kappa.low == pytest.approx(0.14, abs=0.03) and found.kappa.high == pytest.approx(0.66, abs=0.03)


def test_full_agreement_is_one_and_one_verdict_throughout_has_no_kappa() -> None:
    assert agreement(table(both_pass=6, both_fail=4)).kappa.value == 1.0
    alike = agreement(table(both_pass=10))
    assert alike.rate.value == 1.0 and alike.rate.low == pytest.approx(0.722, abs=0.001)
    assert alike.kappa.units == 0 and alike.to_json()["kappa"]["value"] is None
    assert agreement(table(only_rules=5, only_judge=5)).kappa.value == -1.0
    assert agreement([]).rate.units == 0


def test_tasks_weigh_the_same_however_often_they_were_asked_about() -> None:
    often = [said(1, True, False, key=f"1/{n}#0") for n in range(8)]
    assert agreement([*often, said(2, True, True)]).rate.value == 0.5


def test_the_interval_of_kappa_covers_the_truth() -> None:
    rng = np.random.default_rng(3)
    shares = np.array([0.45, 0.1, 0.05, 0.4])
    draws = [kappa(np.eye(4)[rng.choice(4, size=80, p=shares)]) for _ in range(250)]
    truth = kappa(shares.reshape(1, 4)).value
    assert truth == pytest.approx(0.7, abs=0.005)
    assert 0.91 <= np.mean([one.low <= truth <= one.high for one in draws]) <= 0.985


def test_errors_are_counted_apart_and_end_it_above_two_percent() -> None:
    fine, broken = table(both_pass=97, both_fail=1), [said(n, True, None, error="timed out") for n in (200, 201)]
    assert agreement([*fine, *broken]).cells == agreement(fine).cells
    assert error_causes([*fine, *broken]) == {"timed out": 2}
    check_judge([*fine, *broken], allow_errors=False)
    with pytest.raises(UsageError, match=r"failed on 3 of 101 questions.*Most often: timed out"):
        check_judge([*fine, *broken, said(202, True, None, error="timed out")], allow_errors=False)
    check_judge([said(1, True, None, error="x")], allow_errors=True)


def test_disagreements_are_those_with_two_different_verdicts() -> None:
    found = table(both_pass=2, only_rules=1, only_judge=1, both_fail=1)
    assert [one.rules for one in disagreements([*found, said(9, True, None)])] == [True, False]


def of(kind: str, **params: Any) -> Verifier:
    return Verifier(kind=kind, name="v", category="answer", params=params)


@pytest.mark.parametrize(
    ("verifier", "words"),
    [
        (of("answer", values=["Ada", 25.0, True]), 'as the answer to the request: "Ada", 25.0, yes.'),
        (of("refusal"), "decline to do what was requested"),
        (of("reason", reason="terminal_state"), "the record is in a terminal state."),
        (of("reason", reason="ambiguity", rules=["R-7"]), "Naming one of these rules is enough: R-7."),
    ],
)
def test_what_is_demanded_is_said_from_the_facts_of_the_verifier(verifier: Verifier, words: str) -> None:
    assert words in demanded(verifier)


@pytest.mark.parametrize("verifier", [of("sql", query="x"), of("reason", reason="boredom")])
def test_what_words_cannot_show_is_not_put_to_a_judge(verifier: Verifier) -> None:
    with pytest.raises(UsageError, match="cannot be put to a judge"):
        demanded(verifier)
