"""The typer application: collects the verbs."""

import typer

from enterpriselab.cli.verbs import apps, check, config, evaluate, report, run, runs, serve, synth, tools

HELP = """Turn enterprise tools into small, cheap, tested agents.

One command runs the closed loop: seed a world, discover its tools over MCP, synthesize verified tasks, train, evaluate, report.

    enterpriselab run configs/demo.toml
"""


def build_app() -> typer.Typer:
    """All verbs under one command."""
    app = typer.Typer(
        help=HELP,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for verb in (run.run, apps.apps, tools.tools, serve.serve, synth.synth, check.check, report.report, runs.runs):
        app.command()(verb)
    app.command(name="eval")(evaluate.evaluate)
    app.command(name="config")(config.config)
    return app
