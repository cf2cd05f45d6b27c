"""`enterpriselab judge`: a model's opinion of closing words, held against the rules."""

from pathlib import Path
from typing import Annotated

import typer

from enterpriselab.cli.options import Json
from enterpriselab.cli.verbs.evaluate import Extra, KeyEnv, Prices, Url
from enterpriselab.core.errors import UsageError

Run = Annotated[Path, typer.Argument(help="Run folder, or one agent in it: RUN/eval/AGENT.", show_default=False)]
Model = Annotated[
    str, typer.Option(help="The judge as KIND:NAME with openai, vllm, anthropic, litellm or hf.", show_default=False)
]
AllowErrors = Annotated[
    bool, typer.Option("--allow-errors", help="Print the agreement even if the judge failed on more than 2 %.")
]
EXAMPLES, WORDS = 5, 200


def judge(
    run: Run,
    model: Model = "",
    endpoint: Url = "",
    key_env: KeyEnv = "",
    extra: Extra = "",
    prices: Prices = "",
    allow_errors: AllowErrors = False,
    json: Json = False,
) -> None:
    """Ask a model whether closing words say what was asked.

    For every attempt whose task has a verifier of closing words (answer, refusal, reason). Verdicts are stored beside
    the traces and change no score; printed is how far they agree with the rules: share, Cohen's kappa, who said what,
    and examples. A judge that fails or answers in no form is an error, counted apart; more than 2 % of them end the
    command without a rate. Start it again and it goes on where it was, failures first. More in docs/judge.md.

    Example: enterpriselab judge runs/demo/eval/sft --model openai:gpt-4.1-mini
    """
    from enterpriselab.cli.judging import agreement_table, judge_run, player_of
    from enterpriselab.cli.output import CONSOLE, print_json
    from enterpriselab.cli.players import parse_extra
    from enterpriselab.core.traces import Usage
    from enterpriselab.evaluation.agreement import KINDS, agreement, check_judge, disagreements, error_causes

    if not model:
        raise UsageError("Name the judge: --model is missing.", hint="enterpriselab judge --help")
    asked = {"url": endpoint, "key_env": key_env, "extra": parse_extra(extra), "prices": prices}
    found = judge_run(run, model, player_of(model, asked))
    judgements, causes = found.judgements, error_causes(found.judgements)
    check_judge(judgements, allow_errors=allow_errors)
    price = Usage.total(one.usage for one in judgements).price_usd
    differing = disagreements(judgements)
    if json:
        kinds = {kind: [one for one in judgements if one.kind == kind] for kind in KINDS}
        told = {kind: agreement(some).to_json() for kind, some in kinds.items() if some}
        print_json(
            {
                "questions": len(judgements),
                "kept": found.kept,
                "wordless": found.wordless,
                "errors": sum(causes.values()),
                "error_causes": causes,
                "agreement": {"all": agreement(judgements).to_json(), **told},
                "disagreements": [one.model_dump(mode="json") for one in differing],
                "price_usd": price,
            }
        )
        return
    CONSOLE.print(agreement_table(judgements))
    for one in differing[:EXAMPLES]:
        typer.echo(f"{one.key}, {one.verifier}: rules {_word(one.rules)} {one.rules_detail}".rstrip())
        typer.echo(f"  judge {_word(one.says)}: {one.why[:WORDS]}")
    for cause, times in causes.items():
        typer.echo(f"The judge failed on {times} of {len(judgements)} questions: {cause}")
    if found.wordless:
        typer.echo(f"Not asked: {found.wordless} verifiers of attempts that ended without closing words.")
    cost = "not known" if price is None else f"{price:.4f} USD"
    typer.echo(f"{len(judgements)} questions, {found.kept} of them answered before; price {cost}.")
    for note in found.notes:
        typer.echo(note)


def _word(passed: bool | None) -> str:
    return "yes" if passed else "no"
