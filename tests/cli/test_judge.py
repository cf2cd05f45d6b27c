"""`enterpriselab judge` over the OpenAI wire: a judge on loopback reads closing words, errs, and is asked again."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from enterpriselab.core.tasks import Task, Verifier
from enterpriselab.core.traces import Score, Trace, Verdict
from enterpriselab.scoring.answers import missing_values
from enterpriselab.scoring.refusals import gives_reason, refuses
from tests.agents.wires.asked import Asked
from tests.agents.wires.server import Fail, Player, Raw, Reply, Say, WireServer, serving
from tests.cli.desk import lab, refused
from tests.cli.stored_run import write_run
from tests.evaluation.attempts import task, trace

RUN = "runs/x"
OWNER = Verifier(kind="answer", name="the owner is said", category="answer", params={"values": ["Ada Lovelace"]})
DECLINED = Verifier(kind="refusal", name="it is declined", category="answer", params={})
WHY = Verifier(kind="reason", name="the reason is given", category="answer", params={"reason": "terminal_state"})
ROWS = Verifier(kind="sql", name="a row", category="task_completion", params={"query": "select 1", "expect": 1})
RULES: dict[str, Callable[[str], bool]] = {
    "answer": lambda words: not missing_values(words, ["Ada Lovelace"]),
    "refusal": refuses,
    "reason": lambda words: gives_reason(words, "terminal_state"),
    "sql": lambda words: True,
}
WORDS = {
    0: "Ada Lovelace owns it.",
    1: "It is owned by Lovelace, Ada.",
    2: "Nobody owns it.",
    3: "I cannot do that: the ticket is closed.",
    4: "I did not do it, since the ticket has been archived for good.",
    5: "",
}


def tasks() -> list[Task]:
    asks = [task(number=n, prompt=f"Who owns T-{n}?", verifiers=(ROWS, OWNER)) for n in range(3)]
    cannot = [task(number=n, prompt=f"Close T-{n}.", feasible=False, verifiers=(DECLINED, WHY)) for n in (3, 4)]
    return [*asks, *cannot, task(number=5, verifiers=(OWNER,)), task(number=6, verifiers=(ROWS,))]


def attempt(of: Task) -> Trace:
    words = WORDS.get(of.seed, "Done.")
    verdicts = tuple(Verdict(name=v.name, category=v.category, passed=RULES[v.kind](words)) for v in of.verifiers)
    score = Score(success=all(verdict.passed for verdict in verdicts), verdicts=verdicts)
    return trace(of, answer=words, score=score)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = [attempt(of) for of in tasks()]
    write_run(tmp_path / RUN, tasks(), {"grpo": made, "do_nothing": made})
    return tmp_path


def honest(asked: Asked) -> Reply:
    """Understands what the rules only match."""
    question = json.loads(asked.task)
    words, demanded = question["words"], question["demanded"]
    wanted = r"Ada|Lovelace" if "Ada" in demanded else r"cannot|not do it" if "decline" in demanded else r"closed|arch"
    verdict = "yes" if re.search(wanted, words) else "no"
    return Say(json.dumps({"verdict": verdict, "why": f"because: {words[:10]}"}))


def judged(player: Player, *options: object, home: Path, code: int = 0) -> tuple[Any, WireServer, str]:
    with serving(player) as (server, url):
        ended = lab("judge", RUN, "--model", "openai:gpt-4.1", "--endpoint", f"{url}/v1", *options, cwd=home)
    assert ended.code == code, ended
    assert not server.refused
    return ended.out, server, ended.err


def as_json(player: Player, *options: object, home: Path) -> tuple[dict[str, Any], WireServer]:
    out, server, _ = judged(player, *options, "--json", home=home)
    return json.loads(out), server


def stored(home: Path) -> list[dict[str, Any]]:
    path = home / RUN / "eval/grpo/judge-gpt-4.1.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_judge_is_held_against_the_rules_and_no_score_changes(home: Path) -> None:
    traces = (home / RUN / "eval/grpo/traces.jsonl").read_bytes()
    found, server = as_json(honest, home=home)
    assert len(server.bodies) == found["questions"] == 7 and found["wordless"] == 1 and found["errors"] == 0
    both = {"both_pass": 3, "only_rules": 0, "only_judge": 3, "both_fail": 1}
    assert {cell: found["agreement"]["all"][cell] for cell in both} == both
    assert found["agreement"]["answer"]["agreement"]["units"] == 3 and found["agreement"]["reason"]["only_judge"] == 1
    assert [one["key"].rpartition("#")[2] for one in found["disagreements"]] == ["1", "0", "1"]
    assert found["price_usd"] > 0
    assert (home / RUN / "eval/grpo/traces.jsonl").read_bytes() == traces
    assert not (home / RUN / "eval/do_nothing/judge-gpt-4.1.jsonl").exists()
    assert {record["says"] for record in stored(home)} == {True, False} and len(stored(home)) == 7


def test_what_was_answered_is_kept_and_only_changed_words_are_asked_again(home: Path) -> None:
    first, _ = as_json(honest, home=home)
    again, server = as_json(lambda _: Fail(400, "closed"), home=home)
    assert not server.bodies and again["kept"] == 7 and again["agreement"] == first["agreement"]
    made = [attempt(of) for of in tasks()]
    made[2] = made[2].model_copy(update={"answer": "Ada Lovelace."})
    write_run(home / RUN, tasks(), {"grpo": made})
    changed, server = as_json(honest, home=home)
    assert len(server.bodies) == 1 and changed["kept"] == 6 and changed["agreement"]["answer"]["both_fail"] == 0


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Say("I would say yes."), "the reply holds no verdict"),
        (Fail(400, "no such model"), "no such model"),
        (Raw(b"not json"), "the answer cannot be read"),
    ],
)
def test_a_judge_that_fails_is_an_error_and_is_asked_again(home: Path, reply: Reply, words: str) -> None:
    def wavering(asked: Asked) -> Reply:
        return reply if "archived" in asked.task else honest(asked)

    with serving(wavering) as (_, url):
        asked = ("judge", RUN, "--model", "openai:gpt-4.1", "--endpoint", f"{url}/v1")
        told = refused(*asked, cwd=home)
        assert "failed on 2 of 7 questions" in told and words in told
        allowed = json.loads(lab(*asked, "--allow-errors", "--json", cwd=home).out)
    assert allowed["errors"] == 2 and allowed["kept"] == 5
    assert sum(allowed["agreement"]["all"][cell] for cell in ("both_pass", "only_judge", "both_fail")) == 5
    healed, server = as_json(honest, home=home)
    assert len(server.bodies) == 2 and healed["errors"] == 0 and healed["questions"] == 7


def test_the_table_shows_agreement_kappa_and_where_they_differ(home: Path) -> None:
    out, _, _ = judged(honest, home=home)
    assert "60.0%" in out and "kappa" in out and "Not asked: 1" in out
    assert "the owner is said: rules no" in out and "judge yes: because: It is owne" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((RUN,), "--model is missing"),
        ((RUN, "--model", "baseline:do_nothing"), "A baseline cannot judge"),
        ((RUN, "--model", "openai:gpt-4.1"), "The variable OPENAI_API_KEY is not set"),
        (("runs/none", "--model", "vllm:m"), "is neither a run folder"),
    ],
)
def test_what_cannot_be_asked_is_refused(home: Path, arguments: tuple[object, ...], words: str) -> None:
    assert words in refused("judge", *arguments, cwd=home, OPENAI_API_KEY="")


def test_a_run_without_closing_words_to_judge_is_refused(home: Path) -> None:
    only = [task(number=6, verifiers=(ROWS,))]
    write_run(home / "runs/y", only, {"grpo": [attempt(only[0])]})
    assert "No attempt in runs/y has a verifier" in refused("judge", "runs/y", "--model", "vllm:m", cwd=home)
