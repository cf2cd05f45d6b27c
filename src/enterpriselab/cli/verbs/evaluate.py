"""`enterpriselab eval`: a model on a suite of tasks."""

from pathlib import Path
from typing import Annotated, Any

import typer

from enterpriselab.cli.options import Apps, Json, Level, Overrides, Servers, SuiteName
from enterpriselab.cli.verbs.check import World
from enterpriselab.core.errors import UsageError

Weights = Annotated[str, typer.Option(help="Local weights: a folder, a hub id, or tiny.")]
Url = Annotated[str, typer.Option(help="An OpenAI-compatible endpoint, for example http://127.0.0.1:8001/v1.")]
Name = Annotated[str, typer.Option(help="Name of the model at the endpoint.")]
KeyEnv = Annotated[str, typer.Option(help="Environment variable that holds the endpoint's key.")]
Dialect = Annotated[str, typer.Option("--agent", help="How the model is asked: function_calling or react.")]
Out = Annotated[Path | None, typer.Option(help="Run folder.", show_default="runs/eval-MODEL")]
Runs = Annotated[
    int, typer.Option(min=1, help="Attempts at each task, for pass@k and pass^k; set a temperature with more than one.")
]
Limit = Annotated[int, typer.Option(min=0, help="Only the first tasks of the suite; 0 means all.")]
Temperature = Annotated[float, typer.Option(min=0.0, help="0 takes the likeliest token.")]
AllowErrors = Annotated[
    bool, typer.Option("--allow-errors", help="Print rates even if more than 2 % of the attempts ended by an error.")
]


def evaluate(
    suite: SuiteName,
    overrides: Overrides = None,
    model: Weights = "",
    endpoint: Url = "",
    model_name: Name = "",
    key_env: KeyEnv = "",
    agent: Dialect = "function_calling",
    world: World = "",
    app: Apps = None,
    servers: Servers = "",
    level: Level = "",
    out: Out = None,
    runs: Runs = 1,
    limit: Limit = 0,
    temperature: Temperature = 0.0,
    allow_errors: AllowErrors = False,
    json: Json = False,
) -> None:
    """Let a model do tasks and judge it.

    Local weights or any OpenAI-compatible endpoint. Every attempt gets its own episode and is stored as a trace; start
    the same command again and it goes on where it was, with attempts that ended by an error played again.

    Example: enterpriselab eval runs/demo/synthesis/tasks.jsonl --model tiny --limit 20 --out runs/tiny
    """
    _check_source(model, endpoint, model_name)
    from enterpriselab.cli.evaluating import ENDPOINT_AGENT, EvalConfig, evaluate_model, label_of
    from enterpriselab.cli.output import CONSOLE, ERRORS, print_json
    from enterpriselab.cli.settings import AgentConfig
    from enterpriselab.cli.tables import failure_table, success_table
    from enterpriselab.cli.taskfiles import Asked, load_groups
    from enterpriselab.core.config import build_config
    from enterpriselab.core.hashing import content_hash

    _, groups = load_groups(suite, Asked(world, tuple(app or ()), servers, level), limit=limit)
    ids = [task.id for group in groups for task in group.tasks]
    label = label_of(model or model_name)
    path = out if out is not None else Path("runs") / f"eval-{label}"
    asked = ENDPOINT_AGENT if endpoint else AgentConfig()
    data: dict[str, Any] = {
        "name": path.resolve().name,
        "seed": groups[0].where.seed,
        "environment": groups[0].where.environment.model_dump(),
        "agent": {**asked.model_dump(), "dialect": agent},
        "model": {"path": model},
        "sft": {"enabled": False},
        "grpo": {"enabled": False},
        "evaluation": {"tasks": len(ids), "attempts": runs},
        "label": label,
        "tasks_hash": content_hash(ids),
        "endpoint": {"url": endpoint, "model": model_name, "key_env": key_env},
        "temperature": temperature,
    }
    config = build_config(EvalConfig, data, overrides or ())
    summary = evaluate_model(config, groups, path, ERRORS, allow_errors=allow_errors)
    if json:
        print_json(summary)
        return
    CONSOLE.print(success_table(summary))
    CONSOLE.print(failure_table(summary[label]))
    typer.echo(f"Report: {path / 'report.html'}")


def _check_source(model: str, endpoint: str, model_name: str) -> None:
    if bool(model) == bool(endpoint):
        raise UsageError("Name the model: either --model or --endpoint.", hint="enterpriselab eval --help")
    if endpoint and not model_name:
        raise UsageError("An endpoint serves models by name: --model-name is missing.", hint="--model-name NAME")
