"""What `enterpriselab judge` does: put closing words to a model, keep its verdicts, hold them against the rules."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rich.table import Table

from enterpriselab.agents.models.base import Model
from enterpriselab.agents.second_opinion import Question, second_opinion
from enterpriselab.cli.attempts import Attempts, all_attempts, models_of
from enterpriselab.cli.evaluating import LARGE_AGENT, label_of
from enterpriselab.cli.folders import is_run_folder
from enterpriselab.cli.models import parse_model
from enterpriselab.cli.output import titled_table
from enterpriselab.cli.players import AskConfig, PlayerConfig, check_player, model_of
from enterpriselab.cli.settings import ModelConfig
from enterpriselab.cli.stages.state import run_async
from enterpriselab.cli.tables import NO_VALUE, decimal, interval, number, share
from enterpriselab.core.errors import UsageError
from enterpriselab.core.hashing import content_hash
from enterpriselab.core.runs import RunFolder
from enterpriselab.core.seeds import derive_seed
from enterpriselab.evaluation.agreement import CELLS, KINDS, Judgement, agreement, demanded
from enterpriselab.evaluation.cases import is_judged
from enterpriselab.rollouts.runner import side_by_side

SIDE_BY_SIDE = 16
Sink = Callable[[Judgement], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, with the record that its answer completes."""

    question: Question
    blank: Judgement


@dataclass(frozen=True, slots=True)
class Questions:
    """All questions about one agent, and how many attempts gave none."""

    attempts: Attempts
    asked: list[Asked]
    wordless: int
    """Verifiers of closing words on attempts that ended without any."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Everything that was said, kept verdicts included."""

    judgements: list[Judgement]
    kept: int
    wordless: int
    notes: list[str]


def player_of(model: str, asked: dict[str, Any]) -> PlayerConfig:
    """The judge, checked as far as that goes without asking it. Raises UsageError."""
    kind, name = parse_model(model)
    if kind == "baseline":
        raise UsageError("A baseline cannot judge: no model plays it.", hint="use openai:NAME, vllm:NAME, ...")
    player = PlayerConfig(kind=kind, name=name, **asked)
    check_player(player, AskConfig(), LARGE_AGENT)
    return player


def judge_run(path: Path, model: str, player: PlayerConfig) -> Judged:
    """Ask the judge whatever it has not answered yet; verdicts are stored beside the traces as they come.

    Raises:
        UsageError: nothing there looks at closing words, or another process works in the run folder.
    """
    named = all_attempts(path)
    if is_run_folder(path):
        named = [one for one in named if one.label in models_of(path)]
    found = [_questions(attempts, player) for attempts in named]
    if not any(one.asked or one.wordless for one in found):
        text = f"No attempt in {path} has a verifier of closing words ({', '.join(KINDS)})."
        raise UsageError(text, hint="choose a run whose tasks ask for an answer or are infeasible")
    file = f"judge-{label_of(model)}.jsonl"
    judge = model_of(player, context=LARGE_AGENT.context, threads=ModelConfig().threads, label=label_of(model))
    folder = RunFolder(named[0].run)
    judgements: list[Judgement] = []
    kept = 0
    with folder.locked():
        for one in found:
            name = f"eval/{one.attempts.label}/{file}"
            known = _known(folder, name)
            open_ = [asked for asked in one.asked if asked.blank.asked not in known]
            kept += len(one.asked) - len(open_)
            fresh = run_async(_ask_all(judge, open_, partial(folder.append, name)))
            known |= {said.asked: said for said in fresh}
            judgements += [known[asked.blank.asked] for asked in one.asked]
    return Judged(judgements, kept, sum(one.wordless for one in found), list(getattr(judge, "notes", [])))


def _known(folder: RunFolder, name: str) -> dict[str, Judgement]:
    """Verdicts by question; questions on which the judge failed are open."""
    found = [Judgement.model_validate(record) for record in folder.records(name)]
    return {one.asked: one for one in found if one.says is not None}


def _questions(attempts: Attempts, player: PlayerConfig) -> Questions:
    asked, wordless = [], 0
    for question, blank in _all_questions(attempts, player):
        if question.words.strip():
            asked.append(Asked(question, blank))
        else:
            wordless += 1
    return Questions(attempts, asked, wordless)


def _all_questions(attempts: Attempts, player: PlayerConfig) -> Iterator[tuple[Question, Judgement]]:
    judge = {"kind": player.kind, "name": player.name, "extra": player.extra}
    for key, trace in attempts.traces.items():
        task = attempts.tasks[trace.task_id]
        if not is_judged(trace) or trace.score is None:
            continue
        for place, (verifier, verdict) in enumerate(zip(task.verifiers, trace.score.verdicts, strict=True)):
            if verifier.kind not in KINDS or verdict.passed is None:
                continue
            question = Question(task.prompt, demanded(verifier), trace.answer)
            number = f"{key}#{place}"
            yield (
                question,
                Judgement(
                    key=number,
                    task_id=task.origin,
                    kind=verifier.kind,
                    verifier=verifier.name,
                    rules=verdict.passed,
                    rules_detail=verdict.detail,
                    says=None,
                    judge=player.name,
                    asked=content_hash([judge, number, question.messages]),
                ),
            )


async def _ask_all(model: Model, asked: Sequence[Asked], sink: Sink) -> list[Judgement]:
    """The answers in order; `sink` gets each as soon as it is there."""
    answers: dict[int, Judgement] = {}
    queue = iter(enumerate(asked))

    async def worker() -> None:
        for place, one in queue:
            name = f"judge/{one.blank.key}"
            said = await second_opinion(model, one.question, name=name, seed=derive_seed(name, one.blank.asked))
            told = {"says": said.says, "why": said.why, "error": said.error, "usage": said.usage}
            answers[place] = one.blank.model_copy(update=told)
            sink(answers[place])

    try:
        await side_by_side(worker, min(SIDE_BY_SIDE, len(asked)))
    finally:
        await model.close()
    return [answers[place] for place in range(len(asked))]


def agreement_table(judgements: Sequence[Judgement]) -> Table:
    """One row for all, and one for each kind of verifier where there are several."""
    kinds = [kind for kind in KINDS if any(one.kind == kind for one in judgements)]
    table = titled_table("Judge against rules")
    for column in ("verifiers", *(cell.replace("_", " ") for cell in CELLS), "agreement", "95 % interval"):
        table.add_column(column, justify="left" if column == "verifiers" else "right")
    for column in ("kappa", "95 % interval"):
        table.add_column(column, justify="right")
    for kind in ["all", *(kinds if len(kinds) > 1 else [])]:
        found = agreement([one for one in judgements if kind in ("all", one.kind)])
        rate, kappa = found.rate.to_json(), found.kappa.to_json()
        cells = [str(found.cells[cell]) for cell in CELLS]
        value = decimal(kappa) if found.kappa.units else NO_VALUE
        table.add_row(kind, *cells, share(rate), interval(rate), value, interval(kappa, number))
    return table
