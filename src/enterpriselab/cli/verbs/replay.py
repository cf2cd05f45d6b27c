"""`enterpriselab replay`: stored attempts executed again."""

from pathlib import Path
from typing import Annotated

import typer

from enterpriselab.cli.options import Json

Traces = Annotated[
    Path, typer.Argument(help="traces.jsonl, RUN/eval/AGENT, or a run where one agent played.", show_default=False)
]
Key = Annotated[str, typer.Option("--key", help="Only this attempt: TASK/ATTEMPT, or TASK.", show_default="all")]


def replay(trace: Traces, key: Key = "", json: Json = False) -> None:
    """Prove stored attempts by executing their calls again.

    Each attempt gets a fresh episode; its calls are made in order, without a model, and the hash of the state that they
    lead to is held against the one that was recorded. Exit code 1 when one differs; the first call that went another
    way is named.

    Example: enterpriselab replay runs/demo/eval/sft/traces.jsonl --key 81e1c2f79e5d2c1b/0
    """
    from enterpriselab.cli.attempts import attempts_at, keys_of
    from enterpriselab.cli.output import print_json, print_rows
    from enterpriselab.cli.rescoring import in_their_worlds
    from enterpriselab.rollouts.replay import replay as replay_trace

    attempts = attempts_at(trace)
    rows = [
        {
            "attempt": name,
            "calls": len(attempts.traces[name].calls),
            "same_state": found.same,
            "recorded": attempts.traces[name].state_hash,
            "reached": found.state_hash,
            "first_difference": f"call {at.call}, {at.detail}" if (at := next(iter(found.mismatches), None)) else None,
        }
        for name, found in in_their_worlds(attempts, keys_of(attempts, key), replay_trace)
    ]
    differing = [row for row in rows if not row["same_state"]]
    if json:
        print_json({"attempts": len(rows), "same": len(rows) - len(differing), "replays": rows})
    else:
        shown = rows if key else differing
        columns = ("attempt", "calls", "same_state", "recorded", "reached", "first_difference")
        if shown:
            print_rows(shown, title="Replayed" if key else "Other states", columns=columns)
        typer.echo(f"{len(rows) - len(differing)} of {len(rows)} attempts lead to the state that was recorded.")
    if differing:
        raise typer.Exit(1)
