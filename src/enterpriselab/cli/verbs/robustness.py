"""`enterpriselab robustness`: the loss under worse conditions and the recovery after re-training."""

from pathlib import Path
from typing import Annotated

import typer

from enterpriselab.cli.options import Json
from enterpriselab.cli.verbs.measures import AllowErrors

Before = Annotated[Path, typer.Argument(help="The agent in a calm world: RUN or RUN/eval/AGENT.", show_default=False)]
Under = Annotated[Path, typer.Argument(help="The same agent under drift or failures, likewise.", show_default=False)]
Retrained = Annotated[
    Path | None, typer.Argument(help="The agent re-trained for these conditions, likewise.", show_default=False)
]
Out = Annotated[Path, typer.Option(help="Markdown file to write.")]


def robustness(
    before: Before,
    under: Under,
    retrained: Retrained = None,
    out: Out = Path("robustness.md"),
    allow_errors: AllowErrors = False,
    json: Json = False,
) -> None:
    """Report what is lost under worse conditions and regained.

    Task by task, with 95 % intervals; a task under drift is held against the one that it was made from. `eval --drift
    --flaky` makes the worse conditions; docs/robustness.md shows how to re-train for them.

    Example: enterpriselab robustness runs/demo/eval/sft runs/demo-drift/eval/base runs/demo-drift/eval/sft
    """
    from enterpriselab.cli.attempts import attempts_at
    from enterpriselab.cli.output import print_json, print_rows
    from enterpriselab.cli.recovering import document, page, robustness_of, sentences, table_of
    from enterpriselab.core.runs import write_whole

    again = attempts_at(retrained) if retrained is not None else None
    found = robustness_of(attempts_at(before), attempts_at(under), again, allow_errors=allow_errors)
    write_whole(out, page(found))
    if json:
        print_json(document(found))
        return
    table = table_of(found)
    print_rows(table, title="\n".join(sentences(found)), columns=list(table[0]))
    typer.echo(f"Written: {out}")
