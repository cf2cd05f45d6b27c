"""The page: all sections of a run rendered into one file that needs nothing else. Every text is escaped by default."""

from pathlib import Path

from enterpriselab.core.runs import write_whole
from enterpriselab.report import formats
from enterpriselab.report.cases import cases
from enterpriselab.report.costs import costs
from enterpriselab.report.curves import grpo_curves, sft_curves
from enterpriselab.report.datacard import data_card
from enterpriselab.report.folder import Run, read_run
from enterpriselab.report.headline import headline
from enterpriselab.report.loop import loop_pictures
from enterpriselab.report.provenance import provenance
from enterpriselab.report.rendering import csp_hash, environment, source

REPORT_FILE = "report.html"


def write_report(run_folder: Path) -> Path:
    """Write `report.html` into a run folder; the same records give the same bytes.

    Stages that have not run, or whose records are damaged, are named on the page.

    Raises:
        UsageError: the folder is no run folder, or cannot be written.
    """
    target = run_folder / REPORT_FILE
    write_whole(target, render(read_run(run_folder)))
    return target


def render(run: Run) -> str:
    """The page of a run as HTML text."""
    style, script = source("tokens.css", "style.css"), source("page.js")
    page = (
        environment()
        .get_template("page.html")
        .render(
            run=run,
            headline=headline(run),
            pictures=loop_pictures(run),
            data=data_card(run),
            sft_charts=sft_curves(run),
            grpo_charts=grpo_curves(run),
            cases=cases(run),
            costs=costs(run),
            origin=provenance(run),
            style=style,
            script=script,
            style_hash=csp_hash(style),
            script_hash=csp_hash(script),
        )
    )
    return formats.made_visible(page)
