"""`enterpriselab eval`: a model on a suite of tasks."""

from pathlib import Path
from typing import Annotated

import typer

from enterpriselab.cli.options import Apps, Json, Level, Overrides, Servers, SuiteName
from enterpriselab.cli.verbs.check import World

Model = Annotated[
    str,
    typer.Option(
        help="KIND:NAME with hf, openai, vllm, anthropic, litellm or baseline; without a kind local weights: a folder, "
        "a hub id, or tiny.",
        show_default=False,
    ),
]
Agent = Annotated[
    str,
    typer.Option(help="How the model is asked: function_calling or react; with +planner or +decomposer it plans."),
]
Plan = Annotated[str, typer.Option(help="A plan it is given: none, oracle, or a file of plans or of traces.")]
Shots = Annotated[int, typer.Option(min=0, help="Demonstrations shown before each task.")]
ShotsFrom = Annotated[str, typer.Option(help="Their file, the synthesis/trajectories.jsonl of a run.")]
Thinking = Annotated[str, typer.Option(help="Thinking budget where the model has one: low, medium or high.")]
Tools = Annotated[str, typer.Option(help="What is offered: oracle, +5, +10, +15, all, or top20 (retrieved).")]
Url = Annotated[str, typer.Option(help="Where the model is, for example http://127.0.0.1:8001/v1.")]
KeyEnv = Annotated[
    str, typer.Option(help="Variable that holds the key.", show_default="OPENAI_API_KEY or ANTHROPIC_API_KEY")
]
Stream = Annotated[bool, typer.Option("--stream", help="Let the endpoint stream its answers.")]
Extra = Annotated[str, typer.Option(help="More keys of the request as JSON, such as top_k of a vLLM server.")]
Prices = Annotated[str, typer.Option(help="Price table (TOML).", show_default="the one of the package")]
Alone = Annotated[bool, typer.Option("--no-baselines", help="Do not play the baselines beside the model.")]
Out = Annotated[Path | None, typer.Option(help="Run folder.", show_default="runs/eval-MODEL")]
DriftShare = Annotated[
    float,
    typer.Option(
        "--drift", min=0.0, max=1.0, help="Share of the tools and parameters that changed; see docs/robustness.md."
    ),
]
DriftSeed = Annotated[int, typer.Option(help="Which of them, and how.")]
FlakyRate = Annotated[
    float,
    typer.Option("--flaky", min=0.0, max=0.99, help="Share of the calls that fail for the moment; a retry passes."),
]
Runs = Annotated[
    int, typer.Option(min=1, help="Attempts at each task, for pass@k and pass^k; set a temperature with more than one.")
]
Limit = Annotated[int, typer.Option(min=0, help="Only the first tasks of the suite; 0 means all.")]
Temperature = Annotated[float, typer.Option(min=0.0, help="0 takes the likeliest token.")]
EngineName = Annotated[str, typer.Option("--engine", help="Where attempts are made: local (this machine) or ray.")]
RayAddress = Annotated[
    str,
    typer.Option(
        help="The Ray cluster: auto finds the one this machine is in; local is one of its own.", show_default="local"
    ),
]
Workers = Annotated[int, typer.Option(min=0, help="Ray workers.", show_default="2")]
AllowErrors = Annotated[
    bool, typer.Option("--allow-errors", help="Print rates even if more than 2 % of the attempts ended by an error.")
]


def evaluate(
    suite: SuiteName,
    overrides: Overrides = None,
    model: Model = "",
    agent: Agent = "function_calling",
    plan: Plan = "none",
    shots: Shots = 0,
    shots_from: ShotsFrom = "",
    thinking: Thinking = "",
    tools: Tools = "oracle",
    temperature: Temperature = 0.0,
    world: World = "",
    app: Apps = None,
    servers: Servers = "",
    level: Level = "",
    out: Out = None,
    runs: Runs = 1,
    limit: Limit = 0,
    drift: DriftShare = 0.0,
    drift_seed: DriftSeed = 0,
    flaky: FlakyRate = 0.0,
    no_baselines: Alone = False,
    endpoint: Url = "",
    key_env: KeyEnv = "",
    stream: Stream = False,
    extra: Extra = "",
    prices: Prices = "",
    engine: EngineName = "local",
    ray_address: RayAddress = "",
    workers: Workers = 0,
    allow_errors: AllowErrors = False,
    json: Json = False,
) -> None:
    """Let a model do tasks and judge it.

    Local weights, any endpoint that speaks the OpenAI or the Anthropic wire, what LiteLLM speaks, or a baseline. Every
    attempt gets its own episode and is stored as a trace; start the same command again and it goes on where it was,
    with attempts that ended by an error played again. The baselines are played beside it. More in docs/agents.md.

    Example: enterpriselab eval runs/demo/synthesis/tasks.jsonl --model tiny --limit 20 --out runs/tiny
    """
    from enterpriselab.cli.evaluating import eval_config, evaluate_model, label_of
    from enterpriselab.cli.output import CONSOLE, ERRORS, print_json
    from enterpriselab.cli.players import parse_extra
    from enterpriselab.cli.ray_engine import engine_of
    from enterpriselab.cli.robustness import disturbed
    from enterpriselab.cli.tables import failure_table, success_table
    from enterpriselab.cli.taskfiles import Asked, load_groups

    label = label_of(model)
    place = engine_of(engine, ray_address, workers)
    player = {"url": endpoint, "key_env": key_env, "stream": stream, "extra": parse_extra(extra), "prices": prices}
    ask = {"thinking": thinking or None, "temperature": temperature, "tools": tools}
    ask |= {"plan": plan, "shots": shots, "shots_from": shots_from}
    asked = {"model": model, "agent": agent, "runs": runs, "baselines": not no_baselines, "player": player, "ask": ask}
    _, groups = load_groups(suite, Asked(world, tuple(app or ()), servers, level), limit=limit)
    groups = disturbed(groups, share=drift, seed=drift_seed, rate=flaky)
    path = out if out is not None else Path("runs") / f"eval-{label}"
    config = eval_config(asked, groups, path, overrides or ())
    summary = evaluate_model(config, groups, path, ERRORS, allow_errors=allow_errors, engine=place)
    if json:
        print_json(summary)
        return
    CONSOLE.print(success_table(summary))
    CONSOLE.print(failure_table(summary[label]))
    typer.echo(f"Report: {path / 'report.html'}")
