"""The typer application: collects the verbs. What a verb needs is loaded when it runs, so that help comes at once."""

import inspect
from collections.abc import Callable
from typing import Annotated

import typer

import enterpriselab
from enterpriselab.cli.verbs import (
    apps,
    baselines,
    check,
    compare,
    config,
    cost,
    evaluate,
    judge,
    measures,
    replay,
    report,
    rescore,
    robustness,
    run,
    runs,
    serve,
    synth,
    tools,
    view,
)
from enterpriselab.cli.verbs.gym import down, export, import_, status, up

HELP = """Turn enterprise tools into small, cheap, tested agents.

One command runs the closed loop: seed a world, discover its tools over MCP, synthesize verified tasks, train, \
evaluate, report.

[cyan]enterpriselab run configs/demo.toml[/]
"""
EPILOG = "[dim]Each command has its own --help. Start with docs/quickstart.md[/]"
LOOP, RESULTS, WORLDS = "The loop", "Results", "Worlds and tools"
GYM, FOLDERS = "The public gym", "Run folders"
VERBS: dict[str, tuple[str, Callable[..., None]]] = {
    "run": (LOOP, run.run),
    "synth": (LOOP, synth.synth),
    "check": (LOOP, check.check),
    "eval": (LOOP, evaluate.evaluate),
    "baselines": (LOOP, baselines.baselines),
    "view": (RESULTS, view.view),
    "measures": (RESULTS, measures.measures),
    "compare": (RESULTS, compare.compare),
    "robustness": (RESULTS, robustness.robustness),
    "cost": (RESULTS, cost.cost),
    "judge": (RESULTS, judge.judge),
    "rescore": (RESULTS, rescore.rescore),
    "replay": (RESULTS, replay.replay),
    "apps": (WORLDS, apps.apps),
    "tools": (WORLDS, tools.tools),
    "serve": (WORLDS, serve.serve),
    "gym up": (GYM, up.up),
    "gym status": (GYM, status.status),
    "gym down": (GYM, down.down),
    "gym export": (GYM, export.export),
    "gym import": (GYM, import_.import_),
    "report": (FOLDERS, report.report),
    "runs": (FOLDERS, runs.runs),
    "config": (FOLDERS, config.config),
}
"""Verb -> its panel in the help, and its function; two words are a verb of a group."""
GROUPS = {"gym": (GYM, "Serve the worlds to the public harness, over its own HTTP.")}
"""Group -> its panel in the help, and what it is about."""
RESUMABLE = frozenset({"run", "synth", "eval", "judge"})
"""Verbs that go on where they were when they are started again."""


def build_app() -> typer.Typer:
    """All verbs under one command."""
    app = typer.Typer(
        help=HELP,
        epilog=EPILOG,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_common)
    groups: dict[str, typer.Typer] = {"": app}
    for name, (panel, verb) in VERBS.items():
        group, _, word = name.rpartition(" ")
        if group not in groups:
            groups[group] = _group(app, group)
        text, example = help_of(verb)
        epilog = f"[dim]Example:[/] [cyan]{example}[/]"
        groups[group].command(name=word, help=text, epilog=epilog, rich_help_panel=None if group else panel)(verb)
    return app


def _group(app: typer.Typer, name: str) -> typer.Typer:
    """A command that has verbs of its own."""
    panel, text = GROUPS[name]
    group = typer.Typer(help=text, no_args_is_help=True, rich_markup_mode="rich")
    app.add_typer(group, name=name, rich_help_panel=panel)
    return group


def help_of(verb: Callable[..., None]) -> tuple[str, str]:
    """(help, example) from the docstring of a verb, whose last paragraph is `Example: command`."""
    text, _, example = (inspect.getdoc(verb) or "").rpartition("\n\nExample: ")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n")), example


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"enterpriselab {enterpriselab.__version__}")
        raise typer.Exit


def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Options before the verb."""
